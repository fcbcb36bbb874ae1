//! The rights this module checks.

kernel::permissions!("templates";
    ReadTemplates = "templates:read", "See message templates", [Admin, Agent, Marketer, Developer];
    WriteTemplates = "templates:write", "Write drafts, and choose what templates are filled with", [Admin, Marketer, Developer];
    SubmitTemplates = "templates:submit", "Submit, change and delete templates at WhatsApp", [Admin, Marketer];
);

/// The right of the module channels that the list of one number has always needed.
#[derive(Debug)]
pub struct ReadChannels;

impl kernel::Permission for ReadChannels {
    const INFO: kernel::PermissionInfo = kernel::PermissionInfo {
        name: "channels:read",
        description: "See the WhatsApp numbers and their state",
        module: "channels",
        roles: &[],
    };
}
