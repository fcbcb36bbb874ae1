//! Gives listeners their turns: as soon as something is logged for a tenant, and by looking once a second.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use kernel::{Pump, Result, SystemDb, TenantId, listener::Registered};
use sea_orm::{ConnectionTrait, Statement, Value};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{WHY, parked, turn};
use crate::{
    bus::{Bus, Hint},
    pump::Pumping,
};

/// How often the tables are looked at without a hint, and the longest that a retry waits beyond its time.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// Where events stand until they were handled.
const LOG: &str = "host_events";

/// All turns of all listeners in this process. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Listening {
    system: SystemDb,
    // By the listener's name.
    turns: Arc<BTreeMap<String, Pumping>>,
    // Where the last look stopped.
    behind: Arc<Mutex<Option<TenantId>>>,
}

impl Listening {
    /// `progress` is signalled after each turn.
    pub fn new(system: SystemDb, listeners: &[Registered], progress: &Arc<Notify>) -> Self {
        let turns = listeners.iter().map(|listener| {
            let of = listener.clone();
            let pump = Pump::new(LOG, move |db| {
                let listener = of.clone();
                async move { turn(&db, &listener).await }
            });
            let pumping = Pumping::new(system.clone(), pump, progress.clone());
            (listener.name.clone(), pumping)
        });
        Self {
            turns: Arc::new(turns.collect()),
            system,
            behind: Arc::default(),
        }
    }

    /// Gives turns until `stop`; those that have begun are waited for.
    pub async fn run(self, bus: Bus, stop: CancellationToken) {
        if self.turns.is_empty() {
            return;
        }
        let mut hints = bus.listen();
        let mut look = tokio::time::interval(LOOK_INTERVAL);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let hint = tokio::select! {
                () = stop.cancelled() => break,
                hint = hints.next() => hint,
                _ = look.tick() => Hint::Missed,
            };
            match hint {
                Hint::Logged(tenant) => self.logged(tenant),
                Hint::Missed => {
                    if let Err(error) = self.look().await {
                        tracing::warn!(%error, "events wait for their listeners");
                    }
                }
                Hint::Events | Hint::Jobs | Hint::Live(_) | Hint::Arrivals(_) => {}
            }
        }
        for turns in self.turns.values() {
            turns.end().await;
        }
    }

    fn logged(&self, tenant: TenantId) {
        for turns in self.turns.values() {
            turns.arrived(tenant);
        }
    }

    /// Gives turns to whom something waits for.
    async fn look(&self) -> Result<()> {
        for (tenant, listener) in self.due().await? {
            if let Some(turns) = self.turns.get(&listener) {
                turns.arrived(tenant);
            }
        }
        // All listeners look at the same table.
        let Some(any) = self.turns.values().next() else {
            return Ok(());
        };
        let behind = *self.behind();
        let found = any.waiting(behind).await?;
        *self.behind() = any.go_on_behind(&found);
        found.into_iter().for_each(|tenant| self.logged(tenant));
        Ok(())
    }

    /// The tenants that have a parked key due, and for which listener.
    async fn due(&self) -> Result<Vec<(TenantId, String)>> {
        parked::all_due(&self.system, self.turns.keys().map(String::as_str)).await
    }

    fn behind(&self) -> std::sync::MutexGuard<'_, Option<TenantId>> {
        self.behind
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// How many turns have ended.
    pub fn dealt_with(&self) -> u64 {
        self.turns.values().map(Pumping::dealt_with).sum()
    }

    /// Whether no turn runs or waits to run.
    pub fn is_idle(&self) -> bool {
        self.turns.values().all(Pumping::is_idle)
    }

    /// Whether no event waits for a listener of this process that may handle it now.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_dry(&self) -> Result<bool> {
        if self.turns.is_empty() {
            return Ok(true);
        }
        let on = self.system.across_tenants(WHY);
        let mut values: Vec<Value> = vec![self.system.clock().now().into()];
        values.extend(self.turns.keys().map(|name| Value::from(name.as_str())));
        let own = vec!["?"; self.turns.len()].join(", ");
        let waits = format!(
            "SELECT 1 FROM host_events e JOIN host_event_cursors c ON c.tenant_id = e.tenant_id AND c.event = e.name \
             WHERE e.seq > c.seq AND (c.retry_at IS NULL OR c.retry_at <= ?) AND c.listener IN ({own}) LIMIT 1"
        );
        let waits = Statement::from_sql_and_values(on.get_database_backend(), waits, values);
        if on.query_one_raw(waits).await?.is_some() {
            return Ok(false);
        }
        Ok(self.due().await?.is_empty())
    }
}
