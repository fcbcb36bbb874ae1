//! Templates from WhatsApp's review to the message: what the copy shows, what is told, what the gate does.

use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles};

/// Something that Meta does to a template.
async fn meta(app: &TestApp, id: &str, act: &str, body: Value) {
    let url = format!("{}/_sim/templates/{id}/{act}", app.base);
    let answer = app.http.post(url).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{act}: {answer:?}");
}

/// What WhatsApp tells of a tenant's account goes where its app says.
async fn hears_of_its_account(app: &TestApp, tenant: &Tenant) {
    let url = format!("{}/_sim/wabas/{}", app.base, tenant.waba_id);
    let account: Value = app.http.get(url).send().await.unwrap().json().await.unwrap();
    let of_app = account["subscriptions"]
        .as_object()
        .unwrap()
        .keys()
        .next()
        .unwrap();
    app.sim.set_callback(of_app, &tenant.webhook_url).unwrap();
}

async fn hello(tenant: &Tenant) -> Value {
    let found = tenant.get("/templates?name=hello_world").await.expect(200);
    found["items"][0].clone()
}

async fn sends(tenant: &Tenant, phone: &str) -> testkit::Answer {
    let template = json!({ "name": "hello_world", "language": "en_US" });
    let to = json!({ "phone": phone });
    tenant
        .post(
            "/messages",
            json!({ "to": to, "type": "template", "template": template }),
        )
        .await
}

on_both_profiles! {
    async fn what_whatsapp_tells_is_seen_at_once_and_stops_messages(app: &TestApp) {
        hears_of_its_account(app, &app.acme).await;
        let template = hello(&app.acme).await;
        assert_eq!(template["status"], "APPROVED");
        let (id, path) = (template["whatsapp_id"].as_str().unwrap(), format!("/templates/{}", template["id"].as_str().unwrap()));
        let mut socket = testkit::LiveSocket::open(&app.base, &app.acme.key, None).await.unwrap();
        meta(app, id, "pause", json!({})).await;
        let told = socket.event("templates_changed").await;
        assert_eq!(told["items"][0]["status"], "PAUSED", "{told}");
        assert_eq!(told["items"][0]["changed"], json!(["status"]));
        let paused = app.acme.get(&path).await.expect(200);
        assert_eq!((&paused["status"], &paused["reason"]), (&json!("PAUSED"), &json!("FIRST_PAUSE")));
        let refused = sends(&app.acme, "+447700900401").await;
        assert_eq!(refused.code(), "template_stopped");
        refused.expect(409);
        sends(&app.globex, "+447700900401").await.expect(202);
        meta(app, id, "unpause", json!({})).await;
        let told = socket.event("templates_changed").await;
        assert_eq!(told["items"][0]["status"], "APPROVED", "{told}");
        sends(&app.acme, "+447700900401").await.expect(202);
        meta(app, id, "recategorize", json!({ "category": "MARKETING" })).await;
        let announced = app.until(&app.acme, &path, |template| template["pending_category"] == "MARKETING").await;
        assert_eq!(announced["category"], "UTILITY");
        let events = app.acme.all(&format!("{path}/events")).await;
        let mut kinds: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
        kinds.reverse();
        assert_eq!(kinds.first(), Some(&"added"), "{events:?}");
        assert!(kinds.contains(&"status") && kinds.contains(&"pending_category"), "{events:?}");
        assert_eq!(hello(&app.globex).await["status"], "APPROVED");
        assert_eq!(app.globex.get(&path).await.status, 404);
    }

    /// A template whose turn comes after WhatsApp stopped it fails with the reason.
    async fn what_waits_is_stopped_too(app: &TestApp) {
        use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger};
        let resting = Fault {
            r#match: FaultMatch { path: Some("/messages".to_owned()), ..FaultMatch::default() },
            trigger: FaultTrigger::NextN(1),
            response: FaultResponse { code: Some(131_057), ..FaultResponse::default() },
            ..Fault::default()
        };
        hears_of_its_account(app, &app.acme).await;
        app.sim.add_fault(resting);
        let queued = sends(&app.acme, "+447700900402").await.expect(202);
        let channel = format!("/channels/{}", app.acme.channel_id);
        app.until(&app.acme, &channel, |channel| channel["held"].is_object()).await;
        let template = hello(&app.acme).await;
        meta(app, template["whatsapp_id"].as_str().unwrap(), "disable", json!({})).await;
        let path = format!("/templates/{}", template["id"].as_str().unwrap());
        app.until(&app.acme, &path, |template| template["status"] == "DISABLED").await;
        app.clock.advance(chrono::TimeDelta::minutes(3));
        let path = format!("/messages/{}", queued["id"].as_str().unwrap());
        let message = app.until(&app.acme, &path, |message| message["status"] == "failed").await;
        assert_eq!(message["error"]["terms"][0]["term"], "stopped_disabled", "{message}");
        assert_eq!(app.sim.ledger().accepted_total, 0);
        let other = sends(&app.globex, "+447700900402").await.expect(202);
        let path = format!("/messages/{}", other["id"].as_str().unwrap());
        app.until(&app.globex, &path, |message| message["status"] == "read").await;
    }

    /// The list of one number, as it was before there was a copy: whoever asks first waits for WhatsApp.
    async fn the_list_of_a_number_waits_for_the_first_sync(app: &TestApp) {
        use sea_orm::ConnectionTrait;
        let path = format!("/channels/{}/templates", app.acme.channel_id);
        let of_name = |listed: &Value| {
            let items = listed["items"].as_array().unwrap();
            items.iter().find(|item| item["name"] == "hello_world").cloned().unwrap()
        };
        let read = of_name(&app.acme.get(&path).await.expect(200));
        let on = app.system.across_tenants("as if no account had been read");
        for table in ["accounts", "templates", "events"] {
            on.execute_unprepared(&format!("DELETE FROM templates_{table}")).await.unwrap();
        }
        assert_eq!(of_name(&app.acme.get(&path).await.expect(200)), read);
        assert_eq!(app.globex.get(&path).await.status, 404);
        app.settled().await;
        app.sim.add_fault(cloud_sim::Fault {
            r#match: cloud_sim::FaultMatch { path: Some("/message_templates".to_owned()), ..Default::default() },
            trigger: cloud_sim::FaultTrigger::NextN(1),
            response: cloud_sim::FaultResponse { code: Some(190), ..Default::default() },
            ..Default::default()
        });
        let refused = app.globex.get(&format!("/channels/{}/templates", app.globex.channel_id)).await;
        assert_eq!((refused.status, refused.code()), (502, "whatsapp_refused"));
    }
}
