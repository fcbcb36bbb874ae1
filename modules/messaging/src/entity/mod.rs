//! The module's own tables.

pub mod amendment;
pub mod chunk;
pub mod conversation;
pub mod figures;
pub mod idempotency_key;
pub mod inbox;
pub mod media;
pub mod media_copy;
pub mod message;
pub mod opening;
pub mod status_event;
pub mod template_text;
pub mod unread;
pub mod webhook_event;

mod direction;
mod status;

pub use direction::Direction;
pub use status::Status;
