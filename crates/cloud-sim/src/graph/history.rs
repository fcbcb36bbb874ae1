//! `GET /{PNID}/message_history`: the statuses of messages and where they were sent (Cloud API: profile, commerce, QR, components).
//! It has what the ledger has: statuses whose webhook was delivered or given up.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::list::page;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;
use crate::ledger::Delivered;

const FIELDS: &[&str] = &["id", "message_id", "events"];
/// Messages that one request looks at, newest first.
const MAX_ROWS: usize = 1_000;

/// The messages of a number, newest first; one of them with `message_id`.
pub(super) fn of_phone(core: &Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let wanted = call.query.get("message_id");
    if let Some(id) = wanted
        && core.world.message(id).is_none_or(|m| m.phone_id != phone.id)
    {
        return Err(Refusal::missing("GET", id));
    }
    let mut told: HashMap<&str, Vec<Value>> = HashMap::new();
    for row in core.ledger.delivered() {
        if let (Some(wamid), Some(status)) = (&row.wamid, &row.status)
            && wanted.is_none_or(|id| id == wamid)
        {
            told.entry(wamid).or_default().push(event(row, status));
        }
    }
    let rows: Vec<Value> = core
        .world
        .messages
        .values()
        .rev()
        .filter(|m| m.phone_id == phone.id && wanted.is_none_or(|id| *id == m.wamid))
        .take(MAX_ROWS)
        .map(|m| {
            let mut events =
                vec![json!({"delivery_status": "ACCEPTED", "occurrence_timestamp": m.at / 1_000})];
            events.extend(told.remove(m.wamid.as_str()).unwrap_or_default());
            json!({"id": m.seq.to_string(), "message_id": m.wamid, "events": {"data": events}})
        })
        .collect();
    page(core, call, rows, "WhatsAppMessageHistory", FIELDS, &[])
}

fn event(row: &Delivered, status: &str) -> Value {
    let status = if status == "failed" {
        "ERROR".to_owned()
    } else {
        status.to_uppercase()
    };
    json!({
        "delivery_status": status,
        "occurrence_timestamp": row.at / 1_000,
        "webhook_uri": row.destination,
        "webhook_update_state": if row.ok { "SUCCESS" } else { "FAILURE" },
    })
}
