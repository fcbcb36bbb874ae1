//! Reading templates: one, a list, a comparison of two (Cloud API: templates, endpoints).

use serde_json::{Value, json};

use super::list::page;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::{Template, Waba};

pub(super) const TEMPLATE_FIELDS: &[&str] = &[
    "id",
    "name",
    "language",
    "category",
    "sub_category",
    "status",
    "components",
    "parameter_format",
    "rejected_reason",
    "quality_score",
    "previous_category",
    "correct_category",
    "library_template_name",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "health_status",
    "last_updated_time",
    "is_primary_device_delivery_only",
];
const TEMPLATE_DEFAULT: &[&str] = &[
    "id",
    "name",
    "language",
    "category",
    "status",
    "components",
    "parameter_format",
    "sub_category",
    "previous_category",
];

pub(super) fn template_node(template: &Template) -> Value {
    let mut node = json!({
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "rejected_reason": template.rejected_reason,
        "quality_score": {"score": template.quality, "date": template.updated_at / 1_000},
        "last_updated_time": template.updated_at / 1_000,
        "cta_url_link_tracking_opted_out": false,
        "is_primary_device_delivery_only": false,
        "health_status": {"can_send_message": if template.status == "APPROVED" { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{"entity_type": "MESSAGE_TEMPLATE", "id": template.id,
                          "can_send_message": if template.status == "APPROVED" { "AVAILABLE" } else { "BLOCKED" }}]},
    });
    for (key, value) in [
        ("previous_category", template.previous_category.as_deref()),
        ("correct_category", template.correct_category.as_deref()),
        ("library_template_name", template.library_template_name.as_deref()),
    ] {
        if let Some(value) = value {
            node[key] = json!(value);
        }
    }
    if let Some(seconds) = template.ttl_s {
        node["message_send_ttl_seconds"] = json!(seconds);
    }
    node
}

/// `GET /{WABA}/message_templates`.
pub(super) fn list_templates(core: &Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let is = |key: &str, value: &str| {
        call.query
            .get(key)
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let rows: Vec<Value> = core
        .world
        .templates
        .values()
        .filter(|t| t.waba_id == waba.id)
        .filter(|t| call.query.get("name").is_none_or(|n| t.name.contains(n.as_str())))
        .filter(|t| {
            call.query.get("name_or_content").is_none_or(|n| {
                t.name.contains(n.as_str()) || json!(t.components).to_string().contains(n.as_str())
            })
        })
        .filter(|t| is("quality_score", &t.quality))
        .filter(|t| is("status", &t.status) && is("category", &t.category) && is("language", &t.language))
        .map(template_node)
        .collect();
    let count = rows.len();
    let reply = page(
        core,
        call,
        rows,
        "WhatsAppMessageTemplate",
        TEMPLATE_FIELDS,
        TEMPLATE_DEFAULT,
    )?;
    match (reply, call.query.get("summary")) {
        (Reply::Ok(mut body), Some(_)) => {
            body["summary"] = json!({"total_count": count, "message_template_count": count, "message_template_limit": 6_000,
                                     "are_translations_complete": true});
            Ok(Reply::Ok(body))
        }
        (reply, _) => Ok(reply),
    }
}

/// `GET /{TEMPLATE}/compare?template_ids=[…]`
pub(super) fn compare(core: &Core, call: &Call, template: &Template) -> Result<Reply, Refusal> {
    let asked = call.field("template_ids").unwrap_or_default();
    let others: Vec<Value> = match asked.starts_with('[') {
        true => serde_json::from_str(&asked).unwrap_or_default(),
        false => asked
            .split(',')
            .filter(|id| !id.is_empty())
            .map(|id| json!(id.trim()))
            .collect(),
    };
    let ids = others
        .iter()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    let mut rows = vec![template.clone()];
    for id in ids {
        let other = core
            .world
            .templates
            .get(&id)
            .filter(|t| t.waba_id == template.waba_id);
        rows.push(other.cloned().ok_or_else(|| Refusal::missing("GET", &id))?);
    }
    if rows.len() != 2 {
        return Err(Refusal::parameter(
            "Param template_ids must be a list of one template.",
        ));
    }
    let now = core.now();
    let rate = |t: &Template| {
        let (sends, complaints) = t.stats.week(now);
        complaints as f64 / sends.max(1) as f64
    };
    rows.sort_by(|a, b| rate(a).total_cmp(&rate(b)));
    let order: Vec<&str> = rows.iter().map(|t| t.id.as_str()).collect();
    let sends: Vec<Value> = rows
        .iter()
        .map(|t| json!({"key": t.id, "value": t.stats.week(now).0}))
        .collect();
    let reasons: Vec<Value> = rows
        .iter()
        .map(|t| json!({"key": t.id, "value": "UNKNOWN_BLOCK_REASON"}))
        .collect();
    Ok(Reply::Ok(json!({"data": [
        {"metric": "BLOCK_RATE", "type": "RELATIVE", "order_by_relative_metric": order},
        {"metric": "MESSAGE_SENDS", "type": "NUMBER_VALUES", "number_values": sends},
        {"metric": "TOP_BLOCK_REASON", "type": "STRING_VALUES", "string_values": reasons},
    ]})))
}
