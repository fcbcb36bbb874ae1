//! Bodies that strict JSON refuses, and very large ones.

use super::*;

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
