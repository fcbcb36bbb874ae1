//! Leases due rows and hands their tickets to the carrier, never more than the workers can start soon.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use kernel::{
    Result, SystemDb,
    outbox::job::{Column, Entity},
    retrying,
};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Queue, Ticket, carrier::Carrier};
use crate::bus::{Bus, Hint};

/// How long a ticket may travel before its row is fed again. Short, because a carrier may lose everything it carries.
const TRAVEL: TimeDelta = TimeDelta::seconds(5);
/// How long the feeder trusts hints before it looks by itself; also how late a job with a future `run_at` may start.
const PATIENCE: Duration = Duration::from_millis(250);

/// Feeds one queue.
#[derive(Debug)]
pub struct Feeder {
    system: SystemDb,
    bus: Bus,
    queue: Queue,
    // Tickets on their way, with the instant at which they count as lost.
    travelling: Mutex<HashMap<Ticket, tokio::time::Instant>>,
    // Set from before rows are leased until their tickets are known to travel: nothing is in neither place unseen.
    leasing: AtomicBool,
    dealt_with: AtomicU64,
    /// Signalled whenever a ticket has been dealt with.
    pub progress: Arc<Notify>,
}

impl Feeder {
    /// For one queue of this process.
    pub fn new(system: SystemDb, bus: Bus, queue: Queue, progress: Arc<Notify>) -> Self {
        Self {
            system,
            bus,
            queue,
            travelling: Mutex::default(),
            leasing: AtomicBool::new(false),
            dealt_with: AtomicU64::new(0),
            progress,
        }
    }

    /// A worker of this process has finished with the ticket.
    pub fn arrived(&self, ticket: Ticket) {
        self.dealt_with.fetch_add(1, Ordering::SeqCst);
        self.travelling().remove(&ticket);
        self.progress.notify_waiters();
    }

    /// Whether no ticket is on its way or being run.
    pub fn is_idle(&self) -> bool {
        !self.leasing.load(Ordering::SeqCst) && self.travelling().is_empty()
    }

    /// How many tickets have been dealt with: whoever sees the same number twice knows that nothing ran in between.
    pub fn dealt_with(&self) -> u64 {
        self.dealt_with.load(Ordering::SeqCst)
    }

    fn travelling(&self) -> std::sync::MutexGuard<'_, HashMap<Ticket, tokio::time::Instant>> {
        self.travelling
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Feeds until told to stop.
    pub async fn run(&self, carrier: &Carrier, stop: CancellationToken) {
        let mut hints = self.bus.listen();
        while !stop.is_cancelled() {
            let room = self.room();
            let mut fed = 0;
            if room > 0 {
                match self.feed(carrier, room).await {
                    Ok(tickets) => fed = tickets,
                    Err(error) => tracing::warn!(%error, queue = self.queue.name, "jobs wait"),
                }
            }
            if fed < room || room == 0 {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = hints.wait(|hint| hint == Hint::Jobs, PATIENCE) => {}
                }
            }
        }
    }

    /// How many more tickets may travel: twice what runs at a time keeps every worker busy.
    fn room(&self) -> usize {
        let now = tokio::time::Instant::now();
        let mut travelling = self.travelling();
        travelling.retain(|_, lost_at| *lost_at > now);
        (self.queue.concurrency * 2).saturating_sub(travelling.len())
    }

    async fn feed(&self, carrier: &Carrier, room: usize) -> Result<usize> {
        self.leasing.store(true, Ordering::SeqCst);
        let leased = retrying(|| self.lease(room as u64)).await;
        let lost_at = tokio::time::Instant::now() + TRAVEL.to_std().unwrap_or_default();
        if let Ok(tickets) = &leased {
            self.travelling()
                .extend(tickets.iter().map(|ticket| (*ticket, lost_at)));
        }
        self.leasing.store(false, Ordering::SeqCst);
        let tickets = leased?;
        let fed = tickets.len();
        for ticket in tickets {
            if let Err(error) = carrier.push(self.queue.name, ticket).await {
                // The row is leased and comes back by itself when the lease ends.
                tracing::warn!(%error, queue = self.queue.name, "the carrier is away");
                break;
            }
        }
        Ok(fed)
    }

    async fn lease(&self, limit: u64) -> Result<Vec<Ticket>> {
        let now = self.system.clock().now();
        let due = || {
            Entity::find()
                .filter(Column::Queue.eq(self.queue.name))
                .filter(Column::Dead.eq(false))
                .filter(Column::RunAt.lte(now))
                .order_by_asc(Column::RunAt)
                .limit(limit)
        };
        let pool = self
            .system
            .across_tenants("jobs of all tenants stand in one queue");
        let embedded = pool.get_database_backend() == DbBackend::Sqlite;
        if embedded && due().one(pool).await?.is_none() {
            // Most looks find nothing: do not queue for the one writer for that.
            return Ok(Vec::new());
        }
        let tx = self
            .system
            .begin_across_tenants("jobs of all tenants stand in one queue")
            .await?;
        let mut select = due().select_only().column(Column::Id).column(Column::Fence);
        if !embedded {
            select = select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        let mut rows: Vec<(uuid::Uuid, i64)> = select.into_tuple().all(tx.connection()).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        // In key order, so that two processes cannot wait for each other's rows.
        rows.sort_unstable();
        Entity::update_many()
            .col_expr(Column::RunAt, Expr::value(now + TRAVEL))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .filter(Column::Id.is_in(rows.iter().map(|(id, _)| *id)))
            .exec(tx.connection())
            .await?;
        tx.commit().await?;
        Ok(rows
            .into_iter()
            .map(|(job, fence)| Ticket {
                job,
                fence: fence + 1,
            })
            .collect())
    }
}
