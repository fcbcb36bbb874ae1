//! The tables.

pub mod account;
pub mod draft;
pub mod event;
pub mod submission;
pub mod template;
pub mod words;
