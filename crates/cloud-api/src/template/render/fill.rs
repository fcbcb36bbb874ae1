//! The components of a send, made from values by slot.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Problem, Shown, Slot, SlotKind, Source, list, parts, show, slots, upper};
use crate::template::variables;

/// A template that is ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The `components` of the send.
    pub components: Vec<Value>,
    /// What the phone shows.
    pub shown: Shown,
}

/// Makes the components of a send from values by slot, and what the phone shows. A value is a text, or for files, places and products
/// an object as [`SlotKind`] says. Values for slots that there are not are ignored.
///
/// # Errors
/// All that is missing or does not fit.
pub fn fill(source: Source<'_>, values: &BTreeMap<String, Value>) -> Result<Filled, Vec<Problem>> {
    let components = components(source, values);
    let shown = show(source, &components)?;
    Ok(Filled { components, shown })
}

/// A template with its own samples; what has none shows its braces, and files have no address.
pub fn preview(source: Source<'_>) -> Shown {
    let sample = |slot: Slot| slot.example.map(|example| (slot.key, Value::String(example)));
    let values = slots::slots(source).into_iter().filter_map(sample).collect();
    let mut components = components(source, &values);
    if let Some(carousel) = source
        .part("CAROUSEL")
        .filter(|_| !components.iter().any(|part| super::is_kind(part, "carousel")))
    {
        let cards = vec![json!({"components": []}); list(carousel.get("cards")).len()];
        components.push(json!({"type": "carousel", "cards": cards}));
    }
    parts::shown(source, &components, "", &mut Vec::new())
}

fn components(source: Source<'_>, values: &BTreeMap<String, Value>) -> Vec<Value> {
    if source.authentication {
        return values.get("otp").map_or_else(Vec::new, password);
    }
    let mut components = of_part(source, "", values);
    if let Some(carousel) = source.part("CAROUSEL") {
        let card = |(index, card): (usize, &Value)| {
            let source = Source {
                components: list(card.get("components")),
                ..source
            };
            json!({"card_index": index, "components": of_part(source, &format!("card{index}_"), values)})
        };
        let cards: Vec<Value> = list(carousel.get("cards")).iter().enumerate().map(card).collect();
        components.push(json!({"type": "carousel", "cards": cards}));
    }
    components
}

/// A one-time password goes into the body and into the button, whatever kind of button that is.
fn password(code: &Value) -> Vec<Value> {
    let parameters = json!([{"type": "text", "text": code}]);
    vec![
        json!({"type": "body", "parameters": parameters}),
        json!({"type": "button", "sub_type": "url", "index": "0", "parameters": parameters}),
    ]
}

fn of_part(source: Source<'_>, prefix: &str, values: &BTreeMap<String, Value>) -> Vec<Value> {
    let (mut header, mut body, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for slot in slots::of_part(source, prefix, None) {
        let Some(value) = values.get(&slot.key).filter(|value| !value.is_null()) else {
            continue;
        };
        match slot.key[prefix.len()..].split_once('_') {
            Some(("header", _)) => header.push(header_value(&slot, value, source)),
            Some(("body", _)) => body.push((order(&slot), text_value(&slot, value))),
            Some(("button", index)) => others.push(button(&slot, index, value)),
            _ => others.push(json!({"type": "limited_time_offer", "parameters": [
                {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": value}}]})),
        }
    }
    // Positional values are sent in the order of their numbers.
    body.sort_by_key(|(order, _)| *order);
    let body: Vec<Value> = body.into_iter().map(|(_, value)| value).collect();
    let mut components = Vec::new();
    for (kind, parameters) in [("header", header), ("body", body)] {
        if !parameters.is_empty() {
            components.push(json!({"type": kind, "parameters": parameters}));
        }
    }
    components.extend(others);
    components
}

fn order(slot: &Slot) -> usize {
    slot.variable
        .as_deref()
        .and_then(variables::position)
        .unwrap_or_default()
}

fn text_value(slot: &Slot, value: &Value) -> Value {
    match slot
        .variable
        .as_deref()
        .filter(|name| variables::position(name).is_none())
    {
        Some(name) => json!({"type": "text", "parameter_name": name, "text": value}),
        None => json!({"type": "text", "text": value}),
    }
}

fn header_value(slot: &Slot, value: &Value, source: Source<'_>) -> Value {
    if slot.kind == SlotKind::Text {
        return text_value(slot, value);
    }
    let format = source
        .part("HEADER")
        .map_or_else(String::new, |part| upper(part, "format"));
    let format = format.to_ascii_lowercase();
    json!({"type": format, format: value})
}

fn button(slot: &Slot, index: &str, value: &Value) -> Value {
    let (sub_type, parameter) = match slot.kind {
        SlotKind::Code => ("copy_code", json!({"type": "coupon_code", "coupon_code": value})),
        SlotKind::Products => ("mpm", json!({"type": "action", "action": value})),
        _ => ("url", json!({"type": "text", "text": value})),
    };
    json!({"type": "button", "sub_type": sub_type, "index": index, "parameters": [parameter]})
}
