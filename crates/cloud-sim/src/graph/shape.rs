//! Checks the type and field limits of a message (Cloud API: text and media, interactive).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Refusal;

const TYPES: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
];

/// The type (default `text`) and its object, after all field limits.
pub fn check(body: &Map<String, Value>) -> Result<(String, Value), Refusal> {
    let kind = match body.get("type") {
        None | Some(Value::Null) => "text".to_owned(),
        Some(Value::String(s)) => s.to_lowercase(),
        Some(_) => String::new(),
    };
    if !TYPES.contains(&kind.as_str()) {
        return Err(Refusal::parameter(format!(
            "Param type must be one of {{{}}}",
            TYPES.join(", ").to_uppercase()
        )));
    }
    let content = match body.get(&kind) {
        // The Graph API decodes nested objects that are sent as JSON text.
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let right = if kind == "contacts" {
        content.is_array()
    } else {
        content.is_object()
    };
    if !right {
        return Err(Refusal::of(
            131_008,
            Some(format!("The parameter {kind} is required.")),
        ));
    }
    match kind.as_str() {
        "text" => text(&content)?,
        "image" | "video" | "audio" | "document" | "sticker" => media(&kind, &content)?,
        "location" => location(&content)?,
        "contacts" => contacts(&content)?,
        "reaction" => reaction(&content)?,
        "interactive" => interactive(&content)?,
        _ => template(&content)?,
    }
    Ok((kind, content))
}

fn string<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

fn required(path: &str) -> Refusal {
    Refusal::parameter(format!("The parameter {path} is required."))
}

fn text(content: &Value) -> Result<(), Refusal> {
    match content.get("body") {
        Some(Value::String(body)) if body.is_empty() => Err(required("text['body']")),
        Some(Value::String(body)) if chars(body) > 4_096 => Err(Refusal::parameter(
            "Param text['body'] must be at most 4096 characters long.",
        )),
        Some(Value::String(_)) => Ok(()),
        Some(_) => Err(Refusal::parameter("Param text['body'] must be a string.")),
        None => Err(required("text['body']")),
    }
}

fn media(kind: &str, content: &Value) -> Result<(), Refusal> {
    let (id, link) = (string(content, "id"), string(content, "link"));
    match (id.filter(|s| !s.is_empty()), link) {
        (Some(_), Some(_)) => {
            return Err(Refusal::parameter(format!(
                "Only one of {kind}['id'] and {kind}['link'] may be given."
            )));
        }
        (None, None) => return Err(required(&format!("{kind}['id']"))),
        (None, Some(link)) => {
            let ok = url::Url::parse(link)
                .is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.host_str().is_some());
            if !ok {
                return Err(Refusal::parameter(format!(
                    "Param {kind}['link'] is not a valid URI."
                )));
            }
        }
        (Some(_), None) => {}
    }
    if let Some(caption) = string(content, "caption") {
        if matches!(kind, "audio" | "sticker") {
            return Err(Refusal::parameter(format!(
                "Unexpected key \"caption\" on param \"{kind}\"."
            )));
        }
        if chars(caption) > 1_024 {
            return Err(Refusal::parameter(format!(
                "Param {kind}['caption'] must be at most 1024 characters long."
            )));
        }
    }
    Ok(())
}

fn location(content: &Value) -> Result<(), Refusal> {
    for (key, limit) in [("latitude", 90.0), ("longitude", 180.0)] {
        let value = match content.get(key) {
            Some(Value::Number(n)) => n.as_f64(),
            Some(Value::String(s)) => s.trim().parse().ok(),
            _ => return Err(required(&format!("location['{key}']"))),
        };
        if !value.is_some_and(|v: f64| v.abs() <= limit) {
            return Err(Refusal::value(format!(
                "{key} must be a number between -{limit} and {limit}"
            )));
        }
    }
    Ok(())
}

fn contacts(content: &Value) -> Result<(), Refusal> {
    let cards = content.as_array().map(Vec::as_slice).unwrap_or_default();
    if cards.is_empty() || cards.len() > 257 {
        return Err(Refusal::value(
            "Invalid contacts count. Min allowed contacts: 1, Max allowed contacts: 257",
        ));
    }
    for (at, card) in cards.iter().enumerate() {
        let Some(name) = card.get("name").and_then(Value::as_object) else {
            return Err(required(&format!("contacts[{at}]['name']")));
        };
        if name
            .get("formatted_name")
            .and_then(Value::as_str)
            .is_none_or(str::is_empty)
        {
            return Err(required(&format!("contacts[{at}]['name']['formatted_name']")));
        }
        if name.len() < 2 {
            return Err(Refusal::value(
                "At least one name part besides formatted_name is required",
            ));
        }
    }
    Ok(())
}

fn reaction(content: &Value) -> Result<(), Refusal> {
    if string(content, "message_id").is_none_or(str::is_empty) {
        return Err(required("reaction['message_id']"));
    }
    match content.get("emoji") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(emoji))
            if chars(emoji) <= 32 && !emoji.is_ascii() || emoji == &Value::from("") =>
        {
            Ok(())
        }
        Some(_) => Err(Refusal::value("Param reaction['emoji'] must be a single emoji")),
    }
}

fn template(content: &Value) -> Result<(), Refusal> {
    if string(content, "name").is_none_or(str::is_empty) {
        return Err(required("template['name']"));
    }
    match content.get("language") {
        None => Err(required("template['language']")),
        Some(language) if string(language, "code").is_none_or(str::is_empty) => {
            Err(required("template['language']['code']"))
        }
        Some(_) => Ok(()),
    }
}

/// A length between bounds, with the details that Meta writes.
fn length(text: Option<&str>, what: &str, path: &str, max: usize) -> Result<(), Refusal> {
    match text {
        None => Err(required(path)),
        Some(text) if text.is_empty() || chars(text) > max => Err(Refusal::value(format!(
            "{what} length invalid. Min length: 1, Max length: {max}"
        ))),
        Some(_) => Ok(()),
    }
}

fn interactive(content: &Value) -> Result<(), Refusal> {
    let kind = string(content, "type")
        .map(str::to_lowercase)
        .ok_or_else(|| required("interactive['type']"))?;
    let decoded = match content.get("action") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or(Value::Null),
        Some(action) => action.clone(),
        None => Value::Null,
    };
    let action = &decoded;
    if !action.is_object() && kind != "carousel" {
        return Err(required("interactive['action']"));
    }
    if let Some(header) = content.get("header")
        && string(header, "type") == Some("text")
    {
        length(
            string(header, "text"),
            "Header text",
            "interactive['header']['text']",
            60,
        )?;
    }
    let body = content.get("body").and_then(|b| string(b, "text"));
    if body.is_some() || !matches!(kind.as_str(), "product") {
        length(body, "Body text", "interactive['body']['text']", 1_024)?;
    }
    if let Some(footer) = content.get("footer") {
        length(
            string(footer, "text"),
            "Footer text",
            "interactive['footer']['text']",
            60,
        )?;
    }
    match kind.as_str() {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" => {
            let parameters = action.get("parameters").cloned().unwrap_or_default();
            let path = "interactive['action']['parameters']['display_text']";
            length(
                string(&parameters, "display_text"),
                "Button display text",
                path,
                20,
            )?;
            match string(&parameters, "url") {
                Some(url) if url::Url::parse(url).is_ok() => Ok(()),
                Some(_) => Err(Refusal::value("Invalid url in the action parameters")),
                None => Err(required("interactive['action']['parameters']['url']")),
            }
        }
        "flow" => {
            let parameters = action.get("parameters").cloned().unwrap_or_default();
            let path = "interactive['action']['parameters']['flow_cta']";
            length(string(&parameters, "flow_cta"), "Flow cta", path, 30)?;
            if parameters.get("flow_id").is_some() == parameters.get("flow_name").is_some() {
                return Err(Refusal::value("Exactly one of flow_id and flow_name is required"));
            }
            Ok(())
        }
        "carousel" => {
            let cards = decoded
                .get("cards")
                .or_else(|| content.get("cards"))
                .and_then(Value::as_array)
                .map_or(0, Vec::len);
            if !(2..=10).contains(&cards) {
                return Err(Refusal::value(
                    "Invalid cards count. Min allowed cards: 2, Max allowed cards: 10",
                ));
            }
            Ok(())
        }
        "product_list" => {
            if content.get("header").is_none() {
                return Err(required("interactive['header']"));
            }
            Ok(())
        }
        "location_request_message"
        | "address_message"
        | "product"
        | "catalog_message"
        | "call_permission_request"
        | "voice_call"
        | "request_contact_info"
        | "order_details"
        | "order_status" => Ok(()),
        other => Err(Refusal::parameter(format!(
            "Param interactive['type'] has an unknown value: {other}"
        ))),
    }
}

fn buttons(action: &Value) -> Result<(), Refusal> {
    let buttons = action
        .get("buttons")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !(1..=3).contains(&buttons.len()) {
        return Err(Refusal::value(
            "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3",
        ));
    }
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for (at, button) in buttons.iter().enumerate() {
        let reply = button.get("reply").cloned().unwrap_or_default();
        let path = format!("interactive['action']['buttons'][{at}]['reply']");
        length(string(&reply, "id"), "Button id", &format!("{path}['id']"), 256)?;
        length(
            string(&reply, "title"),
            "Button title",
            &format!("{path}['title']"),
            20,
        )?;
        if !ids.insert(reply["id"].to_string()) {
            return Err(Refusal::value("Duplicated button ids found"));
        }
        if !titles.insert(reply["title"].to_string()) {
            return Err(Refusal::value("Duplicated button titles found"));
        }
    }
    Ok(())
}

fn list(action: &Value) -> Result<(), Refusal> {
    length(
        string(action, "button"),
        "Button text",
        "interactive['action']['button']",
        20,
    )?;
    let sections = action
        .get("sections")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !(1..=10).contains(&sections.len()) {
        return Err(Refusal::value(
            "Invalid sections count. Min allowed sections: 1, Max allowed sections: 10",
        ));
    }
    let mut ids = HashSet::new();
    let mut total = 0;
    for section in sections {
        let title = string(section, "title").unwrap_or_default();
        if sections.len() > 1 && title.is_empty() {
            return Err(Refusal::value(
                "Section title is required when there is more than one section",
            ));
        }
        if chars(title) > 24 {
            return Err(Refusal::value("Section title is too long. Max length is 24"));
        }
        let rows = section
            .get("rows")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        total += rows.len();
        for row in rows {
            length(
                string(row, "id"),
                "Row id",
                "interactive['action']['sections'][0]['rows'][0]['id']",
                200,
            )?;
            let title = string(row, "title").unwrap_or_default();
            if title.is_empty() {
                return Err(required(
                    "interactive['action']['sections'][0]['rows'][0]['title']",
                ));
            }
            if chars(title) > 24 {
                return Err(Refusal::value("Row title is too long. Max length is 24"));
            }
            if string(row, "description").is_some_and(|d| chars(d) > 72) {
                return Err(Refusal::value("Row description is too long. Max length is 72"));
            }
            if !ids.insert(row["id"].to_string()) {
                return Err(Refusal::value("Duplicated row ids found"));
            }
        }
    }
    match total {
        0 => Err(Refusal::value(
            "Invalid rows count. Min allowed rows: 1, Max allowed rows: 10",
        )),
        1..=10 => Ok(()),
        _ => Err(Refusal::value("Total row count exceed max allowed count: 10")),
    }
}
