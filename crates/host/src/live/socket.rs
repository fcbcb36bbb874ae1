//! The WebSocket's route.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use kernel::{Error, Result, TenantId, caller::TENANT_HEADER};
use poem::{
    FromRequest, IntoResponse, Request, Response, handler,
    http::{HeaderName, HeaderValue, StatusCode, header},
    web::{
        Data,
        websocket::{CloseCode, Message, WebSocket, WebSocketStream},
    },
};
use serde::Deserialize;
use tungstenite::protocol::WebSocketConfig;

use super::{Hub, hub::Seat};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    tenant: Option<String>,
    cursor: Option<i64>,
}

/// `GET /api/v1/live?tenant=ten_…&cursor=…`: upgrades to a WebSocket after the same checks as any other operation.
#[handler]
pub(crate) async fn live(
    request: &Request,
    hub: Data<&Hub>,
    rights: Data<&Rights>,
) -> poem::Result<Response> {
    same_origin(request)?;
    let wish: Wish = request.params().map_err(|_| {
        let only = "must be a whole number, and `tenant` and `cursor` are the only parameters";
        Error::invalid("cursor", only)
    })?;
    let pass = Pass::of(request, wish.tenant, rights.0.clone())?;
    let (tenant, permissions) = pass.check().await?;
    let seat = hub.0.join(tenant, permissions.clone(), wish.cursor).await?;
    let socket = WebSocket::from_request_without_body(request)
        .await?
        .config(small());
    let stopped = hub.0.stopped();
    Ok(socket
        .on_upgrade(move |stream| serve(stream, seat, pass, permissions, stopped))
        .into_response())
}

/// Which module each permission belongs to: what is switched off is not heard either.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    /// Permission → module.
    pub(crate) modules: Arc<BTreeMap<&'static str, &'static str>>,
    /// How often a connection is shown to be alive and its credentials are looked at again.
    pub(crate) ping: Duration,
}

/// The credentials a socket was opened with. They are looked at again while it is open: a session that ends, a key that is
/// revoked or a role that changes must not go on hearing.
struct Pass {
    asking: Request,
    rights: Rights,
}

impl Pass {
    fn of(request: &Request, tenant: Option<String>, rights: Rights) -> Result<Self> {
        let mut asking = Request::builder().method(poem::http::Method::GET).finish();
        *asking.headers_mut() = request.headers().clone();
        *asking.extensions_mut() = request.extensions().clone();
        // Browsers cannot set headers on a WebSocket, so the tenant comes as a parameter and is put where it belongs.
        if let Some(tenant) = tenant {
            let value = HeaderValue::from_str(&tenant).map_err(|_| Error::not_found("tenant"))?;
            asking
                .headers_mut()
                .insert(HeaderName::from_static(TENANT_HEADER), value);
        }
        Ok(Self { asking, rights })
    }

    /// Whose events, and which of them.
    async fn check(&self) -> Result<(TenantId, BTreeSet<String>)> {
        let caller = kernel::caller::authenticate(&self.asking).await?;
        let on = |permission: &String| {
            self.rights
                .modules
                .get(permission.as_str())
                .is_none_or(|module| caller.modules.contains(*module))
        };
        let permissions = caller
            .permissions
            .iter()
            .filter(|permission| on(permission))
            .cloned()
            .collect();
        Ok((caller.db.tenant(), permissions))
    }

    /// Whether the socket may stay as it is. A database that does not answer for a moment ends nothing.
    async fn still_good(&self, permissions: &BTreeSet<String>) -> bool {
        match self.check().await {
            Ok((_, now)) => now == *permissions,
            Err(error) => error.status().is_server_error() || error.status() == StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

/// Buffers of a socket that hears frames of some hundred bytes and says next to nothing: thousands of them are open.
fn small() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(2 << 10)
        .write_buffer_size(2 << 10)
        .max_write_buffer_size(1 << 20)
        .max_message_size(Some(16 << 10))
        .max_frame_size(Some(16 << 10))
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

async fn serve(
    stream: WebSocketStream,
    mut seat: Seat,
    pass: Pass,
    permissions: BTreeSet<String>,
    stopped: impl Future<Output = ()>,
) {
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
    let every = pass.rights.ping;
    let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
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
            _ = ping.tick() => {
                if !pass.still_good(&permissions).await {
                    // The client connects again with what it may hear now, or learns that it may not.
                    let _ = out.send(Message::Close(Some((CloseCode::Policy, "signed out".to_owned())))).await;
                    return;
                }
                r#"{"type":"ping"}"#.to_owned()
            }
            message = incoming.next() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        if out.feed(Message::Text(text)).await.is_err() {
            return;
        }
        // What has come meanwhile goes out with it, in one journey.
        while let Ok(frame) = seat.frames.try_recv() {
            if frame.seq > sent {
                sent = frame.seq;
                if out.feed(Message::Text(frame.text.clone())).await.is_err() {
                    return;
                }
            }
        }
        if out.flush().await.is_err() {
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
