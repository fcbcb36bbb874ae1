//! What became of numbers: limits, speed, quality, names. Of each the newest by WhatsApp's time counts, in whatever order they
//! came: what the timeline tells is thought through with the news and without them, and what differs is written.

use cloud_api::webhook::{Decision, NumberEvent, Update};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{
    recorded::Recorded,
    told::{accounts_of, digests, told},
    topics::{MESSAGING_LIMIT, NAME},
};
use crate::{
    entity::channel::{ActiveModel, Column, Entity, Model},
    service::changed::publish,
};

/// Messages a second after an upgrade (Cloud API: throughput).
const UPGRADED: i32 = 1_000;

/// What events tell of a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Facts {
    messaging_limit: Option<i32>,
    upgraded: bool,
    quality_rating: Option<&'static str>,
    phone_status: Option<&'static str>,
    name_status: Option<String>,
    verified_name: Option<String>,
}

impl Facts {
    fn hear(&mut self, update: &Update) {
        match update {
            Update::NumberLimit(limit) => {
                self.messaging_limit = limit.limit.or(self.messaging_limit);
                match limit.event {
                    NumberEvent::ThroughputUpgrade => self.upgraded = true,
                    NumberEvent::Flagged => {
                        (self.quality_rating, self.phone_status) = (Some("RED"), Some("FLAGGED"));
                    }
                    NumberEvent::Unflagged => {
                        (self.quality_rating, self.phone_status) = (Some("GREEN"), Some("CONNECTED"));
                    }
                    _ => {}
                }
            }
            Update::Capability(capability) => {
                self.messaging_limit = capability.messaging_limit.or(self.messaging_limit);
            }
            Update::NumberName(name) => {
                self.name_status = Some(
                    match &name.decision {
                        Decision::Rejected => "DECLINED",
                        Decision::Pending => "PENDING_REVIEW",
                        other => other.as_str(),
                    }
                    .chars()
                    .take(64)
                    .collect(),
                );
                if name.decision == Decision::Approved && name.requested_verified_name.is_some() {
                    self.verified_name.clone_from(&name.requested_verified_name);
                }
            }
            _ => {}
        }
    }
}

/// Whether an update is about numbers.
pub(super) fn concerns(update: &Update) -> bool {
    matches!(
        update,
        Update::NumberLimit(_) | Update::NumberName(_) | Update::Capability(_)
    )
}

/// Applies what the news tell of numbers.
pub(super) async fn apply(tx: &mut TenantTx, channels: &[Model], news: &[Recorded]) -> Result<()> {
    let accounts = accounts_of(news, concerns);
    let new = digests(news);
    for waba_id in accounts {
        let events = told(tx, waba_id, &[MESSAGING_LIMIT, NAME]).await?;
        for channel in channels.iter().filter(|channel| channel.waba_id == waba_id) {
            let (mut before, mut after) = (Facts::default(), Facts::default());
            for (row, update) in &events {
                if row.channel_id.is_some_and(|id| id != channel.id) {
                    continue;
                }
                after.hear(update);
                if !new.contains(row.digest.as_str()) {
                    before.hear(update);
                }
            }
            if before != after {
                write(tx, channel, &before, after).await?;
            }
        }
    }
    Ok(())
}

async fn write(tx: &mut TenantTx, channel: &Model, before: &Facts, after: Facts) -> Result<()> {
    let mut row = ActiveModel {
        updated_at: Set(tx.clock().now()),
        ..ActiveModel::default()
    };
    if before.messaging_limit != after.messaging_limit {
        row.messaging_limit = Set(after.messaging_limit);
    }
    if after.upgraded && !before.upgraded && channel.throughput < UPGRADED {
        row.throughput = Set(UPGRADED);
    }
    if before.quality_rating != after.quality_rating {
        row.quality_rating = Set(after.quality_rating.map(ToOwned::to_owned));
    }
    if before.phone_status != after.phone_status {
        row.phone_status = Set(after.phone_status.map(ToOwned::to_owned));
    }
    if before.name_status != after.name_status {
        row.name_status = Set(after.name_status);
    }
    if before.verified_name != after.verified_name {
        let name = after.verified_name.map(|name| name.chars().take(128).collect());
        row.verified_name = Set(name);
    }
    tx.update::<Entity>()
        .filter(Column::Id.eq(channel.id))
        .set(row)
        .exec()
        .await?;
    publish(tx, channel.id)
}
