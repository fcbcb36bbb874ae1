//! What the sending engine does when WhatsApp says no: numbers are held with a reason, people may send again, the messaging
//! limit is kept.

use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles};

/// Opens the window and sends a text; answers with the message once it has reached one of these states.
async fn sent(app: &TestApp, tenant: &Tenant, to: &str, states: &[&str]) -> Value {
    tenant.customer_writes(to, "Hi");
    app.settled().await;
    let queued = tenant.sends(to, "Hello").await.expect(202);
    let path = format!("/messages/{}", queued["id"].as_str().unwrap());
    app.until(tenant, &path, |message| {
        states.iter().any(|state| message["status"] == *state)
    })
    .await
}

async fn template(tenant: &Tenant, to: &str) -> Value {
    let body = json!({
        "to": { "phone": format!("+{to}") }, "type": "template",
        "template": { "name": "hello_world", "language": "en_US" },
    });
    tenant.post("/messages", body).await.expect(202)
}

on_both_profiles! {
    async fn a_token_that_ended_holds_its_number_and_no_other(app: &TestApp) {
        // The simulator refuses whatever is sent to this number with code 190.
        let failed = sent(app, &app.acme, "999001000190", &["failed"]).await;
        assert_eq!(failed["error"]["code"], 190);
        let channel = app.acme.get(&format!("/channels/{}", app.acme.channel_id)).await.expect(200);
        assert_eq!(channel["status"], "attention", "{channel}");
        assert!(channel["status_reason"].as_str().unwrap().contains("access token"), "{channel}");
        // Whoever waits for an answer is told at once, and why.
        app.acme.customer_writes("447700900123", "Are you there?");
        app.settled().await;
        let refused = app.acme.sends("447700900123", "Yes").await;
        assert_eq!((refused.status, refused.code()), (409, "number_held"));
        assert!(refused.json["detail"].as_str().unwrap().contains("access token"));
        assert!(channel["held"]["reason"].is_string() && channel["held"]["until"].is_null(), "{channel}");
        let resume = format!("/channels/{}/resume", app.acme.channel_id);
        assert_eq!(app.globex.post(&resume, json!({})).await.status, 404);
        let resumed = app.acme.post(&resume, json!({})).await.expect(200);
        assert!(resumed["held"].is_null() && resumed["status"] == "connected", "{resumed}");
        for tenant in [&app.acme, &app.globex] {
            let read = sent(app, tenant, "447700900123", &["read"]).await;
            assert_eq!(read["direction"], "outbound");
        }
    }

    async fn what_failed_is_sent_again_by_a_person_and_by_nobody_else(app: &TestApp) {
        let failed = sent(app, &app.acme, "999000131026", &["failed"]).await;
        let again = format!("/messages/{}/resend", failed["id"].as_str().unwrap());
        assert_eq!(app.globex.post(&again, json!({})).await.status, 404);
        let new = app.acme.post(&again, json!({})).await.expect(202);
        assert_ne!(new["id"], failed["id"]);
        assert_eq!(new["content"], failed["content"]);
        let path = format!("/messages/{}", new["id"].as_str().unwrap());
        app.until(&app.acme, &path, |message| message["status"] == "failed").await;
        let read = sent(app, &app.acme, "447700900123", &["read"]).await;
        let refused = app.acme.post(&format!("/messages/{}/resend", read["id"].as_str().unwrap()), json!({})).await;
        assert_eq!((refused.status, refused.code()), (409, "not_resendable"));
    }

    async fn the_messaging_limit_is_kept_and_replies_go_on(app: &TestApp) {
        let on = app.system.across_tenants("a limit that WhatsApp would have told");
        let backend = on.get_database_backend();
        on.execute_raw(Statement::from_string(backend, "UPDATE messaging_channels SET messaging_limit = 2")).await.unwrap();
        let state = |id: &Value| format!("/messages/{}", id["id"].as_str().unwrap());
        for to in ["447700900201", "447700900202"] {
            let queued = template(&app.acme, to).await;
            app.until(&app.acme, &state(&queued), |message| message["status"] == "read").await;
        }
        // The third person is one too many; the first two may be written to as often as one likes.
        let third = template(&app.acme, "447700900203").await;
        let third = app.until(&app.acme, &state(&third), |message| message["status"] == "failed").await;
        assert!(third["error"]["detail"].as_str().unwrap().starts_with("The daily messaging limit is reached"), "{third}");
        let channel = app.acme.get(&format!("/channels/{}", app.acme.channel_id)).await.expect(200);
        assert!(channel["status_reason"].as_str().unwrap().starts_with("The daily messaging limit"), "{channel}");
        let first = template(&app.acme, "447700900201").await;
        app.until(&app.acme, &state(&first), |message| message["status"] == "read").await;
        // Who wrote is answered whatever the limit says, and another tenant has a limit of its own.
        sent(app, &app.acme, "447700900204", &["read"]).await;
        let other = template(&app.globex, "447700900203").await;
        app.until(&app.globex, &state(&other), |message| message["status"] == "read").await;
        // A day later there is room again.
        app.clock.advance(chrono::TimeDelta::hours(25));
        let third = template(&app.acme, "447700900203").await;
        app.until(&app.acme, &state(&third), |message| message["status"] == "read").await;
    }
}
