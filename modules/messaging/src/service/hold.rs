//! Numbers that may not send: held with a reason a person can read, until a time or until somebody acts.

use chrono::{DateTime, Utc};
use contracts::messaging::ChannelId;
use kernel::{Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{Service, channels::publish};
use crate::entity::channel::{ActiveModel, Column, Entity};

/// Stops a number's sending. What is queued waits; `until` none means that somebody has to act.
pub(super) async fn hold(
    tx: &mut TenantTx,
    id: ChannelId,
    reason: &str,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    set(tx, id, Some(reason.to_owned()), until).await
}

/// Lets a number send again.
pub(super) async fn release(tx: &mut TenantTx, id: ChannelId) -> Result<()> {
    set(tx, id, None, None).await
}

async fn set(
    tx: &mut TenantTx,
    id: ChannelId,
    reason: Option<String>,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    let row = ActiveModel {
        held_reason: Set(reason),
        held_until: Set(until),
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    publish(tx, id)
}

impl Service {
    /// Stops a number's sending, in a transaction of its own.
    pub(super) async fn hold_channel(
        &self,
        db: &TenantDb,
        id: ChannelId,
        reason: &str,
        until: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let mut tx = db.begin().await?;
        hold(&mut tx, id, reason, until).await?;
        tx.commit().await
    }

    /// A person lets a number send again: what waits leaves now.
    pub async fn resume_channel(&self, db: &TenantDb, id: ChannelId) -> Result<()> {
        self.channel(db, id).await?;
        let mut tx = db.begin().await?;
        release(&mut tx, id).await?;
        tx.commit().await
    }
}
