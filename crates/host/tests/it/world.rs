//! A database with two tenants, two modules that listen, and workers.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use host::{
    Bus, Roles, Runtime,
    bus::Hint,
    events::parked::{self, Parked},
    jobs::carrier::Route,
};
use kernel::{
    Api, Clock, Error, Event, Events, Listener, ManualClock, Module, PermissionInfo, Result, SystemDb,
    TenantDb, TenantId, TenantTx, id::Id, retrying,
};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, Value};
use serde::{Deserialize, Serialize};
use testkit::{Profile, TestDatabase};
use tokio_util::sync::CancellationToken;

/// Something was noted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Noted {
    pub items: Vec<Note>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub key: String,
    pub n: i64,
    /// For listeners only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub secret: Option<String>,
}

impl Event for Noted {
    const NAME: &'static str = "noted";
    const LIVE: Option<&'static str> = Some("notes:read");
    kernel::event_items!(Note);

    fn key(item: &Note) -> String {
        item.key.clone()
    }

    fn live(&self) -> Option<Self> {
        let items = self.items.iter().map(|note| Note {
            secret: None,
            ..note.clone()
        });
        Some(Self {
            items: items.collect(),
        })
    }
}

pub fn note(key: &str, n: i64) -> Note {
    Note {
        key: key.to_owned(),
        n,
        secret: Some("only for listeners".to_owned()),
    }
}

/// Notes that cannot be applied, by tenant, key and number.
pub type Poison = Arc<Mutex<BTreeSet<(TenantId, String, i64)>>>;

/// Writes down what it handles.
#[derive(Clone)]
pub struct Recorder {
    pub name: &'static str,
    pub poison: Poison,
    /// Whether poisoned notes fail with 503 instead of 500.
    pub away: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl Listener<Noted> for Recorder {
    async fn handle(&self, tx: &mut TenantTx, events: &[Noted]) -> Result<()> {
        for note in events.iter().flat_map(|event| &event.items) {
            assert!(note.secret.is_some(), "listeners get all of an event");
            let place = (tx.tenant(), note.key.clone(), note.n);
            if self.poison.lock().unwrap().contains(&place) {
                let what = format!("poison {}{}", note.key, note.n);
                return Err(match self.away.load(Ordering::SeqCst) {
                    true => Error::unavailable(what),
                    false => Error::internal(what),
                });
            }
            let values: [Value; 4] = [
                tx.tenant().into(),
                self.name.into(),
                note.key.clone().into(),
                note.n.into(),
            ];
            let sql = "INSERT INTO test_heard (tenant_id, listener, note_key, n) VALUES (?, ?, ?, ?)";
            let on = tx.across_tenants("a table of the test");
            on.execute_raw(Statement::from_sql_and_values(
                on.get_database_backend(),
                sql,
                values,
            ))
            .await?;
        }
        Ok(())
    }
}

impl Module for Recorder {
    fn name(&self) -> &'static str {
        self.name
    }
    fn title(&self) -> &'static str {
        "Recorder"
    }
    fn description(&self) -> &'static str {
        "Writes down what it handles."
    }
    fn api(&self) -> Api {
        unreachable!("it serves no HTTP")
    }
    fn permissions(&self) -> &'static [PermissionInfo] {
        &[]
    }
    fn events(&self, events: &mut Events) {
        events.on::<Noted>(self.clone());
    }
}

/// Two tenants, and a bus for all workers.
pub struct World {
    pub system: SystemDb,
    pub clock: ManualClock,
    pub bus: Bus,
    pub acme: TenantDb,
    pub globex: TenantDb,
    /// Of the listener `recorder`; `mirror` applies everything.
    pub poison: Poison,
    /// Whether poisoned notes fail because something else is away.
    pub away: Arc<AtomicBool>,
    pub database: TestDatabase,
    runtimes: Mutex<Vec<Runtime>>,
}

impl World {
    pub async fn new(profile: Profile) -> Self {
        let database = TestDatabase::open(profile).await;
        let number = match database.connection.get_database_backend() {
            DbBackend::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
            _ => "BIGINT PRIMARY KEY AUTO_INCREMENT",
        };
        for table in [
            format!(
                "CREATE TABLE test_heard (place {number}, tenant_id BINARY(16), listener VARCHAR(32), note_key VARCHAR(200), n BIGINT)"
            ),
            "CREATE TABLE test_counters (tenant_id BINARY(16), note_key VARCHAR(32), n BIGINT, PRIMARY KEY (tenant_id, note_key))"
                .to_owned(),
        ] {
            database.connection.execute_unprepared(&table).await.unwrap();
        }
        let (clock, hand) = Clock::shifted();
        let bus = Bus::local();
        let system = SystemDb::new(database.connection.clone(), clock.clone(), bus.wake());
        let tenant = || system.tenant(TenantId::from_uuid(clock.new_uuid()));
        Self {
            acme: tenant(),
            globex: tenant(),
            system,
            clock: hand,
            bus,
            poison: Poison::default(),
            away: Arc::default(),
            database,
            runtimes: Mutex::default(),
        }
    }

    /// The listeners `recorder.on.noted` and `mirror.on.noted`.
    pub fn modules(&self) -> Vec<Box<dyn Module>> {
        let listener = |name, poison| -> Box<dyn Module> {
            let away = self.away.clone();
            Box::new(Recorder { name, poison, away })
        };
        vec![
            listener("recorder", self.poison.clone()),
            listener("mirror", Poison::default()),
        ]
    }

    /// Starts a worker of these modules.
    pub async fn work(&self, modules: &[Box<dyn Module>]) {
        let roles = Roles {
            serve: false,
            work: true,
        };
        let owner = self.system.clock().new_uuid().simple().to_string();
        let (system, bus, stop) = (self.system.clone(), self.bus.clone(), CancellationToken::new());
        let started = Runtime::start(system, bus, modules, &Route::InProcess, roles, &owner, stop).await;
        self.runtimes.lock().unwrap().push(started.unwrap());
    }

    /// Publishes an event of these notes.
    pub async fn publish(&self, db: &TenantDb, items: &[Note]) {
        retrying(|| async {
            let mut tx = db.begin().await?;
            tx.publish(&Noted {
                items: items.to_vec(),
            })?;
            tx.commit().await
        })
        .await
        .unwrap();
    }

    /// Resolves once nothing is left to relay, handle or do now.
    pub async fn settled(&self) {
        let idle: Vec<_> = self.runtimes.lock().unwrap().iter().map(Runtime::idle).collect();
        let settling = async {
            for idle in idle.iter().chain(&idle) {
                idle.settled().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(60), settling)
            .await
            .expect("everything is handled");
    }

    /// Whether that is so for the first worker now.
    pub async fn is_settled(&self) -> bool {
        let idle = self.runtimes.lock().unwrap()[0].idle();
        idle.is_settled().await.unwrap()
    }

    /// Pushes the clock and has everybody look at what is due.
    pub async fn pass(&self, by: TimeDelta) {
        self.clock.advance(by);
        self.bus.send(Hint::Missed);
        self.settled().await;
    }

    /// Pushes the clock until no retry is planned any more.
    pub async fn give_up(&self) {
        for _ in 0..20 {
            self.pass(TimeDelta::minutes(11)).await;
            if self.parked().await.iter().all(|one| one.retry_at.is_none()) {
                return;
            }
        }
        panic!("it is tried for ever: {:?}", self.parked().await);
    }

    pub async fn parked(&self) -> Vec<Parked> {
        parked::list(&self.system, None, 100).await.unwrap()
    }

    /// What a listener has handled of a tenant, in order.
    pub async fn handled(&self, db: &TenantDb, listener: &str) -> Vec<(String, i64)> {
        let sql = "SELECT note_key, n FROM test_heard WHERE tenant_id = ? AND listener = ? ORDER BY place";
        let on = &self.database.connection;
        let values: [Value; 2] = [db.tenant().into(), listener.into()];
        let rows = on.query_all_raw(Statement::from_sql_and_values(
            on.get_database_backend(),
            sql,
            values,
        ));
        let read = |row: sea_orm::QueryResult| {
            (
                row.try_get::<String>("", "note_key").unwrap(),
                row.try_get::<i64>("", "n").unwrap(),
            )
        };
        rows.await.unwrap().into_iter().map(read).collect()
    }

    /// Of a key, the numbers that were handled, in order.
    pub async fn numbers(&self, db: &TenantDb, listener: &str, key: &str) -> Vec<i64> {
        let handled = self.handled(db, listener).await;
        let of_key = handled.into_iter().filter(|(of, _)| of == key);
        of_key.map(|(_, n)| n).collect()
    }

    pub async fn count(&self, table: &str) -> i64 {
        count(&self.database.connection, table).await
    }

    pub fn poison(&self, db: &TenantDb, key: &str, n: i64) {
        self.poison
            .lock()
            .unwrap()
            .insert((db.tenant(), key.to_owned(), n));
    }

    /// Stops all workers. Others may start then.
    pub async fn stop(&self) {
        let runtimes = std::mem::take(&mut *self.runtimes.lock().unwrap());
        for runtime in runtimes {
            runtime.stop().await;
        }
    }

    /// Stops the worker that was started last.
    pub async fn stop_newest(&self) {
        let newest = self.runtimes.lock().unwrap().pop();
        newest.unwrap().stop().await;
    }

    pub async fn end(self) {
        self.stop().await;
    }
}

pub async fn count(on: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS rows_counted FROM {table}");
    let row = on.query_one_raw(Statement::from_string(on.get_database_backend(), sql));
    row.await.unwrap().unwrap().try_get("", "rows_counted").unwrap()
}

/// Writes each story once and runs it on both databases.
#[macro_export]
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident: & World) $body:block)*) => { $(
        $(#[$doc])*
        mod $name {
            use super::*;

            async fn story($world: &World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn embedded() {
                let world = World::new(testkit::Profile::Embedded).await;
                story(&world).await;
                world.end().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn production() {
                let world = World::new(testkit::Profile::Production).await;
                story(&world).await;
                world.end().await;
            }
        }
    )* };
}
