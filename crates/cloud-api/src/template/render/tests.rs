use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn template() -> Value {
    json!({"name": "ride", "language": "en", "category": "MARKETING", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Ride {{1}}", "example": {"header_text": ["7"]}},
        {"type": "BODY", "text": "Dear {{2}}, at {{1}} we start.", "example": {"body_text": [["ten", "Ada"]]}},
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon", "has_expiration": true}},
        {"type": "BUTTONS", "buttons": [
            {"type": "COPY_CODE", "example": "RIDE5"},
            {"type": "URL", "text": "Book", "url": "https://rides.example/{{1}}", "example": ["https://rides.example/9"]}]},
        {"type": "CAROUSEL", "cards": [{"components": [
            {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Red {{1}}."}]}]}]})
}

fn values(pairs: &[(&str, Value)]) -> BTreeMap<String, Value> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), value.clone()))
        .collect()
}

#[test]
fn slots_come_in_the_order_of_the_phone() {
    let keys: Vec<String> = slots(Source::of(&template()))
        .into_iter()
        .map(|slot| slot.key)
        .collect();
    assert_eq!(
        keys,
        [
            "header_1",
            "body_2",
            "body_1",
            "offer_until",
            "button_0",
            "button_1",
            "card0_header_media",
            "card0_body_1"
        ]
    );
}

#[test]
fn filled_slots_make_the_components() {
    let template = template();
    let filled = fill(
        Source::of(&template),
        &values(&[
            ("header_1", json!("8")),
            ("body_1", json!("nine")),
            ("body_2", json!("Bo")),
            ("offer_until", json!(1_900_000_000_000_i64)),
            ("button_0", json!("RIDE9")),
            ("button_1", json!("3")),
            ("card0_header_media", json!({"id": "77"})),
            ("card0_body_1", json!("one")),
            ("unknown", json!("is ignored")),
        ]),
    )
    .unwrap();
    assert_eq!(filled.shown.body, "Dear Bo, at nine we start.");
    assert_eq!(
        filled.shown.buttons[1].url.as_deref(),
        Some("https://rides.example/3")
    );
    assert_eq!(filled.shown.cards[0].body, "Red one.");
    assert_eq!(
        filled.components[1],
        json!({"type": "body", "parameters": [{"type": "text", "text": "nine"}, {"type": "text", "text": "Bo"}]})
    );
    let sent = crate::message::Content::parse(
        "template",
        &json!({"name": "ride", "language": {"code": "en"}, "components": filled.components}),
    );
    assert!(sent.is_ok(), "{sent:?}");
}

#[test]
fn everything_that_is_missing_is_named() {
    let template = template();
    let problems = fill(Source::of(&template), &BTreeMap::new()).unwrap_err();
    let at: Vec<&str> = problems.iter().map(|problem| problem.at.as_str()).collect();
    assert_eq!(
        at,
        [
            "header",
            "body",
            "buttons[0]",
            "buttons[1]",
            "offer",
            "cards[0].header",
            "cards[0].body"
        ]
    );
}

#[test]
fn a_preview_never_fails() {
    let shown = preview(Source::of(&template()));
    assert_eq!(shown.body, "Dear Ada, at ten we start.");
    assert_eq!(shown.buttons[1].url.as_deref(), Some("https://rides.example/9"));
    assert_eq!(shown.cards[0].body, "Red {{1}}.");
    assert_eq!(preview(Source::of(&json!(7))), Shown::default());
}

proptest! {
    /// Whatever the values are, each appears once, where its variable was, and nothing else changes.
    #[test]
    fn values_are_put_in_once(values in prop::collection::vec("[a-z{}$\\\\0-9]{1,8}", 3)) {
        let template = json!({"components": [{"type": "BODY", "text": "a {{1}} b {{3}} c {{2}} d"}]});
        let parameters: Vec<Value> = values.iter().map(|value| json!({"type": "text", "text": value})).collect();
        let shown = show(Source::of(&template), &[json!({"type": "body", "parameters": parameters})]).unwrap();
        prop_assert_eq!(shown.body, format!("a {} b {} c {} d", values[0], values[2], values[1]));
    }
}
