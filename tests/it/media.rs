//! Files: stored, served, sent, refused, fetched again, deleted.

use chrono::TimeDelta;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use testkit::{Answer, Profile, Tenant, TestApp, on_both_profiles};

const CUSTOMER: &str = "447700900123";

/// Bytes that start as a picture does.
fn png(size: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend((bytes.len()..size).map(|n| (n % 251) as u8));
    bytes
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A customer sends a file. Answers the message once the platform has come to rest.
async fn customer_sends(app: &TestApp, tenant: &Tenant, kind: &str, mut file: Value, bytes: &[u8]) -> Value {
    file["data"] = Value::from(base64(bytes));
    let spec = json!({ "phone_id": tenant.phone_id, "from": CUSTOMER, "type": kind, kind: file });
    let wamid = app.sim.inbound(&spec).unwrap();
    app.settled().await;
    tenant.get(&format!("/messages?wamid={wamid}")).await.expect(200)["items"][0].clone()
}

/// A webhook with a picture whose id WhatsApp does not know.
fn strangers_picture(tenant: &Tenant, wamid: &str, id: &str, url: Option<&str>) -> Vec<u8> {
    let mut image = json!({ "id": id, "mime_type": "image/png", "sha256": base64(&[7; 32]) });
    if let Some(url) = url {
        image["url"] = Value::from(url);
    }
    tenant.envelope(json!({
        "contacts": [{ "profile": { "name": "Ana" }, "wa_id": CUSTOMER }],
        "messages": [{ "from": CUSTOMER, "id": wamid, "timestamp": chrono::Utc::now().timestamp().to_string(), "type": "image", "image": image }],
    }))
}

async fn part(app: &TestApp, url: &str, headers: &[(&'static str, &str)]) -> Answer {
    let mut request = app.http.get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::read(request.send().await.unwrap()).await
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap())
        .unwrap_or_default()
}

/// A customer writes, so that anything may be sent to them for a day.
async fn window(app: &TestApp, tenant: &Tenant) {
    tenant.customer_writes(CUSTOMER, "Hi");
    app.settled().await;
}

fn image(media_id: &Value) -> Value {
    json!({ "to": { "phone": format!("+{CUSTOMER}") }, "type": "image", "image": { "media_id": media_id, "caption": "Here" } })
}

/// Files that the simulator was given by upload.
fn uploads(app: &TestApp) -> usize {
    let world = app.sim.export()["world"].clone();
    let media = world["media"].as_object().unwrap();
    media
        .values()
        .filter(|media| media.to_string().contains("upload-marker.png"))
        .count()
}

on_both_profiles! {
    async fn a_received_picture_is_kept_and_served_whole_and_in_parts(app: &TestApp) {
        let mut socket = app.acme.live(None).await;
        let bytes = png(300_000);
        let message = customer_sends(app, &app.acme, "image", json!({ "caption": "Look", "mime_type": "image/png" }), &bytes).await;
        let media = &message["media"];
        assert_eq!((&media["state"], &media["size"], &media["mime"], &media["kind"]), (&json!("ready"), &json!(300_000), &json!("image/png"), &json!("image")));
        assert_eq!(media["message_id"], message["id"]);
        let heard = &socket.event("media_changed").await["items"][0];
        assert_eq!((&heard["state"], &heard["message_id"], &heard["conversation_id"]), (&json!("ready"), &message["id"], &message["conversation_id"]));

        let url = media["url"].as_str().unwrap();
        assert!(!url.contains("ten_") && !url.contains(&app.acme.id.to_string()[4..]), "{url} names the tenant");
        let whole = part(app, url, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(whole.status, 200);
        assert!(whole.bytes == bytes, "the bytes are not what the customer sent");
        for (name, value) in [
            ("content-type", "image/png"),
            ("content-length", "300000"),
            ("accept-ranges", "bytes"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "private, max-age=300"),
            ("content-encoding", ""),
        ] {
            assert_eq!(header(&whole.headers, name), value, "{name}");
        }
        assert!(header(&whole.headers, "content-disposition").starts_with("inline; filename=\"med_"));
        let etag = header(&whole.headers, "etag").to_owned();

        for (range, status, told, expected) in [
            ("bytes=0-9", 206, "bytes 0-9/300000", &bytes[..10]),
            ("bytes=299990-", 206, "bytes 299990-299999/300000", &bytes[299_990..]),
            ("bytes=-5", 206, "bytes 299995-299999/300000", &bytes[299_995..]),
            ("bytes=300000-", 416, "bytes */300000", &[]),
        ] {
            let some = part(app, url, &[("range", range), ("accept-encoding", "gzip")]).await;
            assert_eq!((some.status, header(&some.headers, "content-range")), (status, told), "{range}");
            assert!(some.bytes == expected, "{range}");
        }
        assert_eq!(part(app, url, &[("range", "bytes=0-9"), ("if-range", &etag)]).await.status, 206);
        assert_eq!(part(app, url, &[("range", "bytes=0-9"), ("if-range", "\"older\"")]).await.status, 200);
        assert_eq!(part(app, url, &[("if-none-match", &etag)]).await.status, 304);
        let head = app.http.head(url).send().await.unwrap();
        assert_eq!((head.status(), header(head.headers(), "content-length")), (StatusCode::OK, "300000"));
        assert_eq!(app.http.post(url).send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);

        // Another tenant sees neither the file nor the message's list of it.
        let id = media["id"].as_str().unwrap();
        assert_eq!(app.globex.get(&format!("/media/{id}")).await.status, 404);
        assert_eq!(app.globex.get("/media").await.expect(200)["items"], json!([]));
    }

    async fn strangers_files_are_shown_only_where_they_cannot_act(app: &TestApp) {
        let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
        for (kind, file, bytes, mime, how) in [
            ("document", json!({ "filename": "page.html", "mime_type": "text/html" }), &page, "application/octet-stream", "attachment; filename=\"page.html\"; filename*=UTF-8''page.html"),
            ("image", json!({ "mime_type": "image/png" }), &page, "application/octet-stream", "attachment; filename=\"med_"),
            ("document", json!({ "filename": "../Größe\r\n\".pdf", "mime_type": "application/pdf" }), &b"%PDF-1.7\n".to_vec(), "application/pdf", "inline; filename=\"Gr__e_.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%22.pdf"),
            ("document", json!({ "filename": "a.svg", "mime_type": "image/svg+xml" }), &b"<?xml version=\"1.0\"?><svg/>".to_vec(), "application/octet-stream", "attachment; filename=\"a.svg\""),
        ] {
            let message = customer_sends(app, &app.acme, kind, file, bytes).await;
            let served = part(app, message["media"]["url"].as_str().unwrap(), &[]).await;
            assert!(served.bytes == *bytes);
            assert_eq!(header(&served.headers, "content-type"), mime, "{how}");
            assert!(header(&served.headers, "content-disposition").starts_with(how), "{:?}", served.headers);
        }
    }

    async fn an_address_expires_and_cannot_be_forged(app: &TestApp) {
        let made = app.acme.upload("image/png", &png(1000)).await.expect(201);
        let url = made["url"].as_str().unwrap().to_owned();
        assert_eq!(part(app, &url, &[]).await.status, 200);
        let (base, token) = url.rsplit_once('/').unwrap();
        let nothing = part(app, &format!("{base}/nothing"), &[]).await;
        assert_eq!((nothing.status, nothing.code()), (404, "not_found"));
        let mut forged: Vec<String> = (0..token.len()).step_by(7).map(|at| {
            let mut letters = token.as_bytes().to_vec();
            letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
            String::from_utf8(letters).unwrap()
        }).collect();
        forged.extend([token[..token.len() - 4].to_owned(), format!("{token}AAAA"), "A".repeat(96), "%00".to_owned()]);
        for token in forged {
            let answer = part(app, &format!("{base}/{token}"), &[]).await;
            assert_eq!((answer.status, &answer.bytes), (404, &nothing.bytes), "{token}");
        }
        // It works for a quarter of an hour at most, and for half of that at least.
        app.clock.advance(TimeDelta::minutes(7));
        assert_eq!(part(app, &url, &[]).await.status, 200);
        app.clock.advance(TimeDelta::minutes(9));
        let expired = part(app, &url, &[]).await;
        assert_eq!((expired.status, &expired.bytes), (404, &nothing.bytes));
        let again = app.acme.get(&format!("/media/{}", made["id"].as_str().unwrap())).await.expect(200);
        assert_ne!(again["url"], url);
        assert_eq!(part(app, again["url"].as_str().unwrap(), &[]).await.status, 200);
    }

    async fn what_is_too_large_or_something_else_is_refused(app: &TestApp) {
        let exactly = png(5 << 20);
        assert_eq!(app.acme.upload("image/png", &exactly).await.expect(201)["size"], 5 << 20);
        let mut still = b"RIFF\x24\0\0\0WEBPVP8 ".to_vec();
        still.resize((100 << 10) + 1, 7);
        for (query, mime, bytes, status, code) in [
            ("", "image/png", png((5 << 20) + 1), 413, "too_large"),
            ("?kind=image", "image/png", png(6 << 20), 413, "too_large"),
            ("?kind=sticker", "image/webp", still, 413, "too_large"),
            ("", "image/jpeg", png(1000), 422, "media_type"),
            ("?kind=video", "image/png", png(1000), 422, "media_type"),
            ("?kind=image", "text/plain", b"hello".to_vec(), 422, "media_type"),
            ("", "application/pdf", b"<html>".to_vec(), 422, "media_type"),
            ("", "image/png", Vec::new(), 422, "invalid_request"),
        ] {
            let answer = app.acme.upload_as(query, mime, &bytes).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{query} {mime}: {}", answer.json);
            if status == 413 {
                assert!(answer.json["detail"].as_str().unwrap().contains("bytes"), "{}", answer.json);
            }
        }
        // Without a length in front the limit holds all the same.
        let parts = futures_util::stream::iter((0..90).map(|n| Ok::<_, std::io::Error>(if n == 0 { png(65_536) } else { vec![7; 65_536] })));
        let request = app.http.post(format!("{}/api/v1/media", app.base)).bearer_auth(&app.acme.key).header("content-type", "image/png");
        let answer = Answer::read(request.body(reqwest::Body::wrap_stream(parts)).send().await.unwrap()).await;
        assert_eq!((answer.status, answer.code()), (413, "too_large"));
        // Nothing of what was refused stays.
        assert_eq!(app.acme.all("/media").await.len(), 1);
        let other = app.http.post(format!("{}/api/v1/contacts", app.base)).bearer_auth(&app.acme.key).header("content-type", "application/json");
        assert_eq!(other.body(vec![b' '; 2 << 20]).send().await.unwrap().status(), 413, "other bodies keep their limit");
    }

    async fn slow_senders_hold_up_only_themselves(app: &TestApp) {
        // Four files of one tenant that begin and do not go on.
        let mut slow = Vec::new();
        for _ in 0..4 {
            let (sender, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(4);
            sender.send(Ok(png(20_000))).await.unwrap();
            let body = futures_util::stream::unfold(body, |mut body| async { Some((body.recv().await?, body)) });
            let request = app.http.post(format!("{}/api/v1/media", app.base)).bearer_auth(&app.acme.key).header("content-type", "image/png");
            let answer = tokio::spawn(request.body(reqwest::Body::wrap_stream(body)).send());
            slow.push((sender, answer));
        }
        app.until(&app.acme, "/media?state=waiting", |page| page["items"].as_array().is_some_and(|rows| rows.len() == 4)).await;
        let fifth = app.acme.upload("image/png", &png(1000)).await;
        assert_eq!((fifth.status, fifth.code()), (429, "too_many_requests"));
        assert!(fifth.headers.contains_key("retry-after"));
        app.globex.upload("image/png", &png(1000)).await.expect(201);
        for (sender, answer) in slow {
            drop(sender);
            assert_eq!(answer.await.unwrap().unwrap().status(), StatusCode::CREATED);
        }
        app.acme.upload("image/png", &png(1000)).await.expect(201);
    }

    async fn a_form_is_taken_too(app: &TestApp) {
        let bytes = b"%PDF-1.7\nInvoice".to_vec();
        let file = reqwest::multipart::Part::bytes(bytes.clone()).file_name("../invoice.pdf").mime_str("application/pdf").unwrap();
        let form = reqwest::multipart::Form::new().text("note", "first").part("file", file);
        let request = app.http.post(format!("{}/api/v1/media", app.base)).bearer_auth(&app.acme.key).multipart(form);
        let made = Answer::read(request.send().await.unwrap()).await.expect(201);
        assert_eq!((&made["kind"], &made["file_name"], &made["state"]), (&json!("document"), &json!("invoice.pdf"), &json!("ready")));
        assert_eq!(part(app, made["url"].as_str().unwrap(), &[]).await.bytes, bytes);
        // A name in the extended form only, as some programs write it.
        let body = [b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf\r\n\
                      Content-Type: application/pdf\r\n\r\n".as_slice(), bytes.as_slice(), b"\r\n--b--\r\n".as_slice()].concat();
        let request = app.http.post(format!("{}/api/v1/media", app.base)).bearer_auth(&app.acme.key);
        let request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
        let named = Answer::read(request.send().await.unwrap()).await.expect(201);
        assert_eq!(named["file_name"], "Größe.pdf");
        let empty = reqwest::multipart::Form::new().text("note", "only");
        let request = app.http.post(format!("{}/api/v1/media", app.base)).bearer_auth(&app.acme.key).multipart(empty);
        assert_eq!(Answer::read(request.send().await.unwrap()).await.expect(422)["errors"][0]["field"], "file");
    }

    async fn an_upload_is_brought_to_whatsapp_once_and_its_own_id_is_sent(app: &TestApp) {
        window(app, &app.acme).await;
        window(app, &app.globex).await;
        let made = app.acme.upload_as("?file_name=upload-marker.png", "image/png", &png(70_000)).await.expect(201);
        for _ in 0..5 {
            let sent = app.acme.post("/messages", image(&made["id"])).await.expect(202);
            assert_eq!(sent["media"]["id"], made["id"]);
        }
        app.settled().await;
        let sent: Vec<Value> = app.acme.all("/messages").await.into_iter().filter(|message| message["direction"] == "outbound").collect();
        assert_eq!(sent.len(), 5);
        for message in &sent {
            assert_eq!((&message["status"], &message["media"]["id"]), (&json!("read"), &made["id"]), "{message}");
            let served = part(app, message["media"]["url"].as_str().unwrap(), &[]).await;
            assert!(served.bytes == png(70_000));
        }
        assert_eq!(uploads(app), 1, "five messages, one upload");
        // What the simulator was sent names a file it knows, and its bytes are ours.
        let world = app.sim.export()["world"].clone();
        let (id, kept) = world["media"].as_object().unwrap().iter().find(|(_, media)| media.to_string().contains("upload-marker.png")).unwrap();
        assert!(id.bytes().all(|b| b.is_ascii_digit()), "{id}");
        assert!(kept.to_string().contains(&base64(&png(70_000))), "the bytes are not ours");
        let messages = world["messages"].to_string();
        assert!(messages.matches(id.as_str()).count() >= 5, "{id} is not what was sent");
        assert!(!messages.contains("med_"), "an id of ours left the house");
        // WhatsApp forgets it after thirty days; we bring it again before.
        app.clock.advance(TimeDelta::days(29) + TimeDelta::minutes(1));
        window(app, &app.acme).await;
        app.acme.post("/messages", image(&made["id"])).await.expect(202);
        app.settled().await;
        assert_eq!(uploads(app), 2);
    }

    async fn a_file_that_cannot_be_sent_is_refused_before_it_leaves(app: &TestApp) {
        window(app, &app.acme).await;
        let document = app.acme.upload("text/plain", b"hello").await.expect(201);
        for (media_id, status, code) in [
            (&document["id"], 422, "media_type"),
            (&json!("med_0199c0a4d2c87b1e9a3f5d6e7f809112"), 404, "not_found"),
        ] {
            let answer = app.acme.post("/messages", image(media_id)).await;
            assert_eq!((answer.status, answer.code()), (status, code), "{}", answer.json);
        }
        let both = json!({ "to": { "phone": format!("+{CUSTOMER}") }, "type": "image", "image": { "media_id": document["id"], "link": "https://x.example/a.png" } });
        assert_eq!(app.acme.post("/messages", both).await.expect(422)["errors"][0]["field"], "image");
        assert_eq!(app.sim.ledger().accepted_total, 0);
    }

    async fn an_upload_to_whatsapp_that_fails_is_tried_again(app: &TestApp) {
        window(app, &app.acme).await;
        fault(app, "POST", "/media", 2).await;
        let made = app.acme.upload("image/png", &png(1000)).await.expect(201);
        let sent = app.acme.post("/messages", image(&made["id"])).await.expect(202);
        let id = sent["id"].as_str().unwrap();
        let path = format!("/messages/{id}");
        // Each pause is pushed by.
        for _ in 0..3 {
            app.settled().await;
            app.clock.advance(TimeDelta::minutes(1));
        }
        let done = app.until(&app.acme, &path, |message| message["status"] == "read").await;
        assert_eq!(done["media"]["id"], made["id"]);
        assert_eq!(app.sim.ledger().accepted_total, 1);
    }

    async fn a_fetch_that_failed_says_why_and_can_be_asked_for_again(app: &TestApp) {
        let body = strangers_picture(&app.acme, "wamid.UNKNOWN", "55000000000000999", None);
        assert_eq!(app.acme.webhook(&body).await.status, 200);
        app.settled().await;
        let failed = app.acme.get("/media?state=failed").await.expect(200)["items"][0].clone();
        assert_eq!((&failed["state"], &failed["url"]), (&json!("failed"), &Value::Null));
        assert!(failed["reason"].as_str().unwrap().contains("100"), "{failed}");
        let message = app.acme.get("/messages?wamid=wamid.UNKNOWN").await.expect(200)["items"][0].clone();
        assert_eq!(message["media"]["id"], failed["id"]);
        let again = format!("/media/{}/fetch", failed["id"].as_str().unwrap());
        assert_eq!(app.acme.post(&again, Value::Null).await.expect(200)["state"], "waiting");
        assert_eq!(app.globex.post(&again, Value::Null).await.status, 404);
        app.settled().await;
        assert_eq!(app.acme.get("/media?state=failed").await.expect(200)["items"][0]["id"], failed["id"]);
        app.clock.advance(TimeDelta::days(8));
        assert_eq!(app.acme.post(&again, Value::Null).await.code(), "media_expired");
        let ready = app.acme.upload("text/plain", b"hello").await.expect(201);
        let ready = format!("/media/{}/fetch", ready["id"].as_str().unwrap());
        assert_eq!(app.acme.post(&ready, Value::Null).await.code(), "media_not_failed");
    }

    async fn what_whatsapp_cannot_give_now_is_asked_for_again(app: &TestApp) {
        // The download address of the webhook does not work, and the node fails twice.
        let world = json!({ "phone_id": app.acme.phone_id, "from": CUSTOMER, "type": "image", "image": { "data": base64(&png(5000)), "mime_type": "image/png" } });
        app.sim.inbound(&world).unwrap();
        app.settled().await;
        let known = app.sim.export()["world"]["media"].as_object().unwrap().keys().next().unwrap().clone();
        fault(app, "GET", &known, 2).await;
        let mut body: Value = serde_json::from_slice(&strangers_picture(&app.acme, "wamid.SLOW", &known, Some("https://lookaside.fbsbx.com/_media/gone"))).unwrap();
        body["entry"][0]["changes"][0]["value"]["messages"][0]["image"].as_object_mut().unwrap().remove("sha256");
        assert_eq!(app.acme.webhook(body.to_string().as_bytes()).await.status, 200);
        let path = "/messages?wamid=wamid.SLOW";
        let done = app.until(&app.acme, path, |page| page["items"][0]["media"]["state"] == "ready").await;
        let served = part(app, done["items"][0]["media"]["url"].as_str().unwrap(), &[]).await;
        assert!(served.bytes == png(5000));
    }

    async fn bytes_that_are_not_the_announced_ones_are_not_kept(app: &TestApp) {
        let known = customer_sends(app, &app.acme, "image", json!({ "mime_type": "image/png" }), &png(900)).await;
        let known = known["media"]["whatsapp_id"].as_str().unwrap();
        // The digest in this webhook is another file's.
        assert_eq!(app.acme.webhook(&strangers_picture(&app.acme, "wamid.OTHER", known, None)).await.status, 200);
        app.settled().await;
        let media = app.acme.get("/messages?wamid=wamid.OTHER").await.expect(200)["items"][0]["media"].clone();
        assert_eq!((&media["state"], &media["url"]), (&json!("waiting"), &Value::Null), "{media}");
    }

    async fn an_upload_that_nobody_uses_goes_after_thirty_days(app: &TestApp) {
        window(app, &app.acme).await;
        let used = app.acme.upload("image/png", &png(1000)).await.expect(201);
        app.acme.post("/messages", image(&used["id"])).await.expect(202);
        let received = customer_sends(app, &app.acme, "image", json!({ "mime_type": "image/png" }), &png(2000)).await;
        let unused = app.acme.upload("text/plain", b"nobody").await.expect(201);
        app.clock.advance(TimeDelta::days(10));
        let younger = app.acme.upload("text/plain", b"younger").await.expect(201);
        let path = |media: &Value| format!("/media/{}", media["id"].as_str().unwrap());
        app.clock.advance(TimeDelta::days(20) + TimeDelta::minutes(2));
        app.until(&app.acme, &path(&unused), |answer| answer["code"] == "not_found").await;
        for kept in [&used, &received["media"], &younger] {
            app.acme.get(&path(kept)).await.expect(200);
        }
        app.clock.advance(TimeDelta::days(11));
        app.until(&app.acme, &path(&younger), |answer| answer["code"] == "not_found").await;
        app.acme.get(&path(&used)).await.expect(200);
    }
}

/// Spoils some of the simulator's answers.
async fn fault(app: &TestApp, method: &str, path: &str, times: u64) {
    let fault = json!({ "match": { "method": method, "path": path }, "trigger": { "next_n": times }, "response": { "status": 503, "code": 2 } });
    let request = app.http.post(format!("{}/_sim/faults", app.base)).json(&fault);
    assert!(request.send().await.unwrap().status().is_success());
}

/// A customer's link is fetched for them, but never out of our own network. One profile: no table is in play.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_fetched_and_one_into_the_house_is_not() {
    let app = TestApp::start_with(
        Profile::Embedded,
        |config| {
            // The platform itself stands for the public internet, on this one address.
            config.media.fetch_http = true;
            config.media.fetch_ports = vec![config.listen.port(), 80, 443];
            config.media.fetch_networks = vec!["127.0.0.1/32".parse().unwrap()];
        },
        |_| {},
    )
    .await;
    let made = app.globex.upload("image/png", &png(4000)).await.expect(201);
    let link = json!({ "link": made["url"] });
    let fetched = app.acme.post("/media", link.clone()).await.expect(201);
    // A server says the name of what it gives, which counts more than the address.
    let named = app
        .globex
        .upload_as("?file_name=Gr%C3%B6%C3%9Fe.png", "image/png", &png(500))
        .await;
    let named = json!({ "link": named.expect(201)["url"] });
    assert_eq!(
        app.acme.post("/media", named).await.expect(201)["file_name"],
        "Größe.png"
    );
    assert_eq!(
        (&fetched["mime"], &fetched["size"]),
        (&json!("image/png"), &json!(4000))
    );
    assert!(part(&app, fetched["url"].as_str().unwrap(), &[]).await.bytes == png(4000));
    assert_eq!(
        app.acme.post("/media?kind=video", link).await.code(),
        "media_type"
    );
    for refused in [
        "http://127.0.0.2/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/a.png",
        "http://localhost:22/a.png",
        "http://2130706434/a.png",
        "file:///etc/passwd",
    ] {
        let answer = app.acme.post("/media", json!({ "link": refused })).await;
        assert_eq!((answer.status, answer.code()), (422, "link_refused"), "{refused}");
    }
    let gone = app
        .acme
        .post("/media", json!({ "link": format!("{}/media/gone", app.base) }))
        .await;
    assert_eq!((gone.status, gone.code()), (502, "link_failed"));
    for malformed in [
        json!({}),
        json!({ "link": ["https://x.example/"] }),
        json!({ "link": "https://x.example/", "more": 1 }),
    ] {
        assert_eq!(app.acme.post("/media", malformed).await.code(), "invalid_request");
    }
    app.stop().await;
}

/// A webhook is its tenant's word: with its own app secret a tenant can sign any address. The token and our network stay
/// out of its reach.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_webhook_cannot_send_us_anywhere() {
    let app = TestApp::start(Profile::Embedded).await;
    let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/steal", trap.local_addr().unwrap());
    let body = strangers_picture(&app.acme, "wamid.TRAP", "55000000000000998", Some(&url));
    assert_eq!(app.acme.webhook(&body).await.status, 200);
    app.settled().await;
    let media = app.acme.get("/messages?wamid=wamid.TRAP").await.expect(200)["items"][0]["media"].clone();
    assert_eq!(media["state"], "failed");
    assert!(
        futures_util::FutureExt::now_or_never(trap.accept()).is_none(),
        "somebody came"
    );
    app.stop().await;
}
