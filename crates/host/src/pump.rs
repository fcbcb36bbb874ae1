//! Keeps the modules' pumps running: a turn for a tenant as soon as something arrives for it.
//!
//! The table is the source of truth; a hint only says when to look, and every working process polls too. Within a
//! process a tenant has one turn at a time; between processes the pump's own transaction decides.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::FutureExt;
use kernel::{Error, Pump, Pumped, Result, SystemDb, TenantId};
use sea_orm::{FromQueryResult, Statement, Value};
use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::bus::{Bus, Hint};

/// Concurrent turns: as many as cores, within limits. Few, so that processing does not slow down a burst of arrivals, and more
/// than one, so that a tenant whose rows are locked does not block others.
const TURNS: std::ops::RangeInclusive<usize> = 2..=8;
/// Poll interval without hints, and the delay after a failed turn.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Delay before a tenant that another process is working on is tried again.
const MOMENT: Duration = Duration::from_millis(20);
/// If more arrives during a tenant's turn, its next turn starts after as long again, at most this: rows that arrive meanwhile are
/// processed in one turn, and arrivals have the processor.
const REST: Duration = Duration::from_millis(20);
/// Tenants found by one poll at most; the next poll continues after them.
const FOUND: usize = 100;

/// All turns of one pump in this process. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Pumping {
    system: SystemDb,
    pump: Pump,
    // A tenant that is waiting for its turn or has it; true if rows have arrived since the turn began.
    tenants: Arc<Mutex<HashMap<TenantId, bool>>>,
    turns: Arc<Semaphore>,
    dealt_with: Arc<AtomicU64>,
    progress: Arc<Notify>,
    running: TaskTracker,
}

impl Pumping {
    /// `progress` is signalled after each turn.
    pub fn new(system: SystemDb, pump: Pump, progress: Arc<Notify>) -> Self {
        Self {
            system,
            pump,
            tenants: Arc::default(),
            turns: Arc::new(Semaphore::new(turns())),
            dealt_with: Arc::default(),
            progress,
            running: TaskTracker::new(),
        }
    }

    /// Runs until told to stop; running turns are completed.
    pub async fn run(self, bus: Bus, stop: CancellationToken) {
        let mut hints = bus.listen();
        let mut look = tokio::time::interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut behind = None;
        loop {
            let hint = tokio::select! {
                () = stop.cancelled() => break,
                hint = hints.next() => hint,
                _ = look.tick() => Hint::Missed,
            };
            match hint {
                Hint::Arrivals(tenant) => self.arrived(tenant),
                Hint::Missed => match self.waiting(behind).await {
                    Ok(found) => {
                        behind = self.go_on_behind(&found);
                        found.into_iter().for_each(|tenant| self.arrived(tenant));
                    }
                    Err(error) => tracing::warn!(%error, table = self.pump.table, "arrivals wait"),
                },
                Hint::Events | Hint::Jobs | Hint::Live(_) | Hint::Logged(_) => {}
            }
        }
        self.end().await;
    }

    /// Begins no more turns and waits for those that have begun.
    pub(crate) async fn end(&self) {
        self.turns.close();
        self.running.close();
        self.running.wait().await;
    }

    /// Whether the table is empty.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_dry(&self) -> Result<bool> {
        Ok(self.next_behind(None).await?.is_none())
    }

    /// How many turns have ended: the same number twice means that none ended in between.
    pub fn dealt_with(&self) -> u64 {
        self.dealt_with.load(Ordering::SeqCst)
    }

    /// Whether no turn runs or waits to run.
    pub(crate) fn is_idle(&self) -> bool {
        self.tenants().is_empty()
    }

    fn tenants(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, bool>> {
        self.tenants
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Schedules a turn for the tenant, or another round of its running turn.
    pub(crate) fn arrived(&self, tenant: TenantId) {
        if let Some(more) = self.tenants().get_mut(&tenant) {
            *more = true;
            return;
        }
        self.tenants().insert(tenant, false);
        let this = self.clone();
        self.running.spawn(async move { this.pump(tenant).await });
    }

    async fn pump(&self, tenant: TenantId) {
        loop {
            // Turns are fair: a tenant with more rows queues again behind the waiting ones.
            let Ok(turn) = self.turns.acquire().await else {
                break;
            };
            if let Some(more) = self.tenants().get_mut(&tenant) {
                *more = false;
            }
            let began = tokio::time::Instant::now();
            let work = self.pump.turn(self.system.tenant(tenant));
            let ended = AssertUnwindSafe(work)
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Error::internal("the pump panicked")));
            drop(turn);
            self.dealt_with.fetch_add(1, Ordering::SeqCst);
            self.progress.notify_waiters();
            let rest = match ended {
                Ok(Pumped::More) => None,
                Ok(Pumped::Held) => Some(MOMENT),
                Ok(Pumped::Dry) => {
                    let mut tenants = self.tenants();
                    if tenants.get(&tenant).is_none_or(|more| !*more) {
                        tenants.remove(&tenant);
                        return;
                    }
                    Some(began.elapsed().min(REST))
                }
                Err(error) => {
                    // The next poll finds the tenant again.
                    self.tenants().remove(&tenant);
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, %tenant, table = self.pump.table, "arrivals wait");
                    return;
                }
            };
            if let Some(rest) = rest {
                tokio::time::sleep(rest).await;
            }
        }
        self.tenants().remove(&tenant);
    }

    /// After which tenant the next look starts: at the first again, unless this one found as many as it looks for.
    pub(crate) fn go_on_behind(&self, found: &[TenantId]) -> Option<TenantId> {
        found.last().copied().filter(|_| found.len() == FOUND)
    }

    /// Tenants with rows in the table, after a given one.
    pub(crate) async fn waiting(&self, mut behind: Option<TenantId>) -> Result<Vec<TenantId>> {
        let mut found = Vec::new();
        while found.len() < FOUND {
            let Some(tenant) = self.next_behind(behind).await? else {
                break;
            };
            behind = Some(tenant);
            found.push(tenant);
        }
        Ok(found)
    }

    /// The first tenant after this one with rows in the table: one step in the primary key, however many rows there are.
    async fn next_behind(&self, behind: Option<TenantId>) -> Result<Option<TenantId>> {
        let on = self
            .system
            .across_tenants("finds out whose rows wait, and reads nothing of them");
        let table = self.pump.table;
        let (wanted, values): (&str, Vec<Value>) = match behind {
            Some(tenant) => ("WHERE tenant_id > ?", vec![tenant.into()]),
            None => ("", Vec::new()),
        };
        let sql = format!("SELECT tenant_id FROM {table} {wanted} ORDER BY tenant_id LIMIT 1");
        let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
        let row = Waiting::find_by_statement(statement).one(on).await?;
        Ok(row.map(|row| row.tenant_id))
    }
}

fn turns() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.clamp(*TURNS.start(), *TURNS.end())
}

#[derive(Debug, FromQueryResult)]
struct Waiting {
    tenant_id: TenantId,
}
