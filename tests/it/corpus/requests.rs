//! Requests of real clients to `/messages`: parsed into our types and written again, they must stay the same.

use std::path::Path;

use cloud_api::message::{Content, ReadReceipt};
use serde_json::{Map, Value, json};

/// A request of the folder.
struct Request {
    file: String,
    /// Whether the folder calls it valid.
    valid: bool,
    /// Whether it breaks no documented limit and has no placeholders of a documentation.
    clean: bool,
    body: Value,
}

/// Requests that the folder lists as valid, because they are in documentation or a mock accepted them, but WhatsApp would refuse:
/// how our error begins, and why it is right.
const RIGHTLY_REFUSED: &[(&str, &str)] = &[
    (
        "interactive.header.type: must be one of",
        "a placeholder stands for the kind",
    ),
    (
        ".parameters[0].text: must be a text",
        "true and false are no texts",
    ),
    (
        "is refused: template.name: only small letters",
        "a name has no dashes",
    ),
    (
        "is refused: contacts[0].name: needs a part",
        "`formatted_name` alone is no name",
    ),
];

#[test]
fn corpus_of_real_requests_is_read_and_written_alike() {
    let Some(folder) = super::folder() else {
        return;
    };
    let requests = requests(&folder);
    let (mut alike, mut wrong, mut doubtful) = (0, Vec::new(), Vec::new());
    let mut excused = [0; RIGHTLY_REFUSED.len()];
    for request in &requests {
        let Err(differs) = says_the_same(request) else {
            alike += 1;
            continue;
        };
        let excuse = RIGHTLY_REFUSED.iter().position(|(how, _)| differs.contains(how));
        let told = format!("{}: {differs}", request.file);
        match (request.valid, excuse) {
            // An excuse that fits many would hide something.
            (true, Some(excuse)) if excused[excuse] < 2 => {
                excused[excuse] += 1;
                println!(
                    "corpus: rightly refused, as {}: {told}",
                    RIGHTLY_REFUSED[excuse].1
                );
            }
            (true, _) => wrong.push(told),
            (false, _) => doubtful.push(told),
        }
    }
    println!(
        "corpus: {} requests to /messages, {alike} read and written alike",
        requests.len()
    );
    for differs in &doubtful {
        println!("corpus: of unknown worth, and differs: {differs}");
    }
    assert!(requests.len() > 100, "the folder has requests");
    assert!(
        wrong.is_empty(),
        "{} of {} valid requests differ:\n{}",
        wrong.len(),
        requests.iter().filter(|request| request.valid).count(),
        wrong.join("\n")
    );
}

fn requests(folder: &Path) -> Vec<Request> {
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    let rows = index
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| {
        let path = row["rpath"].as_str().unwrap_or_default();
        row["kind"] == "request"
            && row["method"] == "POST"
            && (path.ends_with("/messages") || path.ends_with("/marketing_messages"))
    })
    .filter_map(|row| {
        let file = row["file"].as_str()?.to_owned();
        let request: Value = serde_json::from_slice(&std::fs::read(folder.join(&file)).ok()?).ok()?;
        Some(Request {
            file,
            valid: row["expect"]["outcome"] == "accept",
            clean: row["lint"].as_array().is_some_and(Vec::is_empty),
            // A few rows of documentation have a path and no body.
            body: request.get("body").filter(|body| body.is_object())?.clone(),
        })
    })
    .collect()
}

fn says_the_same(request: &Request) -> Result<(), String> {
    let body = &request.body;
    if body["status"] == "read" {
        let receipt = ReadReceipt {
            message_id: body["message_id"].as_str().unwrap_or_default().into(),
            typing: body["typing_indicator"].is_object(),
        };
        return same("", body, &receipt.to_json());
    }
    let kind = kind_of(body)?;
    let content = Content::from_wire(&kind, &body[&kind]).map_err(|error| error.to_string())?;
    if request.clean {
        content
            .check(None)
            .map_err(|error| format!("is refused: {error}"))?;
    }
    same(&kind, &body[&kind], &content.wire())
}

/// The type, or what is there where it is left out: WhatsApp's default is text, its own examples leave out others too.
fn kind_of(body: &Value) -> Result<String, String> {
    const KINDS: [&str; 11] = [
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
    let named = body["type"].as_str().map(str::to_lowercase);
    named
        .or_else(|| {
            KINDS
                .iter()
                .find(|kind| body.get(**kind).is_some())
                .map(|kind| (*kind).to_owned())
        })
        .ok_or_else(|| "has no type".to_owned())
}

fn same(kind: &str, theirs: &Value, ours: &Value) -> Result<(), String> {
    let (theirs, ours) = (plain(kind, theirs), plain(kind, ours));
    if theirs == ours {
        return Ok(());
    }
    Err(format!("is {theirs}\n    and becomes {ours}"))
}

/// The same with what WhatsApp's documentation says to be equal made equal: absent and `null` and an empty list, small and
/// capital letters of kinds, numbers and numeric texts where a number is asked for, and defaults.
fn plain(key: &str, value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let inside = object.iter().map(|(key, value)| (key.clone(), plain(key, value)));
            let mut object: Map<String, Value> =
                inside.filter(|(key, value)| says_something(key, value)).collect();
            // A list of cards counts itself.
            object.remove("card_index");
            // These have no parameters; what is put there all the same is not sent on.
            if ["send_location", "call_permission_request", "request_contact_info"]
                .iter()
                .any(|bare| object.get("name").is_some_and(|name| name == bare))
            {
                object.remove("parameters");
            }
            Value::Object(object)
        }
        Value::Array(items) => items
            .iter()
            .map(|item| plain(key, item))
            // A header without parameters says nothing.
            .filter(|item| *item != json!({ "type": "header" }))
            .collect(),
        Value::String(text) if matches!(key, "type" | "sub_type") => text.to_lowercase().into(),
        Value::String(text) if matches!(key, "index" | "latitude" | "longitude" | "ttl_minutes") => {
            let number = text.trim().parse::<f64>().ok();
            number.map_or_else(|| value.clone(), Value::from)
        }
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), Value::from),
        other => other.clone(),
    }
}

fn says_something(key: &str, value: &Value) -> bool {
    let default = match key {
        "preview_url" | "voice" => json!(false),
        "recipient_type" => json!("individual"),
        "policy" => json!("deterministic"),
        _ => Value::Null,
    };
    *value != default && !value.is_null() && *value != json!([])
}
