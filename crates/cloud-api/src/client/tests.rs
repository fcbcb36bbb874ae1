use reqwest::header::HeaderMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::codes::Class;
use crate::message::{Content, Recipient};

/// Answers one request with the given bytes and returns the request.
pub(super) async fn once(answer: &'static str) -> (Url, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let task = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let n = socket.read(&mut buffer).await.unwrap();
            asked.extend_from_slice(&buffer[..n]);
            let text = String::from_utf8_lossy(&asked).into_owned();
            let length = text
                .lines()
                .find_map(|l| {
                    l.to_ascii_lowercase()
                        .strip_prefix("content-length: ")
                        .map(str::to_owned)
                })
                .map_or(0, |l| l.trim().parse::<usize>().unwrap());
            if n == 0
                || text
                    .split_once("\r\n\r\n")
                    .is_some_and(|(_, body)| body.len() >= length)
            {
                break;
            }
        }
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(asked).unwrap()
    });
    (url, task)
}

#[expect(clippy::disallowed_methods, reason = "a test is its own composition root")]
pub(super) fn client(base_url: Url) -> Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Client::new(
        http,
        Connection::new(base_url, "TOKEN".into(), Some("SECRET".into())),
    )
}

fn text() -> SendMessage {
    let to = Recipient::parse("447700900123").unwrap();
    SendMessage::new(
        to,
        Content::Text {
            body: "Hello".into(),
            preview_url: false,
        },
    )
}

#[tokio::test]
async fn a_send_on_the_wire() {
    let (url, asked) = once(concat!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n",
        r#"{"messaging_product":"whatsapp","contacts":[{"input":"447700900123","wa_id":"447700900123"}],"#,
        r#""messages":[{"id":"wamid.OUT01","message_status":"accepted"}]}"#
    ))
    .await;
    let sent = client(url)
        .send(&"330000000000202".into(), &text())
        .await
        .unwrap();
    assert_eq!(sent.wamid.as_str(), "wamid.OUT01");
    assert_eq!(sent.wa_id.as_deref(), Some("447700900123"));
    assert_eq!(sent.message_status.as_deref(), Some("accepted"));
    let asked = asked.await.unwrap();
    let proof = hmac_hex(&"SECRET".into(), b"TOKEN");
    assert!(asked.starts_with(&format!(
        "POST /v25.0/330000000000202/messages?appsecret_proof={proof} "
    )));
    assert!(asked.contains("authorization: Bearer TOKEN"));
}

#[tokio::test]
async fn graph_errors_are_read_in_full() {
    let (url, _asked) = once(concat!(
        "HTTP/1.1 400 Bad Request\r\nretry-after: 7\r\nconnection: close\r\n\r\n",
        r#"{"error":{"message":"(#131056) x","type":"OAuthException","code":131056,"error_data":{"details":"slow"},"#,
        r#""fbtrace_id":"Abc"}}"#
    ))
    .await;
    let error = client(url).send(&"1".into(), &text()).await.unwrap_err();
    let graph = error.graph().unwrap();
    assert_eq!(
        (graph.code, graph.http_status, graph.details.as_deref()),
        (131056, 400, Some("slow"))
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert_eq!(error.class(), Class::RateLimited);
}

#[tokio::test]
async fn doubt_is_told_from_certainty() {
    let (url, _asked) = once("HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n<html>oops</html>").await;
    let error = client(url).send(&"1".into(), &text()).await.unwrap_err();
    assert!(error.is_ambiguous());

    let (url, _asked) = once("").await;
    assert!(
        client(url)
            .send(&"1".into(), &text())
            .await
            .unwrap_err()
            .is_ambiguous()
    );

    let (url, _asked) = once("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{\"messages\":[").await;
    assert!(
        client(url)
            .send(&"1".into(), &text())
            .await
            .unwrap_err()
            .is_ambiguous()
    );

    let (url, _asked) = once("HTTP/1.1 429 Too Many\r\nconnection: close\r\n\r\nslow down").await;
    assert_eq!(
        client(url).send(&"1".into(), &text()).await.unwrap_err().class(),
        Class::RateLimited
    );

    // A port that was just closed refuses the connection.
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let error = client(url).send(&"1".into(), &text()).await.unwrap_err();
    assert!(matches!(error, Error::NotSent(_)));
    assert!(!format!("{error} {error:?}").contains("appsecret_proof"));
}

#[test]
fn secrets_stay_out_of_debug() {
    let shown = format!("{:?}", client(Url::parse("http://127.0.0.1/").unwrap()));
    assert!(!shown.contains("TOKEN") && !shown.contains("SECRET"), "{shown}");
}

#[test]
fn usage_header_gives_minutes() {
    let mut headers = HeaderMap::new();
    let value = r#"{"2200":[{"type":"whatsapp","estimated_time_to_regain_access":3}]}"#;
    headers.insert("x-business-use-case-usage", value.parse().unwrap());
    assert_eq!(retry_after(&headers), Some(Duration::from_secs(180)));
}
