//! `POST /{PNID}/smb_app_data`: requests contacts and history of the phone app (Cloud API: Embedded Signup, coexistence).

use serde_json::json;

use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;

const DAY_MS: i64 = 86_400_000;

/// Each once, within 24 hours of the onboarding.
pub(super) fn sync(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    if call.field("messaging_product").as_deref() != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let kind = call.field("sync_type").unwrap_or_default();
    if !matches!(kind.as_str(), "smb_app_state_sync" | "history") {
        return Err(Refusal::parameter(
            "Param sync_type must be one of {smb_app_state_sync, history}",
        ));
    }
    if !phone.coexistence {
        return Err(Refusal::parameter(
            "The number is not used in the WhatsApp Business app.",
        ));
    }
    if phone.synced.contains(&kind) {
        return Err(Refusal::of(
            2_593_107,
            Some("This synchronisation was asked for before.".into()),
        ));
    }
    if phone.onboarded_at > 0 && phone.onboarded_at < core.now() - DAY_MS {
        return Err(Refusal::of(
            2_593_108,
            Some("The number was onboarded more than 24 hours ago.".into()),
        ));
    }
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        phone.synced.insert(kind.clone());
    }
    match kind.as_str() {
        "history" => core.sync_history(phone),
        _ => core.sync_contacts(phone),
    }
    let request_id = crate::ids::hex_id(&mut core.world.dice);
    Ok(Reply::Ok(
        json!({"messaging_product": "whatsapp", "request_id": request_id}),
    ))
}
