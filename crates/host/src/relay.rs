//! Moves what transactions told from the outbox to where it is heard: the log that listeners read, the tenant's live log.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    pin::pin,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt;
use kernel::{Result, SystemDb, TenantId, outbox::event, retrying};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use tokio_util::sync::CancellationToken;

use crate::{
    bus::{Bus, Grown, Hint},
    events::{self, Registry},
    lease::{Lease, Taken},
    live::{Frame, log},
};

/// The relay. One of all processes works at a time, so that the live log of a tenant has one writer and one order.
#[derive(Debug)]
pub struct Relay {
    system: SystemDb,
    bus: Bus,
    registry: Registry,
    lease: Lease,
    // The newest number of each tenant's log, as long as nobody else writes it: while the lease is ours without a break.
    last: Mutex<HashMap<TenantId, i64>>,
    // How many rows the next batch asks for.
    rows: AtomicU64,
    // Listeners of tenants whose place in the log is known to exist.
    placed: Mutex<HashSet<(TenantId, String)>>,
}

/// Tenants whose newest number is remembered.
const REMEMBERED: usize = 10_000;
/// Events of one batch at most.
const BATCH: u64 = 200;
/// Bytes of their payloads at most, unless the first alone has more. A batch is in memory, and each log gets it in one statement, whose
/// size the server limits (`max_allowed_packet`, 16 MiB on MariaDB).
const BATCH_BYTES: usize = 4 << 20;
const LEASE: Duration = Duration::from_secs(5);
/// How often the relay looks by itself, in case a hint was lost.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

impl Relay {
    /// `owner` names this process.
    pub fn new(system: SystemDb, bus: Bus, registry: Registry, owner: String) -> Self {
        Self {
            system,
            bus,
            registry,
            lease: Lease::new("relay", owner, LEASE),
            last: Mutex::default(),
            rows: AtomicU64::new(BATCH),
            placed: Mutex::default(),
        }
    }

    /// Relays until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let mut hints = self.bus.listen();
        let mut leading_until = tokio::time::Instant::now();
        while !stop.is_cancelled() {
            let now = tokio::time::Instant::now();
            if now + LEASE / 2 > leading_until {
                match self.lease.take(&self.system).await {
                    Ok(Taken::Kept) => leading_until = now + LEASE,
                    // Listeners that started before are known first: those of another version must not miss an event that comes
                    // behind one that another relay has logged for them.
                    Ok(Taken::Anew) => match self.registry.announce(&self.system).await {
                        Ok(()) => {
                            self.forget();
                            leading_until = now + LEASE;
                        }
                        Err(error) => {
                            tracing::warn!(%error, "the relay does not know the listeners yet");
                            let _ = self.lease.give_back(&self.system).await;
                        }
                    },
                    Ok(Taken::Not) => {}
                    Err(error) => tracing::warn!(%error, "the relay could not take its lease"),
                }
            }
            let mut more = false;
            // What was hinted at so far is found by the look that follows.
            hints.more().for_each(drop);
            if now < leading_until {
                match retrying(|| self.step(leading_until)).await {
                    Ok(Some(left)) => more = left,
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

    /// Relays one batch; whether more waits, or none if the lease has run out.
    ///
    /// Two relays cannot write at once, nor one whose memory of the logs is old. The look that finds the events finds them only
    /// while the lease is ours. The next holder of the lease begins with the same events, the oldest, and to remove them is
    /// the first thing both do: the second waits until the first has ended, and finds them gone.
    async fn step(&self, leading_until: tokio::time::Instant) -> Result<Option<bool>> {
        // Most looks find nothing: do not queue for SQLite's one writer for that.
        let on = self.system.across_tenants("the outbox is one queue");
        let queued_for = on.get_database_backend() == DbBackend::Sqlite;
        if queued_for && event::Entity::find().one(on).await?.is_none() {
            return Ok(Some(false));
        }
        let tx = self
            .system
            .begin_across_tenants("the outbox is one queue")
            .await?;
        let (events, more) = self.oldest(&tx).await?;
        if events.is_empty() {
            return Ok(Some(false));
        }
        let now = self.system.clock().now();
        // What transactions that still run are saying must not hold up what has been said.
        let ids = events.iter().map(|event| event.id);
        let gone = tx.delete_by_key::<event::Entity>(event::Column::Id, ids).await?;
        if gone != events.len() as u64 || tokio::time::Instant::now() >= leading_until {
            return Ok(None);
        }
        let listeners = self.registry.all();
        let is_placed = |place: &_| self.placed().contains(place);
        let logged = events::log::append(&tx, &listeners, &events, is_placed, now).await?;
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
        Ok(Some(more))
    }

    /// The oldest events that fit into a batch, as long as the lease is ours; and whether there are more.
    async fn oldest(&self, tx: &kernel::tenant::SystemTx) -> Result<(Vec<event::Model>, bool)> {
        let on = tx.connection();
        // The database numbers rows as they are inserted, which transactions do last: of two that touched the same row, the one
        // that had it first comes first.
        let place = Expr::cust(match on.get_database_backend() {
            DbBackend::Sqlite => "rowid",
            _ => "seq",
        });
        let limit = self.rows.load(Ordering::Relaxed);
        let rows = event::Entity::find()
            .filter(self.lease.held())
            .order_by_asc(place)
            .limit(limit)
            .stream(on)
            .await?;
        let mut rows = pin!(rows);
        let (mut events, mut bytes, mut more) = (Vec::new(), 0, false);
        while let Some(event) = rows.try_next().await? {
            bytes += event.payload.len() + event.full_payload.as_ref().map_or(0, String::len);
            if bytes > BATCH_BYTES && !events.is_empty() {
                more = true;
                break;
            }
            events.push(event);
        }
        // The server has sent what does not fit, too: the next time it is asked for less.
        let fit = events.len() as u64;
        self.rows
            .store(if more { 2 * fit } else { BATCH }.min(BATCH), Ordering::Relaxed);
        Ok((events, more || fit == limit))
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
