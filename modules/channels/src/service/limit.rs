//! The messaging limit, as a number shows that it is reached. Messaging keeps the limit itself.

use contracts::channels::{Channel, ChannelId};
use kernel::{Result, TenantDb, retrying};
use sea_orm::ColumnTrait;
use sentences::{Sentences, Term};

use super::{Service, changed::publish};
use crate::entity::channel::{ActiveModel, Column, Entity, Model, Status};

/// Whether the number's status says that the limit is reached.
pub(super) fn is_shown(row: &Model) -> bool {
    row.status_reason()
        .is_some_and(|why| why.contain(Term::LimitReached))
}

impl Service {
    /// Shows on the number that the limit is reached, or no longer is, unless it says so already or something else is wrong.
    pub(super) async fn write_limit(
        &self,
        db: &TenantDb,
        channel: &Channel,
        reached: Option<&Sentences>,
    ) -> Result<()> {
        if channel.says_limit_reached == reached.is_some() || (reached.is_some() && channel.needs_attention) {
            return Ok(());
        }
        retrying(|| write(db, channel.id, reached)).await
    }
}

async fn write(db: &TenantDb, id: ChannelId, reached: Option<&Sentences>) -> Result<()> {
    let status = reached.map_or(Status::Connected, |_| Status::Attention);
    let mut row = ActiveModel::default();
    row.set_status(status, reached);
    let mut tx = db.begin().await?;
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    publish(&mut tx, id)?;
    tx.commit().await
}
