//! The one way out: [`MessageSender::queue`]. Whatever sends, sends through here; window and limits are checked here and
//! nowhere else.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cloud_api::message::Content;
use contracts::{
    channels::{Channel, ChannelId},
    contacts::{ContactId, ContactMerge, Sighting},
    messaging::{
        ConversationId, Lane, MessageId, MessageQueued, MessageSender, MessagesQueued, OutgoingMessage,
        Sender,
    },
};
use kernel::{Actor, Result, TenantTx, each, padded};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, sea_query::Expr};

use super::{
    Service, joining,
    preview::{outgoing_preview, shorten},
};
use crate::{
    entity::{
        Status,
        chunk::{self, ChunkId},
        conversation, message,
    },
    error::MessagingError,
    job::{SendChunk, lane_name},
};

/// Conversations of one statement.
const A_STATEMENT: usize = 250;

/// A number and a contact: what a conversation is between.
pub(super) type Pair = (ChannelId, ContactId);

#[async_trait]
impl MessageSender for Service {
    async fn queue(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        lane: Lane,
    ) -> Result<Vec<MessageId>> {
        for message in messages {
            check_limits(message)?;
        }
        self.known_channels(tx, messages, lane).await?;
        super::media::check(tx, messages).await?;
        let pairs: Vec<Pair> = messages
            .iter()
            .map(|message| (message.channel_id, message.contact_id))
            .collect();
        let mut conversations = conversations_of(tx, &pairs).await?;
        let now = tx.clock().now();
        let merges = self.windows_open(tx, messages, &conversations, now).await?;
        // Hardly ever: somebody to write to turned out to be another contact, whose conversation it is now.
        let moved: Vec<OutgoingMessage>;
        let mut messages = messages;
        if !merges.is_empty() {
            moved = messages
                .iter()
                .cloned()
                .map(|message| OutgoingMessage {
                    contact_id: joining::holder(&merges, message.contact_id),
                    ..message
                })
                .collect();
            messages = &moved;
            let pairs: Vec<Pair> = moved
                .iter()
                .map(|message| (message.channel_id, message.contact_id))
                .collect();
            conversations = conversations_of(tx, &pairs).await?;
        }
        let ids = write_messages(tx, messages, &conversations, lane, now).await?;
        touch_conversations(tx, messages, &ids, &conversations, now).await?;
        let items = messages.iter().zip(&ids).map(|(message, id)| MessageQueued {
            message_id: *id,
            conversation_id: conversations[&(message.channel_id, message.contact_id)].id,
            contact_id: message.contact_id,
            at: now,
        });
        tx.publish(&MessagesQueued {
            items: items.collect(),
        })?;
        Ok(ids)
    }
}

impl Service {
    /// Free-form messages need an open window, and the number that opened it must be the contact's still: WhatsApp counts by number.
    /// Answers which contacts became one on the way.
    async fn windows_open(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        conversations: &HashMap<Pair, conversation::Model>,
        now: DateTime<Utc>,
    ) -> Result<Vec<ContactMerge>> {
        let free_form = |message: &&OutgoingMessage| !matches!(message.content, Content::Template { .. });
        let (mut openers, mut contacts) = (Vec::new(), Vec::new());
        for message in messages.iter().filter(free_form) {
            let row = &conversations[&(message.channel_id, message.contact_id)];
            if row.window_closes_at().is_none_or(|at| at <= now) {
                return Err(MessagingError::WindowClosed.into());
            }
            if let Some(phone) = &row.window_phone {
                openers.push(Sighting {
                    wa_id: Some(phone.clone()),
                    ..Sighting::default()
                });
                contacts.push(message.contact_id);
            }
        }
        if openers.is_empty() {
            return Ok(Vec::new());
        }
        let openers = self.directory.recognise(tx, &openers).await?;
        joining::join(tx, &openers.merges).await?;
        let mut both = openers.contacts.iter().zip(contacts);
        if both.all(|(opener, contact): (_, ContactId)| {
            *opener == Some(joining::holder(&openers.merges, contact))
        }) {
            return Ok(openers.merges);
        }
        Err(MessagingError::WindowClosed.into())
    }

    /// All named numbers are the tenant's, and may send what is to be sent; only a campaign may wait for one that may not.
    async fn known_channels(&self, tx: &TenantTx, messages: &[OutgoingMessage], lane: Lane) -> Result<()> {
        let mut wanted: Vec<ChannelId> = messages.iter().map(|message| message.channel_id).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let known = self.channels.by_ids(tx, &wanted).await?;
        if known.len() != wanted.len() {
            return Err(MessagingError::NoChannel.into());
        }
        if lane == Lane::Bulk {
            return Ok(());
        }
        if let Some(stop) = known.iter().find_map(|channel| channel.held.as_ref()) {
            let reason = stop.reason.clone();
            return Err(MessagingError::NumberHeld { reason }.into());
        }
        let template = |channel: &&Channel| {
            messages.iter().any(|message| {
                message.channel_id == channel.id && matches!(message.content, Content::Template { .. })
            })
        };
        let mut writing_first = known.iter().filter(template);
        match writing_first.find_map(|channel| channel.restricted.as_ref()) {
            Some(stop) => Err(MessagingError::NumberRestricted {
                reason: stop.reason.clone(),
            }
            .into()),
            None => Ok(()),
        }
    }
}

/// Every documented limit of the content, with the field named (Cloud API: messages endpoint).
fn check_limits(message: &OutgoingMessage) -> Result<()> {
    let checked = message.content.check(message.reply_to.as_ref());
    Ok(checked.map_err(MessagingError::Invalid)?)
}

/// The conversation of every pair, made where there is none.
pub(super) async fn conversations_of(
    tx: &TenantTx,
    pairs: &[Pair],
) -> Result<HashMap<Pair, conversation::Model>> {
    let mut wanted: Vec<Pair> = pairs.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = find_conversations(tx, &wanted).await?;
    let now = tx.clock().now();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|pair| !found.contains_key(pair))
        .map(|(channel_id, contact_id)| conversation::Model {
            tenant_id: tx.tenant(),
            id: tx.clock().new_id(),
            channel_id: *channel_id,
            contact_id: *contact_id,
            last_at: now,
            last_message_id: None,
            preview: String::new(),
            last_direction: "none".to_owned(),
            unread: 0,
            last_inbound_at: None,
            window_phone: None,
            created_at: now,
        })
        .collect();
    if !missing.is_empty() {
        let rows = missing.iter().cloned().map(IntoActiveModel::into_active_model);
        let made = tx.insert_new::<conversation::Entity>(rows.collect()).await?;
        if made == missing.len() as u64 {
            let ours = missing
                .into_iter()
                .map(|row| ((row.channel_id, row.contact_id), row));
            found.extend(ours);
        } else {
            // Another transaction made one of them: the unique pair decided, and reading again finds the winner.
            found = find_conversations(tx, &wanted).await?;
        }
    }
    Ok(found)
}

async fn find_conversations(tx: &TenantTx, pairs: &[Pair]) -> Result<HashMap<Pair, conversation::Model>> {
    use conversation::{Column, Entity};
    let mut by_channel: BTreeMap<ChannelId, Vec<ContactId>> = BTreeMap::new();
    for (channel_id, contact_id) in pairs {
        by_channel.entry(*channel_id).or_default().push(*contact_id);
    }
    let mut found = HashMap::new();
    for (channel_id, contacts) in by_channel {
        for contacts in contacts.chunks(500) {
            let these = Condition::all()
                .add(Column::ChannelId.eq(channel_id))
                .add(Column::ContactId.is_in(padded(contacts.iter().copied())));
            // Other conversations of the tenant may be in the hands of others.
            let pairs = tx
                .find::<Entity>()
                .filter(these)
                .through_index(&[Column::ChannelId, Column::ContactId]);
            for row in pairs.for_update().all().await? {
                found.insert((row.channel_id, row.contact_id), row);
            }
        }
    }
    Ok(found)
}

async fn write_messages(
    tx: &mut TenantTx,
    messages: &[OutgoingMessage],
    conversations: &HashMap<Pair, conversation::Model>,
    lane: Lane,
    now: DateTime<Utc>,
) -> Result<Vec<MessageId>> {
    let mut by_channel: BTreeMap<ChannelId, Vec<usize>> = BTreeMap::new();
    for (index, message) in messages.iter().enumerate() {
        by_channel.entry(message.channel_id).or_default().push(index);
    }
    let ids: Vec<MessageId> = messages.iter().map(|_| tx.clock().new_id()).collect();
    for (channel_id, indexes) in by_channel {
        for indexes in indexes.chunks(chunk::SIZE) {
            let chunk_id: ChunkId = tx.clock().new_id();
            let mut rows = Vec::with_capacity(indexes.len());
            for index in indexes {
                let message = &messages[*index];
                let conversation = conversations[&(message.channel_id, message.contact_id)].id;
                rows.push(row(ids[*index], message, conversation, chunk_id, now)?);
            }
            tx.insert_many::<message::Entity>(rows).await?;
            tx.insert::<chunk::Entity>(chunk::ActiveModel {
                id: Set(chunk_id),
                channel_id: Set(channel_id),
                lane: Set(lane_name(lane).to_owned()),
                messages: Set(i32::try_from(indexes.len()).unwrap_or(i32::MAX)),
                fence: Set(0),
                mark: Set(None),
                attempt: Set(0),
                done: Set(false),
                created_at: Set(now),
                ..chunk::ActiveModel::default()
            })
            .await?;
            tx.enqueue(&SendChunk::new(chunk_id, channel_id, lane))?;
        }
    }
    Ok(ids)
}

fn row(
    id: MessageId,
    message: &OutgoingMessage,
    conversation_id: ConversationId,
    chunk_id: ChunkId,
    now: DateTime<Utc>,
) -> Result<message::ActiveModel> {
    Ok(message::ActiveModel {
        id: Set(id),
        conversation_id: Set(conversation_id),
        channel_id: Set(message.channel_id),
        contact_id: Set(message.contact_id),
        direction: Set("outbound".to_owned()),
        kind: Set(message.content.kind().to_owned()),
        status: Set(Status::Queued.as_str().to_owned()),
        status_rank: Set(Status::Queued.rank()),
        content: Set(message.content.wire().to_string()),
        preview: Set(outgoing_preview(&message.content)),
        wamid: Set(None),
        reply_to: Set(message.reply_to.as_ref().map(ToString::to_string)),
        sent_by: Set(message.sent_by.as_ref().map(serde_json::to_string).transpose()?),
        error: Set(None),
        raw: Set(None),
        chunk_id: Set(Some(chunk_id)),
        sent_at: Set(None),
        delivered_at: Set(None),
        read_at: Set(None),
        failed_at: Set(None),
        at: Set(now),
        created_at: Set(now),
        ..message::ActiveModel::default()
    })
}

/// The last message to a pair is the one the inbox shows. Many conversations a statement: a campaign touches 500 at once.
async fn touch_conversations(
    tx: &TenantTx,
    messages: &[OutgoingMessage],
    ids: &[MessageId],
    conversations: &HashMap<Pair, conversation::Model>,
    now: DateTime<Utc>,
) -> Result<()> {
    use conversation::{Column, Entity};
    let last: HashMap<Pair, usize> = messages
        .iter()
        .enumerate()
        .map(|(index, message)| ((message.channel_id, message.contact_id), index))
        .collect();
    let mut touched: Vec<(&conversation::Model, usize)> = last
        .into_iter()
        .map(|(pair, index)| (&conversations[&pair], index))
        .collect();
    // In key order, so that two transactions cannot wait for each other's rows.
    touched.sort_unstable_by_key(|(conversation, _)| conversation.id);
    for some in touched.chunks(A_STATEMENT) {
        let ids_of = || some.iter().map(|(conversation, _)| conversation.id);
        let at: Vec<_> = some
            .iter()
            .map(|(conversation, _)| (conversation.id, Ord::max(now, conversation.last_at)))
            .collect();
        let last: Vec<_> = ids_of().zip(some.iter().map(|(_, index)| ids[*index])).collect();
        let preview = |index: usize| shorten(&outgoing_preview(&messages[index].content));
        let previews: Vec<_> = ids_of()
            .zip(some.iter().map(|(_, index)| preview(*index)))
            .collect();
        tx.update::<Entity>()
            .filter(Column::Id.is_in(ids_of()))
            .col_expr(Column::LastAt, each(Column::Id, &at, Column::LastAt))
            .col_expr(
                Column::LastMessageId,
                each(Column::Id, &last, Column::LastMessageId),
            )
            .col_expr(Column::Preview, each(Column::Id, &previews, Column::Preview))
            .col_expr(Column::LastDirection, Expr::value("outbound"))
            .exec()
            .await?;
    }
    Ok(())
}

/// The caller, as kept with a message.
pub fn sender_of(actor: &Actor) -> Sender {
    let (kind, name) = match actor {
        Actor::User { name, .. } => ("user", name),
        Actor::ApiKey { name, .. } => ("api_key", name),
    };
    Sender {
        kind: kind.to_owned(),
        id: actor.id(),
        name: name.clone(),
    }
}
