//! The binary's parts: configuration, the composition root, the commands.
//!
//! Architecture invariant: no business rule; the only place that lists modules.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the composition root makes the clock, the HTTP client and the database door that everything else is handed"
)]
#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        reason = "a test that cannot go on should say so at once"
    )
)]

pub mod commands;
pub mod config;
pub mod demo;
pub mod modules;
pub mod platform;
pub mod world;

pub use config::Config;
pub use platform::{Platform, Setup};
