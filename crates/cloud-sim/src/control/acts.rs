//! What Meta does to templates, numbers and accounts (Cloud API: simulator control API).

use serde_json::{Value, json};

use super::{Outcome, phone_page};
use crate::core::Core;
use crate::sim::ControlError;

fn text<'b>(body: &'b Value, key: &str) -> Option<&'b str> {
    body.get(key).and_then(Value::as_str)
}

fn one_of<'b>(body: &'b Value, key: &str, known: &[&str]) -> Result<&'b str, ControlError> {
    text(body, key)
        .filter(|given| known.contains(given))
        .ok_or_else(|| ControlError::bad(format!("{key} must be one of {}", known.join(", "))))
}

/// `POST /_sim/templates/{id}/{act}`; the webhooks go out.
pub fn template(core: &mut Core, id: &str, act: &str, body: &Value) -> Outcome {
    if !core.world.templates.contains_key(id) {
        return Err(ControlError::missing(format!("there is no template {id}")));
    }
    match act {
        "approve" => core.template_approve(id),
        "reject" => core.template_reject(id, text(body, "reason").unwrap_or("INVALID_FORMAT")),
        "pause" => core.template_pause(id),
        "disable" => core.template_disable(id),
        "unpause" => core.template_unpause(id),
        "quality" => {
            let score = one_of(body, "score", &["GREEN", "YELLOW", "RED", "UNKNOWN"])?.to_owned();
            core.template_quality(id, &score);
        }
        "recategorize" => {
            let category = one_of(body, "category", &["MARKETING", "UTILITY", "AUTHENTICATION"])?.to_owned();
            let at_once = body.get("at_once").and_then(Value::as_bool) == Some(true);
            core.template_recategorize(id, &category, at_once);
        }
        other => {
            return Err(ControlError::missing(format!(
                "{other} is unknown; approve reject pause disable unpause quality recategorize"
            )));
        }
    }
    let status = core.world.templates.get(id).map(|t| t.status.clone());
    Ok(json!({"success": true, "status": status}))
}

/// `{phone_id, user, report?, unblock?}`: the person blocks the business, or takes it back.
pub fn block(core: &mut Core, body: &Value) -> Outcome {
    let (phone_id, user_id) = phone_page::thread_of(core, body)?;
    let flag = |key: &str| body.get(key).and_then(Value::as_bool) == Some(true);
    core.block_business(&phone_id, &user_id, !flag("unblock"), flag("report"));
    Ok(json!({"success": true}))
}
