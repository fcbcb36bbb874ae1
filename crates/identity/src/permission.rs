//! Permissions for API keys, modules, settings and preferences.

kernel::permissions!("identity";
    ReadApiKeys = "api_keys:read", "See API keys and the permissions they may have", [Admin, Developer];
    ManageApiKeys = "api_keys:manage", "Create and revoke API keys", [Admin, Developer];
    ReadModules = "modules:read", "See which modules are on", [Admin];
    ManageModules = "modules:manage", "Switch modules on and off", [Admin];
    ReadSettings = "settings:read", "See the business's settings and opening hours", [Admin, Agent, Marketer, Developer];
    ManageSettings = "settings:manage", "Change the business's settings and opening hours", [Admin];
    UsePreferences = "preferences:write", "Keep saved views of one's own, and use shared ones", [Admin, Agent, Marketer, Developer];
    SharePreferences = "preferences:share", "Share saved views with everybody in the business", [Admin];
);
