//! How messages look on the wire, in and out.
//!
//! What comes in is described by the types here and checked by `cloud-api`, which knows every limit: a field that does not
//! exist, is missing or is too long is told by its path, its limit and what was found.

mod contacts;
mod described;
mod draft;
mod interactive;
mod media;
mod out;
mod template;

use std::collections::BTreeMap;

use ::contracts::{channels::ChannelId, contacts::ContactId, messaging::MessageId, templates::TemplateId};
use poem_openapi::{Enum, Object, types::Any};

use self::{
    contacts::ContactCardIn,
    interactive::InteractiveIn,
    media::{AudioIn, DocumentIn, ImageIn, LocationIn, ReactionIn, StickerIn, TextIn, VideoIn},
    template::TemplateIn,
};
pub(super) use self::{
    described::Described,
    draft::Draft,
    out::{MessageOut, Queued, one_with_media, with_media},
};

/// A type of message that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MessageType {
    /// Text.
    Text,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// Audio, or a voice message.
    Audio,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
    /// A place.
    Location,
    /// Contact cards.
    Contacts,
    /// An emoji on another message.
    Reaction,
    /// Buttons, lists, flows, products and the like.
    Interactive,
    /// An approved template.
    Template,
}

/// Whom a message is for: exactly one of the three.
#[derive(Debug, Object)]
pub struct RecipientIn {
    /// Phone number with country code in any usual spelling, for example `+44 7700 900123`. Digits alone are first looked up
    /// among the numbers of your contacts, then read as a whole number with its country code. What cannot be read is 422
    /// `invalid_phone` with the reason.
    #[oai(validator(max_length = 300))]
    pub phone: Option<String>,
    /// Business-scoped user id, for customers who hide their number.
    #[oai(validator(max_length = 140))]
    pub bsuid: Option<String>,
    /// One of your contacts.
    pub contact_id: Option<ContactId>,
}

/// What a message says: under the key that `type` names, in WhatsApp's own words.
#[derive(Debug, Object)]
pub struct ContentIn {
    /// What follows under the key of this name.
    #[oai(rename = "type")]
    pub kind: MessageType,
    /// For `text`.
    pub text: Option<TextIn>,
    /// For `image`.
    pub image: Option<ImageIn>,
    /// For `video`.
    pub video: Option<VideoIn>,
    /// For `audio`.
    pub audio: Option<AudioIn>,
    /// For `document`.
    pub document: Option<DocumentIn>,
    /// For `sticker`.
    pub sticker: Option<StickerIn>,
    /// For `location`.
    pub location: Option<LocationIn>,
    /// For `contacts`: 1 to 257 cards.
    #[oai(validator(min_items = 1, max_items = 257))]
    pub contacts: Option<Vec<ContactCardIn>>,
    /// For `reaction`.
    pub reaction: Option<ReactionIn>,
    /// For `interactive`.
    pub interactive: Option<InteractiveIn>,
    /// For `template`, in WhatsApp's own form.
    pub template: Option<TemplateIn>,
    /// For `template` instead: one of your templates, of the number's account. It is filled for the person.
    pub template_id: Option<TemplateId>,
    /// With `template_id`: values by the slot's key (`body_1`, `header_media`, `button_0`), a text each, or an object for files and
    /// places. They go before the template's own mapping.
    pub values: Option<BTreeMap<String, Any<serde_json::Value>>>,
    /// The message of the same conversation that it quotes. Not for reactions.
    pub reply_to: Option<MessageId>,
}

/// A message to send. What it says stands under the key that `type` names, in WhatsApp's own words.
#[derive(Debug, Object)]
pub struct MessageIn {
    /// From which number; may be left out while only one is connected.
    pub channel_id: Option<ChannelId>,
    /// To whom.
    pub to: RecipientIn,
    /// For `template`: whether somebody only tries it out.
    pub test: Option<bool>,
    /// What.
    #[oai(flatten)]
    pub content: ContentIn,
}

/// A reply in a conversation. What it says stands under the key that `type` names, in WhatsApp's own words.
#[derive(Debug, Object)]
pub struct ReplyIn {
    /// What.
    #[oai(flatten)]
    pub content: ContentIn,
}
