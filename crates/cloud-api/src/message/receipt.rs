//! Blue ticks and "typing…" (Cloud API: read receipt and typing).

use serde_json::{Value, json};

use crate::ids::Wamid;

/// Tells a customer that a message and all earlier ones of the thread were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadReceipt {
    /// A message of the customer's, at most 30 days old.
    pub message_id: Wamid,
    /// Also show "typing…" for 25 seconds or until something is sent.
    pub typing: bool,
}

impl ReadReceipt {
    /// The body of `POST /{PNID}/messages`.
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": self.message_id,
        });
        if self.typing {
            body["typing_indicator"] = json!({"type": "text"});
        }
        body
    }
}
