//! Invalid webhooks: one bad part does not hide the others, nothing is guessed about other people, and only what a person wrote
//! opens a window. WhatsApp has signed them, so as much as possible is read.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use testkit::{Tenant, on_both_profiles};

fn text(from: &str, wamid: &str, at: i64) -> Value {
    json!({ "from": from, "id": wamid, "timestamp": at.to_string(), "type": "text", "text": { "body": wamid } })
}

async fn message(tenant: &Tenant, wamid: &str) -> Option<Value> {
    let found = tenant.all(&format!("/messages?wamid={wamid}")).await;
    found.into_iter().next()
}

/// The tenant's text webhook with another text inside it, as it stands on the wire.
fn with(tenant: &Tenant, wamid: &str, field: &str) -> String {
    let value = json!({
        "contacts": [{ "wa_id": "447700910101", "profile": { "name": "PLACE" } }],
        "messages": [text("447700910101", wamid, 1_790_000_000)],
    });
    String::from_utf8(tenant.envelope(value))
        .unwrap()
        .replace("\"PLACE\"", field)
}

on_both_profiles! {
    /// MariaDB ignores trailing blanks when it compares, SQLite does not.
    async fn an_id_with_blanks_around_it_is_the_same_id(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            let (first, other) = ("wamid.BLANK1", "wamid.BLANK2");
            for wamid in [first, "wamid.BLANK1 ", " wamid.BLANK1", "wamid.BLANK2 ", other] {
                let value = json!({
                    "contacts": [{ "wa_id": "447700910199", "user_id": "GB.9 ", "profile": { "name": "Zoe" } }],
                    "messages": [text("447700910199", wamid, 1_790_000_000)],
                });
                assert_eq!(tenant.webhook(&tenant.envelope(value)).await.status, 200);
                app.settled().await;
            }
            for wamid in [first, other, "wamid.BLANK1%20"] {
                assert_eq!(tenant.all(&format!("/messages?wamid={wamid}")).await.len(), 1, "{wamid}");
            }
            assert_eq!(tenant.all("/messages").await.len(), 2);
            let contacts = tenant.all("/contacts").await;
            assert_eq!((contacts.len(), &contacts[0]["bsuid"]), (1, &json!("GB.9")));
        }
    }

    /// Each of these is refused by strict JSON.
    async fn what_strict_json_refuses_is_read_as_far_as_it_can_be(app: &TestApp) {
        let tenant = &app.acme;
        let deep = format!("\"Zoe\",\"x\":{}{}", "[".repeat(2_000), "]".repeat(2_000));
        let mut bodies: Vec<(String, Vec<u8>)> = Vec::new();
        for (name, field) in [
            ("surrogate", r#""Zo\u00eb \ud83d""#),
            ("low", r#""\udc4d Zoe""#),
            ("number", r#""Zoe","x":1e400"#),
            ("integer", r#""Zoe","x":123456789012345678901234567890,"y":-0"#),
            ("key", r#""Zoe","\ud83d":1"#),
            ("escape", r#""Zoe\x""#),
            ("twice", r#""Eve","name":"Zoe""#),
            ("deep", deep.as_str()),
        ] {
            let wamid = format!("wamid.{name}");
            bodies.push((wamid.clone(), with(tenant, &wamid, field).into_bytes()));
        }
        bodies.push(("wamid.bom".to_owned(), [b"\xef\xbb\xbf", with(tenant, "wamid.bom", "\"Zoe\"").as_bytes()].concat()));
        bodies.push(("wamid.nul".to_owned(), [with(tenant, "wamid.nul", "\"Zoe\"").as_bytes(), b"\0\0"].concat()));
        bodies.push(("wamid.more".to_owned(), [with(tenant, "wamid.more", "\"Zoe\"").as_bytes(), b" {}"].concat()));
        let mut bytes = with(tenant, "wamid.bytes", "\"Zoe#\"").into_bytes();
        let at = bytes.iter().position(|byte| *byte == b'#').unwrap();
        bytes[at] = 0xff;
        bodies.push(("wamid.bytes".to_owned(), bytes));
        for (wamid, body) in &bodies {
            assert_eq!(tenant.webhook(body).await.status, 200, "{wamid}");
            app.settled().await;
            let shown = message(tenant, wamid).await;
            assert_eq!(shown.map(|shown| shown["text"].clone()), Some(json!(wamid)));
            if wamid == "wamid.surrogate" {
                assert_eq!(tenant.all("/contacts").await[0]["name"], "Zoë \u{fffd}");
            }
        }
        assert_eq!(tenant.all("/webhook-events").await, [] as [Value; 0]);
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }

    async fn one_bad_item_hides_none_of_the_others(app: &TestApp) {
        let tenant = &app.acme;
        let good = text("447700981001", "wamid.good", 1_790_000_000);
        let long = "4".repeat(33);
        let bad: Vec<(&str, Value)> = vec![
            ("33 digits", json!({ "from": long, "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("19 digits", json!({ "from": "4477009810014477009", "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("zero", json!({ "from": "0", "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("two digits", json!({ "from": "12", "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("200 letters", json!({ "from": "x".repeat(200), "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("a long BSUID", json!({ "from_user_id": format!("GB.{}", "1".repeat(200)), "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("both", json!({ "from": long, "from_user_id": format!("GB.{}", "1".repeat(200)), "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("nobody", json!({ "from": " ", "id": "wamid.bad", "timestamp": "1790000000", "type": "text", "text": { "body": "x" } })),
            ("no object", json!(17)),
        ];
        for (nth, (what, bad)) in bad.into_iter().enumerate() {
            let wamid = format!("wamid.good{nth}");
            let mut good = good.clone();
            good["id"] = json!(wamid);
            let value = json!({ "messages": [bad, good], "nth": nth });
            tenant.webhook(&tenant.envelope(value)).await.expect(200);
            app.settled().await;
            assert!(message(tenant, &wamid).await.is_some(), "{what}");
        }
        assert!(message(tenant, "wamid.bad").await.is_none());
        let events = tenant.all("/webhook-events").await;
        let reasons: Vec<&str> = events.iter().map(|event| event["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["no_home"; 9]);
        // Times no calendar has, ids and words of any length, amounts of any size: taken all the same.
        let odd = json!({
            "messages": [
                { "from": "447700981002", "id": format!("wamid.{}", "L".repeat(400)), "timestamp": "-99999999999999", "type": "text", "text": { "body": "early" } },
                { "from": "447700981002", "id": "wamid.late", "timestamp": 9.9e17, "type": "text", "text": { "body": "late" } },
                { "from": "447700981002", "id": "wamid.word", "timestamp": "soon", "type": "w".repeat(300) },
                { "from": "447700981002", "id": "wamid.order", "timestamp": "1790000000", "type": "order",
                  "order": { "catalog_id": 7, "product_items": [{ "quantity": "many", "item_price": -1e308 }, 17, null] } },
                { "from": "447700981002", "id": "wamid.react", "timestamp": "1790000000", "type": "reaction", "reaction": { "message_id": "r".repeat(900), "emoji": "👍".repeat(500) } },
                { "from": "447700981002", "from_user_id": format!("GB.{}", "1".repeat(200)), "id": "wamid.half", "timestamp": "1790000000", "type": "text", "text": { "body": "half" } },
            ],
            "contacts": [{ "wa_id": "447700981002", "profile": { "name": "n".repeat(5_000), "username": "u".repeat(500) } }],
            "statuses": [
                { "id": "wamid.out", "status": "s".repeat(300), "timestamp": "-1", "recipient_id": "r".repeat(500) },
                { "id": "w".repeat(600), "status": "sent", "timestamp": 1e300, "recipient_id": { "x": 1 }, "errors": [17, { "code": 1e30 }] },
            ],
        });
        tenant.webhook(&tenant.envelope(odd)).await.expect(200);
        app.settled().await;
        for wamid in ["wamid.late", "wamid.word", "wamid.order", "wamid.half"] {
            assert!(message(tenant, wamid).await.is_some(), "{wamid}");
        }
        assert_eq!(tenant.all("/statuses").await.len(), 2);
        assert_eq!(tenant.all("/webhook-events").await.len(), 9);
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }

    async fn accounts_tell_of_people_whom_nobody_can_name(app: &TestApp) {
        let tenant = &app.acme;
        let preference = |wa_id: &str| json!({ "wa_id": wa_id, "category": "marketing_messages", "value": "stop", "timestamp": 1_790_000_000 });
        let metadata = json!({ "phone_number_id": tenant.phone_id });
        let change = |field: &str, key: &str, list: Value| json!({ "field": field, "value": { "metadata": metadata, key: list } });
        let long = "4".repeat(40);
        let book = |number: &str| json!({ "type": "contact", "action": "add", "contact": { "full_name": "Bo", "phone_number": number }, "metadata": { "timestamp": "1790000000" } });
        let changes = [
            change("user_preferences", "user_preferences", json!([preference(&long), preference("447700981003"), preference("")])),
            change("user_id_update", "user_id_update", json!([{ "wa_id": long, "user_id": { "previous": "GB.1", "current": "x".repeat(300) } }])),
            change("smb_app_state_sync", "state_sync", json!([book(&long), book("no digits"), book("447700981004")])),
            change("messages", "messages", json!([{ "from": "447700981005", "id": "wamid.sys", "timestamp": "1790000000", "type": "system",
                "system": { "type": "user_changed_number", "wa_id": long } }, text("447700981006", "wamid.beside", 1_790_000_000)])),
        ];
        let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": tenant.waba_id, "changes": changes }] });
        tenant.webhook(body.to_string().as_bytes()).await.expect(200);
        app.settled().await;
        let contacts = tenant.all("/contacts").await;
        let of = |phone: &str| contacts.iter().find(|contact| contact["phone"] == phone);
        assert_eq!(of("+447700981003").unwrap()["marketing"]["state"], "stopped", "{contacts:#?}");
        assert_eq!(of("+447700981004").unwrap()["name"], "Bo");
        assert!(message(tenant, "wamid.beside").await.is_some());
        let failed = tenant.all("/webhook-events").await;
        assert!(failed.iter().all(|event| event["reason"] != "failed"), "{failed:#?}");
        assert_eq!(app.globex.all("/contacts").await, [] as [Value; 0]);
    }

    async fn an_entry_of_one_person_says_nothing_of_another(app: &TestApp) {
        let tenant = &app.acme;
        let mut mine = text("447700980021", "wamid.mine", 1_790_000_000);
        mine["from_user_id"] = json!("GB.11111111111111");
        let value = json!({
            "contacts": [{ "wa_id": "447700980021", "user_id": "GB.11111111111111", "profile": { "name": "First Person" } }],
            "messages": [mine, text("447700980022", "wamid.other", 1_790_000_001)],
        });
        tenant.webhook(&tenant.envelope(value)).await.expect(200);
        // Alone in its body, too: the entry names somebody else.
        let value = json!({
            "contacts": [{ "wa_id": "447700980023", "user_id": "GB.33333333333333", "profile": { "name": "Third Person" } }],
            "messages": [text("447700980024", "wamid.fourth", 1_790_000_002)],
        });
        tenant.webhook(&tenant.envelope(value)).await.expect(200);
        app.settled().await;
        let (mine, other) = (message(tenant, "wamid.mine").await.unwrap(), message(tenant, "wamid.other").await.unwrap());
        assert_ne!(mine["contact_id"], other["contact_id"]);
        let contacts = tenant.all("/contacts").await;
        let named = |phone: &str| contacts.iter().find(|it| it["phone"] == phone).unwrap_or_else(|| panic!("{phone}: {contacts:#?}"))["name"].clone();
        assert_eq!(named("+447700980021"), "First Person");
        assert_eq!([named("+447700980022"), named("+447700980024")], [Value::Null, Value::Null]);
        assert_eq!(contacts.len(), 3);
        assert_eq!(app.globex.all("/contacts").await, [] as [Value; 0]);
    }

    async fn what_nobody_wrote_opens_no_window(app: &TestApp) {
        let tenant = &app.acme;
        let now = Utc::now().timestamp();
        let old = text("447700987001", "wamid.old", now - 3 * 86_400);
        let value = json!({ "contacts": [{ "wa_id": "447700987001", "profile": { "name": "W" } }], "messages": [old] });
        tenant.webhook(&tenant.envelope(value)).await.expect(200);
        app.settled().await;
        let before = tenant.all("/conversations").await;
        let id = before[0]["id"].as_str().unwrap();
        assert_eq!(before[0]["unread"], 1);
        let notice = |wamid: &str, kind: &str, content: Value| json!({ "from": "447700987001", "id": wamid, "timestamp": now.to_string(), "type": kind, kind: content });
        let mut group = text("447700987001", "wamid.n8", now);
        group["group_id"] = json!("Y2FwaV9ncm91cDox");
        for (message, unread) in [
            (notice("wamid.n1", "system", json!({ "type": "customer_identity_changed", "identity": { "hash": "h" } })), 1),
            (notice("wamid.n2", "system", json!({ "type": "user_changed_user_id", "user_id": "GB.7" })), 1),
            (notice("wamid.n3", "reaction", json!({ "message_id": "wamid.old", "emoji": "👍" })), 1),
            (notice("wamid.n4", "edit", json!({ "original_message_id": "wamid.old", "message": { "type": "text", "text": { "body": "x" } } })), 1),
            (notice("wamid.n5", "revoke", json!({ "original_message_id": "wamid.old" })), 1),
            (notice("wamid.n6", "interactive", json!({ "type": "call_permission_reply", "call_permission_reply": { "response": "accept", "response_source": "automatic" } })), 1),
            (notice("wamid.n7", "request_welcome", json!({})), 1),
            (group, 2),
            (notice("wamid.n9", "errors", json!({})), 3),
            (notice("wamid.n10", "system", json!({ "type": "user_changed_number", "body": "W changed", "wa_id": "447700987002" })), 3),
        ] {
            tenant.webhook(&tenant.envelope(json!({ "messages": [message] }))).await.expect(200);
            app.settled().await;
            let shown = tenant.get(&format!("/conversations/{id}")).await.expect(200);
            assert_eq!((&shown["window_closes_at"], &shown["unread"]), (&before[0]["window_closes_at"], &json!(unread)), "{message}");
        }
        let refused = tenant.post(&format!("/conversations/{id}/messages"), json!({ "type": "text", "text": { "body": "hi" } })).await;
        assert_eq!((refused.status, refused.code()), (409, "window_closed"));
        // What WhatsApp cannot pass on was written all the same.
        let poll = notice("wamid.poll", "unsupported", json!({ "type": "poll_creation" }));
        tenant.webhook(&tenant.envelope(json!({ "messages": [poll] }))).await.expect(200);
        app.settled().await;
        tenant.post(&format!("/conversations/{id}/messages"), json!({ "type": "text", "text": { "body": "hi" } })).await.expect(202);
        assert_eq!(app.globex.all("/conversations").await, [] as [Value; 0]);
    }

    async fn the_window_of_one_number_is_none_of_the_next(app: &TestApp) {
        let tenant = &app.acme;
        let (body, _) = tenant.text_webhook("447700988001", "Hello");
        tenant.webhook(&body).await.expect(200);
        app.settled().await;
        let open = tenant.all("/conversations").await[0].clone();
        assert!(!open["window_closes_at"].is_null());
        let contact = format!("/contacts/{}", open["contact"]["id"].as_str().unwrap());
        let replies = format!("/conversations/{}/messages", open["id"].as_str().unwrap());
        let reply = json!({ "type": "text", "text": { "body": "hi" } });
        tenant.post(&replies, reply.clone()).await.expect(202);
        tenant.patch(&contact, json!({ "name": "Zoe" })).await.expect(200);
        tenant.post(&replies, reply.clone()).await.expect(202);
        tenant.patch(&contact, json!({ "phone": "+447700988002" })).await.expect(200);
        assert_eq!(tenant.all("/conversations").await[0]["window_closes_at"], Value::Null);
        let refused = tenant.post(&replies, reply.clone()).await;
        assert_eq!((refused.status, refused.code()), (409, "window_closed"));
        app.clock.advance(TimeDelta::minutes(1));
        let (body, _) = tenant.text_webhook("447700988002", "From the new one");
        tenant.webhook(&body).await.expect(200);
        app.settled().await;
        tenant.post(&replies, reply).await.expect(202);
        assert_eq!(tenant.all("/conversations").await.len(), 1);
    }

    /// Bodies that are kept may be large. A page of them is not, and none is missing.
    async fn a_page_of_kept_bodies_has_so_many_bytes(app: &TestApp) {
        let body = |n: usize, bytes: usize| format!("{{\"n{n}\": \"{}", "é".repeat(bytes / 2)).into_bytes();
        for n in 0..6 {
            app.acme.webhook(&body(n, 1_500_000)).await.expect(200);
        }
        app.acme.webhook(&body(6, 2_900_000)).await.expect(200);
        app.acme.webhook(&body(7, 2_900_000)).await.expect(200);
        app.globex.webhook(&body(0, 10)).await.expect(200);
        app.settled().await;
        let (mut found, mut pages, mut after) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = app.acme.get(&format!("/webhook-events?limit=200{after}")).await.expect(200);
            let items = page["items"].as_array().unwrap();
            let payloads = items.iter().map(|item| item["payload"].as_str().unwrap());
            pages.push(items.len());
            assert!(items.len() == 1 || payloads.clone().map(str::len).sum::<usize>() <= 4 << 20, "{pages:?}");
            found.extend(payloads.map(|payload| payload[..6].to_owned()));
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        found.sort();
        assert_eq!(found, (0..8).map(|n| format!("{{\"n{n}\":")).collect::<Vec<_>>());
        assert!(pages.len() >= 5, "{pages:?}");
        let few = app.acme.get("/webhook-events?limit=1").await.expect(200);
        assert_eq!((few["items"].as_array().unwrap().len(), few["next"].is_string()), (1, true));
        assert_eq!(app.globex.all("/webhook-events").await.len(), 1);
    }

    /// WhatsApp puts no more than a thousand into one body.
    async fn of_a_body_a_thousand_items_are_applied(app: &TestApp) {
        let tenant = &app.acme;
        let many: Vec<Value> = (0..600).map(|nth| text("447700989001", &format!("wamid.m{nth}"), 1_790_000_000 + nth)).collect();
        let statuses: Vec<Value> = (0..600).map(|nth| json!({ "id": format!("wamid.s{nth}"), "status": "sent", "timestamp": "1790000000" })).collect();
        tenant.webhook(&tenant.envelope(json!({ "messages": many, "statuses": statuses }))).await.expect(200);
        app.settled().await;
        assert_eq!((tenant.all("/messages").await.len(), tenant.all("/statuses").await.len()), (600, 400));
        let events = tenant.all("/webhook-events").await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["reason"], "malformed");
        let kept = events[0]["payload"].to_string();
        assert!(kept.contains("wamid.s599"), "what was not applied is there to be read");
        assert_eq!(app.globex.all("/webhook-events").await, [] as [Value; 0]);
    }
}
