//! Permissions for API keys and modules.

kernel::permissions!("identity";
    ReadApiKeys = "api_keys:read", "See API keys and the permissions they may have", [Admin, Developer];
    ManageApiKeys = "api_keys:manage", "Create and revoke API keys", [Admin, Developer];
    ReadModules = "modules:read", "See which modules are on", [Admin];
    ManageModules = "modules:manage", "Switch modules on and off", [Admin];
);
