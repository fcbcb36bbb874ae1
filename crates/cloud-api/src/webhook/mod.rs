//! Webhook bodies (Cloud API: webhooks). Everything is optional, unknown things are kept raw, and one bad part
//! never hides the rest: problems are reported beside what could be read.

mod account;
mod lazy;
mod mend;
mod message;
mod number;
mod parts;
mod person;
pub(crate) mod read;
mod reading;
mod status;
mod template;
mod tree;
mod update;
mod words;

use serde_json::Value;

pub use account::{
    AccountAlert, AccountEvent, AccountUpdate, AuthInternational, Ban, BanState, Capability, Certification,
    Disconnection, FlowUpdate, Restriction, RestrictionKind, Violation, VolumeTier, WabaInfo,
};
pub use message::{
    CallPermission, ContactCard, Context, Identity, InboundContent, InboundMessage, InteractiveReply, Media,
    Order, OrderItem, Referral, System,
};
pub use number::{Decision, NumberEvent, NumberLimit, NumberName, Security, SecurityEvent};
pub use parts::{Name, Parts};
pub use person::{AppContact, Call, Choice, GroupUpdate, Preference, UserIdChange};
pub use reading::parse;
pub use status::{Conversation, Pricing, Status, StatusKind, WebhookError};
pub use template::{
    TemplateButton, TemplateChange, TemplateComponents, TemplateEvent, TemplateStatus, TemplateUpdate,
};
pub use tree::bounded;
pub use update::Update;

/// Items read of a body at most: messages, statuses, errors, changes without items and so on, all kinds together. WhatsApp
/// sends no more in one (Cloud API: webhooks – transport).
pub const ITEMS: usize = 1_000;
/// Bytes that the trees of one part may take.
const LARGEST: usize = 4 << 20;

/// The body is not JSON at all.
#[derive(Debug, thiserror::Error)]
#[error("the webhook body is not JSON: {0}")]
pub struct ParseError(#[from] serde_json::Error);

/// One HTTP body: up to 1,000 updates of several accounts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// `whatsapp_business_account`; a body of another product has no entries here.
    pub object: Option<String>,
    /// One per account, usually.
    pub entries: Vec<Entry>,
    /// What could not be read, for the log: place and reason, at most 50.
    pub problems: Vec<String>,
    /// Parts that were not read because there are more than [`ITEMS`], or because they are too large. They are only in the
    /// body.
    pub left_out: usize,
    /// Approximate memory of what was read, in bytes.
    pub size: usize,
}

/// The changes of one account.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// WABA id (for `PARTNER_*` events the partner's business id).
    pub id: Option<String>,
    /// Unix seconds; absent for message-type fields.
    pub time: Option<i64>,
    /// The changes.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// `messages`, `message_template_status_update`, …
    pub field: Option<String>,
    /// The number and account it is for.
    pub name: Name,
    /// Its parsed value.
    pub value: ChangeValue,
    /// `{"field":…,"value":…}` as received.
    pub raw: String,
}

impl Change {
    /// [`Change::raw`] as a value; none when that would be too large.
    pub fn tree(&self) -> Option<Value> {
        bounded(&self.raw, LARGEST)
    }
}

/// The readable part of a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeValue {
    /// The business number it is about.
    pub metadata: Option<Metadata>,
    /// The people it is about.
    pub contacts: Vec<WebhookContact>,
    /// Messages from people.
    pub messages: Vec<InboundMessage>,
    /// Messages that the business sent by other means (phone app, another partner).
    pub echoes: Vec<InboundMessage>,
    /// Statuses of our messages.
    pub statuses: Vec<Status>,
    /// Older messages of a number that was connected with its history.
    pub history: Vec<HistoryMessage>,
    /// Which parts of the history these are.
    pub history_chunks: Vec<HistoryChunk>,
    /// The content of a change that is not about messages.
    pub update: Option<Update>,
    /// Errors beside or instead of messages, also those of a declined history.
    pub errors: Vec<WebhookError>,
    /// Elements that are not objects, and lists that are not lists: they cannot be read.
    pub odd: usize,
}

/// The business number of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Phone number id; the key for finding the tenant.
    pub phone_number_id: Option<String>,
    /// Bare digits.
    pub display_phone_number: Option<String>,
}

/// A person as a webhook identifies them. The BSUID is the key, phone and username may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebhookContact {
    /// Profile name.
    pub name: Option<String>,
    /// Username without @.
    pub username: Option<String>,
    /// Phone digits.
    pub wa_id: Option<String>,
    /// BSUID.
    pub user_id: Option<String>,
    /// BSUID across linked portfolios.
    pub parent_user_id: Option<String>,
}

/// A part of a history (Cloud API: webhooks – history). Parts come in any order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryChunk {
    /// 0: the last day, 1: up to 90 days, 2: up to 180 days ago.
    pub phase: Option<i64>,
    /// Its place within the phase.
    pub chunk_order: Option<i64>,
    /// Progress of the whole history, in per cent.
    pub progress: Option<i64>,
    /// Messages in it.
    pub messages: usize,
}

/// A message out of the history of a phone.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryMessage {
    /// Phone digits of the other side, if the chunk names them.
    pub thread: Option<String>,
    /// READ, DELIVERED, … of `history_context`.
    pub status: Option<String>,
    /// The message.
    pub message: InboundMessage,
}

impl Envelope {
    /// All changes with the id of their account.
    pub fn changes(&self) -> impl Iterator<Item = (Option<&str>, &Change)> {
        self.entries
            .iter()
            .flat_map(|e| e.changes.iter().map(move |c| (e.id.as_deref(), c)))
    }
}

#[cfg(test)]
mod tests;
