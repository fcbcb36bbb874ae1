//! The content of a message: parses, writes and checks each type.

use serde_json::{Map, Value, json};

use super::{
    Contact, Interactive, MediaSource, Template, check, contacts,
    plain::Place,
    template::{Component, HeaderParameter},
    wire::{At, Object, Reading, Wire},
};
use crate::error::Invalid;
use crate::ids::Wamid;

/// Characters of a caption at most.
const CAPTION: usize = 1_024;

/// The content of a message.
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
    Template(Template),
    /// Buttons, lists, flows, products and the like.
    Interactive(Box<Interactive>),
    /// Contact cards, 1 to 257.
    Contacts(Vec<Contact>),
}

/// All types, for the error that names them.
const TYPES: &str =
    "text, image, video, audio, document, sticker, location, contacts, reaction, interactive, template";

impl Content {
    /// Text without a preview.
    pub fn text(body: impl Into<String>) -> Self {
        Self::Text {
            body: body.into(),
            preview_url: false,
        }
    }

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
            Self::Template(_) => "template",
            Self::Interactive(_) => "interactive",
            Self::Contacts(_) => "contacts",
        }
    }

    /// The object under the type's key, in wire form.
    pub fn wire(&self) -> Value {
        match self {
            Self::Text { body, preview_url } => json!({"preview_url": preview_url, "body": body}),
            Self::Image { source, caption } | Self::Video { source, caption } => {
                media(source, |object| caption.write_into("caption", object))
            }
            Self::Audio { source, voice } => media(source, |object| {
                voice.then_some(true).write_into("voice", object);
            }),
            Self::Document {
                source,
                caption,
                filename,
            } => media(source, |object| {
                caption.write_into("caption", object);
                filename.write_into("filename", object);
            }),
            Self::Sticker { source } => source.write(),
            Self::Location {
                latitude,
                longitude,
                name,
                address,
            } => Place {
                latitude: *latitude,
                longitude: *longitude,
                name: name.clone(),
                address: address.clone(),
            }
            .write(),
            Self::Reaction { message_id, emoji } => json!({"message_id": message_id, "emoji": emoji}),
            Self::Template(template) => template.write(),
            Self::Interactive(interactive) => interactive.write(),
            Self::Contacts(cards) => cards.write(),
        }
    }

    /// Parses what [`Self::wire`] wrote, for callers that store messages and send them later. Fields of an older or newer
    /// version are ignored.
    ///
    /// # Errors
    /// When the type is not one that can be sent, or its object lacks what makes it that type.
    pub fn from_wire(kind: &str, value: &Value) -> Result<Self, Invalid> {
        Self::read(kind, value, Reading::Lenient)
    }

    /// Parses a caller's content: unknown fields are an error. Limits are checked by [`SendMessage::validate`].
    ///
    /// [`SendMessage::validate`]: super::SendMessage::validate
    ///
    /// # Errors
    /// The first field that is missing, of the wrong kind or not known, by its path in the wire JSON.
    pub fn parse(kind: &str, value: &Value) -> Result<Self, Invalid> {
        Self::read(kind, value, Reading::Strict)
    }

    fn read(kind: &str, value: &Value, reading: Reading) -> Result<Self, Invalid> {
        let at = At::root(kind, reading);
        match kind {
            "template" => return Template::read(value, &at).map(Self::Template),
            "interactive" => return Wire::read(value, &at).map(|it| Self::Interactive(Box::new(it))),
            "contacts" => return Wire::read(value, &at).map(Self::Contacts),
            "text" | "image" | "video" | "audio" | "document" | "sticker" | "location" | "reaction" => {}
            other => {
                return Err(Invalid::new("type", format!("must be one of {TYPES}")).found(other));
            }
        }
        let object = Object::of(value, &at)?;
        let source = || MediaSource::among(&object, &at);
        let (content, known): (_, &[&str]) = match kind {
            "text" => {
                let content = Self::Text {
                    body: object.field("body")?,
                    preview_url: object.field::<Option<_>>("preview_url")?.unwrap_or_default(),
                };
                (content, &["body", "preview_url"])
            }
            "image" | "video" => {
                let (source, caption) = (source()?, object.field("caption")?);
                let content = match kind {
                    "image" => Self::Image { source, caption },
                    _ => Self::Video { source, caption },
                };
                (content, &["id", "link", "caption"])
            }
            "audio" => {
                let content = Self::Audio {
                    source: source()?,
                    voice: object.field::<Option<_>>("voice")?.unwrap_or_default(),
                };
                (content, &["id", "link", "voice"])
            }
            "document" => {
                let content = Self::Document {
                    source: source()?,
                    caption: object.field("caption")?,
                    filename: object.field("filename")?,
                };
                (content, &["id", "link", "caption", "filename"])
            }
            "sticker" => (Self::Sticker { source: source()? }, &["id", "link"]),
            "location" => {
                let content = Self::Location {
                    latitude: object.field("latitude")?,
                    longitude: object.field("longitude")?,
                    name: object.field("name")?,
                    address: object.field("address")?,
                };
                (content, &["latitude", "longitude", "name", "address"])
            }
            _ => {
                let content = Self::Reaction {
                    message_id: Wamid::from(object.field::<String>("message_id")?),
                    emoji: object.field::<Option<_>>("emoji")?.unwrap_or_default(),
                };
                (content, &["message_id", "emoji"])
            }
        };
        object.only(known)?;
        Ok(content)
    }

    /// Checks every documented limit of the content, and of the quote that goes with it.
    ///
    /// # Errors
    /// The first rule that is broken, with the field's path in the wire JSON, the limit and what was found.
    pub fn check(&self, reply_to: Option<&Wamid>) -> Result<(), Invalid> {
        if let Some(wamid) = reply_to {
            if matches!(self, Self::Reaction { .. }) {
                return Err(Invalid::new("context", "a reaction cannot quote a message"));
            }
            let at = At::root("context", Reading::Strict);
            check::text(&at.key("message_id"), wamid.as_str(), 256)?;
        }
        self.check_fields()
    }

    fn check_fields(&self) -> Result<(), Invalid> {
        let at = At::root(self.kind(), Reading::Strict);
        let captioned = |source: &MediaSource, caption: &Option<String>| {
            source.check(&at)?;
            let caption = caption.as_deref().unwrap_or_default();
            check::at_most(&at.key("caption"), caption, CAPTION)
        };
        match self {
            Self::Text { body, .. } => check::text(&at.key("body"), body, 4_096),
            Self::Image { source, caption }
            | Self::Video { source, caption }
            | Self::Document { source, caption, .. } => captioned(source, caption),
            Self::Audio { source, .. } | Self::Sticker { source } => source.check(&at),
            Self::Location {
                latitude, longitude, ..
            } => Place {
                latitude: *latitude,
                longitude: *longitude,
                ..Place::default()
            }
            .check(&at),
            Self::Reaction { message_id, emoji } => {
                check::text(&at.key("message_id"), message_id.as_str(), 256)?;
                if emoji.is_empty() || check::is_emoji(emoji) {
                    return Ok(());
                }
                let rule = "must be one emoji, or empty to take the reaction away";
                Err(at.key("emoji").invalid(rule).found(emoji))
            }
            Self::Template(template) => template.check(&at),
            Self::Interactive(interactive) => interactive.check(&at),
            Self::Contacts(cards) => contacts::check(cards, &at),
        }
    }

    /// Only text, files, and templates with text and files go to a group (Cloud API: groups).
    pub(super) fn check_for_group(&self) -> Result<(), Invalid> {
        let plain = match self {
            Self::Text { .. }
            | Self::Image { .. }
            | Self::Video { .. }
            | Self::Audio { .. }
            | Self::Document { .. }
            | Self::Sticker { .. } => true,
            Self::Template(template) => template.components.iter().all(|component| match component {
                Component::Header(header) => {
                    !matches!(header, HeaderParameter::Location(_) | HeaderParameter::Product(_))
                }
                Component::Body(_) => true,
                _ => false,
            }),
            _ => false,
        };
        if plain {
            return Ok(());
        }
        let rule = "only text, files, and templates with text and files can go to a group";
        Err(Invalid::new("type", rule).found(self.kind()))
    }
}

fn media(source: &MediaSource, more: impl FnOnce(&mut Map<String, Value>)) -> Value {
    let mut object = Map::new();
    source.write_among(&mut object);
    more(&mut object);
    Value::Object(object)
}
