//! What a template may look like (Cloud API: templates, component grammar).

use std::collections::BTreeSet;

use serde_json::Value;

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

pub(super) fn length(text: &str, what: &str, limit: usize) -> Result<(), Refusal> {
    if text.chars().count() > limit {
        return Err(refuse(
            2_388_040,
            &format!("The {what} has more than {limit} characters."),
        ));
    }
    Ok(())
}

/// Names of the variables in order, `{{1}}` → `1`.
pub(super) fn variables(text: &str) -> Vec<&str> {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}").map(|(name, _)| name.trim()))
        .collect()
}

/// Checks all components of a template.
pub(super) fn check(core: &Core, components: &[Value], category: &str, format: &str) -> Result<(), Refusal> {
    const KINDS: [&str; 7] = [
        "HEADER",
        "BODY",
        "FOOTER",
        "BUTTONS",
        "CAROUSEL",
        "LIMITED_TIME_OFFER",
        "CALL_PERMISSION_REQUEST",
    ];
    let mut seen = BTreeSet::new();
    for component in components {
        let kind = kind(component);
        if !KINDS.contains(&kind.as_str()) {
            return Err(Refusal::parameter(format!(
                "Param components[type] must be one of {{{}}}",
                KINDS.join(", ")
            )));
        }
        if !seen.insert(kind.clone()) {
            return Err(Refusal::parameter(format!(
                "The template has more than one component of type {kind}."
            )));
        }
    }
    let of = |name: &str| components.iter().find(|c| kind(c) == name);
    let Some(body_part) = of("BODY") else {
        return Err(Refusal::parameter("The template needs a component of type BODY."));
    };
    if category == "AUTHENTICATION" {
        return authentication(components, &seen);
    }
    let offer = of("LIMITED_TIME_OFFER");
    body(body_part, format, if offer.is_some() { 600 } else { 1_024 })?;
    if let Some(part) = of("HEADER") {
        header(core, part, format)?;
    }
    if let Some(part) = of("FOOTER") {
        length(text(part), "FOOTER", 60)?;
        if text(part).is_empty() || text(part).contains("{{") {
            return Err(refuse(2_388_073, "The footer needs a text without variables."));
        }
        if offer.is_some() {
            return Err(refuse(
                2_388_073,
                "A template with a limited-time offer has no footer.",
            ));
        }
    }
    if let Some(part) = of("BUTTONS") {
        template_buttons::check(part, 10)?;
    }
    if let Some(offer) = offer {
        let shown = offer
            .pointer("/limited_time_offer/text")
            .and_then(Value::as_str)
            .unwrap_or_default();
        length(shown, "limited-time offer", 16)?;
        if category != "MARKETING" || shown.is_empty() {
            return Err(refuse(
                2_388_072,
                "A limited-time offer needs a text and the category MARKETING.",
            ));
        }
    }
    match of("CAROUSEL") {
        Some(part) => carousel(core, part, format),
        None => Ok(()),
    }
}

/// An authentication template is fixed but for three switches.
fn authentication(components: &[Value], seen: &BTreeSet<String>) -> Result<(), Refusal> {
    if let Some(other) = seen
        .iter()
        .find(|k| !matches!(k.as_str(), "BODY" | "FOOTER" | "BUTTONS"))
    {
        return Err(Refusal::parameter(format!(
            "An authentication template has no {other}."
        )));
    }
    for component in components {
        match kind(component).as_str() {
            "BODY" if component.get("text").is_some() => {
                return Err(refuse(
                    2_388_072,
                    "The body of an authentication template has no text of its own.",
                ));
            }
            "FOOTER" => {
                let minutes = component.get("code_expiration_minutes").and_then(Value::as_i64);
                if !minutes.is_some_and(|m| (1..=90).contains(&m)) {
                    return Err(refuse(2_388_073, "code_expiration_minutes must be 1 to 90."));
                }
            }
            "BUTTONS" => template_buttons::one_time_password(component)?,
            _ => {}
        }
    }
    if !seen.contains("BUTTONS") {
        return Err(refuse(
            2_388_060,
            "An authentication template needs one button of type OTP.",
        ));
    }
    Ok(())
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

fn body(part: &Value, format: &str, limit: usize) -> Result<(), Refusal> {
    let raw = text(part);
    length(raw, "BODY", limit)?;
    let text = raw.trim();
    if text.is_empty() {
        return Err(refuse(2_388_072, "The body needs a text."));
    }
    if text.starts_with("{{") || text.ends_with("}}") {
        return Err(refuse(
            2_388_299,
            "Variables cannot be at the start or end of the template.",
        ));
    }
    if text.contains("\n\n\n") || text.contains("     ") {
        return Err(refuse(
            2_388_072,
            "At most two line breaks and four spaces may follow each other.",
        ));
    }
    if text.contains("}}{{") || text.contains("}} {{") {
        return Err(refuse(2_388_072, "Variables cannot stand next to each other."));
    }
    let names = variables(text);
    named(&names, format, 2_388_072)?;
    let distinct: BTreeSet<&&str> = names.iter().collect();
    if !names.is_empty() && text.split_whitespace().count() < 2 * distinct.len() + 1 {
        return Err(refuse(
            2_388_293,
            "The template has too many variables for its length.",
        ));
    }
    examples(part, "body_text", distinct.len(), 2_388_072, "BODY")
}

fn header(core: &Core, part: &Value, format: &str) -> Result<(), Refusal> {
    let shown = part
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_uppercase();
    match shown.as_str() {
        "TEXT" => {
            let text = text(part);
            length(text, "HEADER", 60)?;
            if text.is_empty() || text.contains(['\n', '*', '_', '~', '`']) && !text.contains("{{") {
                return Err(refuse(
                    2_388_047,
                    "The header needs a text without line breaks and formatting.",
                ));
            }
            let names = variables(text);
            if names.len() > 1 {
                return Err(refuse(2_388_047, "The header may have one variable."));
            }
            named(&names, format, 2_388_047)?;
            examples(part, "header_text", names.len(), 2_388_047, "HEADER")
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => handles(core, part),
        "LOCATION" | "PRODUCT" => Ok(()),
        _ => Err(refuse(
            2_388_047,
            "The format of the header is TEXT, IMAGE, VIDEO, DOCUMENT, GIF, LOCATION or PRODUCT.",
        )),
    }
}

/// Example media must come from a resumable upload.
fn handles(core: &Core, part: &Value) -> Result<(), Refusal> {
    let given = part.pointer("/example/header_handle").and_then(Value::as_array);
    let given = given
        .filter(|g| !g.is_empty())
        .ok_or_else(|| missing("HEADER", 2_388_047))?;
    if given
        .iter()
        .all(|h| h.as_str().is_some_and(|h| core.is_handle(h)))
    {
        return Ok(());
    }
    Err(Refusal::parameter(
        "Param header_handle is not a valid handle of an uploaded file.",
    ))
}

fn missing(part: &str, subcode: i64) -> Refusal {
    refuse(
        subcode,
        &format!("Component of type {part} is missing expected field(s) (example)"),
    )
}

/// `{{1}}…{{n}}` without gaps, or lower-case names; never both.
fn named(names: &[&str], format: &str, subcode: i64) -> Result<(), Refusal> {
    let right = if format == "NAMED" {
        names.iter().all(|n| {
            n.starts_with(|c: char| c.is_ascii_lowercase())
                && n.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
    } else {
        let numbers: Option<BTreeSet<usize>> = names.iter().map(|n| n.parse().ok()).collect();
        numbers.is_some_and(|n| n.iter().enumerate().all(|(at, n)| *n == at + 1))
    };
    if right {
        return Ok(());
    }
    Err(refuse(
        subcode,
        match format {
            "NAMED" => {
                "Named variables are lower-case letters, digits and underscores and begin with a letter."
            }
            _ => "Variables are numbered from {{1}} without gaps.",
        },
    ))
}

/// As many examples as variables, in the shape of the format.
fn examples(part: &Value, key: &str, wanted: usize, subcode: i64, what: &str) -> Result<(), Refusal> {
    if wanted == 0 {
        return Ok(());
    }
    let example = part.get("example").ok_or_else(|| missing(what, subcode))?;
    let named = example
        .get(format!("{key}_named_params"))
        .and_then(Value::as_array)
        .map(Vec::len);
    let positional = example
        .get(key)
        .and_then(Value::as_array)
        .map(|list| match list.first() {
            Some(Value::Array(inner)) => inner.len(),
            _ => list.len(),
        });
    match named.or(positional) {
        None => Err(missing(what, subcode)),
        Some(given) if given != wanted => Err(refuse(
            subcode,
            &format!("The {what} has {wanted} variables but {given} examples."),
        )),
        Some(_) => Ok(()),
    }
}

fn carousel(core: &Core, part: &Value, format: &str) -> Result<(), Refusal> {
    let cards = part
        .get("cards")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !(2..=10).contains(&cards.len()) {
        return Err(refuse(2_388_072, "A carousel has 2 to 10 cards."));
    }
    let mut shape: Option<Vec<String>> = None;
    for card in cards {
        let parts = card
            .get("components")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut own = Vec::new();
        for part in parts {
            own.push(kind(part));
            match kind(part).as_str() {
                "HEADER" => {
                    let format = part.get("format").and_then(Value::as_str).unwrap_or_default();
                    own.push(format.to_uppercase());
                    header(core, part, format)?;
                }
                "BODY" => body(part, format, 160)?,
                "BUTTONS" => {
                    own.extend(template_buttons::kinds(part));
                    template_buttons::check(part, 2)?;
                }
                _ => return Err(refuse(2_388_072, "A card has a header, a body and buttons.")),
            }
        }
        if shape.get_or_insert_with(|| own.clone()) != &own {
            return Err(refuse(2_388_072, "All cards have the same components."));
        }
    }
    Ok(())
}
