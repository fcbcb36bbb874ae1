//! Webhook bodies (Cloud API: webhooks). Everything is optional, unknown things are kept raw, and one bad part
//! never hides the rest: problems are reported beside what could be read.

mod account;
mod message;
mod number;
mod person;
pub(crate) mod read;
mod status;
mod template;
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
pub use person::{AppContact, Call, Choice, GroupUpdate, Preference, UserIdChange};
pub use status::{Conversation, Pricing, Status, StatusKind, WebhookError};
pub use template::{
    TemplateButton, TemplateChange, TemplateComponents, TemplateEvent, TemplateStatus, TemplateUpdate,
};
pub use update::Update;

/// At most this many problems are reported for one body.
const MAX_PROBLEMS: usize = 50;

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
    /// What is understood of it.
    pub value: ChangeValue,
    /// `{"field":…,"value":…}` as it came.
    pub raw: Value,
}

/// The readable part of a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeValue {
    /// The business number it is about.
    pub metadata: Option<Metadata>,
    /// The people it is about.
    pub contacts: Vec<WebhookContact>,
    /// What people wrote.
    pub messages: Vec<InboundMessage>,
    /// What the business wrote by other means (phone app, another partner).
    pub echoes: Vec<InboundMessage>,
    /// What became of our messages.
    pub statuses: Vec<Status>,
    /// Older messages of a number that was connected with its history.
    pub history: Vec<HistoryMessage>,
    /// Which parts of the history these are.
    pub history_chunks: Vec<HistoryChunk>,
    /// What the change tells if it is not about messages.
    pub update: Option<Update>,
    /// Errors beside or instead of messages, also those of a declined history.
    pub errors: Vec<WebhookError>,
}

/// The business number of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Phone number id; the key for finding the tenant.
    pub phone_number_id: Option<String>,
    /// Bare digits.
    pub display_phone_number: Option<String>,
}

/// A person as a webhook names them. The BSUID is the key, phone and username may be missing.
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
    /// Per cent of the whole that are on their way with it.
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

/// Reads a body. Verify its signature first.
///
/// # Errors
/// Only when the bytes are not JSON; every JSON value gives an envelope, with `problems` where it is odd.
pub fn parse(body: &[u8]) -> Result<Envelope, ParseError> {
    let root: Value = serde_json::from_slice(body)?;
    let mut problems = Problems::default();
    let mut envelope = Envelope {
        object: read::text(&root, "object"),
        ..Envelope::default()
    };
    if !root.is_object() {
        problems.add("body", "is not an object");
    } else if envelope
        .object
        .as_deref()
        .is_some_and(|o| o != "whatsapp_business_account")
    {
        problems.add("object", "is not whatsapp_business_account");
    } else if let Some(entries) = root.get("entry").and_then(Value::as_array) {
        for (at, entry) in entries.iter().enumerate() {
            let place = format!("entry[{at}]");
            if entry.is_object() {
                envelope.entries.push(read_entry(entry, &place, &mut problems));
            } else {
                problems.add(&place, "is not an object");
            }
        }
    } else {
        problems.add("entry", "is not a list");
    }
    envelope.problems = problems.0;
    Ok(envelope)
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn add(&mut self, place: &str, what: &str) {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(format!("{place}: {what}"));
        }
    }
}

fn read_entry(entry: &Value, place: &str, problems: &mut Problems) -> Entry {
    let mut out = Entry {
        id: read::text(entry, "id"),
        time: read::timestamp(entry, "time"),
        changes: Vec::new(),
    };
    let Some(changes) = entry.get("changes").and_then(Value::as_array) else {
        problems.add(place, "changes is not a list");
        return out;
    };
    for (at, change) in changes.iter().enumerate() {
        let place = format!("{place}.changes[{at}]");
        if !change.is_object() {
            problems.add(&place, "is not an object");
            continue;
        }
        let field = read::text(change, "field");
        if field.is_none() {
            problems.add(&place, "has no field");
        }
        let value = match change.get("value") {
            Some(value @ Value::Object(_)) => read_value(field.as_deref(), value, &place, problems),
            _ => {
                problems.add(&place, "value is not an object");
                ChangeValue::default()
            }
        };
        out.changes.push(Change {
            field,
            value,
            raw: change.clone(),
        });
    }
    out
}

fn read_value(field: Option<&str>, value: &Value, place: &str, problems: &mut Problems) -> ChangeValue {
    let mut out = ChangeValue {
        metadata: value.get("metadata").filter(|m| m.is_object()).map(|m| Metadata {
            phone_number_id: read::text(m, "phone_number_id"),
            display_phone_number: read::text(m, "display_phone_number"),
        }),
        contacts: read::list(value, "contacts")
            .iter()
            .filter(|c| c.is_object())
            .map(read_contact)
            .collect(),
        errors: status::errors(value),
        update: field.and_then(|field| Update::read(field, value)),
        ..ChangeValue::default()
    };
    let mut messages = |key: &str| -> Vec<InboundMessage> {
        elements(value, key, place, problems, |v, at, problems| {
            let message = InboundMessage::read(v);
            for problem in message.problems() {
                problems.add(at, problem);
            }
            message
        })
    };
    // Under `history` an element of `messages` is the media of an old message, and under `smb_message_echoes` it
    // is the business's own message.
    match field {
        Some("history") => out
            .history
            .extend(messages("messages").into_iter().map(|message| HistoryMessage {
                thread: None,
                status: history_status(&message.raw),
                message,
            })),
        Some("smb_message_echoes" | "message_echoes") => out.echoes = messages("messages"),
        _ => out.messages = messages("messages"),
    }
    let mut echoes = messages("message_echoes");
    out.echoes.append(&mut echoes);
    out.statuses = elements(value, "statuses", place, problems, |v, at, problems| {
        let status = Status::read(v);
        if status.id.is_none() {
            problems.add(at, "status without id");
        }
        if status.kind.is_none()
            && let StatusKind::Unknown(name) = &status.status
        {
            problems.add(at, &format!("unknown status {name:?}"));
        }
        status
    });
    read_history(value, &mut out, place, problems);
    if out
        .metadata
        .as_ref()
        .and_then(|m| m.phone_number_id.as_ref())
        .is_none()
        && !(out.messages.is_empty() && out.statuses.is_empty())
    {
        problems.add(place, "no metadata.phone_number_id");
    }
    out
}

fn read_history(value: &Value, out: &mut ChangeValue, place: &str, problems: &mut Problems) {
    for (at, chunk) in read::list(value, "history").iter().enumerate() {
        let place = format!("{place}.history[{at}]");
        if !chunk.is_object() {
            problems.add(&place, "is not an object");
            continue;
        }
        out.errors.extend(status::errors(chunk));
        let before = out.history.len();
        for thread in read::list(chunk, "threads") {
            let id = read::text(thread, "id");
            let found = elements(thread, "messages", &place, problems, |v, _, _| {
                InboundMessage::read(v)
            });
            out.history
                .extend(found.into_iter().map(|message| HistoryMessage {
                    thread: id.clone(),
                    status: history_status(&message.raw),
                    message,
                }));
        }
        let metadata = chunk.get("metadata").unwrap_or(&Value::Null);
        out.history_chunks.push(HistoryChunk {
            phase: read::int(metadata, "phase"),
            chunk_order: read::int(metadata, "chunk_order"),
            progress: read::int(metadata, "progress"),
            messages: out.history.len() - before,
        });
    }
}

fn history_status(raw: &Value) -> Option<String> {
    raw.get("history_context").and_then(|c| read::text(c, "status"))
}

/// Reads the objects of an array; a missing array is fine, everything else that is not an object is a problem.
fn elements<T>(
    value: &Value,
    key: &str,
    place: &str,
    problems: &mut Problems,
    read: impl Fn(&Value, &str, &mut Problems) -> T,
) -> Vec<T> {
    let list = match value.get(key) {
        None => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => {
            problems.add(place, &format!("{key} is not a list"));
            return Vec::new();
        }
    };
    let mut out = Vec::with_capacity(list.len());
    for (at, element) in list.iter().enumerate() {
        let place = format!("{place}.{key}[{at}]");
        if element.is_object() {
            out.push(read(element, &place, problems));
        } else {
            problems.add(&place, "is not an object");
        }
    }
    out
}

fn read_contact(value: &Value) -> WebhookContact {
    let profile = value.get("profile");
    let of_profile = |key: &str| profile.and_then(|p| read::text(p, key));
    WebhookContact {
        name: of_profile("name"),
        username: of_profile("username").or_else(|| read::text(value, "username")),
        wa_id: read::text(value, "wa_id"),
        user_id: read::text(value, "user_id"),
        parent_user_id: read::text(value, "parent_user_id"),
    }
}

#[cfg(test)]
mod tests;
