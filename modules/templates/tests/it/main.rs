//! Templates as their callers see them, on both databases. Every test has two tenants.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod check;
mod drafts;
mod filling;
mod list;
mod news;
mod samples;
mod sync;
mod versions;
mod world;
mod writing;
mod writing_world;
