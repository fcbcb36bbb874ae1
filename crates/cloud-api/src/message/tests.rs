use serde_json::json;

use super::*;

fn phone() -> Recipient {
    Recipient::parse("+44 7700 900123").unwrap()
}

fn invalid(content: Content) -> Invalid {
    SendMessage::new(phone(), content).validate().unwrap_err()
}

#[test]
fn text_on_the_wire() {
    let mut message = SendMessage::new(
        phone(),
        Content::Text {
            body: "Hello".into(),
            preview_url: false,
        },
    );
    message.callback_data = Some("m-1".into());
    message.validate().unwrap();
    assert_eq!(
        message.to_json(),
        json!({"messaging_product":"whatsapp","recipient_type":"individual","to":"447700900123","type":"text",
               "text":{"preview_url":false,"body":"Hello"},"biz_opaque_callback_data":"m-1"})
    );
}

#[test]
fn image_with_quote_on_the_wire() {
    let content = Content::Image {
        source: MediaSource::Id("550000000000505".into()),
        caption: Some("Here".into()),
    };
    let mut message = SendMessage::new(phone(), content);
    message.reply_to = Some("wamid.IN01".into());
    assert_eq!(
        message.to_json(),
        json!({"messaging_product":"whatsapp","recipient_type":"individual","to":"447700900123",
               "context":{"message_id":"wamid.IN01"},"type":"image",
               "image":{"id":"550000000000505","caption":"Here"}})
    );
}

#[test]
fn a_bsuid_never_goes_into_to() {
    let content = Content::Template {
        name: "visit_us".into(),
        language: "en_US".into(),
        components: vec![json!({"type":"body","parameters":[
            {"type":"text","parameter_name":"first_name","text":"Kai"}]})],
    };
    let message = SendMessage::new(Recipient::parse("GB.55500011122233").unwrap(), content);
    let body = message.to_json();
    assert_eq!(body["recipient"], "GB.55500011122233");
    assert!(body.get("to").is_none());
    assert_eq!(body["template"]["language"], json!({"code": "en_US"}));
    message.validate().unwrap();
}

#[test]
fn limits_name_field_limit_and_length() {
    let error = invalid(Content::Text {
        body: "é".repeat(4097),
        preview_url: false,
    });
    assert_eq!(
        (error.field.as_str(), error.limit, error.actual),
        ("text.body", Some(4096), Some(4097))
    );
    let source = || MediaSource::Link("https://shop.example/a.jpg".into());
    let error = invalid(Content::Image {
        source: source(),
        caption: Some("x".repeat(1025)),
    });
    assert_eq!((error.field.as_str(), error.limit), ("image.caption", Some(1024)));
    for link in [
        "",
        "ftp://shop.example/a",
        "shop.example/a.jpg",
        "data:image/png;base64,AA",
    ] {
        let error = invalid(Content::Image {
            source: MediaSource::Link(link.into()),
            caption: None,
        });
        assert_eq!(error.field, "image.link", "{link}");
    }
    let error = invalid(Content::Location {
        latitude: 91.0,
        longitude: 0.0,
        name: None,
        address: None,
    });
    assert_eq!(error.field, "location.latitude");
    let template = |name: &str, text: &str| Content::Template {
        name: name.into(),
        language: "en".into(),
        components: vec![json!({"type":"body","parameters":[{"type":"text","text":text}]})],
    };
    assert_eq!(invalid(template("Big Name", "x")).field, "template.name");
    assert_eq!(
        invalid(template("ok", "a\nb")).field,
        "template.components[0].parameters[0].text"
    );
    assert_eq!(
        invalid(template("ok", "")).field,
        "template.components[0].parameters[0].text"
    );

    let mut message = SendMessage::new(
        phone(),
        Content::Text {
            body: "x".into(),
            preview_url: false,
        },
    );
    message.callback_data = Some("x".repeat(513));
    assert_eq!(message.validate().unwrap_err().field, "biz_opaque_callback_data");
}
