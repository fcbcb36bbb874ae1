//! The states of a message and their one order.

use sea_orm::{Iterable, entity::prelude::*};

/// Where a message is on its way. `Ord` is the order in which states win: the state of a message is the highest that was
/// ever told, so any order and any repetition of webhooks ends in the same state.
///
/// Cloud API: statuses. A failure wins over "sent" but not over "delivered": the message did arrive on one of the
/// customer's devices then.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, poem_openapi::Enum,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename = "MessageStatus", rename_all = "snake_case")]
pub enum Status {
    /// From a customer.
    Received,
    /// Written, waiting for its turn.
    Queued,
    /// Stopped before it was handed to WhatsApp.
    Cancelled,
    /// Handed to WhatsApp; no answer yet.
    Sending,
    /// Handed to WhatsApp, and no answer will come: only a status can tell what became of it.
    Unknown,
    /// WhatsApp took it.
    Accepted,
    /// One tick.
    Sent,
    /// It will not arrive.
    Failed,
    /// Two ticks.
    Delivered,
    /// Two blue ticks.
    Read,
    /// A voice message was listened to.
    Played,
}

impl Status {
    /// As in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Cancelled => "cancelled",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
        }
    }

    /// Its place in the order.
    pub fn rank(self) -> i32 {
        // Gaps of ten leave room for states to come.
        match self {
            Self::Received => 0,
            Self::Queued => 10,
            Self::Cancelled => 15,
            Self::Sending => 20,
            Self::Unknown => 30,
            Self::Accepted => 40,
            Self::Sent => 50,
            Self::Failed => 60,
            Self::Delivered => 70,
            Self::Read => 80,
            Self::Played => 90,
        }
    }

    /// Reads what [`Status::as_str`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        Self::iter().find(|status| status.as_str() == text)
    }

    /// The state that a status webhook tells; none for values that are not about the way of a message.
    pub fn from_webhook(kind: &cloud_api::webhook::StatusKind) -> Option<Self> {
        Self::parse(kind.as_str()).filter(|status| *status >= Self::Sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_and_order_agree() {
        let all: Vec<Status> = Status::iter().collect();
        assert!(all.is_sorted());
        assert!(all.is_sorted_by_key(|status| status.rank()));
        assert!(all.iter().all(|status| status.to_value() == status.as_str()));
    }
}
