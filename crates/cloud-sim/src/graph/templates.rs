//! Creating and deleting templates (Cloud API: templates; simulator, template review).

use serde_json::{Value, json};

use super::{Call, Refusal, Reply};
use crate::agenda::Event;
use crate::core::Core;
use crate::entities::{Template, Waba};

const CATEGORIES: [&str; 3] = ["MARKETING", "UTILITY", "AUTHENTICATION"];
/// Templates an account may have.
const MAX_TEMPLATES: usize = 6_000;

/// A template error: code 100 with the documented code as subcode.
fn refuse(subcode: i64, message: &str) -> Refusal {
    Refusal::parameter("Invalid parameter")
        .subcode(subcode)
        .user(message)
}

/// `POST /{WABA}/message_templates`: PENDING, then reviewed by markers in its name.
pub fn create(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let body = call
        .body
        .as_ref()
        .map_err(|e| Refusal::parameter(format!("Invalid JSON in the request body: {e}")))?;
    let text = |key: &str| {
        body.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (name, language, category) = (text("name"), text("language"), text("category").to_uppercase());
    let named = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if name.is_empty() || name.len() > 512 || !named {
        return Err(Refusal::parameter(
            "Param name must be 1 to 512 lower-case letters, digits and underscores.",
        ));
    }
    if language.is_empty() {
        return Err(Refusal::parameter("The parameter language is required."));
    }
    if !CATEGORIES.contains(&category.as_str()) {
        return Err(Refusal::parameter(format!(
            "Param category must be one of {{{}}}",
            CATEGORIES.join(", ")
        )));
    }
    let components = match body.get("components") {
        Some(Value::Array(list)) => list.clone(),
        // Forms carry it as JSON text.
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    check(&components, &category)?;
    handles(core, &components)?;
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
    if mine.len() >= MAX_TEMPLATES {
        return Err(refuse(
            2_388_019,
            "The account has as many templates as it may have.",
        ));
    }
    let id = core.world.id(66);
    let format = match text("parameter_format") {
        format if format.is_empty() => "POSITIONAL".to_owned(),
        format => format.to_uppercase(),
    };
    let answer = json!({"id": id, "status": "PENDING", "category": category});
    let template = Template {
        id: id.clone(),
        waba_id: waba.id.clone(),
        name,
        language,
        category,
        status: "PENDING".into(),
        parameter_format: format,
        components,
        ..Template::default()
    };
    core.world.templates.insert(id.clone(), template);
    let due = core.now() + i64::try_from(core.config.review_ms).unwrap_or(i64::MAX / 4);
    core.plan(due, Event::Review { template: id });
    Ok(Reply::Ok(answer))
}

fn check(components: &[Value], category: &str) -> Result<(), Refusal> {
    let kind = |c: &Value| {
        c.get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_uppercase()
    };
    let of = |name: &str| components.iter().find(|c| kind(c) == name);
    let Some(body) = of("BODY") else {
        return Err(Refusal::parameter("The template needs a component of type BODY."));
    };
    let length = |part: Option<&Value>| {
        part.and_then(|p| p.get("text"))
            .and_then(Value::as_str)
            .map_or(0, |t| t.chars().count())
    };
    for (name, limit) in [("BODY", 1_024), ("HEADER", 60), ("FOOTER", 60)] {
        if length(of(name)) > limit {
            return Err(refuse(
                2_388_040,
                &format!("The {name} has more than {limit} characters."),
            ));
        }
    }
    let text = body
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim();
    if text.is_empty() && category != "AUTHENTICATION" {
        return Err(refuse(2_388_072, "The body needs a text."));
    }
    if text.starts_with("{{") || text.ends_with("}}") {
        return Err(refuse(
            2_388_299,
            "Variables cannot be at the start or end of the template.",
        ));
    }
    if text.contains("{{") && body.get("example").is_none() {
        return Err(refuse(
            2_388_072,
            "Component of type BODY is missing expected field(s) (example)",
        ));
    }
    let buttons = of("BUTTONS")
        .and_then(|b| b.get("buttons"))
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if buttons > 10 {
        return Err(refuse(2_388_060, "A template may have at most 10 buttons."));
    }
    Ok(())
}

/// Example media must come from a resumable upload.
fn handles(core: &Core, components: &[Value]) -> Result<(), Refusal> {
    for component in components {
        let given = component
            .pointer("/example/header_handle")
            .and_then(Value::as_array);
        for handle in given.into_iter().flatten() {
            if !handle.as_str().is_some_and(|h| core.is_handle(h)) {
                return Err(Refusal::parameter(
                    "Param header_handle is not a valid handle of an uploaded file.",
                ));
            }
        }
    }
    Ok(())
}

/// `DELETE /{WABA}/message_templates?name=…[&hsm_id=…]`: all languages of a name, or one.
pub fn delete(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let name = call
        .field("name")
        .ok_or_else(|| Refusal::parameter("The parameter name is required."))?;
    let one = call.field("hsm_id");
    let before = core.world.templates.len();
    core.world.templates.retain(|id, t| {
        t.waba_id != waba.id || t.name != name || one.as_ref().is_some_and(|wanted| wanted != id)
    });
    if core.world.templates.len() == before {
        return Err(Refusal::plain(
            404,
            100,
            "(#100) Invalid parameter: there is no such template",
        ));
    }
    Ok(Reply::Ok(json!({"success": true})))
}

impl Core {
    /// The review of a template ends (Cloud API: simulator, template review by name marker).
    pub fn review(&mut self, id: &str) {
        let Some(template) = self.world.templates.get(id).filter(|t| t.status == "PENDING") else {
            return;
        };
        let (event, reason) = match template.name.as_str() {
            name if name.contains("sim_pending") => return,
            name if name.contains("sim_reject_promotional") => ("reject", "PROMOTIONAL"),
            name if name.contains("sim_reject_scam") => ("reject", "SCAM"),
            name if name.contains("sim_reject_tag") => ("reject", "TAG_CONTENT_MISMATCH"),
            name if name.contains("sim_reject") => ("reject", "INVALID_FORMAT"),
            name if name.contains("sim_disable") => ("disable", "NONE"),
            _ => ("approve", "NONE"),
        };
        if template.name.contains("sim_recategorize")
            && let Some(template) = self.world.templates.get_mut(id)
        {
            template.category = "MARKETING".into();
        }
        // The template was just found, so this cannot miss.
        let _ = crate::control::template_event(self, id, event, &json!({"reason": reason}));
    }
}
