//! Events and their listeners, on both databases. Every test has two tenants.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::unwrap_used,
    reason = "tests stand where the composition root stands, and fail by panicking"
)]

mod bounds;
mod order;
mod parking;
mod rows;
mod world;
