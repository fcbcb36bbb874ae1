//! Business usernames (Cloud API: BSUID and usernames): a number's own, and those reserved for it.

use serde_json::{Value, json};

use super::nodes::unknown_edge;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;

/// Shortest and longest username.
const LENGTH: std::ops::RangeInclusive<usize> = 3..=35;
/// Forbidden endings, because the name would look like a web address.
const DOMAINS: [&str; 8] = [".com", ".org", ".net", ".int", ".edu", ".gov", ".mil", ".in"];

/// `GET`, `POST` and `DELETE /{PNID}/username`
pub(super) fn handle(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    match call.method.as_str() {
        "GET" => Ok(Reply::Ok(match &phone.username {
            Some(name) => json!({"username": name, "status": "approved"}),
            None => json!({}),
        })),
        "POST" => set(core, call, phone),
        "DELETE" => {
            if phone.username.is_none() {
                return Err(Refusal::of(147_001, Some("The number has no username.".into())));
            }
            keep(core, phone, None, "deleted");
            Ok(Reply::Ok(json!({"success": true})))
        }
        method => Err(unknown_edge("username", method)),
    }
}

/// `GET /{PNID}/username_suggestions`: the display name as a username, when it is free.
pub(super) fn suggestions(core: &Core, phone: &Phone) -> Reply {
    let plain: String = phone
        .verified_name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '.' })
        .collect();
    let plain = plain
        .split('.')
        .filter(|p| !p.is_empty())
        .collect::<Vec<_>>()
        .join(".");
    let digits: String = phone.digits.chars().rev().take(3).collect();
    let names: Vec<String> = [
        plain.clone(),
        format!("{plain}.{digits}"),
        format!("{plain}.shop"),
    ]
    .into_iter()
    .filter(|n| shape(n).is_ok() && owner(core, n).is_none())
    .collect();
    Reply::Ok(json!({"data": [{"username_suggestions": names}]}))
}

fn owner<'c>(core: &'c Core, name: &str) -> Option<&'c Phone> {
    core.world
        .phones
        .values()
        .find(|p| p.username.as_deref() == Some(name))
}

/// The first rule that a name breaks.
fn shape(name: &str) -> Result<(), &'static str> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_');
    if !LENGTH.contains(&name.len()) {
        return Err("must be 3 to 35 characters long");
    }
    if !name.bytes().all(allowed) {
        return Err("may have lower-case letters, digits, dots and underscores only");
    }
    if !name.bytes().any(|b| b.is_ascii_lowercase()) {
        return Err("must have a letter");
    }
    if name.starts_with("www") || DOMAINS.iter().any(|d| name.ends_with(d)) {
        return Err("must not read like an address: no www at its beginning, no domain at its end");
    }
    if name.starts_with('.') || name.ends_with('.') || name.contains("..") {
        return Err("must not begin or end with a dot or have two of them in a row");
    }
    Ok(())
}

fn set(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let name = call.field("username").unwrap_or_default();
    shape(&name).map_err(|rule| Refusal::parameter(format!("Param username {rule}; it is \"{name}\".")))?;
    let transfer = call.field("transfer_action").unwrap_or_else(|| "none".into());
    if !matches!(transfer.as_str(), "none" | "force_transfer") {
        return Err(Refusal::parameter(
            "Param transfer_action must be one of {none, force_transfer}",
        ));
    }
    let holder = owner(core, &name).filter(|p| p.id != phone.id).cloned();
    if let Some(holder) = holder {
        let portfolio = |p: &Phone| core.portfolio_id(&p.id);
        let ours = holder.waba_id == phone.waba_id
            || (portfolio(&holder).is_some() && portfolio(&holder) == portfolio(phone));
        if !ours {
            return Err(Refusal::of(
                147_001,
                Some("The username is not available.".into()),
            ));
        }
        if transfer == "none" {
            return Err(Refusal::of(
                147_005,
                Some("Another number of the business has the username: transfer it.".into()),
            ));
        }
        keep(core, &holder, None, "deleted");
    }
    keep(core, phone, Some(&name), "approved");
    Ok(Reply::Ok(
        json!({"success": true, "username": name, "status": "approved"}),
    ))
}

/// Stores it and sends the webhook.
fn keep(core: &mut Core, phone: &Phone, name: Option<&str>, status: &str) {
    let shown: Value = json!(name.or(phone.username.as_deref()));
    if let Some(phone) = core.world.phones.get_mut(&phone.id) {
        phone.username = name.map(str::to_owned);
    }
    core.account_post(
        &phone.waba_id,
        "business_username_updates",
        json!({"display_phone_number": phone.digits, "username": shown, "status": status}),
    );
}
