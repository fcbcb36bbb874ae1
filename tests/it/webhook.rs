//! WhatsApp's webhook: authentication, and what is stored.

use std::collections::BTreeSet;

use cloud_api::signature::sign;
use secrecy::SecretString;
use serde_json::{Value, json};
use testkit::{Answer, on_both_profiles, signed};

on_both_profiles! {
    async fn the_handshake_echoes_the_challenge_for_the_right_token_only(app: &TestApp) {
        let ask = async |url: &str, token: &str, mode: &str| {
            let query = [("hub.mode", mode), ("hub.verify_token", token), ("hub.challenge", "902817364")];
            Answer::read(app.http.get(url).query(&query).send().await.unwrap()).await
        };
        let tenant = &app.acme;
        let right = ask(&tenant.webhook_url, &tenant.verify_token, "subscribe").await;
        assert_eq!((right.status, right.bytes.as_slice()), (200, b"902817364".as_slice()));
        for (token, mode) in [("wrong", "subscribe"), ("", "subscribe"), (tenant.verify_token.as_str(), "unsubscribe"), (&app.globex.verify_token, "subscribe")] {
            assert_eq!(ask(&tenant.webhook_url, token, mode).await.status, 403, "{token} {mode}");
        }
        let nowhere = format!("{}/webhooks/whatsapp/{}", app.base, "0".repeat(32));
        assert_eq!(ask(&nowhere, &tenant.verify_token, "subscribe").await.status, 404);
    }

    async fn a_missing_or_forged_signature_is_401_and_writes_nothing(app: &TestApp) {
        let tenant = &app.acme;
        let (body, _) = tenant.text_webhook("447700900123", "Hello");
        let good = signed(&tenant.app_secret, &body);
        let mut other_body = body.clone();
        other_body[40] ^= 1;
        let sha1 = good.replace("sha256=", "sha1=");
        for forged in [
            None,
            Some(""),
            Some("sha256="),
            Some(&good[..20]),
            Some(&good.replace("sha256=", "")),
            Some(&sha1),
            Some(&signed(&app.globex.app_secret, &body)),
            Some(&signed("", &body)),
            Some(&signed(&tenant.app_secret, &other_body)),
        ] {
            let answer = tenant.webhook_signed(&body, forged).await;
            assert_eq!((answer.status, answer.code()), (401, "bad_signature"), "{forged:?}");
        }
        app.settled().await;
        assert_eq!(tenant.all("/messages").await, [] as [Value; 0]);
        assert_eq!(tenant.all("/webhook-events").await, [] as [Value; 0]);
        assert_eq!(tenant.webhook(&body).await.status, 200);
        app.settled().await;
        assert_eq!(tenant.all("/messages").await.len(), 1);
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }

    async fn the_same_webhook_ten_times_is_one_message(app: &TestApp) {
        let (body, wamid) = app.acme.text_webhook("447700900123", "Once");
        for _ in 0..10 {
            assert_eq!(app.acme.webhook(&body).await.status, 200);
        }
        app.settled().await;
        let messages = app.acme.all("/messages").await;
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["wamid"], wamid);
        assert_eq!(app.acme.get("/conversations").await.expect(200)["items"][0]["unread"], 1);
        // The same wamid in another tenant is another message.
        let other = String::from_utf8(body).unwrap().replace(&app.acme.phone_id, &app.globex.phone_id);
        app.globex.webhook(other.as_bytes()).await.expect(200);
        app.settled().await;
        assert_eq!(app.globex.all("/messages").await.len(), 1);
    }

    async fn sixty_four_first_messages_at_once_make_one_contact_and_one_conversation(app: &TestApp) {
        let posts = (0..64).map(|number| {
            let (body, _) = app.acme.text_webhook("447700900999", &format!("Message {number}"));
            async move { app.acme.webhook(&body).await.status }
        });
        let statuses: BTreeSet<u16> = futures_util::future::join_all(posts).await.into_iter().collect();
        assert_eq!(statuses, BTreeSet::from([200]));
        app.settled().await;
        assert_eq!(app.acme.all("/contacts").await.len(), 1);
        let conversations = app.acme.all("/conversations").await;
        assert_eq!(conversations.len(), 1);
        assert_eq!(conversations[0]["unread"], 64);
        assert_eq!(app.acme.all("/messages").await.len(), 64);
        assert_eq!(app.globex.all("/contacts").await.len(), 0);
    }

    async fn what_is_not_understood_is_kept_and_shown(app: &TestApp) {
        let tenant = &app.acme;
        let poll = json!({
            "contacts": [{ "profile": { "name": "Ana" }, "wa_id": "447700900123" }],
            "messages": [
                { "from": "447700900123", "id": "wamid.POLL", "timestamp": "1790000000", "type": "hologram", "hologram": { "depth": 3 } },
                { "from": "447700900123", "id": "wamid.UNSUP", "timestamp": "1790000001", "type": "unsupported",
                  "errors": [{ "code": 131051, "title": "Message type unknown" }] },
                { "from": "447700900123", "timestamp": "1790000002", "type": "text", "text": { "body": "no id" } },
            ],
        });
        tenant.webhook(&tenant.envelope(poll)).await.expect(200);
        let account = json!({ "object": "whatsapp_business_account", "entry": [{ "id": tenant.waba_id, "time": 1_790_000_000,
            "changes": [{ "field": "partner_solutions", "value": { "event": "SOLUTION_CREATED" } }] }] });
        tenant.webhook(account.to_string().as_bytes()).await.expect(200);
        tenant.webhook(account.to_string().as_bytes()).await.expect(200);
        for rubbish in [&b"not json"[..], b"[]", b"{}", b"{\"object\":\"page\",\"entry\":[]}", b"\xff\xfe\x00"] {
            tenant.webhook(rubbish).await.expect(200);
        }
        app.settled().await;
        let kinds: Vec<Value> = tenant.all("/messages").await.iter().map(|message| message["type"].clone()).collect();
        assert_eq!(kinds, ["unsupported", "hologram"]);
        let events = tenant.all("/webhook-events").await;
        let count = |reason: &str| events.iter().filter(|event| event["reason"] == reason).count();
        assert_eq!((count("malformed"), count("no_home")), (5, 2), "{events:#?}");
        assert_eq!(tenant.get("/webhook-events?field=partner_solutions").await.expect(200)["items"][0]["payload"]["value"]["event"], "SOLUTION_CREATED");
        assert_eq!(app.globex.all("/webhook-events").await, [] as [Value; 0]);
    }

    async fn unknown_numbers_and_the_numbers_of_others_in_one_body(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        let change = |number: &str, wamid: &str| json!({ "field": "messages", "value": {
            "messaging_product": "whatsapp", "metadata": { "phone_number_id": number, "display_phone_number": "447700900000" },
            "contacts": [{ "wa_id": "447700900123" }],
            "messages": [{ "from": "447700900123", "id": wamid, "timestamp": "1790000000", "type": "text", "text": { "body": wamid } }] } });
        let body = json!({ "object": "whatsapp_business_account", "entry": [
            { "id": acme.waba_id, "changes": [change(&acme.phone_id, "wamid.MINE"), change("999999999999", "wamid.NOBODYS")] },
            { "id": globex.waba_id, "changes": [change(&globex.phone_id, "wamid.THEIRS")] },
        ] }).to_string().into_bytes();
        // Two apps: what acme's app secret signed says nothing to globex.
        acme.webhook(&body).await.expect(200);
        app.settled().await;
        let texts = async |tenant: &testkit::Tenant| tenant.all("/messages").await.iter().map(|message| message["text"].clone()).collect::<Vec<_>>();
        assert_eq!(texts(acme).await, ["wamid.MINE"]);
        assert_eq!(texts(globex).await, [] as [Value; 0], "a forged message must not reach another tenant");
        let kept = acme.all("/webhook-events").await;
        assert_eq!(kept.len(), 1, "the unknown number is kept, the other tenant's is not shown: {kept:#?}");
        assert_eq!(kept[0]["reason"], "unknown_number");

        // One app for both, as a provider has it: each gets its own.
        let channel = format!("/channels/{}", globex.channel_id);
        globex.patch(&channel, json!({ "app_secret": acme.app_secret })).await.expect(200);
        acme.webhook(&body).await.expect(200);
        app.settled().await;
        assert_eq!(texts(globex).await, ["wamid.THEIRS"]);
        assert_eq!(texts(acme).await, ["wamid.MINE"]);
        assert_eq!(globex.all("/webhook-events").await, [] as [Value; 0]);
    }

    /// A tenant may have several Meta apps: each speaks for its own numbers and accounts only.
    async fn a_secret_speaks_for_the_channels_it_is_of(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        let second = json!({ "name": "Second app", "kind": "cloud_api", "phone_number_id": "330000000000777", "waba_id": "220000000000777",
            "access_token": "a-token-of-some-length", "app_secret": "second-secret-0123456789abcdef", "verify_token": "verify-me-please" });
        acme.post("/channels", second).await.expect(201);
        let change = |number: &str, wamid: &str| json!({ "field": "messages", "value": {
            "metadata": { "phone_number_id": number },
            "messages": [{ "from": "447700900123", "id": wamid, "timestamp": "1790000000", "type": "text", "text": { "body": wamid } }] } });
        let body = |entries: Value| json!({ "object": "whatsapp_business_account", "entry": entries }).to_string().into_bytes();
        let post = async |secret: &str, body: &[u8]| acme.webhook_signed(body, Some(&signed(secret, body))).await.status;
        let (first, second) = (acme.app_secret.as_str(), "second-secret-0123456789abcdef");
        let both = body(json!([{ "id": acme.waba_id, "changes": [change(&acme.phone_id, "wamid.FIRST"), change("330000000000777", "wamid.SECOND")] }]));
        assert_eq!(post(second, &both).await, 200);
        app.settled().await;
        let wamids = async || acme.all("/messages").await.iter().map(|message| message["wamid"].clone()).collect::<Vec<_>>();
        assert_eq!(wamids().await, ["wamid.SECOND"], "what the second app's secret signed says nothing to the first app's number");
        assert_eq!(post(first, &both).await, 200);
        app.settled().await;
        assert_eq!(wamids().await.len(), 2);
        let kept = acme.all("/webhook-events").await;
        assert_eq!(kept, [] as [Value; 0]);

        let account = |waba: &str| body(json!([{ "id": waba, "time": 1_790_000_000, "changes": [{ "field": "account_update", "value": { "event": "ACCOUNT_DELETED" } }] }]));
        let partner = body(json!([{ "id": "770000000000707", "changes": [{ "field": "account_update", "value": { "event": "PARTNER_ADDED", "waba_info": { "waba_id": "220000000000777" } } }] }]));
        let strange = body(json!([{ "id": "0", "changes": [change("123456123", "wamid.TEST")] }]));
        let nameless = body(json!([{ "changes": [{ "field": "messages", "value": {} }] }]));
        for (secret, body, expected) in [
            (second, &account(&acme.waba_id), 401),
            (first, &account("220000000000777"), 401),
            (first, &account(&acme.waba_id), 200),
            (first, &partner, 401),
            (second, &partner, 200),
            (first, &account(&globex.waba_id), 401),
            (first, &strange, 401),
            (second, &strange, 401),
            (first, &nameless, 401),
        ] {
            assert_eq!(post(secret, body).await, expected, "{}", String::from_utf8_lossy(body));
        }
        app.settled().await;
        let timeline = acme.all("/account-events").await;
        assert_eq!(timeline.len(), 2, "{timeline:#?}");
        assert_eq!(acme.all("/webhook-events").await, [] as [Value; 0]);
        assert_eq!(globex.all("/account-events").await, [] as [Value; 0]);
    }

    async fn escaped_bodies_are_checked_over_their_bytes(app: &TestApp) {
        let (body, _) = app.acme.text_webhook("447700900123", "PLACE");
        let escaped = String::from_utf8(body).unwrap().replace("PLACE", "caf\\u00e9 \\ud83d\\udc4d a\\/b");
        let signature = sign(&SecretString::from(app.acme.app_secret.clone()), escaped.as_bytes());
        assert_eq!(app.acme.webhook_signed(escaped.as_bytes(), Some(&signature)).await.status, 200);
        app.settled().await;
        assert_eq!(app.acme.all("/messages").await[0]["text"], "café 👍 a/b");
        assert_eq!(app.globex.all("/messages").await.len(), 0);
    }
}
