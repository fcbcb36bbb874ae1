//! Values of a template's variables, in the form in which they are sent.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on is a failure")]

use std::collections::BTreeMap;

use cloud_api::template::render::{Source, fill};
use serde_json::{Value, json};

fn filled(value: &str) -> Option<String> {
    let template = json!({"name": "n", "language": "en", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order {{1}} is packed.", "example": {"body_text": [["A-77"]]}}]});
    let value: Value = serde_json::from_str(value).unwrap();
    let values = BTreeMap::from([("body_1".to_owned(), value)]);
    fill(Source::of(&template), &values).ok().map(|it| it.shown.body)
}

/// A number is said as it was given, or not at all: JSON's larger and broken ones are read as something near them.
#[test]
fn numbers_are_said_as_they_were_given() {
    for (value, said) in [
        ("7", "7"),
        ("-12", "-12"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        assert_eq!(filled(value), Some(format!("Your order {said} is packed.")));
    }
    for value in ["1.10", "1000.0", "12345678901234567890123", "1e3", "true", "[]"] {
        assert_eq!(filled(value), None, "{value}");
    }
}
