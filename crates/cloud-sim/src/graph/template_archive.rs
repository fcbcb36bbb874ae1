//! Archiving and unarchiving templates, and copying them between accounts (Cloud API: templates, endpoints).

use serde_json::{Map, Value, json};

use super::nodes::unknown_edge;
use super::templates::body_of;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::{Template, Waba};

/// Ids in one request.
const MAX_IDS: usize = 100;
/// Templates of one page of a migration.
const PAGE: usize = 500;

/// `POST /{WABA}/message_templates/archive` and `…/unarchive`, `hsm_ids` as a list, JSON text or separated by commas.
pub(super) fn move_templates(
    core: &mut Core,
    call: &Call,
    waba: &Waba,
    verb: &str,
) -> Result<Reply, Refusal> {
    let archive = match (call.method.as_str(), verb) {
        ("POST", "archive") => true,
        ("POST", "unarchive") => false,
        (method, _) => return Err(unknown_edge(verb, method)),
    };
    let ids = ids_of(call)?;
    let (mut moved, mut failed) = (Vec::new(), Map::new());
    for id in ids {
        let found = core.world.templates.get(&id).filter(|t| t.waba_id == waba.id);
        let reason = match (found.map(|t| t.status.as_str()), archive) {
            (None, _) => Some("The template does not exist in this account."),
            (Some("APPROVED" | "REJECTED" | "PAUSED"), true) | (Some("ARCHIVED"), false) => None,
            (Some(_), true) => Some("Only approved, rejected and paused templates can be archived."),
            (Some(_), false) => Some("The template is not archived."),
        };
        match reason {
            Some(reason) => drop(failed.insert(id, json!(reason))),
            None => {
                let (status, event) = if archive {
                    ("ARCHIVED", "ARCHIVED")
                } else {
                    ("APPROVED", "UNARCHIVED")
                };
                core.template_status(&id, status, event, json!("NONE"), json!({}));
                moved.push(id);
            }
        }
    }
    let key = if archive {
        "archived_templates"
    } else {
        "unarchived_templates"
    };
    Ok(Reply::Ok(json!({key: moved, "failed_templates": failed})))
}

fn ids_of(call: &Call) -> Result<Vec<String>, Refusal> {
    let given = body_of(call)?
        .get("hsm_ids")
        .cloned()
        .or_else(|| call.query.get("hsm_ids").map(|t| json!(t)));
    let list = match given {
        Some(Value::Array(list)) => list,
        Some(Value::String(text)) if text.starts_with('[') => serde_json::from_str(&text).unwrap_or_default(),
        Some(Value::String(text)) => text.split(',').map(|id| json!(id.trim())).collect(),
        _ => Vec::new(),
    };
    let ids: Vec<String> = list
        .iter()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        .filter(|id| !id.is_empty())
        .collect();
    match ids.len() {
        1..=MAX_IDS => Ok(ids),
        n => Err(Refusal::parameter(format!(
            "Param hsm_ids must be a list of 1 to {MAX_IDS} template ids; it has {n}."
        ))),
    }
}

/// `POST /{WABA}/migrate_message_templates?source_waba_id=&page_number=`: the approved templates of another account of the
/// same business, 500 a page. Those with good or unknown quality come, approved; those that exist here already do not.
pub(super) fn migrate(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let source_id = call
        .field("source_waba_id")
        .ok_or_else(|| Refusal::parameter("The parameter source_waba_id is required."))?;
    let source = core
        .world
        .wabas
        .get(&source_id)
        .filter(|_| core.may_see(call, &source_id));
    let source = source
        .cloned()
        .ok_or_else(|| Refusal::missing("POST", &source_id))?;
    if source.id == waba.id {
        return Err(Refusal::parameter(
            "Param source_waba_id must be another account.",
        ));
    }
    if let (Some(a), Some(b)) = (&source.portfolio_id, &waba.portfolio_id)
        && a != b
    {
        return Err(Refusal::parameter(
            "Both accounts must belong to the same business portfolio.",
        ));
    }
    let page = match call.field("page_number").map(|p| p.parse::<usize>()) {
        None => 0,
        Some(Ok(page)) => page,
        Some(Err(_)) => return Err(Refusal::parameter("Param page_number must be a number from 0.")),
    };
    let rows: Vec<Template> = core
        .world
        .templates
        .values()
        .filter(|t| t.waba_id == source.id && t.status == "APPROVED")
        .skip(page.saturating_mul(PAGE))
        .take(PAGE)
        .cloned()
        .collect();
    let (mut migrated, mut failed) = (Vec::new(), Vec::new());
    for row in rows {
        let there = |t: &Template| t.waba_id == waba.id && t.name == row.name && t.language == row.language;
        let reason = if matches!(row.quality.as_str(), "RED" | "YELLOW") {
            Some("The quality of the template is not good enough.")
        } else if core.world.templates.values().any(there) {
            Some("A template of this name and language exists in the destination account.")
        } else if core.template_room(waba).is_none() {
            Some("The destination account has as many templates as it may have.")
        } else {
            None
        };
        if let Some(reason) = reason {
            failed.push(json!({"id": row.id, "reason": reason}));
            continue;
        }
        let copy = Template {
            id: core.world.id(66),
            waba_id: waba.id.clone(),
            name: row.name,
            language: row.language,
            category: row.category,
            parameter_format: row.parameter_format,
            components: row.components,
            ttl_s: row.ttl_s,
            updated_at: core.now(),
            ..Template::default()
        };
        migrated.push(copy.id.clone());
        core.world.templates.insert(copy.id.clone(), copy);
    }
    Ok(Reply::Ok(
        json!({"migrated_templates": migrated, "failed_templates": failed}),
    ))
}
