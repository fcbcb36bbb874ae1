//! Rights over contacts.

kernel::permissions!("contacts";
    ReadContacts = "contacts:read", "See contacts and tags";
    WriteContacts = "contacts:write", "Create, change and delete contacts and tags";
);
