//! Rights over contacts.

kernel::permissions!("contacts";
    ReadContacts = "contacts:read", "See contacts and tags", [Admin, Agent, Marketer, Developer];
    ExportContacts = "contacts:export", "Download contacts as a file", [Admin, Marketer, Developer];
    WriteContacts = "contacts:write", "Create, change and delete contacts and tags", [Admin, Agent, Marketer, Developer];
);
