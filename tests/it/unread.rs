//! The total of unread messages: maintained, right under concurrency, told live, counted again when it is wrong.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use testkit::{Tenant, TestApp, on_both_profiles};

/// The task that looks after all conversations of a tenant.
const REPAIR: &str = "messaging.repair_conversations";

async fn total(tenant: &Tenant) -> i64 {
    tenant.get("/conversations/unread").await.expect(200)["unread"]
        .as_i64()
        .unwrap()
}

/// What the list's conversations add up to.
async fn sum(tenant: &Tenant) -> i64 {
    let rows = tenant.all("/conversations?limit=200").await;
    rows.iter().map(|row| row["unread"].as_i64().unwrap()).sum()
}

async fn execute(app: &TestApp, sql: &str, tenant: &Tenant) -> u64 {
    let on = app.system.across_tenants("a test changes rows");
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, [tenant.id.into()]);
    on.execute_raw(statement).await.unwrap().rows_affected()
}

on_both_profiles! {
    async fn it_follows_arrivals_and_reading_beyond_any_page(app: &TestApp) {
        let mut live = app.acme.live(None).await;
        assert_eq!(total(&app.acme).await, 0);
        // More conversations than a page has.
        for n in 0..130 {
            let (body, _) = app.acme.text_webhook(&format!("447700950{n:03}"), "Hello");
            app.acme.webhook(&body).await.expect(200);
        }
        app.globex.customer_writes("447700950001", "To others");
        app.idle().await;
        assert_eq!((total(&app.acme).await, total(&app.globex).await), (130, 1));
        let mut told = 0;
        while told < 130 {
            let next = live.event("unread_changed").await["items"][0]["unread"].as_i64().unwrap();
            assert!(next > told, "{next} after {told}");
            told = next;
        }
        let first = app.acme.get("/conversations?limit=1").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            app.acme.post(&format!("/conversations/{first}/read"), Value::Null).await.expect(204);
        }
        assert_eq!(live.event("unread_changed").await["items"][0]["unread"], 129);
        assert_eq!(total(&app.acme).await, 129);
    }

    async fn it_is_right_however_many_write_and_read_at_once(app: &TestApp) {
        const CUSTOMERS: usize = 12;
        const EACH: usize = 12;
        let writes = (0..CUSTOMERS * EACH).map(|n| async move {
            for tenant in [&app.acme, &app.globex] {
                let (body, _) = tenant.text_webhook(&format!("44770095{:04}", n % CUSTOMERS), "Hello");
                tenant.webhook(&body).await.expect(200);
            }
        });
        // Agents read and type all the while.
        let reads = (0..6).map(|agent| async move {
            for round in 0..8 {
                let page = app.acme.get("/conversations?unread=true&limit=20").await.expect(200);
                for row in page["items"].as_array().unwrap() {
                    let id = row["id"].as_str().unwrap();
                    let verb = if (agent + round) % 2 == 0 { "read" } else { "typing" };
                    app.acme.post(&format!("/conversations/{id}/{verb}"), Value::Null).await.expect(204);
                }
                assert!(total(&app.acme).await >= 0);
            }
        });
        tokio::join!(futures_util::future::join_all(writes), futures_util::future::join_all(reads));
        app.idle().await;
        assert_eq!(total(&app.acme).await, sum(&app.acme).await);
        assert_eq!(total(&app.globex).await, i64::try_from(CUSTOMERS * EACH).unwrap());
        for row in app.acme.all("/conversations?unread=true").await {
            app.acme.post(&format!("/conversations/{}/read", row["id"].as_str().unwrap()), Value::Null).await.expect(204);
        }
        assert_eq!((total(&app.acme).await, sum(&app.acme).await), (0, 0));
    }

    async fn reading_up_to_a_message_leaves_what_came_after_it(app: &TestApp) {
        const WHO: &str = "447700952000";
        for text in ["one", "two", "three"] {
            app.acme.customer_writes(WHO, text);
            app.settled().await;
        }
        app.acme.customer_writes("447700952001", "of another");
        app.globex.customer_writes(WHO, "of others");
        app.settled().await;
        let open = |tenant: Tenant, text: &'static str| async move {
            let row = tenant.all("/conversations").await.into_iter().find(|row| row["preview"] == text).unwrap();
            let id = row["id"].as_str().unwrap().to_owned();
            let messages = tenant.get(&format!("/conversations/{id}/messages")).await.expect(200);
            (id, messages["items"].as_array().unwrap().clone())
        };
        let (id, messages) = open(app.acme.clone(), "three").await;
        let named = |text: &str| messages.iter().find(|row| row["text"] == text).unwrap()["id"].as_str().unwrap().to_owned();
        let read = |up_to: String| {
            let path = format!("/conversations/{id}/read?up_to={up_to}");
            async move { app.acme.post(&path, Value::Null).await }
        };
        let unread = || async {
            let row = app.acme.get(&format!("/conversations/{id}")).await.expect(200);
            (row["unread"].as_i64().unwrap(), total(&app.acme).await)
        };
        assert_eq!(unread().await, (3, 4));
        read(named("two")).await.expect(204);
        assert_eq!(unread().await, (1, 2));
        // What was read stays read.
        read(named("one")).await.expect(204);
        assert_eq!(unread().await, (1, 2));
        let (_, other) = open(app.acme.clone(), "of another").await;
        read(other[0]["id"].as_str().unwrap().to_owned()).await.expect(422);
        let (_, theirs) = open(app.globex.clone(), "of others").await;
        read(theirs[0]["id"].as_str().unwrap().to_owned()).await.expect(404);
        assert_eq!(unread().await, (1, 2));
        read(named("three")).await.expect(204);
        assert_eq!((unread().await, total(&app.globex).await), ((0, 1), 1));
    }

    async fn a_total_that_is_wrong_or_missing_is_put_right(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            for n in 0..3 {
                tenant.customer_writes(&format!("44770095100{n}"), "Hello");
            }
        }
        app.settled().await;
        for tenant in [&app.acme, &app.globex] {
            let wrong = "UPDATE messaging_unread SET unread = unread + 7 WHERE tenant_id = ?";
            assert_eq!(execute(app, wrong, tenant).await, 1);
        }
        let mut live = app.acme.live(None).await;
        app.run_job(&app.acme, "bulk", REPAIR).await;
        assert_eq!(live.event("unread_changed").await["items"][0]["unread"], 3);
        assert_eq!((total(&app.acme).await, total(&app.globex).await), (3, 10));
        // One that is too small falls to 0 and no lower, and holds up nobody.
        assert_eq!(execute(app, "UPDATE messaging_unread SET unread = 0 WHERE tenant_id = ?", &app.globex).await, 1);
        let first = app.globex.get("/conversations?limit=1").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        app.globex.post(&format!("/conversations/{first}/read"), Value::Null).await.expect(204);
        assert_eq!(total(&app.globex).await, 0);
        app.run_job(&app.globex, "bulk", REPAIR).await;
        assert_eq!(total(&app.globex).await, 2);
        // As after an upgrade: nothing was kept so far.
        assert_eq!(execute(app, "DELETE FROM messaging_unread WHERE tenant_id = ?", &app.acme).await, 1);
        assert_eq!(total(&app.acme).await, 3);
        app.acme.customer_writes("447700951000", "Once more");
        app.settled().await;
        assert_eq!(total(&app.acme).await, 4);
        let page: Value = app.acme.get("/conversations?unread=true").await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 3);
    }
}
