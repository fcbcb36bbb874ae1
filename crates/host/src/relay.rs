//! Moves what transactions told from the outbox to where it is heard: the log that listeners read, the tenant's live log.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use kernel::{
    Result, SystemDb, TenantId,
    job::Handler,
    listener::Registered,
    outbox::{event, job},
    retrying,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use tokio_util::sync::CancellationToken;

use crate::{
    bus::{Bus, Grown, Hint},
    events,
    jobs::QUEUES,
    lease::{Lease, Taken},
    live::{Frame, log},
};

/// Who hears events and who does jobs.
#[derive(Clone, Debug, Default)]
pub struct Subscriptions {
    /// Who hears events.
    pub listeners: Arc<Vec<Registered>>,
    /// Kind of job → handler.
    pub handlers: Arc<BTreeMap<String, Handler>>,
}

/// The relay. One of all processes works at a time, so that the live log of a tenant has one writer and one order.
#[derive(Debug)]
pub struct Relay {
    system: SystemDb,
    bus: Bus,
    subscriptions: Subscriptions,
    lease: Lease,
    // The newest number of each tenant's log, as long as nobody else writes it: while the lease is ours without a break.
    last: Mutex<HashMap<TenantId, i64>>,
    // Listeners of tenants whose place in the log is known to exist.
    placed: Mutex<HashSet<(TenantId, String)>>,
}

/// Tenants whose newest number is remembered.
const REMEMBERED: usize = 10_000;
const BATCH: u64 = 200;
const LEASE: Duration = Duration::from_secs(5);
/// How often the relay looks by itself, in case a hint was lost.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);
/// How long the live log is kept: a client that was away longer starts afresh.
pub const KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a dead job can be looked at.
const BURIED: TimeDelta = TimeDelta::days(30);
/// Dead jobs removed at a time, from each queue.
const BURIALS: u64 = 500;

impl Relay {
    /// `owner` names this process.
    pub fn new(system: SystemDb, bus: Bus, subscriptions: Subscriptions, owner: String) -> Self {
        Self {
            system,
            bus,
            subscriptions,
            lease: Lease::new("relay", owner, LEASE),
            last: Mutex::default(),
            placed: Mutex::default(),
        }
    }

    /// Relays until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut hints = self.bus.listen();
        let mut leading_until = tokio::time::Instant::now();
        let mut tidy_at = tokio::time::Instant::now();
        while !stop.is_cancelled() {
            let now = tokio::time::Instant::now();
            if now + LEASE / 2 > leading_until {
                match self.lease.take(&self.system).await {
                    Ok(Taken::Kept) => leading_until = now + LEASE,
                    Ok(Taken::Anew) => {
                        self.forget();
                        leading_until = now + LEASE;
                    }
                    Ok(Taken::Not) => {}
                    Err(error) => tracing::warn!(%error, "the relay could not take its lease"),
                }
            }
            let mut more = false;
            // What was hinted at so far is found by the look that follows.
            hints.more().for_each(drop);
            if now < leading_until {
                match retrying(|| self.step(leading_until)).await {
                    Ok(Some(relayed)) => more = relayed as u64 == BATCH,
                    Ok(None) => {
                        tracing::warn!("this relay slept past its lease and another has taken over");
                        self.forget();
                        leading_until = now;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the relay will try again");
                        // Nobody knows what was written.
                        self.forget();
                    }
                }
                if now >= tidy_at {
                    tidy_at = now + Duration::from_secs(600);
                    if let Err(error) = self.tidy().await {
                        tracing::warn!(%error, "old live events and dead jobs are still there");
                    }
                }
            }
            if !more {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = hints.wait(|hint| hint == Hint::Events, LOOK_INTERVAL) => {}
                }
            }
        }
        let _ = self.lease.give_back(&self.system).await;
    }

    /// Forgets what nobody will ask for any more: live events, and jobs that died long ago, some at a time.
    async fn tidy(&self) -> Result<()> {
        let now = self.system.clock().now();
        log::forget(&self.system, now - KEPT).await?;
        events::tidy(&self.system, &self.subscriptions.listeners).await?;
        let on = self.system.across_tenants("all dead jobs are kept equally long");
        for queue in QUEUES {
            let old = job::Entity::find()
                .filter(job::Column::Queue.eq(queue.name))
                .filter(job::Column::Dead.eq(true))
                .filter(job::Column::RunAt.lt(now - BURIED))
                .limit(BURIALS)
                .select_only()
                .column(job::Column::Id);
            let ids: Vec<uuid::Uuid> = old.into_tuple().all(on).await?;
            if !ids.is_empty() {
                let tx = self
                    .system
                    .begin_across_tenants("all dead jobs are kept equally long")
                    .await?;
                let gone = job::Entity::delete_many().filter(job::Column::Id.is_in(ids));
                gone.exec(tx.connection()).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// The newest numbers of the logs, as far as they are known.
    fn known(&self, tenants: &BTreeSet<TenantId>) -> HashMap<TenantId, i64> {
        let last = self.last();
        let of = |tenant: &TenantId| Some((*tenant, *last.get(tenant)?));
        tenants.iter().filter_map(of).collect()
    }

    /// Forgets what another relay may have changed.
    fn forget(&self) {
        self.last().clear();
        self.placed().clear();
    }

    fn placed(&self) -> std::sync::MutexGuard<'_, HashSet<(TenantId, String)>> {
        self.placed
            .lock()
            .expect("no code panics while it holds this lock")
    }

    fn last(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, i64>> {
        self.last.lock().expect("no code panics while it holds this lock")
    }

    /// Relays one batch; how many events it had, or none if the lease has run out.
    ///
    /// Two relays cannot write at once, nor one whose memory of the logs is old. The look that finds the events finds them only
    /// while the lease is ours. The next holder of the lease begins with the same events, the oldest, and to remove them is
    /// the first thing both do: the second waits until the first has ended, and finds them gone.
    async fn step(&self, leading_until: tokio::time::Instant) -> Result<Option<usize>> {
        // The database numbers rows as they are inserted, which transactions do last: of two that touched the same row, the one
        // that had it first comes first.
        let inserted = |backend| {
            Expr::cust(if backend == DbBackend::Sqlite {
                "rowid"
            } else {
                "seq"
            })
        };
        // Most looks find nothing: do not queue for SQLite's one writer for that.
        let on = self.system.across_tenants("the outbox is one queue");
        let oldest = || event::Entity::find().order_by_asc(inserted(on.get_database_backend()));
        let queued_for = on.get_database_backend() == DbBackend::Sqlite;
        if queued_for && oldest().one(on).await?.is_none() {
            return Ok(Some(0));
        }
        let tx = self
            .system
            .begin_across_tenants("the outbox is one queue")
            .await?;
        let events = oldest()
            .filter(self.lease.held())
            .limit(BATCH)
            .all(tx.connection())
            .await?;
        if events.is_empty() {
            return Ok(Some(0));
        }
        let now = self.system.clock().now();
        // What transactions that still run are saying must not hold up what has been said.
        let ids = events.iter().map(|event| event.id);
        let gone = tx.delete_by_key::<event::Entity>(event::Column::Id, ids).await?;
        if gone != events.len() as u64 || tokio::time::Instant::now() >= leading_until {
            return Ok(None);
        }
        let listeners = &self.subscriptions.listeners;
        let is_placed = |place: &_| self.placed().contains(place);
        let logged = events::log::append(&tx, listeners, &events, is_placed, now).await?;
        let grown = self.append_to_logs(&tx, &events).await?;
        kernel::failpoint!(try "relay.before_commit");
        tx.commit().await?;
        kernel::failpoint!("relay.committed");
        for tenant in logged.tenants {
            self.bus.send(Hint::Logged(tenant));
        }
        let mut placed = self.placed();
        if placed.len() > REMEMBERED {
            placed.clear();
        }
        placed.extend(logged.cursors);
        drop(placed);
        let mut last = self.last();
        if last.len() > REMEMBERED {
            last.clear();
        }
        for grown in grown {
            if let Some(newest) = grown.frames.last() {
                last.insert(grown.tenant, newest.seq);
            }
            self.bus.tell(grown);
        }
        drop(last);
        metrics::counter!("wapro_events_relayed_total").increment(events.len() as u64);
        Ok(Some(events.len()))
    }

    async fn append_to_logs(
        &self,
        tx: &kernel::tenant::SystemTx,
        events: &[event::Model],
    ) -> Result<Vec<Grown>> {
        let now = self.system.clock().now();
        let heard = events.iter().filter(|event| event.live.is_some());
        let tenants: BTreeSet<TenantId> = heard.map(|event| event.tenant_id).collect();
        if tenants.is_empty() {
            return Ok(Vec::new());
        }
        let mut last = self.known(&tenants);
        let mut unknown: Vec<TenantId> = tenants.into_iter().collect();
        unknown.retain(|tenant| !last.contains_key(tenant));
        if !unknown.is_empty() {
            last.extend(log::last_seqs(tx.connection(), unknown).await?);
        }
        let mut rows = Vec::new();
        let mut grown: HashMap<TenantId, Grown> = HashMap::new();
        for event in events {
            let Some(permission) = &event.live else { continue };
            let before = last.get(&event.tenant_id).copied().unwrap_or_default();
            // Time-based, so that the sequence goes on even after the whole log was forgotten.
            let seq = (before + 1).max(now.timestamp_micros());
            last.insert(event.tenant_id, seq);
            let of_tenant = grown.entry(event.tenant_id).or_insert_with(|| Grown {
                tenant: event.tenant_id,
                after: before,
                frames: Vec::new(),
            });
            of_tenant
                .frames
                .push(Frame::new(seq, permission, &event.name, &event.payload));
            rows.push(log::ActiveModel {
                tenant_id: Set(event.tenant_id),
                seq: Set(seq),
                name: Set(event.name.clone()),
                permission: Set(permission.clone()),
                payload: Set(event.payload.clone()),
                created_at: Set(now),
            });
        }
        log::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
        Ok(grown.into_values().collect())
    }
}
