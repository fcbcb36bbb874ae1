//! Messages that did not come live: what the business sent by other means, and what its phone remembers. They raise no unread
//! count and open no window, and they are the newest of a conversation only if they are.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use cloud_api::webhook::{HistoryMessage, InboundMessage, WebhookContact};
use contracts::{
    channels::Channel,
    contacts::{Resolved, Sighting},
    messaging::{
        ConversationChange, ConversationId, MessageEchoed, MessageId, MessageReceived, MessagesEchoed, Sender,
    },
};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, sea_query::OnConflict};

use super::{
    amendments::{Amendment, is_amendment},
    arrived::content_of,
    details,
    ids::{WAMID, digits},
    inbound::row,
    noted::Noted,
    statuses,
    when::told_at,
};
use crate::{
    entity::{
        Direction, Status, conversation,
        message::{ActiveModel, Column, Entity},
    },
    service::{
        Service, assignment, joining, media,
        preview::shorten,
        sender::{Pair, conversations_of},
    },
};

/// A message from elsewhere, whatever its way here.
#[derive(Debug)]
pub(super) struct Other {
    channel: Arc<Channel>,
    pub(super) sighting: Sighting,
    message: InboundMessage,
    inbound: bool,
    status: Status,
    sent_by: Option<Sender>,
    /// Told live, as an echo is.
    live: bool,
    /// When the webhook arrived here; none for old messages.
    received_at: Option<DateTime<Utc>>,
}

impl Other {
    /// What the business sent by its phone app (`by_app`) or through another partner; `receiver` is what the body says about whom.
    pub(super) fn of_echo(
        channel: &Arc<Channel>,
        receiver: Option<WebhookContact>,
        message: InboundMessage,
        by_app: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let (kind, name) = if by_app {
            ("app", "WhatsApp Business app")
        } else {
            ("partner", "Another partner")
        };
        let receiver = receiver.unwrap_or_default();
        Self {
            sighting: Sighting {
                portfolio: channel.portfolio_id.clone().unwrap_or_default(),
                wa_id: message.to.clone().or_else(|| receiver.wa_id.clone()),
                other_wa_id: receiver.wa_id,
                bsuid: message.to_user_id.clone().or(receiver.user_id),
                username: receiver.username,
                profile_name: receiver.name,
                seen_at: Some(told_at(message.timestamp, now)),
                ..Sighting::default()
            },
            channel: channel.clone(),
            message,
            inbound: false,
            status: Status::Sent,
            sent_by: Some(sender(kind, name)),
            live: true,
            received_at: Some(now),
        }
    }

    /// A message out of a phone's history; none where nobody can tell whose thread it is of.
    pub(super) fn of_past(channel: &Arc<Channel>, past: HistoryMessage) -> Option<Self> {
        let HistoryMessage {
            thread,
            status,
            message,
        } = past;
        let own = channel.display_phone_number.as_deref().map(digits);
        let from = message.from.as_deref().map(digits);
        let inbound = match (&thread, &from) {
            (Some(thread), Some(from)) => digits(thread) == *from,
            (_, from) => {
                message.to.is_none() && message.to_user_id.is_none() && (*from != own || from.is_none())
            }
        };
        let (wa_id, bsuid) = if inbound {
            (thread.or(message.from.clone()), message.from_user_id.clone())
        } else {
            (thread.or(message.to.clone()), message.to_user_id.clone())
        };
        let wa_id = wa_id.filter(|text| !digits(text).is_empty());
        if wa_id.is_none() && bsuid.is_none() {
            return None;
        }
        Some(Self {
            sighting: Sighting {
                portfolio: channel.portfolio_id.clone().unwrap_or_default(),
                wa_id,
                bsuid,
                ..Sighting::default()
            },
            status: if inbound {
                Status::Received
            } else {
                state(status.as_deref())
            },
            sent_by: (!inbound).then(|| sender("app", "WhatsApp Business app")),
            channel: channel.clone(),
            message,
            inbound,
            live: false,
            received_at: None,
        })
    }
}

fn sender(kind: &str, name: &str) -> Sender {
    Sender {
        kind: kind.to_owned(),
        id: String::new(),
        name: name.to_owned(),
    }
}

/// WhatsApp's word for the state of an old message of the business.
fn state(word: Option<&str>) -> Status {
    match word {
        Some("PENDING") => Status::Accepted,
        Some("DELIVERED") => Status::Delivered,
        Some("READ") => Status::Read,
        Some("PLAYED") => Status::Played,
        Some("ERROR") => Status::Failed,
        _ => Status::Sent,
    }
}

fn wamid(message: &InboundMessage) -> String {
    let id = message.id.as_ref().map(cloud_api::ids::Wamid::as_str);
    id.unwrap_or_default().chars().take(WAMID).collect()
}

impl Service {
    /// Writes the echoes and the old messages that are new.
    pub(super) async fn apply_elsewhere(&self, tx: &mut TenantTx, others: Vec<Other>) -> Result<Noted> {
        let now = tx.clock().now();
        if others.is_empty() {
            return Ok(Noted::default());
        }
        let others = complete(tx, others).await?;
        if others.is_empty() {
            return Ok(Noted::default());
        }
        let sightings: Vec<Sighting> = others.iter().map(|other| other.sighting.clone()).collect();
        let Resolved { contacts, merges } = self.directory.resolve(tx, &sightings).await?;
        joining::join(tx, &merges).await?;
        let mut noted = Noted {
            merges,
            ..Noted::default()
        };
        let mut messages = Vec::new();
        for (other, contact) in others.into_iter().zip(contacts) {
            if is_amendment(&other.message) {
                let who = other.inbound.then_some(contact);
                noted
                    .amendments
                    .extend(Amendment::read(&other.message, other.channel.id, who, now));
            } else {
                messages.push((other, contact));
            }
        }
        if messages.is_empty() {
            return Ok(noted);
        }
        let pairs: Vec<Pair> = messages
            .iter()
            .map(|(other, contact)| (other.channel.id, *contact))
            .collect();
        let conversations = conversations_of(tx, &pairs).await?;
        let mut written = Vec::with_capacity(messages.len());
        for ((other, _), (channel_id, contact_id)) in messages.into_iter().zip(pairs) {
            let conversation = &conversations[&(channel_id, contact_id)];
            let item = MessageReceived {
                message_id: tx.clock().new_id(),
                conversation_id: conversation.id,
                contact_id,
                channel_id,
                kind: other.message.kind.chars().take(32).collect(),
                preview: shorten(&other.message.preview()),
                at: told_at(other.message.timestamp, now),
                details: None,
                assignee_id: conversation.assignee_id,
                team_id: conversation.team_id,
            };
            noted.wamids.push(wamid(&other.message));
            written.push((other, item));
        }
        insert(tx, &written, now).await?;
        touch(tx, &written, conversations).await?;
        tell(tx, &written)?;
        Ok(noted)
    }
}

async fn insert(tx: &mut TenantTx, written: &[(Other, MessageReceived)], now: DateTime<Utc>) -> Result<()> {
    let mut rows = Vec::with_capacity(written.len());
    for (other, item) in written {
        let direction = match other.inbound {
            true => Direction::Inbound,
            false => Direction::Outbound,
        };
        rows.push(ActiveModel {
            direction: Set(direction),
            status: Set(other.status),
            status_rank: Set(other.status.rank()),
            sent_by: Set(other.sent_by.as_ref().map(serde_json::to_string).transpose()?),
            sent_at: Set((!other.inbound && other.status >= Status::Sent).then_some(item.at)),
            ..row(&other.message, item, now)
        });
    }
    tx.insert_new::<Entity>(rows).await?;
    let files: Vec<media::Incoming<'_>> = written
        .iter()
        .map(|(other, item)| media::Incoming {
            message_id: item.message_id,
            conversation_id: item.conversation_id,
            channel_id: item.channel_id,
            kind: &other.message.kind,
            raw: &other.message.raw,
            at: item.at,
        })
        .collect();
    media::expect(tx, &files).await?;
    let ours = written.iter().filter(|(other, _)| !other.inbound);
    let ours: Vec<(MessageId, String)> = ours
        .map(|(other, item)| (item.message_id, wamid(&other.message)))
        .collect();
    if ours.is_empty() {
        return Ok(());
    }
    statuses::apply_parked(tx, &ours).await
}

/// Leaves out what is known already. An old message whose file was missing gets it here, and the higher of two states counts.
async fn complete(tx: &mut TenantTx, others: Vec<Other>) -> Result<Vec<Other>> {
    type Known = (MessageId, String, String, Direction, i32, ConversationId);
    let wamids: Vec<String> = others.iter().map(|other| wamid(&other.message)).collect();
    let mut known: HashMap<String, Known> = HashMap::new();
    for some in wamids.chunks(500) {
        let rows = tx
            .find::<Entity>()
            .filter(Column::Wamid.is_in(some.iter().cloned()))
            .columns::<Known>(&[
                Column::Id,
                Column::Wamid,
                Column::Kind,
                Column::Direction,
                Column::StatusRank,
                Column::ConversationId,
            ])
            .await?;
        known.extend(rows.into_iter().map(|row| (row.1.clone(), row)));
    }
    let mut new: Vec<Other> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut files = Vec::new();
    for other in others {
        let key = wamid(&other.message);
        if let Some((id, _, kind, direction, rank, conversation_id)) = known.get_mut(&key) {
            let mut row = ActiveModel::default();
            let better = *direction == Direction::Outbound
                && !other.live
                && !other.inbound
                && other.status.rank() > *rank;
            if better {
                *rank = other.status.rank();
                row.status = Set(other.status);
                row.status_rank = Set(*rank);
            }
            let filled = kind == PLACEHOLDER && other.message.kind != PLACEHOLDER;
            if filled {
                kind.clone_from(&other.message.kind);
                let content = content_of(&other.message);
                row.kind = Set(other.message.kind.chars().take(32).collect());
                row.content = Set(content.to_string());
                row.preview = Set(shorten(&other.message.preview()));
                row.raw = Set(Some(other.message.raw.to_string()));
            }
            if better || filled {
                tx.update::<Entity>()
                    .filter(Column::Id.eq(*id))
                    .set(row)
                    .exec()
                    .await?;
            }
            if filled {
                files.push((*id, *conversation_id, other));
            }
            continue;
        }
        // Twice in one batch: the one with its file counts, and the higher state.
        match places.get(&key) {
            None => {
                places.insert(key, new.len());
                new.push(other);
            }
            Some(place) => {
                let first = &mut new[*place];
                let status = first.status.max(other.status);
                if first.message.kind == PLACEHOLDER {
                    first.message = other.message;
                }
                first.status = status;
            }
        }
    }
    fetch(tx, &files).await?;
    Ok(new)
}

/// The kind of an old message whose file comes later, or never (Cloud API: webhooks – history).
const PLACEHOLDER: &str = "media_placeholder";

async fn fetch(tx: &mut TenantTx, filled: &[(MessageId, ConversationId, Other)]) -> Result<()> {
    let now = tx.clock().now();
    let files: Vec<media::Incoming<'_>> = filled
        .iter()
        .map(|(id, conversation_id, other)| media::Incoming {
            message_id: *id,
            conversation_id: *conversation_id,
            channel_id: other.channel.id,
            kind: &other.message.kind,
            raw: &other.message.raw,
            at: now,
        })
        .collect();
    media::expect(tx, &files).await?;
    for (id, conversation_id, other) in filled {
        let row = conversation::ActiveModel {
            preview: Set(shorten(&other.message.preview())),
            ..conversation::ActiveModel::default()
        };
        tx.update::<conversation::Entity>()
            .filter(conversation::Column::Id.eq(*conversation_id))
            .filter(conversation::Column::LastMessageId.eq(*id))
            .set(row)
            .exec()
            .await?;
    }
    Ok(())
}

/// The newest message of each conversation is shown, if it is newer than what is.
async fn touch(
    tx: &TenantTx,
    written: &[(Other, MessageReceived)],
    conversations: HashMap<Pair, conversation::Model>,
) -> Result<()> {
    use conversation::{ActiveModel, Column, Entity};
    let mut rows: HashMap<ConversationId, conversation::Model> =
        conversations.into_values().map(|row| (row.id, row)).collect();
    let mut changed: HashSet<ConversationId> = HashSet::new();
    for (other, item) in written {
        let Some(row) = rows.get_mut(&item.conversation_id) else {
            continue;
        };
        if row.last_message_id.is_some() && item.at < row.last_at {
            continue;
        }
        row.last_at = item.at;
        row.last_message_id = Some(item.message_id);
        row.preview.clone_from(&item.preview);
        if other.inbound { "inbound" } else { "outbound" }.clone_into(&mut row.last_direction);
        changed.insert(row.id);
    }
    let mut rows: Vec<conversation::Model> = rows
        .into_values()
        .filter(|row| changed.contains(&row.id))
        .collect();
    rows.sort_unstable_by_key(|row| row.id);
    let change = OnConflict::columns([Column::TenantId, Column::Id])
        .update_columns([
            Column::LastAt,
            Column::LastMessageId,
            Column::Preview,
            Column::LastDirection,
        ])
        .to_owned();
    let rows: Vec<ActiveModel> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
    tx.upsert::<Entity>(rows, change).await
}

/// Echoes are told one by one, old messages only by their conversations: nobody answers what is long past.
fn tell(tx: &mut TenantTx, written: &[(Other, MessageReceived)]) -> Result<()> {
    let mut items: Vec<MessageEchoed> = Vec::new();
    let mut old: BTreeMap<ConversationId, ConversationChange> = BTreeMap::new();
    let listened = tx.is_listened_to::<MessagesEchoed>();
    for (other, item) in written {
        if other.live {
            items.push(MessageEchoed {
                message_id: item.message_id,
                conversation_id: item.conversation_id,
                contact_id: item.contact_id,
                channel_id: item.channel_id,
                kind: item.kind.clone(),
                preview: item.preview.clone(),
                at: item.at,
                details: other
                    .received_at
                    .filter(|_| listened)
                    .map(|received_at| details::of(&other.message, received_at, true)),
                assignee_id: item.assignee_id,
                team_id: item.team_id,
            });
        } else {
            let change = ConversationChange {
                conversation_id: item.conversation_id,
                assignee_id: item.assignee_id,
                team_id: item.team_id,
                previous: None,
            };
            old.insert(item.conversation_id, change);
        }
    }
    if !items.is_empty() {
        items.sort_by_key(|item| item.at);
        tx.publish(&MessagesEchoed { items })?;
    }
    let old: Vec<ConversationChange> = old.into_values().collect();
    assignment::tell(tx, &old)
}
