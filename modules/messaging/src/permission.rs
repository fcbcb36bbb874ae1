//! The rights this module checks.

kernel::permissions!("messaging";
    ReadChannels = "channels:read", "See the WhatsApp numbers and their state";
    ManageChannels = "channels:manage", "Connect, change and remove WhatsApp numbers";
    ReadMessages = "messages:read", "See conversations, messages and their states";
    SendMessages = "messages:send", "Send messages and mark conversations as read";
);
