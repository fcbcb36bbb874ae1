//! Uploads that no message took along go after 30 days. What customers sent, and what was sent, stays as long as its
//! message and its tenant.

use std::time::Duration;

use kernel::{JobContext, JobError, JobOutcome, Result, TenantDb, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, Order};

use super::{key, upload::UNUSED};
use crate::{
    entity::{
        Direction,
        media::{ActiveModel, Column, Entity, State},
        media_copy,
    },
    service::Service,
};

/// Files removed in one step.
const BATCH: u64 = 200;

impl Service {
    /// Removes what is due and comes back when more will be.
    pub async fn sweep_media(&self, context: JobContext) -> JobOutcome {
        let db = context.db;
        retrying(|| mark(&db)).await?;
        while self.remove_marked(&db).await? == BATCH {}
        match next_due(&db).await? {
            Some(wait) => Err(JobError::later(wait, "younger uploads may yet be used")),
            None => Ok(()),
        }
    }

    /// Bytes before rows: what is interrupted is found again.
    async fn remove_marked(&self, db: &TenantDb) -> Result<u64> {
        let marked = db
            .find::<Entity>()
            .filter(Column::State.eq(State::Going))
            .limit(BATCH)
            .all()
            .await?;
        for row in &marked {
            self.files.parts.store.delete(&key(db.tenant(), row.id)?).await?;
        }
        let ids: Vec<_> = marked.iter().map(|row| row.id).collect();
        let tx = db.begin().await?;
        tx.delete::<media_copy::Entity>()
            .filter(media_copy::Column::MediaId.is_in(ids.clone()))
            .exec()
            .await?;
        tx.delete::<Entity>().filter(Column::Id.is_in(ids)).exec().await?;
        tx.commit().await?;
        Ok(marked.len() as u64)
    }
}

fn unused() -> Condition {
    Condition::all()
        .add(Column::Direction.eq(Direction::Outbound))
        .add(Column::UsedAt.is_null())
        .add(Column::State.ne(State::Going))
}

/// From here on no message can take them along.
async fn mark(db: &TenantDb) -> Result<()> {
    let going = ActiveModel {
        state: Set(State::Going),
        ..ActiveModel::default()
    };
    let tx = db.begin().await?;
    tx.update::<Entity>()
        .filter(unused())
        .filter(Column::CreatedAt.lte(tx.clock().now() - UNUSED))
        .set(going)
        .exec()
        .await?;
    tx.commit().await
}

async fn next_due(db: &TenantDb) -> Result<Option<Duration>> {
    let oldest = db
        .find::<Entity>()
        .filter(unused())
        .order_by(Column::Id, Order::Asc)
        .one()
        .await?;
    Ok(oldest.map(|row| {
        let wait = row.created_at + UNUSED - db.clock().now();
        wait.to_std().unwrap_or_default().max(Duration::from_secs(60))
    }))
}
