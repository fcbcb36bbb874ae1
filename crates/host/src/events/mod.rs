//! Events for listeners, in order: a log, a cursor for each listener of each tenant, and what could not be applied.
//!
//! The relay moves events from the outbox into the log ([`log`]) and numbers them. It holds the row with the newest number until
//! its transaction ends, so numbers become visible in their order: a listener that has read up to one has missed none below. A
//! [`turn`] of a listener locks its cursor, applies the events after it and moves the cursor in the same transaction. Events that
//! keep failing are [`parked`] by key. [`Listening`] schedules turns. The [`registry`] knows the listeners of all processes, whatever
//! their version.

mod listening;
pub mod log;
pub mod parked;
pub mod registry;
pub(crate) mod tidy;
mod turn;

pub use listening::Listening;
pub use registry::Registry;
pub use turn::turn;

/// Why code here looks across tenants.
pub(crate) const WHY: &str = "the log of events is one for all tenants, its rows name theirs";
