//! Identity as its callers see it, on both databases. Every test has two tenants.
#![expect(
    clippy::unwrap_used,
    reason = "tests build what the composition root builds, and fail by panicking"
)]

mod api_keys;
mod modules;
mod ports;
mod sessions;
mod world;
