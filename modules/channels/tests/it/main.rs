//! Numbers as their callers see them, on both databases, without other modules. Every test has two tenants.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod connecting;
mod holds;
mod ownership;
mod world;
