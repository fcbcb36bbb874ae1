use proptest::prelude::*;
use serde_json::json;

use super::*;

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

fn one_text(rest: &str) -> String {
    let text = r#"{"from":"447700900123","id":"wamid.IN1","timestamp":"1790000010","type":"text","text":{"body":"good"}}"#;
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"220000000000101","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"330000000000202"}},"messages":[{text}{rest}]}}}}]}}]}}"#
    )
}

fn texts(body: &[u8]) -> Vec<String> {
    let envelope = parse(body).unwrap_or_else(|error| panic!("{}: {error}", String::from_utf8_lossy(body)));
    let messages = envelope.changes().flat_map(|(_, change)| &change.value.messages);
    messages
        .map(|message| message.text().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn what_strict_json_refuses_costs_no_message() {
    let deep = format!(",{{\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (rest, more) in [
        (
            r#",{"type":"text","text":{"body":"Zo\u00eb \ud83d"}}"#,
            Some("Zoë \u{fffd}"),
        ),
        (
            r#",{"type":"text","text":{"body":"\udc4d\ud83d"}}"#,
            Some("\u{fffd}\u{fffd}"),
        ),
        (
            r#",{"\ud83d":1,"type":"text","text":{"body":"key"}}"#,
            Some("key"),
        ),
        (
            r#",{"x":1e400,"type":"text","text":{"body":"number"}}"#,
            Some("number"),
        ),
        (
            r#",{"x":-0,"y":123456789012345678901234567890,"type":"text","text":{"body":"odd"}}"#,
            Some("odd"),
        ),
        (
            r#",{"timestamp":1e400,"type":"text","text":{"body":"time"}}"#,
            Some("time"),
        ),
        (
            r#",{"type":"text","type":"text","text":{"body":"a"},"text":{"body":"b"}}"#,
            Some("b"),
        ),
        (deep.as_str(), Some("")),
        ("", None),
    ] {
        let body = one_text(rest);
        let expected: Vec<&str> = std::iter::once("good").chain(more).collect();
        assert_eq!(texts(body.as_bytes()), expected, "{rest:.80}");
        assert_eq!(texts(format!("\u{feff}{body}").as_bytes()), expected);
        assert_eq!(texts(format!("{body}\0\0 \n{{}}").as_bytes()), expected);
        let mut bytes = body.into_bytes();
        let at = bytes.windows(4).position(|window| window == b"good").unwrap();
        bytes[at] = 0xff;
        assert_eq!(texts(&bytes)[0], "\u{fffd}ood");
    }
}

#[test]
fn large_whole_numbers_keep_their_digits() {
    let id = "123456789012345678901234567890";
    let body = one_text(&format!(
        r#",{{"id":{id},"from":447700900124,"timestamp":1790000010.0,"type":"text","text":{{"body":"x"}}}}"#
    ));
    let envelope = parse(body.as_bytes()).unwrap();
    let message = &envelope.entries[0].changes[0].value.messages[1];
    assert_eq!(message.id.as_ref().unwrap().as_str(), id);
    assert_eq!(message.from.as_deref(), Some("447700900124"));
    assert_eq!(message.timestamp, Some(1_790_000_010));
}

#[test]
fn a_thousand_items_of_all_kinds_are_read_and_the_rest_is_counted() {
    let many = |count: usize| vec![json!({"id": "wamid.X"}); count];
    let items = |envelope: &Envelope| -> usize {
        let of = |change: &Change| {
            let value = &change.value;
            let here = value.messages.len()
                + value.statuses.len()
                + value.errors.len()
                + value.history.len()
                + value.echoes.len();
            here.max(1)
        };
        envelope.changes().map(|(_, change)| of(change)).sum()
    };
    let read = |value: Value| parse(&messages_body(value)).unwrap();
    let whole = read(json!({"messages": many(400), "statuses": many(600), "contacts": many(1_000)}));
    assert_eq!((items(&whole), whole.left_out), (ITEMS, 0));
    let over = read(json!({"messages": many(700), "statuses": many(700), "errors": many(700)}));
    assert_eq!((items(&over), over.left_out), (ITEMS, 1_100));
    let people = read(json!({"messages": many(1), "contacts": many(1_500)}));
    assert_eq!(
        (people.entries[0].changes[0].value.contacts.len(), people.left_out),
        (ITEMS, 500)
    );
    let changes = |count: usize, value: &Value| {
        let change = json!({"field": "messages", "value": value});
        let body = json!({"entry": [{"id": "1", "changes": vec![change; count]}]}).to_string();
        parse(body.as_bytes()).unwrap()
    };
    let one_each = json!({"messages": many(1), "contacts": many(1)});
    assert_eq!(
        (
            items(&changes(1_000, &one_each)),
            changes(1_000, &one_each).left_out
        ),
        (ITEMS, 0)
    );
    assert_eq!(
        (
            items(&changes(1_001, &one_each)),
            changes(1_001, &one_each).left_out
        ),
        (ITEMS, 1)
    );
    assert_eq!(
        (
            items(&changes(1_500, &json!({}))),
            changes(1_500, &json!({})).left_out
        ),
        (ITEMS, 500)
    );
    let history = json!({"history": [{"threads": [{"id": "1", "messages": many(600)}, {"id": "2", "messages": many(600)}]}]});
    let body = json!({"entry": [{"changes": [{"field": "history", "value": history}]}]}).to_string();
    let history = parse(body.as_bytes()).unwrap();
    assert_eq!((items(&history), history.left_out), (ITEMS, 200));
    let preferences = json!({"user_preferences": many(1_200)});
    let body =
        json!({"entry": [{"changes": [{"field": "user_preferences", "value": preferences}]}]}).to_string();
    let preferences = parse(body.as_bytes()).unwrap();
    let Some(Update::Preferences(all)) = &preferences.entries[0].changes[0].value.update else {
        panic!("no preferences")
    };
    assert_eq!((all.len(), preferences.left_out), (ITEMS, 200));
}

/// Very many of the smallest values, wherever they stand, become no tree. What a million takes is measured in `tests/`.
#[test]
fn very_many_of_anything_anywhere_are_counted_only() {
    for element in ["{}", "17", "\"\"", "[]", "{\"a\":1}"] {
        let list = format!("[{}]", vec![element; 200_000].join(","));
        let value = |key: &str| {
            format!(
                r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"{key}":{list}}}}}]}}]}}"#
            )
        };
        let mut bodies = vec![
            format!(r#"{{"entry":{list}}}"#),
            format!(r#"{{"entry":[{{"id":"1","changes":{list}}}]}}"#),
            value("messages"),
            value("statuses"),
            value("contacts"),
            value("errors"),
            value("history"),
            value("message_echoes"),
        ];
        bodies.push(one_text(&format!(r#",{{"id":"wamid.L","from":"1","x":{list}}}"#)));
        for body in bodies {
            let envelope = parse(body.as_bytes()).unwrap();
            assert!(envelope.left_out > 0, "{body:.120}");
            let changes: usize = envelope.entries.iter().map(|entry| entry.changes.len()).sum();
            assert!(envelope.entries.len() <= ITEMS && changes <= ITEMS);
            for (_, change) in envelope.changes() {
                let value = &change.value;
                assert!(
                    value.messages.len() + value.statuses.len() + value.errors.len() + value.history.len()
                        <= ITEMS
                );
            }
        }
        let unknown = parse(value("future").as_bytes()).unwrap();
        assert_eq!(
            (unknown.left_out, unknown.entries[0].changes[0].tree()),
            (0, None)
        );
        assert_eq!(
            texts(one_text(&format!(r#",{{"id":"wamid.L","x":{list}}}"#)).as_bytes())[0],
            "good"
        );
    }
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
