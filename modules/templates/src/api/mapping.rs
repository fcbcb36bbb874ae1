//! What the slots of a template are filled with, as JSON.

use std::collections::BTreeMap;

use contracts::templates::{Mapping, SlotSource};
use kernel::{Error, FieldError, Result};
use poem_openapi::{
    Enum, Object,
    types::{Any, Example},
};
use serde_json::Value;

/// Slots that values and mappings have at most.
pub(super) const SLOTS: usize = 200;

/// Where a slot's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateSlotFrom", rename_all = "snake_case")]
pub enum SlotFrom {
    /// A field of the contact, named by `field`.
    Contact,
    /// The same `text` in every message.
    Text,
    /// The same file, place, product or time in every message: `value`.
    Fixed,
    /// Said for each send.
    Ask,
}

/// What a slot is filled with when nothing is said for a send.
#[derive(Clone, Debug, Object)]
#[oai(
    rename = "TemplateSlotSource",
    deny_unknown_fields,
    skip_serializing_if_is_none
)]
pub struct SlotSourceBody {
    /// Where the value comes from.
    pub from: SlotFrom,
    /// With `contact`: `name`, `first_name`, `phone`, `username` or `attribute:<key>`.
    #[oai(validator(max_length = 80))]
    pub field: Option<String>,
    /// With `text`: the text.
    #[oai(validator(max_length = 2000))]
    pub text: Option<String>,
    /// With `fixed`: a file (`{"link": …}`, `{"id": …}` or the `media_id` of an upload here), a place, a product, or the end of an
    /// offer in milliseconds since 1970.
    pub value: Option<Any<Value>>,
    /// With `contact` and `ask`: the text where there is none.
    #[oai(validator(max_length = 2000))]
    pub fallback: Option<String>,
}

/// What each slot is filled with, by the slot's key: `header_1`, `header_media`, `body_1`, `body_first_name`, `button_0`.
pub type MappingBody = BTreeMap<String, SlotSourceBody>;

/// Shows a mapping.
pub fn mapping_out(mapping: Mapping) -> MappingBody {
    let shown = |from: SlotSource| {
        let empty = SlotSourceBody {
            from: SlotFrom::Ask,
            field: None,
            text: None,
            value: None,
            fallback: None,
        };
        match from {
            SlotSource::Contact { field, fallback } => SlotSourceBody {
                from: SlotFrom::Contact,
                field: Some(field.to_string()),
                fallback,
                ..empty
            },
            SlotSource::Text { text } => SlotSourceBody {
                from: SlotFrom::Text,
                text: Some(text),
                ..empty
            },
            SlotSource::Fixed { value } => SlotSourceBody {
                from: SlotFrom::Fixed,
                value: Some(Any(value)),
                ..empty
            },
            SlotSource::Ask { fallback } => SlotSourceBody { fallback, ..empty },
        }
    };
    mapping
        .into_iter()
        .map(|(key, from)| (key, shown(from)))
        .collect()
}

/// Reads a mapping.
///
/// # Errors
/// 422 naming each slot whose fields do not belong together.
pub fn mapping_in(body: MappingBody) -> Result<Mapping> {
    if body.len() > SLOTS {
        return Err(Error::invalid_fields(vec![
            FieldError::new("mapping", "has more slots than a template can have").with_limit(SLOTS as u64),
        ]));
    }
    let (mut mapping, mut errors) = (Mapping::new(), Vec::new());
    for (key, body) in body {
        match source_in(body) {
            Ok(from) => {
                mapping.insert(key, from);
            }
            Err((field, message)) => errors.push(FieldError::new(format!("mapping.{key}.{field}"), message)),
        }
    }
    match errors.is_empty() {
        true => Ok(mapping),
        false => Err(Error::invalid_fields(errors)),
    }
}

fn source_in(body: SlotSourceBody) -> Result<SlotSource, (&'static str, String)> {
    let SlotSourceBody {
        from,
        field,
        text,
        value,
        fallback,
    } = body;
    let given = [
        ("field", field.is_some(), from == SlotFrom::Contact),
        ("text", text.is_some(), from == SlotFrom::Text),
        ("value", value.is_some(), from == SlotFrom::Fixed),
        (
            "fallback",
            fallback.is_some(),
            matches!(from, SlotFrom::Contact | SlotFrom::Ask),
        ),
    ];
    if let Some((name, ..)) = given.iter().find(|(_, given, belongs)| *given && !belongs) {
        return Err((*name, "does not belong to this `from`".to_owned()));
    }
    let missing = || "is missing".to_owned();
    // A form's empty field is no fallback.
    let fallback = fallback.filter(|text| !text.trim().is_empty());
    Ok(match from {
        SlotFrom::Contact => {
            let field = field.ok_or_else(|| ("field", missing()))?;
            let field = field
                .parse()
                .map_err(|error: contracts::contacts::UnknownField| ("field", error.to_string()))?;
            SlotSource::Contact { field, fallback }
        }
        SlotFrom::Text => SlotSource::Text {
            text: text.ok_or_else(|| ("text", missing()))?,
        },
        SlotFrom::Fixed => SlotSource::Fixed {
            value: value.ok_or_else(|| ("value", missing()))?.0,
        },
        SlotFrom::Ask => SlotSource::Ask { fallback },
    })
}

/// What a template is filled with.
#[derive(Debug, Object)]
#[oai(rename = "TemplateMappingIn", deny_unknown_fields, example)]
pub struct MappingIn {
    /// By the slot's key. A slot that is left out is asked for, or gets its default.
    pub mapping: MappingBody,
}

impl Example for MappingIn {
    fn example() -> Self {
        let first_name = SlotSourceBody {
            from: SlotFrom::Contact,
            field: Some("first_name".to_owned()),
            text: None,
            value: None,
            fallback: Some("there".to_owned()),
        };
        Self {
            mapping: BTreeMap::from([("body_1".to_owned(), first_name)]),
        }
    }
}
