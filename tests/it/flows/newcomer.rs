//! A new user's first steps: a customer writes, an agent answers, the ticks go from sent to read.

use serde_json::{Value, json};
use testkit::{Answer, TestApp, on_both_profiles};

fn statuses(app: &TestApp, message: &str) -> Vec<String> {
    // The simulator's own record, not ours.
    let ledger = app.sim.ledger();
    let mine = ledger
        .accepted()
        .filter(|accepted| accepted.callback_data.as_deref() == Some(message));
    mine.map(|accepted| accepted.wamid.clone()).collect()
}

on_both_profiles! {
    async fn a_customer_writes_an_agent_answers_and_the_ticks_follow(app: &TestApp) {
        let tenant = &app.acme;
        let mut live = tenant.live(None).await;
        tenant.customer_writes("447700900123", "Is my order on its way?");
        let received = live.event("messages_received").await;
        let item = &received["items"][0];
        assert_eq!(item["preview"], "Is my order on its way?");
        app.settled().await;

        let conversation = tenant.get("/conversations").await.expect(200)["items"][0].clone();
        assert_eq!(conversation["id"], item["conversation_id"]);
        assert_eq!(conversation["unread"], 1);
        let path = format!("/conversations/{}", conversation["id"].as_str().unwrap());
        let body = json!({ "type": "text", "text": { "body": "It arrives tomorrow." } });
        let reply = tenant.post(&format!("{path}/messages"), body).await.expect(202);
        assert_eq!(reply["status"], "queued");
        app.settled().await;

        let id = reply["id"].as_str().unwrap();
        let read = tenant.get(&format!("/messages/{id}")).await.expect(200);
        assert_eq!(read["status"], "read");
        for reached in ["queued_at", "sent_at", "delivered_at", "read_at"] {
            assert!(read["timestamps"][reached].is_string(), "{reached} is missing in {read}");
        }
        let accepted = statuses(app, id);
        assert_eq!(accepted, [read["wamid"].as_str().unwrap()], "WhatsApp accepted it once, under the wamid that we show");

        tenant.post(&format!("{path}/read"), Value::Null).await.expect(204);
        app.settled().await;
        let phone = format!("{}/_sim/threads/{}/447700900123/messages", app.base, tenant.phone_id);
        let phone: Value = app.http.get(phone).send().await.unwrap().json().await.unwrap();
        assert_eq!(phone["items"][0]["status"], "read", "the customer has blue ticks: {phone}");
        let conversation = tenant.get(&path).await.expect(200);
        assert_eq!((&conversation["unread"], &conversation["last_status"]), (&json!(0), &json!("read")));
        let thread = tenant.all(&format!("{path}/messages")).await;
        assert_eq!(thread.iter().map(|message| message["text"].as_str().unwrap()).collect::<Vec<_>>(), ["It arrives tomorrow.", "Is my order on its way?"]);
        assert_eq!(app.globex.all("/conversations").await, [] as [Value; 0]);
    }

    async fn a_program_sends_by_the_api_and_follows_the_status(app: &TestApp) {
        let tenant = &app.globex;
        let answer = tenant.sends("+44 7700 900123", "Hello").await;
        assert_eq!((answer.status, answer.code()), (409, "window_closed"));
        tenant.customer_writes("447700900123", "Hi");
        app.settled().await;
        let queued = tenant.sends("+44 7700 900123", "Hello").await.expect(202);
        app.settled().await;
        let message = tenant.get(&format!("/messages/{}", queued["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(message["status"], "read");
        assert_eq!(message["sent_by"]["kind"], "api_key");
    }

    async fn templates_and_pictures_leave_too_and_the_window_closes_after_a_day(app: &TestApp) {
        let tenant = &app.acme;
        let templates = tenant.get(&format!("/channels/{}/templates", tenant.channel_id)).await.expect(200);
        assert!(templates["items"].as_array().unwrap().iter().any(|template| template["name"] == "hello_world"));
        let to = json!({ "phone": "+447700900123" });
        let template = json!({ "to": to, "type": "template", "template": { "name": "hello_world", "language": "en_US" } });
        let template = tenant.post("/messages", template).await.expect(202);
        tenant.customer_writes("447700900123", "Show me");
        app.settled().await;
        let image = json!({ "to": to, "type": "image", "image": { "link": format!("{}/_media/missing.png", app.base), "caption": "Look" } });
        tenant.post("/messages", image).await.expect(202);
        app.settled().await;
        let id = template["id"].as_str().unwrap();
        assert_eq!(tenant.get(&format!("/messages/{id}")).await.expect(200)["status"], "read");
        app.clock.advance(chrono::TimeDelta::hours(24));
        assert_eq!(tenant.sends("+447700900123", "Too late").await.code(), "window_closed");
    }

    async fn a_customer_who_hides_their_number_is_a_customer_like_any_other(app: &TestApp) {
        let tenant = &app.acme;
        let kai = json!({ "phone_id": tenant.phone_id, "from": "GB.55500011122233", "name": "Kai", "username": "kai.studio", "type": "text", "text": { "body": "hey" } });
        app.sim.inbound(&kai).unwrap();
        app.settled().await;
        let conversation = tenant.get("/conversations").await.expect(200)["items"][0].clone();
        assert_eq!(conversation["contact"]["phone"], Value::Null);
        assert_eq!(conversation["contact"]["name"], "Kai");
        let path = format!("/conversations/{}/messages", conversation["id"].as_str().unwrap());
        let reply = tenant.post(&path, json!({ "type": "text", "text": { "body": "Hello Kai" } })).await.expect(202);
        app.settled().await;
        let message = tenant.get(&format!("/messages/{}", reply["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(message["status"], "read", "{message}");
        let direct = json!({ "to": { "bsuid": "GB.55500011122233" }, "type": "text", "text": { "body": "Again" } });
        assert_eq!(tenant.post("/messages", direct).await.expect(202)["contact_id"], conversation["contact"]["id"]);
    }

    async fn a_failure_says_what_happened_and_what_to_do(app: &TestApp) {
        let tenant = &app.acme;
        // The simulator forces error 131026 (not on WhatsApp) for this number.
        tenant.customer_writes("999000131026", "Hi");
        app.settled().await;
        let queued = tenant.sends("999000131026", "Hello").await.expect(202);
        app.settled().await;
        let message = tenant.get(&format!("/messages/{}", queued["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(message["status"], "failed");
        assert_eq!(message["error"]["code"], 131026);
        assert!(message["error"]["advice"].as_str().unwrap().len() > 20);
    }

    async fn a_number_with_a_wrong_token_says_how_to_mend_it(app: &TestApp) {
        let tenant = &app.acme;
        let path = format!("/channels/{}", tenant.channel_id);
        let changed = tenant.patch(&path, json!({ "access_token": "EAAwrong" })).await.expect(200);
        assert_eq!(changed["status"], "untested");
        assert!(!changed.to_string().contains("EAAwrong"), "a secret is never shown again");
        let test = tenant.post(&format!("{path}/test"), Value::Null).await.expect(200);
        assert_eq!(test["ok"], false);
        assert_eq!((&test["checks"][0]["name"], &test["checks"][0]["ok"]), (&json!("token"), &json!(false)));
        assert!(test["checks"][0]["remedy"].as_str().unwrap().contains("token"));
        assert_eq!(tenant.get(&path).await.expect(200)["status"], "attention");
        let other = app.globex.post(&format!("/channels/{}/test", app.globex.channel_id), Value::Null).await.expect(200);
        assert_eq!(other["ok"], true, "the other tenant's number is not touched");
    }

    async fn the_portal_signs_in_with_a_cookie_and_may_choose_the_tenant(app: &TestApp) {
        let email = app.person(&app.acme, identity::Role::Agent).await;
        let browser = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let session = format!("{}/api/v1/session", app.base);
        let sign_in = browser.post(&session).header("sec-fetch-site", "same-origin");
        let body = json!({ "email": email, "password": testkit::PASSWORD });
        let signed_in = Answer::read(sign_in.json(&body).send().await.unwrap()).await.expect(200);
        assert_eq!(signed_in["tenant"]["name"], "Acme");
        let contacts = browser.get(format!("{}/api/v1/contacts", app.base)).send().await.unwrap();
        assert_eq!(contacts.status(), 200);
        let foreign = browser.get(format!("{}/api/v1/contacts", app.base)).header("x-tenant-id", app.globex.id.to_string());
        assert_eq!(foreign.send().await.unwrap().status(), 404);
        let forged = browser.post(format!("{}/api/v1/tags", app.base)).header("sec-fetch-site", "cross-site");
        assert_eq!(forged.json(&json!({ "name": "x" })).send().await.unwrap().status(), 403);
        let out = browser.delete(&session).header("sec-fetch-site", "same-origin").send().await.unwrap();
        assert_eq!(out.status(), 204);
        assert_eq!(browser.get(&session).send().await.unwrap().status(), 401);
    }
}
