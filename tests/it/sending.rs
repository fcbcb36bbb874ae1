//! The sending engine when WhatsApp refuses: numbers are held with a reason, users may resend, the messaging limit is kept.

use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger};
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

/// News of accounts go to the address of the app, as at Meta, and not to the one that an account was subscribed with.
async fn hears_of_accounts(app: &TestApp, tenant: &Tenant) {
    let apps = format!("{}/_sim/apps", app.base);
    let all: Value = app.http.get(&apps).send().await.unwrap().json().await.unwrap();
    let of_tenant = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["secret"] == tenant.app_secret.as_str());
    let id = of_tenant.unwrap()["id"].as_str().unwrap();
    let callback = json!({ "callback_url": tenant.webhook_url, "verify_token": tenant.verify_token });
    let set = app
        .http
        .patch(format!("{apps}/{id}"))
        .json(&callback)
        .send()
        .await
        .unwrap();
    assert_eq!(set.status(), 200, "{}", set.text().await.unwrap());
}

/// WhatsApp says once that a number is being changed: it rests for two minutes, and what it was to send waits.
fn resting() -> Fault {
    once(131_057)
}

/// One send is refused with this code.
fn once(code: i64) -> Fault {
    Fault {
        r#match: FaultMatch {
            path: Some("/messages".to_owned()),
            ..FaultMatch::default()
        },
        trigger: FaultTrigger::NextN(1),
        response: FaultResponse {
            code: Some(code),
            ..FaultResponse::default()
        },
        ..Fault::default()
    }
}

on_both_profiles! {
    async fn a_token_that_ended_holds_its_number_and_no_other(app: &TestApp) {
        // The simulator refuses whatever is sent to this number with code 190.
        let failed = sent(app, &app.acme, "999001000190", &["failed"]).await;
        assert_eq!(failed["error"]["code"], 190);
        let channel = app.acme.get(&format!("/channels/{}", app.acme.channel_id)).await.expect(200);
        assert_eq!(channel["status"], "attention", "{channel}");
        assert!(channel["status_reason"].as_str().unwrap().contains("access token"), "{channel}");
        // A caller that waits for an answer gets the reason at once.
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
        on.execute_raw(Statement::from_string(backend, "UPDATE channels_channels SET messaging_limit = 2")).await.unwrap();
        let state = |id: &Value| format!("/messages/{}", id["id"].as_str().unwrap());
        for to in ["447700900201", "447700900202"] {
            let queued = template(&app.acme, to).await;
            app.until(&app.acme, &state(&queued), |message| message["status"] == "read").await;
        }
        // The third person is one too many; the first two may be written to as often as one likes.
        let third = template(&app.acme, "447700900203").await;
        let third = app.until(&app.acme, &state(&third), |message| message["status"] == "failed").await;
        assert!(third["error"]["detail"].as_str().unwrap().starts_with("Daily messaging limit reached"), "{third}");
        let channel = app.acme.get(&format!("/channels/{}", app.acme.channel_id)).await.expect(200);
        assert!(channel["status_reason"].as_str().unwrap().starts_with("Daily messaging limit"), "{channel}");
        let first = template(&app.acme, "447700900201").await;
        app.until(&app.acme, &state(&first), |message| message["status"] == "read").await;
        // Who wrote is answered whatever the limit says, and another tenant has another limit.
        sent(app, &app.acme, "447700900204", &["read"]).await;
        let other = template(&app.globex, "447700900203").await;
        app.until(&app.globex, &state(&other), |message| message["status"] == "read").await;
        // A day later there is room again.
        app.clock.advance(chrono::TimeDelta::hours(25));
        let third = template(&app.acme, "447700900203").await;
        app.until(&app.acme, &state(&third), |message| message["status"] == "read").await;
    }

    async fn an_account_that_may_not_write_first_still_answers(app: &TestApp) {
        const CUSTOMER: &str = "447700900123";
        let acme = &app.acme;
        hears_of_accounts(app, acme).await;
        let happens = async |act: &str, what: Value| {
            let url = format!("{}/_sim/wabas/{}/{act}", app.base, acme.waba_id);
            let answer = app.http.post(url).json(&what).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            app.settled().await;
        };
        let channel = async || acme.get(&format!("/channels/{}", acme.channel_id)).await.expect(200);
        let first = json!({
            "to": { "phone": "+447700900201" }, "type": "template",
            "template": { "name": "hello_world", "language": "en_US" },
        });
        // Two messages wait for their number, which rests for two minutes, when the account is restricted.
        acme.customer_writes(CUSTOMER, "Are you there?");
        app.settled().await;
        app.sim.add_fault(resting());
        let text = acme.sends(CUSTOMER, "Yes").await.expect(202);
        let state = |message: &Value| format!("/messages/{}", message["id"].as_str().unwrap());
        app.until(acme, &format!("/channels/{}", acme.channel_id), |channel| channel["held"].is_object()).await;
        happens("restrict", json!({ "type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "seconds": 86_400 })).await;
        let restricted = channel().await;
        let reason = restricted["restricted"]["reason"].as_str().unwrap();
        assert!(reason.contains("cannot start conversations"), "{restricted}");
        assert!(restricted["restricted"]["until"].is_string() && restricted["status"] == "attention", "{restricted}");
        app.clock.advance(chrono::TimeDelta::minutes(3));
        // What waited for an open window leaves, and so does the next answer; nothing else was tried.
        app.until(acme, &state(&text), |message| message["status"] == "read").await;
        assert!(channel().await["held"].is_null());
        sent(app, acme, CUSTOMER, &["read"]).await;
        let refused = acme.post("/messages", first.clone()).await;
        assert_eq!((refused.status, refused.code()), (409, "number_restricted"));
        assert!(refused.json["detail"].as_str().unwrap().contains("cannot start conversations"));
        assert_eq!(app.sim.ledger().accepted().filter(|accepted| accepted.kind == "template").count(), 0);
        let other = template(&app.globex, "447700900201").await;
        app.until(&app.globex, &state(&other), |message| message["status"] == "read").await;
        // WhatsApp takes it back.
        happens("ban", json!({ "state": "REINSTATE" })).await;
        let free = channel().await;
        assert!(free["restricted"].is_null() && free["status"] == "connected", "{free}");
        let queued = acme.post("/messages", first.clone()).await.expect(202);
        app.until(acme, &state(&queued), |message| message["status"] == "read").await;
        // One that ends by itself; and a person may say that it is over. Within one second nothing tells what came first.
        app.clock.advance(chrono::TimeDelta::seconds(5));
        happens("restrict", json!({ "seconds": 3_600 })).await;
        assert!(channel().await["restricted"].is_object());
        app.clock.advance(chrono::TimeDelta::minutes(61));
        let free = channel().await;
        assert!(free["restricted"].is_null() && free["status"] == "connected", "{free}");
        happens("restrict", json!({ "seconds": 3_600 })).await;
        let resumed = acme.post(&format!("/channels/{}/resume", acme.channel_id), json!({})).await.expect(200);
        assert!(resumed["restricted"].is_null(), "{resumed}");
    }

    async fn a_template_that_waits_when_the_account_is_restricted_is_refused_before_the_wire(app: &TestApp) {
        let acme = &app.acme;
        app.sim.add_fault(resting());
        let waits = template(acme, "447700900201").await;
        let number = format!("/channels/{}", acme.channel_id);
        app.until(acme, &number, |channel| channel["held"].is_object()).await;
        let restriction = json!({ "object": "whatsapp_business_account", "entry": [{ "id": acme.waba_id,
            "time": chrono::Utc::now().timestamp(), "changes": [{ "field": "account_update", "value": {
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [{ "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING" }] } }] }] });
        acme.webhook(restriction.to_string().as_bytes()).await.expect(200);
        app.idle().await;
        app.clock.advance(chrono::TimeDelta::minutes(3));
        let path = format!("/messages/{}", waits["id"].as_str().unwrap());
        let failed = app.until(acme, &path, |message| message["status"] == "failed").await;
        assert!(failed["error"]["detail"].as_str().unwrap().contains("cannot start conversations"), "{failed}");
        assert_eq!(app.sim.ledger().accepted().count(), 0);
        let queued = template(&app.globex, "447700900201").await;
        let path = format!("/messages/{}", queued["id"].as_str().unwrap());
        app.until(&app.globex, &path, |message| message["status"] == "read").await;
    }

    async fn a_block_is_a_restriction_once_whatsapp_says_so(app: &TestApp) {
        const CUSTOMER: &str = "447700900123";
        let acme = &app.acme;
        let number = format!("/channels/{}", acme.channel_id);
        let told = async |event: Value| {
            let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": acme.waba_id,
                "time": chrono::Utc::now().timestamp(), "changes": [{ "field": "account_update", "value": event }] }] });
            acme.webhook(body.to_string().as_bytes()).await.expect(200);
            app.idle().await;
        };
        // WhatsApp blocks a template before it says why: everything stops.
        app.sim.add_fault(once(368));
        template(acme, "447700900201").await;
        let held = app.until(acme, &number, |channel| channel["held"].is_object()).await;
        assert!(held["held"]["until"].is_string(), "{held}");
        acme.customer_writes(CUSTOMER, "Are you there?");
        app.settled().await;
        assert_eq!(acme.sends(CUSTOMER, "Yes").await.code(), "number_held");
        // Then it says that the account may not write first: answers leave.
        told(json!({ "event": "ACCOUNT_RESTRICTION", "restriction_info": [{
            "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING",
            "expiration": chrono::Utc::now().timestamp() + 86_400 }] })).await;
        let restricted = acme.get(&number).await.expect(200);
        assert!(restricted["held"].is_null() && restricted["restricted"].is_object(), "{restricted}");
        sent(app, acme, CUSTOMER, &["read"]).await;
        // What was on its way is blocked too, and holds nothing any more.
        let late = acme.envelope(json!({ "statuses": [{ "id": "wamid.LATE", "status": "failed", "recipient_id": "447700900202",
            "timestamp": (chrono::Utc::now().timestamp() + 1).to_string(),
            "errors": [{ "code": 368, "title": "Temporarily blocked for policies violations" }] }] }));
        app.clock.advance(chrono::TimeDelta::seconds(5));
        acme.webhook(&late).await.expect(200);
        app.idle().await;
        assert!(acme.get(&number).await.expect(200)["held"].is_null());
        sent(app, acme, CUSTOMER, &["read"]).await;
        let theirs = app.globex.get(&format!("/channels/{}", app.globex.channel_id)).await.expect(200);
        assert!(theirs["held"].is_null() && theirs["restricted"].is_null(), "{theirs}");
    }

    async fn a_one_time_password_needs_a_phone_number(app: &TestApp) {
        const KAI: &str = "GB.55500011122233";
        let acme = &app.acme;
        let news = |tenant: &Tenant, id: i64, template: &str, category: &str| json!({
            "object": "whatsapp_business_account", "entry": [{ "id": tenant.waba_id, "time": chrono::Utc::now().timestamp(),
            "changes": [{ "field": "message_template_status_update", "value": {
                "event": "APPROVED", "message_template_id": id, "message_template_name": template,
                "message_template_language": "en-GB", "reason": "NONE", "message_template_category": category } }] }] })
            .to_string().into_bytes();
        // A person with a username: nobody knows the phone.
        for tenant in [acme, &app.globex] {
            let written = tenant.envelope(json!({
                "contacts": [{ "profile": { "name": "Kai", "username": "kai.studio" }, "user_id": KAI }],
                "messages": [{ "from_user_id": KAI, "id": format!("wamid.{}", tenant.name), "type": "text", "text": { "body": "hey" },
                    "timestamp": chrono::Utc::now().timestamp().to_string() }] }));
            tenant.webhook(&written).await.expect(200);
        }
        acme.webhook(&news(acme, 660_000_000_000_601, "login_code", "AUTHENTICATION")).await.expect(200);
        acme.webhook(&news(acme, 660_000_000_000_602, "order_update", "UTILITY")).await.expect(200);
        app.idle().await;
        let password = |to: Value, name: &str| json!({ "to": to, "type": "template", "template": {
            "name": name, "language": "en_GB", "components": [
                { "type": "body", "parameters": [{ "type": "text", "text": "482913" }] },
                { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "482913" }] }] } });
        let kai = acme.all("/contacts").await.remove(0);
        for to in [json!({ "bsuid": KAI }), json!({ "contact_id": kai["id"] }), json!({ "bsuid": "GB.777" })] {
            let refused = acme.post("/messages", password(to.clone(), "login_code")).await;
            assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{to}: {}", refused.json);
            assert_eq!(refused.json["errors"][0]["field"], "to", "{}", refused.json);
            assert!(refused.json["errors"][0]["message"].as_str().unwrap().contains("phone number"), "{}", refused.json);
        }
        let conversation = acme.all("/conversations").await.remove(0);
        let reply = format!("/conversations/{}/messages", conversation["id"].as_str().unwrap());
        let mut body = password(json!({}), "login_code");
        body.as_object_mut().unwrap().remove("to");
        assert_eq!(acme.post(&reply, body).await.status, 422);
        assert_eq!(app.sim.ledger().accepted().count(), 0, "nothing went over the wire");
        // Other templates go to anybody, a password goes to a phone, and of what is not known WhatsApp decides.
        acme.post("/messages", password(json!({ "bsuid": KAI }), "order_update")).await.expect(202);
        acme.post("/messages", password(json!({ "phone": "+447700900123" }), "login_code")).await.expect(202);
        app.globex.post("/messages", password(json!({ "bsuid": KAI }), "login_code")).await.expect(202);
    }
}
