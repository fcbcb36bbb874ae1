//! Messages as their callers see them, on both databases, without other modules. Every test has two tenants.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod bulk;
mod conversations;
mod gate;
mod inbox;
mod world;
