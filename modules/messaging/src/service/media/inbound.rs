//! Files that customers send: a row and a place in a job, in the drainer's own transaction.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    channels::ChannelId,
    messaging::{ConversationId, MediaId, MessageId},
};
use kernel::{Result, TenantTx};
use sea_orm::ActiveValue::Set;
use serde_json::Value;

use super::{types::essence, upload::clean_name};
use crate::{
    entity::{
        Direction,
        media::{ActiveModel, Entity, State},
    },
    job::FetchMedia,
};

/// Files of one job at most: jobs run beside each other.
const A_JOB: usize = 20;
/// How long WhatsApp keeps a file that was received (Cloud API: media).
const KEPT: TimeDelta = TimeDelta::days(7);
/// A longer address is not remembered; it can be asked for.
const URL: usize = 4096;

/// A message that arrived.
#[derive(Clone, Copy, Debug)]
pub(in crate::service) struct Incoming<'a> {
    pub(in crate::service) message_id: MessageId,
    pub(in crate::service) conversation_id: ConversationId,
    pub(in crate::service) channel_id: ChannelId,
    /// WhatsApp's type.
    pub(in crate::service) kind: &'a str,
    /// The message as it came.
    pub(in crate::service) raw: &'a Value,
    /// When it was written.
    pub(in crate::service) at: DateTime<Utc>,
}

/// Writes a row for every file among the messages, and has them fetched once the transaction commits. Two statements for
/// any number of messages, none where there is no file. The messages must be new: a file is expected once.
pub(in crate::service) async fn expect(tx: &mut TenantTx, messages: &[Incoming<'_>]) -> Result<()> {
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    for message in messages {
        let id: MediaId = tx.clock().new_id();
        if let Some(row) = row(id, message, tx.clock().now()) {
            ids.push(id);
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    tx.insert_many::<Entity>(rows).await?;
    for some in ids.chunks(A_JOB) {
        tx.enqueue(&FetchMedia {
            media_ids: some.to_vec(),
        })?;
    }
    Ok(())
}

fn row(id: MediaId, message: &Incoming<'_>, now: DateTime<Utc>) -> Option<ActiveModel> {
    cloud_api::media::MediaKind::parse(message.kind)?;
    let file = message.raw.get(message.kind)?;
    let text = |key: &str, length: usize| {
        let text = file.get(key).and_then(Value::as_str)?;
        (!text.is_empty() && text.len() <= length).then(|| text.to_owned())
    };
    let whatsapp_id = text("id", 128)?;
    let mime = file.get("mime_type").and_then(Value::as_str).unwrap_or_default();
    let name = file.get("filename").and_then(Value::as_str).map(clean_name);
    Some(ActiveModel {
        id: Set(id),
        direction: Set(Direction::Inbound),
        kind: Set(message.kind.to_owned()),
        mime: Set(essence(mime)),
        file_name: Set(name.filter(|name| !name.is_empty())),
        state: Set(State::Waiting),
        whatsapp_id: Set(Some(whatsapp_id)),
        whatsapp_until: Set(Some(message.at + KEPT)),
        claimed_sha256: Set(text("sha256", 128)),
        url: Set(text("url", URL)),
        channel_id: Set(Some(message.channel_id)),
        conversation_id: Set(Some(message.conversation_id)),
        message_id: Set(Some(message.message_id)),
        created_at: Set(now),
        ..ActiveModel::default()
    })
}
