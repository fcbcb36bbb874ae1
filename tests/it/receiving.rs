//! Webhooks besides messages and statuses: each kind is applied, in whatever order it arrives.

use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles};

const CUSTOMER: &str = "447700900321";

/// One change in a body of this tenant's account.
fn told(tenant: &Tenant, time: Option<i64>, field: &str, value: Value) -> Vec<u8> {
    let mut entry = json!({ "id": tenant.waba_id, "changes": [{ "field": field, "value": value }] });
    if let Some(time) = time {
        entry["time"] = time.into();
    }
    json!({ "object": "whatsapp_business_account", "entry": [entry] })
        .to_string()
        .into_bytes()
}

/// The same, about this tenant's number.
fn told_of_number(tenant: &Tenant, field: &str, mut value: Value) -> Vec<u8> {
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({ "display_phone_number": "447700900555", "phone_number_id": tenant.phone_id });
    told(tenant, None, field, value)
}

fn message(id: &str, at: i64, mut content: Value) -> Value {
    content["from"] = CUSTOMER.into();
    content["id"] = id.into();
    content["timestamp"] = at.to_string().into();
    json!({ "contacts": [{ "wa_id": CUSTOMER, "profile": { "name": "Lena" } }], "messages": [content] })
}

async fn hears(app: &TestApp, tenant: &Tenant, bodies: &[Vec<u8>]) {
    for body in bodies {
        tenant.webhook(body).await.expect(200);
        app.idle().await;
    }
}

async fn channel(tenant: &Tenant) -> Value {
    tenant
        .get(&format!("/channels/{}", tenant.channel_id))
        .await
        .expect(200)
}

/// The one conversation with the customer.
async fn conversation(tenant: &Tenant) -> Value {
    let mut all = tenant.all("/conversations").await;
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

async fn messages(tenant: &Tenant) -> Vec<Value> {
    let conversation = conversation(tenant).await;
    tenant
        .all(&format!(
            "/conversations/{}/messages",
            conversation["id"].as_str().unwrap()
        ))
        .await
}

on_both_profiles! {
    async fn reactions_edits_and_revokes_find_their_message_before_or_after_it(app: &TestApp) {
        let start = chrono::Utc::now().timestamp() - 7_200;
        let stream = |tenant: &Tenant| {
            let edit = json!({ "type": "text", "text": { "body": "Good evening" } });
            [
                message("wamid.A", start, json!({ "type": "text", "text": { "body": "Good morning" } })),
                message("wamid.R1", start + 1, json!({ "type": "reaction", "reaction": { "message_id": "wamid.A", "emoji": "👍" } })),
                message("wamid.R2", start + 2, json!({ "type": "reaction", "reaction": { "message_id": "wamid.A", "emoji": "🎉" } })),
                message("wamid.E", start + 3, json!({ "type": "edit", "edit": { "original_message_id": "wamid.A", "message": edit } })),
                message("wamid.B", start + 4, json!({ "type": "text", "text": { "body": "By mistake" } })),
                message("wamid.V", start + 5, json!({ "type": "revoke", "revoke": { "original_message_id": "wamid.B" } })),
            ]
            .map(|value| tenant.envelope(value))
        };
        let in_order = stream(&app.acme);
        hears(app, &app.acme, &in_order).await;
        let mut backwards = stream(&app.globex).to_vec();
        backwards.reverse();
        let twice = [backwards.clone(), backwards].concat();
        hears(app, &app.globex, &twice).await;
        for tenant in [&app.acme, &app.globex] {
            let mut messages = messages(tenant).await;
            messages.sort_by_key(|message| message["wamid"].as_str().unwrap().to_owned());
            let [first, second] = messages.as_slice() else { panic!("{messages:?}") };
            assert_eq!(first["text"], "Good evening", "{first}");
            assert_eq!(first["original_content"]["body"], "Good morning");
            let reactions = first["reactions"].as_array().unwrap();
            assert_eq!((reactions.len(), &reactions[0]["emoji"]), (1, &json!("🎉")), "{first}");
            assert!(second["revoked_at"].is_string() && first["revoked_at"].is_null(), "{second}");
            assert_eq!(second["text"], "By mistake", "what was taken back is kept");
            assert_eq!(conversation(tenant).await["unread"], 2);
        }
        // Taken away, and by nobody else's customer.
        let gone = message("wamid.R3", start + 9, json!({ "type": "reaction", "reaction": { "message_id": "wamid.A" } }));
        hears(app, &app.acme, &[app.acme.envelope(gone)]).await;
        let of = async |tenant: &Tenant| messages(tenant).await.into_iter().find(|one| one["wamid"] == "wamid.A").unwrap();
        assert!(of(&app.acme).await["reactions"].is_null());
        assert!(of(&app.globex).await["reactions"].is_array());
    }

    async fn what_the_business_wrote_elsewhere_stands_in_the_thread(app: &TestApp) {
        let now = chrono::Utc::now().timestamp();
        let acme = &app.acme;
        let echo = json!({ "message_echoes": [{
            "from": "447700900555", "to": CUSTOMER, "id": "wamid.EC", "timestamp": (now - 60).to_string(), "type": "text",
            "text": { "body": "Sent from the phone" },
        }] });
        let old = |id: &str, from: &str, at: i64, status: &str, content: Value| {
            let mut one = content;
            one["from"] = from.into();
            one["id"] = id.into();
            one["timestamp"] = at.to_string().into();
            one["history_context"] = json!({ "status": status });
            one
        };
        let history = json!({ "history": [{
            "metadata": { "phase": 0, "chunk_order": 1, "progress": 55 },
            "threads": [{ "id": CUSTOMER, "messages": [
                old("wamid.H1", CUSTOMER, now - 5_000, "READ", json!({ "type": "text", "text": { "body": "Long ago" } })),
                old("wamid.H2", "447700900555", now - 4_000, "READ", json!({ "type": "text", "text": { "body": "Answered then" } })),
                old("wamid.H3", CUSTOMER, now - 3_000, "READ", json!({ "type": "media_placeholder" })),
            ] }],
        }] });
        let file = json!({ "messages": [{
            "from": CUSTOMER, "id": "wamid.H3", "timestamp": (now - 3_000).to_string(), "type": "image",
            "image": { "id": "991", "mime_type": "image/jpeg", "sha256": "x", "caption": "The gate" },
        }] });
        let bodies = [
            told_of_number(acme, "smb_message_echoes", echo),
            told_of_number(acme, "history", history),
            told_of_number(acme, "history", file),
        ];
        hears(app, acme, &bodies).await;
        hears(app, acme, &bodies).await;
        let mut all = messages(acme).await;
        all.sort_by_key(|message| message["at"].as_str().unwrap().to_owned());
        let said: Vec<_> = all.iter().map(|one| (one["direction"].as_str().unwrap(), one["wamid"].as_str().unwrap())).collect();
        assert_eq!(
            said,
            [("inbound", "wamid.H1"), ("outbound", "wamid.H2"), ("inbound", "wamid.H3"), ("outbound", "wamid.EC")],
        );
        assert_eq!((all[1]["status"].as_str(), all[2]["type"].as_str()), (Some("read"), Some("image")), "{all:?}");
        assert_eq!(all[3]["sent_by"]["kind"], "app");
        let conversation = conversation(acme).await;
        assert_eq!((&conversation["unread"], &conversation["preview"]), (&json!(0), &json!("Sent from the phone")), "{conversation}");
        assert!(conversation["window"]["open"] != json!(true), "old messages open no window: {conversation}");
        // A status of it is applied like any other.
        let read = acme.status_webhook("wamid.EC", "read", None);
        hears(app, acme, &[read]).await;
        assert!(messages(acme).await.iter().any(|one| one["wamid"] == "wamid.EC" && one["status"] == "read"));
        let events = acme.all("/account-events").await;
        assert!(events.iter().any(|event| event["field"] == "history"), "{events:?}");
        assert!(app.globex.all("/conversations").await.is_empty());
        assert!(app.globex.all("/account-events").await.is_empty());
    }

    async fn an_account_that_may_not_send_has_its_numbers_held_whatever_the_order(app: &TestApp) {
        let now = chrono::Utc::now().timestamp();
        let update = |tenant: &Tenant, at: i64, value: Value| told(tenant, Some(at), "account_update", value);
        let ban = |state: &str| json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": [state], "waba_ban_date": "April 17, 2026" } });
        let acme = &app.acme;
        hears(app, acme, &[update(acme, now - 300, ban("DISABLE"))]).await;
        let held = channel(acme).await;
        assert!(held["held"]["reason"].as_str().is_some_and(|reason| reason.contains("disabled")), "{held}");
        acme.sends(&format!("+{CUSTOMER}"), "Hello").await.expect(409);
        let events = acme.all("/account-events").await;
        assert!(events.iter().any(|event| event["severity"] == "critical" && event["field"] == "account_update"), "{events:?}");
        hears(app, acme, &[update(acme, now - 100, ban("REINSTATE"))]).await;
        assert!(channel(acme).await["held"].is_null());
        // Told late, and again: what was over then is over.
        hears(app, acme, &[update(acme, now - 200, ban("DISABLE")), update(acme, now - 300, ban("DISABLE"))]).await;
        let free = channel(acme).await;
        assert!(free["held"].is_null(), "{free}");
        // Backwards from the start.
        let globex = &app.globex;
        assert!(channel(globex).await["held"].is_null(), "a neighbour's account");
        hears(app, globex, &[update(globex, now - 100, ban("REINSTATE")), update(globex, now - 300, ban("DISABLE"))]).await;
        assert!(channel(globex).await["held"].is_null());
    }

    async fn of_what_is_told_about_a_number_the_newest_counts(app: &TestApp) {
        let now = chrono::Utc::now().timestamp();
        let acme = &app.acme;
        let shown = channel(acme).await["display_phone_number"].as_str().unwrap_or("447700900555").to_owned();
        let limit = |tier: &str, event: &str| json!({
            "display_phone_number": shown, "event": event, "current_limit": tier, "max_daily_conversations_per_business": tier,
        });
        let name = json!({ "display_phone_number": shown, "decision": "APPROVED", "requested_verified_name": "Acme Harbour" });
        let bodies = [
            told(acme, Some(now - 50), "phone_number_quality_update", limit("TIER_10K", "UPGRADE")),
            told(acme, Some(now - 90), "phone_number_quality_update", limit("TIER_2K", "DOWNGRADE")),
            told(acme, Some(now - 40), "phone_number_quality_update", limit("TIER_10K", "THROUGHPUT_UPGRADE")),
            told(acme, Some(now - 30), "phone_number_name_update", name),
        ];
        hears(app, acme, &bodies).await;
        let number = channel(acme).await;
        assert_eq!(
            (&number["messaging_limit"], &number["throughput"], &number["name_status"], &number["verified_name"]),
            (&json!(10_000), &json!(1_000), &json!("APPROVED"), &json!("Acme Harbour")),
            "{number}"
        );
        assert!(app.globex.all("/account-events").await.is_empty());
    }

    async fn people_choose_and_change(app: &TestApp) {
        let now = chrono::Utc::now().timestamp();
        let acme = &app.acme;
        let choice = |value: &str, at: i64| json!({ "user_preferences": [{
            "wa_id": CUSTOMER, "user_id": "GB.91827364550192", "detail": "asked for it", "category": "marketing_messages",
            "value": value, "timestamp": at,
        }] });
        hears(app, acme, &[
            acme.envelope(message("wamid.P", now - 500, json!({ "type": "text", "text": { "body": "Hi" } }))),
            told_of_number(acme, "user_preferences", choice("stop", now - 50)),
            told_of_number(acme, "user_preferences", choice("resume", now - 90)),
        ]).await;
        let contact = async || {
            let mut all = acme.all("/contacts").await;
            assert_eq!(all.len(), 1, "{all:?}");
            all.remove(0)
        };
        let before = contact().await;
        assert_eq!(before["marketing"]["state"], "stopped", "{before}");
        // The person's number and id change; what was written and chosen stays theirs.
        let changed = json!({ "user_id_update": [{
            "wa_id": "447700900999", "detail": "changed", "timestamp": now - 20,
            "user_id": { "previous": "GB.91827364550192", "current": "GB.77700011122233" },
        }] });
        hears(app, acme, &[told_of_number(acme, "user_id_update", changed)]).await;
        let after = contact().await;
        assert_eq!((&after["id"], &after["bsuid"], &after["marketing"]["state"]), (&before["id"], &json!("GB.77700011122233"), &json!("stopped")), "{after}");
        let book = json!({ "state_sync": [{ "type": "contact", "action": "add", "metadata": { "timestamp": now.to_string() },
            "contact": { "full_name": "Lena from the harbour", "first_name": "Lena", "phone_number": "447700900777" } }] });
        hears(app, acme, &[told_of_number(acme, "smb_app_state_sync", book)]).await;
        let known = acme.all("/contacts").await;
        assert!(known.iter().any(|one| one["name"] == "Lena from the harbour"), "{known:?}");
        assert!(app.globex.all("/contacts").await.is_empty());
    }

    async fn a_status_that_blames_the_number_holds_it_until_somebody_lets_it_go(app: &TestApp) {
        let acme = &app.acme;
        acme.customer_writes(CUSTOMER, "Hi");
        app.settled().await;
        let sent = acme.sends(CUSTOMER, "Hello").await.expect(202);
        app.settled().await;
        let sent = acme.get(&format!("/messages/{}", sent["id"].as_str().unwrap())).await.expect(200);
        let failed = acme.envelope(json!({ "statuses": [{
            "id": sent["wamid"], "status": "failed", "timestamp": chrono::Utc::now().timestamp().to_string(), "recipient_id": CUSTOMER,
            "errors": [{ "code": 131_042, "title": "Business eligibility payment issue" }],
        }] }));
        hears(app, acme, std::slice::from_ref(&failed)).await;
        let held = channel(acme).await;
        assert!(held["held"]["reason"].as_str().is_some_and(|reason| reason.contains("131042")), "{held}");
        app.clock.advance(chrono::TimeDelta::seconds(30));
        acme.post(&format!("/channels/{}/resume", acme.channel_id), Value::Null).await.expect(200);
        hears(app, acme, &[failed]).await;
        let free = channel(acme).await;
        assert!(free["held"].is_null(), "{free}");
        assert!(channel(&app.globex).await["held"].is_null());
    }

    async fn a_passed_test_lifts_a_hold_that_it_disproves_and_learns_the_limits(app: &TestApp) {
        let acme = &app.acme;
        acme.customer_writes("999001000190", "Hi");
        app.settled().await;
        // The simulator refuses whatever is sent to this number with code 190.
        acme.sends("999001000190", "Hello").await.expect(202);
        app.until(acme, &format!("/channels/{}", acme.channel_id), |channel| channel["held"].is_object()).await;
        let report = acme.post(&format!("/channels/{}/test", acme.channel_id), Value::Null).await.expect(200);
        assert_eq!(report["ok"], true, "{report}");
        let number = channel(acme).await;
        assert!(number["held"].is_null() && number["messaging_limit"].is_number(), "{number}");
        assert_eq!(number["status"], "connected");
        assert!(channel(&app.globex).await["held"].is_null());
    }

    async fn a_passed_test_lifts_nothing_that_whatsapp_told_of_the_account(app: &TestApp) {
        let acme = &app.acme;
        let now = chrono::Utc::now().timestamp();
        let test = async || acme.post(&format!("/channels/{}/test", acme.channel_id), Value::Null).await.expect(200);
        let update = |at: i64, value: Value| told(acme, Some(at), "account_update", value);
        let ban = |state: &str| json!({ "event": "DISABLED_UPDATE", "ban_info": { "waba_ban_state": [state], "waba_ban_date": "April 17, 2026" } });
        let stopped = |report: &Value, word: &str| {
            let checks = report["checks"].as_array().unwrap();
            let names: Vec<&str> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
            assert_eq!(names, ["token", "number", "account", "webhook", "sending"], "{report}");
            assert_eq!((report["ok"].as_bool(), checks[4]["ok"].as_bool()), (Some(false), Some(false)), "{report}");
            assert!(checks[4]["message"].as_str().unwrap().contains(word), "{report}");
            assert!(checks[4]["remedy"].is_string(), "{report}");
        };
        // A ban: the connection is fine, and nothing is sent all the same, until WhatsApp reinstates the account.
        hears(app, acme, &[update(now - 300, ban("DISABLE"))]).await;
        stopped(&test().await, "disabled");
        let held = channel(acme).await;
        assert!(held["held"].is_object() && held["status"] == "attention", "{held}");
        hears(app, acme, &[update(now - 200, ban("REINSTATE"))]).await;
        assert_eq!(test().await["ok"], true);
        let free = channel(acme).await;
        assert!(free["held"].is_null() && free["status"] == "connected", "{free}");
        // A refused review: a person may say that it is over.
        let refused = told(acme, Some(now - 100), "account_review_update", json!({ "decision": "REJECTED" }));
        hears(app, acme, &[refused]).await;
        stopped(&test().await, "refused");
        acme.post(&format!("/channels/{}/resume", acme.channel_id), Value::Null).await.expect(200);
        assert!(channel(acme).await["held"].is_null());
        // Unpaid bills are told by a refused send, and no test sees them either.
        let unpaid = acme.envelope(json!({ "statuses": [{
            "id": "wamid.UNPAID", "status": "failed", "recipient_id": CUSTOMER,
            "timestamp": (chrono::Utc::now().timestamp() + 2).to_string(),
            "errors": [{ "code": 131_042, "title": "Business eligibility payment issue" }],
        }] }));
        app.clock.advance(chrono::TimeDelta::seconds(5));
        hears(app, acme, &[unpaid]).await;
        stopped(&test().await, "131042");
        assert!(channel(acme).await["held"].is_object());
        // Not being allowed to write first is not a hold, and is in the report too.
        acme.post(&format!("/channels/{}/resume", acme.channel_id), Value::Null).await.expect(200);
        let restriction = json!({ "event": "ACCOUNT_RESTRICTION", "restriction_info": [{
            "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": now + 86_400 }] });
        hears(app, acme, &[update(now, restriction)]).await;
        stopped(&test().await, "cannot start conversations");
        assert!(channel(acme).await["restricted"].is_object());
        let theirs = channel(&app.globex).await;
        assert!(theirs["held"].is_null() && theirs["restricted"].is_null(), "{theirs}");
    }

    async fn templates_and_the_rest_are_told_and_what_has_no_home_is_kept(app: &TestApp) {
        let now = chrono::Utc::now().timestamp();
        let acme = &app.acme;
        let paused = json!({ "event": "PAUSED", "message_template_id": 594, "message_template_name": "summer", "message_template_language": "en",
            "reason": "NONE" });
        let calls = json!({ "calls": [{ "id": "wacid.1", "from": CUSTOMER, "event": "connect", "timestamp": now.to_string() }] });
        hears(app, acme, &[
            told(acme, Some(now), "message_template_status_update", paused),
            told(acme, Some(now), "payment_configuration_update", json!({ "configuration_name": "x" })),
            told_of_number(acme, "calls", calls),
        ]).await;
        let events = acme.all("/account-events").await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert!(events[0]["title"].as_str().unwrap().contains("summer"), "{events:?}");
        let kept = acme.all("/webhook-events").await;
        let mut fields: Vec<&str> = kept.iter().map(|one| one["field"].as_str().unwrap()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["calls", "payment_configuration_update"]);
        let counted = acme.get("/webhook-events/summary").await.expect(200);
        assert_eq!(counted["total"], 2, "{counted}");
        assert_eq!(app.globex.get("/webhook-events/summary").await.expect(200)["total"], 0);
    }
}
