//! The simulator against an in-process receiver, over real HTTP, in virtual time.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set its stage should stop there"
)]

mod analytics;
mod business;
mod coexistence;
mod control;
mod control_access;
mod flows;
mod graph;
mod identity;
mod marketing;
mod media;
mod noise;
mod outcomes;
mod registration;
mod signup;
mod stage;
mod story;
mod template_life;
mod templates;
