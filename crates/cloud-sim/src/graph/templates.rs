//! Creating, editing and deleting templates (Cloud API: templates).

use serde_json::{Value, json};

use super::nodes::unknown_edge;
use super::template_check::{authentication_text, check, creation, kind, refuse, text};
use super::template_node::compare;
use super::{Call, Refusal, Reply, template_library};
use crate::core::Core;
use crate::entities::{Template, Waba};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Templates an account may have, and one of a portfolio that is not verified.
const MAX_TEMPLATES: (usize, usize) = (6_000, 250);
/// Creations an hour and account.
const CREATIONS: usize = 100;

pub(super) fn body_of(call: &Call) -> Result<&Value, Refusal> {
    call.body
        .as_ref()
        .map_err(|e| Refusal::parameter(format!("Invalid JSON in the request body: {e}")))
}

fn string(body: &Value, key: &str) -> String {
    body.get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// The components; forms carry them as JSON text.
fn components_of(body: &Value) -> Vec<Value> {
    match body.get("components") {
        Some(Value::Array(list)) => list.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// `POST /{WABA}/message_templates`: PENDING, then reviewed.
pub(super) fn create(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    let body = template_library::filled(&body)?;
    let template = wanted(core, &body, waba)?;
    let answer = json!({"id": template.id, "status": template.status, "category": template.category});
    keep(core, template);
    Ok(Reply::Ok(answer))
}

fn keep(core: &mut Core, template: Template) {
    let (id, reviewed) = (template.id.clone(), template.status == "PENDING");
    core.world.templates.insert(id.clone(), template);
    if reviewed {
        core.plan_review(&id);
    }
}

/// The template a creation asks for, after all checks; it has its id and counts against the hour.
fn wanted(core: &mut Core, body: &Value, waba: &Waba) -> Result<Template, Refusal> {
    let (name, language) = (string(body, "name"), string(body, "language"));
    let category = string(body, "category").to_uppercase();
    let parameter_format = match string(body, "parameter_format") {
        format if format.is_empty() => "POSITIONAL".to_owned(),
        format => format.to_uppercase(),
    };
    let given = components_of(body);
    let ttl = body.get("message_send_ttl_seconds");
    check(
        core,
        &creation(&name, &language, &category, &parameter_format, &given, ttl),
    )?;
    let ttl_s = ttl.and_then(Value::as_i64);
    room(core, waba, &name, &language, &category)?;
    if !core.within(&format!("create/{}", waba.id), HOUR_MS, CREATIONS) {
        return Err(core.rate_limited(80_008));
    }
    let library = body
        .get("library_template_name")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let components = if category == "AUTHENTICATION" {
        authentication_text(&given)
    } else {
        given
    };
    Ok(Template {
        id: core.world.id(66),
        waba_id: waba.id.clone(),
        name,
        language,
        category,
        // Templates of the library need no review.
        status: if library.is_some() { "APPROVED" } else { "PENDING" }.into(),
        parameter_format,
        components,
        ttl_s,
        library_template_name: library,
        updated_at: core.now(),
        ..Template::default()
    })
}

/// Whether the name is free in this language, and the account has room.
fn room(core: &Core, waba: &Waba, name: &str, language: &str, category: &str) -> Result<(), Refusal> {
    let now = core.now();
    let locked = core.world.name_locks.get(&format!("{}/{name}", waba.id));
    if locked.is_some_and(|until| *until > now) {
        return Err(refuse(
            2_388_023,
            "This name was deleted less than 30 days ago and cannot be used yet.",
        ));
    }
    let mine: Vec<&Template> = core
        .world
        .templates
        .values()
        .filter(|t| t.waba_id == waba.id)
        .collect();
    if mine.iter().any(|t| t.name == name && t.language == language) {
        return Err(refuse(
            2_388_024,
            "There is already content in this language for this template.",
        ));
    }
    if mine
        .iter()
        .any(|t| t.name == name && t.category != category && t.previous_category.is_none())
    {
        return Err(refuse(
            2_388_026,
            "All languages of a template have the same category.",
        ));
    }
    core.template_room(waba)
        .map(drop)
        .ok_or_else(|| refuse(2_388_019, "The account has as many templates as it may have."))
}

/// `POST /{WABA}/upsert_message_templates`: an authentication template in many languages.
pub(super) fn upsert(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    let languages = match body.get("languages") {
        Some(Value::Array(list)) => list.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    if string(&body, "category").to_uppercase() != "AUTHENTICATION"
        || languages.is_empty()
        || languages.len() > 100
    {
        return Err(Refusal::parameter(
            "Param category must be AUTHENTICATION, and languages a list of 1 to 100.",
        ));
    }
    let mut rows = Vec::new();
    for language in languages {
        let name = string(&body, "name");
        let language = language.as_str().unwrap_or_default().to_owned();
        let known = core
            .world
            .templates
            .values()
            .find(|t| t.waba_id == waba.id && t.name == name && t.language == language);
        let known = known.map(|t| t.id.clone());
        if let Some(id) = known {
            let given = components_of(&body);
            check(
                core,
                &creation(&name, &language, "AUTHENTICATION", "POSITIONAL", &given, None),
            )?;
            if let Some(template) = core.world.templates.get_mut(&id) {
                template.components = authentication_text(&given);
            }
            rows.push(
                json!({"id": id, "status": "APPROVED", "language": language, "category": "AUTHENTICATION"}),
            );
            continue;
        }
        let mut one = body.clone();
        one["language"] = json!(language);
        let template = wanted(core, &one, waba)?;
        rows.push(json!({"id": template.id, "status": template.status, "language": language, "category": template.category}));
        keep(core, template);
    }
    Ok(Reply::Ok(json!({"data": rows})))
}

/// `POST /{TEMPLATE}`: replaces all components; the old ones stay sendable until the review ends.
pub(super) fn edit(core: &mut Core, call: &Call, template: &Template) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    if !matches!(template.status.as_str(), "APPROVED" | "REJECTED" | "PAUSED") {
        return Err(refuse(
            2_388_039,
            "Only approved, rejected and paused templates can be edited.",
        ));
    }
    let approved = template.status == "APPROVED";
    let category = match string(&body, "category").to_uppercase() {
        category if category.is_empty() => template.category.clone(),
        category => category,
    };
    if approved && category != template.category {
        return Err(Refusal::parameter(
            "The category of an approved template cannot be changed.",
        ));
    }
    for key in ["name", "language"] {
        if body.get(key).is_some() {
            return Err(Refusal::parameter(format!("Param {key} cannot be changed.")));
        }
    }
    let given = components_of(&body);
    let ttl = body.get("message_send_ttl_seconds");
    let shown = if given.is_empty() {
        &template.components
    } else {
        &given
    };
    // Without new components only the rest is new: what Meta wrote itself would not pass as a creation.
    if !given.is_empty() || category != "AUTHENTICATION" {
        let (name, language) = (&template.name, &template.language);
        check(
            core,
            &creation(name, language, &category, &template.parameter_format, shown, ttl),
        )?;
    }
    let components = match given.is_empty() {
        true => template.components.clone(),
        false if category == "AUTHENTICATION" => authentication_text(&given),
        false => given,
    };
    let ttl_s = ttl.and_then(Value::as_i64).or(template.ttl_s);
    if approved {
        let now = core.now();
        let key = format!("edit/{}", template.id);
        let today = core.world.rolling.count(&format!("{key}/day"), DAY_MS, now);
        let month = core.world.rolling.count(&key, 30 * DAY_MS, now);
        if today >= 1 || month >= 10 {
            return Err(refuse(
                2_388_039,
                "An approved template can be edited once in 24 hours and 10 times in 30 days.",
            ));
        }
        core.within(&format!("{key}/day"), DAY_MS, 1);
        core.within(&key, 30 * DAY_MS, 10);
    }
    let id = template.id.clone();
    let Some(stored) = core.world.templates.get_mut(&id) else {
        return Err(Refusal::missing("POST", &id));
    };
    let before = std::mem::replace(&mut stored.components, components);
    stored.category.clone_from(&category);
    stored.ttl_s = ttl_s;
    let changed = stored.clone();
    core.template_post(&changed, "message_template_components_update", elements(&changed));
    core.template_status(&id, "PENDING", "PENDING", json!("NONE"), json!({}));
    if approved && let Some(stored) = core.world.templates.get_mut(&id) {
        stored.live = Some(before);
    }
    core.plan_review(&id);
    Ok(Reply::Ok(
        json!({"success": true, "id": id, "name": changed.name, "category": category}),
    ))
}

/// The components as the webhook has them.
fn elements(template: &Template) -> Value {
    let of = |name: &str| template.components.iter().find(|c| kind(c) == name);
    let mut value = json!({"message_template_element": of("BODY").map(text).unwrap_or_default()});
    if let Some(title) = of("HEADER").map(text).filter(|t| !t.is_empty()) {
        value["message_template_title"] = json!(title);
    }
    if let Some(footer) = of("FOOTER").map(text).filter(|t| !t.is_empty()) {
        value["message_template_footer"] = json!(footer);
    }
    let buttons = of("BUTTONS")
        .and_then(|b| b.get("buttons"))
        .and_then(Value::as_array);
    if let Some(buttons) = buttons {
        let rows: Vec<Value> = buttons
            .iter()
            .map(|b| {
                let mut row = json!({"message_template_button_type": b["type"], "message_template_button_text": text(b)});
                for (from, to) in [("url", "message_template_button_url"), ("phone_number", "message_template_button_phone_number")] {
                    if let Some(given) = b.get(from) {
                        row[to] = given.clone();
                    }
                }
                row
            })
            .collect();
        value["message_template_buttons"] = json!(rows);
    }
    value
}

/// `POST /{TEMPLATE}/unpause`: pauses of pacing only, five minutes after they began.
pub(super) fn unpause(core: &mut Core, template: &Template) -> Reply {
    let reason = if template.status != "PAUSED" || !template.pacing_paused {
        "The template is not paused because of pacing."
    } else if core.now() < template.paused_at + 300_000 {
        "A template can be unpaused five minutes after it was paused."
    } else {
        core.template_unpause(&template.id);
        return Reply::Ok(json!({"success": true}));
    };
    Reply::Ok(json!({"success": false, "reason": reason}))
}

/// `DELETE /{WABA}/message_templates`: all languages of a `name`, one by `hsm_id` and `name`, or up to 100 `hsm_ids`.
pub(super) fn delete(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let (name, one, many) = (call.field("name"), call.field("hsm_id"), call.field("hsm_ids"));
    let mine = |t: &&Template| t.waba_id == waba.id;
    let chosen: Vec<Template> = match (&name, &one, &many) {
        (None, None, Some(list)) => {
            let ids: Vec<Value> = serde_json::from_str(list).unwrap_or_default();
            let ids: Vec<String> = ids
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect();
            if ids.is_empty() || ids.len() > 100 {
                return Err(Refusal::parameter(
                    "Param hsm_ids must be a list of 1 to 100 template ids.",
                ));
            }
            core.world
                .templates
                .values()
                .filter(mine)
                .filter(|t| ids.contains(&t.id))
                .cloned()
                .collect()
        }
        (_, _, Some(_)) => {
            return Err(Refusal::parameter(
                "Param hsm_ids cannot be combined with name and hsm_id.",
            ));
        }
        (None, _, None) => return Err(Refusal::parameter("The parameter name is required.")),
        (Some(name), one, None) => {
            let rows = core.world.templates.values().filter(mine);
            rows.filter(|t| t.name == *name && one.as_ref().is_none_or(|id| *id == t.id))
                .cloned()
                .collect()
        }
    };
    if chosen.is_empty() {
        let mismatch = one.is_some_and(|id| {
            core.world
                .templates
                .get(&id)
                .is_some_and(|t| t.waba_id == waba.id)
        });
        let (http, message) = match mismatch {
            true => (
                400,
                "(#100) Invalid parameter: hsm_id and name belong to different templates",
            ),
            false => (404, "(#100) Invalid parameter: there is no such template"),
        };
        return Err(Refusal::plain(http, 100, message));
    }
    if chosen.iter().any(|t| t.status == "DISABLED") {
        return Err(Refusal::parameter("A disabled template cannot be deleted."));
    }
    let until = core.now() + 30 * DAY_MS;
    for template in chosen {
        let used = matches!(template.status.as_str(), "APPROVED" | "PAUSED");
        core.template_status(
            &template.id,
            "PENDING_DELETION",
            "PENDING_DELETION",
            Value::Null,
            json!({}),
        );
        core.world.templates.remove(&template.id);
        if used {
            core.lock_name(format!("{}/{}", template.waba_id, template.name), until);
        }
    }
    Ok(Reply::Ok(json!({"success": true})))
}

/// Operations on one template.
pub(super) fn of_template(
    core: &mut Core,
    call: &Call,
    template: &Template,
    edge: &str,
) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("POST", "") => edit(core, call, template),
        ("POST", "unpause") => Ok(unpause(core, template)),
        ("GET", "compare") => compare(core, call, template),
        _ => Err(unknown_edge(edge, &call.method)),
    }
}

impl Core {
    /// How many more templates an account may have; `None` at the limit (Cloud API: name, language, limits).
    pub(super) fn template_room(&self, waba: &Waba) -> Option<usize> {
        let portfolio = waba
            .portfolio_id
            .as_ref()
            .and_then(|id| self.world.portfolios.get(id));
        let limit = if portfolio.is_none_or(|p| p.verified) {
            MAX_TEMPLATES.0
        } else {
            MAX_TEMPLATES.1
        };
        let used = self
            .world
            .templates
            .values()
            .filter(|t| t.waba_id == waba.id)
            .count();
        limit.checked_sub(used).filter(|left| *left > 0)
    }

    /// A name cannot be used again for a while; at most 10,000 are remembered.
    fn lock_name(&mut self, key: String, until: i64) {
        let now = self.now();
        self.world.name_locks.retain(|_, until| *until > now);
        if self.world.name_locks.len() < 10_000 {
            self.world.name_locks.insert(key, until);
        }
    }
}
