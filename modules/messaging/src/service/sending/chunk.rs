//! A chunk that a runner works on: taken with a new fence, sent in steps, each step committed as an intent before its first
//! message is sent.

use chrono::{DateTime, Utc};
use contracts::{
    channels::ChannelId,
    contacts::ContactDirectory,
    messaging::{ConversationId, Lane, MessageId, MessageStatusChanged, Origin},
};
use kernel::{Result, TenantDb, TenantTx, fence, tenant::TenantUpdate};
use sea_orm::{ColumnTrait, Condition, sea_query::Expr};

use super::{
    outcome::{self, OfChunk, Outcome},
    waiting::{self, Waiting},
};
use crate::{
    entity::{
        Status,
        chunk::{self, ChunkId},
        message::{Column, Entity},
    },
    job::lane_of,
    service::{
        drain::statuses,
        figures::{self, Figures},
        tell,
    },
};

/// A chunk that this runner has, until a newer one takes it.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) id: ChunkId,
    pub(super) channel_id: ChannelId,
    pub(super) lane: Lane,
    /// How often its messages were tried before.
    pub(super) attempt: i32,
    /// Where its messages come from.
    pub(super) origin: Option<Origin>,
    /// Whether it was stopped before it was taken.
    pub(super) is_cancelled: bool,
    /// When it was made.
    pub(super) created_at: DateTime<Utc>,
    /// The portfolio whose messaging limit its messages count towards; none before the number is known.
    pub(super) portfolio: Option<String>,
    fence: i64,
    mark: Option<MessageId>,
    // What its row notes and no event says yet; none while a commit's answer is not known.
    moved: Option<Figures>,
    // Read when it was taken.
    left: Option<Vec<Waiting>>,
}

/// Takes the chunk, also from an earlier runner.
///
/// What an earlier runner may have sent without writing the outcome is in doubt: it becomes `unknown`, is never retried
/// automatically, and the status that carries our id settles it (Cloud API: send idempotency).
pub(super) async fn take(
    db: &TenantDb,
    directory: &dyn ContactDirectory,
    id: ChunkId,
) -> Result<Option<Taken>> {
    // Nearly every chunk has one runner only, and then nothing can be in doubt.
    let take = async {
        let alone = db.alone().await;
        let untaken = alone
            .update::<chunk::Entity>()
            .filter(chunk::Column::Id.eq(id))
            .filter(chunk::Column::Fence.eq(0))
            .col_expr(chunk::Column::Fence, Expr::value(1));
        Ok(untaken.exec().await? > 0)
    };
    // No message of it was sent, so all of them can be read together with the row.
    let read = || async {
        let row = db.find::<chunk::Entity>().filter(chunk::Column::Id.eq(id)).one();
        let (row, left) = tokio::try_join!(row, waiting::behind(db, directory, id, None))?;
        Ok(row.map(|row| (row, left)))
    };
    match fence::take_and_read(0, take, read, |(row, _)| row.fence).await? {
        fence::Taken::Ours((row, left)) => {
            kernel::failpoint!(try "send.chunk_taken");
            let taken = Taken::of(chunk::Model { fence: 1, ..row })?;
            Ok(Some(Taken {
                left: Some(left),
                ..taken
            }))
        }
        fence::Taken::Lost => Ok(None),
        fence::Taken::NotThere => take_over(db, id).await,
    }
}

async fn take_over(db: &TenantDb, id: ChunkId) -> Result<Option<Taken>> {
    let mut tx = db.begin().await?;
    let this = || chunk::Column::Id.eq(id);
    let row = tx.find::<chunk::Entity>().filter(this()).for_update();
    let Some(mut row) = row.one().await? else {
        return Ok(None);
    };
    row.fence += 1;
    let moved = Figures::of_note(row.moved.take().as_deref())?;
    tx.update::<chunk::Entity>()
        .filter(this())
        .col_expr(chunk::Column::Fence, Expr::value(row.fence))
        .col_expr(chunk::Column::Moved, Expr::value(None::<String>))
        .exec()
        .await?;
    let moved = moved + leave_in_doubt(&mut tx, &row).await?;
    figures::moved(&mut tx, moved)?;
    kernel::failpoint!(try "send.chunk_taken");
    tx.commit().await?;
    Ok(Some(Taken::of(row)?))
}

/// Answers by how much this moved the figures.
async fn leave_in_doubt(tx: &mut TenantTx, row: &chunk::Model) -> Result<Figures> {
    let chunk::Model { id, mark, .. } = *row;
    // `sending` is how earlier versions wrote down an intent.
    let mut handed_over = Condition::any().add(Column::StatusRank.eq(Status::Sending.rank()));
    if let Some(mark) = mark {
        let queued = Column::StatusRank.eq(Status::Queued.rank());
        handed_over = handed_over.add(Condition::all().add(queued).add(Column::Id.lte(mark)));
    }
    let in_doubt = Condition::all().add(Column::ChunkId.eq(id)).add(handed_over);
    let doubtful: Vec<(MessageId, ConversationId)> = tx
        .find::<Entity>()
        .filter(in_doubt.clone())
        .columns(&[Column::Id, Column::ConversationId])
        .await?;
    if doubtful.is_empty() {
        return Ok(Figures::default());
    }
    let unknown = set_status(tx.update::<Entity>().filter(in_doubt), Status::Unknown)
        .exec()
        .await?;
    let at = tx.clock().now();
    let origin = row.origin.as_deref().and_then(|origin| origin.parse().ok());
    let items = doubtful
        .into_iter()
        .map(|(message_id, conversation_id)| MessageStatusChanged {
            origin: origin.clone(),
            message_id,
            conversation_id,
            status: Status::Unknown.as_str().to_owned(),
            at,
            error_code: None,
            assignee_id: None,
            team_id: None,
        });
    tell::statuses_changed(tx, items.collect()).await?;
    Ok(Figures::moved(Status::Queued, Status::Unknown, unknown))
}

/// What came of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Committed {
    /// It is written.
    Yes,
    /// A newer runner has the chunk: nothing was written and nothing more may be sent.
    Superseded,
    /// The chunk was stopped: nothing was written, and no further intent may be. Outcomes may still be written.
    Cancelled,
}

impl Taken {
    fn of(row: chunk::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            channel_id: row.channel_id,
            lane: lane_of(&row.lane),
            attempt: row.attempt,
            origin: row.origin.as_deref().and_then(|origin| origin.parse().ok()),
            is_cancelled: row.cancelled_at.is_some(),
            fence: row.fence,
            mark: row.mark,
            moved: Some(Figures::of_note(row.moved.as_deref())?),
            created_at: row.created_at,
            portfolio: None,
            left: None,
        })
    }

    /// Writes outcomes and commits the intent to send the messages up to `mark`, in one transaction. `unless_cancelled` for all
    /// that may not happen to a chunk that was stopped: another intent, or a refusal. What was sent is written anyway.
    ///
    /// By how much the outcomes moved the figures is noted in the chunk's row. It is published once for all commits: by the `last` of a
    /// run, by [`Taken::finish`] or by the next runner that takes the chunk.
    ///
    /// # Errors
    /// The database's; nothing was written and the outcomes are still the caller's then.
    pub(super) async fn commit(
        &mut self,
        db: &TenantDb,
        directory: &dyn ContactDirectory,
        outcomes: &[Outcome],
        mark: Option<MessageId>,
        unless_cancelled: bool,
        last: bool,
    ) -> Result<Committed> {
        let mark = mark.or(self.mark);
        let held = if outcomes.is_empty() {
            self.marked(db.alone().await.update(), mark, unless_cancelled)
                .exec()
                .await?
        } else {
            let mut tx = db.begin().await?;
            let earlier = self.unpublished(&tx).await?;
            self.moved = None;
            // Noted with the mark, so that it costs no statement of its own.
            let expected = earlier + outcome::expected(outcomes);
            let note = if last { None } else { expected.noted() };
            let held = self.marked(tx.update(), mark, unless_cancelled);
            let held = held.col_expr(chunk::Column::Moved, Expr::value(note));
            let held = held.exec().await?;
            if held > 0 {
                let of = OfChunk {
                    id: self.id,
                    origin: self.origin.clone(),
                    channel_id: self.channel_id,
                    lane: self.lane,
                    attempt: self.attempt,
                    portfolio: self.portfolio.clone(),
                };
                let moved = earlier + outcome::write(&mut tx, directory, &of, outcomes).await?;
                if last {
                    figures::moved(&mut tx, moved)?;
                } else if moved != expected {
                    self.note(&tx, moved).await?;
                }
                tx.commit().await?;
                self.moved = Some(if last { Figures::default() } else { moved });
            }
            held
        };
        if held == 0 && unless_cancelled && self.was_cancelled(db).await? {
            return Ok(Committed::Cancelled);
        }
        if held == 0 {
            tracing::warn!(chunk = %self.id, "another runner has this chunk; statuses settle what is in flight");
            return Ok(Committed::Superseded);
        }
        kernel::failpoint!("send.intent_committed");
        if !outcomes.is_empty() {
            kernel::failpoint!("send.outcome_committed");
        }
        self.mark = mark;
        Ok(Committed::Yes)
    }

    /// Whether it is ours and was stopped.
    async fn was_cancelled(&self, db: &TenantDb) -> Result<bool> {
        let this = db.find::<chunk::Entity>().filter(chunk::Column::Id.eq(self.id));
        let row = this.one().await?;
        Ok(row.is_some_and(|row| row.fence == self.fence && row.cancelled_at.is_some()))
    }

    /// What the chunk's row notes. Read from it, locked, after a commit whose answer was lost: it may or may not be there.
    async fn unpublished(&self, tx: &TenantTx) -> Result<Figures> {
        if let Some(moved) = self.moved {
            return Ok(moved);
        }
        let this = tx.find::<chunk::Entity>().filter(chunk::Column::Id.eq(self.id));
        let row = this.for_update().one().await?;
        Figures::of_note(row.and_then(|row| row.moved).as_deref())
    }

    /// Corrects the note: some messages were not queued any more, so they did not move the figures as expected.
    async fn note(&self, tx: &TenantTx, moved: Figures) -> Result<()> {
        tx.update::<chunk::Entity>()
            .filter(chunk::Column::Id.eq(self.id))
            .col_expr(chunk::Column::Moved, Expr::value(moved.noted()))
            .exec()
            .await?;
        Ok(())
    }

    /// The move of the mark, fenced; `unless_cancelled` not of a chunk that was stopped.
    fn marked<'c>(
        &self,
        update: TenantUpdate<'c, chunk::Entity>,
        mark: Option<MessageId>,
        unless_cancelled: bool,
    ) -> TenantUpdate<'c, chunk::Entity> {
        update
            .filter(chunk::Column::Id.eq(self.id))
            .filter(chunk::Column::Fence.eq(self.fence))
            .filter(if unless_cancelled {
                Condition::all().add(chunk::Column::CancelledAt.is_null())
            } else {
                Condition::all()
            })
            .col_expr(chunk::Column::Mark, Expr::value(mark))
    }

    /// Keeps what may leave, as it was read when the chunk was taken.
    pub(super) fn keep(&mut self, left: Vec<Waiting>) {
        self.left = Some(left);
    }

    /// Removes the chunk: every outcome is written. Statuses that overtook them without our id in their callback data are
    /// applied now.
    pub(super) async fn finish(&self, db: &TenantDb) -> Result<()> {
        let mut tx = db.begin().await?;
        if statuses::any_parked_since(&tx, self.created_at).await? {
            let accepted: Vec<(MessageId, Option<String>)> = tx
                .find::<Entity>()
                .filter(Column::ChunkId.eq(self.id))
                .filter(Column::Wamid.is_not_null())
                .columns(&[Column::Id, Column::Wamid])
                .await?;
            let accepted: Vec<(MessageId, String)> = accepted
                .into_iter()
                .filter_map(|(id, wamid)| Some((id, wamid?)))
                .collect();
            statuses::apply_parked(&mut tx, &accepted).await?;
        }
        let mine = Condition::all()
            .add(chunk::Column::Id.eq(self.id))
            .add(chunk::Column::Fence.eq(self.fence));
        let moved = self.unpublished(&tx).await?;
        if tx.delete::<chunk::Entity>().filter(mine).exec().await? > 0 {
            figures::moved(&mut tx, moved)?;
        }
        kernel::failpoint!(try "send.before_chunk_done");
        tx.commit().await
    }

    /// How many messages were read when it was taken.
    pub(super) fn preloaded(&self) -> usize {
        self.left.as_ref().map_or(0, Vec::len)
    }

    /// All its messages that certainly were not sent, in their order: those behind the mark.
    pub(super) async fn left(
        &mut self,
        db: &TenantDb,
        directory: &dyn ContactDirectory,
    ) -> Result<Vec<Waiting>> {
        match self.left.take() {
            Some(left) => Ok(left),
            None => waiting::behind(db, directory, self.id, self.mark).await,
        }
    }
}

/// Sets state and rank together.
pub(super) fn set_status<E>(update: TenantUpdate<'_, E>, status: Status) -> TenantUpdate<'_, E>
where
    E: kernel::TenantEntity<Column = Column>,
{
    update
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .col_expr(Column::StatusRank, Expr::value(status.rank()))
}
