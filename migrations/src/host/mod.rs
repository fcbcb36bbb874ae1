//! Outbox, jobs, live events, leases, the log of events and its listeners' places.

use sea_orm_migration::prelude::*;

mod m20261122_000001_outbox_jobs_live;
mod m20261125_000010_job_shares;
mod m20261130_000200_event_log;
mod m20261130_000300_event_listeners;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261122_000001_outbox_jobs_live::Migration),
        Box::new(m20261125_000010_job_shares::Migration),
        Box::new(m20261130_000200_event_log::Migration),
        Box::new(m20261130_000300_event_listeners::Migration),
    ]
}
