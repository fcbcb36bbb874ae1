//! The part of the calling API that needs no audio: permissions, which nobody has given
//! (Cloud API: error codes 138000 to 138025).

use serde_json::{Value, json};

use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;

/// `GET /{PNID}/call_permissions?user_wa_id=` (or `recipient=`): what a business may do with a person.
pub(super) fn permissions(core: &Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let asked = call.field("user_wa_id").or_else(|| call.field("recipient"));
    let asked = asked.ok_or_else(|| Refusal::parameter("The parameter user_wa_id is required."))?;
    let user = core
        .world
        .user(&asked)
        .ok_or_else(|| Refusal::missing("GET", &asked))?;
    let open = core
        .world
        .threads
        .get(&format!("{}/{}", phone.id, user.user_id))
        .is_some_and(|t| t.csw_until > core.now());
    Ok(Reply::Ok(json!({
        "messaging_product": "whatsapp",
        "permission": {"status": "no_permission"},
        "actions": [
            {"action_name": "send_call_permission_request", "can_perform_action": open, "limits": [
                {"time_period": "PT24H", "max_allowed": 1, "current_usage": 0},
                {"time_period": "P7D", "max_allowed": 2, "current_usage": 0}]},
            {"action_name": "start_call", "can_perform_action": false, "limits": [
                {"time_period": "PT24H", "max_allowed": 5, "current_usage": 0}]},
        ],
    })))
}

/// `POST /{PNID}/calls`: refused as Meta does where calling is off; with calling on, because the permission is missing.
pub(super) fn refuse(phone: &Phone) -> Refusal {
    let on = phone.settings.pointer("/calling/status").and_then(Value::as_str) == Some("ENABLED");
    match on {
        true => Refusal::of(
            138_006,
            Some("The user has not permitted calls. Calls are not simulated.".into()),
        ),
        false => Refusal::of(138_000, Some("Calling is not enabled for this number.".into())),
    }
}
