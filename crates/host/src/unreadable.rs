//! Bodies and parameters that the framework could not parse. It gives a reason for programmers; here it becomes a status and a
//! message for users: JSON that does not fit is 422 with its fields, where the operation's schema tells them; what is no JSON, and a
//! parameter that is not of its type, is 400. No message contains the name of one of our types, or more than a short part of the caller's text.

use kernel::{Error, FieldError};
use poem::http::StatusCode;
use serde_json::Value;

use crate::misfit::BodySchema;

/// Characters of the framework's message that are shown.
const SHOWN: usize = 200;

/// The error for a body, by the `reason` of a `ParseRequestPayloadError`; `given` is the body and what it should be, if known.
pub(crate) fn body(reason: &str, given: Option<(&BodySchema, &Value)>) -> Error {
    let reason = bare(reason);
    if let Some((field, rule)) = reason
        .strip_prefix("field `")
        .and_then(|rest| rest.split_once("` verification failed. "))
    {
        return Error::invalid_fields(vec![broken(field, rule)]);
    }
    if let Some(range) = reason
        .strip_prefix("Only integers from ")
        .and_then(|rest| rest.strip_suffix(" are accepted."))
    {
        let misfits = given
            .map(|(schema, body)| schema.misfits(body))
            .unwrap_or_default();
        if misfits.is_empty() {
            return Error::invalid("body", format!("has a number outside {range}"));
        }
        return Error::invalid_fields(misfits);
    }
    let unknown = reason
        .strip_prefix("unknown field `")
        .and_then(|rest| rest.strip_suffix("`.").or(rest.strip_suffix('`')));
    let misfits = given.map(|(schema, body)| match unknown {
        Some(name) => schema.unknown(body, name),
        None => schema.misfits(body),
    });
    match misfits {
        Some(misfits) if !misfits.is_empty() => return Error::invalid_fields(misfits),
        Some(_) => return Error::invalid("body", plain(reason)),
        None => {}
    }
    let detail = format!("The body could not be read: {}.", plain(reason));
    Error::new(StatusCode::BAD_REQUEST, "malformed_body", detail)
}

/// The error for a parameter of path, query or header, by the `reason` of a `ParseParamError`; `given` is its text if known.
pub(crate) fn parameter(name: &str, reason: &str, given: Option<&str>) -> Error {
    let reason = bare(reason);
    if let Some(rule) = reason.strip_prefix("verification failed. ") {
        return Error::invalid_fields(vec![broken(name, rule)]);
    }
    // Numbers outside the type's range. For an unsigned type a negative number looks like no number.
    let negative = given
        .and_then(|given| given.trim().strip_prefix('-'))
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    match reason {
        TOO_HIGH => return Error::invalid(name, "is too large a number"),
        TOO_LOW => return Error::invalid(name, "is too small a number"),
        NO_DIGIT if negative => return Error::invalid(name, "must not be negative"),
        _ => {}
    }
    let detail = format!("The parameter `{name}` could not be read: {}.", plain(reason));
    Error::new(StatusCode::BAD_REQUEST, "malformed_parameter", detail)
}

/// The standard library's messages for a string that is not an integer.
const TOO_HIGH: &str = "number too large to fit in target type";
const TOO_LOW: &str = "number too small to fit in target type";
const NO_DIGIT: &str = "invalid digit found in string";

/// The reason without type names: `failed to parse "ContactIn": … (occurred while parsing "Y")`.
fn bare(reason: &str) -> &str {
    let mut text = reason;
    while let Some((before, name)) = text.rsplit_once(" (occurred while parsing \"")
        && name.ends_with("\")")
    {
        text = before;
    }
    while let Some((_, rest)) = text
        .strip_prefix("failed to parse \"")
        .and_then(|rest| rest.split_once("\": "))
    {
        text = rest;
    }
    text
}

/// The field that broke a rule of the description: `maxLength(200)`, `maximum(5, exclusive: false)`.
fn broken(field: &str, rule: &str) -> FieldError {
    let (name, rest) = rule.split_once('(').unwrap_or((rule, ""));
    let arguments = rest.strip_suffix(')').unwrap_or(rest);
    let (number, exclusive) = match arguments.split_once(", exclusive: ") {
        Some((number, exclusive)) => (number, exclusive == "true"),
        None => (arguments, false),
    };
    let than = |plain: &str, strict: &str| {
        if exclusive {
            strict.to_owned()
        } else {
            plain.to_owned()
        }
    };
    let message = match (name, number) {
        ("minLength" | "minItems", "1") => "must not be empty".to_owned(),
        ("maxLength", _) => format!("may have at most {number} characters"),
        ("minLength", _) => format!("must have at least {number} characters"),
        ("maxItems" | "maxProperties", _) => format!("may have at most {number} elements"),
        ("minItems" | "minProperties", _) => format!("must have at least {number} elements"),
        ("maximum", _) => format!("must be {} {number}", than("at most", "less than")),
        ("minimum", _) => format!("must be {} {number}", than("at least", "more than")),
        ("multipleOf", _) => format!("must be a multiple of {number}"),
        ("uniqueItems", _) => "must not have the same element twice".to_owned(),
        ("pattern", _) => format!("must match the pattern `{}`", arguments.trim_matches('"')),
        _ => format!("is not acceptable: {}", cut(rule)),
    };
    let refused = FieldError::new(field, message);
    match number.parse() {
        Ok(limit) => refused.with_limit(limit),
        Err(_) => refused,
    }
}

/// Rewrites the framework's wording.
fn plain(reason: &str) -> String {
    if let Some((wanted, found)) = reason
        .strip_prefix("Expected input type \"")
        .and_then(|rest| rest.split_once("\", found "))
    {
        return mismatch(wanted, found);
    }
    if reason.starts_with("Type \"") && reason.ends_with("expects an input value.") {
        return "a required value is missing".to_owned();
    }
    match reason {
        NO_DIGIT | "cannot parse integer from empty string" | "invalid integer" => {
            "expected a whole number".to_owned()
        }
        "Expect a valid enumeration value." => "the value is not one of the allowed values".to_owned(),
        other => cut(other.trim_end_matches('.')),
    }
}

/// A value of the wrong type. `wanted` is the framework's name of a type.
fn mismatch(wanted: &str, found: &str) -> String {
    let found_kind = match found.bytes().next() {
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => return "a required field is missing, or null where a value is expected".to_owned(),
        _ => "a number",
    };
    let wanted_kind = match wanted {
        _ if wanted.starts_with("integer") => "a whole number",
        _ if wanted.starts_with("number") => "a number",
        _ if wanted.starts_with("string") => "a string",
        _ if wanted.starts_with("boolean") => "true or false",
        _ if wanted.starts_with("list_") || wanted.starts_with("slice_") || wanted.starts_with("array_") => {
            "a list"
        }
        _ if found_kind == "a string" => {
            return "the string is not one of the allowed values".to_owned();
        }
        _ => "an object",
    };
    format!("expected {wanted_kind}, found {found_kind}")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "unreadable_tests.rs"]
mod tests;
