use bytes::Bytes;
use futures_util::StreamExt;
use poem::endpoint::{BoxEndpoint, make};
use tokio::sync::mpsc;

use super::*;

/// The client's end of a body: bytes sent here are read there, and dropping it ends the body.
type Sending = mpsc::UnboundedSender<Bytes>;

fn body() -> (Sending, Body) {
    let (sending, parts) = mpsc::unbounded_channel();
    let parts = futures_util::stream::unfold(parts, |mut parts| async move {
        let part: Bytes = parts.recv().await?;
        Some((Ok::<_, io::Error>(part), parts))
    });
    (sending, Body::from_bytes_stream(parts))
}

fn bytes(count: usize) -> Bytes {
    Bytes::from(vec![b'x'; count])
}

/// Reads its body and responds with the length.
fn reader() -> BoxEndpoint<'static> {
    make(|mut request: Request| async move {
        let read = request.take_body().into_bytes().await?;
        Ok::<_, poem::Error>(read.len().to_string())
    })
    .map_to_response()
    .boxed()
}

fn short() -> BodyLimits {
    BodyLimits {
        quiet: Duration::from_millis(60),
        total: Duration::from_millis(150),
        drain_time: Duration::from_millis(50),
        ..BodyLimits::default()
    }
}

async fn ask(
    endpoint: impl Endpoint<Output = Response> + 'static,
    request: Request,
    bodies: &Bodies,
) -> (u16, HeaderMap, String) {
    let response = guard(Arc::new(endpoint), request, bodies.clone()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = body.into_string().await.unwrap();
    (parts.status.as_u16(), parts.headers, text)
}

fn closes(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONNECTION)
        .is_some_and(|value| value == "close")
}

#[tokio::test]
async fn a_body_within_the_limit_is_read_and_one_byte_more_is_413() {
    let bodies = Bodies::new(short());
    for (sent, status) in [(1000, 200), (1001, 413)] {
        for upgrade in [false, true] {
            let (sending, body) = body();
            sending.send(bytes(600)).unwrap();
            sending.send(bytes(sent - 600)).unwrap();
            drop(sending);
            let mut request = Request::builder().body(body);
            if upgrade {
                request
                    .headers_mut()
                    .insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            }
            let (answered, headers, text) = ask(bounded(reader(), 1000), request, &bodies).await;
            assert_eq!(answered, status, "{sent} {upgrade} {text}");
            assert!(
                !closes(&headers),
                "the rest was small, so the connection can be used again"
            );
        }
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_refused_before_a_byte_is_read() {
    let bodies = Bodies::new(short());
    let (sending, body) = body();
    let request = Request::builder()
        .header(header::CONTENT_LENGTH, "60000000")
        .header(header::EXPECT, "100-continue")
        .body(body);
    let (status, headers, _) = ask(bounded(reader(), 1000), request, &bodies).await;
    assert_eq!(status, 413);
    assert!(closes(&headers));
    assert!(sending.send(bytes(1)).is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_refused_body_is_read_for_a_while_and_then_the_connection_closes() {
    let bodies = Bodies::new(short());
    let nothing_read = || make(|_| async { Err::<Response, poem::Error>(poem::error::NotFoundError.into()) });
    for (sent, close) in [(64 * 1024, false), (64 * 1024 + 1, true)] {
        let (sending, body) = body();
        sending.send(bytes(sent)).unwrap();
        drop(sending);
        let (status, headers, _) = ask(nothing_read(), Request::builder().body(body), &bodies).await;
        assert_eq!((status, closes(&headers)), (404, close), "{sent}");
    }
    // A client that sends nothing more is waited for, but not long.
    let (sending, body) = body();
    sending.send(bytes(10)).unwrap();
    let (status, headers, _) = ask(nothing_read(), Request::builder().body(body), &bodies).await;
    assert_eq!((status, closes(&headers)), (404, true));
    // HTTP/2 has no such header.
    let (_sending, body) = self::body();
    let request = Request::builder().version(Version::HTTP_2).body(body);
    assert!(!closes(&ask(nothing_read(), request, &bodies).await.1));
}

#[tokio::test]
async fn a_quiet_body_is_408() {
    let bodies = Bodies::new(short());
    let (sending, body) = body();
    sending.send(bytes(10)).unwrap();
    let (status, headers, text) = ask(bounded(reader(), 1000), Request::builder().body(body), &bodies).await;
    assert_eq!(status, 408);
    assert!(text.contains("body_too_slow"), "{text}");
    assert!(closes(&headers));
    assert!(sending.is_closed());
}

#[tokio::test]
async fn a_trickling_body_is_408_after_the_total_limit_and_an_upload_by_its_size() {
    // Every byte is within the idle timeout.
    let trickle = |sending: Sending, size: usize, parts: usize| async move {
        let mut every = tokio::time::interval(Duration::from_millis(10));
        for _ in 0..parts {
            every.tick().await;
            if sending.send(bytes(size)).is_err() {
                return;
            }
        }
    };
    let bodies = Bodies::new(BodyLimits {
        upload_rate: 1000,
        ..short()
    });
    for (size, streamed, status) in [
        (1, false, 408),
        (1, true, 408),
        (1000, false, 408),
        (1000, true, 200),
    ] {
        let (sending, body) = body();
        tokio::spawn(trickle(sending, size, 40));
        let request = Request::builder().body(body);
        let (answered, ..) = if streamed {
            ask(capped(reader(), 1 << 20), request, &bodies).await
        } else {
            ask(bounded(reader(), 1 << 20), request, &bodies).await
        };
        assert_eq!(answered, status, "{size} {streamed}");
    }
}

#[tokio::test]
async fn the_work_of_the_server_does_not_count_as_waiting() {
    let bodies = Bodies::new(short());
    let (sending, body) = body();
    for _ in 0..20 {
        sending.send(bytes(1)).unwrap();
    }
    drop(sending);
    let slow = make(|mut request: Request| async move {
        let mut parts = std::pin::pin!(request.take_body().into_bytes_stream());
        let mut work = tokio::time::interval(Duration::from_millis(10));
        while let Some(part) = parts.next().await {
            part.map_err(poem::error::ReadBodyError::Io)?;
            work.tick().await;
        }
        Ok::<_, poem::Error>("done")
    });
    let (status, _, text) = ask(bounded(slow, 1000), Request::builder().body(body), &bodies).await;
    assert_eq!((status, text.as_str()), (200, "done"));
}

#[tokio::test]
async fn what_all_bodies_hold_together_is_bounded_and_small_ones_have_room() {
    let bodies = Bodies::new(BodyLimits {
        memory: 1 << 20,
        ..BodyLimits::default()
    });
    let most = 2 << 20;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let (sending, body) = body();
        let bodies = bodies.clone();
        let task = tokio::spawn(async move {
            ask(bounded(reader(), most), Request::builder().body(body), &bodies).await
        });
        sending.send(bytes(350 << 10)).unwrap();
        waiting.push((sending, task));
    }
    while bodies.memory.available_permits() > 324 << 10 {
        tokio::task::yield_now().await;
    }
    let whole = |count| {
        let (sending, body) = body();
        sending.send(bytes(count)).unwrap();
        ask(bounded(reader(), most), Request::builder().body(body), &bodies)
    };
    let (status, headers, text) = whole(100 << 10).await;
    assert_eq!(status, 503, "{text}");
    assert_eq!(headers[header::RETRY_AFTER], "1");
    let (status, _, text) = {
        let (sending, body) = body();
        sending.send(bytes(60 << 10)).unwrap();
        drop(sending);
        ask(bounded(reader(), most), Request::builder().body(body), &bodies).await
    };
    assert_eq!(
        (status, text),
        (200, (60 << 10).to_string()),
        "a small body finds room"
    );
    // An upload is not held, so it needs none.
    let (sending, body) = body();
    sending.send(bytes(1 << 20)).unwrap();
    drop(sending);
    let (status, ..) = ask(capped(reader(), most), Request::builder().body(body), &bodies).await;
    assert_eq!(status, 200);
    // A request that has been answered frees its memory.
    for (sending, task) in waiting {
        drop(sending);
        assert_eq!(task.await.unwrap().0, 200);
    }
    assert_eq!(bodies.memory.available_permits(), 1 << 20);
}

#[tokio::test]
async fn encoded_bodies_are_415_before_anything_reads_them() {
    let bodies = Bodies::new(short());
    for (encoding, status) in [
        ("gzip", 415),
        ("GZIP", 415),
        ("br", 415),
        ("identity, gzip", 415),
        ("unheard-of", 415),
        ("identity", 200),
        ("Identity", 200),
        ("", 200),
    ] {
        let (sending, body) = body();
        sending.send(bytes(10)).unwrap();
        drop(sending);
        let request = Request::builder()
            .header(header::CONTENT_ENCODING, encoding)
            .body(body);
        let (answered, headers, text) = ask(bounded(reader(), 1000), request, &bodies).await;
        assert_eq!(answered, status, "{encoding}: {text}");
        if status == 415 {
            assert_eq!(headers[header::ACCEPT_ENCODING], "identity");
            assert!(text.contains("unsupported_content_encoding"));
        }
    }
}

#[tokio::test]
async fn a_handler_that_knows_more_or_succeeds_keeps_its_answer() {
    let bodies = Bodies::new(short());
    let answers = |status: StatusCode| {
        make(move |mut request: Request| async move {
            let _ = request.take_body().into_bytes().await;
            Ok::<_, poem::Error>(status.with_header("x-of-the-handler", "yes").into_response())
        })
    };
    for (status, kept, answered) in [
        (413, true, 413),
        (200, true, 200),
        (500, false, 413),
        (400, false, 413),
    ] {
        let (sending, body) = body();
        sending.send(bytes(1001)).unwrap();
        drop(sending);
        let endpoint = bounded(answers(StatusCode::from_u16(status).unwrap()), 1000);
        let (code, headers, _) = ask(endpoint, Request::builder().body(body), &bodies).await;
        assert_eq!(
            (code, headers.contains_key("x-of-the-handler")),
            (answered, kept),
            "{status}"
        );
    }
}
