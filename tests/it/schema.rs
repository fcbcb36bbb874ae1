//! Every key starts with the tenant, on both databases.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use testkit::{Profile, Services, on_both_profiles};

/// Tables that belong to the installation, each with the reason.
const SYSTEM_TABLES: &[(&str, &str)] = &[
    ("seaql_migrations", "which migrations were applied"),
    ("host_outbox", "one queue over all tenants, read by time"),
    ("host_jobs", "one queue over all tenants, read by time"),
    ("host_event_head", "one number for the events of all tenants"),
    (
        "host_event_listeners",
        "which listeners there are, for all tenants",
    ),
    ("host_leases", "work that one process of all does"),
    ("identity_resellers", "above tenants"),
    ("identity_tenants", "the tenants themselves"),
    ("identity_users", "a person may belong to several tenants"),
    ("identity_sessions", "a session is a person's, not a tenant's"),
    (
        "identity_usual_addresses",
        "where a person signed in, whatever the tenant",
    ),
    ("identity_routes", "answers which tenant owns a key"),
];

/// Tenant tables with one key besides the primary one that is looked up across tenants, each with the reason.
const GLOBAL_KEYS: &[(&str, &str)] = &[
    ("host_parked_keys", "what is due is looked for over all tenants"),
    (
        "identity_api_keys",
        "a key is looked up before its tenant is known",
    ),
    (
        "identity_memberships",
        "a person's tenants are listed before one of them is chosen",
    ),
];

/// Table → index name → (unique, columns in order).
type Indexes = BTreeMap<String, BTreeMap<String, (bool, Vec<String>)>>;

on_both_profiles! {
    async fn every_tenant_table_starts_its_keys_with_the_tenant(app: &TestApp) {
        let connection = app.system.across_tenants("the schema is everybody's");
        let indexes = match connection.get_database_backend() {
            DbBackend::Sqlite => sqlite(connection).await,
            _ => mysql(connection).await,
        };
        assert!(indexes.len() > 15, "{} tables: the catalogue was not read", indexes.len());
        let modules = app.acme.get("/modules").await.expect(200);
        let modules = modules["items"].as_array().unwrap().iter().map(|module| module["name"].as_str().unwrap());
        let owners: Vec<&str> = modules.chain(["host", "identity"]).collect();
        for (table, indexes) in indexes {
            if SYSTEM_TABLES.iter().any(|(name, _)| *name == table) {
                continue;
            }
            let owner = table.split('_').next().unwrap();
            assert!(owners.contains(&owner), "{table} starts with no module's name");
            assert!(indexes.contains_key("PRIMARY"), "{table} has no primary key");
            for (name, (_, columns)) in indexes {
                let global = GLOBAL_KEYS.iter().any(|(known, _)| *known == table) && name != "PRIMARY";
                assert!(columns[0] == "tenant_id" || global, "{table}.{name} starts with {columns:?}");
            }
        }
    }
}

/// Several processes of one release start at the same moment. On the production profile only: SQLite has one process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_migrate_once() {
    let services = Services::make(Profile::Production).await;
    let database = services.config.database();
    let starts = (0..4).map(|_| database.migrate::<migrations::Migrator>());
    for migrated in futures_util::future::join_all(starts).await {
        migrated.unwrap();
    }
    assert_eq!(database.pending::<migrations::Migrator>().await.unwrap(), 0);
    services.remove().await;
}

async fn mysql(connection: &DatabaseConnection) -> Indexes {
    let sql = "SELECT table_name AS t, index_name AS i, non_unique AS n, column_name AS c FROM information_schema.statistics \
               WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index";
    let rows = connection
        .query_all_raw(Statement::from_string(DbBackend::MySql, sql))
        .await
        .unwrap();
    let mut indexes = Indexes::new();
    for row in rows {
        let text = |column| row.try_get::<String>("", column).unwrap();
        let unique = row
            .try_get::<i64>("", "n")
            .or_else(|_| row.try_get::<i32>("", "n").map(i64::from))
            .unwrap()
            == 0;
        let entry = indexes
            .entry(text("t"))
            .or_default()
            .entry(text("i"))
            .or_insert((unique, Vec::new()));
        entry.1.push(text("c"));
    }
    indexes
}

async fn sqlite(connection: &DatabaseConnection) -> Indexes {
    let list = async |sql: String| {
        connection
            .query_all_raw(Statement::from_string(DbBackend::Sqlite, sql))
            .await
            .unwrap()
    };
    let mut indexes = Indexes::new();
    let tables =
        list("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'".to_owned())
            .await;
    for table in tables
        .iter()
        .map(|row| row.try_get::<String>("", "name").unwrap())
    {
        let mut of_table = BTreeMap::new();
        // SQLite shows a primary key as columns with their place in it, not always as an index.
        let mut key: Vec<(i32, String)> = list(format!("PRAGMA table_info('{table}')"))
            .await
            .iter()
            .map(|row| {
                (
                    row.try_get::<i32>("", "pk").unwrap(),
                    row.try_get::<String>("", "name").unwrap(),
                )
            })
            .filter(|(place, _)| *place > 0)
            .collect();
        key.sort();
        of_table.insert(
            "PRIMARY".to_owned(),
            (true, key.into_iter().map(|(_, name)| name).collect::<Vec<_>>()),
        );
        for row in list(format!("PRAGMA index_list('{table}')")).await {
            let name = row.try_get::<String>("", "name").unwrap();
            if row.try_get::<String>("", "origin").unwrap() == "pk" {
                continue;
            }
            let columns = list(format!("PRAGMA index_info('{name}')")).await;
            let columns = columns
                .iter()
                .map(|row| row.try_get::<String>("", "name").unwrap())
                .collect();
            of_table.insert(name, (row.try_get::<i32>("", "unique").unwrap() == 1, columns));
        }
        indexes.insert(table, of_table);
    }
    indexes
}
