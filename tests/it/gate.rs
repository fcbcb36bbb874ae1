//! Which messages may leave, by what WhatsApp says about people and templates, and by what has become of the contact. What needs no other
//! module is tested in `modules/messaging/tests/it/gate.rs`.

use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger};
use serde_json::{Value, json};
use testkit::{Answer, Tenant, TestApp, on_both_profiles};

/// Sends a template to somebody; answers as the API does.
async fn template(tenant: &Tenant, phone: &str, name: &str) -> Answer {
    let template = json!({ "name": name, "language": "en_US" });
    let to = json!({ "phone": format!("+{phone}") });
    let body = json!({ "to": to, "type": "template", "template": template });
    tenant.post("/messages", body).await
}

async fn told(app: &TestApp, tenant: &Tenant, field: &str, value: Value) {
    let change = json!({ "field": field, "value": value });
    let now = chrono::Utc::now().timestamp();
    let entry = json!({ "id": tenant.waba_id, "time": now, "changes": [change] });
    let body = json!({ "object": "whatsapp_business_account", "entry": [entry] });
    tenant.webhook(body.to_string().as_bytes()).await.expect(200);
    app.settled().await;
}

/// WhatsApp files a template under this category.
async fn filed(app: &TestApp, tenant: &Tenant, name: &str, category: &str) {
    let value = json!({
        "message_template_id": 900 + name.len(), "message_template_name": name, "message_template_language": "en_US",
        "previous_category": "MARKETING", "new_category": category,
    });
    told(app, tenant, "template_category_update", value).await;
}

/// Somebody who has written here asks for no more marketing.
async fn stops_marketing(app: &TestApp, tenant: &Tenant, phone: &str) {
    tenant.customer_writes(phone, "Hello");
    app.settled().await;
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "447700900555", "phone_number_id": tenant.phone_id },
        "user_preferences": [{
            "wa_id": phone, "detail": "asked for it", "category": "marketing_messages", "value": "stop",
            "timestamp": chrono::Utc::now().timestamp(),
        }],
    });
    told(app, tenant, "user_preferences", value).await;
}

/// WhatsApp says once that a number is being changed (Cloud API: code 131057): it rests for two minutes.
fn resting() -> Fault {
    Fault {
        r#match: FaultMatch {
            path: Some("/messages".to_owned()),
            ..FaultMatch::default()
        },
        trigger: FaultTrigger::NextN(1),
        response: FaultResponse {
            code: Some(131_057),
            ..FaultResponse::default()
        },
        ..Fault::default()
    }
}

on_both_profiles! {
    async fn who_stopped_marketing_gets_only_what_is_none(app: &TestApp) {
        stops_marketing(app, &app.acme, "447700900301").await;
        // A template that nobody knows counts as marketing.
        let refused = template(&app.acme, "447700900301", "welcome_back").await;
        assert_eq!(refused.code(), "marketing_stopped");
        refused.expect(409);
        filed(app, &app.acme, "welcome_back", "UTILITY").await;
        template(&app.acme, "447700900301", "welcome_back").await.expect(202);
        filed(app, &app.acme, "order_paid", "MARKETING").await;
        template(&app.acme, "447700900301", "order_paid").await.expect(409);
        // Answers within the window are none, and what another tenant was told is its own.
        app.acme.sends("447700900301", "Your order is here").await.expect(202);
        template(&app.globex, "447700900301", "hello_world").await.expect(202);
    }

    async fn reading_templates_tells_what_they_are(app: &TestApp) {
        stops_marketing(app, &app.acme, "447700900302").await;
        for (tenant, id) in [(&app.acme, "669001"), (&app.globex, "669002")] {
            let template = json!({
                "id": id, "waba_id": tenant.waba_id, "name": "made_elsewhere", "language": "en_US", "category": "UTILITY",
                "status": "APPROVED", "components": [{ "type": "BODY", "text": "It is ready." }],
            });
            let made = app.http.post(format!("{}/_sim/templates", app.base)).json(&template).send().await.unwrap();
            assert!(made.status().is_success(), "{made:?}");
        }
        template(&app.acme, "447700900302", "made_elsewhere").await.expect(409);
        app.clock.advance(chrono::TimeDelta::seconds(1));
        app.acme.post("/templates/sync", json!({})).await.expect(202);
        app.settled().await;
        let path = format!("/channels/{}/templates", app.acme.channel_id);
        let listed = app.acme.get(&path).await.expect(200);
        let of_name = |one: &&Value| one["name"] == "made_elsewhere";
        let made = listed["items"].as_array().unwrap().iter().find(of_name).unwrap();
        assert_eq!(made["category"], "UTILITY", "{made}");
        template(&app.acme, "447700900302", "made_elsewhere").await.expect(202);
        stops_marketing(app, &app.globex, "447700900302").await;
        template(&app.globex, "447700900302", "made_elsewhere").await.expect(409);
    }

    /// The window is the number's that opened it: a contact with another number by now gets nothing in it.
    async fn what_waited_for_somebody_with_another_number_does_not_leave(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            tenant.customer_writes("447700900305", "Hello");
        }
        app.settled().await;
        app.sim.add_fault(resting());
        let queued = app.acme.sends("447700900305", "Soon").await.expect(202);
        let channel = format!("/channels/{}", app.acme.channel_id);
        app.until(&app.acme, &channel, |channel| channel["held"].is_object()).await;
        let contact = format!("/contacts/{}", queued["contact_id"].as_str().unwrap());
        app.acme.patch(&contact, json!({ "phone": "+447700900306" })).await.expect(200);
        app.clock.advance(chrono::TimeDelta::minutes(3));
        let path = format!("/messages/{}", queued["id"].as_str().unwrap());
        let message = app.until(&app.acme, &path, |message| message["status"] == "failed").await;
        assert_eq!(message["error"]["terms"][0]["term"], "window_closed", "{message}");
        assert_eq!(app.sim.ledger().accepted_total, 0);
        // Another tenant's contact has its number, and its window.
        let other = app.globex.sends("447700900305", "Hello").await.expect(202);
        let path = format!("/messages/{}", other["id"].as_str().unwrap());
        app.until(&app.globex, &path, |message| message["status"] == "read").await;
    }

    /// A person with two spellings of one number is one contact by the time the message leaves: the window is theirs.
    async fn what_waited_for_somebody_who_was_joined_leaves(app: &TestApp) {
        use sea_orm::ConnectionTrait;
        for tenant in [&app.acme, &app.globex] {
            tenant.customer_writes("553188880307", "Oi");
        }
        app.settled().await;
        app.sim.add_fault(resting());
        let queued = app.acme.sends("+55 31 8888-0307", "Em breve").await.expect(202);
        let channel = format!("/channels/{}", app.acme.channel_id);
        app.until(&app.acme, &channel, |channel| channel["held"].is_object()).await;
        // The window was opened under one spelling, and messages go to the other.
        let on = app.system.across_tenants("a number that WhatsApp spells otherwise now");
        let sql = "UPDATE messaging_conversations SET window_phone = '+5531988880307' WHERE window_phone = '+553188880307'";
        on.execute_unprepared(sql).await.unwrap();
        app.clock.advance(chrono::TimeDelta::minutes(3));
        let path = format!("/messages/{}", queued["id"].as_str().unwrap());
        app.until(&app.acme, &path, |message| message["status"] == "read").await;
        app.globex.sends("+55 31 98888-0307", "Olá").await.expect(202);
    }
}
