//! Message templates as the API lists them (Cloud API: templates), their rules and how phones show them.

pub mod language;
pub mod lint;
pub mod render;
pub mod variables;

use serde_json::Value;

use crate::webhook::read;

/// One template in one language. Unknown statuses and categories stay strings: treat them as not sendable.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Template id (a string here, a JSON number in webhooks).
    pub id: String,
    /// Name, `[a-z0-9_]{1,512}`.
    pub name: String,
    /// Language code, must be sent exactly as it stands here (`en` is not `en_US`).
    pub language: String,
    /// MARKETING, UTILITY, AUTHENTICATION or an older value.
    pub category: Option<String>,
    /// APPROVED, PENDING, REJECTED, PAUSED, DISABLED, …
    pub status: Option<String>,
    /// POSITIONAL or NAMED.
    pub parameter_format: Option<String>,
    /// Why it was rejected; `NONE` otherwise.
    pub rejected_reason: Option<String>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality_score: Option<String>,
    /// The category before Meta changed it.
    pub previous_category: Option<String>,
    /// The category that Meta has announced, or holds to be right.
    pub correct_category: Option<String>,
    /// How long Meta tries to deliver it, in seconds; -1 means 30 days.
    pub ttl_seconds: Option<i64>,
    /// The components as Meta has them.
    pub components: Vec<Value>,
    /// The whole node as it came.
    pub raw: Value,
}

impl Template {
    /// The fields of a node that are read. Without them Meta leaves out the quality and the reason of a rejection.
    pub const FIELDS: &str = "id,name,language,category,status,components,parameter_format,rejected_reason,quality_score,\
                              previous_category,correct_category,message_send_ttl_seconds";

    /// Reads a node; `None` without id, name and language.
    pub fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            id: read::text(value, "id")?,
            name: read::text(value, "name")?,
            language: read::text(value, "language")?,
            category: read::text(value, "category"),
            status: read::text(value, "status"),
            parameter_format: read::text(value, "parameter_format"),
            rejected_reason: read::text(value, "rejected_reason"),
            quality_score: match value.get("quality_score") {
                Some(score @ Value::Object(_)) => read::text(score, "score"),
                _ => read::text(value, "quality_score"),
            },
            previous_category: read::text(value, "previous_category"),
            correct_category: read::text(value, "correct_category"),
            ttl_seconds: read::int(value, "message_send_ttl_seconds"),
            components: value
                .get("components")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default(),
            raw: value.clone(),
        })
    }

    /// Whether Meta will take a send of it now.
    pub fn is_sendable(&self) -> bool {
        self.status.as_deref() == Some("APPROVED")
    }
}

/// One page of a list (Cloud API: reads, writes, paging).
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows; rows that could not be read are left out and counted in `unreadable`.
    pub items: Vec<T>,
    /// Cursor of the next page; `None` at the end of the list (the API marks it by leaving out `next`).
    pub after: Option<String>,
    /// How many rows had no usable shape.
    pub unreadable: usize,
}

impl<T> Page<T> {
    pub(crate) fn from_value(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Self {
        let rows = value
            .get("data")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let items: Vec<T> = rows.iter().filter_map(read).collect();
        let has_next = value
            .pointer("/paging/next")
            .and_then(Value::as_str)
            .is_some_and(|s| !s.is_empty());
        let after = value
            .pointer("/paging/cursors/after")
            .and_then(Value::as_str)
            .filter(|s| !s.is_empty());
        Self {
            unreadable: rows.len() - items.len(),
            items,
            after: after.filter(|_| has_next).map(str::to_owned),
        }
    }
}
