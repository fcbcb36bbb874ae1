use poem::{EndpointExt, Route, endpoint::make, http::StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::oneshot,
    task::JoinHandle,
};

use super::*;
use crate::body::{Bodies, BodyLimits, bounded, guard};

const LARGE: usize = 64 << 20;

/// A server whose every limit is short.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    async fn start(limits: ServeLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let bodies = Bodies::new(BodyLimits {
            quiet: Duration::from_millis(500),
            total: Duration::from_millis(500),
            ..BodyLimits::default()
        });
        let read = make(|mut request: poem::Request| async move {
            let read = request.take_body().into_bytes().await?;
            Ok::<_, poem::Error>(read.len().to_string())
        });
        let endpoint = Route::new()
            .at("/read", bounded(read, 1 << 20))
            .at(
                "/large",
                make(|_| async { Ok::<_, poem::Error>(vec![b'x'; LARGE]) }),
            )
            .around(move |endpoint, request| guard(endpoint, request, bodies.clone()));
        let task = tokio::spawn(serve(listener, endpoint, limits, async {
            let _ = stopped.await;
        }));
        Self { address, stop, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends one request and reads the whole answer.
    async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap().unwrap();
    }
}

/// Everything until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    String::from_utf8_lossy(&all).into_owned()
}

fn short() -> ServeLimits {
    ServeLimits {
        headers: Duration::from_millis(100),
        idle: Duration::from_millis(200),
        stalled: Duration::from_millis(100),
        grace: Duration::from_secs(5),
        ..ServeLimits::default()
    }
}

const READ: &str = "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n";

#[tokio::test]
async fn slow_headers_silence_and_idle_connections_are_ended() {
    let server = Server::start(short()).await;
    for begin in [
        "",
        "G",
        "PRI * HTTP",
        "GET /read HTTP/1.1\r\n",
        "GET /read HTTP/1.1\r\nHost: x\r\nA",
    ] {
        assert_eq!(server.ask(begin).await, "", "{begin:?}");
    }
    // One that has been answered and says nothing more.
    let answer = server.ask(&format!("{READ}\r\nabc")).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n3"),
        "{answer}"
    );
    server.stop().await;
}

/// The limit on headers is their own: a connection that is kept open between requests has longer.
#[tokio::test]
async fn half_sent_headers_are_ended_long_before_an_idle_connection() {
    let server = Server::start(ServeLimits {
        idle: Duration::from_secs(600),
        ..short()
    })
    .await;
    for begin in ["G", "GET /read HTTP/1.1\r\nHost: x\r\nA"] {
        assert_eq!(server.ask(begin).await, "", "{begin:?}");
    }
    let mut kept = server.connect().await;
    for _ in 0..2 {
        kept.write_all(format!("{READ}\r\nabc").as_bytes()).await.unwrap();
        let mut answer = [0; 1024];
        let read = kept.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
        // Longer than headers may take: nothing has begun.
        let silent = tokio::time::timeout(Duration::from_millis(300), kept.read(&mut answer)).await;
        assert!(silent.is_err(), "{silent:?}");
    }
    kept.write_all(b"GET /read HTTP/1.1\r\nHost").await.unwrap();
    assert_eq!(rest(&mut kept).await, "");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let server = Server::start(short()).await;
    let answers = server
        .ask(&format!(
            "{READ}\r\nabc{READ}\r\nabc{READ}Connection: close\r\n\r\nabc"
        ))
        .await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 3, "{answers}");
    server.stop().await;
}

#[tokio::test]
async fn who_takes_no_answer_loses_its_place_to_the_next() {
    let server = Server::start(ServeLimits {
        connections: 1,
        ..short()
    })
    .await;
    let mut deaf = server.connect().await;
    deaf.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    deaf.readable().await.unwrap();
    // There is one place, and the first connection has it.
    let answer = server.ask(&format!("{READ}Connection: close\r\n\r\nabc")).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(rest(&mut deaf).await.len() < LARGE);
    server.stop().await;
}

#[tokio::test]
async fn two_hundred_slow_bodies_keep_nobody_out_and_are_ended() {
    let server = Server::start(short()).await;
    let mut slow = Vec::new();
    for _ in 0..200 {
        let mut stream = server.connect().await;
        let head = "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&[b'x'; 1000]).await.unwrap();
        slow.push(stream);
    }
    for _ in 0..20 {
        let answer = server.ask(&format!("{READ}Connection: close\r\n\r\nabc")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    for mut stream in slow {
        let answer = rest(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
    server.stop().await;
}

/// A client that sends its whole request before it reads still sees the error, and the server has not read everything.
#[tokio::test]
async fn a_client_that_only_sends_still_gets_its_answer() {
    let server = Server::start(ServeLimits {
        headers: Duration::from_secs(5),
        idle: Duration::from_secs(5),
        ..short()
    })
    .await;
    for (path, chunked, status) in [
        ("/nothing-here", false, StatusCode::NOT_FOUND),
        ("/nothing-here", true, StatusCode::NOT_FOUND),
        ("/read", false, StatusCode::PAYLOAD_TOO_LARGE),
        ("/read", true, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let address = server.address;
        let (written, answer) = tokio::task::spawn_blocking(move || send_then_read(address, path, chunked))
            .await
            .unwrap();
        assert!(written < LARGE, "{path} {chunked}: {written} bytes were taken");
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {}", status.as_u16())),
            "{path} {chunked}: {answer}"
        );
        assert!(answer.contains("connection: close"), "{answer}");
    }
    server.stop().await;
}

fn send_then_read(address: SocketAddr, path: &str, chunked: bool) -> (usize, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = if chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else {
        format!("Content-Length: {LARGE}")
    };
    write!(stream, "POST {path} HTTP/1.1\r\nHost: x\r\n{length}\r\n\r\n").unwrap();
    let part = vec![b'x'; 64 * 1024];
    let mut written = 0;
    while written < LARGE {
        let sent = if chunked {
            write!(stream, "{:x}\r\n", part.len())
                .and_then(|()| stream.write_all(&part))
                .and_then(|()| stream.write_all(b"\r\n"))
        } else {
            stream.write_all(&part)
        };
        if sent.is_err() {
            break;
        }
        written += part.len();
    }
    let mut answer = Vec::new();
    let mut space = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut space) {
        answer.extend_from_slice(&space[..count]);
    }
    (written, String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn stopping_waits_for_what_is_under_way_and_not_for_the_idle() {
    let server = Server::start(ServeLimits {
        headers: Duration::from_secs(60),
        idle: Duration::from_secs(60),
        ..short()
    })
    .await;
    let _silent = server.connect().await;
    let mut busy = server.connect().await;
    busy.write_all(format!("{READ}Expect: 100-continue\r\n\r\n").as_bytes())
        .await
        .unwrap();
    // Now the handler is reading.
    let mut space = [0; 100];
    let count = busy.read(&mut space).await.unwrap();
    assert!(space[..count].starts_with(b"HTTP/1.1 100"));
    busy.write_all(b"a").await.unwrap();
    let address = server.address;
    let stopping = tokio::spawn(server.stop());
    while TcpStream::connect(address).await.is_ok() {}
    busy.write_all(b"bc").await.unwrap();
    let answer = rest(&mut busy).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    stopping.await.unwrap();
}
