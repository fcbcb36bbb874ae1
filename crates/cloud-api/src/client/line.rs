//! Sends many messages from one number: address, token and proof are computed once, and content that was checked before is
//! sent as it was stored (Cloud API: messages endpoint).

use std::fmt;

use super::{
    Client, Sent, Wire,
    answer::{broken, interpret, retry_after},
};
use crate::{
    error::{Error, Invalid},
    ids::{PhoneNumberId, Wamid},
    message::Recipient,
    webhook::read,
};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Request, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue},
};
use secrecy::ExposeSecret;
use serde::{Serialize, de::IgnoredAny};

/// A message whose content was checked when it was stored ([`SendMessage::validate`](crate::message::SendMessage::validate))
/// and is kept in wire form.
#[derive(Clone, Copy, Debug)]
pub struct WireMessage<'a> {
    /// Who gets it.
    pub to: &'a Recipient,
    /// WhatsApp's message type.
    pub kind: &'a str,
    /// The object under the type's key, as JSON text.
    pub content: &'a str,
    /// The message it quotes.
    pub reply_to: Option<&'a Wamid>,
    /// Own data, at most 512 characters, that comes back in every status.
    pub callback_data: &'a str,
}

impl WireMessage<'_> {
    /// The body of `POST /{PNID}/messages` (Cloud API: common envelope).
    ///
    /// # Errors
    /// When the stored content is no JSON.
    pub fn to_body(&self) -> Result<Vec<u8>, Invalid> {
        let unreadable = |_| Invalid::new(self.kind, "the stored content is not JSON");
        // Exactly one value: stored text must not be able to close the envelope early.
        serde_json::from_str::<IgnoredAny>(self.content).map_err(unreadable)?;
        let (recipient_type, to, recipient) = match self.to {
            Recipient::Phone(phone) => ("individual", Some(phone.as_str()), None),
            Recipient::Bsuid(bsuid) => ("individual", None, Some(bsuid.as_str())),
            Recipient::Group(group) => ("group", Some(group.as_str()), None),
        };
        let envelope = Envelope {
            messaging_product: "whatsapp",
            recipient_type,
            to,
            recipient,
            context: self.reply_to.map(|message_id| Context { message_id }),
            kind: self.kind,
            biz_opaque_callback_data: self.callback_data,
        };
        let mut body = serde_json::to_vec(&envelope).map_err(unreadable)?;
        // The content is under a key named after its type, which a derived serialiser cannot express.
        body.pop();
        body.push(b',');
        serde_json::to_writer(&mut body, self.kind).map_err(unreadable)?;
        body.push(b':');
        body.extend_from_slice(self.content.as_bytes());
        body.push(b'}');
        Ok(body)
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context<'a>>,
    #[serde(rename = "type")]
    kind: &'a str,
    biz_opaque_callback_data: &'a str,
}

#[derive(Serialize)]
struct Context<'a> {
    message_id: &'a Wamid,
}

/// Sends from one number; cheap enough to clone once per chunk.
#[derive(Clone)]
pub struct Line {
    client: Client,
    wire: Wire,
    uri: Uri,
    authorization: HeaderValue,
}

impl fmt::Debug for Line {
    // The URL contains the proof of the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({:?})", self.client)
    }
}

impl Client {
    /// A line for one number, over connections that other numbers share.
    ///
    /// # Errors
    /// When address or token is not valid in a request.
    pub fn line(&self, from: &PhoneNumberId, wire: &Wire) -> Result<Line, Invalid> {
        let inner = &*self.0;
        let unusable = |_| Invalid::new("base_url", "is no address that can be called");
        let address = self.address(&[from.as_str(), "messages"], &[])?;
        let uri = Uri::try_from(address.as_str()).map_err(unusable)?;
        let bearer = format!("Bearer {}", inner.connection.access_token.expose_secret());
        let mut authorization = HeaderValue::try_from(bearer)
            .map_err(|_| Invalid::new("access_token", "has characters that no token has"))?;
        authorization.set_sensitive(true);
        Ok(Line {
            client: self.clone(),
            wire: wire.clone(),
            uri,
            authorization,
        })
    }
}

impl Line {
    /// Sends one message, as [`Client::send`] does.
    ///
    /// # Errors
    /// As described at [`Error`].
    pub async fn send(&self, message: &WireMessage<'_>) -> Result<Sent, Error> {
        let mut request = Request::post(self.uri.clone())
            .body(Full::new(Bytes::from(message.to_body()?)))
            .map_err(|_| Invalid::new("base_url", "is no address that can be called"))?;
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let limit = self.client.0.connection.timeouts.send;
        let (status, headers, body) = self.wire.exchange(request, limit).await?;
        sent(&interpret(status, retry_after(&headers), &body)?)
    }
}

/// The answer to a send.
pub(super) fn sent(answer: &serde_json::Value) -> Result<Sent, Error> {
    let first = answer.pointer("/messages/0");
    let wamid = first
        .and_then(|m| read::text(m, "id"))
        .ok_or_else(|| broken("no message id in the answer"))?;
    let contact = answer.pointer("/contacts/0");
    Ok(Sent {
        wamid: wamid.into(),
        wa_id: contact.and_then(|c| read::text(c, "wa_id")),
        user_id: contact.and_then(|c| read::text(c, "user_id")),
        message_status: first.and_then(|m| read::text(m, "message_status")),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::message::{Content, SendMessage};

    #[test]
    fn the_fast_way_writes_what_the_typed_way_writes() {
        let quoted = Wamid::from("wamid.IN01");
        for to in ["447700900123", "GB.55500011122233"] {
            let to = Recipient::parse(to).unwrap();
            let content = Content::Text {
                body: "a \"quoted\" é\n".to_owned(),
                preview_url: true,
            };
            let typed = SendMessage {
                reply_to: Some(quoted.clone()),
                callback_data: Some("m-1".to_owned()),
                ..SendMessage::new(to.clone(), content.clone())
            };
            let fast = WireMessage {
                to: &to,
                kind: content.kind(),
                content: &content.wire().to_string(),
                reply_to: Some(&quoted),
                callback_data: "m-1",
            };
            let fast: Value = serde_json::from_slice(&fast.to_body().unwrap()).unwrap();
            assert_eq!(fast, typed.to_json());
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let to = Recipient::parse("447700900123").unwrap();
        let message = WireMessage {
            to: &to,
            kind: "text",
            content: "{\"body\":\"x\"},\"to\":\"1",
            reply_to: None,
            callback_data: "m-1",
        };
        assert_eq!(message.to_body().unwrap_err().field, "text");
    }
}
