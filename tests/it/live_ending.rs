//! How a live connection ends (RFC 6455, 5.5.1 and 7.4.1), how many there may be, and that it extends no session.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use testkit::{PASSWORD, Profile, TestApp, on_both_profiles};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A WebSocket of bare bytes: what no library would send.
struct Raw {
    stream: TcpStream,
}

/// A frame of the server: its kind and what is in it.
#[derive(Debug)]
struct Frame {
    opcode: u8,
    payload: Vec<u8>,
}

const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;
const LAST: u8 = 0x80;

impl Raw {
    /// Asks for an upgrade. Answers the status, and the text of a refusal.
    async fn ask(app: &TestApp, credential: &str) -> (u16, String, Self) {
        let mut stream = TcpStream::connect(app.config.listen).await.unwrap();
        let request = format!(
            "GET /api/v1/live HTTP/1.1\r\nHost: {}\r\n{credential}\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            app.config.listen
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let mut head = String::from_utf8(head).unwrap();
        let length = head
            .to_lowercase()
            .split("content-length: ")
            .nth(1)
            .map(str::to_owned);
        if let Some(length) = length.and_then(|rest| rest.lines().next()?.trim().parse::<usize>().ok()) {
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            head.push_str(&String::from_utf8(body).unwrap());
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head, Self { stream })
    }

    async fn open(app: &TestApp) -> Self {
        Self::with(app, &format!("Authorization: Bearer {}", app.acme.key)).await
    }

    async fn with(app: &TestApp, credential: &str) -> Self {
        let (status, head, mut socket) = Self::ask(app, credential).await;
        assert_eq!(status, 101, "{head}");
        assert!(
            head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            "the RFC's own example: {head}"
        );
        assert_eq!(socket.frame().await.opcode, TEXT, "the greeting");
        socket
    }

    /// Sends a frame under a mask of zeros.
    async fn send(&mut self, first: u8, payload: &[u8]) {
        self.send_masked(first, 0x80, payload).await;
    }

    async fn send_masked(&mut self, first: u8, mask: u8, payload: &[u8]) {
        let mut bytes = vec![first];
        match u8::try_from(payload.len()) {
            Ok(length) if length < 126 => bytes.push(mask | length),
            _ => {
                bytes.push(mask | 126);
                bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
            }
        }
        if mask != 0 {
            bytes.extend([0; 4]);
        }
        bytes.extend(payload);
        self.stream.write_all(&bytes).await.unwrap();
    }

    async fn frame(&mut self) -> Frame {
        let reading = async {
            let opcode = self.stream.read_u8().await.unwrap() & 0x0f;
            let length = match self.stream.read_u8().await.unwrap() {
                126 => usize::from(self.stream.read_u16().await.unwrap()),
                127 => usize::try_from(self.stream.read_u64().await.unwrap()).unwrap(),
                length => usize::from(length),
            };
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.unwrap();
            Frame { opcode, payload }
        };
        tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .expect("a frame in time")
    }

    /// The code and the reason of the Close frame that comes, and then nothing but the end.
    async fn closed(&mut self) -> (u16, String) {
        loop {
            let Frame { opcode, payload } = self.frame().await;
            if opcode != CLOSE {
                continue;
            }
            let (code, reason) = payload.split_at(payload.len().min(2));
            let code = code.try_into().map_or(1005, u16::from_be_bytes);
            let mut rest = Vec::new();
            tokio::time::timeout(Duration::from_secs(20), self.stream.read_to_end(&mut rest))
                .await
                .expect("the end in time")
                .expect("an end and no reset");
            assert!(rest.is_empty(), "{rest:?}");
            return (code, String::from_utf8(reason.to_vec()).unwrap());
        }
    }
}

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes(), reason].concat()
}

#[tokio::test]
async fn a_close_frame_is_answered_with_one() {
    let app = TestApp::start(Profile::Embedded).await;
    for (sent, code, reason) in [
        (close(1000, b"bye"), 1000, "bye"),
        (close(1001, b""), 1001, ""),
        (close(3000, "schön".as_bytes()), 3000, "schön"),
        (close(4999, &[b'x'; 123]), 4999, &"x".repeat(123)),
        (Vec::new(), 1005, ""),
        // Codes that nobody may send.
        (close(1005, b""), 1002, "Protocol violation"),
        (close(1006, b""), 1002, "Protocol violation"),
        (close(999, b""), 1002, "Protocol violation"),
    ] {
        let mut socket = Raw::open(&app).await;
        socket.send(LAST | CLOSE, &sent).await;
        assert_eq!(socket.closed().await, (code, reason.to_owned()), "{sent:?}");
    }
    app.globex.live(None).await;
    app.stop().await;
}

/// What is sent, frame by frame (first byte, mask bit, payload), and the close code that answers it.
type Breach<'a> = (&'a str, Vec<(u8, u8, &'a [u8])>, u16);

#[tokio::test]
async fn who_breaks_the_protocol_is_told_how() {
    let app = TestApp::start(Profile::Embedded).await;
    let long = vec![b'x'; 16 * 1024 + 1];
    let cases: [Breach<'_>; 15] = [
        ("a frame that is too long", vec![(LAST | TEXT, 0x80, &long)], 1009),
        ("a long binary frame", vec![(LAST | 2, 0x80, &long)], 1009),
        (
            "a message of parts that is too long",
            vec![(TEXT, 0x80, &long[..9000]), (LAST, 0x80, &long[..9000])],
            1009,
        ),
        ("no mask", vec![(LAST | TEXT, 0, b"hi")], 1002),
        ("no mask on a close", vec![(LAST | CLOSE, 0, b"")], 1002),
        ("a reserved bit", vec![(0xc0 | TEXT, 0x80, b"hi")], 1002),
        (
            "a data kind that does not exist",
            vec![(LAST | 3, 0x80, b"hi")],
            1002,
        ),
        (
            "a control kind that does not exist",
            vec![(LAST | 11, 0x80, b"hi")],
            1002,
        ),
        ("a part without a beginning", vec![(LAST, 0x80, b"hi")], 1002),
        (
            "a message inside another",
            vec![(TEXT, 0x80, b"hi"), (LAST | TEXT, 0x80, b"hi")],
            1002,
        ),
        ("a ping in parts", vec![(PING, 0x80, b"hi")], 1002),
        (
            "a ping that is too long",
            vec![(LAST | PING, 0x80, &long[..126])],
            1002,
        ),
        ("a close of one byte", vec![(LAST | CLOSE, 0x80, b"x")], 1002),
        (
            "text that is not UTF-8",
            vec![(LAST | TEXT, 0x80, b"a\xffb")],
            1007,
        ),
        (
            "text of parts that is not UTF-8",
            vec![(TEXT, 0x80, b"\xe2\x82"), (LAST, 0x80, b"x")],
            1007,
        ),
    ];
    for (what, frames, code) in cases {
        let mut socket = Raw::open(&app).await;
        for (first, mask, payload) in frames {
            socket.send_masked(first, mask, payload).await;
        }
        let (said, reason) = socket.closed().await;
        assert_eq!(said, code, "{what}: {reason}");
        assert!(!reason.is_empty(), "{what}");
    }
    let mut reason = Raw::open(&app).await;
    reason.send(LAST | CLOSE, &close(1000, b"\xff")).await;
    assert_eq!(reason.closed().await.0, 1007);

    // What is allowed is heard and answered, or not looked at.
    let mut fine = Raw::open(&app).await;
    fine.send(LAST | TEXT, &long[..16 * 1024]).await;
    fine.send(TEXT, "€".as_bytes().split_at(1).0).await;
    fine.send(LAST | PING, b"there?").await;
    fine.send(LAST, "€".as_bytes().split_at(1).1).await;
    let pong = loop {
        let frame = fine.frame().await;
        if frame.opcode == PONG {
            break frame.payload;
        }
    };
    assert_eq!(pong, b"there?");
    fine.send(LAST | CLOSE, &close(1000, b"")).await;
    assert_eq!(fine.closed().await.0, 1000);
    app.stop().await;
}

#[tokio::test]
async fn the_server_says_why_it_ends() {
    let app = TestApp::start(Profile::Embedded).await;
    let made = app
        .acme
        .post(
            "/api-keys",
            json!({ "name": "Short", "scopes": ["messages:read"] }),
        )
        .await
        .expect(201);
    let key = format!("Authorization: Bearer {}", made["key"].as_str().unwrap());
    let mut revoked = Raw::with(&app, &key).await;
    let mut until_the_end = Raw::open(&app).await;
    app.acme
        .delete(&format!("/api-keys/{}", made["id"].as_str().unwrap()))
        .await
        .expect(204);
    let (code, reason) = revoked.closed().await;
    assert_eq!(code, 1008);
    assert!(reason.contains("session"), "{reason}");
    let heard = async {
        let (code, reason) = until_the_end.closed().await;
        assert_eq!(code, 1001);
        assert!(reason.contains("stopping"), "{reason}");
    };
    tokio::join!(heard, app.stop());
}

#[tokio::test]
async fn a_caller_and_a_process_have_so_many_connections() {
    let app = TestApp::start_with(
        Profile::Embedded,
        |config| (config.live_sockets_per_caller, config.live_sockets) = (2, 3),
        |_| {},
    )
    .await;
    let acme = format!("Authorization: Bearer {}", app.acme.key);
    let globex = format!("Authorization: Bearer {}", app.globex.key);
    let mut first = Raw::with(&app, &acme).await;
    let second = Raw::with(&app, &acme).await;
    let (status, text, _) = Raw::ask(&app, &acme).await;
    assert_eq!(status, 429);
    assert!(text.contains(r#""code":"too_many_live_connections""#), "{text}");
    assert!(
        text.contains("One person or API key may have 2"),
        "the tenant may have as many: {text}"
    );
    assert!(text.to_lowercase().contains("retry-after: "), "{text}");
    // Another caller is not the first one's concern, but the process is full at some point.
    let third = Raw::with(&app, &globex).await;
    let (status, text, _) = Raw::ask(&app, &globex).await;
    assert_eq!(status, 503);
    assert!(text.contains(r#""code":"live_connections_full""#), "{text}");
    // Missing credentials are reported first, and use up no connection.
    assert_eq!(
        Raw::ask(&app, "Authorization: Bearer wapro_nonsense").await.0,
        401
    );

    // A place is free again after the closing handshake, and also when a connection just breaks off.
    first.send(LAST | CLOSE, &close(1000, b"")).await;
    first.closed().await;
    drop(first);
    let opened = async {
        loop {
            let (status, _, socket) = Raw::ask(&app, &globex).await;
            if status == 101 {
                return socket;
            }
            tokio::task::yield_now().await;
        }
    };
    let fourth = tokio::time::timeout(Duration::from_secs(20), opened)
        .await
        .expect("a place");
    drop((second, third, fourth));
    let both = async {
        for credential in [&acme, &acme, &globex] {
            while Raw::ask(&app, credential).await.0 != 101 {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), both)
        .await
        .expect("places");
    app.stop().await;
}

/// When the person's session was last seen alive, and when it ends.
async fn session(app: &TestApp) -> (String, String) {
    let on = app.system.across_tenants("a test looks at sessions");
    let sql =
        "SELECT CAST(last_seen_at AS CHAR) AS seen, CAST(expires_at AS CHAR) AS ends FROM identity_sessions";
    let rows = on
        .query_all_raw(Statement::from_string(on.get_database_backend(), sql))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    (
        rows[0].try_get("", "seen").unwrap(),
        rows[0].try_get("", "ends").unwrap(),
    )
}

on_both_profiles! {
    async fn an_open_connection_keeps_nobody_signed_in(app: &TestApp) {
        let email = app.person(&app.acme, identity::Role::Agent).await;
        let body = json!({ "email": email, "password": PASSWORD });
        let signed_in = app.http.post(format!("{}/api/v1/session", app.base)).json(&body).send().await.unwrap();
        let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let credential = format!("Cookie: {cookie}\r\nOrigin: {}", app.base);
        let mut socket = Raw::with(app, &credential).await;
        let before = session(app).await;
        // Hours pass, and the connection is looked at again and again.
        app.clock.advance(chrono::TimeDelta::hours(11));
        for _ in 0..3 {
            assert_eq!(socket.frame().await.opcode, TEXT, "a ping");
        }
        // Nor does one that opens again by itself.
        let again = Raw::with(app, &credential).await;
        drop(again);
        assert_eq!(session(app).await, before);
        // What a person asks for does.
        let request = app.http.get(format!("{}/api/v1/session", app.base)).header("cookie", &cookie);
        assert_eq!(request.send().await.unwrap().status(), 200);
        assert_ne!(session(app).await, before);
        // The session ends at its time, and the connection with it.
        app.clock.advance(chrono::TimeDelta::hours(13));
        let closed = tokio::time::timeout(Duration::from_secs(20), socket.closed());
        assert_eq!(closed.await.expect("the connection ends").0, 1008);
        let request = app.http.get(format!("{}/api/v1/session", app.base)).header("cookie", &cookie);
        assert_eq!(request.send().await.unwrap().status(), 401);
        app.globex.get("/contacts").await.expect(200);
    }

    async fn a_new_password_ends_the_connections_of_other_sessions(app: &TestApp) {
        let email = app.person(&app.acme, identity::Role::Agent).await;
        let (here, elsewhere) = (app.signed_in(&email).await, app.signed_in(&email).await);
        let credential = |cookie: &str| format!("Cookie: {cookie}\r\nOrigin: {}", app.base);
        let mut stays = Raw::with(app, &credential(&here)).await;
        let mut ends = Raw::with(app, &credential(&elsewhere)).await;
        let change = json!({ "old_password": PASSWORD, "new_password": "an even better password" });
        let request = app.http.put(format!("{}/api/v1/me/password", app.base)).json(&change);
        let changed = request.header("cookie", &here).header("origin", &app.base).send().await.unwrap();
        assert_eq!(changed.status(), 204);
        assert_eq!(ends.closed().await.0, 1008);
        for _ in 0..3 {
            assert_eq!(stays.frame().await.opcode, TEXT, "a ping");
        }
        app.globex.get("/contacts").await.expect(200);
    }
}
