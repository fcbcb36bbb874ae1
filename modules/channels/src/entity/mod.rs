//! The module's own tables.

pub mod account_event;
pub mod channel;
