//! The messaging limit: how many people a portfolio may write to first within 24 hours, over all its numbers (Cloud API:
//! messaging limit). Known where WhatsApp told it; kept here, so that it is never overrun.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{channels::Channel, contacts::ContactId, messaging::ConversationId};
use kernel::{Result, TenantDb, TenantTx, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, Order, sea_query::OnConflict};
use sentences::{ParamKind, Sentence, Sentences, Term};

use super::waiting::Waiting;
use crate::entity::{
    conversation,
    opening::{ActiveModel, Column, Entity},
};

/// What counts is the last day.
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
    let first: Vec<&Waiting> = messages.filter(|message| message.kind == "template").collect();
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
    let portfolio = channel.portfolio_id.as_ref().unwrap_or(&channel.waba_id);
    let of_portfolio = || {
        Condition::all()
            .add(Column::Portfolio.eq(portfolio.as_str()))
            .add(Column::At.gt(now - DAY))
    };
    let mut outside = outside_the_window(tx, messages, now).await?;
    let known: Vec<ContactId> = tx
        .find::<Entity>()
        .filter(of_portfolio().add(Column::ContactId.is_in(outside.iter().copied())))
        .columns(&[Column::ContactId])
        .await?;
    outside.retain(|contact| !known.contains(contact));
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
        .iter()
        .map(|contact| ActiveModel {
            portfolio: Set(portfolio.clone()),
            contact_id: Set(*contact),
            at: Set(now),
            ..ActiveModel::default()
        })
        .collect();
    let again = OnConflict::columns([Column::TenantId, Column::Portfolio, Column::ContactId])
        .update_column(Column::At)
        .to_owned();
    tx.upsert::<Entity>(rows, again).await?;
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
        contacts: over.into_iter().collect(),
        until: oldest.first().map_or(now + DAY, |at| *at + DAY),
    }))
}

/// The people whose window is closed, each once, in the order of the messages.
async fn outside_the_window(
    tx: &TenantTx,
    messages: &[&Waiting],
    now: DateTime<Utc>,
) -> Result<Vec<ContactId>> {
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
    let mut seen = HashSet::new();
    let outside = messages
        .iter()
        .filter(|message| !open.contains(&message.conversation_id));
    Ok(outside
        .map(|message| message.contact_id)
        .filter(|contact| seen.insert(*contact))
        .collect())
}
