//! The binary's parts: configuration, the composition root, the commands.
//!
//! Architecture invariant: no business rule; the only place that lists modules.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the composition root makes the clock, the HTTP client and the database door that everything else is handed"
)]

pub mod commands;
pub mod config;
pub mod demo;
pub mod modules;
pub mod platform;
pub mod world;

pub use config::Config;
pub use platform::{Platform, Setup, media_parts, wire};
