//! The messaging limit: how many people a portfolio may write to first within 24 hours, over all its numbers (Cloud API:
//! messaging limit). Known where WhatsApp told it; kept here, so that it is never overrun.

use std::collections::{HashMap, HashSet, hash_map};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    channels::Channel,
    contacts::ContactId,
    messaging::{ConversationId, MessageId},
};
use kernel::{Result, TenantDb, TenantTx, padded, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, Order, sea_query::OnConflict};
use sentences::{ParamKind, Sentence, Sentences, Term};

use super::waiting::Waiting;
use crate::entity::{
    conversation,
    opening::{ActiveModel, Column, Entity},
};

/// The limit counts people of the last 24 hours.
const DAY: TimeDelta = TimeDelta::hours(24);

/// People that must wait, and until when the first place is free again.
#[derive(Debug, PartialEq)]
pub(super) struct Over {
    pub(super) contacts: HashSet<ContactId>,
    pub(super) until: DateTime<Utc>,
}

impl Over {
    /// In a sentence for people.
    pub(super) fn reason(&self, limit: i32) -> Sentences {
        Sentence::new(Term::LimitReached)
            .with("limit", ParamKind::Number, i64::from(limit))
            .into()
    }
}

/// Contacts of one list in a statement.
const IN_LIST: usize = 500;

/// The portfolio that a number's messages count towards; its account where the portfolio is not known.
pub(super) fn of(channel: &Channel) -> &str {
    channel.portfolio_id.as_ref().unwrap_or(&channel.waba_id)
}

/// Reserves places for the people these messages would be written to first. None if all of them may be sent.
pub(super) async fn reserve(
    db: &TenantDb,
    channel: &Channel,
    messages: impl Iterator<Item = &Waiting>,
) -> Result<Option<Over>> {
    let Some(limit) = channel
        .messaging_limit
        .and_then(|limit| usize::try_from(limit).ok())
    else {
        return Ok(None);
    };
    let first: Vec<&Waiting> = messages.filter(|message| message.is_template()).collect();
    if first.is_empty() {
        return Ok(None);
    }
    retrying(|| async {
        let mut tx = db.begin().await?;
        let over = reserve_in(&mut tx, channel, &first, limit).await?;
        tx.commit().await?;
        Ok(over)
    })
    .await
}

async fn reserve_in(
    tx: &mut TenantTx,
    channel: &Channel,
    messages: &[&Waiting],
    limit: usize,
) -> Result<Option<Over>> {
    let now = tx.clock().now();
    let portfolio = of(channel);
    let of_portfolio = || {
        Condition::all()
            .add(Column::Portfolio.eq(portfolio))
            .add(Column::At.gt(now - DAY))
    };
    let mut outside = outside_the_window(tx, messages, now).await?;
    let these = padded(outside.iter().map(|(contact, _)| *contact));
    let known: Vec<(ContactId, Option<MessageId>)> = tx
        .find::<Entity>()
        .filter(of_portfolio().add(Column::ContactId.is_in(these)))
        .columns(&[Column::ContactId, Column::MessageId])
        .await?;
    let known: HashMap<ContactId, Option<MessageId>> = known.into_iter().collect();
    let row = |contact: ContactId, message: Option<MessageId>| ActiveModel {
        portfolio: Set(portfolio.to_owned()),
        contact_id: Set(contact),
        at: Set(now),
        message_id: Set(message),
        ..ActiveModel::default()
    };
    // Another message relies on the place too now, so it is no longer released with the first.
    let shared = outside.iter().filter(|(contact, message)| {
        let by = known.get(contact).copied().flatten();
        by.is_some() && by != *message
    });
    let shared: Vec<ActiveModel> = shared.map(|(contact, _)| row(*contact, None)).collect();
    let conflict = || OnConflict::columns([Column::TenantId, Column::Portfolio, Column::ContactId]);
    if !shared.is_empty() {
        let keep = conflict().update_column(Column::MessageId).to_owned();
        tx.upsert::<Entity>(shared, keep).await?;
    }
    outside.retain(|(contact, _)| !known.contains_key(contact));
    if outside.is_empty() {
        return Ok(None);
    }
    let counted: Vec<(String, i64)> = tx
        .find::<Entity>()
        .filter(of_portfolio())
        .count_by(Column::Portfolio)
        .await?;
    let used = counted
        .first()
        .map_or(0, |(_, rows)| usize::try_from(*rows).unwrap_or(0));
    let allowed = limit.saturating_sub(used).min(outside.len());
    let over = outside.split_off(allowed);
    let rows = outside
        .into_iter()
        .map(|(contact, message)| row(contact, message));
    let again = conflict()
        .update_columns([Column::At, Column::MessageId])
        .to_owned();
    tx.upsert::<Entity>(rows.collect(), again).await?;
    if over.is_empty() {
        return Ok(None);
    }
    let oldest: Vec<DateTime<Utc>> = tx
        .find::<Entity>()
        .filter(of_portfolio())
        .order_by(Column::At, Order::Asc)
        .limit(1)
        .columns(&[Column::At])
        .await?;
    Ok(Some(Over {
        contacts: over.into_iter().map(|(contact, _)| contact).collect(),
        until: oldest.first().map_or(now + DAY, |at| *at + DAY),
    }))
}

/// Gives back the places that were reserved for an intent that was not committed.
pub(super) async fn release_unsent(db: &TenantDb, channel: &Channel, messages: &[Waiting]) -> Result<()> {
    if !messages.iter().any(Waiting::is_template) {
        return Ok(());
    }
    retrying(|| async {
        let tx = db.begin().await?;
        let these = messages.iter().map(|message| (message.contact_id, message.id));
        release(&tx, of(channel), these).await?;
        tx.commit().await
    })
    .await
}

/// Gives back the places of messages that were never handed to WhatsApp, unless another message relies on them too.
pub(super) async fn release(
    tx: &TenantTx,
    portfolio: &str,
    messages: impl IntoIterator<Item = (ContactId, MessageId)>,
) -> Result<()> {
    let messages: Vec<(ContactId, MessageId)> = messages.into_iter().collect();
    for some in messages.chunks(IN_LIST) {
        let of_these = |contacts: Vec<ContactId>| {
            Condition::all()
                .add(Column::Portfolio.eq(portfolio))
                .add(Column::ContactId.is_in(padded(contacts)))
                .add(Column::MessageId.is_in(padded(some.iter().map(|(_, message)| *message))))
        };
        // Read first: mostly there are none, and then nothing is locked.
        let taken: Vec<ContactId> = tx
            .find::<Entity>()
            .filter(of_these(some.iter().map(|(contact, _)| *contact).collect()))
            .columns(&[Column::ContactId])
            .await?;
        if !taken.is_empty() {
            tx.delete::<Entity>().filter(of_these(taken)).exec().await?;
        }
    }
    Ok(())
}

/// The people whose window is closed, each once, in the order of the messages; and the message to them, none if there are several.
async fn outside_the_window(
    tx: &TenantTx,
    messages: &[&Waiting],
    now: DateTime<Utc>,
) -> Result<Vec<(ContactId, Option<MessageId>)>> {
    let conversations: Vec<(ConversationId, Option<DateTime<Utc>>)> = tx
        .find::<conversation::Entity>()
        .filter(conversation::Column::Id.is_in(messages.iter().map(|message| message.conversation_id)))
        .columns(&[conversation::Column::Id, conversation::Column::LastInboundAt])
        .await?;
    let open: HashSet<ConversationId> = conversations
        .into_iter()
        .filter(|(_, last)| last.is_some_and(|at| now < at + conversation::WINDOW))
        .map(|(id, _)| id)
        .collect();
    let mut places = HashMap::new();
    let mut outside: Vec<(ContactId, Option<MessageId>)> = Vec::new();
    for message in messages {
        if open.contains(&message.conversation_id) {
            continue;
        }
        match places.entry(message.contact_id) {
            hash_map::Entry::Vacant(place) => {
                place.insert(outside.len());
                outside.push((message.contact_id, Some(message.id)));
            }
            hash_map::Entry::Occupied(place) => outside[*place.get()].1 = None,
        }
    }
    Ok(outside)
}
