//! The tables.

pub mod account;
pub mod draft;
pub mod enums;
pub mod event;
pub mod submission;
pub mod template;
