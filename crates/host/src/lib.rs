//! Turns `Vec<Box<dyn Module>>` into a running application: routes, OpenAPI, workers, outbox relay, live stream, migrations.
//!
//! Architecture invariant: the only crate that names apalis, Redis and the file store; it knows no module by name.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the host owns the tables that look across tenants: outbox, jobs, logs of events, leases"
)]

pub mod app;
pub mod assets;
pub mod blob;
pub mod body;
pub mod bus;
mod counting;
pub mod database;
pub mod events;
pub mod fetch;
pub mod host_name;
pub mod jobs;
pub mod lease;
pub mod limiter;
pub mod live;
pub mod metrics;
mod misfit;
pub mod openapi;
pub mod problem;
pub mod pump;
pub mod redis;
pub mod relay;
mod request;
pub mod runtime;
mod security_headers;
pub mod serve;
pub mod tidying;
pub mod true_time;
mod unreadable;

pub use app::{App, AppOptions};
pub use body::BodyLimits;
pub use bus::Bus;
pub use limiter::limiter;
pub use runtime::{Roles, Runtime};
pub use serve::{ServeLimits, serve};
