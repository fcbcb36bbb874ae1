//! Makes webhooks durable, many in one commit: whatever arrived while the last commit ran goes into the next one, of all
//! tenants. What waits is bounded in number and bytes, and no tenant may take all of the room. A batch is one INSERT that
//! commits itself; no timer delays it to fill it, and nothing is read or locked.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    pin::pin,
    sync::{Arc, Mutex as StdMutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use kernel::{Error, Result, TenantDb, TenantId, retrying, tenant::insert_for_tenants};
use sea_orm::ActiveValue::Set;
use tokio::{
    sync::{Mutex, Notify, mpsc, oneshot},
    time::timeout,
};

use crate::{
    entity::inbox::{ActiveModel, Entity, InboxId},
    error::MessagingError,
};

/// Bodies that may wait for a commit; more are answered 503, and WhatsApp sends them again.
const QUEUE: usize = 1024;
/// Bytes of all bodies that may wait or be written, counted once for each owner.
const ROOM: usize = 64 << 20;
/// How many of these bytes one tenant may take; more of it is answered 503.
const OF_A_TENANT: usize = 16 << 20;
/// Rows in one commit at most.
const BATCH: usize = 256;
/// Bytes in one commit: no more than these, or one body.
const BATCH_BYTES: usize = 1024 * 1024;
/// A commit that takes longer lets the second writer have a batch.
const STUCK: Duration = Duration::from_millis(100);
/// How long a commit may take. A database that has gone silent must not hold up webhooks once another can be reached.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(5);

/// To whom a body goes.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) db: TenantDb,
    /// Whether the body came by this tenant's own path.
    pub(super) own_path: bool,
    /// The body, or what of it is for this tenant.
    pub(super) body: Bytes,
}

/// A body and to whom it goes.
struct Arrival {
    /// None or all of them get it.
    owners: Vec<Owner>,
    id: InboxId,
    at: DateTime<Utc>,
    stored: oneshot::Sender<bool>,
    _room: Option<Taken>,
}

impl Arrival {
    fn bytes(&self) -> usize {
        self.owners.iter().map(|owner| owner.body.len()).sum()
    }
}

/// The bytes that wait or are being written, of each tenant and of all.
#[derive(Debug, Default)]
struct Room(StdMutex<(usize, HashMap<TenantId, usize>)>);

impl Room {
    /// Takes room for these bytes of these tenants; none if there is not enough.
    fn take(self: &Arc<Self>, bytes: Vec<(TenantId, usize)>) -> Option<Taken> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, of) = &mut *held;
        let sum: usize = bytes.iter().map(|(_, bytes)| bytes).sum();
        let fits =
            |(tenant, bytes): &(TenantId, usize)| of.get(tenant).copied().unwrap_or(0) + bytes <= OF_A_TENANT;
        if *all + sum > ROOM || !bytes.iter().all(fits) {
            return None;
        }
        *all += sum;
        for (tenant, bytes) in &bytes {
            *of.entry(*tenant).or_default() += bytes;
        }
        drop(held);
        Some(Taken {
            room: self.clone(),
            bytes,
        })
    }
}

/// Room that was taken, and is given back with this value.
#[derive(Debug)]
struct Taken {
    room: Arc<Room>,
    bytes: Vec<(TenantId, usize)>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut held = self.room.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, of) = &mut *held;
        for (tenant, bytes) in &self.bytes {
            *all -= bytes;
            if let Some(left) = of.get_mut(tenant) {
                *left -= bytes;
                if *left == 0 {
                    of.remove(tenant);
                }
            }
        }
    }
}

/// The sending end. Cloning shares it.
#[derive(Clone)]
pub(super) struct Coalescer {
    arrivals: mpsc::Sender<Arrival>,
    backlog: Arc<Notify>,
    room: Arc<Room>,
}

impl Coalescer {
    /// Starts the writers; they end with the last sending end.
    pub(super) fn start() -> Self {
        Self::with(write, STUCK)
    }

    /// Two writers. One goes on and on; the other one takes a batch only when as many bodies wait as fit in a commit, or when
    /// the first is at one commit for longer than `stuck`: two that share what little there is make twice the commits out of it.
    fn with<W, F>(write: W, stuck: Duration) -> Self
    where
        W: Fn(Vec<Arrival>) -> F + Clone + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let (arrivals, receiver) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(Queue {
            receiver,
            left: VecDeque::new(),
        }));
        let backlog = Arc::new(Notify::new());
        let (waiting, signal, second) = (queue.clone(), backlog.clone(), write.clone());
        tokio::spawn(async move {
            while let Some(batch) = next(&queue).await {
                let mut writing = pin!(write(batch));
                while timeout(stuck, &mut writing).await.is_err() {
                    signal.notify_one();
                }
            }
            signal.notify_one();
        });
        let signalled = backlog.clone();
        tokio::spawn(async move {
            loop {
                signalled.notified().await;
                match next(&waiting).await {
                    Some(batch) => second(batch).await,
                    None => return,
                }
            }
        });
        Self {
            arrivals,
            backlog,
            room: Arc::default(),
        }
    }

    /// Resolves once the body is on disk, for all its owners or for none.
    ///
    /// # Errors
    /// 503 when too much waits already, of all or of one of the owners, or the database is away: the body is not stored then.
    pub(super) async fn store(&self, owners: Vec<Owner>) -> Result<()> {
        let Some(first) = owners.first() else {
            return Ok(());
        };
        // The id is made here, so that bodies are applied in the order in which they came, whichever writer has them.
        let (id, at) = (first.db.clock().new_id(), first.db.clock().now());
        let bytes = owners.iter().map(|owner| (owner.db.tenant(), owner.body.len()));
        let room = self.room.take(bytes.collect()).ok_or(MessagingError::InboxFull)?;
        let (stored, answer) = oneshot::channel();
        self.take(Arrival {
            owners,
            id,
            at,
            stored,
            _room: Some(room),
        })?;
        match answer.await {
            Ok(true) => Ok(()),
            _ => Err(MessagingError::InboxFull.into()),
        }
    }

    fn take(&self, arrival: Arrival) -> Result<()> {
        self.arrivals
            .try_send(arrival)
            .map_err(|_| MessagingError::InboxFull)?;
        if self.arrivals.capacity() <= QUEUE - BATCH {
            self.backlog.notify_one();
        }
        Ok(())
    }
}

/// The next batch; none when nobody will send any more.
async fn next(queue: &Mutex<Queue>) -> Option<Vec<Arrival>> {
    let batch = queue.lock().await.batch().await;
    (!batch.is_empty()).then_some(batch)
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
            bytes += arrival.bytes();
            if fits > 0 && (rows > BATCH || bytes > BATCH_BYTES) {
                break;
            }
            fits += 1;
        }
        self.left.drain(..round(fits)).collect()
    }
}

/// The number cut to its three highest bits (9 becomes 8, 100 becomes 96): otherwise a separate statement would have to be prepared
/// for every number of rows, and so there are thirty of them. What is left goes with the next commit.
fn round(count: usize) -> usize {
    let low = (usize::BITS - count.leading_zeros()).saturating_sub(3);
    count >> low << low
}

async fn write(batch: Vec<Arrival>) {
    let stored = timeout(COMMIT_TIMEOUT, retrying(|| insert(&batch)));
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
    let of_one = |arrival| {
        let Arrival { owners, id, at, .. }: &Arrival = arrival;
        owners.iter().map(move |owner| {
            let row = ActiveModel {
                id: Set(*id),
                body: Set(owner.body.to_vec()),
                own_path: Set(owner.own_path),
                received_at: Set(*at),
                ..ActiveModel::default()
            };
            (owner.db.clone(), row)
        })
    };
    batch.iter().flat_map(of_one).collect()
}

#[cfg(test)]
mod tests {
    use kernel::Clock;
    use tokio::sync::Semaphore;

    use super::*;

    /// A coalescer whose commits end when they are let, how many bodies each that began has, and what lets them.
    fn held(stuck: Duration) -> (Coalescer, mpsc::UnboundedReceiver<usize>, Arc<Semaphore>) {
        let (began, commits) = mpsc::unbounded_channel();
        let free = Arc::new(Semaphore::new(0));
        let hold = free.clone();
        let coalescer = Coalescer::with(
            move |batch| {
                let (began, hold) = (began.clone(), hold.clone());
                async move {
                    began.send(batch.len()).unwrap();
                    hold.acquire().await.unwrap().forget();
                    for arrival in batch {
                        let _ = arrival.stored.send(true);
                    }
                }
            },
            stuck,
        );
        (coalescer, commits, free)
    }

    fn send(to: &Coalescer, clock: &Clock, count: usize) -> Vec<oneshot::Receiver<bool>> {
        let one = |_| {
            let (stored, answer) = oneshot::channel();
            to.take(Arrival {
                owners: Vec::new(),
                id: clock.new_id(),
                at: clock.now(),
                stored,
                _room: None,
            })
            .unwrap();
            answer
        };
        (0..count).map(one).collect()
    }

    #[tokio::test]
    async fn what_arrives_during_a_commit_goes_into_the_next_and_a_full_one_does_not_wait() {
        let (coalescer, mut commits, free) = held(Duration::MAX);
        let clock = Clock::system();
        let mut answers = send(&coalescer, &clock, 1);
        assert_eq!(commits.recv().await, Some(1));
        answers.extend(send(&coalescer, &clock, BATCH - 1));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(
            commits.try_recv().is_err(),
            "the second writer took what the next commit can take"
        );
        answers.extend(send(&coalescer, &clock, 1));
        assert_eq!(commits.recv().await, Some(BATCH));
        free.add_permits(2);
        for answer in answers {
            assert!(answer.await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_commit_that_is_stuck_holds_up_nobody_else() {
        let (coalescer, mut commits, free) = held(Duration::from_millis(1));
        let clock = Clock::system();
        let stuck = send(&coalescer, &clock, 1);
        assert_eq!(commits.recv().await, Some(1));
        let others = send(&coalescer, &clock, 3);
        assert_eq!(commits.recv().await, Some(3));
        free.add_permits(2);
        for answer in stuck.into_iter().chain(others) {
            assert!(answer.await.unwrap());
        }
    }

    #[tokio::test]
    async fn the_writers_end_with_the_last_sending_end() {
        let (coalescer, mut commits, free) = held(Duration::MAX);
        let last = send(&coalescer, &Clock::system(), 5);
        drop(coalescer);
        free.add_permits(1);
        assert_eq!(commits.recv().await, Some(5));
        for answer in last {
            assert!(answer.await.unwrap());
        }
        assert_eq!(commits.recv().await, None, "a writer is still there");
    }

    #[test]
    fn one_tenant_cannot_take_all_the_room() {
        let room = Arc::new(Room::default());
        let clock = Clock::system();
        let [greedy, other]: [TenantId; 2] = [clock.new_id(), clock.new_id()];
        let most = 3 << 20;
        let mut held: Vec<Taken> = std::iter::from_fn(|| room.take(vec![(greedy, most)])).collect();
        assert_eq!(held.len(), OF_A_TENANT / most);
        assert!(
            room.take(vec![(other, 1), (greedy, most)]).is_none(),
            "all owners or none"
        );
        let fits = room.take(vec![(other, most), (greedy, 1)]);
        assert!(fits.is_some(), "there is room for others");
        drop(fits);
        held.pop();
        assert!(
            room.take(vec![(greedy, most)]).is_some(),
            "what is stored gives its room back"
        );
        drop(held);
        let many: Vec<Taken> = std::iter::from_fn(|| room.take(vec![(clock.new_id(), most)])).collect();
        assert_eq!(many.len(), ROOM / most, "all together have a bound too");
        drop(many);
        let (all, of) = &*room.0.lock().unwrap();
        assert_eq!((*all, of.len()), (0, 0));
    }

    #[test]
    fn there_are_few_sizes_of_a_batch_and_little_is_left() {
        let sizes: std::collections::BTreeSet<usize> = (1..=BATCH).map(round).collect();
        assert!(sizes.len() < 32, "{sizes:?}");
        assert!((1..=BATCH).all(|count| round(count) <= count && round(count) * 5 + 5 > count * 4));
        assert_eq!([1, 7, 8, 9, 100, 256].map(round), [1, 7, 8, 8, 96, 256]);
    }
}
