//! Actions by Meta on templates, numbers and accounts (Cloud API: simulator control API).

use serde_json::{Value, json};

use super::{Outcome, phone_page};
use crate::core::Core;
use crate::life::Life;
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
        "approve" => {
            core.world.agenda.drop_review(id);
            core.template_approve(id);
        }
        "reject" => {
            core.world.agenda.drop_review(id);
            core.template_reject(id, text(body, "reason").unwrap_or("INVALID_FORMAT"));
        }
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

/// `{phone_id, user, report?, unblock?}`: the person blocks or unblocks the business.
pub fn block(core: &mut Core, body: &Value) -> Outcome {
    let (phone_id, user_id) = phone_page::thread_of(core, body)?;
    let flag = |key: &str| body.get(key).and_then(Value::as_bool) == Some(true);
    core.block_business(&phone_id, &user_id, !flag("unblock"), flag("report"));
    Ok(json!({"success": true}))
}

/// `POST /_sim/phones/{id}/{act}`; the webhooks go out.
pub fn phone(core: &mut Core, id: &str, act: &str, body: &Value) -> Outcome {
    const TIERS: [&str; 7] = [
        "TIER_50",
        "TIER_250",
        "TIER_1K",
        "TIER_2K",
        "TIER_10K",
        "TIER_100K",
        "TIER_UNLIMITED",
    ];
    let Some(phone) = core.world.phones.get(id).cloned() else {
        return Err(ControlError::missing(format!("there is no phone {id}")));
    };
    let number = |key: &str| body.get(key).and_then(Value::as_u64);
    match act {
        "quality" => {
            let score = one_of(body, "score", &["GREEN", "YELLOW", "RED", "UNKNOWN"])?.to_owned();
            set(core, id, |p| p.quality_rating = score);
        }
        "tier" => {
            let tier = one_of(body, "tier", &TIERS)?.to_owned();
            let portfolio = core.portfolio_id(id);
            let portfolio =
                portfolio.ok_or_else(|| ControlError::bad("the account of this number has no portfolio"))?;
            core.set_tier(&portfolio, &tier);
        }
        "throughput" => {
            let mps = number("mps").filter(|n| (1..=10_000).contains(n));
            let mps = mps.ok_or_else(|| ControlError::bad("mps must be 1 to 10000"))?;
            set(core, id, |p| {
                p.throughput_mps = u32::try_from(mps).ok();
                p.bucket = None;
            });
            if mps >= 1_000 {
                core.account_post(
                    &phone.waba_id,
                    "phone_number_quality_update",
                    json!({"display_phone_number": phone.digits, "event": "THROUGHPUT_UPGRADE",
                           "current_limit": "TIER_UNLIMITED", "max_daily_conversations_per_business": "TIER_UNLIMITED"}),
                );
            }
        }
        "name_decision" => {
            let decision =
                one_of(body, "decision", &["APPROVED", "REJECTED", "DEFERRED", "PENDING"])?.to_owned();
            core.decide_name(id, &decision, text(body, "reason"));
        }
        "ban" => set(core, id, |p| p.status = "BANNED".into()),
        "connect" => set(core, id, |p| p.status = "CONNECTED".into()),
        "maintenance" => {
            set(core, id, |p| p.status = "MAINTENANCE".into());
            if let Some(seconds) = number("seconds") {
                let due = core.now() + i64::try_from(seconds).unwrap_or(i64::MAX / 4_000) * 1_000;
                core.plan_later(due, Life::EndMaintenance { phone: id.to_owned() });
            }
        }
        "pin" => {
            let event = one_of(
                body,
                "event",
                &["PIN_CHANGED", "PIN_RESET_REQUEST", "PIN_REQUEST_SUCCESS"],
            )?;
            let mut value = json!({"display_phone_number": phone.digits, "event": event});
            if let Some(requester) = text(body, "requester") {
                value["requester"] = json!(requester);
            }
            core.account_post(&phone.waba_id, "security", value);
            if let Some(pin) = text(body, "pin").map(str::to_owned) {
                set(core, id, |p| p.pin = Some(pin));
            }
        }
        "app_message" => {
            let wamid = core.app_message(id, body).map_err(ControlError::bad)?;
            return Ok(json!({"wamid": wamid}));
        }
        "app_contact" => core.app_contact(id, body).map_err(ControlError::bad)?,
        other => {
            return Err(ControlError::missing(format!(
                "{other} is unknown; app_message app_contact quality tier throughput name_decision ban connect maintenance pin"
            )));
        }
    }
    Ok(json!(core.world.phones.get(id)))
}

fn set(core: &mut Core, id: &str, change: impl FnOnce(&mut crate::entities::Phone)) {
    if let Some(phone) = core.world.phones.get_mut(id) {
        change(phone);
    }
}

/// `POST /_sim/wabas/{id}/{act}`; the webhooks go out.
pub fn waba(core: &mut Core, id: &str, act: &str, body: &Value) -> Outcome {
    if !core.world.wabas.contains_key(id) {
        return Err(ControlError::missing(format!("there is no account {id}")));
    }
    let flag = |key: &str| body.get(key).and_then(Value::as_bool);
    match act {
        "restrict" => restrict(core, id, body)?,
        "violate" => {
            let mut info = json!({"violation_type": text(body, "violation_type").unwrap_or("SCAM")});
            if let Some(remediation) = text(body, "remediation") {
                info["remediation"] = json!(remediation);
            }
            core.account_post(
                id,
                "account_update",
                json!({"event": "ACCOUNT_VIOLATION", "violation_info": info}),
            );
        }
        "payment" => {
            let ok = flag("ok").ok_or_else(|| ControlError::bad("ok must be true or false"))?;
            change(core, id, |w| w.payment_ok = ok);
        }
        "ban" => {
            const STATES: [&str; 3] = ["DISABLE", "REINSTATE", "SCHEDULE_FOR_DISABLE"];
            let state = match body.get("state") {
                None => "DISABLE",
                Some(_) => one_of(body, "state", &STATES)?,
            };
            let date = chrono::DateTime::from_timestamp_millis(core.now())
                .map(|t| t.format("%B %-d, %Y").to_string());
            change(core, id, |w| match state {
                "DISABLE" => w.restricted = Some(131_031),
                "REINSTATE" => {
                    w.restricted = None;
                    w.restrictions.clear();
                }
                _ => {}
            });
            core.account_post(
                id,
                "account_update",
                json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": [state], "waba_ban_date": date}}),
            );
        }
        "partner_remove" => partner_remove(core, id),
        "review" => {
            let decision =
                one_of(body, "decision", &["APPROVED", "REJECTED", "PENDING", "DEFERRED"])?.to_owned();
            change(core, id, |w| w.account_review_status.clone_from(&decision));
            core.account_post(id, "account_review_update", json!({"decision": decision}));
        }
        other => {
            return Err(ControlError::missing(format!(
                "{other} is unknown; restrict violate payment ban partner_remove review"
            )));
        }
    }
    Ok(json!(core.world.wabas.get(id)))
}

fn change(core: &mut Core, id: &str, change: impl FnOnce(&mut crate::entities::Waba)) {
    if let Some(waba) = core.world.wabas.get_mut(id) {
        change(waba);
    }
}

/// `{type?, seconds?}` for a restriction that ends by itself, `{lift: true}` to end all.
fn restrict(core: &mut Core, id: &str, body: &Value) -> Result<(), ControlError> {
    const KINDS: [&str; 3] = [
        "RESTRICTED_BIZ_INITIATED_MESSAGING",
        "RESTRICTED_CUSTOMER_INITIATED_MESSAGING",
        "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
    ];
    if body.get("lift").and_then(Value::as_bool) == Some(true) {
        change(core, id, |w| {
            w.restricted = None;
            w.restrictions.clear();
        });
        return Ok(());
    }
    let kind = match body.get("type") {
        None => KINDS[0],
        Some(_) => one_of(body, "type", &KINDS)?,
    };
    let seconds = body
        .get("seconds")
        .and_then(Value::as_i64)
        .unwrap_or(86_400)
        .clamp(1, 365 * 86_400);
    let until = core.now() + seconds * 1_000;
    change(core, id, |w| {
        w.restrictions.insert(kind.to_owned(), until);
    });
    let info = json!([{"restriction_type": kind, "expiration": until / 1_000}]);
    core.account_post(
        id,
        "account_update",
        json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": info}),
    );
    Ok(())
}

/// The customer revokes the partner's access: a last webhook, then its tokens answer 190.
fn partner_remove(core: &mut Core, id: &str) {
    let owner = core
        .world
        .wabas
        .get(id)
        .and_then(|w| w.portfolio_id.clone())
        .unwrap_or_default();
    core.account_post(
        id,
        "account_update",
        json!({"event": "PARTNER_REMOVED", "waba_info": {"waba_id": id, "owner_business_id": owner}}),
    );
    change(core, id, |w| w.subscriptions.clear());
    for token in core.world.tokens.values_mut() {
        if token.assets.remove(id) && token.assets.is_empty() {
            token.revoked = true;
        }
    }
}

/// `POST /_sim/portfolios/{id}/verify`: the business is verified.
pub fn verify(core: &mut Core, id: &str) -> Outcome {
    if !core.world.portfolios.contains_key(id) {
        return Err(ControlError::missing(format!("there is no portfolio {id}")));
    }
    core.verify_portfolio(id);
    Ok(json!(core.world.portfolios.get(id)))
}
