//! A faithful simulator of Meta's WhatsApp Cloud API: Graph API, webhook delivery, people with phones, and a control
//! API for tests and demos.
//!
//! It shares only the wire types with the platform and knows nothing about receivers. Everything it accepted and
//! delivered is in its [`ledger`].

mod agenda;
mod bucket;
mod clock;
mod coexistence;
mod config;
mod control;
mod conversation;
mod core;
mod delivery;
mod details;
mod entities;
mod expiry;
mod fault_rules;
mod graph;
mod ids;
mod inbound;
mod inbound_media;
pub mod ledger;
mod life;
mod limits;
mod links;
mod magic;
mod media;
mod moving;
mod outcome;
mod payload;
mod people;
mod portfolio;
mod pricing;
mod provision;
mod quality;
mod reach;
mod rng;
mod sim;
mod status;
mod template_life;
mod world;

pub use config::{BucketClock, Delays, Profile, Signature, SimConfig, Statuses, Wall};
pub use delivery::{Attempt, Delivery, DeliveryState};
pub use entities::{
    App, Fault, FaultMatch, FaultResponse, FaultTrigger, Persona, Phone, Portfolio, Subscription, Template,
    Token, User, Waba,
};
pub use provision::{Provision, Provisioned};
pub use reach::Reach;
pub use sim::{ControlError, Simulator};
