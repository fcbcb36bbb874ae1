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
            "header.1",
            "body.2",
            "body.1",
            "offer",
            "buttons[0]",
            "buttons[1]",
            "cards[0].header",
            "cards[0].body.1"
        ]
    );
    let slots: Vec<&str> = problems
        .iter()
        .filter_map(|problem| problem.slot.as_deref())
        .collect();
    assert_eq!(slots.len(), problems.len());
    assert!(
        problems
            .iter()
            .all(|problem| problem.rule == RenderRule::ParamMissing)
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

/// Templates of many shapes, some of which Meta would not take.
fn any_template() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("Hello {{1}}, it is {{2}} today.".to_owned()),
        Just("{{2}} before {{1}}, and {{1}} again".to_owned()),
        Just("Dear {{first_name}}, see you {{day}}.".to_owned()),
        Just("Nothing to fill in.".to_owned()),
        Just("Broken {{1} and {{}} here".to_owned()),
        "[a-z {}1]{0,30}",
    ];
    let header = prop_oneof![
        Just(None),
        Just(Some(
            json!({"type": "HEADER", "format": "TEXT", "text": "About {{1}}"})
        )),
        prop::sample::select(vec!["IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF"])
            .prop_map(|format| Some(json!({"type": "HEADER", "format": format}))),
    ];
    let button = prop_oneof![
        Just(json!({"type": "QUICK_REPLY", "text": "Yes"})),
        Just(json!({"type": "URL", "text": "Go", "url": "https://shop.example/{{1}}"})),
        Just(json!({"type": "URL", "text": "Go", "url": "https://shop.example/"})),
        Just(json!({"type": "COPY_CODE", "text": "Copy"})),
        Just(json!({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+447700900123"})),
    ];
    let extra = prop_oneof![
        Just(None),
        Just(Some(
            json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon", "has_expiration": true}})
        )),
        Just(Some(json!({"type": "CAROUSEL", "cards": [
            {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "One {{1}}."}]},
            {"components": [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Two."}]}]}))),
    ];
    let category = prop::sample::select(vec!["UTILITY", "MARKETING", "AUTHENTICATION"]);
    (header, text, prop::collection::vec(button, 0..4), extra, category).prop_map(
        |(header, text, buttons, extra, category)| {
            let mut components: Vec<Value> = header.into_iter().collect();
            components.push(json!({"type": "BODY", "text": text}));
            components.extend(extra);
            if !buttons.is_empty() {
                components.push(json!({"type": "BUTTONS", "buttons": buttons}));
            }
            json!({"category": category, "components": components})
        },
    )
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => "[a-zA-Z0-9 ]{1,20}".prop_map(Value::from),
        1 => "[ \n\ta{}é]{0,12}".prop_map(Value::from),
        1 => "a{55,70}".prop_map(Value::from),
        1 => "b{1000,1100}".prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        2 => Just(json!({"link": "https://shop.example/a.jpg"})),
        1 => Just(json!({"id": "77"})),
        1 => Just(json!({"link": "no address"})),
        1 => Just(json!({"latitude": 51.5, "longitude": -0.12, "name": "Shop", "address": "1 High St"})),
        1 => Just(json!({"latitude": 151.5, "longitude": "x", "name": "Shop", "address": "1 High St"})),
        1 => Just(json!(null)),
        1 => Just(json!([true])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever is filled can be shown and sent as it is; what cannot be filled is named by slots of the template.
    #[test]
    fn what_is_filled_can_be_shown_and_sent(
        template in any_template(),
        values in prop::collection::vec(any_value(), 12),
    ) {
        let source = Source::of(&template);
        let slots = slots(source);
        let values: BTreeMap<String, Value> = slots.iter().map(|slot| slot.key.clone()).zip(values).collect();
        let attempt = attempt(source, &values);
        match fill(source, &values) {
            Ok(filled) => {
                prop_assert_eq!(show(source, &filled.components), Ok(filled.shown.clone()));
                prop_assert_eq!(&filled.shown, &attempt.shown);
                let wire = json!({"name": "t", "language": {"code": "en"}, "components": filled.components});
                let content = crate::message::Content::parse("template", &wire).unwrap();
                prop_assert!(content.check(None).is_ok());
                // What leaves is what was filled.
                prop_assert_eq!(&content.wire()["components"].as_array().cloned().unwrap_or_default().len(), &filled.components.len());
            }
            Err(problems) => {
                prop_assert!(!problems.is_empty());
                for problem in &problems {
                    prop_assert!(problem.slot.iter().all(|slot| values.contains_key(slot) || slots.iter().any(|it| it.key == *slot)));
                    prop_assert!(!problem.english().is_empty());
                }
            }
        }
    }
}

#[test]
fn what_is_missing_shows_its_braces() {
    let template = template();
    let attempt = attempt(
        Source::of(&template),
        &values(&[("body_1", json!("nine")), ("body_2", json!("  "))]),
    );
    assert_eq!(attempt.shown.body, "Dear {{2}}, at nine we start.");
    assert_eq!(
        attempt.shown.header,
        Some(Header::Text {
            text: "Ride {{1}}".to_owned()
        })
    );
    assert_eq!(attempt.shown.cards[0].body, "Red {{1}}.");
    let missing: Vec<&str> = attempt
        .problems
        .iter()
        .filter_map(|it| it.slot.as_deref())
        .collect();
    assert!(missing.contains(&"body_2") && !missing.contains(&"body_1"));
}

#[test]
fn a_value_is_checked_by_itself() {
    let template = template();
    let wrong = |key: &str, value: Value| {
        let problems = check_value(Source::of(&template), key, &value);
        problems.first().map(|problem| problem.rule)
    };
    assert_eq!(wrong("body_1", json!("nine")), None);
    assert_eq!(
        wrong("body_1", json!("nine\n")),
        Some(RenderRule::ParamWhitespace)
    );
    assert_eq!(
        wrong("header_1", json!("x".repeat(61))),
        Some(RenderRule::HeaderTooLong)
    );
    assert_eq!(
        wrong("button_0", json!("x".repeat(16))),
        Some(RenderRule::ValueInvalid)
    );
    assert_eq!(
        wrong("card0_header_media", json!({"link": ""})),
        Some(RenderRule::HeaderMediaMissing)
    );
    assert_eq!(
        wrong("offer_until", json!("soon")),
        Some(RenderRule::ValueInvalid)
    );
}

#[test]
fn codes_are_as_they_are_written() {
    for rule in RenderRule::ALL {
        assert_eq!(json!(rule), json!(rule.code()));
    }
}
