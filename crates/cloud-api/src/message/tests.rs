use proptest::prelude::*;
use serde_json::json;

use super::{
    template::{ButtonAction, Category, Component, HeaderParameter},
    *,
};

fn phone() -> Recipient {
    Recipient::parse("+44 7700 900123").unwrap()
}

/// The bodies of appendix B, one a line.
const GOLDEN: &str = include_str!("golden.jsonl");

fn golden() -> Vec<Value> {
    GOLDEN
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_golden_bodies_are_read_and_written_alike() {
    for mut body in golden() {
        let message = SendMessage::from_json(&body).unwrap();
        message.validate().unwrap();
        // WhatsApp's default is always written.
        body["recipient_type"] = json!("individual");
        if body["type"] == "text" {
            assert_eq!(body["text"]["preview_url"], false);
        }
        assert_eq!(message.to_json(), body);
    }
}

#[test]
fn a_read_receipt_may_say_that_somebody_types() {
    let mut receipt = ReadReceipt {
        message_id: "wamid.IN01".into(),
        typing: true,
    };
    assert_eq!(
        receipt.to_json(),
        json!({"messaging_product":"whatsapp","status":"read","message_id":"wamid.IN01","typing_indicator":{"type":"text"}})
    );
    receipt.typing = false;
    assert!(receipt.to_json().get("typing_indicator").is_none());
}

#[test]
fn a_bsuid_never_goes_into_to_and_gets_no_passwords() {
    let person = Recipient::parse("GB.55500011122233").unwrap();
    let message = SendMessage::new(
        person.clone(),
        Content::Template(Template::new("visit_us", "en_US")),
    );
    let body = message.to_json();
    assert_eq!(body["recipient"], "GB.55500011122233");
    assert!(body.get("to").is_none());
    message.validate().unwrap();
    let password = Content::Template(Template::authentication("login_code", "en", "482913"));
    assert_eq!(
        SendMessage::new(person, password.clone())
            .validate()
            .unwrap_err()
            .field,
        "recipient"
    );
    SendMessage::new(phone(), password).validate().unwrap();
    let long = Template::authentication("login_code", "en", "1234567890123456");
    assert_eq!(long.category, Some(Category::Authentication));
    let error = SendMessage::new(phone(), Content::Template(long))
        .validate()
        .unwrap_err();
    assert_eq!((error.limit, error.actual), (Some(15), Some(16)));
}

#[test]
fn a_group_takes_text_and_files_only() {
    let group = Recipient::Group("120363000000000001".into());
    let message = SendMessage::new(group.clone(), Content::text("Hi"));
    message.validate().unwrap();
    assert_eq!(message.to_json()["recipient_type"], "group");
    let buttons = Content::Interactive(Box::new(Interactive::buttons("Hi", [("a", "A")])));
    assert_eq!(
        SendMessage::new(group, buttons).validate().unwrap_err().field,
        "type"
    );
}

#[test]
fn builders_make_what_the_wire_wants() {
    let template = Template::new("order_update", "en_GB")
        .with(Component::Header(HeaderParameter::text("A-77")))
        .with_body(["Ana", "A-77"])
        .with_button(0, ButtonAction::url("A-77"))
        .with_button(1, ButtonAction::quick_reply("STOP"));
    let content = Content::Template(template);
    content.check(None).unwrap();
    assert_eq!(
        content.wire()["components"][3],
        json!({"type":"button","sub_type":"quick_reply","index":"1","parameters":[{"type":"payload","payload":"STOP"}]})
    );
    let card = Content::Contacts(vec![Contact::named("Ana Lima").with_phone("+55 11 1", "WORK")]);
    card.check(None).unwrap();
    assert_eq!(card.wire()[0]["name"]["last_name"], "Lima");
}

#[test]
fn a_store_may_know_fields_that_a_caller_may_not_write() {
    let wire = json!({"body": "Hi", "of_tomorrow": 1});
    assert_eq!(Content::from_wire("text", &wire), Ok(Content::text("Hi")));
    let error = Content::parse("text", &wire).unwrap_err();
    assert_eq!(
        (error.field.as_str(), error.value.as_deref()),
        ("text.of_tomorrow", Some("1"))
    );
}

/// JSON of any shape, with the keys that matter here among them.
fn any_json() -> impl Strategy<Value = Value> {
    const KEYS: &[&str] = &[
        "type",
        "text",
        "body",
        "header",
        "footer",
        "action",
        "buttons",
        "sections",
        "rows",
        "reply",
        "id",
        "title",
        "name",
        "parameters",
        "components",
        "sub_type",
        "index",
        "cards",
        "language",
        "code",
        "image",
        "link",
        "card_index",
        "payload",
        "product_items",
    ];
    const WORDS: &[&str] = &[
        "button", "list", "header", "body", "text", "image", "carousel", "url", "flow", "reply", "cta_url",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(WORDS).prop_map(Value::from),
        ".{0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(KEYS), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_can_be_read_is_written_and_read_alike(value in any_json(), at in 0..11_usize) {
        let kinds = ["text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "interactive", "template"];
        if let Ok(content) = Content::from_wire(kinds[at], &value) {
            let _ = content.check(None);
            prop_assert_eq!(Content::parse(kinds[at], &content.wire()), Ok(content));
        }
    }

    #[test]
    fn a_golden_body_with_anything_in_it_never_panics(at in 0..6_usize, depth in 0..12_usize, put in any_json()) {
        let mut body = golden().swap_remove(at);
        let places = pointers(&body);
        let place = &places[depth % places.len()];
        *body.pointer_mut(place).unwrap() = put;
        if let Ok(message) = SendMessage::from_json(&body) {
            let _ = message.validate();
            prop_assert_eq!(SendMessage::from_json(&message.to_json()), Ok(message));
        }
    }
}

fn pointers(value: &Value) -> Vec<String> {
    let inside: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (at.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    let deeper = inside.into_iter().flat_map(|(key, value)| {
        pointers(value)
            .into_iter()
            .map(move |rest| format!("/{key}{rest}"))
    });
    std::iter::once(String::new()).chain(deeper).collect()
}
