//! A number belongs to the tenant whose connection test passed last. A claim alone blocks nobody, diverts nothing and reveals
//! nothing. Races and simulated numbers are in `modules/channels/tests/it/ownership.rs`.

use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles, signed};

/// What a tenant enters to connect a number.
fn claim(phone_number_id: &str, waba_id: &str, access_token: &str, app_secret: &str) -> Value {
    json!({
        "name": "Claimed", "kind": "simulated", "phone_number_id": phone_number_id, "waba_id": waba_id,
        "access_token": access_token, "app_secret": app_secret, "verify_token": "a verify token",
    })
}

/// Globex connects Acme's number, with a token that may use it or without. Answers the channel's path.
async fn claims_acmes(app: &TestApp, access_token: &str, app_secret: &str) -> String {
    let wanted = claim(&app.acme.phone_id, &app.acme.waba_id, access_token, app_secret);
    let channel = app.globex.post("/channels", wanted).await.expect(201);
    format!("/channels/{}", channel["id"].as_str().unwrap())
}

async fn test(tenant: &Tenant, channel: &str) -> bool {
    let report = tenant
        .post(&format!("{channel}/test"), Value::Null)
        .await
        .expect(200);
    report["ok"] == true
}

async fn texts(tenant: &Tenant) -> Vec<Value> {
    let messages = tenant.all("/messages?direction=inbound").await;
    messages.iter().map(|message| message["text"].clone()).collect()
}

on_both_profiles! {
    async fn a_claim_is_answered_the_same_for_any_owner(app: &TestApp) {
        let globex = &app.globex;
        let mut answers = Vec::new();
        for number in [app.acme.phone_id.as_str(), "330000000009999"] {
            let answer = globex.post("/channels", claim(number, &app.acme.waba_id, "a-token", "an-app-secret")).await;
            let mut shown = answer.clone().expect(201);
            for own in ["id", "phone_number_id", "created_at", "updated_at"] {
                shown.as_object_mut().unwrap().remove(own);
            }
            let path = format!("/channels/{}", answer.json["id"].as_str().unwrap());
            let twice = globex.post("/channels", claim(number, &app.acme.waba_id, "a-token", "an-app-secret")).await;
            assert_eq!((twice.status, twice.code()), (409, "number_taken"), "one's own number twice");
            let report = globex.post(&format!("{path}/test"), Value::Null).await.expect(200);
            let resumed = globex.post(&format!("{path}/resume"), Value::Null).await.status;
            let sent = globex.post("/messages", json!({
                "channel_id": answer.json["id"], "to": { "phone": "+447700900777" }, "type": "text", "text": { "body": "Hi" } })).await;
            // A tenant keeps what it signed itself, regardless of who owns the number.
            let wamid = format!("wamid.FORGED{number}");
            let change = json!({ "field": "messages", "value": {
                "messaging_product": "whatsapp", "metadata": { "phone_number_id": number, "display_phone_number": "447700900000" },
                "contacts": [{ "wa_id": "447700900123" }],
                "messages": [{ "from": "447700900123", "id": wamid, "timestamp": "1790000000", "type": "text", "text": { "body": "Forged" } }] } });
            let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": app.acme.waba_id, "changes": [change] }] }).to_string();
            let signature = signed("an-app-secret", body.as_bytes());
            let forged = globex.webhook_signed(body.as_bytes(), Some(&signature)).await.status;
            app.settled().await;
            let forged = (forged, globex.all("/messages").await.iter().any(|message| message["wamid"] == wamid));
            let removed = globex.delete(&path).await.status;
            answers.push((shown, twice.json, report, resumed, (sent.status, sent.code().to_owned()), forged, removed));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].2["ok"], false);

        // Acme has noticed nothing.
        app.settled().await;
        app.acme.customer_writes("447700900123", "Still yours");
        app.settled().await;
        assert_eq!(texts(&app.acme).await, ["Still yours"]);
        let sent = app.acme.sends("+447700900123", "Yes").await.expect(202);
        app.settled().await;
        let sent = app.acme.get(&format!("/messages/{}", sent["id"].as_str().unwrap())).await.expect(200);
        assert_ne!(sent["status"], "failed");
        assert_eq!(app.acme.all("/account-events?field=number_ownership").await, [] as [Value; 0]);
    }

    async fn an_unproven_claim_diverts_no_webhook(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        // The worst case: one Meta app serves both, so that its secret signs for both.
        let channel = claims_acmes(app, "no-token-of-that-number", &acme.app_secret).await;
        assert!(!test(globex, &channel).await);
        let (body, _) = acme.text_webhook("447700900123", "By my own path");
        acme.webhook(&body).await.expect(200);
        let (body, _) = acme.text_webhook("447700900123", "By the path of Globex");
        let signature = signed(&acme.app_secret, &body);
        assert_eq!(globex.webhook_signed(&body, Some(&signature)).await.status, 200);
        app.settled().await;
        let mut heard: Vec<String> = texts(acme).await.iter().map(|text| text.as_str().unwrap().to_owned()).collect();
        heard.sort();
        assert_eq!(heard, ["By my own path", "By the path of Globex"]);
        assert_eq!(texts(globex).await, [] as [Value; 0]);
        assert_eq!(globex.all("/webhook-events").await, [] as [Value; 0]);
        assert_eq!(acme.all("/account-events?field=number_ownership").await, [] as [Value; 0]);
    }

    async fn a_number_that_nobody_has_proven_takes_what_its_own_secret_signed(app: &TestApp) {
        let number = "330000000009998";
        let secret = "a-secret-of-my-own";
        app.globex.post("/channels", claim(number, "220000000009998", "a-token", secret)).await.expect(201);
        let change = json!({ "field": "messages", "value": {
            "messaging_product": "whatsapp", "metadata": { "phone_number_id": number, "display_phone_number": "447700900000" },
            "contacts": [{ "wa_id": "447700900123" }],
            "messages": [{ "from": "447700900123", "id": "wamid.EARLY", "timestamp": "1790000000", "type": "text", "text": { "body": "Early" } }] } });
        let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "220000000009998", "changes": [change] }] }).to_string();
        let signature = signed(secret, body.as_bytes());
        assert_eq!(app.globex.webhook_signed(body.as_bytes(), Some(&signature)).await.status, 200);
        app.settled().await;
        assert_eq!(texts(&app.globex).await, ["Early"]);
    }

    async fn the_latest_passed_test_wins_and_the_owner_before_is_told(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        let (ours, mut live) = (format!("/channels/{}", acme.channel_id), acme.live(None).await);
        let theirs = claims_acmes(app, &acme.access_token, &acme.app_secret).await;
        assert!(test(globex, &theirs).await);

        let told = live.event("account_events_recorded").await;
        assert_eq!(told["items"][0]["field"], "number_ownership");
        let lost = app.until(acme, &ours, |channel| channel["held"].is_object()).await;
        assert_eq!(lost["status"], "attention");
        assert_eq!(lost["held"]["terms"][0]["term"], "held_lost", "{lost}");
        let event = &acme.all("/account-events?field=number_ownership").await[0];
        assert_eq!((&event["severity"], &event["channel_id"]), (&json!("critical"), &json!(acme.channel_id)));
        assert!(!event.to_string().contains("Globex"), "who has it now is nobody's business: {event}");

        // It sends nothing, and a person's word does not let it go.
        let refused = acme.sends("+447700900123", "Hello?").await;
        assert_eq!((refused.status, refused.code()), (409, "number_held"), "{}", refused.json);
        let refused = acme.post(&format!("{ours}/resume"), Value::Null).await;
        assert_eq!((refused.status, refused.code()), (409, "number_lost"));
        acme.patch(&ours, json!({ "access_token": acme.access_token })).await.expect(200);
        let refused = acme.sends("+447700900123", "Hello?").await;
        assert_eq!((refused.status, refused.code()), (409, "number_held"), "a new token proves nothing");

        // Webhooks follow the owner, whichever path they come by.
        acme.customer_writes("447700900123", "From the phone");
        let (body, _) = acme.text_webhook("447700900123", "By the old path");
        acme.webhook(&body).await.expect(200);
        app.settled().await;
        let mut heard: Vec<String> = texts(globex).await.iter().map(|text| text.as_str().unwrap().to_owned()).collect();
        heard.sort();
        assert_eq!(heard, ["By the old path", "From the phone"]);
        assert_eq!(texts(acme).await, [] as [Value; 0]);
        assert_eq!(acme.all("/webhook-events").await, [] as [Value; 0]);

        // What had been stored for the owner before, and was not applied yet, is not theirs any more either.
        let (body, _) = acme.text_webhook("447700900123", "Stored before");
        let row = "INSERT INTO messaging_inbox (tenant_id, id, body, own_path, received_at) VALUES (?, ?, ?, ?, ?)";
        let (clock, on) = (app.system.clock(), app.system.across_tenants("a body that waits"));
        let values: [sea_orm::Value; 5] = [acme.id.into(), clock.new_uuid().into(), body.into(), true.into(), clock.now().into()];
        on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), row, values)).await.unwrap();
        app.settled().await;
        assert_eq!(texts(acme).await, [] as [Value; 0]);
        assert_eq!(acme.all("/webhook-events").await, [] as [Value; 0]);

        // And back again.
        assert!(test(acme, &ours).await);
        let lost = app.until(globex, &theirs, |channel| channel["held"].is_object()).await;
        assert_eq!(lost["held"]["terms"][0]["term"], "held_lost", "{lost}");
        let won = acme.get(&ours).await.expect(200);
        assert_eq!((&won["status"], won.get("held")), (&json!("connected"), None), "{won}");
        acme.customer_writes("447700900123", "Home again");
        app.settled().await;
        assert_eq!(texts(acme).await, ["Home again"]);
        acme.sends("+447700900123", "Welcome").await.expect(202);
        // Globex' own number was never touched.
        let own = globex.get(&format!("/channels/{}", globex.channel_id)).await.expect(200);
        assert_eq!(own["status"], "connected");
    }

    /// There was no claim, and one kind of route for all numbers.
    async fn numbers_of_an_earlier_version_are_their_tenants(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        let on = app.system.across_tenants("a test goes back a release");
        let run = async |sql: &str| on.execute_unprepared(sql).await.unwrap().rows_affected();
        let count = async |what: &str| {
            let sql = format!("SELECT COUNT(*) AS n FROM {what}");
            let row = on.query_one_raw(Statement::from_string(on.get_database_backend(), sql)).await.unwrap().unwrap();
            row.try_get::<i64>("", "n").unwrap()
        };
        assert_eq!(count("channels_channels WHERE claim IS NULL").await, 2, "a passed test leaves no claim");
        let since = Migrator::migrations().iter().filter(|it| it.name() >= "m20261130_000121").count();
        Migrator::down(on, Some(u32::try_from(since).unwrap())).await.unwrap();
        assert_eq!(count("identity_routes WHERE kind = 'phone_simulated'").await, 0);
        let key = if on.get_database_backend() == DbBackend::Sqlite { "\"key\"" } else { "`key`" };
        let routes = format!("INSERT INTO identity_routes (kind, {key}, tenant_id, created_at) \
                              SELECT 'phone', phone_number_id, tenant_id, created_at FROM messaging_channels");
        assert_eq!(run(&routes).await, 2);
        Migrator::up(on, None).await.unwrap();
        assert_eq!(count("identity_routes WHERE kind = 'phone_simulated'").await, 2);

        // Who only claims it gets nothing of it, even with a secret that signs for both.
        claims_acmes(app, "no-token-of-that-number", &acme.app_secret).await;
        acme.customer_writes("447700900123", "Hello");
        app.settled().await;
        let (body, _) = acme.text_webhook("447700900123", "By the path of Globex");
        let signature = signed(&acme.app_secret, &body);
        assert_eq!(globex.webhook_signed(&body, Some(&signature)).await.status, 200);
        app.settled().await;
        assert_eq!(texts(acme).await.len(), 2);
        assert_eq!(texts(globex).await, [] as [Value; 0]);
        acme.sends("+447700900123", "Yes").await.expect(202);
    }
}
