//! Slots: what somebody has to say before a template can be sent.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{Source, list, text, upper};
use crate::template::variables;

/// What a slot takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// A line of text.
    Text,
    /// A picture: `{"id": …}` or `{"link": …}`.
    Image,
    /// A video, likewise.
    Video,
    /// A document, likewise, perhaps with a `filename`.
    Document,
    /// A place: `{"latitude": …, "longitude": …, "name": …, "address": …}`.
    Location,
    /// A product: `{"product_retailer_id": …, "catalog_id": …}`.
    Product,
    /// The rest of a link button's address.
    Suffix,
    /// A coupon code.
    Code,
    /// A one-time password.
    Password,
    /// The end of an offer, in milliseconds since 1970.
    End,
    /// The products of a list: `{"thumbnail_product_retailer_id": …, "sections": […]}`.
    Products,
}

impl SlotKind {
    /// Whether it takes a text.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Suffix | Self::Code | Self::Password)
    }
}

/// Something that has to be said before a template can be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// Its key: `header_media`, `header_1`, `body_first_name`, `button_0`, `offer_until`, `otp`; of a card `card0_body_1`.
    pub key: String,
    /// What it takes.
    pub kind: SlotKind,
    /// The variable's name, if it is one of a text: `1`, `first_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// The button's label, if it belongs to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The card, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<usize>,
    /// The template's own sample, if it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
}

impl Slot {
    fn new(key: impl Into<String>, kind: SlotKind) -> Self {
        Self {
            key: key.into(),
            kind,
            variable: None,
            label: None,
            card: None,
            example: None,
        }
    }

    /// What the phone's picture shows while there is no value, where that is text.
    pub(super) fn braces(&self) -> Option<String> {
        match (self.kind, &self.variable) {
            (SlotKind::Text, Some(name)) => Some(format!("{{{{{name}}}}}")),
            (SlotKind::Suffix | SlotKind::Password, _) => Some("{{1}}".to_owned()),
            _ => None,
        }
    }

    /// Where it is: `header`, `body.first_name`, `buttons[0]`, `cards[1].body.1`.
    pub(super) fn at(&self) -> String {
        let part = self.part();
        match (&self.variable, part.ends_with(']')) {
            (Some(name), false) => format!("{part}.{name}"),
            _ => part,
        }
    }

    /// The part that it belongs to: `header`, `body`, `buttons[0]`, `offer`, `cards[1].body`.
    pub(super) fn part(&self) -> String {
        let (under, key) = match self.card {
            Some(card) => {
                let prefix = format!("card{card}_");
                (
                    format!("cards[{card}]."),
                    self.key.strip_prefix(&prefix).unwrap_or(&self.key),
                )
            }
            None => (String::new(), self.key.as_str()),
        };
        let part = match key.split_once('_') {
            Some(("button", index)) => format!("buttons[{index}]"),
            Some((part, _)) => part.to_owned(),
            // A one-time password.
            None => "body".to_owned(),
        };
        under + &part
    }
}

/// All slots of a template, in the order in which the phone shows them.
pub fn slots(source: Source<'_>) -> Vec<Slot> {
    if source.authentication {
        let mut otp = Slot::new("otp", SlotKind::Password);
        otp.example = Some("123456".to_owned());
        return vec![otp];
    }
    let mut slots = of_part(source, "", None);
    if let Some(carousel) = source.part("CAROUSEL") {
        for (index, card) in list(carousel.get("cards")).iter().enumerate() {
            let source = Source {
                components: list(card.get("components")),
                ..source
            };
            slots.extend(of_part(source, &format!("card{index}_"), Some(index)));
        }
    }
    slots
}

/// The slots of a message or a card, without the cards of a message.
pub(super) fn of_part(source: Source<'_>, prefix: &str, card: Option<usize>) -> Vec<Slot> {
    let mut slots = Vec::new();
    if let Some(part) = source.part("HEADER") {
        slots.extend(of_header(part));
    }
    if let Some(part) = source.part("BODY") {
        slots.extend(of_text("body", part));
    }
    let offer = source
        .part("LIMITED_TIME_OFFER")
        .and_then(|part| part.get("limited_time_offer"));
    if offer.is_some_and(|offer| offer.get("has_expiration") == Some(&Value::Bool(true))) {
        slots.push(Slot::new("offer_until", SlotKind::End));
    }
    let buttons = source
        .part("BUTTONS")
        .map_or(&[][..], |part| list(part.get("buttons")));
    slots.extend(buttons.iter().enumerate().filter_map(of_button));
    for slot in &mut slots {
        slot.key.insert_str(0, prefix);
        slot.card = card;
    }
    slots
}

fn of_header(part: &Value) -> Vec<Slot> {
    let kind = match upper(part, "format").as_str() {
        "IMAGE" | "GIF" => SlotKind::Image,
        "VIDEO" => SlotKind::Video,
        "DOCUMENT" => SlotKind::Document,
        "LOCATION" => return vec![Slot::new("header_location", SlotKind::Location)],
        "PRODUCT" => return vec![Slot::new("header_product", SlotKind::Product)],
        _ => return of_text("header", part),
    };
    vec![Slot::new("header_media", kind)]
}

fn of_text(part: &str, component: &Value) -> Vec<Slot> {
    let samples = samples(part, component);
    let slot = |name: &&str| Slot {
        variable: Some((*name).to_owned()),
        example: samples.get(*name).cloned(),
        ..Slot::new(format!("{part}_{name}"), SlotKind::Text)
    };
    variables::names(text(component, "text").unwrap_or_default())
        .iter()
        .map(slot)
        .collect()
}

/// The samples of a text's variables, by name or number.
fn samples(part: &str, component: &Value) -> BTreeMap<String, String> {
    let mut samples = BTreeMap::new();
    let Some(example) = component.get("example") else {
        return samples;
    };
    for named in list(example.get(format!("{part}_text_named_params"))) {
        if let (Some(name), Some(value)) = (text(named, "param_name"), text(named, "example")) {
            samples.insert(name.to_owned(), value.to_owned());
        }
    }
    let given = list(example.get(format!("{part}_text")));
    let row = given
        .first()
        .and_then(Value::as_array)
        .map_or(given, Vec::as_slice);
    for (index, value) in row.iter().enumerate() {
        if let Some(value) = value.as_str() {
            samples.insert((index + 1).to_string(), value.to_owned());
        }
    }
    samples
}

fn of_button((index, button): (usize, &Value)) -> Option<Slot> {
    let kind = match upper(button, "type").as_str() {
        "URL" if !variables::names(text(button, "url").unwrap_or_default()).is_empty() => SlotKind::Suffix,
        "COPY_CODE" => SlotKind::Code,
        "MPM" => SlotKind::Products,
        _ => return None,
    };
    let example = match button.get("example") {
        Some(Value::Array(list)) => list.first().and_then(Value::as_str),
        other => other.and_then(Value::as_str),
    };
    let example = example.map(|example| match kind {
        SlotKind::Suffix => suffix(text(button, "url").unwrap_or_default(), example),
        _ => example.to_owned(),
    });
    let label = text(button, "text").map(str::to_owned);
    Some(Slot {
        label,
        example,
        ..Slot::new(format!("button_{index}"), kind)
    })
}

/// A sample may be the whole address: then it is what follows the fixed part.
fn suffix(address: &str, example: &str) -> String {
    let fixed = address.split("{{").next().unwrap_or_default();
    match example.strip_prefix(fixed) {
        Some(rest) if !fixed.is_empty() && !rest.is_empty() => rest.to_owned(),
        _ => example.to_owned(),
    }
}
