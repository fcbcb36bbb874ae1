//! Changes of a business number (Cloud API: webhooks – phone / account fields).

use serde_json::Value;

use super::{read, words::words};

words! {
    /// `event` of `phone_number_quality_update`, which is about limits and speed despite its name.
    pub enum NumberEvent {
        /// The number is new.
        Onboarding = "ONBOARDING",
        /// It may send 1,000 messages a second from now on.
        ThroughputUpgrade = "THROUGHPUT_UPGRADE",
        /// Legacy: a higher limit.
        Upgrade = "UPGRADE",
        /// Legacy: a lower limit.
        Downgrade = "DOWNGRADE",
        /// Legacy: its quality is low.
        Flagged = "FLAGGED",
        /// Legacy: its quality is better again.
        Unflagged = "UNFLAGGED",
    }
}

words! {
    /// What WhatsApp decided about a name or an account.
    pub enum Decision {
        /// Yes.
        Approved = "APPROVED",
        /// No.
        Rejected = "REJECTED",
        /// Later.
        Deferred = "DEFERRED",
        /// Not yet.
        Pending = "PENDING",
    }
}

words! {
    /// `event` of `security`.
    pub enum SecurityEvent {
        /// The two-step verification PIN is another.
        PinChanged = "PIN_CHANGED",
        /// Somebody asked to switch two-step verification off.
        PinResetRequest = "PIN_RESET_REQUEST",
        /// Two-step verification is off.
        PinRequestSuccess = "PIN_REQUEST_SUCCESS",
    }
}

/// `phone_number_quality_update`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberLimit {
    /// Bare digits.
    pub display_phone_number: Option<String>,
    /// What happened.
    pub event: NumberEvent,
    /// People a day before; -1 without limit.
    pub old_limit: Option<i32>,
    /// People a day now; -1 without limit.
    pub limit: Option<i32>,
}

impl NumberLimit {
    pub(super) fn read(value: &Value) -> Self {
        let limit = |key: &str| crate::limit::people_a_day(value.get(key)?);
        Self {
            display_phone_number: read::text(value, "display_phone_number"),
            event: NumberEvent::from_wire(read::word(value, "event")),
            old_limit: limit("old_limit"),
            limit: limit("max_daily_conversations_per_business").or_else(|| limit("current_limit")),
        }
    }
}

/// `phone_number_name_update`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberName {
    /// Bare digits.
    pub display_phone_number: Option<String>,
    /// What was decided.
    pub decision: Decision,
    /// About which name.
    pub requested_verified_name: Option<String>,
    /// NAME_FORMAT_UNACCEPTABLE, NAME_NOT_CONSISTENT, …
    pub rejection_reason: Option<String>,
}

impl NumberName {
    pub(super) fn read(value: &Value) -> Self {
        Self {
            display_phone_number: read::text(value, "display_phone_number"),
            decision: Decision::from_wire(read::word(value, "decision")),
            requested_verified_name: read::text(value, "requested_verified_name"),
            rejection_reason: read::text(value, "rejection_reason").filter(|reason| reason != "NONE"),
        }
    }
}

/// `security`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// Bare digits.
    pub display_phone_number: Option<String>,
    /// What happened.
    pub event: SecurityEvent,
    /// Meta's id of who asked.
    pub requester: Option<String>,
}

impl Security {
    pub(super) fn read(value: &Value) -> Self {
        Self {
            display_phone_number: read::text(value, "display_phone_number"),
            event: SecurityEvent::from_wire(read::word(value, "event")),
            requester: read::text(value, "requester"),
        }
    }
}
