//! Every documented limit of a message, at the limit and one over it; every rule without a number, obeyed and broken
//! (Cloud API: messages endpoint). One table per type in `tests/limits/`; an error must name field, limit and value.
//!
//! A table is `{"type": …, "cases": […]}`. The type `message` has whole bodies, all others the object under the type's key. Each
//! case names the `field` and is of one of two kinds:
//! - `max` or `min` with a number: `content` has holes for a number. `"é*N"` is N of that letter (also within a text, and
//!   `N-3` is three less), `"N"` alone the number itself, `{"repeat": "N", "of": x}` N elements, in which `#` is their index.
//!   The limit is accepted, one beyond it is refused.
//! - `refused`: each of these values in place of the hole `"?"` is refused, each of `taken` is accepted. The error names the
//!   value, unless `value` says what it names instead (`null`: nothing); `limit` is given if the rule has a number.

#![expect(clippy::unwrap_used, reason = "a table that cannot be read is a failure")]

use std::{fs, path::Path};

use cloud_api::{
    error::Invalid,
    message::{Content, SendMessage, Template},
};
use serde_json::{Value, json};

fn tables() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/limits");
    let mut tables: Vec<(String, Value)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let table = serde_json::from_slice(&fs::read(&path).unwrap());
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (
                name,
                table.unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            )
        })
        .collect();
    tables.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(tables.len() >= 20, "a table a type");
    tables
}

/// What becomes of a content of this type. The reading that passes unknown fields over must agree on what is taken.
fn judged(kind: &str, content: &Value) -> Result<(), Invalid> {
    if kind == "message" {
        return SendMessage::from_json(content)?.validate();
    }
    let parsed = Content::parse(kind, content)?;
    parsed.check(None)?;
    assert_eq!(Content::from_wire(kind, content).as_ref(), Ok(&parsed));
    assert_eq!(
        Content::parse(kind, &parsed.wire()),
        Ok(parsed),
        "written and read alike"
    );
    Ok(())
}

#[test]
fn every_limit_names_field_limit_and_value() {
    let (mut cases, mut wrong) = (0, Vec::new());
    for (table, of_type) in tables() {
        let kind = of_type["type"].as_str().unwrap();
        for case in of_type["cases"].as_array().unwrap() {
            cases += 1;
            let judged = match (case["max"].as_i64(), case["min"].as_i64()) {
                (Some(max), None) => number(kind, case, max, max + 1),
                (None, Some(min)) => number(kind, case, min, min - 1),
                _ => rule(kind, case),
            };
            if let Err(why) = judged {
                wrong.push(format!("{table}: {why}\n    {case}"));
            }
        }
    }
    assert!(cases > 200, "{cases} cases");
    assert!(
        wrong.is_empty(),
        "{} of {cases} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn number(kind: &str, case: &Value, limit: i64, beyond: i64) -> Result<(), String> {
    judged(kind, &counted(&case["content"], limit))
        .map_err(|error| format!("{limit} is refused: {error}"))?;
    let Err(error) = judged(kind, &counted(&case["content"], beyond)) else {
        return Err(format!("{beyond} is taken"));
    };
    let named = json!([error.field, error.limit, error.actual]);
    same(&error, named, json!([case["field"], limit, beyond]))
}

fn rule(kind: &str, case: &Value) -> Result<(), String> {
    let values = |key: &str| case[key].as_array().cloned().unwrap_or_default();
    if values("refused").is_empty() {
        return Err("this is no case".to_owned());
    }
    for value in values("taken") {
        judged(kind, &filled(&case["content"], &value))
            .map_err(|error| format!("{value} is refused: {error}"))?;
    }
    for value in values("refused") {
        let Err(error) = judged(kind, &filled(&case["content"], &value)) else {
            return Err(format!("{value} is taken"));
        };
        let mut found = error
            .actual
            .map(Value::from)
            .or(error.value.clone().map(Value::from));
        let wanted = case.get("value").cloned().unwrap_or_else(|| shown(&value));
        // Where another kind was wanted, a text is named in quotation marks.
        if found.as_ref().and_then(Value::as_str) == Some(&value.to_string()) && value.is_string() {
            found = Some(wanted.clone());
        }
        let named = json!([error.field, error.limit, found]);
        same(&error, named, json!([case["field"], case["limit"], wanted]))?;
    }
    Ok(())
}

fn same(error: &Invalid, named: Value, wanted: Value) -> Result<(), String> {
    if named == wanted && !error.message.is_empty() {
        return Ok(());
    }
    Err(format!("{error}: names {named} instead of {wanted}"))
}

/// A value as an error names it: a text as it is (what cannot be seen is escaped), anything else as JSON.
fn shown(value: &Value) -> Value {
    match value {
        Value::String(text) => text
            .escape_debug()
            .to_string()
            .replace("\\u{fe0f}", "\u{fe0f}")
            .into(),
        other => other.to_string().into(),
    }
}

/// `"?"` becomes the value.
fn filled(content: &Value, value: &Value) -> Value {
    match content {
        Value::String(text) if text == "?" => value.clone(),
        Value::Array(items) => items.iter().map(|item| filled(item, value)).collect(),
        Value::Object(object) => object
            .iter()
            .map(|(key, inside)| (key.clone(), filled(inside, value)))
            .collect(),
        other => other.clone(),
    }
}

/// The holes for a number are filled with `n`.
fn counted(content: &Value, n: i64) -> Value {
    match content {
        Value::String(text) if text == "N" => n.into(),
        Value::String(text) => lengthened(text, n).into(),
        Value::Array(items) => items.iter().map(|item| counted(item, n)).collect(),
        Value::Object(object) => match (object.get("repeat"), object.get("of")) {
            (Some(times), Some(of)) => {
                let times = times
                    .as_str()
                    .map_or_else(|| times.as_i64().unwrap(), |text| count(text, n).unwrap().0);
                let one = |index: i64| {
                    let text = counted(of, n).to_string().replace('#', &index.to_string());
                    serde_json::from_str::<Value>(&text).unwrap()
                };
                (0..times).map(one).collect()
            }
            _ => object
                .iter()
                .map(|(key, inside)| (key.clone(), counted(inside, n)))
                .collect(),
        },
        other => other.clone(),
    }
}

/// `"ab*Nc"` is `a`, so many `b`, and `c`.
fn lengthened(text: &str, n: i64) -> String {
    let hole = text.char_indices().find_map(|(at, sign)| {
        let (before, after) = (&text[..at], &text[at + sign.len_utf8()..]);
        let letter = before.chars().next_back().filter(|_| sign == '*')?;
        let (times, rest) = count(after, n)?;
        Some((&before[..before.len() - letter.len_utf8()], letter, times, rest))
    });
    match hole {
        Some((before, letter, times, rest)) => {
            let times = usize::try_from(times).unwrap();
            format!("{before}{}{rest}", letter.to_string().repeat(times))
        }
        None => text.to_owned(),
    }
}

/// `N`, `N-3` or `24` at the beginning of a text: how many, and what follows.
fn count(text: &str, n: i64) -> Option<(i64, &str)> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if let Some(rest) = text.strip_prefix('N') {
        let Some(less) = rest.strip_prefix('-').filter(|less| digits(less) > 0) else {
            return Some((n, rest));
        };
        let (less, rest) = less.split_at(digits(less));
        return Some((n - less.parse::<i64>().ok()?, rest));
    }
    let (number, rest) = text.split_at(digits(text));
    Some((number.parse().ok()?, rest))
}

/// What only the sender knows of a template: that it carries a one-time password (Cloud API: authentication templates).
#[test]
fn a_one_time_password_has_fifteen_characters_at_most() {
    let check = |length: usize| {
        Content::Template(Template::authentication("login_code", "en", "1".repeat(length))).check(None)
    };
    assert_eq!(check(15), Ok(()));
    let error = check(16).unwrap_err();
    assert_eq!(
        (error.field.as_str(), error.limit, error.actual),
        ("template.components[0].parameters[0].text", Some(15), Some(16))
    );
}
