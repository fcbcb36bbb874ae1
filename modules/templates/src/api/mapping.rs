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
/// Characters of a text.
const TEXT: usize = 2_000;
/// Bytes of all fixed values together, as JSON.
const VALUES: usize = 64 * 1_024;

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
    pub field: Option<String>,
    /// With `text`: the text, of at most 2000 characters.
    pub text: Option<String>,
    /// With `fixed`: a file (`{"link": …}`, `{"id": …}` or the `media_id` of an upload here), a place, a product, or the end of an
    /// offer in milliseconds since 1970.
    pub value: Option<Any<Value>>,
    /// With `contact` and `ask`: the text where there is none, of at most 2000 characters.
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
/// 422 naming each slot whose fields do not belong together or are too long.
pub fn mapping_in(body: MappingBody) -> Result<Mapping> {
    let too_large = |message: &str, limit: usize| {
        let field = FieldError::new("mapping", message).with_limit(limit as u64);
        Error::invalid_fields(vec![field])
    };
    if body.len() > SLOTS {
        return Err(too_large("has more slots than a template can have", SLOTS));
    }
    let values = body.values().filter_map(|source| source.value.as_ref());
    if values.map(|Any(value)| value.to_string().len()).sum::<usize>() > VALUES {
        return Err(too_large(
            "must have values of 65536 bytes of JSON at most",
            VALUES,
        ));
    }
    let (mut mapping, mut errors) = (Mapping::new(), Vec::new());
    for (key, body) in body {
        let long = too_long(&key, &body);
        if !long.is_empty() {
            errors.extend(long);
            continue;
        }
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

/// The texts of a slot that are too long, each by its own field.
fn too_long(key: &str, body: &SlotSourceBody) -> Vec<FieldError> {
    let texts = [("text", &body.text), ("fallback", &body.fallback)];
    let long = texts.into_iter().filter_map(|(field, text)| {
        let length = text.as_deref()?.chars().count();
        let error = || {
            FieldError::new(
                format!("mapping.{key}.{field}"),
                format!("must have {TEXT} characters at most"),
            )
            .with_limit(TEXT as u64)
            .with_value(length)
        };
        (length > TEXT).then(error)
    });
    long.collect()
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
