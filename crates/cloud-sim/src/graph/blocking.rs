//! People a business blocks (Cloud API: blocking).

use serde_json::{Value, json};

use super::nodes::unknown_edge;
use super::templates::body_of;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;

/// Longest block list.
const MAX_BLOCKED: usize = 64_000;
/// Users in one request.
const MAX_ASKED: usize = 1_000;

/// `GET`, `POST` and `DELETE /{PNID}/block_users`
pub(super) fn handle(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    match call.method.as_str() {
        "GET" => Ok(Reply::Ok(list(core, phone))),
        "POST" => change(core, call, phone, true),
        "DELETE" => change(core, call, phone, false),
        method => Err(unknown_edge("block_users", method)),
    }
}

fn list(core: &Core, phone: &Phone) -> Value {
    let rows: Vec<Value> = phone
        .blocked
        .iter()
        .take(MAX_ASKED)
        .map(|id| {
            let wa_id = core.world.users.get(id).and_then(|u| u.wa_id.clone());
            let shown = wa_id.unwrap_or_else(|| id.clone());
            // `input` is what client libraries read; `wa_id` is what is documented.
            json!({"messaging_product": "whatsapp", "input": shown, "wa_id": shown, "user_id": id})
        })
        .collect();
    json!({"data": rows})
}

fn change(core: &mut Core, call: &Call, phone: &Phone, block: bool) -> Result<Reply, Refusal> {
    let body = body_of(call)?.clone();
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let asked = body
        .get("block_users")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if asked.is_empty() || asked.len() > MAX_ASKED {
        return Err(Refusal::parameter(format!(
            "Param block_users must be a list of 1 to {MAX_ASKED}."
        )));
    }
    let now = core.now();
    let (mut changed, mut failed) = (Vec::new(), Vec::new());
    for row in asked {
        let input = row
            .get("user")
            .or_else(|| row.get("user_id"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let user = core
            .world
            .user(input)
            .map(|u| (u.user_id.clone(), u.wa_id.clone()));
        let Some((user_id, wa_id)) = user else {
            failed.push(failure(
                input,
                139_100,
                "The user is not on WhatsApp or has never written.",
            ));
            continue;
        };
        // Only people who wrote in the last 24 hours can be blocked.
        let wrote = core.world.thread(&phone.id, &user_id).csw_until > now;
        let full = core
            .world
            .phones
            .get(&phone.id)
            .is_some_and(|p| p.blocked.len() >= MAX_BLOCKED);
        if block && (!wrote || full) {
            failed.push(match full {
                true => failure(input, 139_101, "The block list is full."),
                false => failure(
                    input,
                    139_100,
                    "Re-engagement required: the user has not written in the last 24 hours.",
                ),
            });
            continue;
        }
        if let Some(phone) = core.world.phones.get_mut(&phone.id) {
            match block {
                true => phone.blocked.insert(user_id.clone()),
                false => phone.blocked.remove(&user_id),
            };
        }
        changed.push(json!({"input": input, "wa_id": wa_id.unwrap_or(user_id)}));
    }
    let key = if block { "added_users" } else { "removed_users" };
    let mut users = json!({key: changed});
    if failed.is_empty() {
        return Ok(Reply::Ok(
            json!({"messaging_product": "whatsapp", "block_users": users}),
        ));
    }
    // Some worked, some did not: HTTP 400 with both.
    users["failed_users"] = json!(failed);
    let mut refusal = Refusal::of(139_100, Some("Failed to block or unblock some users.".into()));
    refusal.http = 400;
    refusal.beside = Some(Box::new(
        json!({"messaging_product": "whatsapp", "block_users": users}),
    ));
    Err(refusal)
}

fn failure(input: &str, code: i64, details: &str) -> Value {
    let title = crate::details::title(code);
    json!({"input": input, "wa_id": input, "errors": [{"code": code, "message": title, "error_data": {"details": details}}]})
}
