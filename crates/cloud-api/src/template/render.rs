//! What a phone shows of a template: header, body, footer and buttons with their values (Cloud API: template send).
//!
//! [`show`] reads the `components` of a send as Meta defines them. [`fill`] makes these components from values by slot, and [`slots`]
//! says which slots a template has. [`preview`] shows a template with its own samples.

mod buttons;
mod carousel;
mod fill;
mod parts;
mod problem;
mod slots;

use serde::Serialize;
use serde_json::Value;

pub use self::{
    fill::{Attempt, Filled, attempt, check_value, fill, preview},
    problem::{Problem, RenderRule},
    slots::{Slot, SlotKind, slots},
};

/// Characters of a body at most, with its values.
const BODY: usize = 1_024;
/// Characters of a header at most, with its value.
const HEADER: usize = 60;
/// Characters of a one-time password at most.
const PASSWORD: usize = 15;

/// What of a template matters for showing it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'t> {
    /// Its components, as Meta reads them back or as they were submitted.
    pub components: &'t [Value],
    /// Whether its variables have names (`parameter_format` NAMED).
    pub named: bool,
    /// Whether it is an authentication template.
    pub authentication: bool,
}

impl<'t> Source<'t> {
    /// Reads a template's node, or the body of its creation.
    pub fn of(template: &'t Value) -> Self {
        let is = |key: &str, word: &str| {
            let value = template.get(key).and_then(Value::as_str);
            value.is_some_and(|value| value.eq_ignore_ascii_case(word))
        };
        Self {
            components: list(template.get("components")),
            named: is("parameter_format", "NAMED"),
            authentication: is("category", "AUTHENTICATION"),
        }
    }

    fn part(&self, kind: &str) -> Option<&'t Value> {
        self.components.iter().find(|part| is_kind(part, kind))
    }
}

/// A message as the phone shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Shown {
    /// The header, if there is one.
    pub header: Option<Header>,
    /// The body.
    pub body: String,
    /// The footer, if there is one.
    pub footer: Option<String>,
    /// The buttons, in order.
    pub buttons: Vec<ShownButton>,
    /// The title of a limited-time offer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// The cards of a carousel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Shown>,
}

/// A header as the phone shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Header {
    /// A line of text.
    Text {
        /// The line.
        text: String,
    },
    /// A picture.
    Image(File),
    /// A video.
    Video(File),
    /// A document.
    Document(File),
    /// An animated picture.
    Gif(File),
    /// A place.
    Location {
        /// Its name.
        name: String,
        /// Its address.
        address: String,
        /// Degrees, as they were given.
        latitude: Value,
        /// Degrees, as they were given.
        longitude: Value,
    },
    /// A product of a catalogue.
    Product {
        /// Its id there.
        #[serde(skip_serializing_if = "Option::is_none")]
        product_retailer_id: Option<String>,
    },
}

/// The file of a header: an id or a link, or neither in a preview.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct File {
    /// Id of an uploaded file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Address of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Name of a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
}

impl Header {
    /// A header of this format, in small letters, with what is inside its parameter.
    fn of(format: &str, inside: &Value) -> Self {
        let owned = |key: &str| match inside.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let file = || File {
            id: owned("id"),
            link: owned("link"),
            filename: owned("filename"),
        };
        match format {
            "location" => Self::Location {
                name: owned("name").unwrap_or_default(),
                address: owned("address").unwrap_or_default(),
                latitude: inside.get("latitude").cloned().unwrap_or_default(),
                longitude: inside.get("longitude").cloned().unwrap_or_default(),
            },
            "product" => Self::Product {
                product_retailer_id: owned("product_retailer_id"),
            },
            "video" => Self::Video(file()),
            "document" => Self::Document(file()),
            "gif" => Self::Gif(file()),
            _ => Self::Image(file()),
        }
    }
}

/// A button as the phone shows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ShownButton {
    /// Its type, in capitals.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its label.
    pub text: String,
    /// Where a link button leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whom a call button calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// What a quick reply sends back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// What a copy-code button copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What the phone shows of a template sent with these components.
///
/// # Errors
/// All that is missing or does not fit, in the order of the template.
pub fn show(source: Source<'_>, components: &[Value]) -> Result<Shown, Vec<Problem>> {
    let mut problems = Vec::new();
    let shown = parts::shown(source, components, "", &mut problems);
    match problems.is_empty() {
        true => Ok(shown),
        false => Err(problems),
    }
}

/// As [`show`], but also shows what Meta would refuse; what is missing shows its braces, or nothing.
pub fn show_anyway(source: Source<'_>, components: &[Value]) -> Shown {
    parts::shown(source, components, "", &mut Vec::new())
}

fn is_kind(part: &Value, kind: &str) -> bool {
    part.get("type")
        .and_then(Value::as_str)
        .is_some_and(|it| it.eq_ignore_ascii_case(kind))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn upper(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default().to_ascii_uppercase()
}

/// An index, which may be a number or a text.
fn number(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => usize::try_from(other.as_u64()?).ok(),
    }
}

#[cfg(test)]
mod tests;
