//! The parts of one message or card.

use serde_json::Value;

use super::{
    BODY, HEADER, Header, PASSWORD, Problem, RenderRule, Shown, Source, buttons, carousel, is_kind, list,
    text, upper,
};
use crate::template::variables::{self, Piece};

/// Shows a message or a card; `under` is the path of the card, empty for a message.
pub(super) fn shown(source: Source<'_>, sent: &[Value], under: &str, problems: &mut Vec<Problem>) -> Shown {
    let given = |kind: &str| sent.iter().find(|part| is_kind(part, kind));
    let mut run = Run {
        source,
        under,
        problems,
    };
    let header = source
        .part("HEADER")
        .map(|part| run.header(part, given("header")));
    if header.is_none() && given("header").is_some_and(|part| !list(part.get("parameters")).is_empty()) {
        run.problem(RenderRule::ParamCountMismatch, "header");
    }
    let body = run.body(given("body"));
    let own = source
        .part("BUTTONS")
        .map_or(&[][..], |part| list(part.get("buttons")));
    let buttons = buttons::shown(&mut run, own, sent);
    let footer = source.part("FOOTER").and_then(footer);
    let offer = run.offer(given("limited_time_offer"));
    let cards = carousel::shown(source, given("carousel"), problems);
    Shown {
        header,
        body,
        footer,
        buttons,
        offer,
        cards,
    }
}

/// The showing of one message or card.
pub(super) struct Run<'r> {
    source: Source<'r>,
    under: &'r str,
    problems: &'r mut Vec<Problem>,
}

impl Run<'_> {
    pub(super) fn problem(&mut self, rule: RenderRule, part: &str) {
        self.problems
            .push(Problem::new(rule, format!("{}{part}", self.under)));
    }

    pub(super) fn at_most(&mut self, rule: RenderRule, part: &str, shown: &str, limit: usize) {
        let length = shown.chars().count();
        if length > limit {
            self.problems.push(Problem::counted(
                rule,
                format!("{}{part}", self.under),
                length,
                limit,
            ));
        }
    }

    fn header(&mut self, part: &Value, given: Option<&Value>) -> Header {
        let values = given.map_or(&[][..], |given| list(given.get("parameters")));
        let format = upper(part, "format");
        if format.is_empty() || format == "TEXT" {
            let text = self.text(text(part, "text").unwrap_or_default(), values, "header");
            self.at_most(RenderRule::HeaderTooLong, "header", &text, HEADER);
            return Header::Text { text };
        }
        let kind = format.to_ascii_lowercase();
        let value = values.first();
        let inside = value
            .and_then(|value| value.get(&kind))
            .filter(|inside| inside.is_object());
        match (value, inside) {
            (None, _) => self.problem(RenderRule::HeaderMediaMissing, "header"),
            (Some(_), None) => self.problem(RenderRule::HeaderFormatMismatch, "header"),
            (Some(_), Some(inside)) if !is_complete(&kind, inside) => {
                self.problem(RenderRule::HeaderMediaMissing, "header");
            }
            _ => {}
        }
        if values.len() > 1 {
            self.problem(RenderRule::ParamCountMismatch, "header");
        }
        Header::of(&kind, inside.unwrap_or(&Value::Null))
    }

    fn body(&mut self, given: Option<&Value>) -> String {
        let values = given.map_or(&[][..], |given| list(given.get("parameters")));
        let part = self.source.part("BODY");
        let written = part.and_then(|part| text(part, "text"));
        let source = match (written, part) {
            (Some(written), _) => written.to_owned(),
            (None, Some(part)) if self.source.authentication => password_words(part),
            _ => String::new(),
        };
        let body = self.text(&source, values, "body");
        self.at_most(RenderRule::BodyTooLong, "body", &body, BODY);
        if self.source.authentication {
            let code = values.first().and_then(value_of).unwrap_or_default();
            self.at_most(RenderRule::OtpTooLong, "body", &code, PASSWORD);
        }
        body
    }

    /// A text with its values. Values are put in once and are never read as variables themselves.
    fn text(&mut self, source: &str, values: &[Value], part: &str) -> String {
        let names = variables::names(source);
        if values.len() != names.len() {
            let at = format!("{}{part}", self.under);
            let (given, wanted) = (values.len(), names.len());
            self.problems.push(Problem::counted(
                RenderRule::ParamCountMismatch,
                at,
                given,
                wanted,
            ));
        }
        let named = names.iter().any(|name| variables::position(name).is_none());
        let values: Vec<(String, String)> = match named {
            true => self.by_name(&names, values, part),
            false => self.by_position(&names, values, part),
        };
        fill_in(source, |name| {
            let of_name = |(known, _): &&(String, String)| known == name;
            values.iter().find(of_name).map(|(_, value)| value.as_str())
        })
    }

    /// `{{1}}` gets the first value, whatever stands first in the text.
    fn by_position(&mut self, names: &[&str], values: &[Value], part: &str) -> Vec<(String, String)> {
        let mut numbers: Vec<usize> = names
            .iter()
            .filter_map(|name| variables::position(name))
            .collect();
        numbers.sort_unstable();
        let mut filled = Vec::new();
        for (number, value) in numbers.iter().zip(values) {
            let shown = self.value(value, &format!("{part}.{number}"));
            filled.push((number.to_string(), shown));
        }
        filled
    }

    fn by_name(&mut self, names: &[&str], values: &[Value], part: &str) -> Vec<(String, String)> {
        let mut filled: Vec<(String, String)> = Vec::new();
        for value in values {
            let Some(name) = text(value, "parameter_name").filter(|name| !name.is_empty()) else {
                self.problem(RenderRule::ParamNameMissing, part);
                continue;
            };
            if !names.contains(&name) || filled.iter().any(|(known, _)| known == name) {
                self.problem(RenderRule::ParamNameUnknown, &format!("{part}.{name}"));
                continue;
            }
            let shown = self.value(value, &format!("{part}.{name}"));
            filled.push((name.to_owned(), shown));
        }
        filled
    }

    /// What a value shows.
    pub(super) fn value(&mut self, value: &Value, part: &str) -> String {
        let shown = value_of(value).unwrap_or_default();
        if shown.trim().is_empty() {
            self.problem(RenderRule::ParamEmpty, part);
        } else if shown.contains(['\n', '\r', '\t']) || shown.contains("     ") {
            self.problem(RenderRule::ParamWhitespace, part);
        }
        shown
    }

    fn offer(&mut self, given: Option<&Value>) -> Option<String> {
        let offer = self
            .source
            .part("LIMITED_TIME_OFFER")?
            .get("limited_time_offer")?;
        let end = given.and_then(|given| list(given.get("parameters")).first());
        let end = end.and_then(|value| value.pointer("/limited_time_offer/expiration_time_ms"));
        if offer.get("has_expiration") == Some(&Value::Bool(true)) && end.is_none() {
            self.problem(RenderRule::OfferEndMissing, "offer");
        }
        text(offer, "text").map(str::to_owned)
    }
}

/// The words that WhatsApp writes into an authentication template, which are not known before it is created; in English.
fn password_words(part: &Value) -> String {
    let words = "*{{1}}* is your verification code.";
    match part.get("add_security_recommendation") {
        Some(Value::Bool(true)) => format!("{words} For your security, do not share this code."),
        _ => words.to_owned(),
    }
}

fn footer(part: &Value) -> Option<String> {
    let written = text(part, "text").map(str::to_owned);
    let minutes = || part.get("code_expiration_minutes").and_then(Value::as_u64);
    written.or_else(|| Some(format!("This code expires in {} minutes.", minutes()?)))
}

/// A text with its values; a variable without one keeps its braces.
pub(super) fn fill_in<'v>(source: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut text = String::with_capacity(source.len());
    for piece in variables::pieces(source) {
        match piece {
            Piece::Text(part) | Piece::Broken(part) => text.push_str(part),
            Piece::Variable(name) => match value(name) {
                Some(value) => text.push_str(value),
                None => text.extend(["{{", name, "}}"]),
            },
        }
    }
    text
}

/// What a value shows: its text, or the fallback of an amount or a date, or a coupon's code.
fn value_of(value: &Value) -> Option<String> {
    let kind = text(value, "type").unwrap_or("text");
    let shown = match kind {
        "currency" | "date_time" => value.get(kind).and_then(|inside| inside.get("fallback_value")),
        "coupon_code" => value.get("coupon_code"),
        "payload" => value.get("payload"),
        _ => value.get("text"),
    };
    shown.and_then(Value::as_str).map(str::to_owned)
}

fn is_complete(kind: &str, inside: &Value) -> bool {
    let has = |key: &str| match inside.get(key) {
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Number(_)) => true,
        _ => false,
    };
    match kind {
        "location" => ["latitude", "longitude", "name", "address"]
            .iter()
            .all(|key| has(key)),
        "product" => has("product_retailer_id"),
        _ => has("id") || has("link"),
    }
}
