//! WhatsApp Business Accounts: fields, edges, settings, subscriptions (Cloud API: WABA node; webhook
//! subscription).

use serde_json::{Value, json};

use super::list::{page, pick};
use super::nodes::{MANAGEMENT, need, unknown_edge};
use super::phone::{PHONE_DEFAULT, PHONE_FIELDS, callback_shape, phone_node};
use super::template_node::list_templates;
use super::{Call, Refusal, Reply, analytics, flows, registration, template_archive, templates};
use crate::core::Core;
use crate::entities::{Subscription, Waba};

const WABA_FIELDS: &[&str] = &[
    "id",
    "name",
    "currency",
    "timezone_id",
    "message_template_namespace",
    "account_review_status",
    "country",
    "status",
    "business_verification_status",
    "ownership_type",
    "health_status",
    "owner_business_info",
    "on_behalf_of_business_info",
    "primary_funding_id",
    "purchase_order_number",
    "marketing_messages_lite_api_status",
    "is_enabled_for_insights",
    "marketing_messages_onboarding_status",
    "auth_international_rate_eligibility",
    "primary_business_location",
    "disable_marketing_messages_on_cloud_api",
    "degrees_of_freedom_spec",
    "subscribed_apps",
    // Computed by `analytics`.
    "analytics",
    "conversation_analytics",
    "pricing_analytics",
    "template_analytics",
];
const WABA_DEFAULT: &[&str] = &[
    "id",
    "name",
    "currency",
    "timezone_id",
    "message_template_namespace",
];

fn waba_node(core: &Core, waba: &Waba) -> Value {
    let mut node = json!({
        "id": waba.id,
        "name": waba.name,
        "currency": waba.currency,
        "timezone_id": waba.timezone_id,
        "message_template_namespace": format!("sim_{}", waba.id),
        "account_review_status": waba.account_review_status,
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "is_enabled_for_insights": waba.insights,
        "marketing_messages_onboarding_status": waba.marketing_onboarding,
        "marketing_messages_lite_api_status": match waba.marketing_onboarding.as_str() {
            status @ ("ONBOARDED" | "ELIGIBLE") => status,
            _ => "INELIGIBLE",
        },
        "disable_marketing_messages_on_cloud_api": waba.disable_marketing_messages_on_cloud_api,
        "subscribed_apps": {"data": subscribers(core, waba)},
        "health_status": {"can_send_message": if waba.restricted.is_none() { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{"entity_type": "WABA", "id": waba.id, "can_send_message": "AVAILABLE"}]},
    });
    if !waba.degrees_of_freedom_spec.is_null() {
        node["degrees_of_freedom_spec"] = waba.degrees_of_freedom_spec.clone();
    }
    if let Some(country) = &waba.primary_business_location {
        node["primary_business_location"] = json!(country);
        node["country"] = json!(country);
    }
    if let Some(from) = waba.auth_international_from {
        let exceptions: Vec<Value> = waba
            .auth_international_exceptions
            .iter()
            .map(|(country, from)| json!({"country_code": country, "start_time": from}))
            .collect();
        node["auth_international_rate_eligibility"] =
            json!({"start_time": from, "exception_countries": exceptions});
    }
    let owner = waba
        .portfolio_id
        .as_ref()
        .and_then(|id| core.world.portfolios.get(id));
    if let Some(owner) = owner {
        node["owner_business_info"] = json!({"id": owner.id, "name": owner.name});
    }
    node
}

/// The apps of an account, as `subscribed_apps` has them.
fn subscribers(core: &Core, waba: &Waba) -> Vec<Value> {
    let row = |(id, subscription): (&String, &Subscription)| {
        let name = core
            .world
            .apps
            .get(id)
            .map(|a| a.name.clone())
            .unwrap_or_default();
        let link = format!("https://www.facebook.com/games/?app_id={id}");
        let mut row = json!({"whatsapp_business_api_data": {"id": id, "name": name, "link": link}});
        if let Some(url) = &subscription.override_callback_uri {
            row["override_callback_uri"] = json!(url);
        }
        row
    };
    waba.subscriptions.iter().map(row).collect()
}

/// `GET /{BIZ}/owned_whatsapp_business_accounts`, and those of customers (Cloud API: WABA node).
pub(super) fn of_portfolio(core: &Core, call: &Call, id: &str, edge: &str) -> Result<Reply, Refusal> {
    need(core, call, MANAGEMENT)?;
    let of = |owned: bool| -> Vec<Value> {
        let mine = |w: &&Waba| (w.portfolio_id.as_deref() == Some(id)) == owned && core.may_see(call, &w.id);
        // Accounts without an owner are no one's customers.
        let rows = core
            .world
            .wabas
            .values()
            .filter(|w| w.portfolio_id.is_some())
            .filter(mine);
        rows.map(|w| waba_node(core, w)).collect()
    };
    match edge {
        "owned_whatsapp_business_accounts" => page(
            core,
            call,
            of(true),
            "WhatsAppBusinessAccount",
            WABA_FIELDS,
            WABA_DEFAULT,
        ),
        "client_whatsapp_business_accounts" => page(
            core,
            call,
            of(false),
            "WhatsAppBusinessAccount",
            WABA_FIELDS,
            WABA_DEFAULT,
        ),
        edge => Err(unknown_edge(edge, "GET")),
    }
}

/// Operations on an account.
pub(super) fn of_waba(
    core: &mut Core,
    call: &Call,
    waba: &Waba,
    edge: &str,
    app_id: Option<&str>,
) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("GET", "") => {
            let computed = analytics::of_waba(core, call, waba)?;
            let reply = pick(
                call,
                "WhatsAppBusinessAccount",
                waba_node(core, waba),
                WABA_FIELDS,
                WABA_DEFAULT,
            )?;
            Ok(match reply {
                Reply::Ok(mut body) => {
                    for (name, value) in computed {
                        body[name] = value;
                    }
                    Reply::Ok(body)
                }
                reply => reply,
            })
        }
        ("GET", "template_analytics") => analytics::template_edge(core, call, waba).map(Reply::Ok),
        ("POST", "") => configure(core, call, waba),
        ("GET" | "POST", "flows") => flows::of_waba(core, call, waba),
        ("POST", "migrate_message_templates") => template_archive::migrate(core, call, waba),
        ("GET", "phone_numbers") => {
            let rows: Vec<Value> = core
                .world
                .phones
                .values()
                .filter(|p| p.waba_id == waba.id)
                .map(|p| phone_node(core, p))
                .collect();
            page(
                core,
                call,
                rows,
                "WhatsAppBusinessPhoneNumber",
                PHONE_FIELDS,
                PHONE_DEFAULT,
            )
        }
        ("POST", "phone_numbers") => registration::add(core, call, waba),
        ("GET", "message_templates") => list_templates(core, call, waba),
        ("POST", "message_templates") => templates::create(core, call, waba),
        ("DELETE", "message_templates") => templates::delete(core, call, waba),
        ("POST", "upsert_message_templates") => templates::upsert(core, call, waba),
        ("GET", "subscribed_apps") => Ok(Reply::Ok(json!({"data": subscribers(core, waba)}))),
        ("POST", "subscribed_apps") => subscribe(core, call, waba, app_id),
        ("DELETE", "subscribed_apps") => {
            let app_id = app_of(app_id)?;
            if let Some(waba) = core.world.wabas.get_mut(&waba.id) {
                waba.subscriptions.remove(&app_id);
            }
            Ok(Reply::Ok(json!({"success": true})))
        }
        _ => Err(unknown_edge(edge, &call.method)),
    }
}

/// `POST /{WABA}`: template insights, irreversible; marketing messages on the normal endpoint; what Meta may change.
fn configure(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let mut changed = waba.clone();
    let insights = call.field("is_enabled_for_insights");
    let marketing = call.field("disable_marketing_messages_on_cloud_api");
    let freedom = call
        .body
        .as_ref()
        .ok()
        .and_then(|b| b.get("degrees_of_freedom_spec"));
    match insights.as_deref() {
        Some("true") => changed.insights = true,
        Some(_) if waba.insights => {
            return Err(Refusal::of(
                200_006,
                Some("Template insights cannot be disabled once they are enabled.".into()),
            ));
        }
        None if marketing.is_some() || freedom.is_some() => {}
        _ => {
            return Err(Refusal::parameter(
                "The parameter is_enabled_for_insights is required.",
            ));
        }
    }
    match marketing.as_deref() {
        None => {}
        Some(flag @ ("true" | "false")) => changed.disable_marketing_messages_on_cloud_api = flag == "true",
        Some(_) => {
            return Err(Refusal::parameter(
                "Param disable_marketing_messages_on_cloud_api must be a boolean.",
            ));
        }
    }
    if let Some(spec) = freedom {
        changed.degrees_of_freedom_spec = spec.clone();
    }
    core.world.wabas.insert(waba.id.clone(), changed);
    Ok(Reply::Ok(json!({"id": waba.id, "success": true})))
}

fn app_of(app_id: Option<&str>) -> Result<String, Refusal> {
    app_id.map(str::to_owned).ok_or_else(|| {
        Refusal::parameter("The access token belongs to no app: set app_id of the token in the simulator.")
    })
}

fn subscribe(core: &mut Core, call: &Call, waba: &Waba, app_id: Option<&str>) -> Result<Reply, Refusal> {
    let app_id = app_of(app_id)?;
    let waba_id = waba.id.clone();
    let Some(url) = call.field("override_callback_uri").filter(|u| !u.is_empty()) else {
        // A plain subscription removes an earlier override.
        if let Some(waba) = core.world.wabas.get_mut(&waba_id) {
            waba.subscriptions.insert(app_id, Subscription::default());
        }
        return Ok(Reply::Ok(json!({"success": true})));
    };
    callback_shape(&url)?;
    let verify_token = call.field("verify_token").unwrap_or_default();
    let subscription = Subscription {
        override_callback_uri: Some(url.clone()),
        verify_token: Some(verify_token.clone()),
    };
    Ok(Reply::Handshake {
        url,
        verify_token,
        commit: Box::new(move |core| {
            if let Some(waba) = core.world.wabas.get_mut(&waba_id) {
                waba.subscriptions.insert(app_id, subscription);
            }
            json!({"success": true})
        }),
    })
}
