//! What a rule needs to know of a message to answer it.

use chrono::{DateTime, Utc};
use cloud_api::webhook::{InboundContent, InboundMessage, InteractiveReply};
use contracts::messaging::{MessageDetails, MessageNature};

use super::when::told_at;

/// Characters of a text: WhatsApp's own limit.
const TEXT: usize = 4_096;
/// Characters of a payload.
const PAYLOAD: usize = 1_024;

/// Reads them; `received_at` is when the webhook arrived.
pub(super) fn of(message: &InboundMessage, received_at: DateTime<Utc>, echo: bool) -> MessageDetails {
    let nature = match &message.content {
        _ if echo => MessageNature::Echo,
        InboundContent::Edit { .. } => MessageNature::Edit,
        _ if message.is_written() => MessageNature::Written,
        _ => MessageNature::Notice,
    };
    let cut = |text: &str, most| text.chars().take(most).collect::<String>();
    MessageDetails {
        nature,
        text: message.text().map(|text| cut(text, TEXT)),
        payload: payload(&message.content).map(|payload| cut(&payload, PAYLOAD)),
        sent_at: told_at(message.timestamp, received_at),
        received_at,
    }
}

fn payload(content: &InboundContent) -> Option<String> {
    let payload = match content {
        InboundContent::Button { payload, .. } => payload.clone(),
        InboundContent::Interactive(
            InteractiveReply::Button { id, .. } | InteractiveReply::List { id, .. },
        ) => id.clone(),
        InboundContent::Interactive(InteractiveReply::Flow { response_json, .. }) => {
            token(response_json.as_deref()?)
        }
        InboundContent::Edit { content, .. } => return payload(content),
        _ => None,
    };
    payload.filter(|payload| !payload.is_empty())
}

/// The token of a flow, which it carries among its answers.
fn token(answers: &str) -> Option<String> {
    let answers: serde_json::Value = serde_json::from_str(answers).ok()?;
    Some(answers.get("flow_token")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn details(mut message: serde_json::Value, echo: bool) -> MessageDetails {
        message["timestamp"] = json!("1790000000");
        let received_at = DateTime::from_timestamp(1_790_000_007, 250_000_000).unwrap();
        of(&InboundMessage::from(message), received_at, echo)
    }

    #[test]
    fn words_payloads_and_both_times() {
        let interactive = |reply: serde_json::Value| json!({ "type": "interactive", "interactive": reply });
        let flow = json!({ "flow_token": "visit-7", "day": "Monday" }).to_string();
        for (message, text, payload) in [
            (
                json!({ "type": "text", "text": { "body": "Stop" } }),
                Some("Stop"),
                None,
            ),
            (
                json!({ "type": "image", "image": { "id": "1", "caption": "Look" } }),
                Some("Look"),
                None,
            ),
            (
                json!({ "type": "button", "button": { "payload": "YES-1", "text": "Yes" } }),
                Some("Yes"),
                Some("YES-1"),
            ),
            (
                interactive(
                    json!({ "type": "button_reply", "button_reply": { "id": "b1", "title": "Book" } }),
                ),
                Some("Book"),
                Some("b1"),
            ),
            (
                interactive(
                    json!({ "type": "list_reply", "list_reply": { "id": "row-2", "title": "Tuesday" } }),
                ),
                Some("Tuesday"),
                Some("row-2"),
            ),
            (
                interactive(
                    json!({ "type": "nfm_reply", "nfm_reply": { "name": "flow", "body": "Sent", "response_json": flow } }),
                ),
                Some("Sent"),
                Some("visit-7"),
            ),
            (json!({ "type": "audio", "audio": { "id": "1" } }), None, None),
        ] {
            let found = details(message.clone(), false);
            assert_eq!(
                (found.text.as_deref(), found.payload.as_deref()),
                (text, payload),
                "{message}"
            );
            assert_eq!(found.nature, MessageNature::Written, "{message}");
            assert_eq!(found.sent_at.timestamp_millis(), 1_790_000_000_000);
            assert_eq!(found.received_at.timestamp_millis(), 1_790_000_007_250);
        }
    }

    #[test]
    fn edits_echoes_and_notices_are_told_apart() {
        let text = json!({ "type": "text", "text": { "body": "Hello" } });
        let edit = json!({ "type": "edit", "edit": { "message": text } });
        let notice = json!({ "type": "system", "system": { "body": "A changed their number", "type": "user_changed_number" } });
        assert_eq!(details(text, true).nature, MessageNature::Echo);
        assert_eq!(details(notice, false).nature, MessageNature::Notice);
        let edit = details(edit, false);
        assert_eq!(
            (edit.nature, edit.text.as_deref()),
            (MessageNature::Edit, Some("Hello"))
        );
    }

    #[test]
    fn long_texts_and_payloads_are_cut() {
        let found = details(
            json!({ "type": "button", "button": { "payload": "é".repeat(2_000), "text": "é".repeat(9_000) } }),
            false,
        );
        let length = |text: Option<String>| text.unwrap().chars().count();
        assert_eq!((length(found.text), length(found.payload)), (4_096, 1_024));
    }
}
