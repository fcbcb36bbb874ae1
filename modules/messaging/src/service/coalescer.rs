//! Makes webhooks durable, many in one commit: whatever arrived while the last commits ran goes into the next one, whoever's
//! it is. A batch is one INSERT that commits itself; nothing waits for a timer, and nothing is read or locked.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use kernel::{Error, Result, TenantDb, retrying, tenant::insert_for_tenants};
use sea_orm::ActiveValue::Set;
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::timeout,
};

use crate::{
    entity::inbox::{ActiveModel, Entity, InboxId},
    error::MessagingError,
};

/// Bodies that may wait for a commit; more are answered 503, and WhatsApp sends them again.
const QUEUE: usize = 1024;
/// Rows in one commit at most.
const BATCH: usize = 256;
/// Bytes in one commit, more or less.
const BATCH_BYTES: usize = 1024 * 1024;
/// Commits at a time: while the disk is busy with one, the next is being written.
const WRITERS: usize = 2;
/// How long a commit may take. A database that has gone silent must not hold up webhooks once another can be reached.
const PATIENCE: Duration = Duration::from_secs(5);

/// A body and to whom it goes.
struct Arrival {
    /// Each with whether the body came by this tenant's own path. Nobody or all of them get it.
    owners: Vec<(TenantDb, bool)>,
    id: InboxId,
    at: DateTime<Utc>,
    body: Bytes,
    stored: oneshot::Sender<bool>,
}

/// The sending end. Cloning shares it.
#[derive(Clone)]
pub(super) struct Coalescer {
    arrivals: mpsc::Sender<Arrival>,
}

impl Coalescer {
    /// Starts the writers; they end with the last sending end.
    pub(super) fn start() -> Self {
        let (arrivals, receiver) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(Queue {
            receiver,
            left: VecDeque::new(),
        }));
        for _ in 0..WRITERS {
            let queue = queue.clone();
            tokio::spawn(async move {
                loop {
                    let batch = queue.lock().await.batch().await;
                    if batch.is_empty() {
                        return;
                    }
                    write(batch).await;
                }
            });
        }
        Self { arrivals }
    }

    /// Resolves once the body is on disk, for all its owners or for none.
    ///
    /// # Errors
    /// 503 when too much waits already or the database is away: the body is not stored then.
    pub(super) async fn store(&self, owners: Vec<(TenantDb, bool)>, body: Bytes) -> Result<()> {
        let Some((first, _)) = owners.first() else {
            return Ok(());
        };
        // The id is made here, so that bodies are applied in the order in which they came, whichever writer has them.
        let (id, at) = (first.clock().new_id(), first.clock().now());
        let (stored, answer) = oneshot::channel();
        self.arrivals
            .try_send(Arrival {
                owners,
                id,
                at,
                body,
                stored,
            })
            .map_err(|_| MessagingError::InboxFull)?;
        match answer.await {
            Ok(true) => Ok(()),
            _ => Err(MessagingError::InboxFull.into()),
        }
    }
}

struct Queue {
    receiver: mpsc::Receiver<Arrival>,
    left: VecDeque<Arrival>,
}

impl Queue {
    /// What goes into the next commit: what is there, without waiting for more. Empty when nobody will send any more.
    async fn batch(&mut self) -> Vec<Arrival> {
        if self.left.is_empty() {
            match self.receiver.recv().await {
                Some(first) => self.left.push_back(first),
                None => return Vec::new(),
            }
        }
        while self.left.len() < BATCH
            && let Ok(next) = self.receiver.try_recv()
        {
            self.left.push_back(next);
        }
        let (mut fits, mut rows, mut bytes) = (0, 0, 0);
        for arrival in &self.left {
            rows += arrival.owners.len();
            bytes += arrival.body.len() * arrival.owners.len();
            if fits > 0 && (rows > BATCH || bytes > BATCH_BYTES) {
                break;
            }
            fits += 1;
        }
        self.left.drain(..round(fits)).collect()
    }
}

/// The number cut to its three highest bits (9 becomes 8, 100 becomes 96): a statement of its own would have to be prepared
/// for every number of rows, and so there are thirty of them. What is left goes with the next commit.
fn round(count: usize) -> usize {
    let low = (usize::BITS - count.leading_zeros()).saturating_sub(3);
    count >> low << low
}

async fn write(batch: Vec<Arrival>) {
    let stored = timeout(PATIENCE, retrying(|| insert(&batch)));
    // Out of time, the statement is dropped and its connection with it. Should it have been done after all, WhatsApp's
    // repetition of the bodies changes nothing.
    let late = |_| Err(Error::unavailable("The database does not answer."));
    let stored = stored.await.unwrap_or_else(late);
    if let Err(error) = &stored {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(%error, cause, bodies = batch.len(), "webhooks could not be stored and were answered 503");
    }
    for arrival in batch {
        let _ = arrival.stored.send(stored.is_ok());
    }
}

async fn insert(batch: &[Arrival]) -> Result<()> {
    kernel::failpoint!(try "ingest.before_commit");
    insert_for_tenants::<Entity>(rows(batch)).await?;
    kernel::failpoint!("ingest.committed");
    Ok(())
}

fn rows(batch: &[Arrival]) -> Vec<(TenantDb, ActiveModel)> {
    let row = |arrival: &Arrival, own_path| ActiveModel {
        id: Set(arrival.id),
        body: Set(arrival.body.to_vec()),
        own_path: Set(own_path),
        received_at: Set(arrival.at),
        ..ActiveModel::default()
    };
    let of_one = |arrival| {
        let Arrival { owners, .. }: &Arrival = arrival;
        owners
            .iter()
            .map(move |(db, own_path)| (db.clone(), row(arrival, *own_path)))
    };
    batch.iter().flat_map(of_one).collect()
}

#[cfg(test)]
mod tests {
    use super::round;

    #[test]
    fn there_are_few_sizes_of_a_batch_and_little_is_left() {
        let sizes: std::collections::BTreeSet<usize> = (1..=super::BATCH).map(round).collect();
        assert!(sizes.len() < 32, "{sizes:?}");
        assert!((1..=super::BATCH).all(|count| round(count) <= count && round(count) * 5 + 5 > count * 4));
        assert_eq!([1, 7, 8, 9, 100, 256].map(round), [1, 7, 8, 8, 96, 256]);
    }
}
