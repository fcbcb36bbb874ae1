//! New keys: everything is resealed under the newest while the server runs; a secret that is missed would be lost with its key.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use server::{Config, Platform};
use testkit::{Profile, TestApp, on_both_profiles};

use super::{Server, environment, told};

fn key(id: &str, byte: u8) -> String {
    format!("{id}:{}", format!("{byte:02x}").repeat(32))
}

/// The environment with these keys, newest first.
fn with_keys(config: &Config, keys: &[String]) -> Vec<(String, String)> {
    let mut environment = environment(config);
    environment.push(("WAPRO_ENCRYPTION_KEYS".to_owned(), json!(keys).to_string()));
    environment
}

/// A platform that seals under `k1` and knows `k2` already: the first step of a rotation.
async fn before_rotation(profile: Profile) -> TestApp {
    let keys = [key("k1", 1), key("k2", 2)];
    TestApp::start_with(
        profile,
        |config| config.encryption_keys = keys.map(SecretString::from).to_vec(),
        |_| {},
    )
    .await
}

async fn execute(app: &TestApp, sql: &str) {
    let on = app.system.across_tenants("a test changes a row");
    on.execute_raw(Statement::from_string(on.get_database_backend(), sql))
        .await
        .unwrap();
}

/// How many values of all sealed columns start with this.
async fn under(app: &TestApp, prefix: &str) -> i64 {
    let on = app.system.across_tenants("a test looks at tables");
    let columns = ["access_token", "app_secret", "verify_token"];
    let sum: Vec<String> = columns
        .iter()
        .map(|column| format!("(SELECT COUNT(*) FROM channels_channels WHERE {column} LIKE '{prefix}%')"))
        .collect();
    let sql = format!("SELECT {} AS n", sum.join(" + "));
    let row = on
        .query_one_raw(Statement::from_string(on.get_database_backend(), sql))
        .await
        .unwrap()
        .unwrap();
    row.try_get("", "n").unwrap()
}

async fn a_rotation_loses_nothing(profile: Profile) {
    let app = before_rotation(profile).await;
    let both = with_keys(&app.config, &[key("k2", 2), key("k1", 1)]);
    assert_eq!((under(&app, "v1.k1.").await, under(&app, "v1.k2.").await), (6, 0));
    let doctor = told(&["doctor"], &both, "").await;
    assert!(
        doctor
            .out
            .contains("6 of 6 stored secrets are sealed under older keys (k1)"),
        "{doctor:?}"
    );

    let done = told(&["vault", "reseal"], &both, "").await.expect(0);
    assert!(done.out.contains("6 secrets"), "{done:?}");
    assert_eq!((under(&app, "v1.k1.").await, under(&app, "v1.k2.").await), (0, 6));

    // The server, which runs all the time, opens what was sealed anew; what it seals itself is still under its own newest key.
    for tenant in [&app.acme, &app.globex] {
        let path = format!("/channels/{}/test", tenant.channel_id);
        assert_eq!(tenant.post(&path, json!(null)).await.expect(200)["ok"], true);
    }
    let path = format!("/channels/{}", app.acme.channel_id);
    app.acme
        .patch(&path, json!({ "verify_token": "another verify token" }))
        .await
        .expect(200);
    assert_eq!(under(&app, "v1.k1.").await, 1);
    told(&["vault", "reseal"], &both, "").await.expect(0);
    let done = told(&["vault", "reseal"], &both, "").await.expect(0);
    assert!(
        done.out.contains("0 secrets were"),
        "nothing is left to do: {done:?}"
    );

    // The old key can go.
    let newest = with_keys(&app.config, &[key("k2", 2)]);
    let doctor = told(&["doctor"], &newest, "").await;
    assert!(
        doctor
            .out
            .contains("All 6 stored secrets are sealed under the newest key"),
        "{doctor:?}"
    );
    app.stop().await;
}

async fn what_no_key_opens_is_told_and_holds_up_nothing(profile: Profile) {
    let app = before_rotation(profile).await;
    let acme = app.acme.channel_id.clone();
    // A value of one row copied into another column: sealed by a known key, for another place.
    execute(
        &app,
        "UPDATE channels_channels SET app_secret = access_token WHERE phone_number_id = \
                   (SELECT id FROM (SELECT MIN(phone_number_id) AS id FROM channels_channels) AS one)",
    )
    .await;
    let both = with_keys(&app.config, &[key("k2", 2), key("k1", 1)]);
    let refused = told(&["vault", "reseal"], &both, "").await.expect(1);
    assert!(
        refused.err.contains("|messaging_channels|chn_") && refused.err.contains("|app_secret"),
        "{refused:?}"
    );
    assert!(
        refused.err.contains("another key of the same id") && !refused.err.contains("request's id"),
        "{refused:?}"
    );
    assert!(
        !refused.err.contains("v1."),
        "the sealed text itself is not shown: {refused:?}"
    );
    assert_eq!(
        (under(&app, "v1.k1.").await, under(&app, "v1.k2.").await),
        (1, 5),
        "{acme}"
    );
    let doctor = told(&["doctor"], &both, "").await.expect(1);
    assert!(
        doctor.out.contains("WRONG Stored secrets cannot be opened"),
        "{doctor:?}"
    );

    // Without the old key nothing more is opened, nothing is destroyed, and the doctor names the key.
    let newest = with_keys(&app.config, &[key("k3", 3), key("k2", 2)]);
    let refused = told(&["vault", "reseal"], &newest, "").await.expect(1);
    assert!(
        refused
            .err
            .contains("sealed under `k1`, which encryption_keys does not have")
            && !refused.err.contains("request's id"),
        "{refused:?}"
    );
    assert_eq!((under(&app, "v1.k1.").await, under(&app, "v1.k3.").await), (1, 5));
    let doctor = told(&["doctor"], &newest, "").await.expect(1);
    assert!(
        doctor.out.contains("WRONG 1 of 6") && doctor.out.contains("(k1)"),
        "{doctor:?}"
    );
    // Another key of the same id, as after a restore without the key.
    let wrong = with_keys(&app.config, &[key("k3", 4), key("k1", 1)]);
    let refused = told(&["vault", "reseal"], &wrong, "").await.expect(1);
    assert!(refused.err.contains("same id"), "{refused:?}");
    let doctor = told(&["doctor"], &wrong, "").await.expect(1);
    assert!(
        doctor.out.contains("WRONG Stored secrets cannot be opened"),
        "{doctor:?}"
    );
    app.stop().await;
}

mod rotation {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn embedded() {
        a_rotation_loses_nothing(Profile::Embedded).await;
        what_no_key_opens_is_told_and_holds_up_nothing(Profile::Embedded).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn production() {
        a_rotation_loses_nothing(Profile::Production).await;
        what_no_key_opens_is_told_and_holds_up_nothing(Profile::Production).await;
    }
}

on_both_profiles! {
    /// Every value that looks sealed is in a column that a module lists; each listed column exists and has values.
    async fn every_column_with_sealed_secrets_is_listed(app: &TestApp) {
        let listed: Vec<(String, String)> = Platform::sealed()
            .await
            .unwrap()
            .into_iter()
            .flat_map(|sealed| sealed.columns.iter().map(move |column| (sealed.table.to_owned(), (*column).to_owned())))
            .collect();
        let on = app.system.across_tenants("the schema is everybody's");
        let mut found = Vec::new();
        for (table, column) in columns(app).await {
            let sql = format!("SELECT COUNT(*) AS n FROM `{table}` WHERE `{column}` LIKE 'v1.%.%'");
            let row = on.query_one_raw(Statement::from_string(on.get_database_backend(), sql)).await.unwrap().unwrap();
            if row.try_get::<i64>("", "n").unwrap() > 0 {
                found.push((table, column));
            }
        }
        let sorted = |mut columns: Vec<(String, String)>| {
            columns.sort();
            columns
        };
        assert_eq!(sorted(found), sorted(listed));
    }

    /// The vault itself refuses a column that no module lists, so a new one cannot be forgotten.
    async fn nothing_is_sealed_where_reseal_does_not_look(app: &TestApp) {
        let vault = app.identity.vault();
        let secret = SecretString::from("a secret");
        let listed = format!("{}|messaging_channels|{}|app_secret", app.acme.id, app.acme.channel_id);
        let sealed = vault.seal(&listed, &secret).unwrap();
        assert_eq!(vault.open(&listed, &sealed).unwrap().expose_secret(), "a secret");
        for place in [
            format!("{}|messaging_channels|{}|name", app.acme.id, app.acme.channel_id),
            format!("{}|campaigns_hooks|{}|app_secret", app.acme.id, app.acme.channel_id),
            "app_secret".to_owned(),
        ] {
            assert_eq!(vault.seal(&place, &secret).unwrap_err().code(), "internal", "{place}");
        }
    }
}

/// Every column of every table.
async fn columns(app: &TestApp) -> Vec<(String, String)> {
    let on = app.system.across_tenants("the schema is everybody's");
    let sql = match on.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT c.table_name AS t, c.column_name AS c FROM information_schema.columns c \
             JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name \
             WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' \
             AND c.data_type IN ('varchar', 'char', 'text', 'mediumtext', 'longtext')"
        }
    };
    let rows = on
        .query_all_raw(Statement::from_string(on.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap()))
        .collect()
}

/// The environment of a process with another, empty data folder over the same database.
fn elsewhere(config: &Config, folder: &std::path::Path) -> Vec<(String, String)> {
    let database = match config.database_url.expose_secret() {
        "" => format!("sqlite://{}?mode=rwc", config.data_dir.join("wapro.db").display()),
        url => url.to_owned(),
    };
    let mut environment = environment(config);
    let own = ["WAPRO_DATA_DIR", "WAPRO_DATABASE_URL", "WAPRO_LISTEN"];
    environment.retain(|(name, _)| !own.contains(&name.as_str()));
    environment.push(("WAPRO_LISTEN".to_owned(), "127.0.0.1:0".to_owned()));
    environment.push(("WAPRO_DATA_DIR".to_owned(), folder.display().to_string()));
    environment.push(("WAPRO_DATABASE_URL".to_owned(), database));
    environment
}

async fn a_start_with_other_keys_is_refused(profile: Profile) {
    let app = before_rotation(profile).await;
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere(&app.config, folder.path());
    let keys = |keys: &[String]| {
        let mut environment = elsewhere.clone();
        environment.push(("WAPRO_ENCRYPTION_KEYS".to_owned(), json!(keys).to_string()));
        environment
    };
    for command in ["serve", "worker", "run"] {
        let refused = told(&[command], &elsewhere, "").await.expect(1);
        assert!(
            refused
                .err
                .contains("6 stored secrets are sealed (k1), but there is no encryption key"),
            "{refused:?}"
        );
        assert!(!folder.path().join("encryption.key").exists(), "no key was made");
    }
    let unknown = told(&["serve"], &keys(&[key("k9", 9)]), "").await.expect(1);
    assert!(
        unknown
            .err
            .contains("6 of 6 stored secrets are sealed under a key that this process does not have (k1)"),
        "{unknown:?}"
    );
    let wrong = told(&["serve"], &keys(&[key("k1", 9)]), "").await.expect(1);
    assert!(
        wrong.err.contains("although the id of their key is known"),
        "{wrong:?}"
    );
    Server::start(&["run"], &keys(&[key("k2", 2), key("k1", 1)]))
        .await
        .end()
        .await;

    // The key is lost for good: the start warns, and makes another key.
    let mut lost = elsewhere.clone();
    lost.push(("WAPRO_ALLOW_UNREADABLE_SECRETS".to_owned(), "true".to_owned()));
    let said = Server::start(&["run"], &lost).await.end().await;
    assert!(said.contains("6 stored secrets are sealed (k1)"), "{said}");
    assert!(folder.path().join("encryption.key").exists());
    app.stop().await;
}

mod a_start_with_other_keys {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn embedded() {
        a_start_with_other_keys_is_refused(Profile::Embedded).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn production() {
        a_start_with_other_keys_is_refused(Profile::Production).await;
    }
}
