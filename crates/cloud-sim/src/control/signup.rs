//! Embedded Signup without Facebook: codes, and a page that posts what the popup posts
//! (Cloud API: Embedded Signup and tokens).

use std::collections::{BTreeMap, BTreeSet};

use poem::Response;
use serde_json::{Value, json};

use super::Outcome;
use crate::core::Core;
use crate::graph::CODE_MS;
use crate::sim::ControlError;

const PAGE: &str = include_str!("signup.html");

/// `{waba_id | wabas: […], app_id?}` → a code that is valid for 30 seconds, and what the popup would post.
pub fn code(core: &mut Core, body: &Value) -> Outcome {
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut wabas: BTreeSet<String> = text("waba_id").or_else(|| text("waba")).into_iter().collect();
    let more = body.get("wabas").and_then(Value::as_array);
    wabas.extend(
        more.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    if let Some(unknown) = wabas.iter().find(|id| !core.world.wabas.contains_key(*id)) {
        return Err(ControlError::missing(format!("there is no account {unknown}")));
    }
    let Some(waba_id) = wabas.first().cloned() else {
        return Err(ControlError::bad(
            "waba_id is missing: the account the customer shares",
        ));
    };
    let app_id = match text("app_id") {
        Some(id) if core.world.apps.contains_key(&id) => id,
        Some(id) => return Err(ControlError::missing(format!("there is no app {id}"))),
        None => core
            .world
            .apps
            .keys()
            .next()
            .cloned()
            .ok_or_else(|| ControlError::bad("there is no app"))?,
    };
    let phone = core.world.phones.values().find(|p| p.waba_id == waba_id);
    let event = match phone {
        Some(p) if p.coexistence => "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING",
        Some(_) => "FINISH",
        None => "FINISH_ONLY_WABA",
    };
    let business = core
        .world
        .wabas
        .get(&waba_id)
        .and_then(|w| w.portfolio_id.clone())
        .unwrap_or_default();
    let mut data = json!({"waba_id": waba_id, "business_id": business});
    if let Some(phone) = phone {
        data["phone_number_id"] = json!(phone.id);
    }
    let code = core.make_code(&app_id, wabas);
    Ok(json!({"code": code, "expires_in": CODE_MS / 1_000,
              "message": {"type": "WA_EMBEDDED_SIGNUP", "event": event, "data": data}}))
}

/// `GET /_sim/es?config_id=…`: the popup. It lists the accounts of the world.
pub fn page(core: &Core, query: &BTreeMap<String, String>) -> Response {
    let rows: Vec<Value> = core
        .world
        .wabas
        .values()
        .take(200)
        .map(|w| json!({"id": w.id, "name": w.name}))
        .collect();
    let data = json!({"accounts": rows, "config_id": query.get("config_id")});
    // A name may contain anything; inside a script element only `<` could end it.
    let data = data.to_string().replace('<', "\\u003c");
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .body(PAGE.replace("/*DATA*/null", &data))
}
