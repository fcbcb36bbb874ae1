//! The rights this module checks.

kernel::permissions!("messaging";
    ReadMessages = "messages:read", "See conversations, messages and their states", [Admin, Agent, Marketer, Developer];
    WorkOnConversations = "conversations:write", "Assign, snooze and resolve conversations", [Admin, Agent, Developer];
    SendMessages = "messages:send", "Send messages and mark conversations as read", [Admin, Agent, Developer];
);
