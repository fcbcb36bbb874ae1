//! The WebSocket's route.

use std::{sync::atomic::Ordering, time::Duration};

use futures_util::{SinkExt, StreamExt};
use kernel::{Error, Result, caller::TENANT_HEADER};
use poem::{
    FromRequest, IntoResponse, Request, Response, handler,
    http::{HeaderName, HeaderValue, header},
    web::{
        Data,
        websocket::{Message, WebSocket, WebSocketStream},
    },
};
use serde::Deserialize;

use super::{Hub, hub::Seat};

/// How often an idle connection is shown to be alive.
const PING: Duration = Duration::from_secs(20);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    tenant: Option<String>,
    cursor: Option<i64>,
}

/// `GET /api/v1/live?tenant=ten_…&cursor=…`: upgrades to a WebSocket after the same checks as any other operation.
#[handler]
pub(crate) async fn live(request: &Request, hub: Data<&Hub>) -> poem::Result<Response> {
    let seat = admit(request, hub.0).await?;
    let stopped = hub.0.stopped();
    let socket = WebSocket::from_request_without_body(request).await?;
    Ok(socket
        .on_upgrade(move |stream| serve(stream, seat, stopped))
        .into_response())
}

async fn admit(request: &Request, hub: &Hub) -> Result<Seat> {
    same_origin(request)?;
    let wish: Wish = request.params().map_err(|_| {
        Error::invalid(
            "cursor",
            "must be a whole number, and `tenant` and `cursor` are the only parameters",
        )
    })?;
    // Browsers cannot set headers on a WebSocket, so the tenant comes as a parameter and is put where it belongs.
    let mut asking = Request::builder().method(poem::http::Method::GET).finish();
    *asking.headers_mut() = request.headers().clone();
    *asking.extensions_mut() = request.extensions().clone();
    if let Some(tenant) = wish.tenant {
        let value = HeaderValue::from_str(&tenant).map_err(|_| Error::not_found("tenant"))?;
        asking
            .headers_mut()
            .insert(HeaderName::from_static(TENANT_HEADER), value);
    }
    let caller = kernel::caller::authenticate(&asking).await?;
    hub.join(caller.db.tenant(), caller.permissions, wish.cursor)
        .await
}

/// A page of another site can open a WebSocket with the visitor's cookie; only its Origin gives it away.
fn same_origin(request: &Request) -> Result<()> {
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Ok(());
    };
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let same = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://"))
        .is_some_and(|(_, rest)| rest == host);
    if same {
        Ok(())
    } else {
        Err(Error::forbidden(
            "cross_site_request",
            "Open the live stream from the portal's own address.",
        ))
    }
}

async fn serve(stream: WebSocketStream, mut seat: Seat, stopped: impl Future<Output = ()>) {
    tokio::pin!(stopped);
    let (mut out, mut incoming) = stream.split();
    let mut hello = vec![format!(r#"{{"type":"hello","cursor":{}}}"#, seat.cursor)];
    if seat.resync {
        hello.push(resync(seat.cursor));
    }
    hello.extend(seat.missed.drain(..).map(|frame| frame.text.clone()));
    for text in hello {
        if out.send(Message::Text(text)).await.is_err() {
            return;
        }
    }
    let mut sent = seat.cursor;
    let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + PING, PING);
    loop {
        let text = tokio::select! {
            () = &mut stopped => {
                let _ = out.send(Message::Close(None)).await;
                return;
            }
            frame = seat.frames.recv() => match frame {
                Some(frame) if frame.seq <= sent => continue,
                Some(frame) => {
                    sent = frame.seq;
                    frame.text.clone()
                }
                None => return,
            },
            _ = ping.tick() => r#"{"type":"ping"}"#.to_owned(),
            message = incoming.next() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        if out.send(Message::Text(text)).await.is_err() {
            return;
        }
        if seat.overflown.swap(false, Ordering::AcqRel) {
            // What is still queued lies before the hole: drop it and have the client fetch afresh.
            while let Ok(frame) = seat.frames.try_recv() {
                sent = sent.max(frame.seq);
            }
            if out.send(Message::Text(resync(sent))).await.is_err() {
                return;
            }
        }
    }
}

fn resync(cursor: i64) -> String {
    format!(r#"{{"type":"resync","cursor":{cursor}}}"#)
}
