//! A program that got no response retries, and the customer gets one message.

use std::collections::BTreeSet;

use serde_json::json;
use testkit::{Answer, Tenant, TestApp, on_both_profiles};

async fn send(app: &TestApp, tenant: &Tenant, key: &str, name: &str) -> Answer {
    let template = json!({ "name": name, "language": "en_US" });
    let body = json!({ "to": { "phone": "+447700900123" }, "type": "template", "template": template });
    let request = app
        .http
        .post(format!("{}/api/v1/messages", app.base))
        .bearer_auth(&tenant.key);
    Answer::read(
        request
            .header("idempotency-key", key)
            .json(&body)
            .send()
            .await
            .unwrap(),
    )
    .await
}

on_both_profiles! {
    async fn the_same_request_with_the_same_key_is_one_message(app: &TestApp) {
        let first = send(app, &app.acme, "order-77", "hello_world").await.expect(202);
        let again = send(app, &app.acme, "order-77", "hello_world").await.expect(202);
        assert_eq!(first["id"], again["id"]);
        let at_once = futures_util::future::join_all((0..16).map(|_| send(app, &app.acme, "order-78", "hello_world"))).await;
        let ids: BTreeSet<String> = at_once.into_iter().map(|answer| answer.expect(202)["id"].to_string()).collect();
        assert_eq!(ids.len(), 1);
        app.settled().await;
        assert_eq!(app.sim.ledger().accepted_total, 2, "WhatsApp got two messages, not eighteen");

        let other = send(app, &app.acme, "order-77", "order_update").await;
        assert_eq!((other.status, other.code()), (422, "idempotency_key_reused"));
        let theirs = send(app, &app.globex, "order-77", "hello_world").await.expect(202);
        assert_ne!(theirs["id"], first["id"], "another tenant's key is another key");
        for key in ["", "two words", &"x".repeat(129)] {
            assert_eq!(send(app, &app.acme, key, "hello_world").await.status, 422, "{key}");
        }
        app.clock.advance(chrono::TimeDelta::hours(25));
        let next_day = send(app, &app.acme, "order-77", "hello_world").await.expect(202);
        assert_ne!(next_day["id"], first["id"]);
    }
}
