//! Headers.

use serde_json::Value;

use super::{Lint, Rule, list, short, text, upper, wording};
use crate::template::variables;

impl Lint {
    pub(super) fn header(&mut self, part: &Value, path: &str) {
        let format = upper(part.get("format"));
        match format.as_str() {
            "TEXT" => self.header_text(part, path),
            "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
                self.sample(part, &format!("{path}.example"));
            }
            "LOCATION" | "PRODUCT" => {}
            other => self.add(
                Rule::HeaderFormatInvalid,
                format!("{path}.format"),
                [("value", short(other))],
            ),
        }
    }

    /// The sample file of a header, by the handle of a resumable upload.
    pub(super) fn sample(&mut self, part: &Value, at: &str) {
        let handles = list(
            part.get("example")
                .and_then(|example| example.get("header_handle")),
        );
        let handles: Vec<&str> = handles
            .iter()
            .map(|handle| handle.as_str().unwrap_or_default().trim())
            .collect();
        if handles.is_empty() || handles.contains(&"") {
            return self.add(Rule::MediaHandleMissing, at, []);
        }
        if let Some(other) = handles.iter().find(|handle| !is_handle(handle)) {
            self.add(Rule::MediaHandleInvalid, at, [("value", short(other))]);
        }
    }

    fn header_text(&mut self, part: &Value, path: &str) {
        let (shown, at) = (text(part), format!("{path}.text"));
        if shown.trim().is_empty() {
            return self.add(Rule::HeaderMissing, at, []);
        }
        self.length(Rule::HeaderTooLong, &at, shown, 60);
        if wording::is_formatted(shown) {
            self.add(Rule::HeaderFormatting, &at, []);
        }
        let names = self.variables(shown, &at);
        if names.len() > 1
            || variables::pieces(shown)
                .iter()
                .filter(|p| matches!(p, variables::Piece::Variable(_)))
                .count()
                > 1
        {
            return self.add(Rule::HeaderVariables, &at, []);
        }
        self.examples(part, path, "header_text", &names);
    }
}

/// Whether this is a handle as resumable uploads answer them: `4::aW1hZ2U=`. WhatsApp reads samples back as addresses, which it does
/// not take.
fn is_handle(handle: &str) -> bool {
    let version = handle
        .split_once("::")
        .map(|(version, rest)| (version, rest.trim()));
    version.is_some_and(|(version, rest)| {
        !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty()
    })
}
