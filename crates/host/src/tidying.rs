//! Removes what nobody will ask for any more: old live events, jobs that died long ago, events that nobody handles. A separate task,
//! in one process at a time, with small statements: nothing waits for it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Result, SystemDb, outbox::job};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use tokio_util::sync::CancellationToken;

use crate::{
    events::{self, Registry},
    jobs::QUEUES,
    lease::{Lease, Taken},
    live::log,
};

/// Rows that one statement removes at most.
const ROWS: u64 = 500;
/// Time between two rounds while there is nothing more to remove.
const EVERY: Duration = Duration::from_secs(600);
/// Time between two rounds while there is.
const PAUSE: Duration = Duration::from_millis(100);
/// Time until the next round after one that failed.
const RETRY: Duration = Duration::from_secs(5);
/// A round takes far less.
const LEASE: Duration = Duration::from_secs(60);
/// How long a dead job can be looked at.
const BURIED: TimeDelta = TimeDelta::days(30);

/// The task.
#[derive(Debug)]
pub struct Tidying {
    system: SystemDb,
    registry: Registry,
    lease: Lease,
}

impl Tidying {
    /// `owner` names this process.
    pub fn new(system: SystemDb, registry: Registry, owner: String) -> Self {
        Self {
            system,
            registry,
            lease: Lease::new("tidying", owner, LEASE),
        }
    }

    /// Removes until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let round = tokio::select! {
                () = stop.cancelled() => break,
                round = self.round() => round,
            };
            let pause = match round {
                Ok(true) => PAUSE,
                Ok(false) => EVERY,
                Err(error) => {
                    tracing::warn!(%error, "old live events, events and dead jobs are still there");
                    RETRY
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        self.end().await;
    }

    /// Leaves the work to other processes.
    pub async fn end(&self) {
        let _ = self.lease.give_back(&self.system).await;
    }

    /// Removes some of everything, unless another process does. Whether there is more.
    ///
    /// # Errors
    /// The database's. What was not removed goes with the next round.
    pub async fn round(&self) -> Result<bool> {
        if self.lease.take(&self.system).await? == Taken::Not {
            return Ok(false);
        }
        let now = self.system.clock().now();
        let live = log::forget(&self.system, now - log::KEPT, ROWS).await?;
        let events = events::tidy::tidy(&self.system, &self.registry, ROWS).await?;
        let jobs = self.bury(now - BURIED).await?;
        Ok(live || events || jobs)
    }

    /// Removes jobs that died before `before`. Whether there are more.
    async fn bury(&self, before: DateTime<Utc>) -> Result<bool> {
        let why = "all dead jobs are kept equally long";
        let mut more = false;
        for queue in QUEUES {
            let old = job::Entity::find()
                .filter(job::Column::Queue.eq(queue.name))
                .filter(job::Column::Dead.eq(true))
                .filter(job::Column::RunAt.lt(before))
                .limit(ROWS)
                .select_only()
                .column(job::Column::Id);
            let ids: Vec<uuid::Uuid> = old.into_tuple().all(self.system.across_tenants(why)).await?;
            more |= ids.len() as u64 == ROWS;
            if !ids.is_empty() {
                let alone = self.system.alone_across_tenants(why).await;
                let gone = job::Entity::delete_many().filter(job::Column::Id.is_in(ids));
                gone.exec(alone.connection()).await?;
            }
        }
        Ok(more)
    }
}
