//! Buttons with their values.

use serde_json::Value;

use super::{RenderRule, ShownButton, is_kind, list, parts, parts::Run, text, upper};
use crate::template::variables;

/// Characters of a coupon code at most.
const CODE: usize = 20;

/// The buttons in order; the values come in any order, each with the index of its button.
pub(super) fn shown(run: &mut Run<'_>, buttons: &[Value], sent: &[Value]) -> Vec<ShownButton> {
    let given: Vec<(Option<usize>, &Value)> = sent
        .iter()
        .filter(|part| is_kind(part, "button"))
        .map(|part| (part.get("index").and_then(super::number), part))
        .collect();
    for (index, part) in &given {
        let known = index
            .and_then(|index| buttons.get(index))
            .is_some_and(|button| takes(button, part));
        let repeated = given.iter().filter(|(other, _)| other == index).count() > 1;
        if !known || repeated {
            let at = index.map_or_else(|| "buttons".to_owned(), |index| format!("buttons[{index}]"));
            run.problem(RenderRule::ButtonParamUnexpected, &at);
        }
    }
    let mut shown = Vec::new();
    for (index, button) in buttons.iter().enumerate() {
        let part = given
            .iter()
            .find(|(at, _)| *at == Some(index))
            .map(|(_, part)| *part);
        let value = part.and_then(|part| list(part.get("parameters")).first());
        shown.push(one(run, button, value, &format!("buttons[{index}]")));
    }
    shown
}

fn one(run: &mut Run<'_>, button: &Value, value: Option<&Value>, at: &str) -> ShownButton {
    let owned = |key: &str| text(button, key).map(str::to_owned);
    let mut shown = ShownButton {
        kind: upper(button, "type"),
        text: owned("text").unwrap_or_default(),
        ..ShownButton::default()
    };
    match shown.kind.as_str() {
        "URL" => shown.url = Some(link(run, text(button, "url").unwrap_or_default(), value, at)),
        "PHONE_NUMBER" => shown.phone_number = owned("phone_number"),
        "QUICK_REPLY" => shown.payload = value.and_then(|value| text(value, "payload")).map(str::to_owned),
        "COPY_CODE" => {
            shown.code = required(run, value, at);
            run.at_most(
                RenderRule::CodeTooLong,
                at,
                shown.code.as_deref().unwrap_or_default(),
                CODE,
            );
        }
        // Created as OTP, read back as a link.
        "OTP" => {
            shown.code = required(run, value, at);
            if shown.text.is_empty() {
                "Copy code".clone_into(&mut shown.text);
            }
        }
        "MPM" if value.is_none() => run.problem(RenderRule::ButtonParamMissing, at),
        _ => {}
    }
    shown
}

fn link(run: &mut Run<'_>, address: &str, value: Option<&Value>, at: &str) -> String {
    if variables::names(address).is_empty() {
        return address.to_owned();
    }
    let suffix = required(run, value, at);
    parts::fill_in(address, |_| suffix.as_deref())
}

/// The text of a button's value, which must be there.
fn required(run: &mut Run<'_>, value: Option<&Value>, at: &str) -> Option<String> {
    let Some(value) = value else {
        run.problem(RenderRule::ButtonParamMissing, at);
        return None;
    };
    Some(run.value(value, at))
}

/// Whether a button takes a value of this sub type.
fn takes(button: &Value, part: &Value) -> bool {
    let sub_type = upper(part, "sub_type");
    match upper(button, "type").as_str() {
        "URL" => sub_type == "URL" && !variables::names(text(button, "url").unwrap_or_default()).is_empty(),
        "OTP" => matches!(sub_type.as_str(), "URL" | "COPY_CODE"),
        "COPY_CODE" | "QUICK_REPLY" | "VOICE_CALL" => sub_type == upper(button, "type"),
        "MPM" | "SPM" | "CATALOG" | "FLOW" | "ORDER_DETAILS" | "APP" => true,
        _ => false,
    }
}
