//! The WebSocket's route.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::{SinkExt, StreamExt};
use kernel::{
    Caller, Error, Result,
    caller::{Recheck, TENANT_HEADER},
};
use poem::{
    Request, Response, handler,
    http::{HeaderName, HeaderValue, StatusCode, header},
    web::Data,
};
use serde::{Deserialize, Serialize};
use tokio_tungstenite::tungstenite::Message;

use super::{
    Hub, Interest, Places,
    ending::Ending,
    hub::Seat,
    places::Place,
    upgrade::{Handshake, Stream},
};
use crate::request::Parameters;

/// Write timeout. The credentials are not checked meanwhile.
const SEND: Duration = Duration::from_secs(30);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    tenant: Option<String>,
    cursor: Option<i64>,
    conversation: Option<String>,
    assignee: Option<String>,
    team: Option<String>,
}

impl Wish {
    /// # Errors
    /// 422 that names the parameter: unknown, given twice or invalid.
    fn of(request: &Request) -> Result<Self> {
        let known = serde_json::json!({ "get": { "parameters": [
            { "in": "query", "name": "tenant" },
            { "in": "query", "name": "cursor" },
            { "in": "query", "name": "conversation" },
            { "in": "query", "name": "assignee" },
            { "in": "query", "name": "team" },
        ] } });
        Parameters::of(&known).check(request)?;
        // The others may be any text here, so it is the cursor that is invalid.
        request
            .params()
            .map_err(|_| Error::invalid("cursor", "must be a whole number"))
    }
}

/// `GET /api/v1/live?tenant=ten_…&cursor=…`: upgrades to a WebSocket after the same checks as any other operation. `conversation`,
/// `assignee` and `team` are an [`Interest`].
#[handler]
pub(crate) async fn live(
    request: &Request,
    hub: Data<&Hub>,
    rights: Data<&Rights>,
) -> poem::Result<Response> {
    same_origin(request)?;
    let wish = Wish::of(request)?;
    let mut pass = Pass::of(request, wish.tenant, rights.0.clone())?;
    let caller = pass.caller().await?;
    let interest = Interest::of(wish.conversation, wish.assignee, wish.team, &caller.actor)?;
    let handshake = Handshake::of(request)?;
    let place = pass.rights.places.take(caller.db.tenant(), caller.actor.id())?;
    pass.opened();
    let permissions = pass.permissions(&caller);
    let seat = hub
        .0
        .join(
            caller.db.tenant(),
            permissions.clone(),
            interest.clone(),
            wish.cursor,
        )
        .await?;
    let stopped = hub.0.stopped();
    let sight = Sight {
        permissions,
        interest,
    };
    Ok(handshake.accept(hub.0.tasks(), move |stream| {
        serve(stream, seat, place, pass, sight, stopped)
    }))
}

/// Which events a connection receives; `hello` says so.
#[derive(Debug, Serialize)]
struct Sight {
    permissions: BTreeSet<String>,
    #[serde(flatten)]
    interest: Interest,
}

/// The module of each permission: events of a disabled module are not sent.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    /// Permission → module.
    pub(crate) modules: Arc<BTreeMap<&'static str, &'static str>>,
    /// How often a connection is pinged and its credentials are checked.
    pub(crate) ping: Duration,
    /// How many connections there may be.
    pub(crate) places: Places,
}

/// The credentials a socket was opened with. They are checked again while it is open: an expired session, a revoked key or a
/// changed role must not keep receiving events.
struct Pass {
    asking: Request,
    rights: Rights,
}

impl Pass {
    fn of(request: &Request, tenant: Option<String>, rights: Rights) -> Result<Self> {
        let mut asking = Request::builder().method(poem::http::Method::GET).finish();
        *asking.headers_mut() = request.headers().clone();
        *asking.extensions_mut() = request.extensions().clone();
        // Browsers cannot set headers on a WebSocket, so the tenant is a parameter and is copied into the header.
        if let Some(tenant) = tenant {
            let value = HeaderValue::from_str(&tenant).map_err(|_| Error::not_found("tenant"))?;
            asking
                .headers_mut()
                .insert(HeaderName::from_static(TENANT_HEADER), value);
        }
        asking.extensions_mut().insert(Recheck::Opening);
        Ok(Self { asking, rights })
    }

    /// From now on the credentials are checked for an open connection.
    fn opened(&mut self) {
        self.asking.extensions_mut().insert(Recheck::Open);
    }

    /// The caller.
    async fn caller(&self) -> Result<Caller> {
        kernel::caller::authenticate(&self.asking).await
    }

    /// The permissions whose events the caller may receive.
    fn permissions(&self, caller: &Caller) -> BTreeSet<String> {
        let on = |permission: &String| {
            self.rights
                .modules
                .get(permission.as_str())
                .is_none_or(|module| caller.modules.contains(*module))
        };
        let permissions = caller.permissions.iter();
        permissions.filter(|permission| on(permission)).cloned().collect()
    }

    /// Whether the socket's credentials are still valid. A database that does not respond for a moment closes nothing.
    async fn still_good(&self, permissions: &BTreeSet<String>) -> bool {
        match self.caller().await {
            Ok(caller) => self.permissions(&caller) == *permissions,
            Err(error) => error.status().is_server_error() || error.status() == StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

/// A page of another site can open a WebSocket with the visitor's cookie; only its Origin identifies it.
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
    mut stream: Stream,
    seat: Seat,
    place: Place,
    pass: Pass,
    sight: Sight,
    stopped: impl Future<Output = ()>,
) {
    let ending = converse(&mut stream, seat, &pass, &sight, stopped).await;
    ending.carry_out(stream).await;
    // A connection that has not closed counts until it does.
    drop(place);
}

/// Sends events until something ends the connection.
async fn converse(
    stream: &mut Stream,
    mut seat: Seat,
    pass: &Pass,
    sight: &Sight,
    stopped: impl Future<Output = ()>,
) -> Ending {
    tokio::pin!(stopped);
    let mut sent = seat.cursor;
    if let Err(ending) = send(stream, greeting(&mut seat, sight)).await {
        return ending;
    }
    let every = pass.rights.ping;
    let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + every, every);
    loop {
        let mut texts = tokio::select! {
            () = &mut stopped => return Ending::stopping(),
            frame = seat.frames.recv() => match frame {
                Some(frame) if frame.seq <= sent => continue,
                Some(frame) => {
                    sent = frame.seq;
                    vec![frame.text.clone()]
                }
                None => return Ending::broken(),
            },
            _ = ping.tick() => {
                // The client reconnects with its current permissions, or is refused.
                if !pass.still_good(&sight.permissions).await {
                    return Ending::signed_out();
                }
                vec![r#"{"type":"ping"}"#.to_owned()]
            }
            message = stream.next() => match message {
                Some(Ok(Message::Close(_))) => return Ending::ByClient,
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Ending::of(&error),
                None => return Ending::Lost,
            },
        };
        // Events that arrived meanwhile are sent with it, in one write.
        while let Ok(frame) = seat.frames.try_recv() {
            if frame.seq > sent {
                sent = frame.seq;
                texts.push(frame.text.clone());
            }
        }
        if let Err(ending) = send(stream, texts).await {
            return ending;
        }
        if seat.overflown.swap(false, Ordering::AcqRel) {
            // Queued frames precede the gap: drop them and tell the client to resync.
            while let Ok(frame) = seat.frames.try_recv() {
                sent = sent.max(frame.seq);
            }
            if let Err(ending) = send(stream, vec![resync(sent)]).await {
                return ending;
            }
        }
    }
}

/// The first frame.
fn greeting(seat: &mut Seat, sight: &Sight) -> Vec<String> {
    let sight = serde_json::to_string(sight).unwrap_or_default();
    let mut hello = vec![format!(
        r#"{{"type":"hello","cursor":{},"sees":{sight}}}"#,
        seat.cursor
    )];
    if seat.resync {
        hello.push(resync(seat.cursor));
    }
    hello.extend(seat.missed.drain(..).map(|frame| frame.text.clone()));
    hello
}

/// Sends everything in one write. A client that does not read it in time is disconnected.
async fn send(stream: &mut Stream, texts: Vec<String>) -> Result<(), Ending> {
    let sending = async {
        for text in texts {
            stream.feed(Message::text(text)).await?;
        }
        stream.flush().await
    };
    match tokio::time::timeout(SEND, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Ending::Lost),
    }
}

fn resync(cursor: i64) -> String {
    format!(r#"{{"type":"resync","cursor":{cursor}}}"#)
}

#[cfg(test)]
mod tests {
    use poem::http::Uri;

    use super::*;

    fn wish(query: &str) -> Result<Wish> {
        let uri: Uri = format!("/api/v1/live?{query}").parse().unwrap();
        Wish::of(&Request::builder().uri(uri).finish())
    }

    #[test]
    fn the_parameter_that_is_wrong_is_named() {
        for (query, field) in [
            ("tennant=ten_1", "tennant"),
            ("tenant=a&tenant=b", "tenant"),
            ("cursor=x", "cursor"),
            ("cursor=1&cursor=2", "cursor"),
        ] {
            let error = wish(query).unwrap_err();
            assert_eq!(error.status().as_u16(), 422, "{query}");
            assert!(error.detail().contains(field), "{query}: {error}");
        }
        let good = wish("tenant=ten_1&cursor=7").unwrap();
        assert_eq!((good.tenant.as_deref(), good.cursor), (Some("ten_1"), Some(7)));
    }
}
