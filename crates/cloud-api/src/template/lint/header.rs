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
                if !has_handle(part) {
                    self.add(Rule::MediaHandleMissing, format!("{path}.example"), []);
                }
            }
            "LOCATION" | "PRODUCT" => {}
            other => self.add(
                Rule::HeaderFormatInvalid,
                format!("{path}.format"),
                [("value", short(other))],
            ),
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

/// Whether a sample file is named. The handle comes from a resumable upload.
pub(super) fn has_handle(part: &Value) -> bool {
    let handles = list(
        part.get("example")
            .and_then(|example| example.get("header_handle")),
    );
    !handles.is_empty()
        && handles
            .iter()
            .all(|handle| handle.as_str().is_some_and(|handle| !handle.is_empty()))
}
