//! Writes the accounts' timeline: every event once, in plain words.

use std::collections::HashSet;

use cloud_api::webhook;
use contracts::channels::{AccountEventRecorded, AccountEventsRecorded, AccountNews, Told};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    recorded::Recorded,
    words::{self, Words},
};
use crate::entity::account_event::{AccountEventId, ActiveModel, Column, Entity};

/// Events told live at once at most.
const LIVE: usize = 50;
/// Bytes that a change may take while it is read again.
const LARGEST: usize = 4 << 20;

/// Writes what is new and returns it, oldest first: what was told before has had its effect.
pub(super) async fn record(tx: &mut TenantTx, news: Vec<AccountNews>) -> Result<Vec<Recorded>> {
    if news.is_empty() {
        return Ok(Vec::new());
    }
    let digests: Vec<String> = news.iter().map(digest).collect();
    let mut known: HashSet<String> = HashSet::new();
    for some in digests.chunks(500) {
        let rows = tx
            .find::<Entity>()
            .filter(Column::Digest.is_in(some.iter().cloned()));
        known.extend(rows.columns::<String>(&[Column::Digest]).await?);
    }
    let mut new: Vec<Recorded> = digests
        .into_iter()
        .zip(news)
        .filter(|(digest, _)| known.insert(digest.clone()))
        .map(|(digest, news)| Recorded { digest, news })
        .collect();
    new.sort_by(|a, b| (a.news.at, &a.digest).cmp(&(b.news.at, &b.digest)));
    let now = tx.clock().now();
    let mut rows = Vec::with_capacity(new.len());
    let mut items = Vec::new();
    for Recorded { digest, news } in &new {
        let words = words::of(news);
        let id: AccountEventId = tx.clock().new_id();
        items.push(AccountEventRecorded {
            account_event_id: id.to_string(),
            channel_id: news.channel.as_ref().map(|channel| channel.id),
            field: news.field.clone(),
            severity: words.severity.to_owned(),
            title: words.title.to_string(),
        });
        rows.push(row(id, digest.clone(), news, words, now));
    }
    tx.insert_new::<Entity>(rows).await?;
    items.truncate(LIVE);
    if !items.is_empty() {
        tx.publish(&AccountEventsRecorded { items })?;
    }
    Ok(new)
}

fn row(
    id: AccountEventId,
    digest: String,
    news: &AccountNews,
    words: Words,
    now: chrono::DateTime<chrono::Utc>,
) -> ActiveModel {
    let cut = |text: &str, length: usize| text.chars().take(length).collect::<String>();
    ActiveModel {
        id: Set(id),
        digest: Set(digest),
        field: Set(cut(&news.field, 128)),
        event: Set(cut(&words.event, 128)),
        topic: Set(words.topic.to_owned()),
        channel_id: Set(news.channel.as_ref().map(|channel| channel.id)),
        waba_id: Set(cut(&news.waba_id, 64)),
        severity: Set(words.severity.to_owned()),
        title: Set(cut(&words.title.to_string(), 255)),
        detail: Set(cut(&words.detail.to_string(), 2_000)),
        title_terms: Set(words.title.kept()),
        detail_terms: Set(words.detail.kept()),
        payload: Set(payload(news).to_string()),
        at: Set(news.at),
        received_at: Set(now),
        ..ActiveModel::default()
    }
}

/// The value of the change; its text where that is too large to be read again.
fn value(news: &AccountNews) -> Value {
    match webhook::bounded(&news.raw, LARGEST) {
        Some(mut change) => change.get_mut("value").map(Value::take).unwrap_or_default(),
        None => news.raw.clone().into(),
    }
}

/// The value as it came; of a history without its messages, which are stored elsewhere.
fn payload(news: &AccountNews) -> Value {
    let mut value = value(news);
    if matches!(news.told, Told::History { .. }) {
        if let Some(chunks) = value.get_mut("history").and_then(Value::as_array_mut) {
            for chunk in chunks.iter_mut().filter_map(Value::as_object_mut) {
                chunk.remove("threads");
            }
        }
        if let Some(object) = value.as_object_mut() {
            object.remove("messages");
        }
    }
    value
}

/// Account, time, field and value: the same event twice is one (Cloud API: webhooks – transport).
fn digest(news: &AccountNews) -> String {
    let mut hash = Sha256::new();
    let time = if news.dated {
        news.at.timestamp().to_string()
    } else {
        String::new()
    };
    for part in [&news.waba_id, &time, &news.field, &value(news).to_string()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}
