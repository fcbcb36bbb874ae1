//! The components of a send, made from values by slot.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Problem, RenderRule, Shown, Slot, SlotKind, Source, list, parts, slots, text, upper};
use crate::{error::Invalid, message::Content, template::variables};

/// A template that is ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Filled {
    /// The `components` of the send.
    pub components: Vec<Value>,
    /// What the phone shows.
    pub shown: Shown,
}

/// A template with values, ready to be sent or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// The `components` of the send, as far as there are values.
    pub components: Vec<Value>,
    /// What the phone shows; a text without a value shows its braces.
    pub shown: Shown,
    /// What is missing or does not fit, in the order of the template.
    pub problems: Vec<Problem>,
}

/// Makes the components of a send from values by slot, and what the phone shows. A value is a text (or a number), or for files,
/// places and products an object as [`SlotKind`] says. A blank text is no value. Values for slots that there are not are ignored.
///
/// # Errors
/// All that is missing or does not fit. What is made passes the checks of a message.
pub fn fill(source: Source<'_>, values: &BTreeMap<String, Value>) -> Result<Filled, Vec<Problem>> {
    let Attempt {
        components,
        shown,
        problems,
    } = attempt(source, values);
    match problems.is_empty() {
        true => Ok(Filled { components, shown }),
        false => Err(problems),
    }
}

/// As [`fill`], but also shows what is not ready to be sent.
pub fn attempt(source: Source<'_>, values: &BTreeMap<String, Value>) -> Attempt {
    let slots = slots::slots(source);
    let given = given(&slots, values);
    let missing: Vec<&Slot> = slots
        .iter()
        .filter(|slot| !given.contains_key(&slot.key))
        .collect();
    let sent = components(source, &given);
    let mut found = Vec::new();
    let shown = match missing.as_slice() {
        [] => parts::shown(source, &sent, "", &mut found),
        missing => {
            let braced = |slot: &&Slot| Some((slot.key.clone(), Value::String(slot.braces()?)));
            let mut with_braces = given.clone();
            with_braces.extend(missing.iter().filter_map(braced));
            parts::shown(source, &components(source, &with_braces), "", &mut found)
        }
    };
    // What is said of a part with an empty slot follows from that.
    found.retain(|problem| {
        !missing
            .iter()
            .any(|slot| slot.at() == problem.at || slot.part() == problem.at)
    });
    let named = missing
        .iter()
        .map(|slot| Problem::new(RenderRule::ParamMissing, slot.at()));
    let mut problems: Vec<Problem> = named.chain(found).collect();
    if problems.is_empty()
        && let Err(invalid) = as_message(&sent)
    {
        problems.push(Problem::invalid(place(&invalid.field, &sent), invalid));
    }
    for problem in &mut problems {
        problem.slot = slot_of(&slots, &problem.at);
    }
    // A one-time password stands in two places.
    let mut said = Vec::new();
    problems.retain(|problem| {
        let what = (
            problem.rule,
            problem.slot.clone().unwrap_or_else(|| problem.at.clone()),
        );
        let is_new = !said.contains(&what);
        said.push(what);
        is_new
    });
    let order = |problem: &Problem| {
        let slot = slots
            .iter()
            .position(|slot| Some(&slot.key) == problem.slot.as_ref());
        slot.unwrap_or(slots.len())
    };
    problems.sort_by_key(order);
    Attempt {
        components: sent,
        shown,
        problems,
    }
}

/// What is wrong with a value for one slot, whatever the others get.
pub fn check_value(source: Source<'_>, key: &str, value: &Value) -> Vec<Problem> {
    let mut values: BTreeMap<String, Value> = slots::slots(source)
        .into_iter()
        .map(|slot| (slot.key, stand_in(slot.kind)))
        .collect();
    values.insert(key.to_owned(), value.clone());
    let mut problems = attempt(source, &values).problems;
    let of_part = slots::slots(source).into_iter().find(|slot| slot.key == key);
    let part = of_part.map(|slot| slot.part()).unwrap_or_default();
    problems.retain(|problem| problem.slot.as_deref() == Some(key) || problem.at == part);
    problems
}

/// A value that fits.
fn stand_in(kind: SlotKind) -> Value {
    match kind {
        SlotKind::Image | SlotKind::Video | SlotKind::Document => json!({"id": "1"}),
        SlotKind::Location => json!({"latitude": 1.0, "longitude": 1.0, "name": "x", "address": "x"}),
        SlotKind::Product => json!({"product_retailer_id": "x", "catalog_id": "1"}),
        SlotKind::End => json!(1),
        SlotKind::Products => json!({"thumbnail_product_retailer_id": "x",
            "sections": [{"title": "x", "product_items": [{"product_retailer_id": "x"}]}]}),
        SlotKind::Text | SlotKind::Suffix | SlotKind::Code | SlotKind::Password => json!("x"),
    }
}

/// The values that say something, in the form in which they are sent.
fn given(slots: &[Slot], values: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let one = |slot: &Slot| {
        let value = match (values.get(&slot.key)?, slot.kind) {
            (Value::Null, _) => return None,
            (Value::String(text), _) if text.trim().is_empty() => return None,
            (Value::String(text), SlotKind::End) => text
                .trim()
                .parse::<i64>()
                .map_or_else(|_| json!(text), Value::from),
            // A fraction, or a number too large to be kept whole, would be written in another way than it was given.
            (Value::Number(number), kind) if kind.is_text() && !number.is_f64() => {
                Value::String(number.to_string())
            }
            (other, _) => other.clone(),
        };
        Some((slot.key.clone(), value))
    };
    slots.iter().filter_map(one).collect()
}

/// The checks of a message.
fn as_message(components: &[Value]) -> Result<(), Invalid> {
    let template = json!({"name": "t", "language": {"code": "en"}, "components": components});
    Content::parse("template", &template)?.check(None)
}

/// Where in the template a field of a message's `template.components` is.
fn place(field: &str, components: &[Value]) -> String {
    let (mut under, mut parts) = (String::new(), components);
    let (mut part, mut parameter) = (&Value::Null, None);
    for segment in field.split('.') {
        let Some((name, index)) = segment.trim_end_matches(']').split_once('[') else {
            continue;
        };
        let Ok(index) = index.parse::<usize>() else {
            continue;
        };
        match name {
            "components" => part = parts.get(index).unwrap_or(&Value::Null),
            "parameters" => parameter = Some(index),
            "cards" => {
                under = format!("cards[{index}].");
                let cards = list(part.get("cards"));
                parts = cards
                    .get(index)
                    .map_or(&[][..], |card| list(card.get("components")));
            }
            _ => {}
        }
    }
    let kind = text(part, "type").unwrap_or_default();
    let variable = || {
        let index = parameter?;
        let value = list(part.get("parameters")).get(index)?;
        let is_text = text(value, "type") == Some("text");
        let name = text(value, "parameter_name").map_or_else(|| (index + 1).to_string(), str::to_owned);
        is_text.then_some(name)
    };
    let place = match kind {
        "button" => part
            .get("index")
            .and_then(super::number)
            .map_or_else(|| "buttons".to_owned(), |index| format!("buttons[{index}]")),
        "limited_time_offer" => "offer".to_owned(),
        kind => match variable() {
            Some(name) => format!("{kind}.{name}"),
            None => kind.to_owned(),
        },
    };
    under + &place
}

/// The slot that a place is about, if it is about one alone.
fn slot_of(slots: &[Slot], at: &str) -> Option<String> {
    let password = slots.iter().find(|slot| slot.kind == SlotKind::Password);
    let exact = slots.iter().find(|slot| slot.at() == at);
    let mut of_part = slots.iter().filter(|slot| slot.part() == at);
    let alone = match (of_part.next(), of_part.next()) {
        (Some(slot), None) => Some(slot),
        _ => None,
    };
    password.or(exact).or(alone).map(|slot| slot.key.clone())
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
