//! Ready templates (Cloud API: template library).

use serde_json::{Value, json};

use super::{Call, Refusal, Reply};

struct Ready {
    name: &'static str,
    topic: &'static str,
    usecase: &'static str,
    body: &'static str,
    examples: &'static [&'static str],
    button: Option<(&'static str, &'static str)>,
}

const LIBRARY: &[Ready] = &[
    Ready {
        name: "delivery_update_1",
        topic: "ORDER_MANAGEMENT",
        usecase: "DELIVERY_UPDATE",
        body: "Hi {{1}}, your order {{2}} is on its way and should arrive soon.",
        examples: &["Ana", "A-77"],
        button: Some(("Track", "https://www.example.com/orders/{{1}}")),
    },
    Ready {
        name: "appointment_reminder_1",
        topic: "EVENT_REMINDER",
        usecase: "APPOINTMENT_REMINDER",
        body: "Hello {{1}}, we look forward to seeing you on {{2}} at our place.",
        examples: &["Ana", "3 March"],
        button: None,
    },
    Ready {
        name: "payment_confirmation_1",
        topic: "PAYMENTS",
        usecase: "PAYMENT_CONFIRMATION",
        body: "Hi {{1}}, we have received your payment of {{2}} with thanks.",
        examples: &["Ana", "EUR 12.50"],
        button: None,
    },
];

/// `GET /message_template_library?search=&topic=&usecase=&language=`
pub(super) fn list(call: &Call) -> Reply {
    let wanted = |key: &str| {
        call.query
            .get(key)
            .map(|v| v.to_lowercase())
            .filter(|v| !v.is_empty())
    };
    let (search, topic, usecase) = (wanted("search"), wanted("topic"), wanted("usecase"));
    let language = call.query.get("language").map_or("en_US", String::as_str);
    let rows: Vec<Value> = LIBRARY
        .iter()
        .filter(|t| {
            search
                .as_ref()
                .is_none_or(|s| t.name.contains(s) || t.body.to_lowercase().contains(s))
        })
        .filter(|t| topic.as_ref().is_none_or(|w| t.topic.to_lowercase() == *w))
        .filter(|t| usecase.as_ref().is_none_or(|w| t.usecase.to_lowercase() == *w))
        .enumerate()
        .map(|(at, t)| {
            let mut row = json!({"id": (7_740_000_000_000_001_u64 + at as u64).to_string(), "name": t.name,
                "language": language, "category": "UTILITY", "topic": t.topic, "usecase": t.usecase,
                "industry": ["E_COMMERCE"], "body": t.body, "body_params": t.examples,
                "body_param_types": t.examples.iter().map(|_| "TEXT").collect::<Vec<_>>()});
            if let Some((text, url)) = t.button {
                row["buttons"] = json!([{"type": "URL", "text": text, "url": url}]);
            }
            row
        })
        .collect();
    Reply::Ok(json!({"data": rows}))
}

/// A creation from the library has its components and category from there.
pub(super) fn filled(body: &Value) -> Result<Value, Refusal> {
    let mut body = body.clone();
    let Some(name) = body
        .get("library_template_name")
        .and_then(Value::as_str)
        .map(str::to_owned)
    else {
        return Ok(body);
    };
    let Some(ready) = LIBRARY.iter().find(|t| t.name == name) else {
        return Err(Refusal::parameter(format!(
            "There is no template {name} in the library."
        )));
    };
    let mut components =
        vec![json!({"type": "BODY", "text": ready.body, "example": {"body_text": [ready.examples]}})];
    if let Some((text, url)) = ready.button {
        let inputs = match body.get("library_template_button_inputs") {
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            Some(given) => given.clone(),
            None => Value::Null,
        };
        let base = inputs
            .pointer("/0/url/base_url")
            .and_then(Value::as_str)
            .unwrap_or(url);
        let example = inputs
            .pointer("/0/url/url_suffix_example")
            .and_then(Value::as_str)
            .unwrap_or("A-77");
        components.push(json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": text, "url": base, "example": [example]}]}));
    }
    body["components"] = json!(components);
    body["category"] = json!("UTILITY");
    Ok(body)
}
