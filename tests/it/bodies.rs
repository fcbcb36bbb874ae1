//! Request bodies: no route reads more than its limit, whatever the headers say, and slow bodies do not block others.

use std::{net::SocketAddr, time::Duration};

use server::Platform;
use testkit::{TestApp, on_both_profiles};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// What an endless body is cut at here, should nobody refuse it.
const ENDLESS: usize = 60 << 20;
/// Bytes that a refused request may have got rid of: what the server reads, and the buffers of the two sockets. The simulator
/// itself reads up to 32 MB.
const TAKEN: usize = 24 << 20;
const TAKEN_BY_SIMULATOR: usize = 52 << 20;

/// A route that has a body: method, path from the root, and headers of who is known there.
struct BodyRoute {
    method: String,
    path: String,
    content_type: String,
    known: String,
}

const JSON: &str = "application/json";

/// JSON where the operation takes it, else the first type that it names.
fn content_type(body: &serde_json::Value) -> String {
    let mut types = body["content"]
        .as_object()
        .into_iter()
        .flat_map(|types| types.keys());
    let first = types.next().map_or(JSON, String::as_str);
    if first.starts_with(JSON) || types.any(|other| other.starts_with(JSON)) {
        JSON.to_owned()
    } else {
        first.to_owned()
    }
}

/// All of them: the description's, the webhook, the simulator's.
async fn body_routes(app: &TestApp) -> Vec<BodyRoute> {
    let document = Platform::described().await.unwrap().document.value;
    let mut routes = Vec::new();
    let person = app.person(&app.acme, kernel::Role::Agent).await;
    let cookie = app.signed_in(&person).await;
    for operation in host::openapi::operations(&document) {
        let described = &document["paths"][&operation.path][operation.method.to_lowercase()];
        if described["requestBody"].is_null() {
            continue;
        }
        let example = |name: &str| {
            let parameters = described["parameters"].as_array().into_iter().flatten();
            let mut found = parameters.filter(|parameter| parameter["name"] == name);
            let example = found.next().and_then(|found| found["schema"]["example"].as_str());
            example.unwrap_or("contacts").to_owned()
        };
        let segments = operation.path.split('/').map(|segment| {
            let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            name.map_or_else(|| segment.to_owned(), example)
        });
        let path = segments.collect::<Vec<_>>().join("/");
        routes.push(BodyRoute {
            method: operation.method.clone(),
            path: format!("/api/v1{path}"),
            content_type: content_type(&described["requestBody"]),
            // A person's own account is the portal's.
            known: if path.starts_with("/me") {
                format!("Cookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n")
            } else {
                format!("Authorization: Bearer {}\r\n", app.acme.key)
            },
        });
    }
    assert!(routes.len() >= 9, "{} routes", routes.len());
    let path = |url: &str| format!("/{}", url.splitn(4, '/').nth(3).unwrap_or_default());
    routes.push(BodyRoute {
        method: "POST".to_owned(),
        path: path(&app.acme.webhook_url),
        content_type: JSON.to_owned(),
        known: format!("X-Hub-Signature-256: sha256={}\r\n", "0".repeat(64)),
    });
    for control in ["/_sim/inbound", "/_sim/state", "/_sim/handshake"] {
        routes.push(BodyRoute {
            method: "POST".to_owned(),
            path: control.to_owned(),
            content_type: JSON.to_owned(),
            known: String::new(),
        });
    }
    routes
}

/// Sends a chunked body without an end until the server answers or takes no more. Answers what it took and its answer.
async fn endless(address: SocketAddr, route: &BodyRoute, headers: &str) -> (usize, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let BodyRoute {
        method,
        path,
        content_type,
        ..
    } = route;
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let mut part = format!("{:x}\r\n", 64 << 10).into_bytes();
    part.resize(part.len() + (64 << 10), b' ');
    part.extend_from_slice(b"\r\n");
    let mut taken = 0;
    let mut answer = vec![0; 16 << 10];
    let sending = async {
        while taken < ENDLESS && writing.write_all(&part).await.is_ok() {
            taken += part.len();
        }
        std::future::pending::<()>().await;
    };
    let count = tokio::select! {
        () = sending => 0,
        count = reading.read(&mut answer) => count.unwrap_or(0),
    };
    (taken, String::from_utf8_lossy(&answer[..count]).into_owned())
}

fn status(answer: &str) -> u16 {
    answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or_default()
}

fn address(app: &TestApp) -> SocketAddr {
    app.base.trim_start_matches("http://").parse().unwrap()
}

on_both_profiles! {
    async fn no_route_reads_an_endless_body(app: &TestApp) {
        let address = address(app);
        for route in body_routes(app).await {
            // Files are streamed up to WhatsApp's largest; the test below declares more than that.
            let is_upload = ["/api/v1/media", "/api/v1/templates/samples"].contains(&route.path.as_str());
            let is_simulator = route.path.starts_with("/_sim/");
            for known in [false, true] {
                if is_upload && known {
                    continue;
                }
                for upgrade in ["", "Connection: Upgrade\r\nUpgrade: websocket\r\n"] {
                    for encoding in ["", "gzip", "br", "identity"] {
                        let mut headers = upgrade.to_owned();
                        if known {
                            headers += &route.known;
                        }
                        if !encoding.is_empty() {
                            headers += &format!("Content-Encoding: {encoding}\r\n");
                        }
                        let (taken, answer) = endless(address, &route, &headers).await;
                        let case = format!("{} {} {headers:?}: {taken} bytes, {answer}", route.method, route.path);
                        let refusals: &[u16] = match encoding {
                            "gzip" | "br" => &[415],
                            _ if is_simulator => &[400, 404, 413],
                            _ if known => &[413],
                            _ => &[401, 413],
                        };
                        assert!(refusals.contains(&status(&answer)), "{case}");
                        assert!(taken < if is_simulator { TAKEN_BY_SIMULATOR } else { TAKEN }, "{case}");
                        if refusals == [415] {
                            assert!(answer.contains("accept-encoding: identity"), "{case}");
                            assert!(answer.contains("application/problem+json"), "{case}");
                        }
                    }
                }
            }
        }
        app.globex.get("/contacts").await.expect(200);
    }

    async fn a_body_that_declares_too_much_is_413_before_it_is_sent(app: &TestApp) {
        let address = address(app);
        for route in body_routes(app).await {
            for upgrade in ["", "Connection: Upgrade\r\nUpgrade: websocket\r\n"] {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let BodyRoute { method, path, content_type, known } = &route;
                let head = format!(
                    "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {content_type}\r\nContent-Length: 600000000\r\n\
                     Expect: 100-continue\r\n{known}{upgrade}\r\n"
                );
                stream.write_all(head.as_bytes()).await.unwrap();
                let mut answer = vec![0; 16 << 10];
                let count = stream.read(&mut answer).await.unwrap();
                let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
                // The simulator reads, so it asks for the body first; it stops at its own limit.
                if !path.starts_with("/_sim/") {
                    assert_eq!(status(&answer), 413, "{method} {path}: {answer}");
                    assert!(answer.contains("connection: close"), "{method} {path}: {answer}");
                }
            }
        }
        app.globex.get("/contacts").await.expect(200);
    }

    async fn unknown_paths_and_unsigned_webhooks_are_refused_before_the_body(app: &TestApp) {
        let address = address(app);
        let webhook = app.acme.webhook_url.splitn(4, '/').nth(3).unwrap().to_owned();
        let signed = format!("X-Hub-Signature-256: sha256={}\r\n", "a".repeat(64));
        for (path, headers, refused) in [
            ("/nothing/here".to_owned(), "", 405),
            ("/api/v1/nothing".to_owned(), "", 404),
            ("/api/v1/messages".to_owned(), "", 401),
            (format!("/{webhook}"), "", 401),
            (format!("/{webhook}"), "X-Hub-Signature-256: sha256=short\r\n", 401),
            ("/webhooks/whatsapp/no-such-path".to_owned(), signed.as_str(), 404),
            (format!("/{webhook}"), signed.as_str(), 413),
        ] {
            let route = BodyRoute { method: "POST".to_owned(), path, content_type: JSON.to_owned(), known: String::new() };
            let (taken, answer) = endless(address, &route, headers).await;
            assert_eq!(status(&answer), refused, "{} {headers}: {answer}", route.path);
            assert!(answer.contains("connection: close"), "{answer}");
            assert!(taken < TAKEN, "{}: {taken}", route.path);
        }
        app.globex.get("/contacts").await.expect(200);
    }

    async fn two_hundred_slow_bodies_keep_nobody_out(app: &TestApp) {
        let address = address(app);
        let routes = body_routes(app).await;
        let mut slow = Vec::new();
        for number in 0..200 {
            let BodyRoute { method, path, content_type, known } = &routes[number % routes.len()];
            let mut stream = TcpStream::connect(address).await.unwrap();
            let head = format!(
                "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {content_type}\r\nContent-Length: 16000\r\n{known}\r\n"
            );
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(&[b' '; 8000]).await.unwrap();
            slow.push(stream);
        }
        for tenant in [&app.acme, &app.globex] {
            tenant.get("/contacts").await.expect(200);
            tenant.post("/contacts", serde_json::json!({ "name": "Ana", "phone": "+447700900123" })).await.expect(201);
            let (body, _) = tenant.text_webhook("447700900321", "Hi");
            tenant.webhook(&body).await.expect(200);
        }
        app.settled().await;
        assert_eq!(app.acme.all("/messages").await.len(), 1);
        assert_eq!(app.globex.all("/messages").await.len(), 1);
        // They are still open: nobody was served because they had gone.
        let mut space = [0; 1];
        let open = slow.iter_mut().filter(|stream| stream.try_read(&mut space).is_err());
        assert!(open.count() > 100);
    }
}

/// Answers may be compressed all the same.
#[tokio::test]
async fn answers_are_still_compressed() {
    let app = TestApp::start(testkit::Profile::Embedded).await;
    let mut stream = TcpStream::connect(address(&app)).await.unwrap();
    let head = "GET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 16 << 10];
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read(&mut answer));
    let count = read.await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..count]).to_lowercase();
    assert!(
        answer.starts_with("http/1.1 200") && answer.contains("content-encoding: gzip"),
        "{answer}"
    );
    drop(stream);
    app.stop().await;
}
