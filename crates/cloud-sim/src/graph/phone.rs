//! Numbers (Cloud API: phone number node).

use serde_json::{Map, Value, json};

use super::list::pick;
use super::nodes::{MANAGEMENT, need, unknown_edge};
use super::{
    Call, Refusal, Reply, blocking, business, calling, history, media, messages, registration, smb, username,
};
use crate::core::Core;
use crate::entities::Phone;
use crate::provision::display;

const MESSAGING: &str = "whatsapp_business_messaging";

/// A message, when the token may send.
pub(super) fn send(core: &mut Core, call: &Call, phone_id: &str, edge: &str) -> Result<Reply, Refusal> {
    if !core.has_scope(call, MESSAGING) {
        return Err(Refusal::plain(
            403,
            200,
            "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp \
             Business Account",
        ));
    }
    Ok(messages::post(core, call, phone_id, edge == "marketing_messages"))
}

pub(super) fn of_phone(core: &mut Core, call: &Call, phone: &Phone, edge: &str) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
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
        ("POST", "") => registration::configure(core, call, phone),
        ("POST", "smb_app_data") => smb::sync(core, call, phone),
        ("POST" | "GET" | "DELETE", "block_users") => blocking::handle(core, call, phone),
        ("POST", verb @ ("request_code" | "verify_code" | "register" | "deregister")) => {
            registration::of_phone(core, call, phone, verb).unwrap_or_else(|| Err(unknown_edge(edge, "POST")))
        }
        ("POST", "media") => media::upload(core, call, phone),
        (_, "username") => username::handle(core, call, phone),
        ("GET", "username_suggestions") => Ok(username::suggestions(core, phone)),
        ("GET", "message_history") => {
            need(core, call, MANAGEMENT)?;
            history::of_phone(core, call, phone)
        }
        ("GET", "call_permissions") => calling::permissions(core, call, phone),
        ("POST", "calls") => Err(calling::refuse(phone)),
        _ => business::of_phone(core, call, phone, edge)
            .unwrap_or_else(|| Err(unknown_edge(edge, &call.method))),
    }
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
        "code_verification_status": phone.code_verification_status,
        "name_status": phone.name_status,
        "new_name_status": phone.new_name_status,
        "new_display_name": phone.new_display_name,
        "conversational_automation": phone.automation,
        "username": phone.username,
        "platform_type": "CLOUD_API",
        "throughput": {"level": if high { "HIGH" } else { "STANDARD" }},
        "account_mode": if phone.is_test { "SANDBOX" } else { "LIVE" },
        "is_official_business_account": false,
        "is_pin_enabled": phone.pin.is_some(),
        "is_on_biz_app": phone.coexistence,
        "is_preverified_number": false,
        "messaging_limit_tier": tier,
        "whatsapp_business_manager_messaging_limit": tier,
        "webhook_configuration": hooks,
        "last_onboarded_time": graph_time(phone.onboarded_at),
        "health_status": {"can_send_message": if usable { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{"entity_type": "PHONE_NUMBER", "id": phone.id,
                          "can_send_message": if usable { "AVAILABLE" } else { "BLOCKED" }}]},
    })
}

/// ISO 8601 as the Graph API writes it.
pub(super) fn graph_time(ms: i64) -> String {
    let at = if ms == 0 { 1_772_619_630_000 } else { ms };
    chrono::DateTime::from_timestamp_millis(at)
        .map(|t| t.format("%Y-%m-%dT%H:%M:%S+0000").to_string())
        .unwrap_or_default()
}
