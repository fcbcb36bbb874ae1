//! Identity through its public API, on both databases. Every test has two tenants.
#![expect(
    clippy::unwrap_used,
    reason = "tests build what the composition root builds, and fail by panicking"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "some rows have no operation yet that writes them: a role that changes, a session of an older version"
)]

mod api_keys;
mod callers;
mod files;
mod keys_of_keys;
mod me;
mod modules;
mod ports;
mod preferences;
mod sessions;
mod settings;
mod world;
