//! Leases due rows, round robin over the shares of all tenants, and hands their tickets to the carrier, never more than the
//! workers can start soon.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::{
    Result, SystemDb,
    job::StepAside,
    outbox::job::{Column, Entity},
    retrying,
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{
    Queue, Ticket,
    carrier::{Carrier, handle},
    runner::Runner,
    turns::{Turns, is_anybody_new},
};
use crate::bus::{Bus, Hint};

/// How long a ticket may be in transit before its row is fed again. Short, because a carrier may lose all its tickets.
const TRAVEL: TimeDelta = TimeDelta::seconds(5);
/// Poll interval of the feeder, in case a hint was lost; also how late a job with a future `run_at` may start.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// Who had something in hand a moment ago is not new: a runner that gave others their turn comes back at once.
const LATELY: Duration = Duration::from_millis(500);

/// A ticket that this process fed or runs.
#[derive(Debug)]
struct InHand {
    share: String,
    // When it counts as lost; none once it is running here.
    lost_at: Option<Instant>,
}

/// The tickets that this process has in transit or running.
#[derive(Debug, Default)]
struct Hands {
    tickets: HashMap<Ticket, InHand>,
    // When a share's last ticket was dealt with.
    lately: HashMap<String, Instant>,
}

impl Hands {
    /// How many of each share are in hand; of those that were here a moment ago, none, and they are named all the same.
    fn by_share(&mut self, now: Instant) -> HashMap<String, usize> {
        self.tickets
            .retain(|_, ticket| ticket.lost_at.is_none_or(|at| at > now));
        self.lately.retain(|_, at| now.duration_since(*at) < LATELY);
        let mut taken: HashMap<String, usize> = self.lately.keys().map(|share| (share.clone(), 0)).collect();
        for ticket in self.tickets.values() {
            *taken.entry(ticket.share.clone()).or_default() += 1;
        }
        taken
    }

    fn dealt_with(&mut self, ticket: Ticket, now: Instant) {
        if let Some(InHand { share, .. }) = self.tickets.remove(&ticket) {
            self.lately.insert(share, now);
        }
    }
}

/// Feeds one queue.
#[derive(Debug)]
pub struct Feeder {
    system: SystemDb,
    bus: Bus,
    queue: Queue,
    turns: tokio::sync::Mutex<Turns>,
    in_hand: Mutex<Hands>,
    // Set from before rows are leased until their tickets are in transit, so that no ticket is uncounted in between.
    leasing: AtomicBool,
    // Who makes room for a share that has nothing in hand.
    newcomers: Vec<StepAside>,
    dealt_with: AtomicU64,
    // Signalled when a share may have room again.
    freed: Notify,
    // Jobs that run here while the carrier is unavailable.
    here: Arc<Semaphore>,
    /// Signalled whenever a ticket has ended.
    pub progress: Arc<Notify>,
}

impl Feeder {
    /// For one queue of this process.
    pub fn new(
        system: SystemDb,
        bus: Bus,
        queue: Queue,
        newcomers: Vec<StepAside>,
        progress: Arc<Notify>,
    ) -> Self {
        Self {
            turns: tokio::sync::Mutex::new(Turns::new(system.clone(), queue)),
            system,
            bus,
            queue,
            in_hand: Mutex::default(),
            leasing: AtomicBool::new(false),
            newcomers,
            dealt_with: AtomicU64::new(0),
            freed: Notify::new(),
            here: Arc::new(Semaphore::new(queue.concurrency)),
            progress,
        }
    }

    /// A worker of this process runs the ticket, whichever feeder queued it: it is no longer in transit.
    pub fn started(&self, ticket: Ticket, share: &str) {
        let running = InHand {
            share: share.to_owned(),
            lost_at: None,
        };
        self.in_hand().tickets.insert(ticket, running);
    }

    /// A worker of this process has finished with the ticket.
    pub fn arrived(&self, ticket: Ticket) {
        self.dealt_with.fetch_add(1, Ordering::SeqCst);
        self.in_hand().dealt_with(ticket, Instant::now());
        self.freed.notify_one();
        self.progress.notify_waiters();
    }

    /// Whether no ticket is in transit or running.
    pub fn is_idle(&self) -> bool {
        !self.leasing.load(Ordering::SeqCst) && self.in_hand().tickets.is_empty()
    }

    /// How many tickets have ended: the same number twice means that nothing ran in between.
    pub fn dealt_with(&self) -> u64 {
        self.dealt_with.load(Ordering::SeqCst)
    }

    fn in_hand(&self) -> std::sync::MutexGuard<'_, Hands> {
        self.in_hand
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Feeds until told to stop.
    pub async fn run(self: &Arc<Self>, carrier: &Carrier, runner: &Runner, stop: CancellationToken) {
        let mut hints = self.bus.listen();
        while !stop.is_cancelled() {
            let (room, taken) = self.room();
            let mut fed = 0;
            if room > 0 {
                match self.feed(carrier, runner, room, &taken).await {
                    Ok(tickets) => fed = tickets,
                    Err(error) => tracing::warn!(%error, queue = self.queue.name, "jobs wait"),
                }
            }
            if fed == 0 {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.freed.notified() => {}
                    () = hints.wait(|hint| hint == Hint::Jobs, LOOK_INTERVAL) => {}
                }
                // One poll answers all hints so far.
                hints.more().for_each(drop);
            }
        }
    }

    /// How many more tickets may be in transit, and how many of each share are in transit or running. A few more than can run at
    /// once, so that no worker waits for the feeder.
    fn room(&self) -> (usize, HashMap<String, usize>) {
        let mut in_hand = self.in_hand();
        let taken = in_hand.by_share(Instant::now());
        let most = self.queue.concurrency + self.queue.concurrency.min(32);
        (most.saturating_sub(in_hand.tickets.len()), taken)
    }

    async fn feed(
        self: &Arc<Self>,
        carrier: &Carrier,
        runner: &Runner,
        room: usize,
        taken: &HashMap<String, usize>,
    ) -> Result<usize> {
        self.leasing.store(true, Ordering::SeqCst);
        let leased = retrying(|| self.lease(room, taken)).await;
        let lost_at = Some(Instant::now() + TRAVEL.to_std().unwrap_or_default());
        if let Ok(tickets) = &leased {
            let travelling = tickets.iter().map(|(ticket, share)| {
                let share = share.clone();
                (*ticket, InHand { share, lost_at })
            });
            self.in_hand().tickets.extend(travelling);
        }
        self.leasing.store(false, Ordering::SeqCst);
        let tickets = leased?;
        let fed = tickets.len();
        let pushed = tickets
            .iter()
            .map(|(ticket, _)| carrier.push(self.queue.name, *ticket));
        let pushed = join_all(pushed).await;
        if let Some(error) = pushed.iter().find_map(|pushed| pushed.as_ref().err()) {
            tracing::warn!(%error, queue = self.queue.name, "the carrier is away: this process runs the jobs itself");
        }
        for ((ticket, _), pushed) in tickets.into_iter().zip(pushed) {
            if pushed.is_err() {
                self.run_here(ticket, runner);
            }
        }
        Ok(fed)
    }

    /// The carrier may fail at any time, and no work may wait for it. A push that failed only partly delivers the ticket twice:
    /// its fence lets one of the two run.
    fn run_here(self: &Arc<Self>, ticket: Ticket, runner: &Runner) {
        let (feeder, runner) = (self.clone(), runner.clone());
        tokio::spawn(async move {
            let free = feeder.here.clone().acquire_owned().await;
            let _ = handle(ticket, feeder, runner).await;
            drop(free);
        });
    }

    async fn lease(&self, room: usize, taken: &HashMap<String, usize>) -> Result<Vec<(Ticket, String)>> {
        let mut turns = self.turns.lock().await;
        let next = turns.next(room, taken).await?;
        // Most polls find nothing.
        if next.is_empty() {
            return Ok(Vec::new());
        }
        // Before anything else of it is done: all that follows is quicker for it.
        if is_anybody_new(&next, taken) {
            self.newcomers.iter().for_each(StepAside::ask);
        }
        let mut rows = turns.due(&next, room).await?;
        // In key order, so that two processes cannot wait for each other's rows.
        rows.sort_unstable();
        // Read without a lock, so another process may have leased some of them. For those this one makes the same tickets, and a
        // ticket's fence lets one of the two run.
        let as_read = rows.iter().fold(Condition::any(), |any, (id, fence, _)| {
            any.add(Column::Id.eq(*id).and(Column::Fence.eq(*fence)))
        });
        let lease = Entity::update_many()
            .col_expr(Column::RunAt, Expr::value(self.system.clock().now() + TRAVEL))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .filter(as_read);
        let alone = self
            .system
            .alone_across_tenants("jobs of all tenants stand in one queue")
            .await;
        let leased = match rows.as_slice() {
            [] => 0,
            _ => lease.exec(alone.connection()).await?.rows_affected,
        };
        drop(alone);
        if leased == 0 {
            return Ok(Vec::new());
        }
        kernel::failpoint!("job.leased");
        let leased = rows.into_iter().map(|(job, fence, share)| {
            let fence = fence + 1;
            (Ticket { job, fence }, share)
        });
        Ok(leased.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_here_a_moment_ago_is_known_for_a_while() {
        let ids = kernel::Clock::system();
        let began = Instant::now();
        let mut hands = Hands::default();
        let ticket = |fence| Ticket {
            job: ids.new_uuid(),
            fence,
        };
        let (lasts, ends, is_lost) = (ticket(1), ticket(2), ticket(3));
        for (ticket, share, lost_at) in [
            (lasts, "acme", None),
            (ends, "globex", None),
            (is_lost, "initech", Some(began + LATELY)),
        ] {
            let share = share.to_owned();
            hands.tickets.insert(ticket, InHand { share, lost_at });
        }
        let count = |hands: &mut Hands, now, share: &str| hands.by_share(now).get(share).copied();
        hands.dealt_with(ends, began);
        let soon = began + LATELY / 2;
        assert_eq!(count(&mut hands, soon, "acme"), Some(1));
        assert_eq!(count(&mut hands, soon, "globex"), Some(0));
        assert_eq!(count(&mut hands, soon, "initech"), Some(1));
        let later = began + LATELY;
        assert_eq!(count(&mut hands, later, "acme"), Some(1));
        assert_eq!(count(&mut hands, later, "globex"), None);
        // In transit for too long: it counts as lost.
        assert_eq!(count(&mut hands, later, "initech"), None);
    }
}
