//! What became of messages, written many at a time.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::message::Recipient;
use contracts::{
    channels::ChannelId,
    contacts::{ContactDirectory, Spelling},
    messaging::{ConversationId, Lane, MessageId, MessageStatusChanged, Origin},
};
use kernel::{Result, TenantTx, padded, tenant::TenantUpdate};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait,
    sea_query::{Expr, SimpleExpr},
};
use sentences::Sentences;

use super::{
    chunk::set_status,
    portfolio,
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
    service::{figures::Figures, joining, tell},
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

    /// A message that cannot be sent for a reason of our own.
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

    /// Whether it ended without a request to WhatsApp: stopped, or failed for a reason of our own.
    fn never_left(&self, is_cancelled: bool) -> bool {
        match self.status(is_cancelled) {
            Status::Cancelled => true,
            Status::Failed => self.failure().is_some_and(Failure::is_ours),
            _ => false,
        }
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
    /// The portfolio whose messaging limit they count towards.
    pub(super) portfolio: Option<String>,
}

impl OfChunk {
    fn is_bulk(&self) -> bool {
        self.origin.as_ref().is_some_and(Origin::is_bulk)
    }
}

/// By how much the outcomes move the figures if all their messages are still queued, as nearly always.
pub(super) fn expected(outcomes: &[Outcome]) -> Figures {
    let mut by = Figures::default();
    for outcome in outcomes {
        by += Figures::moved(Status::Queued, outcome.status(false), 1);
    }
    by
}

/// Writes the outcomes of a chunk's messages in the transaction that proved the chunk to be ours. Answers by how much they moved the
/// figures, which the caller publishes.
pub(super) async fn write(
    tx: &mut TenantTx,
    directory: &dyn ContactDirectory,
    of: &OfChunk,
    outcomes: &[Outcome],
) -> Result<Figures> {
    if outcomes.is_empty() {
        return Ok(Figures::default());
    }
    let now = tx.clock().now();
    // In key order, so that two transactions cannot wait for each other's rows.
    let mut outcomes: Vec<&Outcome> = outcomes.iter().collect();
    outcomes.sort_unstable_by_key(|outcome| outcome.message.id);
    let again = |outcome: &&Outcome| matches!(outcome.verdict, Verdict::Again { .. });
    let is_cancelled = outcomes.iter().any(again) && is_cancelled(tx, of.id).await?;
    let items = changes(tx, of, &outcomes, is_cancelled, now).await?;
    let mut by = Figures::default();
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
            let raised = raise(tx, status, some, now).await?;
            by += Figures::moved(Status::Queued, status, raised);
        }
    }
    if !is_cancelled {
        put_back(tx, of, &outcomes, now).await?;
    }
    if let Some(portfolio) = &of.portfolio {
        let kept_back = outcomes.iter().filter(|outcome| outcome.never_left(is_cancelled));
        let these = kept_back.map(|outcome| (outcome.message.contact_id, outcome.message.id));
        portfolio::release(tx, portfolio, these).await?;
    }
    tell::statuses_changed(tx, items).await?;
    let spellings: Vec<Spelling> = outcomes.iter().filter_map(|outcome| outcome.spelling()).collect();
    joining::learn_spellings(tx, directory, &spellings).await?;
    Ok(by)
}

/// What is to be told, decided before anything is written: only of messages whose state rises. A status that arrived before the
/// answer to the send has been told already.
///
/// That a campaign's message was accepted is not told: WhatsApp's `sent` follows at once.
async fn changes(
    tx: &TenantTx,
    of: &OfChunk,
    outcomes: &[&Outcome],
    is_cancelled: bool,
    now: DateTime<Utc>,
) -> Result<Vec<MessageStatusChanged>> {
    let told = |outcome: &&Outcome| match outcome.status(is_cancelled) {
        Status::Queued => false,
        Status::Accepted => !of.is_bulk(),
        _ => true,
    };
    if !outcomes.iter().any(told) {
        return Ok(Vec::new());
    }
    let stored = lock(tx, outcomes).await?;
    let items = outcomes.iter().copied().filter(told).filter_map(|outcome| {
        let (conversation_id, rank) = *stored.get(&outcome.message.id)?;
        let status = outcome.status(is_cancelled);
        (rank < status.rank()).then(|| MessageStatusChanged {
            message_id: outcome.message.id,
            conversation_id,
            status: status.as_str().to_owned(),
            at: now,
            error_code: outcome.failure().map(|failure| failure.code),
            origin: of.origin.clone(),
            assignee_id: None,
            team_id: None,
        })
    });
    Ok(items.collect())
}

/// Conversation and rank of each message as stored, locked in key order.
async fn lock(tx: &TenantTx, outcomes: &[&Outcome]) -> Result<HashMap<MessageId, (ConversationId, i32)>> {
    let mut stored = HashMap::new();
    for some in outcomes.chunks(A_STATEMENT) {
        let ids = padded(some.iter().map(|outcome| outcome.message.id));
        let rows: Vec<(MessageId, ConversationId, i32)> = tx
            .find::<Entity>()
            .filter(Column::Id.is_in(ids))
            .for_update()
            .columns(&[Column::Id, Column::ConversationId, Column::StatusRank])
            .await?;
        stored.extend(
            rows.into_iter()
                .map(|(id, conversation, rank)| (id, (conversation, rank))),
        );
    }
    Ok(stored)
}

/// Whether the chunk was stopped. Locks its row, as stopping does.
async fn is_cancelled(tx: &TenantTx, id: ChunkId) -> Result<bool> {
    let this = tx.find::<chunk::Entity>().filter(chunk::Column::Id.eq(id));
    let row = this.for_update().one().await?;
    Ok(row.is_some_and(|row| row.cancelled_at.is_some()))
}

/// One statement for all messages with the same outcome; says how many it moved up. A status that came before us is higher and
/// stays.
async fn raise(tx: &TenantTx, status: Status, outcomes: &[&Outcome], now: DateTime<Utc>) -> Result<u64> {
    let padded = padded(outcomes.iter().copied());
    let ids = || padded.iter().map(|outcome| outcome.message.id);
    let these = || {
        with_outcome(
            tx.update::<Entity>().filter(Column::Id.is_in(ids())),
            status,
            &padded,
            now,
        )
    };
    let raised = set_status(these().filter(Column::StatusRank.lt(status.rank())), status);
    let raised = raised.exec().await?;
    if raised < outcomes.len() as u64 && matches!(status, Status::Accepted | Status::Failed) {
        these()
            .filter(Column::StatusRank.gte(status.rank()))
            .exec()
            .await?;
    }
    Ok(raised)
}

/// Sets what an outcome tells besides the state.
fn with_outcome<'c>(
    update: TenantUpdate<'c, Entity>,
    status: Status,
    outcomes: &[&Outcome],
    now: DateTime<Utc>,
) -> TenantUpdate<'c, Entity> {
    match status {
        Status::Accepted => update.col_expr(Column::Wamid, each(outcomes, Column::Wamid, Outcome::wamid)),
        Status::Failed => {
            let error = each(outcomes, Column::Error, |outcome| {
                serde_json::to_string(outcome.failure()?).ok()
            });
            update
                .col_expr(Column::FailedAt, Expr::value(now))
                .col_expr(Column::Error, error)
        }
        _ => update,
    }
}

/// Messages that are to be sent later move into separate chunks: what is in a chunk behind its mark was certainly not
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

/// A different value for each message that has one.
fn each(outcomes: &[&Outcome], column: Column, value: impl Fn(&Outcome) -> Option<String>) -> SimpleExpr {
    let pairs: Vec<(MessageId, String)> = outcomes
        .iter()
        .filter_map(|outcome| Some((outcome.message.id, value(outcome)?)))
        .collect();
    kernel::each(Column::Id, &pairs, column)
}
