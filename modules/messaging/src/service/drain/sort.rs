//! What a batch of bodies holds, sorted by where it goes.

use std::collections::HashMap;

use cloud_api::webhook::{self, Change, InboundMessage, Status as WebhookStatus, WebhookContact};
use kernel::{Result, TenantDb};

use super::kept::Kept;
use crate::{
    entity::{channel, inbox::Model},
    service::{Service, channels::PHONE_ROUTE},
};

/// A message from a customer, with what the body says about its sender.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) channel: channel::Model,
    pub(super) sender: Option<WebhookContact>,
    pub(super) message: InboundMessage,
}

/// What a batch of bodies holds, sorted by where it goes.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) messages: Vec<Arrived>,
    pub(super) statuses: Vec<WebhookStatus>,
    pub(super) kept: Vec<Kept>,
}

impl Service {
    pub(super) async fn sort(
        &self,
        db: &TenantDb,
        bodies: &[Model],
        channels: &HashMap<String, channel::Model>,
    ) -> Result<Sorted> {
        let mut sorted = Sorted::default();
        for body in bodies {
            let Ok(envelope) = webhook::parse(&body.body) else {
                sorted.kept.push(Kept::unreadable("malformed", &body.body));
                continue;
            };
            if envelope.entries.iter().all(|entry| entry.changes.is_empty()) && body.own_path {
                sorted.kept.push(Kept::unreadable("malformed", &body.body));
            }
            for (waba, change) in envelope.changes() {
                match change
                    .value
                    .metadata
                    .as_ref()
                    .and_then(|metadata| metadata.phone_number_id.as_deref())
                {
                    Some(number) => match channels.get(number) {
                        Some(channel) => sort_change(&mut sorted, channel, waba, change),
                        // Somebody else's number: its owner has the body too, if its app secret signed it.
                        None if self
                            .routes
                            .resolve(PHONE_ROUTE, number)
                            .await?
                            .is_some_and(|owner| owner.tenant() != db.tenant()) => {}
                        None if body.own_path => {
                            sorted
                                .kept
                                .push(Kept::new("unknown_number", waba, Some(number), change))
                        }
                        None => {}
                    },
                    None => {
                        let ours = channels
                            .values()
                            .any(|channel| Some(channel.waba_id.as_str()) == waba);
                        if ours || body.own_path {
                            sorted.kept.push(Kept::new("no_home", waba, None, change));
                        }
                    }
                }
            }
        }
        Ok(sorted)
    }
}

/// Takes from a change what has a home, and keeps the whole of it when anything has none.
fn sort_change(sorted: &mut Sorted, channel: &channel::Model, waba: Option<&str>, change: &Change) {
    let number = Some(channel.phone_number_id.as_str());
    let value = &change.value;
    if change.field.as_deref().unwrap_or("messages") != "messages" {
        sorted.kept.push(Kept::new("no_home", waba, number, change));
        return;
    }
    let mut homeless = !value.errors.is_empty() || !value.echoes.is_empty() || !value.history.is_empty();
    for message in &value.messages {
        let said = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let named = message.id.as_ref().is_some_and(|id| !id.as_str().is_empty());
        if !named || !(said(&message.from) || said(&message.from_user_id)) {
            homeless = true;
            continue;
        }
        let sender = sender_in(&value.contacts, message).cloned();
        sorted.messages.push(Arrived {
            channel: channel.clone(),
            sender,
            message: message.clone(),
        });
    }
    for status in &value.statuses {
        match status.id {
            Some(_) => sorted.statuses.push(status.clone()),
            None => homeless = true,
        }
    }
    if homeless || (value.messages.is_empty() && value.statuses.is_empty()) {
        let reason = if value.errors.is_empty() {
            "no_home"
        } else {
            "error"
        };
        sorted.kept.push(Kept::new(reason, waba, number, change));
    }
}

/// The contact entry that speaks of the message's sender.
fn sender_in<'a>(contacts: &'a [WebhookContact], message: &InboundMessage) -> Option<&'a WebhookContact> {
    let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    contacts
        .iter()
        .find(|contact| same(&contact.user_id, &message.from_user_id) || same(&contact.wa_id, &message.from))
        // A single entry is the sender's even when the ids are written differently.
        .or_else(|| {
            if contacts.len() == 1 {
                contacts.first()
            } else {
                None
            }
        })
}
