//! Messages to send: typed content, every documented limit checked before the wire, exact wire JSON
//! (Cloud API: messages endpoint).

mod wire;

use serde_json::{Map, Value, json};

use crate::error::Invalid;
use crate::ids::{Bsuid, MediaId, Msisdn, Wamid};

/// Who gets the message. A phone number goes into `to`, a BSUID into `recipient`: the type keeps them apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A phone number.
    Phone(Msisdn),
    /// A business-scoped user id, for people whose number is not known.
    Bsuid(Bsuid),
}

impl Recipient {
    /// Reads either form: something that looks like a BSUID, else a phone number.
    ///
    /// # Errors
    /// When it is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match Bsuid::parse(text) {
            Ok(id) => Ok(Self::Bsuid(id)),
            Err(_) => Msisdn::parse(text).map(Self::Phone),
        }
    }

    /// The digits or the BSUID.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Phone(p) => p.as_str(),
            Self::Bsuid(b) => b.as_str(),
        }
    }
}

/// Where the file of a media message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaSource {
    /// A public http(s) address; Meta fetches it after accepting the message and caches it for 10 minutes.
    Link(String),
    /// An uploaded file.
    Id(MediaId),
}

/// What the message says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Text, 1 to 4096 characters.
    Text {
        /// The text, with WhatsApp's light markup.
        body: String,
        /// Whether the first link in it gets a preview.
        preview_url: bool,
    },
    /// JPEG or PNG up to 5 MB.
    Image {
        /// The file.
        source: MediaSource,
        /// Up to 1024 characters.
        caption: Option<String>,
    },
    /// MP4 or 3GP up to 16 MB.
    Video {
        /// The file.
        source: MediaSource,
        /// Up to 1024 characters.
        caption: Option<String>,
    },
    /// Audio up to 16 MB.
    Audio {
        /// The file.
        source: MediaSource,
        /// Show it as a voice note; must be ogg/opus mono.
        voice: bool,
    },
    /// Any file up to 100 MB.
    Document {
        /// The file.
        source: MediaSource,
        /// Up to 1024 characters.
        caption: Option<String>,
        /// Decides the name and the icon that are shown.
        filename: Option<String>,
    },
    /// WebP, 512 × 512.
    Sticker {
        /// The file.
        source: MediaSource,
    },
    /// A place.
    Location {
        /// Degrees, -90 to 90.
        latitude: f64,
        /// Degrees, -180 to 180.
        longitude: f64,
        /// Name of the place.
        name: Option<String>,
        /// Address of the place.
        address: Option<String>,
    },
    /// An emoji on another message; an empty emoji takes it away.
    Reaction {
        /// The message that is reacted to.
        message_id: Wamid,
        /// One emoji or nothing.
        emoji: String,
    },
    /// An approved template.
    Template {
        /// Template name.
        name: String,
        /// Language code exactly as the template has it.
        language: String,
        /// Components in wire form.
        components: Vec<Value>,
    },
    /// Buttons, lists, flows and the like, in wire form. Only the frame is checked.
    Interactive(Value),
    /// Contact cards in wire form, at most 257.
    Contacts(Vec<Value>),
}

impl Content {
    /// The wire name of the type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Image { .. } => "image",
            Self::Video { .. } => "video",
            Self::Audio { .. } => "audio",
            Self::Document { .. } => "document",
            Self::Sticker { .. } => "sticker",
            Self::Location { .. } => "location",
            Self::Reaction { .. } => "reaction",
            Self::Template { .. } => "template",
            Self::Interactive(_) => "interactive",
            Self::Contacts(_) => "contacts",
        }
    }

    /// The object under the type's key, in wire form.
    pub fn wire(&self) -> Value {
        match self {
            Self::Text { body, preview_url } => json!({"preview_url": preview_url, "body": body}),
            Self::Image { source, caption } | Self::Video { source, caption } => {
                media(source, [("caption", caption.as_deref())])
            }
            Self::Audio { source, voice } => {
                let mut value = media(source, [("caption", None)]);
                if *voice && let Some(object) = value.as_object_mut() {
                    object.insert("voice".into(), Value::Bool(true));
                }
                value
            }
            Self::Document {
                source,
                caption,
                filename,
            } => media(
                source,
                [("caption", caption.as_deref()), ("filename", filename.as_deref())],
            ),
            Self::Sticker { source } => media(source, []),
            Self::Location {
                latitude,
                longitude,
                name,
                address,
            } => {
                let mut object = Map::new();
                object.insert("latitude".into(), json!(latitude));
                object.insert("longitude".into(), json!(longitude));
                insert_some(&mut object, "name", name.as_deref());
                insert_some(&mut object, "address", address.as_deref());
                Value::Object(object)
            }
            Self::Reaction { message_id, emoji } => json!({"message_id": message_id, "emoji": emoji}),
            Self::Template {
                name,
                language,
                components,
            } => {
                let mut object = Map::new();
                object.insert("name".into(), json!(name));
                object.insert("language".into(), json!({"code": language}));
                if !components.is_empty() {
                    object.insert("components".into(), json!(components));
                }
                Value::Object(object)
            }
            Self::Interactive(value) => value.clone(),
            Self::Contacts(cards) => json!(cards),
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        match self {
            Self::Text { body, .. } => {
                required("text.body", body)?;
                max_chars("text.body", body, 4096)
            }
            Self::Image { source, caption } => media_rules("image", source, caption.as_deref()),
            Self::Video { source, caption } => media_rules("video", source, caption.as_deref()),
            Self::Audio { source, .. } => media_rules("audio", source, None),
            Self::Document { source, caption, .. } => media_rules("document", source, caption.as_deref()),
            Self::Sticker { source } => media_rules("sticker", source, None),
            Self::Location {
                latitude, longitude, ..
            } => {
                if !(-90.0..=90.0).contains(latitude) {
                    return Err(Invalid::new(
                        "location.latitude",
                        "latitude must be between -90 and 90",
                    ));
                }
                if !(-180.0..=180.0).contains(longitude) {
                    return Err(Invalid::new(
                        "location.longitude",
                        "longitude must be between -180 and 180",
                    ));
                }
                Ok(())
            }
            Self::Reaction { message_id, emoji } => {
                required("reaction.message_id", message_id.as_str())?;
                // One emoji may be a long sequence (flags, families, skin tones), but not a text.
                max_chars("reaction.emoji", emoji, 32)
            }
            Self::Template {
                name,
                language,
                components,
            } => template_rules(name, language, components),
            Self::Interactive(value) => match value.get("type").and_then(Value::as_str) {
                Some(kind) if !kind.is_empty() => interactive_rules(value),
                _ => Err(Invalid::new(
                    "interactive.type",
                    "an interactive message needs a type",
                )),
            },
            Self::Contacts(cards) => {
                if cards.is_empty() {
                    return Err(Invalid::new("contacts", "at least one contact is needed"));
                }
                if cards.len() > 257 {
                    return Err(Invalid::limit(
                        "contacts",
                        257,
                        cards.len(),
                        "at most 257 contacts",
                    ));
                }
                Ok(())
            }
        }
    }
}

/// One message to one recipient.
#[derive(Clone, Debug, PartialEq)]
pub struct SendMessage {
    /// Who gets it.
    pub to: Recipient,
    /// What it says.
    pub content: Content,
    /// The message it quotes; not allowed for reactions.
    pub reply_to: Option<Wamid>,
    /// Own data, at most 512 characters, that comes back in every status of the message.
    pub callback_data: Option<String>,
}

impl SendMessage {
    /// A message without quote and callback data.
    pub fn new(to: Recipient, content: Content) -> Self {
        Self {
            to,
            content,
            reply_to: None,
            callback_data: None,
        }
    }

    /// Checks every documented limit.
    ///
    /// # Errors
    /// The first rule that is broken, with the field's path in the wire JSON.
    pub fn validate(&self) -> Result<(), Invalid> {
        if let Some(data) = &self.callback_data {
            max_chars("biz_opaque_callback_data", data, 512)?;
        }
        if let Some(wamid) = &self.reply_to {
            if matches!(self.content, Content::Reaction { .. }) {
                return Err(Invalid::new("context", "a reaction cannot quote a message"));
            }
            required("context.message_id", wamid.as_str())?;
            max_chars("context.message_id", wamid.as_str(), 256)?;
        }
        self.content.validate()
    }

    /// The body of `POST /{PNID}/messages` (Cloud API: common envelope).
    pub fn to_json(&self) -> Value {
        let mut body = Map::new();
        body.insert("messaging_product".into(), json!("whatsapp"));
        body.insert("recipient_type".into(), json!("individual"));
        match &self.to {
            Recipient::Phone(phone) => body.insert("to".into(), json!(phone.as_str())),
            Recipient::Bsuid(id) => body.insert("recipient".into(), json!(id.as_str())),
        };
        if let Some(wamid) = &self.reply_to {
            body.insert("context".into(), json!({"message_id": wamid}));
        }
        let kind = self.content.kind();
        body.insert("type".into(), json!(kind));
        body.insert(kind.into(), self.content.wire());
        insert_some(
            &mut body,
            "biz_opaque_callback_data",
            self.callback_data.as_deref(),
        );
        Value::Object(body)
    }
}

fn insert_some(object: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        object.insert(key.into(), json!(value));
    }
}

fn media<const N: usize>(source: &MediaSource, fields: [(&str, Option<&str>); N]) -> Value {
    let mut object = Map::new();
    match source {
        MediaSource::Link(link) => object.insert("link".into(), json!(link)),
        MediaSource::Id(id) => object.insert("id".into(), json!(id)),
    };
    for (key, value) in fields {
        insert_some(&mut object, key, value);
    }
    Value::Object(object)
}

fn required(field: &str, value: &str) -> Result<(), Invalid> {
    if value.trim().is_empty() {
        return Err(Invalid::new(field, "must not be empty"));
    }
    Ok(())
}

/// Meta counts characters, not bytes.
fn max_chars(field: &str, value: &str, limit: usize) -> Result<(), Invalid> {
    let count = value.chars().count();
    if count > limit {
        return Err(Invalid::limit(
            field,
            limit,
            count,
            format!("at most {limit} characters, has {count}"),
        ));
    }
    Ok(())
}

fn media_rules(kind: &str, source: &MediaSource, caption: Option<&str>) -> Result<(), Invalid> {
    match source {
        MediaSource::Link(link) => {
            let field = format!("{kind}.link");
            let url = url::Url::parse(link).map_err(|_| Invalid::new(&*field, "is not a web address"))?;
            if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
                return Err(Invalid::new(field, "must be an http or https address"));
            }
        }
        MediaSource::Id(id) => required(&format!("{kind}.id"), id.as_str())?,
    }
    match caption {
        Some(caption) => max_chars(&format!("{kind}.caption"), caption, 1024),
        None => Ok(()),
    }
}

fn template_rules(name: &str, language: &str, components: &[Value]) -> Result<(), Invalid> {
    required("template.name", name)?;
    max_chars("template.name", name, 512)?;
    if !name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    {
        return Err(Invalid::new(
            "template.name",
            "only lower-case letters, digits and _",
        ));
    }
    required("template.language", language)?;
    for (at, component) in components.iter().enumerate() {
        let field = format!("template.components[{at}]");
        if component.get("type").and_then(Value::as_str).is_none() {
            return Err(Invalid::new(field, "a component is an object with a type"));
        }
        let parameters = component.get("parameters").and_then(Value::as_array);
        for (n, parameter) in parameters.into_iter().flatten().enumerate() {
            let Some(text) = parameter.get("text").and_then(Value::as_str) else {
                continue;
            };
            let field = format!("{field}.parameters[{n}].text");
            required(&field, text)?;
            if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
                return Err(Invalid::new(
                    field,
                    "no line breaks, tabs or more than 4 spaces in a row",
                ));
            }
        }
    }
    Ok(())
}

/// The limits that all interactive types share (Cloud API: interactive).
fn interactive_rules(value: &Value) -> Result<(), Invalid> {
    for (path, field, limit) in [
        ("/header/text", "interactive.header.text", 60),
        ("/body/text", "interactive.body.text", 1024),
        ("/footer/text", "interactive.footer.text", 60),
    ] {
        if let Some(text) = value.pointer(path).and_then(Value::as_str) {
            max_chars(field, text, limit)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
