use proptest::prelude::*;
use serde_json::json;

use super::*;

mod odd;

fn messages_body(value: Value) -> Vec<u8> {
    let mut value = value;
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({"display_phone_number": "447700900555", "phone_number_id": "330000000000202"});
    json!({"object":"whatsapp_business_account","entry":[{"id":"220000000000101","changes":[
        {"field":"messages","value":value}]}]})
    .to_string()
    .into_bytes()
}

fn one(message: Value) -> InboundMessage {
    let mut message = message;
    let object = message.as_object_mut().unwrap();
    object.entry("from").or_insert(json!("447700900123"));
    object.entry("from_user_id").or_insert(json!("GB.91827364550192"));
    object.entry("id").or_insert(json!("wamid.IN01"));
    object.entry("timestamp").or_insert(json!("1790000010"));
    let mut envelope = parse(&messages_body(json!({"messages":[message]}))).unwrap();
    assert_eq!(envelope.problems, Vec::<String>::new());
    envelope
        .entries
        .remove(0)
        .changes
        .remove(0)
        .value
        .messages
        .remove(0)
}

#[test]
fn text_with_quote_and_contact() {
    let body = messages_body(json!({
        "contacts":[{"profile":{"name":"Ana Lima","username":"ana.lima"},"wa_id":"447700900123","user_id":"GB.91827364550192"}],
        "messages":[{"from":"447700900123","id":"wamid.IN01","timestamp":"1790000010","type":"text",
            "context":{"from":"447700900555","id":"wamid.OUT01"},"text":{"body":"Yes please 👍"}}]}));
    let envelope = parse(&body).unwrap();
    let (waba, change) = envelope.changes().next().unwrap();
    assert_eq!(waba, Some("220000000000101"));
    assert_eq!(change.field.as_deref(), Some("messages"));
    assert_eq!(
        change.value.metadata.as_ref().unwrap().phone_number_id.as_deref(),
        Some("330000000000202")
    );
    assert_eq!(change.value.contacts[0].username.as_deref(), Some("ana.lima"));
    let message = &change.value.messages[0];
    assert_eq!(message.timestamp, Some(1_790_000_010));
    assert_eq!(message.text(), Some("Yes please 👍"));
    assert_eq!(
        message.context.as_ref().unwrap().id.as_ref().unwrap().as_str(),
        "wamid.OUT01"
    );
    assert_eq!(message.raw["text"]["body"], "Yes please 👍");
}

#[test]
fn every_type_has_content_and_a_preview() {
    for (message, preview) in [
        (json!({"type":"text","text":{"body":"two\nlines"}}), "two lines"),
        (
            json!({"type":"image","image":{"id":"1","caption":"receipt"}}),
            "📷 receipt",
        ),
        (json!({"type":"image","image":{"id":"1"}}), "📷 Photo"),
        (
            json!({"type":"audio","audio":{"id":"1","voice":true}}),
            "🎤 Voice message",
        ),
        (
            json!({"type":"document","document":{"id":"1","filename":"cv.pdf"}}),
            "📄 cv.pdf",
        ),
        (
            json!({"type":"sticker","sticker":{"id":"1","animated":false}}),
            "Sticker",
        ),
        (json!({"type":"video","video":{"id":"1"}}), "🎬 Video"),
        (
            json!({"type":"location","location":{"latitude":"51.5","longitude":-0.1,"name":"Wheel"}}),
            "📍 Wheel",
        ),
        (
            json!({"type":"contacts","contacts":[{"name":{"formatted_name":"Bo Li"},"phones":[{"phone":"+44"}]}]}),
            "👤 Bo Li",
        ),
        (
            json!({"type":"reaction","reaction":{"message_id":"wamid.OUT01","emoji":"❤️"}}),
            "Reacted ❤️",
        ),
        (
            json!({"type":"reaction","reaction":{"message_id":"wamid.OUT01","emoji":""}}),
            "Removed a reaction",
        ),
        (
            json!({"type":"button","button":{"payload":"STOP_PROMO","text":"Stop promotions"}}),
            "Stop promotions",
        ),
        (
            json!({"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"yes","title":"Yes"}}}),
            "Yes",
        ),
        (
            json!({"type":"interactive","interactive":{"type":"list_reply","list_reply":{"id":"s","title":"10:30"}}}),
            "10:30",
        ),
        (
            json!({"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{}"}}}),
            "Sent",
        ),
        (
            json!({"type":"order","order":{"catalog_id":"4","product_items":[{"product_retailer_id":"S","quantity":"2","item_price":12.5,"currency":"GBP"}]}}),
            "🛒 Order, 1 item",
        ),
        (
            json!({"type":"system","system":{"type":"user_changed_number","body":"User A changed","wa_id":"447700900124"}}),
            "User A changed",
        ),
        (
            json!({"type":"edit","edit":{"original_message_id":"wamid.IN01","message":{"type":"text","text":{"body":"No thanks"}}}}),
            "Edited: No thanks",
        ),
        (
            json!({"type":"revoke","revoke":{"original_message_id":"wamid.IN05"}}),
            "Deleted a message",
        ),
        (
            json!({"type":"unsupported","errors":[{"code":131051,"title":"Message type unknown"}],"unsupported":{"type":"poll_creation"}}),
            "Unsupported message",
        ),
    ] {
        let read = one(message.clone());
        assert_eq!(read.preview(), preview, "{message}");
        assert_ne!(read.content, InboundContent::Unknown, "{message}");
    }
    let InboundContent::Order(order) =
        one(json!({"type":"order","order":{"product_items":[{"item_price":12.50}]}})).content
    else {
        panic!("not an order")
    };
    assert_eq!(order.items[0].item_price.as_deref(), Some("12.5"));
}

#[test]
fn timestamps_of_every_kind() {
    for value in [
        json!("1790000010"),
        json!(1_790_000_010),
        json!("1790000010123"),
        json!(1_790_000_010_123_i64),
    ] {
        let message = one(json!({"type":"text","text":{"body":"x"},"timestamp":value}));
        assert_eq!(message.timestamp, Some(1_790_000_010));
    }
}

#[test]
fn statuses() {
    let body = messages_body(json!({"statuses":[
        {"id":"wamid.OUT01","status":"sent","timestamp":"1790000001","recipient_id":"447700900123",
         "recipient_user_id":"GB.91827364550192","biz_opaque_callback_data":"m-1",
         "conversation":{"id":"6b","expiration_timestamp":"1790086500","origin":{"type":"utility"}},
         "pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"utility"}},
        {"id":"wamid.OUT08","status":"failed","timestamp":1790000050,"errors":[{"code":"131026",
         "title":"Message undeliverable","error_data":{"details":"Message Undeliverable."},"href":"/x"}]},
        {"id":"wacid.1","type":"call","status":"RINGING"}]}));
    let envelope = parse(&body).unwrap();
    assert!(envelope.problems.is_empty(), "{:?}", envelope.problems);
    let statuses = &envelope.entries[0].changes[0].value.statuses;
    assert_eq!(statuses[0].status, StatusKind::Sent);
    assert_eq!(statuses[0].callback_data.as_deref(), Some("m-1"));
    assert_eq!(
        statuses[0].pricing.as_ref().unwrap().category.as_deref(),
        Some("utility")
    );
    assert_eq!(
        statuses[0].conversation.as_ref().unwrap().origin.as_deref(),
        Some("utility")
    );
    assert_eq!(statuses[1].errors[0].code, Some(131_026));
    assert_eq!(
        statuses[1].errors[0].details.as_deref(),
        Some("Message Undeliverable.")
    );
    assert_eq!(statuses[2].kind.as_deref(), Some("call"));
}

#[test]
fn one_bad_part_does_not_hide_the_rest() {
    let body = messages_body(json!({"messages":[
        17,
        {"id":"wamid.IN1","from":"447700900123","timestamp":"1","type":"text","text":"no object"},
        {"id":"wamid.IN2","from":"447700900123","timestamp":"1","type":"hologram","hologram":{}},
        {"id":"wamid.IN3","from":"447700900123","timestamp":"1","type":"text","text":{"body":"good"}}],
        "statuses":{"not":"a list"}}));
    let envelope = parse(&body).unwrap();
    let value = &envelope.entries[0].changes[0].value;
    assert_eq!(value.messages.len(), 3);
    assert_eq!(value.messages[2].text(), Some("good"));
    assert_eq!(value.messages[1].kind, "hologram");
    assert_eq!(envelope.problems.len(), 4, "{:?}", envelope.problems);
}

#[test]
fn echoes_and_history() {
    let wrap = |field: &str, value: Value| {
        let body = json!({"entry":[{"id":"1","changes":[{"field":field,"value":value}]}]}).to_string();
        parse(body.as_bytes())
            .unwrap()
            .entries
            .remove(0)
            .changes
            .remove(0)
            .value
    };
    let message =
        json!({"from":"1","to":"2","id":"wamid.EC01","timestamp":"1","type":"text","text":{"body":"x"}});
    assert_eq!(
        wrap("smb_message_echoes", json!({"message_echoes":[message]}))
            .echoes
            .len(),
        1
    );
    assert_eq!(
        wrap("smb_message_echoes", json!({"messages":[message]}))
            .echoes
            .len(),
        1
    );
    let value = wrap(
        "history",
        json!({"messages":[message],"history":[
        {"threads":[{"id":"44","messages":[message]}]},{"errors":[{"code":2593109}]}]}),
    );
    assert_eq!((value.history.len(), value.messages.len()), (2, 0));
    assert_eq!(value.history[1].thread.as_deref(), Some("44"));
    assert_eq!(value.errors[0].code, Some(2_593_109));
}

#[test]
fn odd_bodies() {
    assert!(parse(b"").is_err());
    assert!(parse(b"<html>").is_err());
    for body in [
        "null",
        "[]",
        "17",
        "{}",
        r#"{"entry":{}}"#,
        r#"{"entry":[1,{"changes":7},{"changes":[3,{}]}]}"#,
    ] {
        assert!(!parse(body.as_bytes()).unwrap().problems.is_empty(), "{body}");
    }
    let page = parse(
        br#"{"object":"page","entry":[{"id":"1","changes":[{"field":"feed","value":{"messages":[{}]}}]}]}"#,
    );
    assert!(page.unwrap().entries.is_empty());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z_]{0,12}|\\PC{0,8}".prop_map(Value::from),
    ];
    let keys = prop::sample::select(vec![
        "object",
        "entry",
        "changes",
        "field",
        "value",
        "messages",
        "statuses",
        "contacts",
        "type",
        "text",
        "body",
        "id",
        "timestamp",
        "errors",
        "history",
        "threads",
        "message_echoes",
        "edit",
        "message",
        "interactive",
        "metadata",
        "context",
    ]);
    leaf.prop_recursive(8, 128, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(keys.clone(), inner, 0..6)
                .prop_map(|m| Value::Object(m.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn survives_any_json(value in any_json()) {
        let nested = json!({"entry":[{"changes":[{"field":"messages","value":{"messages":[value],"statuses":[value]}},value]},value]});
        for body in [value.to_string(), nested.to_string()] {
            let envelope = parse(body.as_bytes()).unwrap();
            for (_, change) in envelope.changes() {
                for message in &change.value.messages {
                    prop_assert!(message.preview().chars().count() <= 201);
                }
            }
        }
    }
}

/// Runs over a folder of real bodies when one is named, and prints what was read as JSON lines.
#[test]
fn folder_of_bodies() {
    let Ok(folder) = std::env::var("CLOUD_API_BODIES") else {
        return;
    };
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|f| f.unwrap().path())
        .collect();
    files.sort();
    let mut out = String::new();
    for file in files {
        let body = std::fs::read(&file).unwrap();
        let mut row = json!({"file": file.display().to_string(), "fields": [], "messages": [], "statuses": [], "echoes": [], "history": []});
        if let Ok(envelope) = parse(&body) {
            let mut push = |key: &str, value: Value| row[key].as_array_mut().unwrap().push(value);
            for (_, change) in envelope.changes() {
                push("fields", json!(change.field));
                let key = |m: &InboundMessage| json!([m.id, m.kind, m.from, m.timestamp, m.text()]);
                change
                    .value
                    .messages
                    .iter()
                    .for_each(|m| push("messages", key(m)));
                change.value.echoes.iter().for_each(|m| push("echoes", key(m)));
                change
                    .value
                    .history
                    .iter()
                    .for_each(|m| push("history", key(&m.message)));
                change.value.statuses.iter().for_each(|s| {
                    let codes: Vec<_> = s.errors.iter().map(|e| e.code).collect();
                    push(
                        "statuses",
                        json!([s.id, s.status.as_str(), s.recipient_id, codes]),
                    );
                });
            }
            row["problems"] = json!(envelope.problems);
        }
        out.push_str(&row.to_string());
        out.push('\n');
    }
    std::fs::write(std::env::var("CLOUD_API_BODIES_OUT").unwrap(), out).unwrap();
}

#[test]
fn what_a_person_wrote_opens_the_window() {
    let read = |message: Value| {
        let mut envelope = parse(&messages_body(json!({"messages": [message]}))).unwrap();
        let message = envelope
            .entries
            .remove(0)
            .changes
            .remove(0)
            .value
            .messages
            .remove(0);
        (message.is_written(), message.opens_window())
    };
    let (both, neither) = ((true, true), (false, false));
    for (message, expected) in [
        (json!({"type": "text", "text": {"body": "x"}}), both),
        (json!({"type": "image", "image": {"id": "1"}}), both),
        (json!({"type": "button", "button": {"text": "Yes"}}), both),
        (json!({"type": "order", "order": {}}), both),
        (json!({"type": "hologram", "hologram": {}}), both),
        (
            json!({"type": "unsupported", "errors": [{"code": 131_051}]}),
            both,
        ),
        (json!({"type": "unknown", "errors": [{"code": 501}]}), both),
        (json!({"errors": [{"code": 501}]}), both),
        (
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {}}}),
            both,
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response_source": "user_action"}}}),
            both,
        ),
        (
            json!({"type": "interactive", "interactive": {"type": "call_permission_reply", "call_permission_reply": {"response_source": "automatic"}}}),
            neither,
        ),
        (
            json!({"type": "text", "group_id": "Y2Fw", "text": {"body": "x"}}),
            (true, false),
        ),
        (
            json!({"type": "errors", "errors": [{"code": 131_000}]}),
            (true, false),
        ),
        (
            json!({"type": "system", "system": {"type": "user_changed_number"}}),
            neither,
        ),
        (
            json!({"type": "system", "system": {"type": "customer_identity_changed"}}),
            neither,
        ),
        (
            json!({"type": "system", "system": {"type": "user_changed_user_id"}}),
            neither,
        ),
        (json!({"type": "system"}), neither),
        (
            json!({"type": "reaction", "reaction": {"message_id": "wamid.1", "emoji": "x"}}),
            neither,
        ),
        (json!({"type": "reaction", "reaction": {}}), neither),
        (json!({"type": "edit", "edit": {}}), neither),
        (json!({"type": "revoke", "revoke": {}}), neither),
        (json!({"type": "request_welcome"}), neither),
    ] {
        assert_eq!(read(message.clone()), expected, "{message}");
    }
}
