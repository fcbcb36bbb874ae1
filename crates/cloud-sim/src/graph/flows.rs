//! Flows of an account: drafts, their JSON, publishing and retiring (Cloud API: profile, commerce, QR, components;
//! flow fields; error codes 139000 to 139004). The screens of a Flow are not simulated.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::list::{page, pick};
use super::nodes::unknown_edge;
use super::phone::graph_time;
use super::templates::body_of;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Waba;

/// Flows an account may have.
const MAX_FLOWS: usize = 1_000;
/// Longest Flow JSON, bytes.
const MAX_JSON: usize = 1 << 20;
const MAX_NAME: usize = 200;
const CATEGORIES: [&str; 8] = [
    "SIGN_UP",
    "SIGN_IN",
    "APPOINTMENT_BOOKING",
    "LEAD_GENERATION",
    "CONTACT_US",
    "CUSTOMER_SUPPORT",
    "SURVEY",
    "OTHER",
];
const NODE: &str = "Flow";
const FIELDS: &[&str] = &[
    "id",
    "name",
    "status",
    "categories",
    "validation_errors",
    "json_version",
    "data_api_version",
    "endpoint_uri",
    "data_channel_uri",
    "preview",
    "whatsapp_business_account",
    "application",
    "updated_at",
    "health_status",
];
const DEFAULT: &[&str] = &["id", "name", "status", "categories", "validation_errors"];

/// A Flow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flow {
    /// Its id.
    pub id: String,
    /// Its account.
    pub waba_id: String,
    /// Unique in the account.
    pub name: String,
    /// At least one.
    pub categories: Vec<String>,
    /// DRAFT, PUBLISHED or DEPRECATED.
    pub status: String,
    /// Flow JSON as it was given; absent before the first upload.
    pub json: Option<String>,
    /// The endpoint of its data.
    pub endpoint_uri: Option<String>,
    /// Virtual Unix ms of the last change.
    pub updated_at: i64,
}

/// `GET` and `POST /{WABA}/flows`
pub(super) fn of_waba(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    match call.method.as_str() {
        "GET" => {
            let flows = core.world.flows.values().filter(|f| f.waba_id == waba.id);
            let rows: Vec<Value> = flows.map(|f| node(core, f)).collect();
            page(core, call, rows, NODE, FIELDS, DEFAULT)
        }
        "POST" => create(core, call, waba),
        method => Err(unknown_edge("flows", method)),
    }
}

/// Operations on one Flow.
pub(super) fn of_flow(core: &mut Core, call: &Call, flow: &Flow, edge: &str) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("GET", "") => pick(call, NODE, node(core, flow), FIELDS, DEFAULT),
        ("POST", "") => change(core, call, flow),
        ("DELETE", "") if flow.status == "DRAFT" => {
            core.world.flows.remove(&flow.id);
            done()
        }
        ("DELETE", "") => Err(refuse(
            139_004,
            "Only a draft can be deleted; a published Flow is deprecated.",
        )),
        ("GET", "assets") => Ok(Reply::Ok(json!({"data": assets(core, flow)}))),
        ("POST", "assets") => upload(core, call, flow),
        ("POST", "publish") => {
            publish(core, flow)?;
            done()
        }
        ("POST", "deprecate") if flow.status == "PUBLISHED" => {
            set_status(core, flow, "DEPRECATED");
            done()
        }
        ("POST", "deprecate") => Err(refuse(139_003, "Only a published Flow can be deprecated.")),
        (method, edge) => Err(unknown_edge(edge, method)),
    }
}

/// A send of a Flow that is a draft, as if it were published, is refused; unknown Flows are accepted.
pub(super) fn check_send(core: &Core, waba_id: &str, content: &Value) -> Result<(), Refusal> {
    let at = |key: &str| {
        content
            .pointer(&format!("/action/parameters/{key}"))
            .and_then(Value::as_str)
    };
    let mut flows = core.world.flows.values().filter(|f| f.waba_id == waba_id);
    let Some(flow) =
        flows.find(|f| Some(f.id.as_str()) == at("flow_id") || Some(f.name.as_str()) == at("flow_name"))
    else {
        return Ok(());
    };
    let draft = at("mode") == Some("draft");
    match flow.status.as_str() {
        "DRAFT" if !draft => Err(Refusal::value(
            "The Flow is a draft: publish it, or send it with mode draft.",
        )),
        "DEPRECATED" => Err(Refusal::value("The Flow is deprecated and cannot be sent.")),
        "PUBLISHED" if draft => Err(Refusal::value(
            "The Flow is published: it cannot be sent with mode draft.",
        )),
        _ => Ok(()),
    }
}

fn refuse(code: i64, details: &str) -> Refusal {
    Refusal::of(code, Some(details.to_owned()))
}

fn done() -> Result<Reply, Refusal> {
    Ok(Reply::Ok(json!({"success": true})))
}

fn node(core: &Core, flow: &Flow) -> Value {
    let parsed: Value = flow
        .json
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let waba = core.world.wabas.get(&flow.waba_id);
    let app = waba.and_then(|w| w.subscriptions.keys().find_map(|id| core.world.apps.get(id)));
    let mut row = json!({
        "id": flow.id,
        "name": flow.name,
        "status": flow.status,
        "categories": flow.categories,
        "validation_errors": flow.json.as_deref().map(problems).unwrap_or_default(),
        "preview": {
            "preview_url": format!("https://business.facebook.com/wa/manage/flows/{}/preview/?token=simulated", flow.id),
            "expires_at": graph_time(core.now() + 30 * 86_400_000),
        },
        "updated_at": graph_time(flow.updated_at),
        "health_status": {"can_send_message": if flow.status == "PUBLISHED" { "AVAILABLE" } else { "BLOCKED" }, "entities": []},
    });
    if let Some(waba) = waba {
        row["whatsapp_business_account"] = json!({"id": waba.id, "name": waba.name, "currency": waba.currency, "timezone_id": waba.timezone_id});
    }
    if let Some(app) = app {
        row["application"] = json!({"id": app.id, "name": app.name, "link": format!("https://www.facebook.com/games/?app_id={}", app.id)});
    }
    for (from, to) in [
        ("version", "json_version"),
        ("data_api_version", "data_api_version"),
    ] {
        if let Some(version) = parsed.get(from) {
            row[to] = version.clone();
        }
    }
    if let Some(uri) = &flow.endpoint_uri {
        row["endpoint_uri"] = json!(uri);
    }
    row
}

fn assets(core: &Core, flow: &Flow) -> Vec<Value> {
    let url = format!("{}/_sim/flows/{}", core.config.public_url, flow.id);
    let row = |_: &String| json!({"name": "flow.json", "asset_type": "FLOW_JSON", "download_url": url});
    flow.json.iter().map(row).collect()
}

/// Validation errors of a Flow JSON; none when it can be published.
fn problems(text: &str) -> Vec<Value> {
    let problem = |error: &str, message: String, line: usize| {
        json!({"error": error, "error_type": "FLOW_JSON_ERROR", "message": message, "line_start": line, "line_end": line,
               "column_start": 1, "column_end": 1})
    };
    let parsed: Value = match serde_json::from_str(text) {
        Ok(parsed) => parsed,
        Err(e) => return vec![problem("INVALID_JSON", e.to_string(), e.line())],
    };
    let mut found = Vec::new();
    if parsed.get("version").and_then(Value::as_str).is_none() {
        found.push(problem(
            "MISSING_REQUIRED_PROPERTY",
            "The property version is required.".into(),
            1,
        ));
    }
    let screens = parsed.get("screens").and_then(Value::as_array);
    match screens.filter(|s| !s.is_empty()) {
        None => found.push(problem(
            "MISSING_REQUIRED_PROPERTY",
            "The property screens must be a list of screens.".into(),
            1,
        )),
        Some(screens) => {
            let whole = |s: &Value| {
                s.get("id").is_some_and(Value::is_string) && s.get("layout").is_some_and(Value::is_object)
            };
            if !screens.iter().all(whole) {
                found.push(problem(
                    "INVALID_SCREEN",
                    "Every screen needs an id and a layout.".into(),
                    1,
                ));
            }
            if !screens.iter().any(|s| s.get("terminal") == Some(&json!(true))) {
                found.push(problem(
                    "NO_TERMINAL_SCREEN",
                    "One screen must be terminal.".into(),
                    1,
                ));
            }
        }
    }
    found
}

/// A field that is text, or JSON that was given as an object.
fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    }
}

fn categories(value: &Value) -> Result<Vec<String>, Refusal> {
    let list: Vec<Value> = match value {
        Value::Array(list) => list.clone(),
        Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    let names: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if names.is_empty()
        || names.len() != list.len()
        || !names.iter().all(|n| CATEGORIES.contains(&n.as_str()))
    {
        return Err(Refusal::parameter(format!(
            "Param categories must be a list of {{{}}}",
            CATEGORIES.join(", ")
        )));
    }
    Ok(names)
}

fn name_of(core: &Core, waba_id: &str, own: &str, name: &str) -> Result<(), Refusal> {
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(Refusal::parameter(format!(
            "Param name must be 1 to {MAX_NAME} characters long."
        )));
    }
    let taken = |f: &&Flow| f.waba_id == waba_id && f.name == name && f.id != own;
    match core.world.flows.values().find(taken) {
        Some(_) => Err(Refusal::parameter(format!(
            "Param name must be unique: a Flow is called {name} already."
        ))),
        None => Ok(()),
    }
}

fn json_of(text: String) -> Result<String, Refusal> {
    match text.len() {
        len if len > MAX_JSON => Err(Refusal::parameter(format!(
            "The Flow JSON must be at most {MAX_JSON} bytes; it has {len}."
        ))),
        _ => Ok(text),
    }
}

fn create(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    let name = text_of(body.get("name")).unwrap_or_default();
    name_of(core, &waba.id, "", &name)?;
    let categories = categories(body.get("categories").unwrap_or(&Value::Null))?;
    if core.world.flows.values().filter(|f| f.waba_id == waba.id).count() >= MAX_FLOWS {
        return Err(Refusal::parameter(format!(
            "An account may have {MAX_FLOWS} Flows."
        )));
    }
    let cloned = match text_of(body.get("clone_flow_id")) {
        None => None,
        Some(id) => {
            let source = core.world.flows.get(&id).filter(|f| f.waba_id == waba.id);
            source.ok_or_else(|| Refusal::missing("POST", &id))?.json.clone()
        }
    };
    let flow = Flow {
        id: core.world.id(88),
        waba_id: waba.id.clone(),
        name,
        categories,
        status: "DRAFT".into(),
        json: text_of(body.get("flow_json"))
            .map(json_of)
            .transpose()?
            .or(cloned),
        endpoint_uri: text_of(body.get("endpoint_uri")),
        updated_at: core.now(),
    };
    let errors = flow.json.as_deref().map(problems).unwrap_or_default();
    core.world.flows.insert(flow.id.clone(), flow.clone());
    if call.field("publish").as_deref() == Some("true") && errors.is_empty() {
        publish(core, &flow)?;
    }
    Ok(Reply::Ok(
        json!({"id": flow.id, "success": true, "validation_errors": errors}),
    ))
}

fn change(core: &mut Core, call: &Call, flow: &Flow) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    if flow.status == "DEPRECATED" {
        return Err(refuse(139_001, "A deprecated Flow cannot be changed."));
    }
    let mut changed = flow.clone();
    if let Some(name) = text_of(body.get("name")) {
        name_of(core, &flow.waba_id, &flow.id, &name)?;
        changed.name = name;
    }
    if let Some(given) = body.get("categories") {
        changed.categories = categories(given)?;
    }
    changed.endpoint_uri = text_of(body.get("endpoint_uri")).or(changed.endpoint_uri);
    changed.updated_at = core.now();
    core.world.flows.insert(flow.id.clone(), changed);
    done()
}

/// `POST /{FLOW}/assets`: the file `flow.json`.
fn upload(core: &mut Core, call: &Call, flow: &Flow) -> Result<Reply, Refusal> {
    if flow.status != "DRAFT" {
        return Err(refuse(
            139_001,
            "The JSON of a Flow that is not a draft cannot be changed.",
        ));
    }
    if call.field("asset_type").as_deref() != Some("FLOW_JSON") {
        return Err(Refusal::parameter("Param asset_type must be one of {FLOW_JSON}"));
    }
    let file = call
        .files
        .get("file")
        .map(|f| String::from_utf8_lossy(&f.bytes).into_owned());
    let text = file.or_else(|| text_of(call.body.as_ref().ok().and_then(|b| b.get("file"))));
    let text = json_of(text.ok_or_else(|| Refusal::parameter("The parameter file is required."))?)?;
    let errors = problems(&text);
    let now = core.now();
    if let Some(flow) = core.world.flows.get_mut(&flow.id) {
        flow.json = Some(text);
        flow.updated_at = now;
    }
    Ok(Reply::Ok(json!({"success": true, "validation_errors": errors})))
}

fn publish(core: &mut Core, flow: &Flow) -> Result<(), Refusal> {
    if flow.status != "DRAFT" {
        return Err(refuse(139_002, "Only a draft can be published."));
    }
    match flow.json.as_deref().map(problems) {
        None => Err(refuse(139_002, "The Flow has no JSON yet.")),
        Some(errors) if !errors.is_empty() => Err(refuse(139_002, "The Flow JSON has validation errors.")),
        Some(_) => {
            set_status(core, flow, "PUBLISHED");
            Ok(())
        }
    }
}

/// Changes the state and sends the webhook field `flows`.
fn set_status(core: &mut Core, flow: &Flow, status: &str) {
    let now = core.now();
    if let Some(flow) = core.world.flows.get_mut(&flow.id) {
        status.clone_into(&mut flow.status);
        flow.updated_at = now;
    }
    core.account_post(
        &flow.waba_id,
        "flows",
        json!({"event": "FLOW_STATUS_CHANGE", "message": format!("Flow {} changed status from {} to {status}", flow.name, flow.status),
               "flow_id": flow.id, "old_status": flow.status, "new_status": status}),
    );
}
