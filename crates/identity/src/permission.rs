//! Permissions for API keys, modules, members, settings and preferences.

kernel::permissions!("identity";
    ReadApiKeys = "api_keys:read", "See API keys and the permissions they may have", [Admin, Developer];
    ManageApiKeys = "api_keys:manage", "Create and revoke API keys", [Admin, Developer];
    ReadModules = "modules:read", "See which modules are on", [Admin];
    ManageModules = "modules:manage", "Switch modules on and off", [Admin];
    ReadMembers = "members:read", "See who belongs to the business", [Admin, Agent, Marketer, Developer];
    ReadSettings = "settings:read", "See the business's settings and opening hours", [Admin, Agent, Marketer, Developer];
    ManageSettings = "settings:manage", "Change the business's settings and opening hours", [Admin];
    UsePreferences = "preferences:write", "Save views, and use shared ones", [Admin, Agent, Marketer, Developer];
    SharePreferences = "preferences:share", "Share saved views with everybody in the business", [Admin];
);
