//! Permissions for API keys and modules.

kernel::permissions!("identity";
    ReadApiKeys = "api_keys:read", "See API keys and the permissions they may have";
    ManageApiKeys = "api_keys:manage", "Create and revoke API keys";
    ReadModules = "modules:read", "See which modules are on";
    ManageModules = "modules:manage", "Switch modules on and off";
);
