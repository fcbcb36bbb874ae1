//! Why a message may not leave.

use chrono::{DateTime, Utc};

/// Why one message may not leave. Others of the same call are not concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub code: RefusalCode,
    /// The reason and what to do, in English.
    pub detail: String,
    /// When it may leave if nothing else changes; none when it never may, or nobody knows.
    pub retry_at: Option<DateTime<Utc>>,
}

/// The reasons of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalCode {
    /// No such number in this tenant.
    NoChannel,
    /// No such contact, or one without a phone number and BSUID.
    NoAddress,
    /// The content is beyond WhatsApp's limits.
    Invalid,
    /// A file of it is not there, or cannot be sent as what it is named.
    Media,
    /// Free-form outside the 24-hour window (Cloud API: customer service window).
    WindowClosed,
    /// The number may not send now.
    NumberHeld,
    /// The number may only answer.
    NumberRestricted,
    /// An authentication template to somebody whose phone number is not known (Cloud API: BSUID).
    PhoneNeeded,
    /// WhatsApp has paused, disabled, refused, deleted, archived or locked the template.
    TemplateStopped,
    /// A marketing template to somebody who wants no more marketing (Cloud API: code 131050).
    MarketingStopped,
}
