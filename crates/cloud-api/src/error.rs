//! Errors of a call, as a sender needs them: certainly refused, certainly not sent, or
//! unknown (Cloud API: error envelope, send idempotency).

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::codes::{self, Advice, Class};

/// The reason of an answer that is larger than is read.
pub(crate) const TOO_LARGE: &str = "the answer is larger than 1 MB";

/// An error of the transport, without addresses: they carry the proof of the token.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Graph API answered with an error: the request was not accepted.
    #[error(transparent)]
    Graph(Box<GraphError>),
    /// The request never reached the API (no connection, DNS, TLS): certainly not accepted, safe to send again.
    #[error("the WhatsApp API could not be reached: {0}")]
    NotSent(#[source] BoxError),
    /// It is not known whether it was accepted (timeout, 5xx without a Graph body, broken response). There is no
    /// idempotency key: wait for a status that carries the callback data before sending again.
    #[error("the WhatsApp API gave no usable answer ({reason}); the request may have been accepted")]
    Ambiguous {
        /// What happened, in a few words, without secrets.
        reason: String,
        /// The HTTP status, when a response had begun.
        http_status: Option<u16>,
        /// The transport error, if that was it; its URL is removed because it carries the proof of the token.
        #[source]
        source: Option<BoxError>,
    },
    /// The request breaks a documented limit and was not sent.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Error {
    /// What to do about it. `NotSent` and `Ambiguous` are [`Class::Retry`], but only the first without waiting
    /// for a status.
    pub fn class(&self) -> Class {
        match self {
            Self::Graph(e) => e.class(),
            Self::NotSent(_) | Self::Ambiguous { .. } => Class::Retry,
            Self::Invalid(_) => Class::Never,
        }
    }

    /// Whether the request may have been accepted although no response says so.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Ambiguous { .. })
    }

    /// The Graph error, if it is one.
    pub fn graph(&self) -> Option<&GraphError> {
        match self {
            Self::Graph(e) => Some(e),
            _ => None,
        }
    }

    /// Whether the answer was larger than is read: a smaller page may do.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::Ambiguous { reason, .. } if reason == TOO_LARGE)
    }

    /// How long the API asked to wait, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        self.graph().and_then(|e| e.retry_after)
    }
}

/// An error body of the Graph API (Cloud API: error envelope). Branch on `code`, then on `details`; the HTTP
/// status is a hint and titles change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphError {
    /// HTTP status of the answer.
    pub http_status: u16,
    /// Error code; [`GraphError::NO_CODE`] when the body was not a Graph error (a proxy's page, for example).
    pub code: i64,
    /// Finer code, for example 33 (object missing) or 463 (token expired).
    pub subcode: Option<i64>,
    /// `(#code) title`, or a sentence.
    pub message: String,
    /// `error_data.details`, or `error_data` itself where it is a string.
    pub details: Option<String>,
    /// Title for people; template creation puts its only useful text here and in `user_msg`.
    pub user_title: Option<String>,
    /// Text for people.
    pub user_msg: Option<String>,
    /// Meta's trace id, worth logging.
    pub fbtrace_id: Option<String>,
    /// Whether the API says that the same call may succeed later.
    pub is_transient: bool,
    /// From the `retry-after` header or the usage header's minutes.
    pub retry_after: Option<Duration>,
}

impl GraphError {
    /// `code` of an answer below 500 that carries no Graph error.
    pub const NO_CODE: i64 = -1;

    /// What to do about it.
    pub fn class(&self) -> Class {
        codes::class_of(self.http_status, self.code, self.subcode, self.is_transient)
    }

    /// Title and advice for people.
    pub fn advice(&self) -> &'static Advice {
        codes::advice(self.code)
    }

    /// Reads `{"error":{…}}`; `None` when the value is not such a body. `code` and `error_subcode` may be strings.
    pub fn from_body(http_status: u16, body: &Value, retry_after: Option<Duration>) -> Option<Self> {
        let error = body.get("error")?.as_object()?;
        let int = |key: &str| error.get(key).and_then(number);
        let text = |key: &str| {
            error
                .get(key)
                .and_then(Value::as_str)
                .filter(|s| !s.is_empty())
                .map(clip)
        };
        let data = error.get("error_data");
        let details = match data {
            Some(Value::String(s)) => Some(clip(s)),
            Some(Value::Object(o)) => o.get("details").and_then(Value::as_str).map(clip),
            _ => None,
        };
        Some(Self {
            http_status,
            code: int("code").unwrap_or(Self::NO_CODE),
            subcode: int("error_subcode"),
            message: text("message").unwrap_or_default(),
            details,
            user_title: text("error_user_title"),
            user_msg: text("error_user_msg"),
            fbtrace_id: text("fbtrace_id"),
            is_transient: error
                .get("is_transient")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            retry_after,
        })
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WhatsApp API error {}", self.code)?;
        if let Some(subcode) = self.subcode {
            write!(f, "/{subcode}")?;
        }
        write!(f, " (HTTP {})", self.http_status)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(details) = &self.details {
            write!(f, " [{details}]")?;
        }
        Ok(())
    }
}

impl std::error::Error for GraphError {}

/// A request that breaks a documented limit, found before anything went over the wire.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct Invalid {
    /// Path of the field in the wire JSON, for example `text.body`.
    pub field: String,
    /// The documented limit, if the rule is one.
    pub limit: Option<usize>,
    /// The length, count or value that was found, in the unit of `limit`.
    pub actual: Option<usize>,
    /// The text that was found where something else is allowed, cut to a length that can be shown.
    pub value: Option<String>,
    /// The rule in plain words.
    pub message: String,
}

impl Invalid {
    /// A rule without a number.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            limit: None,
            actual: None,
            value: None,
            message: message.into(),
        }
    }

    /// A rule with a number: `limit` allowed, `actual` found.
    pub fn limit(field: impl Into<String>, limit: usize, actual: usize, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            limit: Some(limit),
            actual: Some(actual),
            value: None,
            message: message.into(),
        }
    }

    /// The same, with the text that was found.
    #[must_use]
    pub fn found(mut self, value: impl fmt::Display) -> Self {
        /// Longer texts are cut.
        const SHOWN: usize = 100;
        self.value = Some(value.to_string().chars().take(SHOWN).collect());
        self
    }
}

/// An integer that may be written as a string (Cloud API: consistency traps).
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// Texts from outside are cut to a length that is safe to log and to store.
fn clip(text: &str) -> String {
    text.chars().take(2_000).collect()
}
