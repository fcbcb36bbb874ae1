//! What a template may look like: the rules of `cloud_api::template::lint`, and sample files that were really uploaded.

use cloud_api::template::lint::{self, Finding, Rule, Severity};
use serde_json::{Value, json};

use super::{Refusal, template_buttons};
use crate::core::Core;

/// A template error: code 100 with the documented code as subcode.
pub(super) fn refuse(subcode: i64, message: &str) -> Refusal {
    Refusal::parameter("Invalid parameter")
        .subcode(subcode)
        .user(message)
}

pub(super) fn kind(component: &Value) -> String {
    component
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_uppercase()
}

pub(super) fn text(part: &Value) -> &str {
    part.get("text").and_then(Value::as_str).unwrap_or_default()
}

/// Checks a template as a creation would write it. Further rules, about the account and its other templates, are the caller's.
pub(super) fn check(core: &Core, template: &Value) -> Result<(), Refusal> {
    let findings = lint::lint(template);
    if let Some(finding) = findings
        .iter()
        .find(|finding| finding.severity == Severity::Refused)
    {
        return Err(refusal(template, finding));
    }
    handles(core, template)
}

/// The answer to a broken rule, with the subcode that WhatsApp documents for it.
fn refusal(template: &Value, finding: &Finding) -> Refusal {
    let words = match finding.rule {
        Rule::ExampleMissing | Rule::MediaHandleMissing | Rule::UrlExampleMissing => {
            let component = component_of(template, &finding.path);
            format!("Component of type {component} is missing expected field(s) (example)")
        }
        _ => finding.english(),
    };
    match finding.rule.subcode() {
        Some(code) => refuse(code, &words),
        None => Refusal::parameter(format!("Param {}: {words}", finding.path)),
    }
}

/// Type of the component that a finding's path begins with.
fn component_of(template: &Value, path: &str) -> String {
    let index = path
        .strip_prefix("components[")
        .and_then(|rest| rest.split(']').next());
    let index = index
        .and_then(|index| index.parse::<usize>().ok())
        .unwrap_or_default();
    kind(&template["components"][index])
}

/// Sample files must come from a resumable upload; those of a carousel's cards too.
fn handles(core: &Core, part: &Value) -> Result<(), Refusal> {
    let given = part.pointer("/example/header_handle").and_then(Value::as_array);
    let known = |handle: &Value| handle.as_str().is_some_and(|handle| core.is_handle(handle));
    if given.is_some_and(|given| !given.iter().all(known)) {
        return Err(Refusal::parameter(
            "Param header_handle is not a valid handle of an uploaded file.",
        ));
    }
    for inner in ["components", "cards"]
        .iter()
        .filter_map(|key| part.get(*key))
        .filter_map(Value::as_array)
        .flatten()
    {
        handles(core, inner)?;
    }
    Ok(())
}

/// The body of a creation, for [`check`].
pub(super) fn creation(
    name: &str,
    language: &str,
    category: &str,
    format: &str,
    components: &[Value],
    ttl: Option<&Value>,
) -> Value {
    json!({"name": name, "language": language, "category": category, "parameter_format": format, "components": components,
        "message_send_ttl_seconds": ttl})
}

/// The components of an authentication template once it exists.
pub(super) fn authentication_text(components: &[Value]) -> Vec<Value> {
    let mut out = Vec::new();
    for component in components {
        out.push(match kind(component).as_str() {
            "BODY" => {
                let advice = component.get("add_security_recommendation").and_then(Value::as_bool) == Some(true);
                let tail = if advice { " For your security, do not share this code." } else { "" };
                serde_json::json!({"type": "BODY", "text": format!("*{{{{1}}}}* is your verification code.{tail}"),
                    "add_security_recommendation": advice, "example": {"body_text": [["123456"]]}})
            }
            "FOOTER" => {
                let minutes = component.get("code_expiration_minutes").and_then(Value::as_i64).unwrap_or(10);
                serde_json::json!({"type": "FOOTER", "text": format!("This code expires in {minutes} minutes."),
                    "code_expiration_minutes": minutes})
            }
            "BUTTONS" => template_buttons::read_back(component),
            _ => component.clone(),
        });
    }
    out
}
