//! The control API: `/_sim/…` (Cloud API: simulator control API). It has no authentication, so it must be mounted on
//! the loopback interface only. The error for an invalid request says what is valid.

mod acts;
mod collections;
mod phone_page;
mod rows;
mod signup;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use poem::http::StatusCode;
use poem::web::headers::{HeaderMapExt, Range};
use poem::web::sse::{Event, SSE};
use poem::{EndpointExt, IntoResponse, Request, Response, Route};
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use crate::agenda::Update;
use crate::config::{Profile, SimConfig};
use crate::core::Core;
use crate::entities::Fault;
use crate::graph::{handshake, serve_media};
use crate::pricing::RateCard;
use crate::provision::Provision;
use crate::reach::Reach;
use crate::sim::{ControlError, Simulator, collections as collection_names};

/// Largest body of an import.
const MAX_IMPORT: usize = 256 << 20;
/// Largest message of a person: a video in base64 fits.
const MAX_INBOUND: usize = 32 << 20;
/// Largest body of everything else.
const MAX_BODY: usize = 3 << 20;

/// The outcome of a control request.
type Outcome = Result<Value, ControlError>;

/// Adds the control API.
pub fn mount(simulator: &Simulator, route: Route) -> Route {
    let simulator = simulator.clone();
    let endpoint = poem::endpoint::make(move |req| {
        let simulator = simulator.clone();
        async move { handle(&simulator, req).await }
    });
    route.at("/_sim/*path", endpoint.to_response())
}

/// Whether this is a cross-site request. The control API has no authentication, so this goes by the headers that a browser
/// sets and no page can change.
fn is_cross_site(req: &Request) -> bool {
    if let Some(site) = req.header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let host = req
        .header("host")
        .or_else(|| req.uri().authority().map(|authority| authority.as_str()));
    req.headers().get("origin").is_some_and(|origin| {
        let authority = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
        authority
            .zip(host)
            .is_none_or(|((_, authority), host)| !authority.eq_ignore_ascii_case(host))
    })
}

async fn handle(simulator: &Simulator, mut req: Request) -> Response {
    if is_cross_site(&req) {
        return answer(Err(ControlError {
            status: 403,
            message: "the simulator is steered from its own address only".to_owned(),
            field: None,
        }));
    }
    let method = req.method().as_str().to_owned();
    let uri = req.uri().clone();
    let path: Vec<String> = uri
        .path()
        .split('/')
        .filter(|p| !p.is_empty())
        .skip(1)
        .map(decode)
        .collect();
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    if method == "GET" && parts == ["es"] {
        return signup::page(&simulator.lock(), &query);
    }
    if method == "GET" && parts == ["events"] {
        return events(simulator);
    }
    if method == "GET"
        && let ["media", id] = parts.as_slice()
    {
        return media(simulator, id, req.headers().typed_get());
    }
    let limit = match parts.as_slice() {
        ["import"] => MAX_IMPORT,
        ["inbound"] => MAX_INBOUND,
        _ => MAX_BODY,
    };
    let too_large = || {
        answer(Err(ControlError {
            status: 413,
            ..ControlError::bad(format!("the body is larger than {limit} bytes"))
        }))
    };
    let declared = req.headers().get(poem::http::header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return too_large();
    }
    let body = match req.take_body().into_bytes_limit(limit).await {
        Ok(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => json!({}),
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(value) => value,
            Err(e) => return answer(Err(ControlError::bad(format!("the body is not JSON: {e}")))),
        },
        Err(_) => return too_large(),
    };
    answer(dispatch(simulator, &method, &parts, &query, body).await)
}

fn decode(part: &str) -> String {
    let text = format!("x={}", part.replace('+', "%2B"));
    url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

fn answer(outcome: Outcome) -> Response {
    let (status, body) = match outcome {
        Ok(body) => (StatusCode::OK, body),
        Err(e) => (
            StatusCode::from_u16(e.status).unwrap_or(StatusCode::BAD_REQUEST),
            refusal(&e),
        ),
    };
    Response::builder()
        .status(status)
        .content_type("application/json; charset=utf-8")
        .body(body.to_string())
}

/// `{error: {message}}`, as Graph answers; with `errors: [{field, message}]` when one field of the request is wrong.
fn refusal(error: &ControlError) -> Value {
    let mut body = json!({"error": {"message": error.message}});
    if let Some(field) = error.field {
        body["errors"] = json!([{"field": field, "message": error.message}]);
    }
    body
}

async fn dispatch(
    simulator: &Simulator,
    method: &str,
    path: &[&str],
    query: &BTreeMap<String, String>,
    body: Value,
) -> Outcome {
    match (method, path) {
        ("GET", ["health"]) => {
            let core = simulator.lock();
            Ok(
                json!({"status": "ok", "profile": core.config.profile, "now_ms": core.now(), "settled": core.is_settled()}),
            )
        }
        ("GET", ["state"]) => Ok(rows::state(&simulator.lock())),
        ("POST", ["reset"]) => simulator.with(|core| reset(core, &body)),
        ("GET", ["clock"]) => Ok(clock(&simulator.lock())),
        ("POST", ["clock"]) => simulator.with(|core| set_clock(core, &body)),
        ("GET", ["config"]) => rows::config(&simulator.lock()),
        ("PATCH" | "POST", ["config"]) => simulator.with(|core| configure(core, body)),
        ("POST", ["provision"]) => {
            let wanted: Provision = parse(body, "a provision")?;
            let callback = wanted.callback_url.as_deref().unwrap_or_default();
            in_reach(&simulator.lock().config.reach, "callback_url", callback)?;
            let made = simulator.provision(&wanted)?;
            Ok(json!(made))
        }
        ("POST", ["inbound"]) => simulator.inbound(&body).map(|wamid| json!({"wamid": wamid})),
        ("GET", ["flows", id]) => {
            let core = simulator.lock();
            let text = core.world.flows.get(*id).and_then(|f| f.json.clone());
            let text =
                text.ok_or_else(|| ControlError::missing(format!("there is no JSON of a Flow {id}")))?;
            Ok(serde_json::from_str(&text).unwrap_or(Value::String(text)))
        }
        ("POST", ["typing"]) => simulator.with(|core| phone_page::typing(core, &body)),
        ("POST", ["read"]) => simulator.with(|core| phone_page::read(core, &body)),
        ("GET", ["threads"]) => Ok(phone_page::threads(&simulator.lock(), query)),
        ("GET", ["threads", phone_id, user, "messages"]) => {
            phone_page::messages(&simulator.lock(), phone_id, user)
        }
        ("GET", ["messages", wamid]) => phone_page::message(&simulator.lock(), wamid),
        ("POST", ["messages", wamid, "status"]) => {
            simulator.with(|core| phone_page::set_status(core, wamid, &body))
        }
        ("GET", ["faults"]) => Ok(json!({"items": simulator.lock().world.faults})),
        ("POST", ["faults"]) => simulator.with(|core| add_faults(core, body)),
        ("DELETE", ["faults"]) => simulator.with(|core| {
            core.world.faults.clear();
            Ok(json!({"success": true}))
        }),
        ("DELETE", ["faults", id]) => simulator.with(|core| {
            let before = core.world.faults.len();
            core.world.faults.retain(|f| f.id != *id);
            match before - core.world.faults.len() {
                0 => Err(ControlError::missing(format!("there is no fault {id}"))),
                _ => Ok(json!({"success": true})),
            }
        }),
        ("POST", ["webhooks", "raw"]) => simulator.with(|core| raw_webhook(core, &body)),
        ("GET", ["deliveries"]) => Ok(rows::deliveries(&simulator.lock(), query)),
        ("GET", ["deliveries", id]) => rows::delivery(&simulator.lock(), id),
        ("POST", ["deliveries", id, "redeliver"]) => simulator.with(|core| {
            let known = id.parse().is_ok_and(|id| core.deliveries.again(id));
            if known {
                Ok(json!({"success": true}))
            } else {
                Err(ControlError::missing(format!("there is no delivery {id}")))
            }
        }),
        ("POST", ["handshake"]) => shake(simulator, &body).await,
        ("GET", ["ledger"]) => rows::ledger(&simulator.lock(), query),
        ("GET", ["load"]) => Ok(rows::load(&simulator.lock())),
        ("GET", ["metrics"]) => Ok(rows::metrics(&simulator.lock())),
        ("GET", ["settled"]) => settled(simulator, query).await,
        ("GET", ["export"]) => Ok(simulator.export()),
        ("POST", ["import"]) => simulator.import(body).map(|()| json!({"success": true})),
        ("POST", ["templates", id, act]) => simulator.with(|core| acts::template(core, id, act, &body)),
        ("POST", ["phones", id, act]) => simulator.with(|core| acts::phone(core, id, act, &body)),
        ("POST", ["wabas", id, act]) => simulator.with(|core| acts::waba(core, id, act, &body)),
        ("POST", ["portfolios", id, "verify"]) => simulator.with(|core| acts::verify(core, id)),
        ("POST", ["es", "code"]) => simulator.with(|core| signup::code(core, &body)),
        ("POST", ["block"]) => simulator.with(|core| acts::block(core, &body)),
        (method, [name, rest @ ..]) if collection_names().contains(name) && rest.len() <= 1 => {
            callbacks_in_reach(&simulator.lock().config.reach, &body)?;
            simulator.with(|core| collections::handle(core, method, name, rest.first().copied(), body))
        }
        _ => Err(ControlError::missing(format!(
            "{method} /_sim/{} is unknown; GET: health state clock config threads messages faults deliveries ledger load metrics \
             flows/{{id}} media/{{id}} settled export events; POST: reset clock config provision inbound typing read messages/{{wamid}}/status faults \
             webhooks/raw deliveries/{{id}}/redeliver handshake import block templates/{{id}}/{{act}}; and the collections {}",
            path.join("/"),
            collection_names().into_iter().collect::<Vec<_>>().join(" ")
        ))),
    }
}

/// Refuses an app, account or number with a callback that the simulator may not call.
fn callbacks_in_reach(reach: &Reach, body: &Value) -> Result<(), ControlError> {
    let Value::Object(fields) = body else {
        return Ok(());
    };
    for (name, value) in fields {
        match value {
            Value::String(url) if name == "callback_url" || name == "override_callback_uri" => {
                in_reach(reach, name, url)?;
            }
            // An account's subscriptions have separate callbacks.
            inner => callbacks_in_reach(reach, inner)?,
        }
    }
    Ok(())
}

/// Refuses an address that the simulator may not call; an empty one is ignored.
fn in_reach(reach: &Reach, name: &str, url: &str) -> Result<(), ControlError> {
    if url.is_empty() {
        return Ok(());
    }
    let checked = reach.check(url).map(drop);
    checked.map_err(|why| ControlError::bad(format!("{name}: {why}")))
}

pub(crate) fn parse<T: serde::de::DeserializeOwned>(value: Value, what: &str) -> Result<T, ControlError> {
    serde_json::from_value(value).map_err(|e| ControlError::bad(format!("this is not {what}: {e}")))
}

fn reset(core: &mut Core, body: &Value) -> Outcome {
    let mut config = match body.get("profile") {
        Some(profile) => {
            let profile: Profile = parse(profile.clone(), "a profile (fast, realistic, chaos, load)")?;
            let old = core.config.clone();
            SimConfig {
                http: old.http,
                wall: old.wall,
                reach: old.reach,
                public_url: old.public_url,
                seed: old.seed,
                start_ms: old.start_ms,
                speed: old.speed,
                ..SimConfig::profile(profile)
            }
        }
        None => core.config.clone(),
    };
    if let Some(seed) = body.get("seed") {
        config.seed = seed
            .as_u64()
            .ok_or_else(|| ControlError::bad("seed must be a whole number from 0"))?;
    }
    *core = Core::new(config.clamped());
    Ok(json!({"success": true, "seed": core.config.seed, "profile": core.config.profile}))
}

fn clock(core: &Core) -> Value {
    json!({"now_ms": core.now(), "speed": core.world.clock.speed(), "next_event_ms": core.world.next_due()})
}

fn set_clock(core: &mut Core, body: &Value) -> Outcome {
    let number = |key: &str| match body.get(key) {
        None => Ok(None),
        Some(v) => v
            .as_f64()
            .map(Some)
            .ok_or_else(|| ControlError::bad(format!("{key} must be a number"))),
    };
    let (speed, advance, now) = (number("speed")?, number("advance_s")?, number("now")?);
    if speed.is_none() && advance.is_none() && now.is_none() {
        return Err(ControlError::bad(
            "give speed (virtual seconds a second), advance_s or now (Unix seconds)",
        ));
    }
    if advance.is_some_and(|s| s < 0.0) {
        return Err(ControlError::bad(
            "advance_s cannot be negative: time does not run backwards",
        ));
    }
    let real = core.config.wall.now_ms();
    let now = now.map(|s| (s * 1_000.0) as i64);
    core.world
        .clock
        .set(real, speed, now, (advance.unwrap_or(0.0) * 1_000.0) as i64);
    Ok(clock(core))
}

fn configure(core: &mut Core, change: Value) -> Outcome {
    let Value::Object(change) = change else {
        return Err(ControlError::bad("the body must be an object of knobs"));
    };
    let mut knobs = rows::config(core)?;
    if let Some(object) = knobs.as_object_mut() {
        for (key, value) in change {
            match (object.get_mut(&key), value) {
                // `delays` may be changed in part.
                (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
                (_, value) => drop(object.insert(key, value)),
            }
        }
    }
    let mut config: SimConfig = parse(knobs, "a configuration")?;
    config.http.clone_from(&core.config.http);
    config.wall = core.config.wall.clone();
    config.reach = core.config.reach.clone();
    if let Some(card) = &config.rate_card {
        RateCard::parse(card).map_err(ControlError::bad)?;
    }
    core.config = config.clamped();
    core.rates = RateCard::of(&core.config);
    rows::config(core)
}

fn add_faults(core: &mut Core, body: Value) -> Outcome {
    let faults: Vec<Fault> = match body {
        Value::Array(_) => parse(body, "a list of faults")?,
        one => vec![parse(one, "a fault {match, trigger, response}")?],
    };
    let ids: Vec<String> = faults.into_iter().map(|fault| core.add_fault(fault)).collect();
    Ok(json!({"ids": ids}))
}

/// `{field, value, waba_id? or phone_id?}`: any webhook, also one that Meta would never send.
fn raw_webhook(core: &mut Core, body: &Value) -> Outcome {
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let field =
        text("field").ok_or_else(|| ControlError::bad("field is missing, for example account_update"))?;
    let value = body
        .get("value")
        .cloned()
        .ok_or_else(|| ControlError::bad("value is missing"))?;
    let phone_id = text("phone_id");
    let waba_id = text("waba_id")
        .or_else(|| {
            phone_id
                .as_ref()
                .and_then(|id| core.world.phones.get(id))
                .map(|p| p.waba_id.clone())
        })
        .or_else(|| core.world.wabas.keys().next().cloned())
        .filter(|id| core.world.wabas.contains_key(id))
        .ok_or_else(|| ControlError::bad("waba_id names no account, and there is none to fall back on"))?;
    let at = core.now();
    core.post(Update {
        field,
        waba_id,
        phone_id,
        list: None,
        item: value,
        contact: None,
        wamid: None,
        status: None,
        at,
    });
    Ok(json!({"success": true}))
}

async fn shake(simulator: &Simulator, body: &Value) -> Outcome {
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let (url, token) = match text("app_id") {
        Some(id) => {
            let core = simulator.lock();
            let app = core
                .world
                .apps
                .get(&id)
                .ok_or_else(|| ControlError::missing(format!("there is no app {id}")))?;
            (app.callback_url.clone(), app.verify_token.clone())
        }
        None => (
            text("url").ok_or_else(|| ControlError::bad("give app_id, or url and verify_token"))?,
            text("verify_token").unwrap_or_default(),
        ),
    };
    Ok(match handshake(simulator, &url, &token).await {
        Ok(()) => json!({"ok": true, "url": url}),
        Err(reason) => json!({"ok": false, "url": url, "reason": reason}),
    })
}

/// Waits until nothing is pending; with `due=true` until nothing that is due is.
async fn settled(simulator: &Simulator, query: &BTreeMap<String, String>) -> Outcome {
    let ms = query
        .get("timeout_ms")
        .and_then(|t| t.parse().ok())
        .unwrap_or(10_000_u64)
        .min(600_000);
    let due = query.get("due").is_some_and(|d| d == "true");
    let wait = async {
        if due {
            simulator.caught_up().await
        } else {
            simulator.settled().await
        }
    };
    let settled = tokio::time::timeout(Duration::from_millis(ms), wait)
        .await
        .is_ok();
    let core = simulator.lock();
    let (queued, in_flight) = core.deliveries.depth();
    Ok(
        json!({"settled": settled, "events": core.world.agenda.len(), "queued": queued, "in_flight": in_flight}),
    )
}

/// The file of a message, for the phone page.
fn media(simulator: &Simulator, id: &str, range: Option<Range>) -> Response {
    match simulator.lock().world.media.get(id) {
        Some(media) => serve_media(media, range),
        None => answer(Err(ControlError::missing(format!("there is no media {id}")))),
    }
}

/// Every change as a server-sent event; a reader that is too slow is told to reload.
fn events(simulator: &Simulator) -> Response {
    let receiver = simulator.subscribe_live();
    let stop = simulator.cancelled();
    // Tells the page at once that it is connected.
    let hello = futures_util::stream::iter([json!({"kind": "hello"})]);
    let changes = futures_util::stream::unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Ok(event) => Some((event, receiver)),
            Err(RecvError::Lagged(_)) => Some((json!({"kind": "reload"}), receiver)),
            Err(RecvError::Closed) => None,
        }
    });
    let stream = hello
        .chain(changes)
        .map(|event| Event::message(event.to_string()))
        .take_until(stop.cancelled_owned());
    SSE::new(stream)
        .keep_alive(Duration::from_secs(15))
        .into_response()
}
