//! Deletes old statuses: their result is in the messages, and the list only serves to examine recent events.

use std::time::Duration;

use chrono::TimeDelta;
use kernel::{JobContext, JobError, JobOutcome, Result, TenantDb, TenantTx, retrying};
use sea_orm::{ColumnTrait, Order};

use super::Service;
use crate::{
    entity::status_event::{Column, Entity, StatusEventId},
    job::SweepStatuses,
};

/// How long a status is kept.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Rows of one transaction.
const BATCH: u64 = 1000;
/// Transactions of one run; a million rows a day and tenant, as it comes back while it finds that many.
const STEPS: usize = 100;
/// How soon a run that has found more comes back.
const PAUSE: Duration = Duration::from_secs(60);

impl Service {
    /// Asks for a sweep with the first statuses of a day, for each tenant and process: a tenant with statuses has some to remove.
    pub(super) async fn expect_sweep(&self, tx: &mut TenantTx) -> Result<()> {
        if self.swept.contains_key(&tx.tenant()) {
            return Ok(());
        }
        tx.enqueue(&SweepStatuses {})?;
        self.swept.insert(tx.tenant(), ()).await;
        Ok(())
    }

    /// Removes statuses that are too old.
    pub async fn sweep_statuses(&self, context: JobContext) -> JobOutcome {
        for _ in 0..STEPS {
            if retrying(|| sweep_some(&context.db)).await? < BATCH {
                return Ok(());
            }
        }
        Err(JobError::later(PAUSE, "more old statuses are left"))
    }
}

async fn sweep_some(db: &TenantDb) -> Result<u64> {
    let before = db.clock().now() - KEPT;
    // Ids are in the order of time: the oldest stand first, and the first young one ends it.
    let oldest: Vec<(StatusEventId, chrono::DateTime<chrono::Utc>)> = db
        .find::<Entity>()
        .order_by(Column::Id, Order::Asc)
        .limit(BATCH)
        .columns(&[Column::Id, Column::ReceivedAt])
        .await?;
    let old = oldest.into_iter().take_while(|(_, at)| *at < before);
    let ids: Vec<StatusEventId> = old.map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    for some in ids.chunks(500) {
        tx.delete::<Entity>()
            .filter(Column::Id.is_in(some.iter().copied()))
            .exec()
            .await?;
    }
    tx.commit().await?;
    Ok(ids.len() as u64)
}
