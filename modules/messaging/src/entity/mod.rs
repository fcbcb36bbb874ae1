//! The module's own tables.

pub mod account_event;
pub mod amendment;
pub mod channel;
pub mod chunk;
pub mod conversation;
pub mod idempotency_key;
pub mod inbox;
pub mod media;
pub mod media_copy;
pub mod message;
pub mod opening;
pub mod sentence;
pub mod status_event;
pub mod webhook_event;

mod status;
mod term;

pub use status::Status;
