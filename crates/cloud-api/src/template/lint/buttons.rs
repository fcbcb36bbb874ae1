//! Buttons.

use std::collections::BTreeMap;

use serde_json::Value;
use url::{Host, Url};

use super::{Lint, Rule, list, short, text, upper, wording};
use crate::template::variables::{self, Piece};

/// Hosts that shorten links.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "t.co",
    "goo.gl",
    "tinyurl.com",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rb.gy",
    "t.ly",
    "rebrand.ly",
    "shorturl.at",
    "tiny.cc",
    "bl.ink",
    "s.id",
];

impl Lint {
    pub(super) fn buttons(&mut self, part: &Value, path: &str, most: usize) {
        let (buttons, at) = (list(part.get("buttons")), format!("{path}.buttons"));
        if buttons.is_empty() {
            return self.add(Rule::ButtonsMissing, at, []);
        }
        if buttons.len() > most {
            return self.add(
                Rule::ButtonsTooMany,
                at,
                [("count", buttons.len().into()), ("limit", most.into())],
            );
        }
        let kinds = kinds(part);
        let mut groups: Vec<bool> = kinds.iter().map(|kind| kind == "QUICK_REPLY").collect();
        groups.dedup();
        if groups.len() > 2 {
            self.add(Rule::ButtonsGrouping, &at, []);
        }
        self.counts(&kinds, &at);
        for (index, (kind, button)) in kinds.iter().zip(buttons).enumerate() {
            self.button(kind, button, &format!("{at}[{index}]"));
        }
        self.same_texts(buttons, &at);
    }

    fn counts(&mut self, kinds: &[String], at: &str) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for kind in kinds {
            *counts.entry(kind).or_default() += 1;
        }
        for (kind, count) in counts {
            let (rule, limit) = match kind {
                "QUICK_REPLY" => (Rule::ButtonLimit, 10),
                "URL" => (Rule::UrlLimit, 2),
                "PHONE_NUMBER" => (Rule::PhoneLimit, 1),
                "COPY_CODE" => (Rule::CopyCodeLimit, 1),
                _ => (Rule::ButtonLimit, 1),
            };
            if count > limit && is_known(kind) {
                self.add(
                    rule,
                    at,
                    [
                        ("count", count.into()),
                        ("limit", limit.into()),
                        ("kind", kind.into()),
                    ],
                );
            }
        }
    }

    fn button(&mut self, kind: &str, button: &Value, at: &str) {
        match kind {
            "OTP" => return self.add(Rule::AuthButton, at, []),
            kind if !is_known(kind) => {
                return self.add(
                    Rule::ButtonTypeInvalid,
                    format!("{at}.type"),
                    [("value", short(kind))],
                );
            }
            // WhatsApp writes these labels itself.
            "COPY_CODE" | "REQUEST_CONTACT_INFO" => {}
            _ => self.label(text(button), &format!("{at}.text"), Rule::ButtonTextMissing),
        }
        match kind {
            "URL" => self.url(button, at),
            "PHONE_NUMBER" => self.phone(button, &format!("{at}.phone_number")),
            "COPY_CODE" => self.code(button, &format!("{at}.example")),
            "FLOW"
                if ["flow_id", "flow_name", "flow_json"]
                    .iter()
                    .all(|key| button.get(key).is_none()) =>
            {
                self.add(Rule::FlowMissing, format!("{at}.flow_id"), []);
            }
            _ => {}
        }
    }

    pub(super) fn label(&mut self, label: &str, at: &str, missing: Rule) {
        if label.trim().is_empty() {
            return self.add(missing, at, []);
        }
        self.length(Rule::ButtonTextTooLong, at, label, 25);
        let has_variable = variables::pieces(label)
            .iter()
            .any(|piece| !matches!(piece, Piece::Text(_)));
        if has_variable || wording::is_formatted(label) {
            self.add(Rule::ButtonTextFormatting, at, []);
        }
    }

    fn same_texts(&mut self, buttons: &[Value], at: &str) {
        for (index, button) in buttons.iter().enumerate() {
            let label = text(button).trim();
            if !label.is_empty() && buttons[..index].iter().any(|other| text(other).trim() == label) {
                self.add(
                    Rule::ButtonTextDuplicate,
                    format!("{at}[{index}].text"),
                    [("value", short(label))],
                );
            }
        }
    }

    fn url(&mut self, button: &Value, at: &str) {
        let address = button.get("url").and_then(Value::as_str).unwrap_or_default();
        let here = format!("{at}.url");
        if address.trim().is_empty() {
            return self.add(Rule::UrlMissing, here, []);
        }
        self.length(Rule::UrlTooLong, &here, address, 2_000);
        self.address(address, &here);
        let pieces = variables::pieces(address);
        let variables = pieces
            .iter()
            .filter(|piece| !matches!(piece, Piece::Text(_)))
            .count();
        if variables == 0 {
            return;
        }
        let at_end = matches!(pieces.last(), Some(Piece::Variable(name)) if *name == "1" || self.named && variables::is_name(name));
        if variables > 1 || !at_end {
            return self.add(Rule::UrlVariablePosition, here, []);
        }
        if first_text(button.get("example")).is_none_or(|sample| sample.trim().is_empty()) {
            self.add(Rule::UrlExampleMissing, format!("{at}.example"), []);
        }
    }

    /// Scheme and host of an address, whose variable may be anything.
    fn address(&mut self, address: &str, here: &str) {
        let whole: String = variables::pieces(address)
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => *text,
                _ => "x",
            })
            .collect();
        let host = Url::parse(&whole)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .and_then(|url| match url.host() {
                Some(Host::Domain(host)) => Some(host.trim_end_matches('.').to_owned()),
                _ => None,
            });
        let Some(host) = host.filter(|host| host.contains('.') && !whole.contains(char::is_whitespace))
        else {
            return self.add(Rule::UrlInvalid, here, []);
        };
        let within = |domain: &str| {
            host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
        };
        if within("wa.me") || within("whatsapp.com") || within("wa.link") {
            self.add(Rule::WaLink, here, []);
        } else if SHORTENERS.iter().any(|domain| within(domain)) {
            self.add(Rule::UrlShortener, here, [("value", host.into())]);
        }
    }

    fn phone(&mut self, button: &Value, at: &str) {
        const LIMIT: usize = 20;
        let number = button
            .get("phone_number")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if number.trim().is_empty() {
            return self.add(Rule::PhoneMissing, at, []);
        }
        let digits = number.strip_prefix('+').unwrap_or(number);
        let right =
            digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() >= 5 && number.len() <= LIMIT;
        if !right {
            self.add(Rule::PhoneInvalid, at, [("limit", LIMIT.into())]);
        }
    }

    /// Published limits of a coupon code are 15 and 20 characters.
    fn code(&mut self, button: &Value, at: &str) {
        let code = first_text(button.get("example")).unwrap_or_default();
        let length = code.chars().count();
        match length {
            _ if code.trim().is_empty() => self.add(Rule::CopyCodeMissing, at, []),
            0..=15 => {}
            16..=20 => self.add(
                Rule::CopyCodeLong,
                at,
                [("length", length.into()), ("limit", 15.into())],
            ),
            _ => self.add(
                Rule::CopyCodeTooLong,
                at,
                [("length", length.into()), ("limit", 20.into())],
            ),
        }
    }
}

/// Types of the buttons, in capitals.
pub(super) fn kinds(part: &Value) -> Vec<String> {
    list(part.get("buttons"))
        .iter()
        .map(|button| upper(button.get("type")))
        .collect()
}

fn is_known(kind: &str) -> bool {
    matches!(
        kind,
        "QUICK_REPLY"
            | "URL"
            | "PHONE_NUMBER"
            | "COPY_CODE"
            | "FLOW"
            | "CATALOG"
            | "MPM"
            | "SPM"
            | "VOICE_CALL"
            | "REQUEST_CONTACT_INFO"
            | "ORDER_DETAILS"
            | "APP"
    )
}

/// A text, or the first one of a list.
fn first_text(value: Option<&Value>) -> Option<&str> {
    match value {
        Some(Value::Array(list)) => list.first().and_then(Value::as_str),
        other => other.and_then(Value::as_str),
    }
}
