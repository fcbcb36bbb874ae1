//! A message from a customer before it is written.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cloud_api::webhook::{InboundMessage, WebhookContact};
use contracts::{channels::Channel, contacts::Sighting};
use text::phone::may_be_same;

use super::when::told_at;

/// A message from a customer, with what the body says about its sender.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) channel: Arc<Channel>,
    pub(super) sighting: Sighting,
    pub(super) message: InboundMessage,
    /// When the webhook arrived here.
    pub(super) received_at: DateTime<Utc>,
}

/// Who has written a message, by its own ids first and then by what the body says about its sender.
pub(super) fn sighting(
    channel: &Arc<Channel>,
    message: &InboundMessage,
    sender: Option<&WebhookContact>,
    now: DateTime<Utc>,
) -> Sighting {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    let of_sender =
        |field: fn(&WebhookContact) -> &Option<String>| sender.and_then(|sender| some(field(sender)));
    let (from, told) = (some(&message.from), of_sender(|sender| &sender.wa_id));
    // Usually the same. Where WhatsApp spells the number in another way, its id is the one to write to.
    let (from, other) = match (from, told) {
        (Some(from), Some(told)) if from != told && may_be_same(&from, &told) => (Some(told), Some(from)),
        (from, told) => (from.or(told), None),
    };
    // What is written where a phone number belongs but holds no digit still tells senders apart.
    let (wa_id, no_phone) = from
        .into_iter()
        .partition::<Vec<String>, _>(|text| text.contains(|c: char| c.is_ascii_digit()));
    Sighting {
        portfolio: channel.portfolio_id.clone().unwrap_or_default(),
        wa_id: wa_id.into_iter().next(),
        other_wa_id: other,
        bsuid: some(&message.from_user_id)
            .or_else(|| of_sender(|sender| &sender.user_id))
            .or(no_phone.into_iter().next()),
        username: sender.and_then(|sender| sender.username.clone()),
        profile_name: sender.and_then(|sender| sender.name.clone()),
        seen_at: Some(told_at(message.timestamp, now)),
        ..Sighting::default()
    }
}
