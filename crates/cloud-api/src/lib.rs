//! Meta's WhatsApp Cloud API as a typed client, its webhook payloads and its signature.
//!
//! The crate knows no tenant, no database and no clock: everything it needs is passed in.
//! Ids are strings everywhere (Cloud API: keep every Meta id as a string), webhook types are
//! tolerant (what is not understood is kept raw and reported, never an error) and every response
//! body is bounded.

pub mod client;
pub mod codes;
pub mod error;
pub mod ids;
pub mod limit;
pub mod media;
pub mod message;
pub mod signature;
pub mod template;
pub mod webhook;

pub use client::{Client, Connection, PhoneNumber, Sent, SubscribedApp, Timeouts, Waba};
pub use codes::{Advice, Class, advice, class_of};
pub use error::{Error, GraphError, Invalid};
pub use ids::{Bsuid, MediaId, Msisdn, PhoneNumberId, WabaId, Wamid};
pub use message::{Content, MediaSource, Recipient, SendMessage};
pub use template::{Page, Template};
