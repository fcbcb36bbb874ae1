//! Stopping what was queued: [`MessageSender::cancel`](contracts::messaging::MessageSender::cancel) marks chunks, and a job ends
//! their messages. From the mark on no runner commits another intent, so what lies behind a chunk's mark is certainly not sent.
//! What an intent covers already is the runner's: it looks before each send.

use std::time::Duration;

use contracts::{
    channels::ChannelDirectory,
    contacts::ContactId,
    messaging::{ConversationId, MessageId, MessageStatusChanged, Origin},
};
use kernel::{JobContext, JobError, JobOutcome, Result, TenantDb, TenantTx, retrying};
use sea_orm::{ColumnTrait, Condition, Order};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    super::{
        Service,
        figures::{self, Figures},
        tell,
    },
    chunk::set_status,
    portfolio,
};
use crate::{
    entity::{
        Status,
        chunk::{self, ChunkId},
        message::{Column, Entity},
    },
    job::CancelMessages,
};

/// How often a runner looks whether its chunk was stopped.
const LOOK: Duration = Duration::from_millis(500);
/// A read that takes longer is given up and repeated: its connection may be dead.
const READ: Duration = Duration::from_secs(5);
/// Chunks that are looked up at a time.
const A_PAGE: u64 = 200;

impl Service {
    /// Ends the messages of chunks that were stopped, chunk by chunk. The chunks themselves go with their own jobs.
    pub async fn cancel_messages(&self, context: JobContext, job: CancelMessages) -> JobOutcome {
        let db = context.db;
        let mut after = None;
        loop {
            let page = stopped(&db, &job.origin, after).await?;
            for id in &page {
                if context.stop.is_cancelled() {
                    return Err(JobError::later(Duration::ZERO, "the process is asked to end"));
                }
                cancel_rest(&db, &*self.channels, *id).await?;
            }
            match page.last() {
                Some(last) if page.len() as u64 == A_PAGE => after = Some(*last),
                _ => return Ok(()),
            }
        }
    }
}

async fn stopped(db: &TenantDb, origin: &Origin, after: Option<ChunkId>) -> Result<Vec<ChunkId>> {
    use chunk::{Column, Entity};
    db.find::<Entity>()
        .filter(Column::Origin.eq(origin.to_string()))
        .filter(Column::CancelledAt.is_not_null())
        .filter_some(after.map(|after| Column::Id.gt(after)))
        .order_by(Column::Id, Order::Asc)
        .limit(A_PAGE)
        .columns(&[Column::Id])
        .await
}

/// Ends the messages of a stopped chunk that no intent covers, and tells of each once.
pub(super) async fn cancel_rest(db: &TenantDb, channels: &dyn ChannelDirectory, id: ChunkId) -> Result<()> {
    retrying(|| async {
        let mut tx = db.begin().await?;
        // The lock keeps a runner's intent out, which is a change of the same row.
        let chunk = tx.find::<chunk::Entity>().filter(chunk::Column::Id.eq(id));
        let Some(chunk) = chunk.for_update().one().await? else {
            return Ok(());
        };
        if chunk.cancelled_at.is_some() {
            cancel_behind_mark(&mut tx, channels, &chunk).await?;
        }
        tx.commit().await
    })
    .await
}

async fn cancel_behind_mark(
    tx: &mut TenantTx,
    channels: &dyn ChannelDirectory,
    chunk: &chunk::Model,
) -> Result<()> {
    let mut these = Condition::all()
        .add(Column::ChunkId.eq(chunk.id))
        .add(Column::StatusRank.eq(Status::Queued.rank()));
    if let Some(mark) = chunk.mark {
        these = these.add(Column::Id.gt(mark));
    }
    let messages: Vec<(MessageId, ConversationId, ContactId)> = tx
        .find::<Entity>()
        .filter(these.clone())
        .columns(&[Column::Id, Column::ConversationId, Column::ContactId])
        .await?;
    if messages.is_empty() {
        return Ok(());
    }
    let cancelled = set_status(tx.update::<Entity>().filter(these), Status::Cancelled)
        .exec()
        .await?;
    figures::moved(tx, Figures::moved(Status::Queued, Status::Cancelled, cancelled))?;
    // A run may have reserved places for some of them and put them back.
    if let Some(channel) = channels.by_ids(tx, &[chunk.channel_id]).await?.first() {
        let these = messages.iter().map(|(id, _, contact)| (*contact, *id));
        portfolio::release(tx, portfolio::of(channel), these).await?;
    }
    let at = tx.clock().now();
    let origin: Option<Origin> = chunk.origin.as_deref().and_then(|origin| origin.parse().ok());
    let items = messages
        .into_iter()
        .map(|(message_id, conversation_id, _)| MessageStatusChanged {
            message_id,
            conversation_id,
            status: Status::Cancelled.as_str().to_owned(),
            at,
            error_code: None,
            origin: origin.clone(),
            assignee_id: None,
            team_id: None,
        });
    tell::statuses_changed(tx, items.collect()).await
}

/// Looks twice a second whether a chunk was stopped, in its own task, until this is dropped. A read that fails is repeated.
pub(super) struct Watch(JoinHandle<()>);

impl Watch {
    /// Cancels `cancelled` once the chunk was stopped.
    pub(super) fn start(db: TenantDb, id: ChunkId, cancelled: CancellationToken) -> Self {
        Self(tokio::spawn(async move {
            let is_stopped = || async {
                let this = db.find::<chunk::Entity>().filter(chunk::Column::Id.eq(id));
                let row = this
                    .filter(chunk::Column::CancelledAt.is_not_null())
                    .one()
                    .await?;
                Ok(row.is_some())
            };
            until_stopped(is_stopped).await;
            cancelled.cancel();
        }))
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Resolves once `is_stopped` answers yes.
async fn until_stopped<F: Future<Output = Result<bool>>>(is_stopped: impl Fn() -> F) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Ok(Ok(true)) = tokio::time::timeout(READ, is_stopped()).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use kernel::Error;

    use super::*;

    /// A broken connection, then one that says nothing, then a new one.
    #[tokio::test(start_paused = true)]
    async fn a_watch_survives_the_loss_of_its_connection() {
        let asked = AtomicUsize::new(0);
        until_stopped(|| async {
            match asked.fetch_add(1, Ordering::SeqCst) {
                0 => Ok(false),
                1 => Err(Error::unavailable("the connection is broken")),
                2 => std::future::pending().await,
                3 => Ok(false),
                _ => Ok(true),
            }
        })
        .await;
        assert_eq!(asked.into_inner(), 5);
    }
}
