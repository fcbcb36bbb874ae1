//! Which fields of a JSON body do not fit the OpenAPI document. The framework says what it could not read, but not where, so a
//! refused body is compared with its schema: what is missing, of another type, or not one of the allowed values.

use std::{fmt::Write, sync::Arc};

use chrono::{DateTime, Datelike};
use kernel::FieldError;
use serde_json::{Map, Value};

/// Fields that one answer names.
const MOST: usize = 10;
/// Schemas that refer to each other without an object or list between them.
const DEEPEST: usize = 64;
/// Characters of a field's name that the caller made up.
const NAME: usize = 64;
/// Unknown fields that are named beside a missing one.
const UNKNOWN: usize = 3;
/// What a time outside the years that can be stored must be.
const NO_YEAR: &str = "must be within the years 0 to 9999 (UTC)";
/// Allowed values or fields that are listed; of more, none.
const LISTED: usize = 40;

/// The schema of an operation's JSON body.
#[derive(Clone, Debug)]
pub(crate) struct BodySchema {
    schema: Value,
    /// `components.schemas` of the document.
    schemas: Arc<Value>,
}

impl BodySchema {
    /// The schema of the JSON body that an operation of the document takes.
    pub(crate) fn of(operation: &Value, schemas: &Arc<Value>) -> Option<Self> {
        let kinds = operation["requestBody"]["content"].as_object()?;
        let (_, json) = kinds
            .iter()
            .find(|(kind, _)| kind.starts_with("application/json"))?;
        Some(Self {
            schema: json["schema"].clone(),
            schemas: schemas.clone(),
        })
    }

    fn walk<'a>(&'a self, body: &Value, wanted: Option<&'a str>) -> Walk<'a> {
        let mut walk = Walk {
            schemas: &self.schemas,
            wanted,
            found: Vec::new(),
            unknown: Vec::new(),
            depth: 0,
        };
        if body.is_null() {
            walk.add("body", "is missing");
        } else {
            walk.value(&self.schema, body, "");
        }
        walk
    }

    /// The fields that are missing, of another type, or not one of the allowed values; at most 10.
    pub(crate) fn misfits(&self, body: &Value) -> Vec<FieldError> {
        self.walk(body, None).found
    }

    /// The fields that the framework would read although they do not fit, at most 10: numbers and booleans where the schema has
    /// text, and times outside the years 0 to 9999.
    pub(crate) fn misread(&self, body: &Value) -> Vec<FieldError> {
        let no_text = [Value::from(0), Value::from(true)].map(|value| mismatch("a string", &value));
        let mut misfits = self.misfits(body);
        misfits.retain(|misfit| no_text.contains(&misfit.message) || misfit.message == NO_YEAR);
        misfits
    }

    /// The fields of this name that the schema does not have, each with the fields that there are; at most 10.
    pub(crate) fn unknown(&self, body: &Value, name: &str) -> Vec<FieldError> {
        self.walk(body, Some(name)).unknown
    }
}

struct Walk<'a> {
    schemas: &'a Value,
    /// The name of an unknown field that is looked for.
    wanted: Option<&'a str>,
    found: Vec<FieldError>,
    unknown: Vec<FieldError>,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn add(&mut self, path: &str, message: impl Into<String>) {
        if self.found.len() < MOST {
            let path = if path.is_empty() { "body" } else { path };
            self.found.push(FieldError::new(path, message));
        }
    }

    /// A schema without the references that lead to it.
    fn resolved(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..DEEPEST {
            let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) else {
                break;
            };
            schema = &self.schemas[name];
        }
        schema
    }

    fn value(&mut self, schema: &'a Value, value: &Value, path: &str) {
        if self.depth >= DEEPEST || self.found.len() >= MOST {
            return;
        }
        self.depth += 1;
        let schema = self.resolved(schema);
        if let Some(alternatives) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
            self.one_of(schema, alternatives, value, path);
        } else if schema["allOf"].is_array() || schema["properties"].is_object() {
            self.object(schema, value, path);
        } else {
            self.plain(schema, value, path);
        }
        self.depth -= 1;
    }

    /// A value that one of several schemas describes.
    fn one_of(&mut self, schema: &'a Value, alternatives: &'a [Value], value: &Value, path: &str) {
        if let Some(name) = schema["discriminator"]["propertyName"].as_str() {
            let Some(mapping) = schema["discriminator"]["mapping"].as_object() else {
                return;
            };
            let Value::Object(given) = value else {
                return self.add(path, mismatch("an object", value));
            };
            let at = below(path, name);
            return match given.get(name) {
                None | Some(Value::Null) => self.add(&at, format!("is missing; {}", allowed(mapping.keys()))),
                Some(Value::String(kind)) => match mapping.get(kind).and_then(Value::as_str) {
                    None => self.add(&at, allowed(mapping.keys())),
                    Some(reference) => {
                        let name = reference.rsplit('/').next().unwrap_or_default();
                        self.value(&self.schemas[name], value, path);
                    }
                },
                Some(other) => self.add(&at, mismatch("a string", other)),
            };
        }
        let mut close = Vec::new();
        for alternative in alternatives {
            let mut alone = Walk {
                schemas: self.schemas,
                wanted: None,
                found: Vec::new(),
                unknown: Vec::new(),
                depth: self.depth,
            };
            alone.value(alternative, value, path);
            if alone.found.is_empty() {
                return;
            }
            let whole = if path.is_empty() { "body" } else { path };
            if alone.found.iter().all(|misfit| misfit.field != whole) {
                close.push(alone.found);
            }
        }
        // The only alternative of this type is the one that was meant.
        match <[_; 1]>::try_from(close) {
            Ok([found]) => {
                for FieldError { field, message, .. } in found {
                    self.add(&field, message);
                }
            }
            Err(_) => self.add(path, "has none of the forms that are allowed here"),
        }
    }

    fn object(&mut self, schema: &'a Value, value: &Value, path: &str) {
        let mut parts = Vec::new();
        self.parts(schema, &mut parts, 0);
        let is_object = parts
            .iter()
            .any(|part| part["properties"].is_object() || part["type"] == "object");
        if !is_object {
            // A description beside a reference to something plain.
            for part in parts {
                self.value(part, value, path);
            }
            return;
        }
        let Value::Object(given) = value else {
            return self.add(path, mismatch("an object", value));
        };
        let properties = parts.iter().filter_map(|part| part["properties"].as_object());
        let known: Map<String, Value> = properties
            .clone()
            .flatten()
            .map(|(name, _)| (name.clone(), Value::Null))
            .collect();
        let unknown: Vec<&String> = given.keys().filter(|name| !known.contains_key(*name)).collect();
        for part in &parts {
            for name in part["required"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                if given.get(name).is_none_or(Value::is_null) {
                    let message = missing(given.contains_key(name), &unknown);
                    self.add(&below(path, name), message);
                }
            }
        }
        for (name, schema) in properties.flatten() {
            // What is null and not required counts as absent.
            if let Some(inner) = given.get(name).filter(|inner| !inner.is_null()) {
                self.value(schema, inner, &below(path, name));
            }
        }
        if let Some(name) = self
            .wanted
            .filter(|wanted| unknown.iter().any(|name| name == wanted))
            && self.unknown.len() < MOST
        {
            let message = format!("is not a field here; {}", there_are(known.keys()));
            self.unknown
                .push(FieldError::new(below(path, &shown(name)), message));
        }
    }

    /// The schemas that together describe an object.
    fn parts(&self, schema: &'a Value, parts: &mut Vec<&'a Value>, depth: usize) {
        let schema = self.resolved(schema);
        match schema["allOf"].as_array() {
            Some(all) if depth < DEEPEST => {
                for part in all {
                    self.parts(part, parts, depth + 1);
                }
            }
            // A part that only describes has no type.
            _ if ["type", "properties", "oneOf", "anyOf", "enum"]
                .iter()
                .any(|key| !schema[key].is_null()) =>
            {
                parts.push(schema);
            }
            _ => {}
        }
    }

    fn plain(&mut self, schema: &'a Value, value: &Value, path: &str) {
        if let Some(values) = schema["enum"].as_array() {
            return match value {
                Value::String(_) if values.contains(value) => {}
                Value::String(_) => self.add(path, allowed(values.iter().filter_map(Value::as_str))),
                other => self.add(path, mismatch("a string", other)),
            };
        }
        match (schema["type"].as_str(), value) {
            (Some("object"), Value::Object(given)) => {
                let free = &schema["additionalProperties"];
                for (name, inner) in given.iter().filter(|_| free.is_object()) {
                    self.value(free, inner, &below(path, &shown(name)));
                }
            }
            (Some("object"), other) => self.add(path, mismatch("an object", other)),
            (Some("array"), Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    self.value(&schema["items"], item, &format!("{path}[{at}]"));
                }
            }
            (Some("array"), other) => self.add(path, mismatch("a list", other)),
            (Some("string"), Value::String(text)) if schema["format"] == "date-time" => {
                match DateTime::parse_from_rfc3339(text) {
                    Err(_) => self.add(path, "must be a time such as 2026-01-31T09:30:00Z"),
                    // An offset may lead out of the years that RFC 3339 and the databases hold.
                    Ok(time) if !(0..=9999).contains(&time.to_utc().year()) => self.add(path, NO_YEAR),
                    Ok(_) => {}
                }
            }
            (Some("string"), Value::String(_)) => {}
            (Some("string"), other) => self.add(path, mismatch("a string", other)),
            (Some("boolean"), Value::Bool(_)) | (Some("number"), Value::Number(_)) => {}
            (Some("boolean"), other) => self.add(path, mismatch("true or false", other)),
            (Some("number"), other) => self.add(path, mismatch("a number", other)),
            (Some("integer"), Value::Number(number)) if number.is_f64() => {
                self.add(path, "must be a whole number");
            }
            (Some("integer"), Value::Number(number)) => {
                if let Some((least, most)) = range(schema["format"].as_str())
                    && !number
                        .as_i128()
                        .is_some_and(|number| (least..=most).contains(&number))
                {
                    self.add(path, format!("must be from {least} to {most}"));
                }
            }
            (Some("integer"), other) => self.add(path, mismatch("a whole number", other)),
            _ => {}
        }
    }
}

/// The path of a field within an object.
fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// The caller's name of a field, without what does not belong on one line.
fn shown(name: &str) -> String {
    let mut letters = name.chars().filter(|c| !c.is_control());
    let mut shown: String = letters.by_ref().take(NAME).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    shown
}

fn missing(is_null: bool, unknown: &[&String]) -> String {
    let mut message = if is_null { "must not be null" } else { "is missing" }.to_owned();
    let names: Vec<String> = unknown
        .iter()
        .take(UNKNOWN)
        .map(|name| format!("`{}`", shown(name)))
        .collect();
    let be = match names.as_slice() {
        [] => return message,
        [_] => "is not a field here",
        _ => "are not fields here",
    };
    let _ = write!(message, " ({} {be})", names.join(", "));
    message
}

fn mismatch(wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => return "must not be null".to_owned(),
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("must be {wanted}, and is {found}")
}

fn allowed(values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    match listed(values) {
        Some(values) => format!("must be one of {values}"),
        None => "must be one of the allowed values".to_owned(),
    }
}

fn there_are(fields: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    match listed(fields) {
        Some(fields) => format!("there are {fields}"),
        None => "the API's description lists the fields".to_owned(),
    }
}

fn listed(names: impl IntoIterator<Item = impl AsRef<str>>) -> Option<String> {
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    (names.len() <= LISTED).then(|| names.join(", "))
}

/// The numbers that a type holds, by its format.
fn range(format: Option<&str>) -> Option<(i128, i128)> {
    Some(match format? {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "int64" => (i64::MIN.into(), i64::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" => (0, u64::MAX.into()),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "misfit_tests.rs"]
mod tests;
