//! The states of a message and their one order.

/// Where a message is on its way. `Ord` is the order in which states win: the state of a message is the highest that was
/// ever told, so any order and any repetition of webhooks ends in the same state.
///
/// Cloud API: statuses. A failure wins over "sent" but not over "delivered": the message did arrive on one of the
/// customer's devices then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, poem_openapi::Enum)]
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
    /// Every state, lowest first.
    pub const ALL: [Self; 11] = [
        Self::Received,
        Self::Queued,
        Self::Cancelled,
        Self::Sending,
        Self::Unknown,
        Self::Accepted,
        Self::Sent,
        Self::Failed,
        Self::Delivered,
        Self::Read,
        Self::Played,
    ];

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
        Self::ALL.into_iter().find(|status| status.as_str() == text)
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
        let ranks: Vec<i32> = Status::ALL.iter().map(|status| status.rank()).collect();
        assert!(ranks.is_sorted());
        assert!(Status::ALL.is_sorted());
        assert!(
            Status::ALL
                .iter()
                .all(|status| Status::parse(status.as_str()) == Some(*status))
        );
    }
}
