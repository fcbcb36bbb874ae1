//! The messaging limit, as a number shows that it is reached. Messaging keeps the limit itself.

use contracts::channels::{Channel, ChannelId};
use kernel::{Result, TenantDb, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sentences::Sentences;

use super::{Service, changed::publish};
use crate::entity::channel::{ActiveModel, Column, Entity, Model};

/// How the reason begins, by which it is known again.
const REACHED: &str = "The daily messaging limit is reached";

/// Whether the number's status says that the limit is reached.
pub(super) fn is_shown(row: &Model) -> bool {
    row.status_reason
        .as_deref()
        .is_some_and(|reason| reason.starts_with(REACHED))
}

impl Service {
    /// Shows on the number that the limit is reached, or no longer is, unless it says so already or has worse to say.
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
    let status = reached.map_or("connected", |_| "attention");
    let row = ActiveModel {
        status: Set(status.to_owned()),
        status_reason: Set(reached.map(ToString::to_string)),
        status_terms: Set(reached.and_then(Sentences::kept)),
        ..ActiveModel::default()
    };
    let mut tx = db.begin().await?;
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(row)
        .exec()
        .await?;
    publish(&mut tx, id)?;
    tx.commit().await
}
