//! Buttons of templates (Cloud API: templates, component grammar, buttons).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Refusal;
use super::template_check::{length, refuse, text, variables};

fn of(part: &Value) -> &[Value] {
    part.get("buttons")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Types of the buttons, upper case.
pub(super) fn kinds(part: &Value) -> impl Iterator<Item = String> + '_ {
    of(part).iter().map(|b| {
        b.get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_uppercase()
    })
}

/// Number, order, kinds and fields of the buttons.
pub(super) fn check(part: &Value, most: usize) -> Result<(), Refusal> {
    let kinds: Vec<String> = kinds(part).collect();
    if kinds.is_empty() || kinds.len() > most {
        return Err(refuse(
            2_388_060,
            &format!("A template may have at most {most} buttons."),
        ));
    }
    // Quick replies must be adjacent.
    let mut groups: Vec<bool> = kinds.iter().map(|k| k == "QUICK_REPLY").collect();
    groups.dedup();
    if groups.len() > 2 {
        return Err(refuse(
            2_388_060,
            "Quick replies and other buttons cannot be mixed.",
        ));
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, button) in kinds.iter().zip(of(part)) {
        let count = counts.entry(kind).or_default();
        *count += 1;
        let limit = match kind.as_str() {
            "QUICK_REPLY" => 10,
            "URL" => 2,
            "PHONE_NUMBER"
            | "COPY_CODE"
            | "FLOW"
            | "CATALOG"
            | "MPM"
            | "SPM"
            | "VOICE_CALL"
            | "REQUEST_CONTACT_INFO"
            | "ORDER_DETAILS" => 1,
            _ => {
                return Err(Refusal::parameter(format!(
                    "Param buttons[type] has an unknown value: {kind}"
                )));
            }
        };
        if *count > limit {
            return Err(refuse(
                2_388_060,
                &format!("A template may have at most {limit} buttons of type {kind}."),
            ));
        }
        one(kind, button)?;
    }
    Ok(())
}

fn one(kind: &str, button: &Value) -> Result<(), Refusal> {
    let field = |key: &str| button.get(key).and_then(Value::as_str).unwrap_or_default();
    if kind != "COPY_CODE" {
        length(text(button), "text of a button", 25)?;
        if text(button).is_empty() || text(button).contains("{{") {
            return Err(refuse(2_388_060, "A button needs a text without variables."));
        }
    }
    match kind {
        "URL" => url(button),
        "PHONE_NUMBER" => {
            let number = field("phone_number");
            length(number, "phone number of a button", 20)?;
            match number.is_empty() {
                true => Err(refuse(
                    2_388_060,
                    "A button of type PHONE_NUMBER needs a phone_number.",
                )),
                false => Ok(()),
            }
        }
        "COPY_CODE" => {
            let example = match button.get("example") {
                Some(Value::Array(list)) => list.first().and_then(Value::as_str).unwrap_or_default(),
                other => other.and_then(Value::as_str).unwrap_or_default(),
            };
            length(example, "code of a button", 15)?;
            match example.is_empty() {
                true => Err(refuse(2_388_060, "A button of type COPY_CODE needs an example.")),
                false => Ok(()),
            }
        }
        "FLOW"
            if ["flow_id", "flow_name", "flow_json"]
                .iter()
                .all(|k| button.get(k).is_none()) =>
        {
            Err(refuse(2_388_060, "A button of type FLOW needs a flow_id."))
        }
        _ => Ok(()),
    }
}

fn url(button: &Value) -> Result<(), Refusal> {
    let address = button.get("url").and_then(Value::as_str).unwrap_or_default();
    length(address, "url of a button", 2_000)?;
    let host = url::Url::parse(&address.replace("{{1}}", "x"))
        .ok()
        .and_then(|u| u.host_str().map(str::to_owned));
    let Some(host) = host else {
        return Err(refuse(2_388_060, "A button of type URL needs an address."));
    };
    if host == "wa.me" || host.ends_with(".wa.me") || host == "api.whatsapp.com" {
        return Err(refuse(2_388_060, "Buttons cannot lead to WhatsApp."));
    }
    match variables(address).len() {
        0 => Ok(()),
        1 if address.ends_with("{{1}}") && button.get("example").is_some() => Ok(()),
        1 if address.ends_with("{{1}}") => Err(refuse(
            2_388_060,
            "Component of type BUTTONS is missing expected field(s) (example)",
        )),
        _ => Err(refuse(
            2_388_060,
            "An address may have one variable, {{1}} at its end.",
        )),
    }
}

/// The one button of an authentication template.
pub(super) fn one_time_password(part: &Value) -> Result<(), Refusal> {
    let [button] = of(part) else {
        return Err(refuse(
            2_388_060,
            "An authentication template needs one button of type OTP.",
        ));
    };
    let field = |key: &str| {
        button
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_uppercase()
    };
    if field("type") != "OTP" || !["COPY_CODE", "ONE_TAP", "ZERO_TAP"].contains(&field("otp_type").as_str()) {
        return Err(refuse(
            2_388_060,
            "The button is of type OTP with otp_type COPY_CODE, ONE_TAP or ZERO_TAP.",
        ));
    }
    let apps = button
        .get("supported_apps")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    if field("otp_type") != "COPY_CODE" && !(1..=5).contains(&apps) {
        return Err(refuse(
            2_388_060,
            "ONE_TAP and ZERO_TAP need 1 to 5 supported_apps.",
        ));
    }
    Ok(())
}

/// That button once it exists: the code's address, which is why a send fills a `url` button.
pub(super) fn read_back(part: &Value) -> Value {
    let button = of(part).first().cloned().unwrap_or_default();
    let kind = button
        .get("otp_type")
        .and_then(Value::as_str)
        .unwrap_or("COPY_CODE")
        .to_uppercase();
    let shown = button.get("text").and_then(Value::as_str).unwrap_or("Copy code");
    let address = format!("https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{{{{1}}}}");
    json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": shown, "url": address, "example": [
        address.replace("{{1}}", "123456")]}]})
}
