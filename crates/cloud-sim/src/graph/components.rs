//! Checks a template message against its template: counts, formats, buttons (Cloud API: template send, rules and errors).

use serde_json::Value;

use super::Refusal;
use crate::entities::Template;

/// Longest body with its variables filled in.
const MAX_BODY: usize = 1_024;
/// Longest one-time password.
const MAX_OTP: usize = 15;

/// Checks the components of a send.
pub fn check(template: &Template, content: &Value) -> Result<(), Refusal> {
    let given = content
        .get("components")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let of = |kind: &str| given.iter().find(|c| kind_of(c) == kind);
    for part in &template.components {
        match kind_of(part).as_str() {
            "header" => header(part, of("header"))?,
            "body" => body(template, part, of("body"))?,
            "buttons" => buttons(part, given)?,
            "carousel" => carousel(part, of("carousel"))?,
            _ => {}
        }
    }
    for component in given {
        let kind = kind_of(component);
        let has = |name: &str| template.components.iter().any(|c| kind_of(c) == name);
        let expected = match kind.as_str() {
            "button" => has("buttons"),
            "tap_target_configuration" | "order_status" => true,
            other => has(other),
        };
        if !expected && !parameters(component).is_empty() {
            return Err(count_mismatch(&kind, parameters(component).len(), 0));
        }
    }
    if template.category == "AUTHENTICATION"
        && let Some(code) = of("body")
            .and_then(|b| parameters(b).first())
            .and_then(|p| p.get("text"))
            .and_then(Value::as_str)
        && code.chars().count() > MAX_OTP
    {
        return Err(Refusal::invalid(format!(
            "template parameter at index 0 exceeds the maximum length in the AUTHENTICATION category ({MAX_OTP} characters)."
        )));
    }
    Ok(())
}

fn kind_of(component: &Value) -> String {
    component
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase()
}

fn parameters(component: &Value) -> &[Value] {
    component
        .get("parameters")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Names of the variables `{{1}}`, `{{first_name}}` in order of appearance, each once.
fn variables(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else {
            break;
        };
        let name = name.trim();
        if !name.is_empty() && !out.contains(&name) {
            out.push(name);
        }
        rest = tail;
    }
    out
}

fn count_mismatch(part: &str, given: usize, expected: usize) -> Refusal {
    Refusal::of(
        132_000,
        Some(format!(
            "{part}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
        )),
    )
}

fn text_of(part: &Value) -> &str {
    part.get("text").and_then(Value::as_str).unwrap_or_default()
}

fn text_parameter(parameter: &Value) -> Result<&str, Refusal> {
    let Some(text) = parameter
        .get("text")
        .and_then(Value::as_str)
        .filter(|t| !t.is_empty())
    else {
        return Err(Refusal::invalid(
            "Parameter 'text' is mandatory for component parameter type 'text'",
        ));
    };
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        return Err(Refusal::invalid(
            "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
        ));
    }
    Ok(text)
}

fn header(part: &Value, given: Option<&Value>) -> Result<(), Refusal> {
    let given = given.map(parameters).unwrap_or_default();
    let format = part
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or("TEXT")
        .to_uppercase();
    if format == "TEXT" {
        let expected = variables(text_of(part)).len();
        if given.len() != expected {
            return Err(count_mismatch("header", given.len(), expected));
        }
        for parameter in given {
            if kind_of(parameter) != "text" {
                let got = kind_of(parameter).to_uppercase();
                return Err(Refusal::of(
                    132_012,
                    Some(format!("header: Format mismatch, expected TEXT, received {got}")),
                ));
            }
            text_parameter(parameter)?;
        }
        return Ok(());
    }
    let wanted = format.to_lowercase();
    let Some(parameter) = given.first() else {
        return Err(Refusal::of(
            132_012,
            Some(format!(
                "header: Format mismatch, expected {format}, received UNKNOWN"
            )),
        ));
    };
    if kind_of(parameter) != wanted {
        let got = match kind_of(parameter) {
            kind if kind.is_empty() => "UNKNOWN".to_owned(),
            kind => kind.to_uppercase(),
        };
        return Err(Refusal::of(
            132_012,
            Some(format!(
                "header: Format mismatch, expected {format}, received {got}"
            )),
        ));
    }
    let object = parameter.get(&wanted).cloned().unwrap_or_default();
    match wanted.as_str() {
        "image" | "video" | "document" => {
            let has = |key: &str| {
                object
                    .get(key)
                    .and_then(Value::as_str)
                    .is_some_and(|s| !s.is_empty())
            };
            if has("id") == has("link") {
                return Err(Refusal::of(
                    132_012,
                    Some(format!("header: {wanted} needs exactly one of id and link")),
                ));
            }
            if let Some(link) = object.get("link").and_then(Value::as_str)
                && !url::Url::parse(link).is_ok_and(|u| matches!(u.scheme(), "http" | "https"))
            {
                return Err(Refusal::parameter(format!(
                    "Param {wanted}['link'] is not a valid URI."
                )));
            }
            Ok(())
        }
        "location" => match ["latitude", "longitude", "name", "address"]
            .iter()
            .find(|k| object.get(**k).is_none())
        {
            Some(key) => Err(Refusal::of(
                131_008,
                Some(format!("header: location needs {key}")),
            )),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn body(template: &Template, part: &Value, given: Option<&Value>) -> Result<(), Refusal> {
    let given = given.map(parameters).unwrap_or_default();
    let names = variables(text_of(part));
    if given.len() != names.len() {
        return Err(count_mismatch("body", given.len(), names.len()));
    }
    let named = template.parameter_format.eq_ignore_ascii_case("NAMED");
    let mut length = text_of(part).chars().count();
    for (at, parameter) in given.iter().enumerate() {
        let name = parameter.get("parameter_name").and_then(Value::as_str);
        if named {
            let Some(name) = name.filter(|n| names.contains(n)) else {
                let wanted = names.join(", ");
                return Err(Refusal::of(
                    132_012,
                    Some(format!(
                        "body: Parameter name is missing or invalid, expected {wanted}"
                    )),
                ));
            };
            length = length.saturating_sub(name.len() + 4);
        } else if name.is_some() {
            return Err(Refusal::of(
                132_012,
                Some("body: Parameter names are not expected by this template".into()),
            ));
        } else {
            length = length.saturating_sub(names.get(at).map_or(0, |n| n.len() + 4));
        }
        match kind_of(parameter).as_str() {
            "text" => length += text_parameter(parameter)?.chars().count(),
            "currency" | "date_time" => {}
            other => {
                let got = if other.is_empty() {
                    "UNKNOWN".into()
                } else {
                    other.to_uppercase()
                };
                return Err(Refusal::of(
                    132_012,
                    Some(format!("body: Format mismatch, expected TEXT, received {got}")),
                ));
            }
        }
    }
    if length > MAX_BODY {
        return Err(Refusal::of(
            132_005,
            Some(format!("body: text has {length} characters, at most {MAX_BODY}")),
        ));
    }
    Ok(())
}

fn buttons(part: &Value, given: &[Value]) -> Result<(), Refusal> {
    let buttons = part
        .get("buttons")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let index = |c: &Value| match c.get("index") {
        Some(Value::Number(n)) => n.as_u64(),
        Some(Value::String(s)) => s.parse().ok(),
        _ => None,
    };
    for component in given.iter().filter(|c| kind_of(c) == "button") {
        let at = index(component).unwrap_or(u64::MAX);
        let Some(button) = usize::try_from(at).ok().and_then(|at| buttons.get(at)) else {
            return Err(Refusal::of(
                132_012,
                Some("buttons: there is no button at this index".into()),
            ));
        };
        let wanted = match kind_of(button).as_str() {
            "otp" => "url".to_owned(),
            other => other.to_owned(),
        };
        let got = component
            .get("sub_type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_lowercase();
        if wanted != got {
            return Err(Refusal::of(
                132_012,
                Some(format!(
                    "buttons: Button at index {at} is of type {wanted}, received {got}"
                )),
            ));
        }
        if got == "quick_reply"
            && parameters(component)
                .iter()
                .filter_map(|p| p.get("payload").and_then(Value::as_str))
                .any(|p| p.chars().count() > 256)
        {
            return Err(Refusal::value(format!(
                "Button payload at index {at} is too long. Max length is 256"
            )));
        }
    }
    for (at, button) in buttons.iter().enumerate() {
        let (needs, name) = match kind_of(button).as_str() {
            "url" => (
                !variables(button.get("url").and_then(Value::as_str).unwrap_or_default()).is_empty(),
                "Url",
            ),
            "otp" => (true, "Url"),
            "copy_code" => (true, "CopyCode"),
            _ => (false, ""),
        };
        let has = given
            .iter()
            .any(|c| kind_of(c) == "button" && index(c) == Some(at as u64) && !parameters(c).is_empty());
        if needs && !has {
            return Err(Refusal::of(
                131_008,
                Some(format!(
                    "buttons: Button at index {at} of type {name} requires a parameter"
                )),
            ));
        }
    }
    Ok(())
}

fn carousel(part: &Value, given: Option<&Value>) -> Result<(), Refusal> {
    let count = |c: &Value| c.get("cards").and_then(Value::as_array).map_or(0, Vec::len);
    let (expected, got) = (count(part), given.map_or(0, count));
    if expected != got {
        return Err(count_mismatch("carousel", got, expected));
    }
    Ok(())
}
