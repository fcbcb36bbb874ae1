//! Messages from customers.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::webhook::{InboundContent, InboundMessage};
use contracts::{
    contacts::{ContactId, Sighting},
    messaging::{MessageId, MessageReceived, MessagesReceived},
};
use kernel::{Result, TenantTx, padded};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel, sea_query::OnConflict};

use super::{
    amendments::{Amendment, is_amendment},
    arrived::{Arrived, content_of},
    details,
    ids::{WAMID, digits},
    noted::Noted,
    when::told_at,
};
use crate::{
    entity::{
        Direction, Status, conversation,
        message::{ActiveModel, Column, Entity},
    },
    service::{
        Service, joining, media,
        preview::shorten,
        sender::{Pair, conversations_of},
    },
};

impl Service {
    /// Writes the messages that are new, with their contacts and conversations. Answers what was done to other messages, and
    /// the wamids of those that are new.
    pub(super) async fn apply_messages(&self, tx: &mut TenantTx, arrived: Vec<Arrived>) -> Result<Noted> {
        let mut noted = Noted::default();
        let now = tx.clock().now();
        let arrived = each_once(arrived);
        let arrived = self.only_new_system(tx, arrived).await?;
        self.apply_system(tx, &arrived).await?;
        let (new, contacts) = self.senders(tx, arrived).await?;
        if new.is_empty() {
            return Ok(noted);
        }
        let mut pairs: Vec<Pair> = Vec::with_capacity(new.len());
        let mut messages = Vec::with_capacity(new.len());
        for (arrived, contact) in new.into_iter().zip(contacts) {
            // What is done to another message is none of its own.
            if is_amendment(&arrived.message) {
                let amendment = Amendment::read(&arrived.message, arrived.channel.id, Some(contact), now);
                noted.amendments.extend(amendment);
            } else {
                pairs.push((arrived.channel.id, contact));
                messages.push(arrived);
            }
        }
        let new = messages;
        if new.is_empty() {
            return Ok(noted);
        }
        let conversations = conversations_of(tx, &pairs).await?;
        let mut items = Vec::with_capacity(new.len());
        let mut rows = Vec::with_capacity(new.len());
        let listened = tx.is_listened_to::<MessagesReceived>();
        for (place, (arrived, (channel_id, contact_id))) in (0..).zip(new.iter().zip(&pairs)) {
            let id: MessageId = tx.clock().new_id();
            let conversation = &conversations[&(*channel_id, *contact_id)];
            let item = MessageReceived {
                message_id: id,
                conversation_id: conversation.id,
                contact_id: *contact_id,
                channel_id: *channel_id,
                kind: arrived.message.kind.chars().take(32).collect(),
                preview: shorten(&arrived.message.preview()),
                // What came together keeps its order.
                at: written_at(arrived.message.timestamp, now + TimeDelta::microseconds(place)),
                details: listened.then(|| details::of(&arrived.message, arrived.received_at, false)),
                assignee_id: conversation.assignee_id,
                team_id: conversation.team_id,
            };
            rows.push(row(&arrived.message, &item, now));
            items.push(item);
        }
        let (new, items) = insert(tx, rows, new, items).await?;
        if new.is_empty() {
            return Ok(noted);
        }
        let incoming: Vec<media::Incoming<'_>> = new
            .iter()
            .zip(&items)
            .map(|(arrived, item)| media::Incoming {
                message_id: item.message_id,
                conversation_id: item.conversation_id,
                channel_id: item.channel_id,
                kind: &arrived.message.kind,
                raw: &arrived.message.raw,
                at: item.at,
            })
            .collect();
        media::expect(tx, &incoming).await?;
        noted.unread = touch(tx, &new, &items, &conversations).await?;
        noted.wamids.extend(new.iter().filter_map(wamid));
        tx.publish(&MessagesReceived { items })?;
        Ok(noted)
    }

    /// Who wrote what. Most senders are known. What is written by somebody else is looked up first: the repetition of a message
    /// whose sender was deleted since must not make them anew.
    async fn senders(
        &self,
        tx: &mut TenantTx,
        arrived: Vec<Arrived>,
    ) -> Result<(Vec<Arrived>, Vec<ContactId>)> {
        if arrived.is_empty() {
            return Ok((arrived, Vec::new()));
        }
        let sightings: Vec<Sighting> = arrived.iter().map(|one| one.sighting.clone()).collect();
        let known = self.directory.recognise(tx, &sightings).await?;
        joining::join(tx, &known.merges).await?;
        let (mut new, mut contacts, mut strange) = (Vec::new(), Vec::new(), Vec::new());
        for (one, contact) in arrived.into_iter().zip(known.contacts) {
            match contact {
                Some(contact) => {
                    new.push(one);
                    contacts.push(contact);
                }
                None => strange.push(one),
            }
        }
        let strange = only_new(tx, strange).await?;
        if !strange.is_empty() {
            let sightings: Vec<Sighting> = strange.iter().map(|one| one.sighting.clone()).collect();
            let resolved = self.directory.resolve(tx, &sightings).await?;
            for contact in &mut contacts {
                *contact = joining::holder(&resolved.merges, *contact);
            }
            joining::join(tx, &resolved.merges).await?;
            contacts.extend(resolved.contacts);
            new.extend(strange);
        }
        Ok((new, contacts))
    }

    /// Leaves out system messages that are known: what they tell of people must not be done again after something newer.
    async fn only_new_system(&self, tx: &TenantTx, arrived: Vec<Arrived>) -> Result<Vec<Arrived>> {
        let of_system = |one: &Arrived| matches!(one.message.content, InboundContent::System(_));
        if !arrived.iter().any(of_system) {
            return Ok(arrived);
        }
        let (system, mut arrived): (Vec<_>, Vec<_>) = arrived.into_iter().partition(of_system);
        arrived.extend(only_new(tx, system).await?);
        Ok(arrived)
    }
}

/// Writes the rows; answers the messages of those that were new: WhatsApp delivers at least once.
async fn insert(
    tx: &TenantTx,
    rows: Vec<ActiveModel>,
    arrived: Vec<Arrived>,
    items: Vec<MessageReceived>,
) -> Result<(Vec<Arrived>, Vec<MessageReceived>)> {
    if tx.insert_new::<Entity>(rows).await? == items.len() as u64 {
        return Ok((arrived, items));
    }
    let mut written: HashSet<MessageId> = HashSet::new();
    for some in items.chunks(500) {
        let ours = Column::Id.is_in(padded(some.iter().map(|item| item.message_id)));
        let ids: Vec<MessageId> = tx.find::<Entity>().filter(ours).columns(&[Column::Id]).await?;
        written.extend(ids);
    }
    let both = arrived.into_iter().zip(items);
    Ok(both
        .filter(|(_, item)| written.contains(&item.message_id))
        .unzip())
}

fn wamid(arrived: &Arrived) -> Option<String> {
    let id = arrived.message.id.as_ref()?;
    Some(id.as_str().chars().take(WAMID).collect())
}

/// Of what came several times, the first.
fn each_once(arrived: Vec<Arrived>) -> Vec<Arrived> {
    let mut known: HashSet<String> = HashSet::with_capacity(arrived.len());
    arrived
        .into_iter()
        .filter(|one| wamid(one).is_some_and(|id| known.insert(id)))
        .collect()
}

/// Leaves out what is in the inbox already.
async fn only_new(tx: &TenantTx, arrived: Vec<Arrived>) -> Result<Vec<Arrived>> {
    let wamids: Vec<String> = arrived.iter().filter_map(wamid).collect();
    let mut known: HashSet<String> = HashSet::new();
    for some in wamids.chunks(500) {
        let rows = tx
            .find::<Entity>()
            .filter(Column::Wamid.is_in(padded(some.iter().cloned())));
        known.extend(
            rows.columns::<Option<String>>(&[Column::Wamid])
                .await?
                .into_iter()
                .flatten(),
        );
    }
    Ok(arrived
        .into_iter()
        .filter(|one| wamid(one).is_some_and(|id| !known.contains(&id)))
        .collect())
}

/// WhatsApp's time, but never the future: a wrong clock must not keep a window open for years. WhatsApp tells whole seconds;
/// what was written just now gets the time of its arrival, or a reply within the same second would stand before it.
fn written_at(timestamp: Option<i64>, now: DateTime<Utc>) -> DateTime<Utc> {
    let told = told_at(timestamp, now);
    if now - told < TimeDelta::seconds(2) {
        now
    } else {
        told
    }
}

pub(super) fn row(message: &InboundMessage, item: &MessageReceived, now: DateTime<Utc>) -> ActiveModel {
    let raw = &message.raw;
    let content = content_of(message);
    let wamid = message
        .id
        .as_ref()
        .map(|id| id.as_str().chars().take(WAMID).collect());
    let quoted = message.context.as_ref().and_then(|context| context.id.as_ref());
    ActiveModel {
        id: Set(item.message_id),
        conversation_id: Set(item.conversation_id),
        channel_id: Set(item.channel_id),
        contact_id: Set(item.contact_id),
        direction: Set(Direction::Inbound),
        kind: Set(item.kind.clone()),
        status: Set(Status::Received),
        status_rank: Set(Status::Received.rank()),
        content: Set(content.to_string()),
        preview: Set(item.preview.clone()),
        wamid: Set(wamid),
        reply_to: Set(quoted.map(|id| id.as_str().chars().take(WAMID).collect())),
        raw: Set(Some(raw.to_string())),
        at: Set(item.at),
        created_at: Set(now),
        ..ActiveModel::default()
    }
}

/// What a message does to its conversation.
struct Touch<'a> {
    item: &'a MessageReceived,
    unread: bool,
    /// The number that opens the window, if it does; none for somebody who shows none.
    opens: Option<Option<String>>,
}

impl<'a> Touch<'a> {
    fn of(arrived: &Arrived, item: &'a MessageReceived) -> Self {
        let message = &arrived.message;
        let phone = || {
            let digits = digits(arrived.sighting.wa_id.as_deref()?);
            (1..=32).contains(&digits.len()).then(|| format!("+{digits}"))
        };
        Self {
            item,
            unread: message.is_written(),
            opens: message.opens_window().then(phone),
        }
    }
}

/// One statement for all conversations: unread by delta, the newest message shown, the window opened. Answers how many more are
/// unread.
async fn touch(
    tx: &TenantTx,
    new: &[Arrived],
    items: &[MessageReceived],
    conversations: &HashMap<Pair, conversation::Model>,
) -> Result<i64> {
    use conversation::{ActiveModel, Column, Entity, State};
    let mut by_pair: HashMap<Pair, Vec<Touch<'_>>> = HashMap::new();
    for (arrived, item) in new.iter().zip(items) {
        by_pair
            .entry((item.channel_id, item.contact_id))
            .or_default()
            .push(Touch::of(arrived, item));
    }
    let mut rows = Vec::with_capacity(by_pair.len());
    let mut more = 0;
    for (pair, touches) in by_pair {
        let mut row = conversations[&pair].clone();
        let newest = touches.iter().map(|touch| touch.item);
        let Some(newest) = newest.max_by_key(|item| (item.at, item.message_id)) else {
            continue;
        };
        let newer = row.last_message_id.is_none() || newest.at >= row.last_at;
        let unread = touches.iter().filter(|touch| touch.unread).count();
        let before = row.unread;
        row.unread = before.saturating_add(i32::try_from(unread).unwrap_or(i32::MAX));
        more += i64::from(row.unread) - i64::from(before);
        // Somebody has to look at it, unless automatic replies do.
        if unread > 0 && row.state() != State::Pending {
            row.state = Some(State::Open);
            row.snoozed_until = None;
        }
        for touch in &touches {
            if let Some(phone) = &touch.opens
                && row.last_inbound_at.is_none_or(|at| at <= touch.item.at)
            {
                row.last_inbound_at = Some(touch.item.at);
                row.window_phone.clone_from(phone);
            }
        }
        if newer {
            row.last_at = newest.at;
            row.last_message_id = Some(newest.message_id);
            row.preview.clone_from(&newest.preview);
            "inbound".clone_into(&mut row.last_direction);
        }
        rows.push(row);
    }
    rows.sort_unstable_by_key(|row| row.id);
    // All of these rows are there, and locked since they were read: every one of them is a conflict, which changes it.
    let change = OnConflict::columns([Column::TenantId, Column::Id])
        .update_columns([
            Column::LastAt,
            Column::LastMessageId,
            Column::Preview,
            Column::LastDirection,
            Column::Unread,
            Column::LastInboundAt,
            Column::WindowPhone,
            Column::State,
            Column::SnoozedUntil,
        ])
        .to_owned();
    let rows: Vec<ActiveModel> = rows.into_iter().map(IntoActiveModel::into_active_model).collect();
    tx.upsert::<Entity>(rows, change).await?;
    Ok(more)
}
