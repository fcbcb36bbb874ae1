//! What became of messages, written many at a time.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::message::Recipient;
use contracts::{
    channels::ChannelId,
    contacts::{ContactDirectory, Spelling},
    messaging::{Lane, MessageId, MessageStatusChanged, MessageStatusesChanged, Origin},
};
use kernel::{Result, TenantTx, padded};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait,
    sea_query::{CaseStatement, Expr, SimpleExpr},
};
use sentences::Sentences;

use super::{
    verdict::{TRIES, Verdict},
    waiting::Waiting,
};
use crate::{
    entity::{
        Status,
        chunk::{self, ChunkId},
        message::{Column, Entity, Failure},
    },
    job::{SendChunk, lane_name},
    service::joining,
};

/// Messages of one statement.
const A_STATEMENT: usize = 256;

/// A message and its verdict.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    message: Waiting,
    verdict: Verdict,
}

impl Outcome {
    /// A message that was tried often enough is given up instead of tried again.
    pub(super) fn new(message: Waiting, verdict: Verdict, attempt: i32) -> Self {
        let verdict = match verdict {
            Verdict::Again {
                failure,
                counts: true,
                ..
            } if attempt + 1 >= TRIES => Verdict::Failed(failure),
            verdict => verdict,
        };
        Self { message, verdict }
    }

    /// A message that cannot leave for a reason of ours.
    pub(super) fn refused(message: Waiting, why: &Sentences) -> Self {
        Self {
            message,
            verdict: Verdict::Failed(Failure::of_ours(why.clone())),
        }
    }

    /// The state it is in now; of a stopped chunk nothing is tried again.
    fn status(&self, is_cancelled: bool) -> Status {
        match self.verdict {
            Verdict::Again { .. } if is_cancelled => Status::Cancelled,
            Verdict::Accepted { .. } => Status::Accepted,
            Verdict::Again { .. } => Status::Queued,
            Verdict::Unknown => Status::Unknown,
            Verdict::Failed(_) => Status::Failed,
            Verdict::Cancelled => Status::Cancelled,
        }
    }

    fn wamid(&self) -> Option<String> {
        match &self.verdict {
            Verdict::Accepted { wamid, .. } => Some(wamid.to_string()),
            _ => None,
        }
    }

    /// How WhatsApp writes the number, if it differs from what the message was sent to.
    fn spelling(&self) -> Option<Spelling> {
        let (Verdict::Accepted { wa_id, .. }, Some(Recipient::Phone(to))) = (&self.verdict, &self.message.to)
        else {
            return None;
        };
        let wa_id = wa_id.as_deref().filter(|wa_id| *wa_id != to.as_str())?;
        Some(Spelling {
            contact: self.message.contact_id,
            wa_id: wa_id.to_owned(),
            differs: true,
        })
    }

    fn failure(&self) -> Option<&Failure> {
        match &self.verdict {
            Verdict::Failed(failure) => Some(failure),
            _ => None,
        }
    }
}

/// The chunk that outcomes are of.
#[derive(Clone, Debug)]
pub(super) struct OfChunk {
    pub(super) id: ChunkId,
    pub(super) origin: Option<Origin>,
    pub(super) channel_id: ChannelId,
    pub(super) lane: Lane,
    /// How often its messages were tried before.
    pub(super) attempt: i32,
}

/// Writes the outcomes of a chunk's messages in the transaction that proved the chunk to be ours.
pub(super) async fn write(
    tx: &mut TenantTx,
    directory: &dyn ContactDirectory,
    of: &OfChunk,
    outcomes: &[Outcome],
) -> Result<()> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let now = tx.clock().now();
    // In key order, so that two transactions cannot wait for each other's rows.
    let mut outcomes: Vec<&Outcome> = outcomes.iter().collect();
    outcomes.sort_unstable_by_key(|outcome| outcome.message.id);
    let again = |outcome: &&Outcome| matches!(outcome.verdict, Verdict::Again { .. });
    let is_cancelled = outcomes.iter().any(again) && is_cancelled(tx, of.id).await?;
    for status in [
        Status::Cancelled,
        Status::Accepted,
        Status::Unknown,
        Status::Failed,
    ] {
        let these: Vec<&Outcome> = outcomes
            .iter()
            .copied()
            .filter(|outcome| outcome.status(is_cancelled) == status)
            .collect();
        for some in these.chunks(A_STATEMENT) {
            raise(tx, status, &padded(some.iter().copied()), now).await?;
        }
    }
    if !is_cancelled {
        put_back(tx, of, &outcomes, now).await?;
    }
    tell(tx, of, &outcomes, is_cancelled, now)?;
    let spellings: Vec<Spelling> = outcomes.iter().filter_map(|outcome| outcome.spelling()).collect();
    joining::learn_spellings(tx, directory, &spellings).await
}

/// That a campaign's message was accepted is not told: WhatsApp's `sent` follows at once, and at thousands a second nobody could
/// tell the difference.
fn tell(
    tx: &mut TenantTx,
    of: &OfChunk,
    outcomes: &[&Outcome],
    is_cancelled: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let told = |status| match status {
        Status::Queued => false,
        Status::Accepted => of.lane != Lane::Bulk,
        _ => true,
    };
    let items: Vec<MessageStatusChanged> = outcomes
        .iter()
        .filter(|outcome| told(outcome.status(is_cancelled)))
        .map(|outcome| MessageStatusChanged {
            message_id: outcome.message.id,
            conversation_id: outcome.message.conversation_id,
            status: outcome.status(is_cancelled).as_str().to_owned(),
            at: now,
            error_code: outcome.failure().map(|failure| failure.code),
            origin: of.origin.clone(),
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    let changed = MessageStatusesChanged { items };
    match of.lane {
        Lane::Bulk => tx.publish_to_modules(&changed),
        _ => tx.publish(&changed),
    }
}

/// Whether the chunk was stopped. Locks its row, as stopping does.
async fn is_cancelled(tx: &TenantTx, id: ChunkId) -> Result<bool> {
    let this = tx.find::<chunk::Entity>().filter(chunk::Column::Id.eq(id));
    let row = this.for_update().one().await?;
    Ok(row.is_some_and(|row| row.cancelled_at.is_some()))
}

/// One statement for all messages with the same outcome. A status that came before us is higher and stays.
async fn raise(tx: &TenantTx, status: Status, outcomes: &[&Outcome], now: DateTime<Utc>) -> Result<()> {
    let ids = outcomes.iter().map(|outcome| outcome.message.id);
    let below = Column::StatusRank.lt(status.rank());
    // `status` before `status_rank`: MySQL evaluates assignments from left to right and would see the new rank.
    let mut update = tx
        .update::<Entity>()
        .filter(Column::Id.is_in(ids))
        .col_expr(
            Column::Status,
            when(below.clone(), status.as_str().into(), Column::Status),
        )
        .col_expr(
            Column::StatusRank,
            when(below, status.rank().into(), Column::StatusRank),
        );
    match status {
        Status::Accepted => {
            update = update.col_expr(Column::Wamid, each(outcomes, Column::Wamid, Outcome::wamid));
        }
        Status::Failed => {
            let error = each(outcomes, Column::Error, |outcome| {
                serde_json::to_string(outcome.failure()?).ok()
            });
            update = update
                .col_expr(Column::FailedAt, Expr::value(now))
                .col_expr(Column::Error, error);
        }
        _ => {}
    }
    update.exec().await?;
    Ok(())
}

/// Messages that are to be sent later move into chunks of their own: what is in a chunk behind its mark was certainly not
/// sent, and that stays true for them.
async fn put_back(tx: &mut TenantTx, of: &OfChunk, outcomes: &[&Outcome], now: DateTime<Utc>) -> Result<()> {
    let mut by_wait: BTreeMap<(Duration, bool), Vec<MessageId>> = BTreeMap::new();
    for outcome in outcomes {
        if let Verdict::Again { after, counts, .. } = outcome.verdict {
            by_wait
                .entry((after, counts))
                .or_default()
                .push(outcome.message.id);
        }
    }
    for ((after, counts), ids) in by_wait {
        let chunk_id: ChunkId = tx.clock().new_id();
        // Only what is in this chunk still: a commit whose answer was lost may have moved them already.
        let moved = tx
            .update::<Entity>()
            .filter(Column::ChunkId.eq(of.id))
            .filter(Column::Id.is_in(ids))
            .col_expr(Column::ChunkId, Expr::value(chunk_id))
            .exec()
            .await?;
        if moved == 0 {
            continue;
        }
        tx.insert::<chunk::Entity>(chunk::ActiveModel {
            id: Set(chunk_id),
            channel_id: Set(of.channel_id),
            lane: Set(lane_name(of.lane).to_owned()),
            messages: Set(i32::try_from(moved).unwrap_or(i32::MAX)),
            fence: Set(0),
            mark: Set(None),
            attempt: Set(of.attempt + i32::from(counts)),
            done: Set(false),
            origin: Set(of.origin.as_ref().map(ToString::to_string)),
            cancelled_at: Set(None),
            created_at: Set(now),
            ..chunk::ActiveModel::default()
        })
        .await?;
        let due = now + TimeDelta::from_std(after).unwrap_or(TimeDelta::hours(1));
        tx.enqueue_at(&SendChunk::new(chunk_id, of.channel_id, of.lane), due)?;
    }
    Ok(())
}

fn when(condition: SimpleExpr, value: sea_orm::Value, otherwise: Column) -> SimpleExpr {
    CaseStatement::new()
        .case(condition, Expr::value(value))
        .finally(Expr::col(otherwise))
        .into()
}

/// A value of its own for every message that has one.
fn each(outcomes: &[&Outcome], column: Column, value: impl Fn(&Outcome) -> Option<String>) -> SimpleExpr {
    let pairs: Vec<(MessageId, String)> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome.message.id, value(outcome)?)))
        .collect();
    kernel::each(Column::Id, &pairs, column)
}
