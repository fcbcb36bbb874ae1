//! A migrated database for the tests of one crate, without the rest of the platform, on either profile.

use std::sync::Arc;

use host::database::DatabaseOptions;
use kernel::{Clock, SystemDb, tenant::Wake};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use crate::{
    Profile,
    profile::{run, service},
};

/// A new, migrated database that is removed when the test ends.
pub struct TestDatabase {
    /// Its pool.
    pub connection: DatabaseConnection,
    _folder: tempfile::TempDir,
    dropped: Option<(String, String)>,
}

struct Nobody;
impl Wake for Nobody {
    fn events(&self) {}
    fn jobs(&self) {}
    fn arrivals(&self, _: &[kernel::TenantId]) {}
}

impl TestDatabase {
    /// Makes one.
    ///
    /// # Panics
    /// When the profile's server is not there.
    pub async fn open(profile: Profile) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (url, dropped) = match profile {
            Profile::Embedded => (
                format!("sqlite://{}/test.db?mode=rwc", folder.path().display()),
                None,
            ),
            Profile::Production => {
                let server = service("WAPRO_TEST_MYSQL_URL");
                let name = format!("wapro_t_{}", Uuid::new_v4().simple());
                run(&server, &format!("CREATE DATABASE {name}")).await;
                (format!("{server}/{name}"), Some((server, name)))
            }
        };
        let options = DatabaseOptions {
            url,
            max_connections: 16,
        };
        options.migrate::<migrations::Migrator>().await.unwrap();
        Self {
            connection: options.connect().await.unwrap(),
            _folder: folder,
            dropped,
        }
    }

    /// Unscoped access to it, without anything to wake.
    pub fn system(&self, clock: Clock) -> SystemDb {
        SystemDb::new(self.connection.clone(), clock, Arc::new(Nobody))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.dropped.take() else {
            return;
        };
        // A separate runtime: the test's may be gone already.
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
