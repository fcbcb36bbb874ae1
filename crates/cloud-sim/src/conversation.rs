//! The `conversation` object that old webhook versions still have (Cloud API: messages – statuses).

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::agenda::Update;
use crate::entities::App;

/// From this version of the `messages` field on there is none, except for free entry points.
const GONE: u32 = 24;

/// A status as an app's version of the field has it.
pub fn for_app(app: Option<&App>, mut update: Update) -> Update {
    let version = app
        .and_then(|a| a.fields.get("messages"))
        .and_then(|v| v.trim_start_matches('v').split('.').next()?.parse::<u32>().ok());
    let old = version.is_some_and(|v| v < GONE);
    let item = &mut update.item;
    if !old || update.list.as_deref() != Some("statuses") || item.get("conversation").is_some() {
        return update;
    }
    // It is where the price is: on `sent` and on the first of `delivered` or `read`.
    let Some(category) = item
        .pointer("/pricing/category")
        .and_then(|c| c.as_str())
        .map(str::to_owned)
    else {
        return update;
    };
    let id = hex::encode(Sha256::digest(update.wamid.as_deref().unwrap_or_default()));
    let mut conversation = json!({"id": id[..32], "origin": {"type": category.replace('-', "_")}});
    if item["status"] == "sent" {
        conversation["expiration_timestamp"] = json!((update.at / 1_000 + 86_400).to_string());
    }
    item["conversation"] = conversation;
    update
}
