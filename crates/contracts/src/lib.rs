//! The public words between modules: port traits and events, one file per owner.
//!
//! Architecture invariant: no logic, no SQL, no routes.

pub mod channels;
pub mod contacts;
pub mod messaging;
pub mod settings;
pub mod templates;
