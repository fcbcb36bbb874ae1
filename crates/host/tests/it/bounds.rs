//! What bounds the relay and the listeners: bytes, time, and the work of others.

use std::time::Duration;

use chrono::TimeDelta;
use host::{
    events::{Registry, turn},
    tidying::Tidying,
};
use kernel::{Events, Listener, Pumped, Result, TenantDb, TenantTx, listener::Registered};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait, Value};
use testkit::Profile;

use crate::{
    on_both,
    order::{publish, to_the_end},
    world::{Note, Noted, Recorder, World, note},
};

/// Bytes that the relay moves at once at most.
const BATCH_BYTES: usize = 4 << 20;

async fn numbers(world: &World, sql: &str) -> Vec<i64> {
    let on = &world.database.connection;
    let rows = on.query_all_raw(Statement::from_string(on.get_database_backend(), sql));
    let rows = rows.await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

on_both! {
    /// Together the events are more than the database takes in one statement.
    async fn the_relay_moves_so_many_bytes_at_a_time(world: &World) {
        let large = |n: i64| Note { secret: Some("x".repeat(BATCH_BYTES / 3)), ..note("large", n) };
        // Before the relay starts, so that it finds all of them at once.
        for n in 1..=16 {
            world.publish(&world.acme, &[large(n)]).await;
        }
        // One that is larger alone than a batch may be.
        world.publish(&world.acme, &[Note { secret: Some("x".repeat(BATCH_BYTES + 1)), ..note("large", 17) }]).await;
        world.publish(&world.globex, &[note("small", 1)]).await;
        world.work(&world.modules()).await;
        world.settled().await;
        let all: Vec<i64> = (1..=17).collect();
        for listener in ["recorder", "mirror"] {
            assert_eq!(world.numbers(&world.acme, listener, "large").await, all);
            assert_eq!(world.numbers(&world.globex, listener, "small").await, [1]);
        }
        // The events of one batch have one time.
        let batches = numbers(world, "SELECT COUNT(*) FROM host_live_events GROUP BY created_at").await;
        assert!(batches.iter().all(|events| *events <= 3), "{batches:?}");
    }
}

/// Never ends by itself.
struct Stuck;

#[async_trait::async_trait]
impl Listener<Noted> for Stuck {
    async fn handle(&self, tx: &mut TenantTx, _: &[Noted]) -> Result<()> {
        let on = tx.across_tenants("a test's statement");
        on.execute_unprepared("SELECT SLEEP(600)").await?;
        Ok(())
    }

    fn timeout(&self) -> Duration {
        Duration::from_millis(200)
    }
}

fn registered(listener: impl Listener<Noted>) -> Registered {
    let mut events = Events::default();
    events.for_module("recorder");
    events.on::<Noted>(listener);
    events.into_listeners().remove(0)
}

/// A handler is in the middle of a long statement. The statement is ended, and that counts as a failure. On SQLite, a part of the
/// process, a statement cannot be ended from outside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_takes_too_long_is_ended_and_counts() {
    let world = World::new(Profile::Production).await;
    let stuck = registered(Stuck);
    publish(&world, &stuck, &[(&world.acme, "a", 1), (&world.globex, "a", 1)]).await;
    for attempts in 1..=2 {
        let tried = tokio::time::timeout(Duration::from_secs(20), turn(&world.acme, &stuck));
        tried.await.expect("the turn ends").unwrap();
        let sql = "SELECT CAST(attempts AS SIGNED) FROM host_event_cursors ORDER BY attempts DESC";
        assert_eq!(numbers(&world, sql).await, [attempts, 0]);
        let error = world.parked().await[0].error.clone().unwrap();
        assert!(error.contains("longer than 200ms"), "{error}");
        world.clock.advance(TimeDelta::minutes(1));
    }
    let sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'SELECT SLEEP%'";
    assert_eq!(numbers(&world, sleeping).await, [0]);
    // The next one works with the same cursor.
    let fine = registered(Recorder {
        name: "recorder",
        poison: Default::default(),
        away: Default::default(),
    });
    to_the_end(&world.acme, &fine).await;
    assert_eq!(world.numbers(&world.acme, "recorder", "a").await, [1]);
    world.end().await;
}

/// Locks the row numbered 1 of a tenant.
async fn hold(holding: &DatabaseTransaction, db: &TenantDb, place: &str) {
    let sql = format!("SELECT seq FROM {place} tenant_id = ? AND seq = 1 FOR UPDATE");
    let values: [Value; 1] = [db.tenant().into()];
    let row = holding.query_one_raw(Statement::from_sql_and_values(DbBackend::MySql, sql, values));
    assert!(row.await.unwrap().is_some());
}

/// Somebody holds a row that is to be removed, so the tidying waits. Events move and are handled meanwhile. On SQLite there is one
/// writer at a time, so nobody could hold it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tidying_holds_up_no_event() {
    let world = World::new(Profile::Production).await;
    let on = &world.database.connection;
    let old = "INSERT INTO host_live_events (tenant_id, seq, name, permission, payload, created_at) VALUES (?, 1, 'noted', 'p', '{}', NOW())";
    let values: [Value; 1] = [world.acme.tenant().into()];
    on.execute_raw(Statement::from_sql_and_values(DbBackend::MySql, old, values))
        .await
        .unwrap();
    let holding = on.begin().await.unwrap();
    hold(&holding, &world.acme, "host_live_events WHERE").await;
    world.work(&world.modules()).await;
    let waiting = async || {
        let sql = "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'DELETE FROM `host_live_events`%'";
        numbers(&world, sql).await
    };
    // The wait ends after five seconds, and the next begins later: it counts if an event was handled in the middle of one.
    let mut n = 0;
    let handled_meanwhile = async {
        loop {
            let before = waiting().await;
            // A transaction that is idle for long is ended.
            holding.execute_unprepared("SELECT 1").await.unwrap();
            if before.is_empty() {
                continue;
            }
            n += 1;
            for db in [&world.acme, &world.globex] {
                world.publish(db, &[note("a", n)]).await;
                while !world.numbers(db, "mirror", "a").await.contains(&n) {
                    tokio::task::yield_now().await;
                }
            }
            if waiting().await == before {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(40), handled_meanwhile)
        .await
        .expect("events are handled while the tidying waits");
    holding.commit().await.unwrap();
    world.stop().await;
    let tidying = Tidying::new(world.system.clone(), Registry::new(&[]), "tidy".to_owned());
    while tidying.round().await.unwrap() {}
    assert_eq!(
        numbers(&world, "SELECT COUNT(*) FROM host_live_events WHERE seq = 1").await,
        [0]
    );
    world.end().await;
}

/// A turn has committed and still runs: what it published may not be seen by a look that began before. On SQLite nobody could hold
/// the row that keeps it from ending.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_settled_while_a_turn_runs() {
    let world = World::new(Profile::Production).await;
    let recorder = || Recorder {
        name: "recorder",
        poison: Default::default(),
        away: Default::default(),
    };
    publish(&world, &registered(recorder()), &[(&world.acme, "a", 1)]).await;
    let on = &world.database.connection;
    let holding = on.begin().await.unwrap();
    hold(&holding, &world.acme, "host_events WHERE name = 'noted' AND").await;
    world.work(&[Box::new(recorder())]).await;
    // Handled and committed; the event cannot be removed yet.
    let committed = async {
        while world.numbers(&world.acme, "recorder", "a").await.is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), committed)
        .await
        .expect("it is handled");
    for _ in 0..20 {
        assert!(!world.is_settled().await);
    }
    holding.commit().await.unwrap();
    world.settled().await;
    assert_eq!(world.count("host_events").await, 0);
    assert_eq!(
        turn(&world.acme, &registered(recorder())).await.unwrap(),
        Pumped::Dry
    );
    world.end().await;
}
