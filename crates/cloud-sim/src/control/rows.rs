//! Read-only views: state, deliveries, ledger, metrics, knobs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Outcome;
use crate::core::Core;
use crate::entities::User;
use crate::sim::ControlError;

/// Rows of one answer, at most.
const MAX_ROWS: usize = 10_000;

/// All entities; of people the newest 200.
pub fn state(core: &Core) -> Value {
    let world = &core.world;
    let users: Vec<&User> = world
        .user_order
        .iter()
        .rev()
        .filter_map(|id| world.users.get(id))
        .take(200)
        .collect();
    json!({
        "now_ms": core.now(),
        "speed": world.clock.speed(),
        "profile": core.config.profile,
        "apps": world.apps.values().collect::<Vec<_>>(),
        "portfolios": world.portfolios.values().map(|p| json!({"id": p.id, "name": p.name, "limit_tier": p.limit_tier,
            "used": p.rolling.len()})).collect::<Vec<_>>(),
        "wabas": world.wabas.values().collect::<Vec<_>>(),
        "phones": world.phones.values().collect::<Vec<_>>(),
        "tokens": world.tokens.values().collect::<Vec<_>>(),
        "templates": world.templates.values().take(1_000).collect::<Vec<_>>(),
        "users": users,
        "counts": {"users": world.users.len(), "threads": world.threads.len(), "messages": world.messages.len(),
                   "templates": world.templates.len(), "events": world.agenda.len()},
    })
}

/// The totals of a load, counted without a row for each send: `numbers` by id, `judge.doubled` duplicate sends (same recipient
/// and callback data; `unjudged` when there were too many to remember), `webhooks` in updates.
pub fn load(core: &Core) -> Value {
    let ledger = &core.ledger;
    let (queued, in_flight) = core.deliveries.depth();
    json!({
        "accepted": ledger.accepted_total,
        "judge": {"doubled": ledger.tally.doubled, "judged": ledger.tally.judged(), "unjudged": ledger.tally.unjudged},
        "webhooks": {"told": ledger.delivered_total, "given_up": ledger.given_up_total, "queued": queued, "in_flight": in_flight},
        "numbers": ledger.tally.numbers,
    })
}

/// The knobs.
pub fn config(core: &Core) -> Outcome {
    serde_json::to_value(&core.config).map_err(|e| ControlError::bad(e.to_string()))
}

fn bounds(query: &BTreeMap<String, String>) -> (u64, usize) {
    let after = query.get("after").and_then(|t| t.parse().ok()).unwrap_or(0);
    let limit = query
        .get("limit")
        .and_then(|t| t.parse().ok())
        .unwrap_or(100_usize)
        .clamp(1, MAX_ROWS);
    (after, limit)
}

/// The delivery log, oldest first, without bodies; `after` is a delivery id, `state` a filter.
pub fn deliveries(core: &Core, query: &BTreeMap<String, String>) -> Value {
    let (after, limit) = bounds(query);
    let rows: Vec<Value> = core
        .deliveries
        .log
        .range(after + 1..)
        .map(|(_, d)| json!(d))
        .filter(|d| query.get("state").is_none_or(|s| d["state"] == s.as_str()))
        .take(limit)
        .collect();
    json!({"items": rows})
}

/// One delivery with its body as text.
pub fn delivery(core: &Core, id: &str) -> Outcome {
    let found = id.parse().ok().and_then(|id: u64| core.deliveries.log.get(&id));
    let delivery = found.ok_or_else(|| ControlError::missing(format!("there is no delivery {id}")))?;
    let mut row = json!(delivery);
    row["body"] = json!(String::from_utf8_lossy(&delivery.body));
    Ok(row)
}

/// `kind=accepted|delivered`, `after` a sequence number, `limit`; totals beside.
pub fn ledger(core: &Core, query: &BTreeMap<String, String>) -> Outcome {
    let (after, limit) = bounds(query);
    let items: Vec<Value> = match query.get("kind").map(String::as_str) {
        Some("accepted") => core
            .ledger
            .accepted()
            .filter(|r| r.seq > after)
            .take(limit)
            .map(|r| json!(r))
            .collect(),
        Some("delivered") => core
            .ledger
            .delivered()
            .filter(|r| r.seq > after)
            .take(limit)
            .map(|r| json!(r))
            .collect(),
        None => Vec::new(),
        Some(other) => {
            return Err(ControlError::bad(format!(
                "kind {other:?} is unknown; accepted or delivered"
            )));
        }
    };
    Ok(json!({"items": items, "totals": core.ledger}))
}

/// Counters and depths.
pub fn metrics(core: &Core) -> Value {
    let (queued, in_flight) = core.deliveries.depth();
    json!({
        "counters": core.metrics,
        "ledger": core.ledger,
        "events": core.world.agenda.len(),
        "webhooks_queued": queued,
        "webhooks_in_flight": in_flight,
        "users": core.world.users.len(),
        "messages": core.world.messages.len(),
    })
}
