//! Rules that make requests fail (Cloud API: simulator control API, faults).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A rule that makes Graph requests fail.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Given at creation.
    pub id: String,
    /// Which requests.
    pub r#match: FaultMatch,
    /// When.
    pub trigger: FaultTrigger,
    /// The fault.
    pub response: FaultResponse,
    /// Matching requests so far.
    pub seen: u64,
    /// Faults applied so far.
    pub fired: u64,
}

/// Which requests a fault applies to; absent parts match everything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultMatch {
    /// HTTP method.
    pub method: Option<String>,
    /// Part of the path, for example `/messages`.
    pub path: Option<String>,
    /// Phone number id in the path.
    pub phone: Option<String>,
    /// Recipient in the body.
    pub to: Option<String>,
}

/// When a fault fires.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultTrigger {
    /// Every time.
    #[default]
    Always,
    /// The next so many times.
    NextN(u64),
    /// Every so many times.
    EveryN(u64),
    /// By chance, 0 to 1.
    P(f64),
}

/// What a fault does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultResponse {
    /// HTTP status; the documented one of the code when absent.
    pub status: Option<u16>,
    /// Graph error code; without code and body only the delay (and drop) happens.
    pub code: Option<i64>,
    /// Its subcode.
    pub subcode: Option<i64>,
    /// Its details.
    pub details: Option<String>,
    /// Extra headers.
    pub headers: BTreeMap<String, String>,
    /// A raw body instead of an error.
    pub body: Option<String>,
    /// Real milliseconds before anything else.
    pub delay_ms: u64,
    /// Close the connection instead of responding.
    pub drop: bool,
    /// Process the request and fail only the response (an ambiguous send).
    pub after: bool,
}
