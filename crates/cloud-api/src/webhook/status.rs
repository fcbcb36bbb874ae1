//! Statuses of our messages and errors inside webhooks (Cloud API: messages – statuses).

use serde_json::Value;

use super::read;
use crate::ids::Wamid;

/// The status of a message. The rank rises: sent, delivered, read, played. Statuses arrive out of order and twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StatusKind {
    /// On its way to the person.
    Sent,
    /// On the person's device.
    Delivered,
    /// Seen; implies delivered, which may have been skipped.
    Read,
    /// A voice message was played.
    Played,
    /// It will not arrive; see `errors`.
    Failed,
    /// Legacy: the person deleted it.
    Deleted,
    /// Legacy.
    Warning,
    /// Anything else, also the states of calls and payments.
    Unknown(String),
}

impl StatusKind {
    /// From the wire.
    pub fn from_wire(text: &str) -> Self {
        match text {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            "deleted" => Self::Deleted,
            "warning" => Self::Warning,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The wire name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Deleted => "deleted",
            Self::Warning => "warning",
            Self::Unknown(other) => other,
        }
    }

    /// 1 to 4 for sent, delivered, read, played; `None` for the rest. Never go down.
    pub fn rank(&self) -> Option<u8> {
        match self {
            Self::Sent => Some(1),
            Self::Delivered => Some(2),
            Self::Read => Some(3),
            Self::Played => Some(4),
            _ => None,
        }
    }
}

/// One status.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The message (for `kind` call: the call's id).
    pub id: Option<Wamid>,
    /// Its status.
    pub status: StatusKind,
    /// Unix seconds.
    pub timestamp: Option<i64>,
    /// Phone digits or group id; absent for people who are known by BSUID only.
    pub recipient_id: Option<String>,
    /// BSUID.
    pub recipient_user_id: Option<String>,
    /// BSUID across linked portfolios.
    pub recipient_parent_user_id: Option<String>,
    /// `group` for the states of a group message.
    pub recipient_type: Option<String>,
    /// The member, where one group message has a status for each.
    pub recipient_participant_id: Option<String>,
    /// `biz_opaque_callback_data` of the send.
    pub callback_data: Option<String>,
    /// On `sent` and one of delivered or read.
    pub pricing: Option<Pricing>,
    /// Only in old webhook versions and in free entry point windows.
    pub conversation: Option<Conversation>,
    /// Why it failed.
    pub errors: Vec<WebhookError>,
    /// `call` or `payment` for statuses that are not about messages; `None` for messages.
    pub kind: Option<String>,
    /// As it came.
    pub raw: Value,
}

/// Price category of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pricing {
    /// Being retired: bill on `kind` and `category`.
    pub billable: Option<bool>,
    /// PMP (CBP before July 2025).
    pub pricing_model: Option<String>,
    /// regular, free_customer_service or free_entry_point.
    pub kind: Option<String>,
    /// marketing, utility, authentication, service, …
    pub category: Option<String>,
}

/// Conversation of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: Option<String>,
    /// Unix seconds.
    pub expiration_timestamp: Option<i64>,
    /// marketing, utility, referral_conversion, …
    pub origin: Option<String>,
}

/// An error inside a webhook.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookError {
    /// Error code; arrives as a string in old group payloads.
    pub code: Option<i64>,
    /// Short title.
    pub title: Option<String>,
    /// Usually the same as the title.
    pub message: Option<String>,
    /// `error_data.details`.
    pub details: Option<String>,
    /// Link to the documentation, possibly relative.
    pub href: Option<String>,
}

impl From<Value> for Status {
    fn from(raw: Value) -> Self {
        let value = &raw;
        let child = |key: &str| value.get(key).filter(|v| v.is_object());
        let kind = read::text(value, "type").filter(|t| t != "message");
        Self {
            id: read::text(value, "id").map(Wamid::from),
            status: StatusKind::from_wire(value.get("status").and_then(Value::as_str).unwrap_or_default()),
            timestamp: read::timestamp(value, "timestamp"),
            recipient_id: read::text(value, "recipient_id"),
            recipient_user_id: read::text(value, "recipient_user_id"),
            recipient_parent_user_id: read::text(value, "recipient_parent_user_id"),
            recipient_type: read::text(value, "recipient_type"),
            recipient_participant_id: read::text(value, "recipient_participant_id")
                .or_else(|| read::text(value, "participant_recipient_id")),
            callback_data: read::any_text(value, "biz_opaque_callback_data"),
            pricing: child("pricing").map(|p| Pricing {
                billable: read::flag(p, "billable"),
                pricing_model: read::text(p, "pricing_model"),
                kind: read::text(p, "type"),
                category: read::text(p, "category"),
            }),
            conversation: child("conversation").map(|c| Conversation {
                id: read::text(c, "id"),
                expiration_timestamp: read::timestamp(c, "expiration_timestamp"),
                origin: c.get("origin").and_then(|o| read::text(o, "type")),
            }),
            errors: errors(value),
            kind: kind.or_else(|| child("payment").map(|_| "payment".to_owned())),
            raw,
        }
    }
}

/// `errors[]` of any object.
pub(super) fn errors(value: &Value) -> Vec<WebhookError> {
    read::list(value, "errors").iter().map(error).collect()
}

/// One of them; what is no object becomes a title.
pub(super) fn error(e: &Value) -> WebhookError {
    if !e.is_object() {
        let title = e.as_str().map_or_else(|| e.to_string(), str::to_owned);
        return WebhookError {
            title: Some(title),
            ..WebhookError::default()
        };
    }
    let details = match e.get("error_data") {
        Some(Value::String(s)) => Some(s.clone()),
        Some(data) => read::text(data, "details"),
        None => read::text(e, "details"),
    };
    WebhookError {
        code: read::int(e, "code"),
        title: read::text(e, "title"),
        message: read::text(e, "message"),
        details,
        href: read::text(e, "href"),
    }
}
