//! Numbers (Cloud API: phone number node).

use serde_json::{Map, Value, json};

use super::list::pick;
use super::nodes::{MANAGEMENT, need, unknown_edge};
use super::{Call, Refusal, Reply, media, messages};
use crate::core::Core;
use crate::entities::Phone;
use crate::provision::display;

const MESSAGING: &str = "whatsapp_business_messaging";

pub(super) fn of_phone(core: &mut Core, call: &Call, phone: &Phone, edge: &str) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("POST", "messages" | "marketing_messages") => {
            if !core.has_scope(call, MESSAGING) {
                return Err(Refusal::plain(
                    403,
                    200,
                    "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp \
                     Business Account",
                ));
            }
            Ok(messages::post(core, call, &phone.id))
        }
        ("GET", "") => {
            need(core, call, MANAGEMENT)?;
            pick(
                call,
                "WhatsAppBusinessPhoneNumber",
                phone_node(core, phone),
                PHONE_FIELDS,
                PHONE_DEFAULT,
            )
        }
        ("POST", "") => configure_phone(core, call, phone),
        ("GET", "whatsapp_business_profile") => Ok(Reply::Ok(json!({"data": [{
            "messaging_product": "whatsapp", "about": "Simulated", "description": phone.verified_name,
            "vertical": "OTHER", "websites": [], "email": "", "address": "",
        }]}))),
        ("POST", "whatsapp_business_profile" | "register" | "deregister") => {
            Ok(Reply::Ok(json!({"success": true})))
        }
        ("POST", "media") => media::upload(core, call, phone),
        _ => Err(unknown_edge(edge, &call.method)),
    }
}

/// `POST /{PNID}`: the callback of one number, or its PIN.
fn configure_phone(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    need(core, call, MANAGEMENT)?;
    let body = call
        .body
        .as_ref()
        .map_err(|e| Refusal::parameter(format!("Invalid JSON in the request body: {e}")))?;
    if let Some(pin) = body.get("pin") {
        let right = pin
            .as_str()
            .is_some_and(|p| p.len() == 6 && p.bytes().all(|b| b.is_ascii_digit()));
        return if right {
            Ok(Reply::Ok(json!({"success": true})))
        } else {
            Err(Refusal::parameter("Param pin must be 6 digits."))
        };
    }
    let Some(hook) = body.get("webhook_configuration") else {
        return Err(Refusal::parameter(
            "The parameter webhook_configuration is required.",
        ));
    };
    let text = |key: &str| {
        hook.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let url = text("override_callback_uri");
    let id = phone.id.clone();
    if url.is_empty() {
        if let Some(phone) = core.world.phones.get_mut(&id) {
            phone.override_callback_uri = None;
        }
        return Ok(Reply::Ok(json!({"success": true})));
    }
    callback_shape(&url)?;
    let stored = url.clone();
    Ok(Reply::Handshake {
        url,
        verify_token: text("verify_token"),
        commit: Box::new(move |core| {
            if let Some(phone) = core.world.phones.get_mut(&id) {
                phone.override_callback_uri = Some(stored);
            }
            json!({"success": true})
        }),
    })
}

pub(super) fn callback_shape(url: &str) -> Result<(), Refusal> {
    if url.chars().count() > 200 {
        return Err(Refusal::parameter(
            "Param override_callback_uri must be at most 200 characters long.",
        ));
    }
    if !url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https")) {
        return Err(Refusal::parameter(
            "Param override_callback_uri is not a valid URI.",
        ));
    }
    Ok(())
}

pub(super) const PHONE_FIELDS: &[&str] = &[
    "id",
    "display_phone_number",
    "verified_name",
    "country_code",
    "country_dial_code",
    "quality_rating",
    "quality_score",
    "status",
    "code_verification_status",
    "name_status",
    "new_name_status",
    "platform_type",
    "throughput",
    "account_mode",
    "is_official_business_account",
    "is_pin_enabled",
    "is_on_biz_app",
    "is_preverified_number",
    "messaging_limit_tier",
    "whatsapp_business_manager_messaging_limit",
    "webhook_configuration",
    "health_status",
    "last_onboarded_time",
    "certificate",
    "new_certificate",
    "new_display_name",
    "search_visibility",
    "username",
    "conversational_automation",
    "eligibility_for_api_business_global_search",
];
pub(super) const PHONE_DEFAULT: &[&str] = &[
    "id",
    "verified_name",
    "display_phone_number",
    "quality_rating",
    "code_verification_status",
    "platform_type",
    "throughput",
    "webhook_configuration",
    "last_onboarded_time",
];

pub(super) fn phone_node(core: &Core, phone: &Phone) -> Value {
    let shown = match phone.display_phone_number.as_str() {
        "" => display(&phone.digits),
        given => given.to_owned(),
    };
    let mut hooks = Map::new();
    if let Some(url) = &phone.override_callback_uri {
        hooks.insert("phone_number".into(), json!(url));
    }
    let waba = core.world.wabas.get(&phone.waba_id);
    if let Some(app) = waba.and_then(|w| w.subscriptions.iter().next()) {
        if let Some(url) = &app.1.override_callback_uri {
            hooks.insert("whatsapp_business_account".into(), json!(url));
        }
        if let Some(app) = core.world.apps.get(app.0).filter(|a| !a.callback_url.is_empty()) {
            hooks.insert("application".into(), json!(app.callback_url));
        }
    }
    let tier = waba
        .and_then(|w| w.portfolio_id.as_ref())
        .and_then(|id| core.world.portfolios.get(id))
        .map_or("TIER_UNLIMITED", |p| p.limit_tier.as_str());
    let high = phone.throughput_mps.unwrap_or(core.config.mps_default) > 80;
    let usable = phone.status == "CONNECTED";
    json!({
        "id": phone.id,
        "display_phone_number": shown,
        "verified_name": phone.verified_name,
        "quality_rating": phone.quality_rating,
        "quality_score": {"score": phone.quality_rating},
        "status": phone.status,
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": if high { "HIGH" } else { "STANDARD" }},
        "account_mode": if phone.is_test { "SANDBOX" } else { "LIVE" },
        "is_official_business_account": false,
        "is_pin_enabled": true,
        "is_on_biz_app": false,
        "is_preverified_number": false,
        "messaging_limit_tier": tier,
        "whatsapp_business_manager_messaging_limit": tier,
        "webhook_configuration": hooks,
        "last_onboarded_time": "2026-03-04T10:20:30+0000",
        "health_status": {"can_send_message": if usable { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{"entity_type": "PHONE_NUMBER", "id": phone.id,
                          "can_send_message": if usable { "AVAILABLE" } else { "BLOCKED" }}]},
    })
}
