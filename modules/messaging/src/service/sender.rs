//! The one way out: [`MessageSender::queue`]. Whatever sends, sends through here; what may leave is decided by the
//! [gate](super::gate).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{
        Lane, MessageId, MessageQueued, MessageSender, MessagesQueued, Origin, OutgoingMessage, Refusal,
        Sender,
    },
};
use kernel::{Actor, Result, TenantTx, each, padded};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, IntoActiveModel, sea_query::Expr};

use super::{
    Service,
    figures::{self, Figures},
    gate::{Decided, Refused},
    joining, media,
    preview::shorten,
    texts::Worded,
};
use crate::{
    entity::{
        Direction, Status,
        chunk::{self, ChunkId},
        conversation::{self, State},
        message,
    },
    job::{CancelMessages, SendChunk, lane_name},
};

/// Conversations of one statement.
const A_STATEMENT: usize = 250;

/// A number and a contact: what a conversation is between.
pub(super) type Pair = (ChannelId, ContactId);

fn pair(message: &OutgoingMessage) -> Pair {
    (message.channel_id, message.contact_id)
}

#[async_trait]
impl MessageSender for Service {
    async fn queue(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        lane: Lane,
        origin: &Origin,
    ) -> Result<Vec<std::result::Result<MessageId, Refusal>>> {
        let answers = self.queue_each(tx, messages, lane, origin).await?;
        let told = answers.into_iter().map(|answer| answer.map_err(Refusal::from));
        Ok(told.collect())
    }

    async fn cancel(&self, tx: &mut TenantTx, origin: &Origin) -> Result<u64> {
        use chunk::{Column, Entity};
        let now = tx.clock().now();
        let stopped = tx
            .update::<Entity>()
            .filter(Column::Origin.eq(origin.to_string()))
            .filter(Column::CancelledAt.is_null())
            .col_expr(Column::CancelledAt, Expr::value(now))
            .exec()
            .await?;
        if stopped > 0 {
            tx.enqueue(&CancelMessages {
                origin: origin.clone(),
            })?;
        }
        Ok(stopped)
    }
}

impl Service {
    /// As [`MessageSender::queue`], with the errors that a caller of the API gets.
    pub(super) async fn queue_each(
        &self,
        tx: &mut TenantTx,
        messages: &[OutgoingMessage],
        lane: Lane,
        origin: &Origin,
    ) -> Result<Vec<std::result::Result<MessageId, Refused>>> {
        let Decided {
            refused,
            mut conversations,
            channels,
            merges,
        } = self.at_queue(tx, messages, lane).await?;
        // Hardly ever: somebody to write to turned out to be another contact, whose conversation it is now.
        let moved: Vec<OutgoingMessage>;
        let mut messages = messages;
        if !merges.is_empty() {
            let to_holder = |message: &OutgoingMessage| OutgoingMessage {
                contact_id: joining::holder(&merges, message.contact_id),
                ..message.clone()
            };
            moved = messages.iter().map(to_holder).collect();
            messages = &moved;
        }
        let leave: Vec<&OutgoingMessage> = messages
            .iter()
            .zip(&refused)
            .filter(|(_, refused)| refused.is_none())
            .map(|(message, _)| message)
            .collect();
        if !merges.is_empty() {
            let pairs: Vec<Pair> = leave.iter().map(|message| pair(message)).collect();
            conversations = find_conversations(tx, &pairs).await?;
        }
        let worded = self.worded(tx, &leave, &channels).await?;
        let leave: Vec<(&OutgoingMessage, Worded)> = leave.into_iter().zip(worded).collect();
        let ids = self.write(tx, &leave, conversations, lane, origin).await?;
        let mut ids = ids.into_iter();
        let answers = refused.into_iter().map(|refused| match refused {
            Some(refused) => Some(Err(refused)),
            None => ids.next().map(Ok),
        });
        Ok(answers.flatten().collect())
    }

    /// Writes messages that may leave.
    async fn write(
        &self,
        tx: &mut TenantTx,
        messages: &[(&OutgoingMessage, Worded)],
        conversations: HashMap<Pair, conversation::Model>,
        lane: Lane,
        origin: &Origin,
    ) -> Result<Vec<MessageId>> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let now = tx.clock().now();
        let pairs: Vec<Pair> = messages.iter().map(|(message, _)| pair(message)).collect();
        // Bulk stays out of the inbox: a conversation keeps its place in the list, and a new one is sorted to the end.
        let last_at = if origin.is_bulk() {
            DateTime::UNIX_EPOCH
        } else {
            now
        };
        let conversations = with_missing(tx, &pairs, conversations, last_at).await?;
        media::use_files(tx, messages.iter().map(|(message, _)| *message)).await?;
        let ids = write_messages(tx, messages, &conversations, lane, origin, now).await?;
        let waiting = Figures {
            waiting: i64::try_from(ids.len()).unwrap_or(i64::MAX),
            ..Figures::default()
        };
        figures::moved(tx, waiting)?;
        if origin.is_bulk() {
            return Ok(ids);
        }
        touch_conversations(tx, messages, &ids, &conversations, now).await?;
        let items = messages.iter().zip(&ids).map(|((message, _), id)| {
            let conversation = &conversations[&pair(message)];
            MessageQueued {
                message_id: *id,
                conversation_id: conversation.id,
                contact_id: message.contact_id,
                at: now,
                assignee_id: conversation.assignee_id,
                team_id: conversation.team_id,
            }
        });
        tx.publish(&MessagesQueued {
            items: items.collect(),
        })?;
        Ok(ids)
    }
}

/// The conversation of every pair, made where there is none.
pub(super) async fn conversations_of(
    tx: &TenantTx,
    pairs: &[Pair],
) -> Result<HashMap<Pair, conversation::Model>> {
    let found = find_conversations(tx, pairs).await?;
    with_missing(tx, pairs, found, tx.clock().now()).await
}

/// Makes the conversations that are missing among those found. Nobody has to look at a new one before the customer writes.
async fn with_missing(
    tx: &TenantTx,
    pairs: &[Pair],
    mut found: HashMap<Pair, conversation::Model>,
    last_at: DateTime<Utc>,
) -> Result<HashMap<Pair, conversation::Model>> {
    let now = tx.clock().now();
    let mut wanted: Vec<Pair> = pairs.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|pair| !found.contains_key(pair))
        .map(|(channel_id, contact_id)| conversation::Model {
            tenant_id: tx.tenant(),
            id: tx.clock().new_id(),
            channel_id: *channel_id,
            contact_id: *contact_id,
            last_at,
            last_message_id: None,
            preview: String::new(),
            last_direction: "none".to_owned(),
            unread: 0,
            last_inbound_at: None,
            window_phone: None,
            state: Some(State::Resolved),
            snoozed_until: None,
            assignee_id: None,
            team_id: None,
            created_at: now,
        })
        .collect();
    if missing.is_empty() {
        return Ok(found);
    }
    let rows = missing.iter().cloned().map(IntoActiveModel::into_active_model);
    let made = tx.insert_new::<conversation::Entity>(rows.collect()).await?;
    if made == missing.len() as u64 {
        let ours = missing
            .into_iter()
            .map(|row| ((row.channel_id, row.contact_id), row));
        found.extend(ours);
        return Ok(found);
    }
    // Another transaction made one of them: the unique pair decided, and reading again finds the winner.
    find_conversations(tx, &wanted).await
}

/// The conversations that there are, locked, in key order.
pub(super) async fn find_conversations(
    tx: &TenantTx,
    pairs: &[Pair],
) -> Result<HashMap<Pair, conversation::Model>> {
    use conversation::{Column, Entity};
    let mut by_channel: BTreeMap<ChannelId, BTreeSet<ContactId>> = BTreeMap::new();
    for (channel_id, contact_id) in pairs {
        by_channel.entry(*channel_id).or_default().insert(*contact_id);
    }
    let mut found = HashMap::new();
    for (channel_id, contacts) in by_channel {
        let contacts: Vec<ContactId> = contacts.into_iter().collect();
        for contacts in contacts.chunks(500) {
            let these = Condition::all()
                .add(Column::ChannelId.eq(channel_id))
                .add(Column::ContactId.is_in(padded(contacts.iter().copied())));
            // Other transactions may have locked other conversations of the tenant.
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
    messages: &[(&OutgoingMessage, Worded)],
    conversations: &HashMap<Pair, conversation::Model>,
    lane: Lane,
    origin: &Origin,
    now: DateTime<Utc>,
) -> Result<Vec<MessageId>> {
    let mut by_channel: BTreeMap<ChannelId, Vec<usize>> = BTreeMap::new();
    for (index, (message, _)) in messages.iter().enumerate() {
        by_channel.entry(message.channel_id).or_default().push(index);
    }
    let origin = origin.to_string();
    let ids: Vec<MessageId> = messages.iter().map(|_| tx.clock().new_id()).collect();
    for (channel_id, indexes) in by_channel {
        for indexes in indexes.chunks(chunk::SIZE) {
            let chunk_id: ChunkId = tx.clock().new_id();
            let mut rows = Vec::with_capacity(indexes.len());
            for index in indexes {
                let (message, worded) = &messages[*index];
                let conversation = conversations[&pair(message)].id;
                rows.push(message::ActiveModel {
                    conversation_id: Set(conversation),
                    chunk_id: Set(Some(chunk_id)),
                    origin: Set(Some(origin.clone())),
                    ..row(ids[*index], message, worded, now)?
                });
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
                origin: Set(Some(origin.clone())),
                cancelled_at: Set(None),
                created_at: Set(now),
                ..chunk::ActiveModel::default()
            })
            .await?;
            tx.enqueue(&SendChunk::new(chunk_id, channel_id, lane))?;
        }
    }
    Ok(ids)
}

/// What a message brings itself.
fn row(
    id: MessageId,
    message: &OutgoingMessage,
    worded: &Worded,
    now: DateTime<Utc>,
) -> Result<message::ActiveModel> {
    Ok(message::ActiveModel {
        id: Set(id),
        channel_id: Set(message.channel_id),
        contact_id: Set(message.contact_id),
        direction: Set(Direction::Outbound),
        kind: Set(message.content.kind().to_owned()),
        status: Set(Status::Queued),
        status_rank: Set(Status::Queued.rank()),
        content: Set(message.content.wire().to_string()),
        preview: Set(worded.preview.clone()),
        wamid: Set(None),
        reply_to: Set(message.reply_to.as_ref().map(ToString::to_string)),
        sent_by: Set(message.sent_by.as_ref().map(serde_json::to_string).transpose()?),
        error: Set(None),
        raw: Set(None),
        template: Set(worded.template.clone()),
        sent_at: Set(None),
        delivered_at: Set(None),
        read_at: Set(None),
        failed_at: Set(None),
        at: Set(now),
        created_at: Set(now),
        ..message::ActiveModel::default()
    })
}

/// The last message to a pair is the one the inbox shows. Many conversations a statement.
async fn touch_conversations(
    tx: &TenantTx,
    messages: &[(&OutgoingMessage, Worded)],
    ids: &[MessageId],
    conversations: &HashMap<Pair, conversation::Model>,
    now: DateTime<Utc>,
) -> Result<()> {
    use conversation::{Column, Entity};
    let last: HashMap<Pair, usize> = messages
        .iter()
        .enumerate()
        .map(|(index, (message, _))| (pair(message), index))
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
        let preview = |index: usize| shorten(&messages[index].1.preview);
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

/// What a caller's own messages come from.
pub fn origin_of(actor: &Actor) -> Origin {
    match actor {
        Actor::User { .. } => Origin::User,
        Actor::ApiKey { .. } => Origin::ApiKey,
    }
}
