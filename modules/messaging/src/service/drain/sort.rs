//! What a batch of bodies holds, sorted by where it goes.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use cloud_api::webhook::{
    self, Change, Entry, HistoryChunk, InboundMessage, Status as WebhookStatus, Update, WebhookContact,
    WebhookError,
};
use contracts::messaging::ChannelId;
use kernel::{Result, TenantId};
use serde_json::Value;

use super::{kept::Kept, when::told_at};
use crate::{
    entity::{channel, inbox::Model},
    service::Service,
};

/// A message from a customer, with what the body says about its sender.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) channel: Arc<channel::Model>,
    pub(super) sender: Option<WebhookContact>,
    pub(super) message: InboundMessage,
}

/// A message that the business sent by other means.
#[derive(Debug)]
pub(super) struct Echo {
    pub(super) channel: Arc<channel::Model>,
    pub(super) receiver: Option<WebhookContact>,
    pub(super) message: InboundMessage,
    /// Whether its phone app sent it; another partner otherwise.
    pub(super) by_app: bool,
}

/// A message out of a phone's history.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) channel: Arc<channel::Model>,
    /// Digits of the other side, if the chunk names them.
    pub(super) thread: Option<String>,
    /// WhatsApp's word for its state.
    pub(super) status: Option<String>,
    pub(super) message: InboundMessage,
}

/// A message could not be sent, perhaps because of its number or account.
#[derive(Debug)]
pub(super) struct NumberFailure {
    pub(super) channel_id: ChannelId,
    pub(super) code: i64,
    /// When, by WhatsApp.
    pub(super) at: DateTime<Utc>,
}

/// What a change tells that is not a message.
#[derive(Debug)]
pub(super) enum Said {
    Update(Update),
    /// Parts of a history came, or the business declined to share it.
    History {
        chunks: Vec<HistoryChunk>,
        declined: Option<WebhookError>,
    },
    /// WhatsApp reports errors that belong to no message.
    Errors(Vec<WebhookError>),
}

/// Something for the accounts' timeline, and for those whom it concerns.
#[derive(Debug)]
pub(super) struct News {
    pub(super) field: String,
    pub(super) waba_id: String,
    /// The number it is about, if not the whole account.
    pub(super) channel: Option<Arc<channel::Model>>,
    /// When, by WhatsApp.
    pub(super) at: DateTime<Utc>,
    /// Whether WhatsApp says when: it tells two equal events apart.
    pub(super) dated: bool,
    pub(super) said: Said,
    /// As it came.
    pub(super) value: Value,
    /// What tells it from others; empty until it is recorded.
    pub(super) digest: String,
}

/// What a batch of bodies holds, sorted by where it goes.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) messages: Vec<Arrived>,
    pub(super) statuses: Vec<WebhookStatus>,
    pub(super) failures: Vec<NumberFailure>,
    pub(super) echoes: Vec<Echo>,
    pub(super) past: Vec<Past>,
    pub(super) news: Vec<News>,
    pub(super) kept: Vec<Kept>,
}

type Channels<'c> = HashMap<&'c str, &'c Arc<channel::Model>>;

impl Service {
    pub(super) async fn sort(
        &self,
        tenant: TenantId,
        bodies: &[Model],
        channels: &Channels<'_>,
    ) -> Result<Sorted> {
        let mut sorted = Sorted::default();
        let others = self
            .numbers_of_others(tenant, channels.values().map(|channel| &***channel))
            .await?;
        for body in bodies {
            let Ok(envelope) = webhook::parse(&body.body) else {
                sorted.kept.push(Kept::unreadable("malformed", &body.body));
                continue;
            };
            if envelope.entries.iter().all(|entry| entry.changes.is_empty()) && body.own_path {
                sorted.kept.push(Kept::unreadable("malformed", &body.body));
            }
            for entry in &envelope.entries {
                for change in &entry.changes {
                    let number = change
                        .value
                        .metadata
                        .as_ref()
                        .and_then(|metadata| metadata.phone_number_id.as_deref());
                    match number {
                        None => sort_account(&mut sorted, channels, body, entry, change),
                        // Another tenant has proven that it is theirs: claiming it brings nobody their messages.
                        Some(number) if others.contains(number) => {}
                        Some(number) => match channels.get(number) {
                            Some(channel) => sort_change(&mut sorted, channel, body, entry, change),
                            // Somebody else's number: its owner has the body too, if its app secret signed it.
                            None if self.is_anothers(tenant, number).await? => {}
                            None if body.own_path => sorted.kept.push(Kept::new(
                                "unknown_number",
                                entry.id.as_deref(),
                                Some(number),
                                change,
                            )),
                            None => {}
                        },
                    }
                }
            }
        }
        Ok(sorted)
    }
}

/// Sorts a change of an account, which names no phone number id.
fn sort_account(sorted: &mut Sorted, channels: &Channels<'_>, body: &Model, entry: &Entry, change: &Change) {
    let waba = account_of(entry, change);
    let mut ours = channels
        .values()
        .copied()
        .filter(|channel| Some(channel.waba_id.as_str()) == waba)
        .peekable();
    if ours.peek().is_none() {
        if body.own_path {
            let reason = match &change.value.update {
                Some(_) => "unknown_account",
                None => "no_home",
            };
            sorted.kept.push(Kept::new(reason, waba, None, change));
        }
        return;
    }
    let update = change.value.update.clone().filter(has_home);
    let (Some(update), Some(waba)) = (update, waba) else {
        sorted.kept.push(Kept::new("no_home", waba, None, change));
        return;
    };
    let channel = match display_number(&update) {
        None => None,
        Some(number) => match by_number(ours.collect(), number) {
            Some(channel) => Some(channel.clone()),
            None => {
                sorted
                    .kept
                    .push(Kept::new("unknown_number", Some(waba), None, change));
                return;
            }
        },
    };
    let told = second_of(&update).or(entry.time);
    sorted
        .news
        .push(news(waba, channel, told, body, change, Said::Update(update)));
}

/// The account a change is about. Events of partners come under the partner's business and name the account inside.
fn account_of<'a>(entry: &'a Entry, change: &'a Change) -> Option<&'a str> {
    let named = match &change.value.update {
        Some(Update::Account(update)) => update.waba.as_ref().and_then(|waba| waba.waba_id.as_deref()),
        _ => None,
    };
    named.or(entry.id.as_deref())
}

/// Whether the platform does something with it, if only showing it in plain words.
fn has_home(update: &Update) -> bool {
    !matches!(update, Update::Calls(_) | Update::Groups(_))
}

/// The number an account's change is about, in whatever spelling.
fn display_number(update: &Update) -> Option<&str> {
    match update {
        Update::NumberLimit(limit) => limit.display_phone_number.as_deref(),
        Update::NumberName(name) => name.display_phone_number.as_deref(),
        Update::Security(security) => security.display_phone_number.as_deref(),
        Update::Account(account) => account.phone_number.as_deref(),
        _ => None,
    }
}

pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The number among an account's. The API shows `+44 7700 900555`, webhooks say `447700900555`: only digits count. Where no
/// number is known yet, the only one of the account must be it.
fn by_number<'c>(channels: Vec<&'c Arc<channel::Model>>, number: &str) -> Option<&'c Arc<channel::Model>> {
    let wanted = digits(number);
    let shown = |channel: &&Arc<channel::Model>| channel.display_phone_number.as_deref().map(digits);
    let same = channels
        .iter()
        .find(|channel| shown(channel).as_ref() == Some(&wanted));
    same.copied().or_else(|| match channels.as_slice() {
        [only] if only.display_phone_number.is_none() => Some(*only),
        _ => None,
    })
}

/// When somebody did it, where the change itself says so.
fn second_of(update: &Update) -> Option<i64> {
    match update {
        Update::Preferences(all) => all.iter().filter_map(|one| one.timestamp).max(),
        Update::UserIds(all) => all.iter().filter_map(|one| one.timestamp).max(),
        Update::AppContacts(all) => all.iter().filter_map(|one| one.timestamp).max(),
        _ => None,
    }
}

fn news(
    waba: &str,
    channel: Option<Arc<channel::Model>>,
    told: Option<i64>,
    body: &Model,
    change: &Change,
    said: Said,
) -> News {
    News {
        field: change.field.clone().unwrap_or_else(|| "messages".to_owned()),
        waba_id: waba.to_owned(),
        channel,
        at: told_at(told, body.received_at),
        dated: told.is_some(),
        said,
        value: change.raw.get("value").cloned().unwrap_or_default(),
        digest: String::new(),
    }
}

/// Takes from a number's change what has a home, and keeps the whole of it when anything has none.
fn sort_change(
    sorted: &mut Sorted,
    channel: &Arc<channel::Model>,
    body: &Model,
    entry: &Entry,
    change: &Change,
) {
    let value = &change.value;
    let field = change.field.as_deref().unwrap_or("messages");
    let waba = channel.waba_id.as_str();
    let tell = |sorted: &mut Sorted, told, said| {
        sorted
            .news
            .push(news(waba, Some(channel.clone()), told, body, change, said));
    };
    let mut homeless = false;
    let mut found = false;
    match field {
        "messages" => {
            homeless |= !sort_messages(sorted, channel, body, change);
            found = !(value.messages.is_empty() && value.statuses.is_empty());
            if !value.errors.is_empty() {
                tell(sorted, entry.time, Said::Errors(value.errors.clone()));
                homeless = true;
            }
            homeless |= !(value.echoes.is_empty() && value.history.is_empty());
        }
        "smb_message_echoes" | "message_echoes" => {
            for message in &value.echoes {
                found = true;
                if !(named(message) && (said(&message.to) || said(&message.to_user_id))) {
                    homeless = true;
                    continue;
                }
                sorted.echoes.push(Echo {
                    channel: channel.clone(),
                    receiver: entry_of(&value.contacts, &message.to, &message.to_user_id).cloned(),
                    message: message.clone(),
                    by_app: field == "smb_message_echoes",
                });
            }
        }
        "history" => {
            for past in &value.history {
                found = true;
                let message = &past.message;
                let whose = past.thread.is_some() || said(&message.from) || said(&message.from_user_id);
                if !(named(message) && whose) {
                    homeless = true;
                    continue;
                }
                sorted.past.push(Past {
                    channel: channel.clone(),
                    thread: past.thread.clone(),
                    status: past.status.clone(),
                    message: past.message.clone(),
                });
            }
            let declined = value.errors.first().cloned();
            if !value.history_chunks.is_empty() || declined.is_some() {
                found = true;
                let chunks = value.history_chunks.clone();
                tell(sorted, entry.time, Said::History { chunks, declined });
            }
        }
        _ => {
            if let Some(update) = value.update.clone().filter(has_home) {
                found = true;
                tell(sorted, second_of(&update).or(entry.time), Said::Update(update));
            }
        }
    }
    if homeless || !found {
        let reason = if value.errors.is_empty() {
            "no_home"
        } else {
            "error"
        };
        let number = Some(channel.phone_number_id.as_str());
        let waba = entry.id.as_deref();
        sorted.kept.push(Kept::new(reason, waba, number, change));
    }
}

/// Messages and their statuses; false if any of them could not be taken.
fn sort_messages(sorted: &mut Sorted, channel: &Arc<channel::Model>, body: &Model, change: &Change) -> bool {
    let value = &change.value;
    let mut whole = true;
    for message in &value.messages {
        if !(named(message) && (said(&message.from) || said(&message.from_user_id))) {
            whole = false;
            continue;
        }
        let sender = entry_of(&value.contacts, &message.from, &message.from_user_id).cloned();
        sorted.messages.push(Arrived {
            channel: channel.clone(),
            sender,
            message: message.clone(),
        });
    }
    for status in &value.statuses {
        match status.id {
            Some(_) => {
                if let Some(code) = status.errors.first().and_then(|error| error.code) {
                    sorted.failures.push(NumberFailure {
                        channel_id: channel.id,
                        code,
                        at: told_at(status.timestamp, body.received_at),
                    });
                }
                sorted.statuses.push(status.clone());
            }
            None => whole = false,
        }
    }
    whole
}

fn said(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !text.trim().is_empty())
}

fn named(message: &InboundMessage) -> bool {
    message.id.as_ref().is_some_and(|id| !id.as_str().is_empty())
}

/// The contact entry that speaks of the person of these ids.
fn entry_of<'a>(
    contacts: &'a [WebhookContact],
    wa_id: &Option<String>,
    user_id: &Option<String>,
) -> Option<&'a WebhookContact> {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    contacts
        .iter()
        .find(|contact| same(&contact.user_id, user_id) || same(&contact.wa_id, wa_id))
        // A single entry is the person's even when the ids are written differently.
        .or_else(|| {
            if contacts.len() == 1 {
                contacts.first()
            } else {
                None
            }
        })
}
