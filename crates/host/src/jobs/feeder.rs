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
    turns::Turns,
};
use crate::bus::{Bus, Hint};

/// How long a ticket may be in transit before its row is fed again. Short, because a carrier may lose all its tickets.
const TRAVEL: TimeDelta = TimeDelta::seconds(5);
/// Poll interval of the feeder, in case a hint was lost; also how late a job with a future `run_at` may start.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// A ticket that this process fed or runs.
#[derive(Debug)]
struct InFlight {
    share: String,
    // When it counts as lost; none once it is running here.
    lost_at: Option<Instant>,
}

/// The tickets that this process has in transit or running.
#[derive(Debug, Default)]
struct Tickets(HashMap<Ticket, InFlight>);

impl Tickets {
    /// How many of each share are in flight, without those that are lost.
    fn by_share(&mut self, now: Instant) -> HashMap<String, usize> {
        self.0
            .retain(|_, ticket| ticket.lost_at.is_none_or(|at| at > now));
        let mut counts = HashMap::new();
        for ticket in self.0.values() {
            *counts.entry(ticket.share.clone()).or_default() += 1;
        }
        counts
    }
}

/// Feeds one queue.
#[derive(Debug)]
pub struct Feeder {
    system: SystemDb,
    bus: Bus,
    queue: Queue,
    turns: tokio::sync::Mutex<Turns>,
    in_flight: Mutex<Tickets>,
    // Set from before rows are leased until their tickets are counted in `in_flight`, so that `is_idle` misses none in between.
    leasing: AtomicBool,
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
    pub fn new(system: SystemDb, bus: Bus, queue: Queue, progress: Arc<Notify>) -> Self {
        Self {
            turns: tokio::sync::Mutex::new(Turns::new(system.clone(), queue)),
            system,
            bus,
            queue,
            in_flight: Mutex::default(),
            leasing: AtomicBool::new(false),
            dealt_with: AtomicU64::new(0),
            freed: Notify::new(),
            here: Arc::new(Semaphore::new(queue.concurrency)),
            progress,
        }
    }

    /// A worker of this process runs the ticket, whichever feeder queued it: it is no longer in transit.
    pub fn started(&self, ticket: Ticket, share: &str) {
        let running = InFlight {
            share: share.to_owned(),
            lost_at: None,
        };
        self.in_flight().0.insert(ticket, running);
    }

    /// A worker of this process has finished with the ticket.
    pub fn arrived(&self, ticket: Ticket) {
        self.dealt_with.fetch_add(1, Ordering::SeqCst);
        self.in_flight().0.remove(&ticket);
        self.freed.notify_one();
        self.progress.notify_waiters();
    }

    /// Whether no ticket is in transit or running.
    pub fn is_idle(&self) -> bool {
        !self.leasing.load(Ordering::SeqCst) && self.in_flight().0.is_empty()
    }

    /// How many tickets have ended: the same number twice means that nothing ran in between.
    pub fn dealt_with(&self) -> u64 {
        self.dealt_with.load(Ordering::SeqCst)
    }

    fn in_flight(&self) -> std::sync::MutexGuard<'_, Tickets> {
        self.in_flight
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Feeds until told to stop.
    pub async fn run(self: &Arc<Self>, carrier: &Carrier, runner: &Runner, stop: CancellationToken) {
        let mut hints = self.bus.listen();
        while !stop.is_cancelled() {
            let (room, in_flight) = self.room();
            let mut fed = 0;
            if room > 0 {
                match self.feed(carrier, runner, room, &in_flight).await {
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

    /// How many more tickets may be in transit, and how many of each share are in flight. A few more than can run at once, so that
    /// no worker waits for the feeder.
    fn room(&self) -> (usize, HashMap<String, usize>) {
        let mut in_flight = self.in_flight();
        let by_share = in_flight.by_share(Instant::now());
        let most = self.queue.concurrency + self.queue.concurrency.min(32);
        (most.saturating_sub(in_flight.0.len()), by_share)
    }

    async fn feed(
        self: &Arc<Self>,
        carrier: &Carrier,
        runner: &Runner,
        room: usize,
        in_flight: &HashMap<String, usize>,
    ) -> Result<usize> {
        self.leasing.store(true, Ordering::SeqCst);
        let leased = retrying(|| self.lease(room, in_flight)).await;
        let lost_at = Some(Instant::now() + TRAVEL.to_std().unwrap_or_default());
        if let Ok(tickets) = &leased {
            let travelling = tickets.iter().map(|(ticket, share)| {
                let share = share.clone();
                (*ticket, InFlight { share, lost_at })
            });
            self.in_flight().0.extend(travelling);
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

    /// The carrier may fail at any time, and no work may wait for it. A push that failed may have succeeded all the same; then the
    /// ticket comes twice, and its fence lets one of the two run.
    fn run_here(self: &Arc<Self>, ticket: Ticket, runner: &Runner) {
        let (feeder, runner) = (self.clone(), runner.clone());
        tokio::spawn(async move {
            let free = feeder.here.clone().acquire_owned().await;
            let _ = handle(ticket, feeder, runner).await;
            drop(free);
        });
    }

    async fn lease(&self, room: usize, in_flight: &HashMap<String, usize>) -> Result<Vec<(Ticket, String)>> {
        let mut turns = self.turns.lock().await;
        let next = turns.next(room, in_flight).await?;
        // Most polls find nothing.
        if next.is_empty() {
            return Ok(Vec::new());
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
            .alone_across_tenants("jobs of all tenants are in one queue")
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
    fn lost_tickets_leave_room_and_running_ones_do_not() {
        let ids = kernel::Clock::system();
        let began = Instant::now();
        let mut tickets = Tickets::default();
        for (share, lost_at) in [
            ("acme", None),
            ("acme", Some(began + LOOK_INTERVAL)),
            ("initech", Some(began + LOOK_INTERVAL)),
        ] {
            let ticket = Ticket {
                job: ids.new_uuid(),
                fence: 1,
            };
            let share = share.to_owned();
            tickets.0.insert(ticket, InFlight { share, lost_at });
        }
        let counts = |shares: &[(&str, usize)]| -> HashMap<String, usize> {
            let counts = shares.iter().map(|(share, count)| ((*share).to_owned(), *count));
            counts.collect()
        };
        assert_eq!(tickets.by_share(began), counts(&[("acme", 2), ("initech", 1)]));
        assert_eq!(tickets.by_share(began + LOOK_INTERVAL), counts(&[("acme", 1)]));
    }
}
