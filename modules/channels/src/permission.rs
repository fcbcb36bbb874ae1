//! The rights this module checks.

kernel::permissions!("channels";
    ReadChannels = "channels:read", "See the WhatsApp numbers and their state", [Admin, Agent, Marketer, Developer];
    ManageChannels = "channels:manage", "Connect, change and remove WhatsApp numbers", [Admin, Developer];
);
