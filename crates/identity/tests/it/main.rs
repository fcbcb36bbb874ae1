//! Identity as its callers see it, on both databases. Every test has two tenants.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the tests build what the composition root builds"
)]

mod api_keys;
mod database;
mod modules;
mod ports;
mod sessions;
mod world;
