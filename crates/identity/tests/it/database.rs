//! A database of its own for each test, on either profile.

use std::sync::Arc;

use kernel::{Clock, SystemDb, tenant::Wake};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use sea_orm_migration::MigratorTrait;
use uuid::Uuid;

/// Where the tests find a MariaDB: `mysql://user:password@host:port`, without a database.
const MYSQL_URL: &str = "WAPRO_TEST_MYSQL_URL";

#[derive(Clone, Copy, Debug)]
pub enum Profile {
    Sqlite,
    MariaDb,
}

/// A fresh, migrated database that is gone when the test ends.
pub struct TestDatabase {
    pub connection: DatabaseConnection,
    _folder: tempfile::TempDir,
    dropped: Option<(String, String)>,
}

struct Nobody;
impl Wake for Nobody {
    fn events(&self) {}
    fn jobs(&self) {}
}

impl TestDatabase {
    /// `None` when the profile's server was not given.
    pub async fn open(profile: Profile) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (url, dropped) = match profile {
            Profile::Sqlite => (
                format!("sqlite://{}/test.db?mode=rwc", folder.path().display()),
                None,
            ),
            Profile::MariaDb => {
                let server = std::env::var(MYSQL_URL).ok()?;
                let name = format!("wapro_t_{}", Uuid::new_v4().simple());
                let admin = Database::connect(&server).await.unwrap();
                admin
                    .execute_unprepared(&format!("CREATE DATABASE {name}"))
                    .await
                    .unwrap();
                admin.close().await.unwrap();
                (format!("{server}/{name}"), Some((server, name)))
            }
        };
        let one = Database::connect(ConnectOptions::new(&url).max_connections(1).to_owned())
            .await
            .unwrap();
        if dropped.is_none() {
            one.execute_unprepared("PRAGMA journal_mode = WAL").await.unwrap();
        }
        migrations::Migrator::up(&one, None).await.unwrap();
        one.close().await.unwrap();
        let connection = Database::connect(ConnectOptions::new(&url).max_connections(16).to_owned())
            .await
            .unwrap();
        Some(Self {
            connection,
            _folder: folder,
            dropped,
        })
    }

    pub fn system(&self, clock: Clock) -> SystemDb {
        SystemDb::new(self.connection.clone(), clock, Arc::new(Nobody))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.dropped.take() else {
            return;
        };
        // A runtime of its own: the test's may be gone already.
        let gone = std::thread::spawn(move || {
            tokio::runtime::Runtime::new().unwrap().block_on(async {
                let admin = Database::connect(&server).await.unwrap();
                // A transaction that was dropped rolls back when its runtime next runs, which is now blocked by us.
                let open = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
                let open = Statement::from_string(DbBackend::MySql, open);
                for row in admin.query_all_raw(open).await.unwrap() {
                    let id: i64 = row.try_get_by_index(0).unwrap();
                    let _gone_by_itself = admin.execute_unprepared(&format!("KILL {id}")).await;
                }
                admin
                    .execute_unprepared(&format!("DROP DATABASE {name}"))
                    .await
                    .unwrap();
            });
        });
        gone.join().unwrap();
    }
}
