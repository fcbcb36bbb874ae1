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

/// Turns at a time: few, so that a burst of arrivals is not slowed down by the working off of the last one, and more than
/// one, so that a tenant whose rows are locked holds up nobody. Between them as many as there are cores.
const TURNS: std::ops::RangeInclusive<usize> = 2..=8;
/// How often the tables are looked at without a hint, and how long a turn that failed is left alone.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How long a tenant is left to the process that is at it before it is looked at again.
const MOMENT: Duration = Duration::from_millis(20);
/// A tenant for which more arrives while its turn runs has its next after as long again, at most after this: what comes
/// meanwhile goes together, for the price of one turn, and the arrivals themselves have the machine.
const REST: Duration = Duration::from_millis(20);
/// Tenants found by one look at most; the next look goes on behind them.
const FOUND: usize = 100;

/// All turns of one pump in this process. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Pumping {
    system: SystemDb,
    pump: Pump,
    // A tenant that is waiting for its turn or has it; true once something arrived for it since the turn began.
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

    /// Pumps until told to stop; turns that have begun are waited for.
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
                        behind = found.last().copied().filter(|_| found.len() == FOUND);
                        found.into_iter().for_each(|tenant| self.arrived(tenant));
                    }
                    Err(error) => tracing::warn!(%error, table = self.pump.table, "arrivals wait"),
                },
                Hint::Events | Hint::Jobs | Hint::Live(_) => {}
            }
        }
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

    fn tenants(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, bool>> {
        self.tenants
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Gives the tenant a turn, or its running turn another round.
    fn arrived(&self, tenant: TenantId) {
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
            // The queue for a turn is fair: who has more comes again behind those who wait.
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
                    // The next look finds the tenant again.
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

    /// Tenants with something in the table, from behind one of them on.
    async fn waiting(&self, mut behind: Option<TenantId>) -> Result<Vec<TenantId>> {
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

    /// The first tenant behind this one that has something in the table: one step down the primary key, however much waits.
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
