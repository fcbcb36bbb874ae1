//! Contacts as their callers see them, on both databases. Every test has two tenants.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests build what the composition root builds, and fail by panicking"
)]

mod changes;
mod compared;
mod contacts;
mod directory;
mod export;
mod limits;
mod phones;
mod tags;
mod world;
