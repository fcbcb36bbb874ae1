//! A message from a customer before it is written.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use cloud_api::webhook::{InboundMessage, WebhookContact};
use contracts::{channels::Channel, contacts::Sighting};
use serde_json::Value;
use text::phone::may_be_same;

use super::when::told_at;
use crate::service::clean_name;

/// A message from a customer, with what the body says about its sender.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) channel: Arc<Channel>,
    pub(super) sighting: Sighting,
    pub(super) message: InboundMessage,
    /// When the webhook arrived here.
    pub(super) received_at: DateTime<Utc>,
}

/// What a message says, as it is kept and shown. The name of a file is cleaned as the file's own is; `raw` keeps it as it came.
pub(super) fn content_of(message: &InboundMessage) -> Value {
    let mut content = message.raw.get(&message.kind).cloned().unwrap_or_default();
    if let Some(Value::String(name)) = content.get_mut("filename") {
        *name = clean_name(name);
    }
    content
}

/// Digits of a phone number with its country code, by E.164 and the shortest numbers there are.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Whether a text may be a phone number as WhatsApp writes it.
fn may_be_phone(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    DIGITS.contains(&digits.len()) && !digits.starts_with('0')
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
    // What is written where a phone number belongs but holds no digit still tells senders apart. Digits that are no number of
    // anybody do not.
    let (wa_id, no_phone) = from
        .into_iter()
        .partition::<Vec<String>, _>(|text| text.contains(|c: char| c.is_ascii_digit()));
    Sighting {
        portfolio: channel.portfolio_id.clone().unwrap_or_default(),
        wa_id: wa_id.into_iter().find(|text| may_be_phone(text)),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_phone_number_has_a_country_code_and_at_most_fifteen_digits() {
        for (text, may) in [
            ("447700900123", true),
            ("+44 7700 900123", true),
            ("2901234", true),
            ("123456789012345", true),
            ("1234567890123456789", false),
            ("0", false),
            ("12", false),
            ("0447700900123", false),
            ("GB.abc", false),
            ("", false),
        ] {
            assert_eq!(may_be_phone(text), may, "{text}");
        }
    }

    #[test]
    fn the_name_of_a_file_turns_nothing_around() {
        let message = InboundMessage::from(json!({
            "from": "447700900123", "id": "wamid.1", "timestamp": "1790000000", "type": "document",
            "document": { "id": "1", "filename": "in\u{202e}gpj.exe" },
        }));
        assert_eq!(content_of(&message)["filename"], "ingpj.exe");
        assert!(message.raw.to_string().contains('\u{202e}'));
    }
}
