//! Tolerant readers: a missing or oddly typed field is `None`, never an error.

use serde_json::Value;

use crate::error::number;

/// A string; numbers are taken as their text (ids sometimes arrive as numbers), the empty string as nothing.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    as_text(value.get(key)?)
}

/// A value as [`text`] reads it. A whole number is written without a fraction, however it was on the wire.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => match n.as_f64().filter(|_| n.is_f64()) {
            #[expect(clippy::cast_possible_truncation, reason = "whole numbers below 2^53")]
            Some(float) if float.fract() == 0.0 && float.abs() < 9e15 => Some((float as i64).to_string()),
            _ => Some(n.to_string()),
        },
        _ => None,
    }
}

/// A string that may be empty.
pub(crate) fn any_text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// A short text; empty when it is missing.
pub(crate) fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// An integer, also written as a string.
pub(crate) fn int(value: &Value, key: &str) -> Option<i64> {
    value.get(key).and_then(number)
}

/// A float, also written as a string.
pub(crate) fn float(value: &Value, key: &str) -> Option<f64> {
    match value.get(key)? {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse().ok().filter(|f: &f64| f.is_finite()),
        _ => None,
    }
}

/// A boolean, also written as a string.
pub(crate) fn flag(value: &Value, key: &str) -> Option<bool> {
    match value.get(key)? {
        Value::Bool(b) => Some(*b),
        Value::String(s) => s.parse().ok(),
        _ => None,
    }
}

/// Unix seconds from a string or a number; milliseconds (rarely seen) are recognised by their size.
pub(crate) fn timestamp(value: &Value, key: &str) -> Option<i64> {
    as_timestamp(value.get(key)?)
}

/// A value as [`timestamp`] reads it.
pub(crate) fn as_timestamp(value: &Value) -> Option<i64> {
    let n = number(value)?;
    Some(if n > 100_000_000_000 { n / 1000 } else { n })
}

/// The elements of an array; empty for everything else.
pub(crate) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// A list of strings, also written as a single string.
pub(crate) fn texts(value: &Value, key: &str) -> Vec<String> {
    match value.get(key) {
        Some(Value::String(one)) if !one.is_empty() => vec![one.clone()],
        _ => list(value, key)
            .iter()
            .filter_map(|one| match one {
                Value::String(text) if !text.is_empty() => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
            .collect(),
    }
}
