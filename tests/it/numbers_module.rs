//! Numbers as a separate module: what an upgrade keeps, and when they can be switched off.

use migrations::{Migrator, MigratorTrait};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use testkit::on_both_profiles;

async fn execute(on: &DatabaseConnection, sql: &str) -> u64 {
    let done = on
        .execute_raw(Statement::from_string(on.get_database_backend(), sql))
        .await;
    done.unwrap().rows_affected()
}

async fn count(on: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = on
        .query_one_raw(Statement::from_string(on.get_database_backend(), sql))
        .await;
    row.unwrap().unwrap().try_get("", "n").unwrap()
}

/// How many migrations there are from the one that gave numbers separate tables.
fn since() -> u32 {
    let migrations = Migrator::migrations();
    let since = migrations
        .iter()
        .filter(|it| it.name() >= "m20261130_000200_tables_of_their_own");
    u32::try_from(since.count()).unwrap()
}

on_both_profiles! {
    async fn an_upgrade_keeps_numbers_secrets_and_switches(app: &TestApp) {
        let on = app.system.across_tenants("a test goes back a release");
        let test = format!("/channels/{}/test", app.acme.channel_id);
        assert_eq!(app.acme.post(&test, json!(null)).await.expect(200)["ok"], true);
        app.settled().await;
        let numbers = count(on, "channels_channels").await;
        assert_eq!(numbers, 2);

        Migrator::down(on, Some(since())).await.unwrap();
        assert_eq!(count(on, "messaging_channels").await, numbers);
        assert_eq!(count(on, "messaging_account_events").await, 0);
        let off = "INSERT INTO identity_tenant_modules (tenant_id, module, enabled, updated_at) \
                   SELECT tenant_id, 'messaging', FALSE, created_at FROM messaging_channels WHERE phone_number_id = \
                   (SELECT MAX(phone_number_id) FROM messaging_channels)";
        assert_eq!(execute(on, off).await, 1);
        Migrator::up(on, None).await.unwrap();

        assert_eq!(count(on, "channels_channels").await, numbers);
        let (with, without) = match app.acme.get("/channels").await.status {
            200 => (&app.acme, &app.globex),
            _ => (&app.globex, &app.acme),
        };
        // The secrets open, though their table has another name.
        let test = format!("/channels/{}/test", with.channel_id);
        assert_eq!(with.post(&test, json!(null)).await.expect(200)["ok"], true);
        let refused = without.get("/channels").await;
        assert_eq!((refused.status, refused.code()), (403, "module_disabled"));

        if on.get_database_backend() != DbBackend::Sqlite {
            // Processes of the version before go on meanwhile.
            assert_eq!(execute(on, "UPDATE messaging_channels SET name = 'Renamed'").await, 2);
            let shown = with.get(&format!("/channels/{}", with.channel_id)).await.expect(200);
            assert_eq!(shown["name"], "Renamed");
        }
    }

    async fn numbers_stay_on_while_messaging_needs_them(app: &TestApp) {
        let switch = async |name: &str, enabled: bool| {
            app.acme.call(Method::PUT, &format!("/modules/{name}"), Some(json!({ "enabled": enabled }))).await
        };
        let refused = switch("channels", false).await;
        assert_eq!((refused.status, refused.code()), (409, "module_required"));
        switch("messaging", false).await.expect(200);
        let refused = switch("channels", false).await;
        assert_eq!((refused.status, refused.code()), (409, "module_required"), "templates need them as well");
        switch("templates", false).await.expect(200);
        switch("channels", false).await.expect(200);
        assert_eq!(app.acme.get("/channels").await.code(), "module_disabled");
        app.globex.get("/channels").await.expect(200);
        // Messaging brings them along.
        switch("messaging", true).await.expect(200);
        app.acme.get("/channels").await.expect(200);
    }
}
