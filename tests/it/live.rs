//! The live stream: only the tenant's own events, only permitted ones, resumable.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
use secrecy::ExposeSecret;
use serde_json::json;
use testkit::{LiveSocket, Profile, TestApp, on_both_profiles};

on_both_profiles! {
    async fn a_tenant_hears_its_own_and_nothing_else(app: &TestApp) {
        let mut acme = app.acme.live(None).await;
        let mut globex = app.globex.live(None).await;
        app.acme.customer_writes("447700900123", "For Acme");
        app.globex.customer_writes("447700900124", "For Globex");
        assert_eq!(acme.event("messages_received").await["items"][0]["preview"], "For Acme");
        assert_eq!(globex.event("messages_received").await["items"][0]["preview"], "For Globex");
    }

    async fn a_client_that_comes_back_hears_what_it_missed_once(app: &TestApp) {
        let mut socket = app.acme.live(None).await;
        app.acme.customer_writes("447700900123", "One");
        socket.event("messages_received").await;
        let cursor = socket.cursor;
        drop(socket);
        app.acme.customer_writes("447700900123", "Two");
        app.globex.customer_writes("447700900123", "Not for Acme");
        app.settled().await;
        let mut again = app.acme.live(Some(cursor)).await;
        app.acme.customer_writes("447700900123", "Three");
        let mut heard = Vec::new();
        while heard.len() < 2 {
            let event = again.event("messages_received").await;
            heard.extend(event["items"].as_array().unwrap().iter().map(|item| item["preview"].as_str().unwrap().to_owned()));
        }
        assert_eq!(heard, ["Two", "Three"]);
    }

    async fn a_cursor_from_another_age_is_told_to_fetch_afresh(app: &TestApp) {
        let mut socket = app.acme.live(Some(1)).await;
        assert_eq!(socket.frame().await["type"], "resync");
        app.globex.live(None).await;
    }

    async fn who_may_no_longer_hear_is_cut_off(app: &TestApp) {
        let made = app.acme.post("/api-keys", json!({ "name": "Short", "scopes": ["messages:read"] })).await.expect(201);
        let mut socket = LiveSocket::open(&app.base, made["key"].as_str().unwrap(), None).await.unwrap();
        let mut other = app.globex.live(None).await;
        app.acme.delete(&format!("/api-keys/{}", made["id"].as_str().unwrap())).await.expect(204);
        socket.closed().await;
        let switched = app.acme.live(None).await;
        app.acme.call(reqwest::Method::PUT, "/modules/messaging", Some(json!({ "enabled": false }))).await.expect(200);
        let mut switched = switched;
        switched.closed().await;
        app.globex.customer_writes("447700900124", "Still here");
        assert_eq!(other.event("messages_received").await["items"][0]["preview"], "Still here");
    }

    async fn the_stream_is_as_closed_as_any_operation(app: &TestApp) {
        assert!(LiveSocket::open(&app.base, "wapro_nonsense", None).await.is_err());
        let db = app.system.tenant(app.acme.id);
        let key = app.identity.create_api_key(&db, "Contacts only", &["contacts:read"], None).await.unwrap();
        let mut limited = LiveSocket::open(&app.base, key.secret.expose_secret(), None).await.unwrap();
        app.acme.customer_writes("447700900123", "Secret");
        app.settled().await;
        // The message made a contact: that much this key may hear, and nothing before it.
        let heard = limited.frame().await;
        assert_eq!(heard["name"], "contacts_changed");
        assert!(!heard.to_string().contains("Secret"));
        app.globex.live(None).await;
    }
}

/// What a transaction that still runs is saying holds up nothing that has been said: the relay looks at no rows but those it takes
/// away, however many there are. On the production profile only: in process there is one writer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_still_being_said_holds_up_nothing_production() {
    let app = TestApp::start(Profile::Production).await;
    let writer = app.config.database().connect().await.unwrap();
    let backend = writer.get_database_backend();
    let saying = |ids: Vec<uuid::Uuid>| {
        let rows = vec!["(?, ?, 'said', '{}', NOW(6))"; ids.len()].join(", ");
        let sql = format!("INSERT INTO host_outbox (id, tenant_id, name, payload, created_at) VALUES {rows}");
        let tenants = [app.acme.id, app.globex.id].into_iter().cycle();
        let values = ids
            .into_iter()
            .zip(tenants)
            .flat_map(|(id, tenant)| [id.into(), tenant.into()]);
        Statement::from_sql_and_values(backend, sql, values)
    };
    let still = writer.begin().await.unwrap();
    still.execute_raw(saying(vec![uuid::Uuid::nil()])).await.unwrap();
    let ids = (0..150).map(|_| app.system.clock().new_uuid()).collect();
    app.system
        .across_tenants("a test speaks for both")
        .execute_raw(saying(ids))
        .await
        .unwrap();
    let settled = tokio::time::timeout(Duration::from_secs(10), app.settled());
    settled.await.expect("nobody to wait for");
    still.rollback().await.unwrap();
    drop(writer);
    app.stop().await;
}
