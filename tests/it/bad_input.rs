//! Bad input gets a problem with a stable code and a helpful message, and changes nothing.

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use testkit::{Answer, Profile, TestApp, on_both_profiles};

on_both_profiles! {
    async fn every_refusal_is_a_problem_with_its_code(app: &TestApp) {
        let url = format!("{}/api/v1/contacts", app.base);
        let post = |body: &str, kind: &str| {
            app.http.post(&url).bearer_auth(&app.acme.key).header("content-type", kind.to_owned()).body(body.to_owned())
        };
        let json_type = "application/json";
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        for (body, kind, status, code) in [
            ("{\"name\":", json_type, 400, "malformed_body"),
            ("{\"name\":\"Ana\",\"phone\":\"+447700900123\",\"admin\":true}", json_type, 422, "invalid_request"),
            ("{\"name\":[\"Ana\"]}", json_type, 422, "invalid_request"),
            ("{\"name\":5}", json_type, 422, "invalid_request"),
            ("{\"name\":\"Ana\",\"tags\":[true]}", json_type, 422, "invalid_request"),
            (deep.as_str(), json_type, 400, "malformed_body"),
            ("name=Ana", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
            ("{\"name\":\"Ana\",\"phone\":\"12\"}", json_type, 422, "invalid_phone"),
        ] {
            let answer = Answer::read(post(body, kind).send().await.unwrap()).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{}", String::from_utf8_lossy(&answer.bytes));
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert!(answer.json["detail"].as_str().unwrap().len() > 20);
            assert!(answer.headers.contains_key("x-request-id"));
        }
        assert_eq!(app.acme.all("/contacts").await, [] as [Value; 0], "nothing was written");
        assert_eq!(app.globex.all("/contacts").await, [] as [Value; 0]);
    }

    async fn credentials_are_cleaned_or_refused(app: &TestApp) {
        let channel = |field: &str, value: &str| {
            let mut body = json!({ "name": "One more", "kind": "cloud_api", "phone_number_id": "123456789", "waba_id": "123456789",
                "access_token": "EAABtoken", "app_secret": "0123456789abcdef", "verify_token": "verify me please" });
            body[field] = json!(value);
            body
        };
        for (field, value) in [
            ("access_token", "EAAB\ntoken"), ("access_token", "EAAB token"), ("access_token", "EAABtök"), ("access_token", " "),
            ("app_secret", "0123456789\r\nabcdef"), ("app_secret", "0123456789 abcdef"), ("app_secret", "  short  "),
            ("verify_token", "verify\nme please"), ("verify_token", "verify\u{200b} me please"),
        ] {
            let made = app.acme.post("/channels", channel(field, value)).await.expect(422);
            assert_eq!((&made["code"], &made["errors"][0]["field"]), (&json!("invalid_request"), &json!(field)), "{value:?}");
            let path = format!("/channels/{}", app.acme.channel_id);
            let changed = app.acme.patch(&path, json!({ field: value })).await.expect(422);
            assert_eq!(changed["errors"][0]["field"], json!(field), "{value:?}");
        }
        let secret = format!(" {}\n", app.acme.app_secret);
        app.acme.patch(&format!("/channels/{}", app.acme.channel_id), json!({ "app_secret": secret })).await.expect(200);
        // Still signed with the same secret.
        app.acme.webhook(&app.acme.envelope(json!({ "messages": [] }))).await.expect(200);
    }

    async fn times_have_an_end(app: &TestApp) {
        let key = |end: &str| json!({ "name": "Late", "scopes": ["contacts:read"], "expires_at": end });
        let late = app.acme.post("/api-keys", key("9999-12-31T23:59:59-01:00")).await.expect(422);
        assert_eq!((&late["code"], &late["errors"][0]["field"]), (&json!("invalid_request"), &json!("expires_at")));
        // MariaDB was seen to keep nothing of a time after 2038, and a key that never expires would be worse than a refusal.
        let after = |days| (app.system.clock().now() + TimeDelta::days(days)).format("%Y-%m-%dT00:00:00Z").to_string();
        app.acme.post("/api-keys", key(&after(3_700))).await.expect(422);
        app.acme.post("/api-keys", key(&after(3_600))).await.expect(201);
        let shown = app.acme.all("/api-keys").await;
        let end = after(3_600).replace('Z', "+00:00");
        assert!(shown.iter().any(|key| key["expires_at"] == end), "{shown:?}");
    }

    async fn names_turn_nothing_around(app: &TestApp) {
        let made = app.acme.post("/contacts", json!({ "name": "\u{202e}Ana \u{2066}Lima", "phone": "+447700900123", "tags": ["V\u{202d}IP"] })).await.expect(201);
        assert_eq!((&made["name"], &made["tags"][0]), (&json!("Ana Lima"), &json!("VIP")), "{made}");
        let file = json!({ "from": "447700900124", "id": "wamid.file", "timestamp": "1790000000", "type": "document",
            "document": { "id": "77", "mime_type": "application/pdf", "filename": "in\u{202e}gpj.exe" } });
        let value = json!({ "messages": [file], "contacts": [{ "wa_id": "447700900124", "profile": { "name": "\u{202e}Omar" } }] });
        app.acme.webhook(&app.acme.envelope(value)).await.expect(200);
        app.settled().await;
        for (path, kept) in [("/contacts", "Omar"), ("/conversations", "ingpj.exe"), ("/messages", "ingpj.exe")] {
            let listed = Value::from(app.acme.all(path).await).to_string();
            assert!(!listed.contains('\u{202e}') && listed.contains(kept), "{path}: {listed}");
        }
    }

    async fn a_body_over_the_limit_is_413_declared_or_not(app: &TestApp) {
        let url = format!("{}/api/v1/contacts", app.base);
        let big = format!("{{\"name\":\"{}\"}}", "x".repeat(1024 * 1024 + 1));
        let declared = app.http.post(&url).bearer_auth(&app.acme.key).header("content-type", "application/json");
        let declared = Answer::read(declared.body(big.clone()).send().await.unwrap()).await;
        assert_eq!((declared.status, declared.code()), (413, "body_too_large"));
        let parts: Vec<Result<Vec<u8>, std::io::Error>> = big.into_bytes().chunks(8192).map(|part| Ok(part.to_vec())).collect();
        let chunked = app.http.post(&url).bearer_auth(&app.acme.key).header("content-type", "application/json");
        let chunked = chunked.body(reqwest::Body::wrap_stream(futures_util::stream::iter(parts)));
        let chunked = Answer::read(chunked.send().await.unwrap()).await;
        assert_eq!((chunked.status, chunked.code()), (413, "body_too_large"));
        let webhook = app.acme.webhook(&vec![b'x'; 4 * 1024 * 1024]).await;
        assert_eq!((webhook.status, webhook.code()), (413, "body_too_large"));
        app.globex.get("/contacts").await.expect(200);
    }

    async fn lists_are_bounded_and_cursors_are_checked(app: &TestApp) {
        for (path, status, code) in [
            ("/contacts?limit=0", 422, "invalid_request"),
            ("/contacts?limit=201", 422, "invalid_request"),
            ("/contacts?limit=ten", 400, "malformed_parameter"),
            ("/contacts?after=nonsense", 422, "invalid_request"),
            ("/conversations?after=AAAA", 422, "invalid_request"),
            ("/messages/not-an-id", 400, "malformed_parameter"),
            ("/nothing-here", 404, "no_such_path"),
        ] {
            let answer = app.acme.get(path).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{path}");
        }
        let wrong_method = app.globex.patch("/tags", json!({})).await;
        assert_eq!((wrong_method.status, wrong_method.code()), (405, "method_not_allowed"));
    }

    async fn a_header_that_cannot_be_read_is_not_absent(app: &TestApp) {
        app.acme.customer_writes("447700900123", "Hi");
        app.settled().await;
        let body = json!({ "to": { "phone": "+447700900123" }, "type": "text", "text": { "body": "once" } });
        let long = "k".repeat(129);
        let send = async |path: &str, headers: &[(&'static str, &str)]| {
            let mut request = app.http.post(format!("{}/api/v1{path}", app.base)).bearer_auth(&app.acme.key).json(&body);
            for (name, value) in headers {
                request = request.header(*name, reqwest::header::HeaderValue::from_bytes(value.as_bytes()).unwrap());
            }
            Answer::read(request.send().await.unwrap()).await
        };
        let conversation = app.acme.get("/conversations").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
        for path in ["/messages".to_owned(), format!("/conversations/{conversation}/messages"), "/tags".to_owned()] {
            for (headers, field) in [
                (vec![("idempotency-key", "pedido-ñ-1")], "Idempotency-Key"),
                (vec![("idempotency-key", "a"), ("idempotency-key", "a")], "Idempotency-Key"),
                (vec![("x-tenant-id", "ñ")], "X-Tenant-Id"),
                (vec![("authorization", "Bearer b")], "Authorization"),
                (vec![("range", "ñ")], "Range"),
                (vec![("if-none-match", "ñ")], "If-None-Match"),
            ] {
                let answer = send(&path, &headers).await;
                assert_eq!(answer.status, 422, "{path} {headers:?}");
                assert_eq!(answer.json["errors"][0]["field"], field, "{path} {headers:?}");
            }
        }
        for key in ["", "a b", long.as_str()] {
            let answer = send("/messages", &[("idempotency-key", key)]).await;
            assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (422, &json!("Idempotency-Key")), "{key}");
        }
        assert_eq!(app.acme.all("/messages?direction=outbound").await, [] as [Value; 0]);
        for _ in 0..2 {
            assert_eq!(send("/messages", &[("idempotency-key", "pedido-n-1")]).await.status, 202);
        }
        assert_eq!(app.acme.all("/messages?direction=outbound").await.len(), 1);
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }

    async fn a_parameter_or_a_value_that_does_not_exist_is_refused(app: &TestApp) {
        for (path, field) in [
            ("/contacts?serach=Ana", "serach"),
            ("/contacts?limit=1&limit=2", "limit"),
            ("/messages?directions=inbound", "directions"),
            ("/modules?x=1", "x"),
            ("/messages/msg_0199c0a4d2c87b1e9a3f5d6e7f809112?limit=1", "limit"),
        ] {
            let answer = app.acme.get(path).await;
            assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (422, &json!(field)), "{path}");
        }
        assert_eq!(app.acme.post("/tags?dry_run=1", json!({ "name": "A" })).await.status, 422);
        assert_eq!(app.acme.all("/tags").await, [] as [Value; 0]);
        for wrong in ["incoming", "INBOUND", "", "inbound%20"] {
            let status = app.acme.get(&format!("/messages?direction={wrong}")).await.status;
            assert!(matches!(status, 400 | 422), "{wrong}: {status}");
        }
        app.globex.get("/messages?direction=inbound").await.expect(200);
    }

    async fn a_cursor_of_another_list_is_refused(app: &TestApp) {
        for name in ["Ana", "Ben", "Cleo"] {
            app.acme.post("/tags", json!({ "name": name })).await.expect(201);
            app.globex.post("/tags", json!({ "name": name })).await.expect(201);
        }
        let next = app.acme.get("/tags?limit=1").await.expect(200)["next"].as_str().unwrap().to_owned();
        for list in ["contacts", "conversations", "messages", "statuses", "webhook-events", "account-events", "media", "channels", "api-keys"] {
            let answer = app.acme.get(&format!("/{list}?after={next}")).await;
            assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (422, &json!("after")), "{list}");
        }
        let page = app.globex.get(&format!("/tags?after={next}")).await.expect(200);
        assert!(page["items"].as_array().unwrap().len() <= 3);
        assert_eq!(app.acme.all("/tags").await.len(), 3);
    }

    async fn invented_methods_are_counted_as_one(app: &TestApp) {
        for (tenant, method) in [(&app.acme, "BREW"), (&app.globex, "WHISK")] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(tenant.call(method, "/contacts", None).await.status, 405);
            tenant.get("/contacts").await.expect(200);
        }
        let metrics = app.http.get(&app.metrics).send().await.unwrap().text().await.unwrap();
        let counted = |method: &str| {
            let of_contacts = format!("wapro_http_requests_total{{method=\"{method}\",route=\"/api/v1/contacts\",");
            metrics.lines().filter(|line| line.starts_with(&of_contacts)).count()
        };
        assert_eq!((counted("GET"), counted("other"), counted("BREW"), counted("WHISK")), (1, 1, 0, 0), "{metrics}");
    }

    async fn an_expired_a_revoked_and_a_forged_key_are_401(app: &TestApp) {
        let soon = app.system.clock().now() + TimeDelta::minutes(5);
        let db = app.system.tenant(app.acme.id);
        let expiring = app.identity.create_api_key(&db, "Expiring", &["contacts:read"], Some(soon)).await.unwrap();
        let expiring = expiring.secret.expose_secret();
        let get = async |key: &str| app.acme.call_with(key, reqwest::Method::GET, "/contacts", None).await;
        assert_eq!(get(expiring).await.status, 200);
        app.clock.advance(TimeDelta::minutes(6));
        let expired = get(expiring).await;
        assert_eq!((expired.status, expired.code()), (401, "api_key_expired"));
        let made = app.acme.post("/api-keys", json!({ "name": "Short", "scopes": ["contacts:read"] })).await.expect(201);
        let key = made["key"].as_str().unwrap().to_owned();
        assert_eq!(get(&key).await.status, 200);
        app.acme.delete(&format!("/api-keys/{}", made["id"].as_str().unwrap())).await.expect(204);
        for key in [key.as_str(), "wapro_0000000000000000", "nonsense"] {
            assert_eq!(get(key).await.status, 401, "{key}");
        }
        app.globex.get("/contacts").await.expect(200);
    }

    async fn another_site_cannot_steer_the_simulator(app: &TestApp) {
        let url = format!("{}/_sim/state", app.base);
        for (name, value, status) in [
            ("origin", "https://evil.example", 403),
            ("sec-fetch-site", "cross-site", 403),
            ("origin", app.base.as_str(), 200),
            ("sec-fetch-site", "same-origin", 200),
        ] {
            let answer = app.http.get(&url).header(name, value).send().await.unwrap();
            assert_eq!(answer.status(), status, "{name}: {value}");
        }
        app.globex.get("/contacts").await.expect(200);
    }

    async fn beyond_whatsapps_limits_the_field_is_named(app: &TestApp) {
        app.acme.customer_writes("447700900123", "Hi");
        app.settled().await;
        let to = json!({ "phone": "+447700900123" });
        for (body, field) in [
            (json!({ "to": {}, "type": "text", "text": { "body": "x" } }), "to"),
            (json!({ "to": { "phone": "abc" }, "type": "text", "text": { "body": "x" } }), "to.phone"),
            (json!({ "to": { "bsuid": "nope" }, "type": "text", "text": { "body": "x" } }), "to.bsuid"),
            (json!({ "to": to, "type": "text", "image": { "link": "https://x.example/a.png" } }), "text"),
            (json!({ "to": to, "type": "image", "image": {} }), "image"),
            (json!({ "to": to, "type": "image", "image": { "link": "ftp://x.example/a.png" } }), "image.link"),
        ] {
            let answer = app.acme.post("/messages", body.clone()).await;
            assert_eq!(answer.status, 422, "{body}: {}", String::from_utf8_lossy(&answer.bytes));
            assert_eq!(answer.json["errors"][0]["field"], field, "{body}");
        }
        let messages = app.acme.all("/messages?direction=outbound").await;
        assert_eq!(messages, [] as [Value; 0]);
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_requests_are_429_with_the_wait_and_only_for_who_asks_too_much() {
    // Once for both limiters: in process here, the shared one below.
    for profile in [Profile::Embedded, Profile::Production] {
        let app = TestApp::start_with(
            profile,
            |config| (config.api_rate, config.api_burst) = (1, 30),
            |_| {},
        )
        .await;
        let mut refused = None;
        for _ in 0..60 {
            let answer = app.acme.get("/tags").await;
            if answer.status == 429 {
                refused = Some(answer);
                break;
            }
        }
        let refused = refused.expect("a refusal within sixty requests");
        assert_eq!(refused.code(), "too_many_requests");
        let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        assert_eq!(refused.json["retry_after"], wait);
        app.globex.get("/tags").await.expect(200);
        app.stop().await;
    }
}
