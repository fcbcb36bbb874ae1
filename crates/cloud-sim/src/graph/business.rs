//! A business's public data: profile, commerce, QR codes, ice breakers, settings
//! (Cloud API: profile, commerce, QR, components).

use serde_json::{Map, Value, json};

use super::nodes::unknown_edge;
use super::templates::body_of;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;

/// Longest public key.
const MAX_KEY: usize = 4_096;
/// QR codes of a number.
const MAX_CODES: usize = 2_000;
/// Texts of the profile with their longest lengths.
const TEXTS: &[(&str, usize)] = &[
    ("about", 139),
    ("address", 256),
    ("description", 512),
    ("email", 128),
];
const VERTICALS: &[&str] = &[
    "ALCOHOL",
    "APPAREL",
    "AUTO",
    "BEAUTY",
    "EDU",
    "ENTERTAIN",
    "EVENT_PLAN",
    "FINANCE",
    "GOVT",
    "GROCERY",
    "HEALTH",
    "HOTEL",
    "NONPROFIT",
    "ONLINE_GAMBLING",
    "OTC_DRUGS",
    "OTHER",
    "PHYSICAL_GAMBLING",
    "PROF_SERVICES",
    "RESTAURANT",
    "RETAIL",
    "TRAVEL",
    "UNDEFINED",
    "NOT_A_BIZ",
    "MATRIMONY_SERVICE",
];

fn done() -> Result<Reply, Refusal> {
    Ok(Reply::Ok(json!({"success": true})))
}

fn too_long(name: &str, limit: usize) -> Refusal {
    Refusal::parameter(format!("Param {name} must be at most {limit} characters long."))
}

/// The edges of this file; `None` for other edges.
pub(super) fn of_phone(
    core: &mut Core,
    call: &Call,
    phone: &Phone,
    edge: &str,
) -> Option<Result<Reply, Refusal>> {
    Some(match (call.method.as_str(), edge) {
        ("GET", "whatsapp_business_encryption") => Ok(Reply::Ok(match &phone.public_key {
            Some(key) => {
                json!({"data": [{"business_public_key": key, "business_public_key_signature_status": "VALID"}]})
            }
            None => json!({"data": []}),
        })),
        ("POST", "whatsapp_business_encryption") => encryption(core, call, phone),
        ("GET", "business_compliance_info") => Ok(Reply::Ok(match phone.compliance.is_null() {
            true => json!({"data": []}),
            false => json!({"data": [phone.compliance]}),
        })),
        ("POST", "business_compliance_info") => compliance(core, call, phone),
        ("GET", "whatsapp_business_profile") => profile(call, phone),
        ("POST", "whatsapp_business_profile") => set_profile(core, call, phone),
        ("GET", "whatsapp_commerce_settings") => {
            let mut row = json!({"id": phone.id, "is_cart_enabled": true, "is_catalog_visible": false});
            extend(&mut row, &phone.commerce);
            Ok(Reply::Ok(json!({"data": [row]})))
        }
        ("POST", "whatsapp_commerce_settings") => commerce(core, call, phone),
        ("GET", "settings") => {
            let mut row = json!({"storage_configuration": {"status": "DEFAULT"}});
            extend(&mut row, &phone.settings);
            Ok(Reply::Ok(row))
        }
        ("POST", "settings") => settings(core, call, phone),
        ("POST", "conversational_automation") => automation(core, call, phone),
        ("POST", "message_qrdls") => make_code(core, call, phone),
        ("GET", "message_qrdls") => {
            let rows: Vec<Value> = phone.qr.iter().map(|(code, text)| qr(call, code, text)).collect();
            Ok(Reply::Ok(json!({"data": rows})))
        }
        _ => return None,
    })
}

fn extend(row: &mut Value, more: &Value) {
    if let (Some(row), Some(more)) = (row.as_object_mut(), more.as_object()) {
        row.extend(more.clone());
    }
}

fn profile(call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let mut row = json!({"about": "Hey there! I am using WhatsApp.", "vertical": "UNDEFINED"});
    extend(&mut row, &phone.profile);
    if let (Some(fields), Some(row)) = (call.query.get("fields"), row.as_object_mut()) {
        let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
        row.retain(|key, _| wanted.contains(&key.as_str()));
    }
    row["messaging_product"] = json!("whatsapp");
    Ok(Reply::Ok(json!({"data": [row]})))
}

fn set_profile(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let mut changed = Map::new();
    for (name, limit) in TEXTS {
        let Some(text) = body.get(*name).and_then(Value::as_str) else {
            continue;
        };
        if text.chars().count() > *limit || (*name == "about" && text.is_empty()) {
            return Err(too_long(name, *limit));
        }
        if *name == "email" && !text.is_empty() && !text.contains('@') {
            return Err(Refusal::parameter("Param email must be a valid email address."));
        }
        changed.insert((*name).into(), json!(text));
    }
    if let Some(sites) = body.get("websites") {
        let sites = sites.as_array().cloned().unwrap_or_default();
        let right = |s: &Value| {
            s.as_str().is_some_and(|s| {
                s.chars().count() <= 256 && (s.starts_with("http://") || s.starts_with("https://"))
            })
        };
        if sites.len() > 2 || !sites.iter().all(right) {
            return Err(Refusal::parameter(
                "Param websites must be at most 2 addresses that begin with http:// or https://.",
            ));
        }
        changed.insert("websites".into(), json!(sites));
    }
    if let Some(vertical) = body.get("vertical").and_then(Value::as_str) {
        if !VERTICALS.contains(&vertical) {
            return Err(Refusal::parameter(format!(
                "Param vertical must be one of {{{}}}",
                VERTICALS.join(", ")
            )));
        }
        changed.insert("vertical".into(), json!(vertical));
    }
    if let Some(handle) = body.get("profile_picture_handle").and_then(Value::as_str) {
        if !core.is_handle(handle) {
            return Err(Refusal::parameter(
                "Param profile_picture_handle is not a valid handle of an uploaded file.",
            ));
        }
        let url = format!(
            "https://pps.whatsapp.net/v/{}.jpg",
            crate::ids::hex_id(&mut core.world.dice)
        );
        changed.insert("profile_picture_url".into(), json!(url));
    }
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        merge(&mut phone.profile, changed);
    }
    done()
}

fn merge(stored: &mut Value, changed: Map<String, Value>) {
    match stored.as_object_mut() {
        Some(object) => object.extend(changed),
        None => *stored = Value::Object(changed),
    }
}

fn commerce(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let mut changed = Map::new();
    for name in ["is_cart_enabled", "is_catalog_visible"] {
        match call.field(name).as_deref() {
            None => {}
            Some(flag @ ("true" | "false")) => drop(changed.insert(name.into(), json!(flag == "true"))),
            Some(_) => return Err(Refusal::parameter(format!("Param {name} must be a boolean."))),
        }
    }
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        merge(&mut phone.commerce, changed);
    }
    done()
}

fn settings(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let Value::Object(given) = body_of(call)?.clone() else {
        return Err(Refusal::parameter("The request body must be a JSON object."));
    };
    const KNOWN: [&str; 4] = [
        "calling",
        "user_identity_change",
        "storage_configuration",
        "payload_encryption",
    ];
    if given.is_empty() || !given.keys().all(|k| KNOWN.contains(&k.as_str())) {
        return Err(Refusal::parameter(format!(
            "The settings are {}.",
            KNOWN.join(", ")
        )));
    }
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        merge(&mut phone.settings, given);
    }
    done()
}

/// The key that data of Flows is encrypted for, PEM.
fn encryption(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let key = call.field("business_public_key").unwrap_or_default();
    let pem = key.trim().starts_with("-----BEGIN PUBLIC KEY-----")
        && key.trim().ends_with("-----END PUBLIC KEY-----");
    if !pem || key.len() > MAX_KEY {
        return Err(Refusal::parameter(format!(
            "Param business_public_key must be a public key in PEM of at most {MAX_KEY} characters."
        )));
    }
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        phone.public_key = Some(key);
    }
    done()
}

/// Who answers for the business, required in India.
fn compliance(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    for name in ["entity_name", "entity_type"] {
        if body.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(Refusal::parameter(format!("The parameter {name} is required.")));
        }
    }
    let Value::Object(mut given) = body else {
        return Err(Refusal::parameter("The request body must be a JSON object."));
    };
    given.insert("messaging_product".into(), json!("whatsapp"));
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        phone.compliance = Value::Object(given);
    }
    done()
}

fn automation(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    let list = |key: &str| match body.get(key) {
        Some(Value::Array(list)) => list.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    let (prompts, commands) = (list("prompts"), list("commands"));
    if prompts.len() > 4
        || !prompts
            .iter()
            .all(|p| p.as_str().is_some_and(|p| (1..=80).contains(&p.chars().count())))
    {
        return Err(Refusal::parameter(
            "Param prompts must be at most 4 texts of 1 to 80 characters.",
        ));
    }
    let right = |c: &Value| {
        let text = |key: &str| c.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = text("command_name");
        (1..=30).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            && (1..=256).contains(&text("command_description").chars().count())
    };
    if commands.len() > 30 || !commands.iter().all(right) {
        return Err(Refusal::parameter(
            "Param commands must be at most 30, with a lower-case command_name of 1 to 30 and a command_description of 1 to \
             256 characters.",
        ));
    }
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        phone.automation = json!({"id": phone.id, "prompts": prompts, "commands": commands});
    }
    done()
}

/// A code; with its picture where `fields=qr_image_url.format(SVG)` or `generate_qr_image` asks for one.
fn qr(call: &Call, code: &str, text: &str) -> Value {
    let mut row = json!({"code": code, "prefilled_message": text, "deep_link_url": format!("https://wa.me/message/{code}")});
    let fields = call.query.get("fields").map(String::as_str).unwrap_or_default();
    let asked =
        fields
            .contains("qr_image_url")
            .then(|| match fields.to_ascii_uppercase().contains("FORMAT(PNG)") {
                true => "png".to_owned(),
                false => "svg".to_owned(),
            });
    if let Some(kind) = call
        .field("generate_qr_image")
        .map(|k| k.to_lowercase())
        .or(asked)
    {
        row["qr_image_url"] = json!(format!("https://scontent.whatsapp.net/qr/{code}.{kind}"));
    }
    row
}

fn make_code(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let text = call.field("prefilled_message").unwrap_or_default();
    if text.is_empty() || text.chars().count() > 140 {
        return Err(Refusal::parameter(
            "Param prefilled_message must be 1 to 140 characters long.",
        ));
    }
    let image = call.field("generate_qr_image");
    if image
        .as_ref()
        .is_some_and(|i| !matches!(i.to_uppercase().as_str(), "PNG" | "SVG"))
    {
        return Err(Refusal::parameter(
            "Param generate_qr_image must be one of {PNG, SVG}",
        ));
    }
    let named = call.path.get(2).cloned().or_else(|| call.field("code"));
    let code = match named {
        Some(code) if phone.qr.contains_key(&code) => code,
        Some(code) => return Err(Refusal::missing("POST", &code)),
        None if phone.qr.len() >= MAX_CODES => {
            return Err(Refusal::parameter(format!(
                "A number may have {MAX_CODES} QR codes."
            )));
        }
        None => crate::ids::hex_id(&mut core.world.dice)[..14].to_uppercase(),
    };
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        phone.qr.insert(code.clone(), text.clone());
    }
    Ok(Reply::Ok(qr(call, &code, &text)))
}

/// `GET`, `POST` and `DELETE /{PNID}/message_qrdls/{code}`
pub(super) fn of_code(core: &mut Core, call: &Call, phone: &Phone, code: &str) -> Result<Reply, Refusal> {
    let Some(text) = phone.qr.get(code) else {
        return Err(Refusal::missing(&call.method, code));
    };
    match call.method.as_str() {
        "GET" => Ok(Reply::Ok(json!({"data": [qr(call, code, text)]}))),
        "POST" => make_code(core, call, phone),
        "DELETE" => {
            if let Some(phone) = core.world.phones.get_mut(&phone.id) {
                phone.qr.remove(code);
            }
            done()
        }
        method => Err(unknown_edge("message_qrdls", method)),
    }
}
