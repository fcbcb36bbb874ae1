//! What the timeline tells of an account, read again as WhatsApp told it.

use std::collections::{BTreeSet, HashSet};

use cloud_api::webhook::Update;
use contracts::channels::Told;
use kernel::{Result, TenantTx};
use sea_orm::{ColumnTrait, Order};

use super::recorded::Recorded;
use crate::entity::account_event;

/// Events of an account that are looked through at most, newest first.
const EVENTS: u64 = 500;

/// The events of an account's topics, oldest first, read again as WhatsApp told them.
pub(in crate::service) async fn told(
    tx: &TenantTx,
    waba_id: &str,
    topics: &[&'static str],
) -> Result<Vec<(account_event::Model, Update)>> {
    use account_event::{Column, Entity};
    let mut rows = tx
        .find::<Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::Topic.is_in(topics.iter().copied()))
        .order_by(Column::At, Order::Desc)
        .order_by(Column::Digest, Order::Desc)
        .limit(EVENTS)
        .all()
        .await?;
    rows.reverse();
    let read = |row: account_event::Model| {
        let value = serde_json::from_str(&row.payload).ok()?;
        let update = Update::read(&row.field, &value)?;
        Some((row, update))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The accounts that the news tell something of, which `concerns` says.
pub(super) fn accounts_of(news: &[Recorded], concerns: impl Fn(&Update) -> bool) -> BTreeSet<&str> {
    let told = news.iter().filter(|one| match &one.news.told {
        Told::Update(update) => concerns(update),
        _ => false,
    });
    told.map(|one| one.news.waba_id.as_str()).collect()
}

/// What tells these news from those that were recorded before.
pub(super) fn digests(news: &[Recorded]) -> HashSet<&str> {
    news.iter().map(|one| one.digest.as_str()).collect()
}
