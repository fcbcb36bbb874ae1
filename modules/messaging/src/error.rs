//! What can go wrong here, in one place.

use kernel::{Error, FieldError};
use poem_openapi::types::Any;
use serde_json::Value;

/// One variant a reason.
#[derive(Debug, thiserror::Error)]
pub enum MessagingError {
    /// No such channel in this tenant.
    #[error("no such channel")]
    NoChannel,
    /// No such contact in this tenant.
    #[error("no such contact")]
    NoContact,
    /// The file is not there yet, or could not be fetched.
    #[error("the file is not there")]
    MediaNotReady,
    /// Only what failed is fetched again.
    #[error("the file did not fail")]
    MediaNotFailed,
    /// WhatsApp no longer keeps it.
    #[error("the file has expired")]
    MediaExpired,
    /// The customer has never written here, so there is nothing to be typing an answer to.
    #[error("there is no message of the customer's")]
    NothingReceived,
    /// Free-form outside the 24-hour window.
    #[error("the customer service window is closed")]
    WindowClosed,
    /// The assignee is no member of the tenant.
    #[error("the assignee is no member")]
    NotAMember,
    /// The time of a snooze is not in the future.
    #[error("the snooze has ended already")]
    SnoozePast,
    /// The time of a snooze is too far ahead.
    #[error("the snooze is too long")]
    SnoozeTooLong,
    /// The number may not send now.
    #[error("the number is held")]
    NumberHeld {
        /// Why, and what to do.
        reason: String,
    },
    /// The number may only answer.
    #[error("the number may not write first")]
    NumberRestricted {
        /// Why, and until when.
        reason: String,
    },
    /// The contact has nothing to be written to by.
    #[error("the contact has no address")]
    NoAddress,
    /// An authentication template to somebody without a phone number.
    #[error("an authentication template needs a phone number")]
    PhoneNeeded {
        /// Their business-scoped user id.
        bsuid: Option<String>,
    },
    /// WhatsApp would refuse the template.
    #[error("the template cannot be sent")]
    TemplateStopped {
        /// Why, and what to do.
        reason: String,
    },
    /// A marketing template to somebody who wants no more marketing.
    #[error("the contact wants no more marketing")]
    MarketingStopped,
    /// Only what failed or is in doubt is sent again.
    #[error("the message did not fail")]
    NotResendable,
    /// A template of another WhatsApp Business Account than the number's.
    #[error("the template is of another account")]
    OtherAccount,
    /// A template with something missing, or with a value that does not fit.
    #[error("the template is not filled")]
    Incomplete(Vec<cloud_api::template::render::Problem>),
    /// The tenant has no number yet, or several and none was named.
    #[error("no channel was chosen")]
    ChooseChannel {
        /// How many there are.
        channels: usize,
    },
    /// A field is beyond WhatsApp's limits.
    #[error(transparent)]
    Invalid(#[from] cloud_api::error::Invalid),
    /// The webhook's signature is missing or wrong.
    #[error("the signature does not fit")]
    BadSignature,
    /// The verify token is wrong.
    #[error("the verify token does not fit")]
    BadVerifyToken,
    /// Too much is waiting to be written.
    #[error("the inbox is full")]
    InboxFull,
}

impl From<MessagingError> for Error {
    fn from(error: MessagingError) -> Self {
        match error {
            MessagingError::NoChannel => Self::not_found("channel"),
            MessagingError::NoContact => Self::not_found("contact"),
            MessagingError::MediaNotReady => Self::conflict(
                "media_not_ready",
                "The file is not available yet, or could not be fetched: see its `state`.",
            ),
            MessagingError::MediaNotFailed => Self::conflict(
                "media_not_failed",
                "Only a file whose `state` is `failed` can be fetched again.",
            ),
            MessagingError::MediaExpired => Self::conflict(
                "media_expired",
                "WhatsApp keeps a received file for 7 days only. Ask the customer to send it again.",
            ),
            MessagingError::NothingReceived => Self::conflict(
                "nothing_received",
                "The customer has not written in this conversation. WhatsApp shows that you are typing only as an answer to a message.",
            ),
            MessagingError::WindowClosed => Self::conflict(
                "window_closed",
                "The 24-hour customer service window is closed: the customer has not written within the last day. Send a template.",
            ),
            MessagingError::NotAMember => Self::invalid("assignee_id", "is nobody of this business"),
            MessagingError::SnoozePast => Self::invalid("snoozed_until", "must be in the future"),
            MessagingError::SnoozeTooLong => Self::invalid("snoozed_until", "must be within 366 days"),
            MessagingError::NumberHeld { reason } => Self::conflict("number_held", reason),
            MessagingError::NumberRestricted { reason } => Self::conflict(
                "number_restricted",
                format!(
                    "{reason} Until then campaigns wait and templates are refused; other messages within the 24-hour window are sent."
                ),
            ),
            MessagingError::NoAddress => Self::conflict(
                "no_address",
                "The contact has neither a phone number nor a WhatsApp user id.",
            ),
            MessagingError::PhoneNeeded { bsuid } => Self::invalid_fields(vec![FieldError {
                value: bsuid.map(|bsuid| Any(Value::from(bsuid))),
                ..FieldError::new(
                    "to",
                    "an authentication template needs a phone number, and this person's is not known: ask them to share it",
                )
            }]),
            MessagingError::TemplateStopped { reason } => Self::conflict("template_stopped", reason),
            MessagingError::MarketingStopped => Self::conflict(
                "marketing_stopped",
                "The contact asked for no more marketing, and this template is marketing or not known yet. Send a utility template, or have the templates read (`POST /templates/sync`) if this one is new.",
            ),
            MessagingError::NotResendable => Self::conflict(
                "not_resendable",
                "Only an outbound message whose `status` is `failed` or `unknown` can be sent again.",
            ),
            MessagingError::OtherAccount => Self::invalid(
                "template_id",
                "is a template of another WhatsApp Business Account than the number's",
            ),
            MessagingError::Incomplete(problems) => {
                Self::invalid_fields(crate::service::fields(&problems)).with_code("template_incomplete")
            }
            MessagingError::ChooseChannel { channels: 0 } => Self::conflict(
                "no_channel",
                "No WhatsApp number is connected yet. Connect one under Numbers.",
            ),
            MessagingError::ChooseChannel { .. } => Self::invalid(
                "channel_id",
                "is required, because several numbers are connected and none is the default",
            ),
            MessagingError::Invalid(invalid) => Self::invalid_fields(vec![field(invalid)]),
            MessagingError::BadSignature => Self::unauthenticated(
                "bad_signature",
                "The header X-Hub-Signature-256 is missing, or was not made with the app secret of a number or account that the body names.",
            ),
            MessagingError::BadVerifyToken => Self::forbidden(
                "bad_verify_token",
                "The verify token is not the one of a number of this tenant.",
            ),
            MessagingError::InboxFull => {
                Self::unavailable("Too many webhooks are waiting to be stored. Send it again.")
            }
        }
    }
}

/// A broken rule with its limit and what was found.
fn field(invalid: cloud_api::error::Invalid) -> FieldError {
    let found = match (invalid.actual, invalid.value) {
        (Some(count), _) => Some(Value::from(count)),
        (None, text) => text.map(Value::from),
    };
    FieldError {
        limit: invalid.limit.and_then(|limit| u64::try_from(limit).ok()),
        value: found.map(Any),
        ..FieldError::new(invalid.field, invalid.message)
    }
}
