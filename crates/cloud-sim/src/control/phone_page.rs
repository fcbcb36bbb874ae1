//! Endpoints for the phone page: threads, messages, read receipts.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::Outcome;
use crate::config::Statuses;
use crate::core::Core;
use crate::entities::User;
use crate::sim::ControlError;
use crate::world::{Direction, Msg, Thread, World};

/// At most this many threads in one answer.
const MAX_THREADS: usize = 500;
/// At most this many people without messages in one answer.
const MAX_NEW: usize = 200;

/// Whether the person's phone shows a message: it was delivered, or is the person's own. Where the simulator is told to report
/// no deliveries, an online phone shows what was accepted.
fn is_on_phone(core: &Core, msg: &Msg) -> bool {
    match msg.status.as_str() {
        _ if msg.direction == Direction::FromUser => true,
        "delivered" | "read" | "played" => true,
        "failed" => false,
        _ => {
            let user = core.world.users.get(&msg.user_id);
            core.config.statuses < Statuses::Delivered && user.is_some_and(|user| user.persona.online)
        }
    }
}

/// What the person's phone shows of a thread, newest first.
fn on_phone<'a>(core: &'a Core, thread: &'a Thread) -> impl Iterator<Item = &'a Msg> {
    let newest_first = thread.messages.iter().rev();
    newest_first
        .filter_map(|seq| core.world.messages.get(seq))
        .filter(|msg| is_on_phone(core, msg))
}

/// People whose phones have no message yet, newest first and without `last_at`; then threads, newest first, of one number or
/// all.
pub fn threads(core: &Core, query: &BTreeMap<String, String>) -> Value {
    let world = &core.world;
    let wanted = query.get("phone_id");
    let mut rows: Vec<(i64, Value)> = world
        .threads
        .values()
        .filter(|t| wanted.is_none_or(|id| *id == t.phone_id))
        .filter_map(|t| {
            let last = on_phone(core, t).next()?;
            let unread = on_phone(core, t)
                .filter(|m| m.direction == Direction::ToUser && m.status == "delivered")
                .count();
            let mut row = person(world.users.get(&t.user_id), &t.user_id);
            row["phone_id"] = json!(t.phone_id);
            row["last_at"] = json!(time(last.at));
            row["preview"] = json!(text(last));
            row["unread"] = json!(unread);
            if t.csw_until > 0 {
                row["window_closes_at"] = json!(time(t.csw_until));
            }
            Some((last.at, row))
        })
        .collect();
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let threads = rows.into_iter().map(|(_, row)| row);
    let mut items = match wanted {
        Some(phone_id) => newcomers(core, phone_id),
        None => Vec::new(),
    };
    items.extend(threads.take(MAX_THREADS));
    json!({"items": items})
}

/// People whose phones have no message of any number, as rows of one number's list: who was just added can be chosen.
fn newcomers(core: &Core, phone_id: &str) -> Vec<Value> {
    let threads = core.world.threads.values();
    let known: HashSet<&str> = threads
        .filter(|t| on_phone(core, t).next().is_some())
        .map(|t| t.user_id.as_str())
        .collect();
    let newest_first = core.world.user_order.iter().rev();
    newest_first
        .filter(|id| !known.contains(id.as_str()))
        .filter_map(|id| core.world.users.get(id))
        .take(MAX_NEW)
        .map(|user| {
            let mut row = person(Some(user), &user.user_id);
            row["phone_id"] = json!(phone_id);
            row["preview"] = json!("");
            row["unread"] = json!(0);
            row
        })
        .collect()
}

/// The fields of a row that say who it is.
fn person(user: Option<&User>, user_id: &str) -> Value {
    let mut row = json!({
        "user_id": user_id,
        "name": user.map(|u| u.name.as_str()).unwrap_or_default(),
    });
    if let Some(wa_id) = user.and_then(|u| u.wa_id.as_ref()) {
        row["wa_id"] = json!(wa_id);
    }
    row
}

/// The messages of a thread that are on the person's phone, oldest first: what waits for an offline phone is not there yet.
/// [`message`] shows any message.
pub fn messages(core: &Core, phone_id: &str, user: &str) -> Outcome {
    if !core.world.phones.contains_key(phone_id) {
        return Err(ControlError::missing(format!("there is no phone {phone_id}")));
    }
    // A person without messages has an empty thread, not an error: the page opens before the first message.
    let rows: Vec<Value> = match core.world.user(user) {
        Some(user) => core
            .world
            .thread_messages(phone_id, &user.user_id)
            .into_iter()
            .filter(|m| is_on_phone(core, m))
            .map(|m| row(&core.world, m))
            .collect(),
        None => Vec::new(),
    };
    Ok(json!({"items": rows}))
}

/// One message.
pub fn message(core: &Core, wamid: &str) -> Outcome {
    let found = core.world.message(wamid).map(|m| row(&core.world, m));
    found.ok_or_else(|| ControlError::missing(format!("there is no message {wamid}")))
}

/// `{status, error?: {code, details?} | code}`: the message reaches this state now.
pub fn set_status(core: &mut Core, wamid: &str, body: &Value) -> Outcome {
    const STATES: [&str; 5] = ["sent", "delivered", "read", "played", "failed"];
    let status = body.get("status").and_then(Value::as_str).unwrap_or_default();
    if !STATES.contains(&status) {
        return Err(ControlError::bad(format!(
            "status must be one of {}",
            STATES.join(", ")
        )));
    }
    let outbound = core
        .world
        .message(wamid)
        .is_some_and(|m| m.direction == Direction::ToUser);
    if !outbound {
        return Err(ControlError::missing(format!("there is no sent message {wamid}")));
    }
    let error = match body.get("error") {
        None => (status == "failed").then_some((131_000, None)),
        Some(Value::Number(code)) => Some((code.as_i64().unwrap_or(131_000), None)),
        Some(error) => {
            let code = error.get("code").and_then(Value::as_i64);
            let code = code.ok_or_else(|| ControlError::bad("error.code must be a number"))?;
            Some((
                code,
                error.get("details").and_then(Value::as_str).map(str::to_owned),
            ))
        }
    };
    core.status(wamid, status, error);
    Ok(json!({"success": true}))
}

pub(super) fn thread_of(core: &Core, body: &Value) -> Result<(String, String), ControlError> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).filter(|s| !s.is_empty());
    let phone_id = text("phone_id").ok_or_else(|| ControlError::bad("phone_id is missing"))?;
    let user = text("user")
        .ok_or_else(|| ControlError::bad("user is missing: phone digits or BSUID of the person"))?;
    let user = core
        .world
        .user(user)
        .ok_or_else(|| ControlError::missing(format!("there is no person {user}")))?;
    Ok((phone_id.to_owned(), user.user_id.clone()))
}

/// The person has the thread open: everything in it is read.
pub fn read(core: &mut Core, body: &Value) -> Outcome {
    let (phone_id, user_id) = thread_of(core, body)?;
    let count = core.read_thread(&phone_id, &user_id);
    Ok(json!({"read": count}))
}

/// The person types: nothing goes to the business, as with WhatsApp.
pub fn typing(core: &mut Core, body: &Value) -> Outcome {
    let (phone_id, user_id) = thread_of(core, body)?;
    core.tell(|| json!({"kind": "typing", "phone_id": phone_id, "user": user_id}));
    Ok(json!({"success": true}))
}

fn row(world: &World, msg: &Msg) -> Value {
    let mut row = json!({
        "wamid": msg.wamid,
        "direction": msg.direction,
        "type": msg.kind,
        "text": text(msg),
        "content": msg.content,
        "status": msg.status,
        "at": time(msg.at),
    });
    if let Some(code) = msg.error {
        row["error"] = json!({"code": code, "title": crate::details::title(code)});
    }
    if let Some(context) = &msg.context {
        row["context"] = json!({"id": context});
    }
    if msg.kind == "template"
        && let Some(shown) = render(world, msg)
    {
        row["rendered"] = shown;
    }
    row
}

/// A template with its variables filled in, as the person sees it.
fn render(world: &World, msg: &Msg) -> Option<Value> {
    let name = msg.content.get("name")?.as_str()?;
    let language = msg.content.pointer("/language/code")?.as_str()?;
    let waba = &world.phones.get(&msg.phone_id)?.waba_id;
    let template = world
        .templates
        .values()
        .find(|t| t.waba_id == *waba && t.name == name && t.language == language)?;
    let given = msg
        .content
        .get("components")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let kind = |c: &Value| {
        c.get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_lowercase()
    };
    let mut shown = json!({});
    // While a change is in review, the version before is sent.
    for part in template.live.as_ref().unwrap_or(&template.components) {
        let part_kind = kind(part);
        if part_kind == "buttons" {
            let buttons = part.get("buttons").and_then(Value::as_array);
            let filled = buttons.into_iter().flatten().enumerate();
            shown["buttons"] = filled.map(|(index, one)| button(one, index, given)).collect();
            continue;
        }
        let parameters = given
            .iter()
            .find(|c| kind(c) == part_kind)
            .and_then(|c| c.get("parameters"))
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        if let Some(text) = part.get("text").and_then(Value::as_str) {
            let mut text = text.to_owned();
            for (at, parameter) in parameters.iter().enumerate() {
                let name = parameter
                    .get("parameter_name")
                    .and_then(Value::as_str)
                    .map(str::to_owned);
                let name = name.unwrap_or_else(|| (at + 1).to_string());
                let value = parameter.get("text").and_then(Value::as_str).unwrap_or_default();
                text = text.replace(&format!("{{{{{name}}}}}"), value);
            }
            shown[part_kind.as_str()] = json!(text);
        } else if let Some(parameter) = parameters.first() {
            shown[part_kind.as_str()] = parameter.clone();
        }
    }
    Some(shown)
}

/// A button with the value that the message has for it: the rest of its address, or the code that it copies.
fn button(button: &Value, index: usize, given: &[Value]) -> Value {
    let mut button = button.clone();
    let is_its = |part: &&Value| {
        let at = part.get("index");
        let at = at.and_then(|at| at.as_str().map_or_else(|| at.as_u64(), |text| text.parse().ok()));
        part.get("type").and_then(Value::as_str) == Some("button") && at == u64::try_from(index).ok()
    };
    let value = given
        .iter()
        .find(is_its)
        .and_then(|part| part.pointer("/parameters/0"));
    let of = |key: &str| value.and_then(|value| value.get(key)).and_then(Value::as_str);
    if let (Some(text), Some(url)) = (of("text"), button.get("url").and_then(Value::as_str)) {
        button["url"] = json!(url.replace("{{1}}", text));
    }
    if let Some(code) = of("coupon_code") {
        button["example"] = json!(code);
    }
    button
}

/// A short plain text of a message.
fn text(msg: &Msg) -> String {
    let of = |pointer: &str| msg.content.pointer(pointer).and_then(Value::as_str);
    let found = match msg.kind.as_str() {
        "text" => of("/body"),
        "template" => of("/name"),
        "interactive" => of("/body/text")
            .or_else(|| of("/button_reply/title"))
            .or_else(|| of("/list_reply/title")),
        "button" => of("/text"),
        "reaction" => of("/emoji"),
        "location" => of("/name"),
        "system" => of("/body"),
        _ => of("/caption").or_else(|| of("/filename")),
    };
    found.map_or_else(|| msg.kind.clone(), |t| t.chars().take(4_096).collect())
}

/// RFC 3339 in UTC.
fn time(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms)
        .map(|t| t.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
        .unwrap_or_default()
}
