//! What is done to messages later: reactions, edits, revokes. They may come before their message: what was done to a message is
//! thought through anew whenever it or something about it comes, so that any order and repetition ends alike.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::webhook::{InboundContent, InboundMessage};
use contracts::{
    channels::{Channel, ChannelId, ChannelWebhooks},
    contacts::{ContactId, ContactMerge},
    messaging::{Assignment, ConversationId, MessageAmended, MessageId, MessagesAmended},
};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use serde_json::Value;

use super::{arrived::content_of, ids::WAMID, when::told_at};
use crate::{
    entity::{
        Direction,
        amendment::{self, EDIT, REACTION, REVOKE},
        conversation, message,
    },
    service::{assignment::Assignments, joining, preview::shorten},
};

/// Keys of one list in a statement at most.
const IN_LIST: usize = 500;
/// How long a change waits for its message: WhatsApp delivers for seven days (Cloud API: webhooks – transport).
const WAIT: TimeDelta = TimeDelta::days(7);
/// What the inbox shows of a message that was taken back.
const REVOKED: &str = "Deleted a message";

/// A reaction, edit or revoke.
#[derive(Debug)]
pub(super) struct Amendment {
    target: String,
    wamid: String,
    kind: &'static str,
    channel_id: ChannelId,
    contact_id: Option<ContactId>,
    content: String,
    at: DateTime<Utc>,
}

impl Amendment {
    /// Its author may have become one with another contact since it was read.
    pub(super) fn follow(&mut self, merges: &[ContactMerge]) {
        self.contact_id = self.contact_id.map(|contact| joining::holder(merges, contact));
    }
}

/// Whether a message only says what was done to another one, which it names.
pub(super) fn is_amendment(message: &InboundMessage) -> bool {
    parts(message).is_some()
}

fn parts(message: &InboundMessage) -> Option<(String, &'static str, String)> {
    let (target, kind, content) = match &message.content {
        InboundContent::Reaction { message_id, emoji } => {
            (message_id.as_ref()?, REACTION, emoji.clone().unwrap_or_default())
        }
        InboundContent::Edit { original, .. } => {
            let said = message.raw.get("edit")?.get("message")?;
            (original.as_ref()?, EDIT, said.to_string())
        }
        InboundContent::Revoke { original } => (original.as_ref()?, REVOKE, String::new()),
        _ => return None,
    };
    let target: String = target.as_str().chars().take(WAMID).collect();
    (!target.is_empty()).then_some((target, kind, content))
}

impl Amendment {
    /// Reads it; `contact` is who did it, none for the business.
    pub(super) fn read(
        message: &InboundMessage,
        channel_id: ChannelId,
        contact_id: Option<ContactId>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let (target, kind, content) = parts(message)?;
        Some(Self {
            target,
            wamid: message.id.as_ref()?.as_str().chars().take(WAMID).collect(),
            kind,
            channel_id,
            contact_id,
            content,
            at: told_at(message.timestamp, now),
        })
    }
}

/// Records what was done to messages, and does it to those that are there. `arrived` are the wamids of new messages, for which
/// something may have waited.
pub(super) async fn apply(
    tx: &mut TenantTx,
    webhooks: &dyn ChannelWebhooks,
    channels: &[Arc<Channel>],
    amendments: Vec<Amendment>,
    arrived: &[String],
) -> Result<()> {
    let now = tx.clock().now();
    let waited = channels
        .iter()
        .any(|channel| channel.amendments_until.is_some_and(|until| until > now));
    let nothing_waited = !waited || arrived.is_empty();
    if amendments.is_empty() && nothing_waited {
        return Ok(());
    }
    let mut targets: BTreeSet<&str> = amendments.iter().map(|one| one.target.as_str()).collect();
    if waited {
        targets.extend(arrived.iter().map(String::as_str));
    }
    let targets: Vec<String> = targets.into_iter().map(ToOwned::to_owned).collect();
    let rows: Vec<amendment::ActiveModel> = amendments
        .iter()
        .map(|one| row(tx.clock().new_id(), one))
        .collect();
    if !rows.is_empty() {
        tx.insert_new::<amendment::Entity>(rows).await?;
    }
    let done = done_to(tx, &targets).await?;
    if done.is_empty() {
        return Ok(());
    }
    let touched: Vec<String> = targets
        .into_iter()
        .filter(|target| done.contains_key(target))
        .collect();
    let messages = messages_of(tx, &touched).await?;
    let known: HashSet<&str> = messages.iter().filter_map(|row| row.wamid.as_deref()).collect();
    let orphaned = amendments
        .iter()
        .filter(|one| one.kind != REACTION && !known.contains(one.target.as_str()));
    let orphaned: BTreeSet<ChannelId> = orphaned.map(|one| one.channel_id).collect();
    wait(tx, webhooks, channels, orphaned, now).await?;
    let assignments = Assignments::of(
        tx,
        messages.iter().map(|message| message.conversation_id).collect(),
    )
    .await?;
    let mut items = Vec::new();
    let mut previews: Vec<(ConversationId, MessageId, String)> = Vec::new();
    for message in messages {
        let Some(done) = message.wamid.as_ref().and_then(|wamid| done.get(wamid)) else {
            continue;
        };
        let Assignment { assignee_id, team_id } = assignments.get(message.conversation_id);
        items.push(MessageAmended {
            message_id: message.id,
            conversation_id: message.conversation_id,
            assignee_id,
            team_id,
        });
        if let Some(preview) = amend(tx, &message, done).await? {
            previews.push((message.conversation_id, message.id, preview));
        }
    }
    for (conversation_id, message_id, preview) in previews {
        show(tx, conversation_id, message_id, preview).await?;
    }
    if items.is_empty() {
        return Ok(());
    }
    tx.publish(&MessagesAmended { items })
}

fn row(id: amendment::AmendmentId, one: &Amendment) -> amendment::ActiveModel {
    amendment::ActiveModel {
        id: Set(id),
        target: Set(one.target.clone()),
        wamid: Set(one.wamid.clone()),
        kind: Set(one.kind.to_owned()),
        channel_id: Set(one.channel_id),
        contact_id: Set(one.contact_id),
        content: Set(one.content.clone()),
        at: Set(one.at),
        ..amendment::ActiveModel::default()
    }
}

/// Everything that was ever done to these messages, by wamid.
async fn done_to(tx: &TenantTx, targets: &[String]) -> Result<HashMap<String, Vec<amendment::Model>>> {
    use amendment::{Column, Entity};
    let mut done: HashMap<String, Vec<amendment::Model>> = HashMap::new();
    for some in targets.chunks(IN_LIST) {
        let rows = tx
            .find::<Entity>()
            .filter(Column::Target.is_in(some.iter().cloned()));
        for row in rows.all().await? {
            done.entry(row.target.clone()).or_default().push(row);
        }
    }
    Ok(done)
}

async fn messages_of(tx: &TenantTx, wamids: &[String]) -> Result<Vec<message::Model>> {
    use message::{Column, Entity};
    let mut messages = Vec::new();
    for some in wamids.chunks(IN_LIST) {
        let rows = tx
            .find::<Entity>()
            .filter(Column::Wamid.is_in(some.iter().cloned()));
        messages.extend(rows.for_update().all().await?);
    }
    messages.sort_unstable_by_key(|row| row.id);
    Ok(messages)
}

/// From now on messages of these numbers are asked whether something waited for them.
async fn wait(
    tx: &TenantTx,
    webhooks: &dyn ChannelWebhooks,
    channels: &[Arc<Channel>],
    orphaned: BTreeSet<ChannelId>,
    now: DateTime<Utc>,
) -> Result<()> {
    // Once a day is often enough.
    let due = |id: &ChannelId| {
        let channel = channels.iter().find(|channel| channel.id == *id);
        channel.is_some_and(|it| it.amendments_until.is_none_or(|until| until < now + WAIT))
    };
    let due: Vec<ChannelId> = orphaned.into_iter().filter(due).collect();
    if due.is_empty() {
        return Ok(());
    }
    webhooks
        .await_amended(tx, &due, now + WAIT + TimeDelta::days(1))
        .await
}

/// Writes what the message is after all that was done to it; answers what the inbox shows of it, if that may differ.
async fn amend(tx: &TenantTx, before: &message::Model, done: &[amendment::Model]) -> Result<Option<String>> {
    use message::{ActiveModel, Column, Entity};
    // Only who wrote a message may change it: the customer theirs, the business its own.
    let writer = (before.direction == Direction::Inbound).then_some(before.contact_id);
    let mut by_kind: BTreeMap<&str, &amendment::Model> = BTreeMap::new();
    for one in done
        .iter()
        .filter(|one| one.kind != REACTION && one.contact_id == writer)
    {
        let last = by_kind.entry(&one.kind).or_insert(one);
        // Of what happened within one second of WhatsApp's, what came later.
        if (last.at, last.id) < (one.at, one.id) {
            *last = one;
        }
    }
    if by_kind.is_empty() {
        return Ok(None);
    }
    let mut row = ActiveModel::default();
    let mut preview = before.preview.clone();
    if let Some(edit) = by_kind.get(EDIT)
        && before.edited_at.is_none_or(|at| at <= edit.at)
        && let Ok(said) = serde_json::from_str::<Value>(&edit.content)
    {
        let now = InboundMessage::from(said);
        let content = content_of(&now);
        preview = shorten(&now.preview());
        if before.original.is_none() {
            row.original = Set(Some(before.content.clone()));
        }
        row.kind = Set(now.kind.chars().take(32).collect());
        row.content = Set(content.to_string());
        row.preview = Set(preview.clone());
        row.edited_at = Set(Some(edit.at));
    }
    if let Some(revoke) = by_kind.get(REVOKE) {
        row.revoked_at = Set(Some(revoke.at));
        REVOKED.clone_into(&mut preview);
    }
    tx.update::<Entity>()
        .filter(Column::Id.eq(before.id))
        .set(row)
        .exec()
        .await?;
    Ok(Some(preview))
}

/// The conversation's line, if this message is its last.
async fn show(tx: &TenantTx, id: ConversationId, last: MessageId, preview: String) -> Result<()> {
    use conversation::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        preview: Set(preview),
        ..ActiveModel::default()
    };
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .filter(Column::LastMessageId.eq(last))
        .set(row)
        .exec()
        .await?;
    Ok(())
}
