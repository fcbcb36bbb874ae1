//! Content of templates: what webhooks tell of it, and the text that the search looks in.

use cloud_api::template::variables;
use contracts::messaging::{TemplateContent, TemplateContentButton};
use serde_json::{Map, Value, json};
use text::key::text_key;

/// Characters of a search key.
const SEARCHED: usize = 512;

/// Name and texts of a template as they are compared.
pub(super) fn search_key(name: &str, components: &[Value]) -> String {
    let mut texts = vec![name];
    texts.extend(components.iter().filter_map(|part| part.get("text")?.as_str()));
    text_key(&texts.join(" ")).chars().take(SEARCHED).collect()
}

/// The components with what a webhook tells of them. It tells texts, and of buttons perhaps links and phone numbers only.
pub(super) fn patched(mut components: Vec<Value>, told: &TemplateContent) -> Vec<Value> {
    if let Some(body) = &told.body {
        set_text(&mut components, "BODY", body);
    }
    match &told.header {
        Some(header) => set_text(&mut components, "HEADER", header),
        // A header that is a file has no text.
        None => components.retain(|part| !(is(part, "HEADER") && format(part) == "TEXT")),
    }
    match &told.footer {
        Some(footer) => set_text(&mut components, "FOOTER", footer),
        None => components.retain(|part| !is(part, "FOOTER")),
    }
    set_buttons(&mut components, &told.buttons);
    components
}

fn kind(part: &Value) -> String {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    kind.to_ascii_uppercase()
}

fn is(part: &Value, wanted: &str) -> bool {
    kind(part) == wanted
}

fn format(part: &Value) -> String {
    let format = part.get("format").and_then(Value::as_str).unwrap_or_default();
    format.to_ascii_uppercase()
}

/// Sets the text of a part. Samples stay while the variables do.
fn set_text(components: &mut Vec<Value>, wanted: &str, text: &str) {
    let known = components.iter().position(|part| is(part, wanted));
    let index = known.unwrap_or_else(|| {
        // Meta's order: header, body, footer, buttons.
        let order = |kind: &str| {
            ["HEADER", "BODY", "FOOTER"]
                .iter()
                .position(|it| *it == kind)
                .unwrap_or(3)
        };
        let behind = components
            .iter()
            .position(|part| order(&kind(part)) > order(wanted));
        let index = behind.unwrap_or(components.len());
        components.insert(index, json!({ "type": wanted }));
        index
    });
    let Some(part) = components[index].as_object_mut() else {
        return;
    };
    let before = part
        .get("text")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    if wanted == "HEADER" && part.get("format").and_then(Value::as_str) != Some("TEXT") {
        *part = Map::from_iter([
            ("type".to_owned(), "HEADER".into()),
            ("format".to_owned(), "TEXT".into()),
        ]);
    }
    if variables::names(&before) != variables::names(text) {
        part.remove("example");
    }
    part.insert("text".to_owned(), text.into());
}

fn set_buttons(components: &mut Vec<Value>, told: &[TemplateContentButton]) {
    let index = components.iter().position(|part| is(part, "BUTTONS"));
    let known: Vec<Value> = index
        .and_then(|index| components[index].get("buttons")?.as_array().cloned())
        .unwrap_or_default();
    let listed = |kind: &str| {
        matches!(kind, "URL" | "PHONE_NUMBER") || told.iter().any(|it| it.kind.eq_ignore_ascii_case(kind))
    };
    let mut left: Vec<&TemplateContentButton> = told.iter().collect();
    let mut buttons = Vec::new();
    for button in known {
        let kind = kind(&button);
        if !listed(&kind) {
            buttons.push(button);
        } else if let Some(at) = left.iter().position(|it| it.kind.eq_ignore_ascii_case(&kind)) {
            buttons.push(merged(button, left.remove(at)));
        }
    }
    buttons.extend(
        left.into_iter()
            .map(|told| merged(json!({ "type": told.kind }), told)),
    );
    match (index, buttons.is_empty()) {
        (Some(index), true) => {
            components.remove(index);
        }
        (Some(index), false) => components[index]["buttons"] = Value::from(buttons),
        (None, false) => components.push(json!({ "type": "BUTTONS", "buttons": buttons })),
        (None, true) => {}
    }
}

/// A button with what is told of it. Its sample stays while its address does.
fn merged(mut button: Value, told: &TemplateContentButton) -> Value {
    let Some(object) = button.as_object_mut() else {
        return button;
    };
    if told.url.is_some() && object.get("url").and_then(Value::as_str) != told.url.as_deref() {
        object.remove("example");
    }
    let parts = [
        ("text", &told.text),
        ("url", &told.url),
        ("phone_number", &told.phone_number),
    ];
    for (key, value) in parts {
        if let Some(value) = value {
            object.insert(key.to_owned(), value.as_str().into());
        }
    }
    button
}

#[cfg(test)]
mod tests {
    use super::*;

    fn button(kind: &str, text: &str, url: Option<&str>) -> TemplateContentButton {
        TemplateContentButton {
            kind: kind.to_owned(),
            text: Some(text.to_owned()),
            url: url.map(ToOwned::to_owned),
            phone_number: None,
        }
    }

    fn components() -> Vec<Value> {
        vec![
            json!({ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::a"] } }),
            json!({ "type": "BODY", "text": "Dear {{1}}, it is on its way.", "example": { "body_text": [["Ana"]] } }),
            json!({ "type": "FOOTER", "text": "Northwind" }),
            json!({ "type": "BUTTONS", "buttons": [
                { "type": "QUICK_REPLY", "text": "Stop" },
                { "type": "URL", "text": "Follow", "url": "https://n.example/{{1}}", "example": ["x"] },
            ] }),
        ]
    }

    #[test]
    fn what_webhooks_leave_out_stays() {
        let told = TemplateContent {
            body: Some("Hello {{1}}, it is on its way.".to_owned()),
            buttons: vec![button("URL", "Follow it", Some("https://n.example/{{1}}"))],
            ..TemplateContent::default()
        };
        let patched = patched(components(), &told);
        assert_eq!(patched[0]["format"], "IMAGE");
        assert_eq!(patched[1]["text"], "Hello {{1}}, it is on its way.");
        assert_eq!(patched[1]["example"], json!({ "body_text": [["Ana"]] }));
        assert_eq!(patched.len(), 3, "the footer is gone: {patched:?}");
        let buttons = json!([
            { "type": "QUICK_REPLY", "text": "Stop" },
            { "type": "URL", "text": "Follow it", "url": "https://n.example/{{1}}", "example": ["x"] },
        ]);
        assert_eq!(patched[2]["buttons"], buttons);
    }

    #[test]
    fn links_that_are_not_told_are_gone_and_new_ones_are_added() {
        let told = TemplateContent {
            header: Some("News".to_owned()),
            body: Some("Dear {{1}} and {{2}}".to_owned()),
            footer: Some("Northwind".to_owned()),
            buttons: vec![button("PHONE_NUMBER", "Call", None)],
        };
        let patched = patched(components(), &told);
        assert_eq!(
            patched[0],
            json!({ "type": "HEADER", "format": "TEXT", "text": "News" })
        );
        assert_eq!(patched[1].get("example"), None);
        let kinds: Vec<_> = patched[3]["buttons"]
            .as_array()
            .unwrap()
            .iter()
            .map(kind)
            .collect();
        assert_eq!(kinds, ["QUICK_REPLY", "PHONE_NUMBER"]);
        let first = super::patched(Vec::new(), &told);
        let kinds: Vec<_> = first.iter().map(kind).collect();
        assert_eq!(kinds, ["HEADER", "BODY", "FOOTER", "BUTTONS"]);
    }

    #[test]
    fn names_and_texts_are_searched() {
        let key = search_key("order_sent", &components());
        assert_eq!(key, "order_sent dear {{1}}, it is on its way. northwind");
        assert!(
            search_key("x", &[json!({ "text": "é".repeat(2_000) })])
                .chars()
                .count()
                <= SEARCHED
        );
    }
}
