//! Every event of a tenant is handled once, in the order of publication.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use host::{
    events::{Registry, turn},
    relay::Relay,
};
use kernel::{
    Clock, Error, Events, Listener, Pumped, Result, SystemDb, TenantDb, TenantTx, listener::Registered,
    retrying,
};
use sea_orm::{ConnectionTrait, Statement, Value};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    on_both,
    world::{Noted, Recorder, World, note},
};

const KEYS: [&str; 3] = ["red", "green", "blue"];

/// Counts one up for the key and publishes the number: the row's lock puts all transactions that do so in one order.
async fn next(db: &TenantDb, key: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    let on = tx.across_tenants("a table of the test");
    let backend = on.get_database_backend();
    let place = || -> [Value; 2] { [db.tenant().into(), key.into()] };
    let count = "UPDATE test_counters SET n = n + 1 WHERE tenant_id = ? AND note_key = ?";
    let read = "SELECT n FROM test_counters WHERE tenant_id = ? AND note_key = ?";
    on.execute_raw(Statement::from_sql_and_values(backend, count, place()))
        .await?;
    let row = on
        .query_one_raw(Statement::from_sql_and_values(backend, read, place()))
        .await?;
    let n = row.ok_or_else(Error::contention)?.try_get("", "n")?;
    tx.publish(&Noted {
        items: vec![note(key, n)],
    })?;
    tx.commit().await
}

on_both! {
    /// Publishers whose clocks are minutes apart, three workers, two listeners.
    async fn publishers_and_workers_side_by_side_keep_the_order(world: &World) {
        let tenants = [world.acme.clone(), world.globex.clone()];
        let on = &world.database.connection;
        for (db, key) in tenants.iter().flat_map(|db| KEYS.map(|key| (db, key))) {
            let values: [Value; 2] = [db.tenant().into(), key.into()];
            let sql = "INSERT INTO test_counters (tenant_id, note_key, n) VALUES (?, ?, 0)";
            on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await.unwrap();
        }
        for _ in 0..3 {
            world.work(&world.modules()).await;
        }
        let mut publishers = JoinSet::new();
        for publisher in 0..4 {
            let (clock, hand) = Clock::shifted();
            hand.advance(TimeDelta::minutes(if publisher % 2 == 0 { -publisher } else { publisher }));
            // On SQLite all share one queue for its one writer.
            let system = match on.get_database_backend() {
                sea_orm::DbBackend::Sqlite => world.system.clone(),
                _ => SystemDb::new(on.clone(), clock, world.bus.wake()),
            };
            let tenants = tenants.each_ref().map(|db| system.tenant(db.tenant()));
            publishers.spawn(async move {
                for round in 0..20 {
                    let db = &tenants[round % 2];
                    for key in KEYS {
                        retrying(|| next(db, key)).await.unwrap();
                    }
                }
            });
        }
        while let Some(ended) = publishers.join_next().await {
            ended.unwrap();
        }
        world.settled().await;
        let all: Vec<i64> = (1..=40).collect();
        for (db, listener) in tenants.iter().flat_map(|db| ["recorder", "mirror"].map(|listener| (db, listener))) {
            for key in KEYS {
                assert_eq!(world.numbers(db, listener, key).await, all, "{listener} {key}");
            }
        }
        assert_eq!(world.parked().await, []);
        assert_eq!(world.count("host_events").await, 0, "what all have handled is gone");
    }

    /// A worker dies with a batch applied and not committed, another goes on: it takes effect once.
    async fn a_death_before_the_commit_applies_a_batch_once(world: &World) {
        let (entered, dies) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(true)));
        let mut events = Events::default();
        events.for_module("recorder");
        events.on::<Noted>(Dying { entered: entered.clone(), dies: dies.clone() });
        let listener = events.into_listeners().remove(0);
        publish(world, &listener, &[(&world.acme, "red", 1), (&world.acme, "red", 2), (&world.globex, "red", 1)]).await;
        let first = tokio::spawn({
            let (db, listener) = (world.acme.clone(), listener.clone());
            async move { turn(&db, &listener).await }
        });
        entered.notified().await;
        first.abort();
        assert!(first.await.unwrap_err().is_cancelled());
        // Another tenant's place is its own.
        dies.store(false, Ordering::SeqCst);
        to_the_end(&world.globex, &listener).await;
        to_the_end(&world.acme, &listener).await;
        to_the_end(&world.acme, &listener).await;
        assert_eq!(world.numbers(&world.acme, "recorder", "red").await, [1, 2]);
        assert_eq!(world.numbers(&world.globex, "recorder", "red").await, [1]);
        assert_eq!(world.count("host_events").await, 0);
    }

    /// While a batch of a tenant is being applied, another worker finds its place taken, and another tenant's free.
    async fn one_worker_at_a_time_is_at_a_tenant(world: &World) {
        // In process there is one writer, so a second transaction would wait for the first.
        if world.database.connection.get_database_backend() == sea_orm::DbBackend::Sqlite {
            return;
        }
        let (entered, dies) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(true)));
        let mut events = Events::default();
        events.for_module("recorder");
        events.on::<Noted>(Dying { entered: entered.clone(), dies: dies.clone() });
        let listener = events.into_listeners().remove(0);
        publish(world, &listener, &[(&world.acme, "red", 1), (&world.globex, "red", 1)]).await;
        let first = tokio::spawn({
            let (db, listener) = (world.acme.clone(), listener.clone());
            async move { turn(&db, &listener).await }
        });
        entered.notified().await;
        dies.store(false, Ordering::SeqCst);
        assert_eq!(turn(&world.acme, &listener).await.unwrap(), Pumped::Held);
        to_the_end(&world.globex, &listener).await;
        assert_eq!(world.numbers(&world.globex, "recorder", "red").await, [1]);
        assert_eq!(world.numbers(&world.acme, "recorder", "red").await, [0_i64; 0]);
        first.abort();
        let _aborted = first.await;
        to_the_end(&world.acme, &listener).await;
        assert_eq!(world.numbers(&world.acme, "recorder", "red").await, [1]);
    }
}

/// Writes what it handles, and never returns while it `dies`.
struct Dying {
    entered: Arc<Notify>,
    dies: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Listener<Noted> for Dying {
    async fn handle(&self, tx: &mut TenantTx, events: &[Noted]) -> Result<()> {
        let recorder = Recorder {
            name: "recorder",
            poison: Default::default(),
            away: Default::default(),
        };
        recorder.handle(tx, events).await?;
        if self.dies.load(Ordering::SeqCst) {
            self.entered.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

/// Publishes notes one by one and relays them into the log of this listener, which gets no turns meanwhile.
pub async fn publish(world: &World, listener: &Registered, notes: &[(&TenantDb, &str, i64)]) {
    let registry = Registry::new(std::slice::from_ref(listener));
    let owner = world.system.clock().new_uuid().simple().to_string();
    let relay = Relay::new(world.system.clone(), world.bus.clone(), registry, owner);
    let stop = CancellationToken::new();
    let relaying = tokio::spawn(relay.run(stop.clone()));
    let mut hints = world.bus.listen();
    for (db, key, n) in notes {
        world.publish(db, &[note(key, *n)]).await;
    }
    while world.count("host_outbox").await > 0 {
        hints.wait(|_| true, Duration::from_millis(20)).await;
    }
    stop.cancel();
    relaying.await.unwrap();
}

pub async fn to_the_end(db: &TenantDb, listener: &Registered) {
    // A connection whose transaction was dropped rolls back when it is next used.
    while turn(db, listener).await.unwrap() != Pumped::Dry {
        tokio::task::yield_now().await;
    }
}
