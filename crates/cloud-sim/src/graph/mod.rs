//! The Graph API: `/v{N}.{M}/…` with Meta's order of checks, error envelope and headers
//! (Cloud API: simulator, request pipeline).

mod analytics;
mod blocking;
mod business;
mod call;
mod calling;
mod components;
mod flows;
mod history;
mod list;
mod management;
mod marketing;
mod media;
mod messages;
mod nodes;
mod oauth;
mod phone;
mod refusal;
mod registration;
mod shape;
mod smb;
mod template_archive;
mod template_buttons;
mod template_check;
mod template_library;
mod template_node;
mod templates;
mod upload;
mod username;
mod waba;

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{Body, Endpoint, IntoResponse, Request, Response, Route};
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use call::Call;
pub use flows::Flow;
pub(crate) use media::respond as serve_media;
pub(crate) use oauth::{CODE_MS, Code};
pub use refusal::Refusal;
pub use upload::Session;

use crate::core::Core;
use crate::ids;
use crate::sim::Simulator;

/// Bodies up to this size are read.
const MAX_BODY: usize = 3 << 20;

/// The outcome of a call.
pub enum Reply {
    /// 200 with this body.
    Ok(Value),
    /// An error.
    Refused(Refusal),
    /// 200 for a message, and how the response reaches the sender.
    Sent {
        body: Value,
        wamid: String,
        answer: Answer,
    },
    /// A callback must answer the handshake before the change is made.
    Handshake {
        url: String,
        verify_token: String,
        commit: Box<dyn FnOnce(&mut Core) -> Value + Send>,
    },
}

/// How the answer of an accepted send reaches the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// At once.
    Plain,
    /// After its first status was delivered.
    AfterStatus,
    /// Never: the connection is closed after a while.
    Hang,
}

/// Adds the Graph and media routes.
pub fn mount(simulator: &Simulator, route: Route) -> Route {
    let graph = simulator.clone();
    let host = simulator.clone();
    route
        // Without a version Meta takes the app's own; ids are all digits, so nothing else is hidden by this.
        .at(
            "/:first<^(v[0-9]+\\.[0-9]+|[0-9]+)>/*path",
            poem::endpoint::make(move |req| {
                let simulator = graph.clone();
                // Boxed where it is small: poem keeps a copy of it for every layer of every request in flight.
                async move { Box::pin(handle(&simulator, req)).await }
            })
            .map_to_response(),
        )
        .at(
            "/_media/:id",
            poem::endpoint::make_sync(move |req| media::download(&host, &req)).map_to_response(),
        )
}

trait MapToResponse: Endpoint + Sized {
    fn map_to_response(self) -> poem::endpoint::ToResponse<Self> {
        use poem::EndpointExt;
        self.to_response()
    }
}

impl<E: Endpoint> MapToResponse for E {}

/// Values of a response's headers; computed under the same lock as the response.
struct Stamp {
    trace: String,
    request_id: String,
    usage: Option<String>,
}

impl Core {
    fn stamp(&mut self, waba: Option<&str>) -> Stamp {
        Stamp {
            trace: ids::fbtrace(&mut self.world.dice),
            request_id: ids::fbtrace(&mut self.world.dice),
            usage: waba.map(|waba| self.usage(waba)),
        }
    }
}

async fn handle(simulator: &Simulator, req: Request) -> Response {
    let call = match Box::pin(Call::read(req, MAX_BODY)).await {
        Ok(call) => call,
        Err(refusal) => {
            let stamp = simulator.lock().stamp(None);
            return respond(&stamp, "v25.0", Err(refusal), &[]);
        }
    };
    let version = call.version.as_str();
    let (delay, fault) = {
        let mut core = simulator.lock();
        let jitter = core.config.jitter_ms;
        let jitter = core.world.dice.below(jitter);
        (core.config.latency_ms + jitter, core.fault(&call))
    };
    pause(delay).await;
    if let Some(fault) = &fault {
        pause(fault.delay_ms).await;
        if !fault.after
            && let Some(response) = spoiled(simulator, version, fault)
        {
            return response;
        }
    }
    let (reply, stamp) = simulator.with(|core| {
        let reply = dispatch(core, &call);
        if let Reply::Refused(refusal) = &reply
            && refusal.code != refusal::HTML
        {
            core.ledger.refuse(refusal.code);
        }
        let waba = core.waba_of_path(&call);
        (reply, core.stamp(waba.as_deref()))
    });
    let response = match reply {
        Reply::Ok(body) if call.method == "GET" => read(&call, &stamp, &body),
        Reply::Ok(body) => respond(&stamp, version, Ok(&body), &[]),
        Reply::Refused(refusal) if refusal.code == refusal::HTML => html_502(),
        Reply::Refused(refusal) => respond(&stamp, version, Err(refusal), &[]),
        Reply::Sent { body, wamid, answer } => {
            match answer {
                Answer::Plain => {}
                Answer::AfterStatus => Box::pin(wait_for_status(simulator, &wamid)).await,
                Answer::Hang => {
                    let ms = simulator.lock().config.hang_ms;
                    pause(ms).await;
                    return broken_off();
                }
            }
            respond(&stamp, version, Ok(&body), &[])
        }
        Reply::Handshake {
            url,
            verify_token,
            commit,
        } => match Box::pin(handshake(simulator, &url, &verify_token)).await {
            Ok(()) => {
                let body = simulator.with(commit);
                respond(&stamp, version, Ok(&body), &[])
            }
            Err(reason) => {
                let message =
                    format!("(#2200) Callback verification failed with the following errors: {reason}");
                respond(&stamp, version, Err(Refusal::plain(400, 2200, message)), &[])
            }
        },
    };
    match fault {
        Some(fault) if fault.after => spoiled(simulator, version, &fault).unwrap_or(response),
        _ => response,
    }
}

/// The answer of a read, with its ETag; 304 without a body when the caller has it already.
fn read(call: &Call, stamp: &Stamp, body: &Value) -> Response {
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(body.to_string())[..16]));
    let known = call.if_none_match.as_deref().is_some_and(|given| {
        given
            .split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == etag)
    });
    let headers = [("etag".to_owned(), etag)];
    let mut response = respond(stamp, &call.version, Ok(body), &headers);
    if known {
        response.set_status(StatusCode::NOT_MODIFIED);
        response.set_body(Body::empty());
    }
    response
}

/// Token, proof, object and scope, then the endpoint.
fn dispatch(core: &mut Core, call: &Call) -> Reply {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let reply = match path.as_slice() {
        // Here the app's secret is checked.
        ["oauth", "access_token"] => oauth::access_token(core, call),
        _ => core.authorise(call).and_then(|app_id| {
            core.management(call)?;
            Ok(nodes::route(core, call, app_id.as_deref()))
        }),
    };
    reply.unwrap_or_else(Reply::Refused)
}

/// The GET handshake (Cloud API: handshake, signature, transport).
pub async fn handshake(simulator: &Simulator, url: &str, verify_token: &str) -> Result<(), String> {
    let challenge = simulator.with(|core| (1_000_000_000 + core.world.dice.below(8_999_999_999)).to_string());
    let (http, url, timeout) = {
        let core = simulator.lock();
        let config = &core.config;
        (
            config.http.clone(),
            config.reach.check(url),
            config.webhook_timeout_ms,
        )
    };
    let http = http.ok_or("the simulator was given no HTTP client")?;
    let mut url = url?;
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", verify_token);
    let request = http
        .get(url)
        .header("user-agent", "facebookplatform/1.0")
        .timeout(Duration::from_millis(timeout));
    let mut answer = request
        .send()
        .await
        .map_err(|e| format!("no answer: {}", e.without_url()))?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > 4_096 {
            break;
        }
    }
    if !status.is_success() {
        return Err(format!(
            "HTTP Status Code = {}; HTTP Message = {}",
            status.as_u16(),
            status.canonical_reason().unwrap_or("")
        ));
    }
    if body != challenge.as_bytes() {
        return Err("the answer is not the challenge, or has more around it".into());
    }
    Ok(())
}

/// Delays a response until its first status was delivered, at most 2 s.
async fn wait_for_status(simulator: &Simulator, wamid: &str) {
    let delivered = simulator.wait_until(|core| {
        core.ledger
            .delivered()
            .rev()
            .take(200)
            .any(|d| d.wamid.as_deref() == Some(wamid))
    });
    // A receiver that does not respond must not block the sender for ever.
    let _ = tokio::time::timeout(Duration::from_secs(2), delivered).await;
}

async fn pause(ms: u64) {
    if ms > 0 {
        // A timer asks for an alignment that would become that of everything it is part of.
        Box::pin(tokio::time::sleep(Duration::from_millis(ms))).await;
    }
}

fn spoiled(simulator: &Simulator, version: &str, fault: &crate::entities::FaultResponse) -> Option<Response> {
    if fault.drop {
        return Some(broken_off());
    }
    let headers: Vec<(String, String)> = fault
        .headers
        .iter()
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    if let Some(body) = &fault.body {
        let status = fault
            .status
            .and_then(|s| StatusCode::from_u16(s).ok())
            .unwrap_or(StatusCode::BAD_GATEWAY);
        let mut response = Response::builder().status(status).body(body.clone());
        add_headers(&mut response, &headers);
        return Some(response);
    }
    let code = fault.code?;
    let mut refusal = Refusal::of(code, fault.details.clone());
    refusal.subcode = fault.subcode;
    if let Some(status) = fault.status {
        refusal.http = status;
    }
    let stamp = {
        let mut core = simulator.lock();
        core.ledger.refuse(code);
        core.stamp(None)
    };
    Some(respond(&stamp, version, Err(refusal), &headers))
}

/// A response whose connection is closed in the middle.
fn broken_off() -> Response {
    let pieces = [
        Ok(Bytes::from_static(b"{\"messaging_product\"")),
        Err(std::io::Error::other("broken off")),
    ];
    Response::builder()
        .content_type("application/json; charset=UTF-8")
        .body(Body::from_bytes_stream(stream::iter(pieces)))
}

fn html_502() -> Response {
    Response::builder()
        .status(StatusCode::BAD_GATEWAY)
        .content_type("text/html; charset=utf-8")
        .body("<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>")
}

fn respond(
    stamp: &Stamp,
    version: &str,
    result: Result<&Value, Refusal>,
    extra: &[(String, String)],
) -> Response {
    let (status, body, authenticate) = match result {
        Ok(body) => (StatusCode::OK, body.to_string(), None),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.http).unwrap_or(StatusCode::BAD_REQUEST);
            let body = refusal.to_json(&stamp.trace).to_string();
            (status, body, Some(refusal.www_authenticate()))
        }
    };
    let mut response = Response::builder()
        .status(status)
        .content_type("application/json; charset=UTF-8")
        .body(body)
        .into_response();
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: &str| {
        // A header that cannot be written is left out rather than failing the answer.
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("facebook-api-version", version);
    put("x-fb-request-id", &stamp.request_id);
    put("x-fb-trace-id", &stamp.trace);
    if let Some(usage) = &stamp.usage {
        put("x-business-use-case-usage", usage);
    }
    if let Some(authenticate) = &authenticate {
        put("www-authenticate", authenticate);
    }
    add_headers(&mut response, extra);
    response
}

fn add_headers(response: &mut Response, headers: &[(String, String)]) {
    for (name, value) in headers {
        // A header that cannot be written is left out rather than failing the answer.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
}
