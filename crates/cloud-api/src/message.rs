//! Messages to send: typed content, every documented limit checked before sending, exact wire JSON
//! (Cloud API: messages endpoint).
//!
//! One file per family. Reading ([`Content::from_wire`], [`Content::parse`]) and checking ([`SendMessage::validate`]) name the
//! field by its path in the wire JSON, the limit and what was found.

mod check;
mod contacts;
mod content;
mod files;
pub mod interactive;
mod plain;
mod receipt;
pub mod template;
mod wire;

use serde_json::{Map, Value, json};

use self::wire::{At, Object, Reading, Wire};
pub use self::{
    contacts::{
        Contact, ContactAddress, ContactEmail, ContactName, ContactOrganisation, ContactPhone, ContactUrl,
    },
    content::Content,
    files::{NamedFile, NamedFileMut},
    interactive::Interactive,
    plain::{DocumentFile, MediaSource},
    receipt::ReadReceipt,
    template::Template,
};
use crate::error::Invalid;
use crate::ids::{Bsuid, Msisdn, Wamid};

/// The recipient of a message. A phone number or a group goes into `to`, a BSUID into `recipient`: the type keeps them apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recipient {
    /// A phone number.
    Phone(Msisdn),
    /// A business-scoped user id, for people whose number is not known.
    Bsuid(Bsuid),
    /// The id of a group; only text, files, and templates with text and files go there (Cloud API: groups).
    Group(String),
}

impl Recipient {
    /// Reads a person: something that looks like a BSUID, else a phone number.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match Bsuid::parse(text) {
            Ok(id) => Ok(Self::Bsuid(id)),
            Err(_) => Msisdn::parse(text).map(Self::Phone),
        }
    }

    /// The digits, the BSUID or the group's id.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(phone) => phone.as_str(),
            Self::Bsuid(id) => id.as_str(),
            Self::Group(id) => id,
        }
    }

    /// The recipient of a body; `to` wins if both are given, as with WhatsApp.
    fn read(object: &Object<'_>) -> Result<Self, Invalid> {
        let kind = object.field::<Option<String>>("recipient_type")?;
        let (to, recipient) = (
            object.field::<Option<String>>("to")?,
            object.field::<Option<String>>("recipient")?,
        );
        match (kind.as_deref(), to, recipient) {
            (Some("group"), Some(group), _) => Ok(Self::Group(group)),
            (None | Some("individual"), Some(to), _) => Msisdn::parse(&to).map(Self::Phone),
            (None | Some("individual"), None, Some(id)) => Bsuid::parse(&id).map(Self::Bsuid),
            (None | Some("individual" | "group"), ..) => Err(Invalid::new("to", "is missing")),
            (Some(other), ..) => {
                Err(Invalid::new("recipient_type", "must be individual or group").found(other))
            }
        }
    }
}

/// One message to one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct SendMessage {
    /// Who gets it.
    pub to: Recipient,
    /// Its content.
    pub content: Content,
    /// The message it quotes; not allowed for reactions.
    pub reply_to: Option<Wamid>,
    /// Callback data, at most 512 characters, returned in every status of the message.
    pub callback_data: Option<String>,
    /// For numbers with identity check: the message is refused (137000) when the person's key has changed.
    pub identity_key_hash: Option<String>,
}

impl SendMessage {
    /// A message without quote and callback data.
    pub fn new(to: Recipient, content: Content) -> Self {
        Self {
            to,
            content,
            reply_to: None,
            callback_data: None,
            identity_key_hash: None,
        }
    }

    /// Checks every documented limit.
    ///
    /// # Errors
    /// The first rule that is broken, with the field's path in the wire JSON, the limit and what was found.
    pub fn validate(&self) -> Result<(), Invalid> {
        let root = |key| At::root(key, Reading::Strict);
        if let Some(data) = &self.callback_data {
            check::at_most(&root("biz_opaque_callback_data"), data, 512)?;
        }
        if let Recipient::Group(id) = &self.to {
            check::required(&root("to"), id)?;
            self.content.check_for_group()?;
        }
        if let Content::Template(template) = &self.content {
            template.check_recipient(&self.to)?;
        }
        self.content.check(self.reply_to.as_ref())
    }

    /// The body of `POST /{PNID}/messages` (Cloud API: common envelope).
    pub fn to_json(&self) -> Value {
        let mut body = Map::new();
        body.insert("messaging_product".into(), json!("whatsapp"));
        let kind = match &self.to {
            Recipient::Group(_) => "group",
            Recipient::Phone(_) | Recipient::Bsuid(_) => "individual",
        };
        body.insert("recipient_type".into(), json!(kind));
        match &self.to {
            Recipient::Phone(_) | Recipient::Group(_) => body.insert("to".into(), json!(self.to.as_str())),
            Recipient::Bsuid(id) => body.insert("recipient".into(), json!(id.as_str())),
        };
        if let Some(wamid) = &self.reply_to {
            body.insert("context".into(), json!({"message_id": wamid}));
        }
        let kind = self.content.kind();
        body.insert("type".into(), json!(kind));
        body.insert(kind.into(), self.content.wire());
        self.callback_data
            .write_into("biz_opaque_callback_data", &mut body);
        self.identity_key_hash
            .write_into("recipient_identity_key_hash", &mut body);
        Value::Object(body)
    }

    /// Parses a whole body. Unknown fields are an error; limits are checked by [`Self::validate`].
    ///
    /// # Errors
    /// The first field that is wrong, by its path in the body.
    pub fn from_json(body: &Value) -> Result<Self, Invalid> {
        let at = At::root("body", Reading::Strict);
        let object = Object::of(body, &at)?;
        match object.field::<Option<String>>("messaging_product")?.as_deref() {
            Some("whatsapp") => {}
            Some(other) => return Err(Invalid::new("messaging_product", "must be whatsapp").found(other)),
            None => return Err(Invalid::new("messaging_product", "is missing: must be whatsapp")),
        }
        let kind = match object.value("type") {
            Some(kind) => String::read(kind, &At::root("type", Reading::Strict))?.to_lowercase(),
            None => "text".to_owned(),
        };
        let content = object
            .value(&kind)
            .ok_or_else(|| Invalid::new(&*kind, "is missing"))?;
        let quoted = match object.value("context") {
            Some(context) => {
                let at = At::root("context", Reading::Strict);
                let context = Object::of(context, &at)?;
                context.only(&["message_id"])?;
                Some(Wamid::from(context.field::<String>("message_id")?))
            }
            None => None,
        };
        object.only(&[
            "messaging_product",
            "recipient_type",
            "to",
            "recipient",
            "type",
            "context",
            "biz_opaque_callback_data",
            "recipient_identity_key_hash",
            &kind,
        ])?;
        Ok(Self {
            to: Recipient::read(&object)?,
            content: Content::parse(&kind, content)?,
            reply_to: quoted,
            callback_data: object.field("biz_opaque_callback_data")?,
            identity_key_hash: object.field("recipient_identity_key_hash")?,
        })
    }
}

#[cfg(test)]
mod tests;
