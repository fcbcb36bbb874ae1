//! Inbound messages of every type (Cloud API: messages – inbound).

mod content;

use serde_json::Value;

use super::read;
use super::status::{self, WebhookError};
use crate::ids::{MediaId, Wamid};

/// One message from a person (or, as an echo or in a history, from the business).
#[derive(Clone, Debug, PartialEq)]
pub struct InboundMessage {
    /// The key against duplicates.
    pub id: Option<Wamid>,
    /// Phone digits; absent for people who are known by BSUID only.
    pub from: Option<String>,
    /// BSUID.
    pub from_user_id: Option<String>,
    /// BSUID across linked portfolios.
    pub from_parent_user_id: Option<String>,
    /// Echoes: phone digits of the person.
    pub to: Option<String>,
    /// Echoes: BSUID of the person.
    pub to_user_id: Option<String>,
    /// Set for a message in a group.
    pub group_id: Option<String>,
    /// Unix seconds by WhatsApp's clock; windows start here, not at arrival.
    pub timestamp: Option<i64>,
    /// The wire type, also an unknown one; `unknown` when missing.
    pub kind: String,
    /// Its content.
    pub content: InboundContent,
    /// What it quotes or forwards.
    pub context: Option<Context>,
    /// The ad or post it came from.
    pub referral: Option<Referral>,
    /// Why it could not be shown, for `unsupported`.
    pub errors: Vec<WebhookError>,
    /// The device it was written on, if the business asked for it (Cloud API: identity check).
    pub identity: Option<Identity>,
    /// As it came.
    pub raw: Value,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InboundContent {
    /// Text, also commands, ice breakers and deep-link texts.
    Text {
        /// The text.
        body: String,
    },
    /// A picture.
    Image(Media),
    /// A video.
    Video(Media),
    /// Music or a voice note.
    Audio(Media),
    /// A file.
    Document(Media),
    /// A sticker.
    Sticker(Media),
    /// A place.
    Location {
        /// Degrees.
        latitude: Option<f64>,
        /// Degrees.
        longitude: Option<f64>,
        /// Name of the place.
        name: Option<String>,
        /// Address of the place.
        address: Option<String>,
        /// Link of the place.
        url: Option<String>,
    },
    /// Contact cards.
    Contacts(Vec<ContactCard>),
    /// An emoji on one of our messages.
    Reaction {
        /// The message.
        message_id: Option<Wamid>,
        /// `None` when it was taken away.
        emoji: Option<String>,
    },
    /// Quick reply of a template.
    Button {
        /// Own data of the button.
        payload: Option<String>,
        /// Its label.
        text: Option<String>,
    },
    /// Answer to an interactive message.
    Interactive(InteractiveReply),
    /// An order from the catalogue.
    Order(Order),
    /// Something about the person: number or identity changed.
    System(System),
    /// Coexistence numbers: an earlier message has a new text.
    Edit {
        /// The message that changed.
        original: Option<Wamid>,
        /// Its type now.
        kind: String,
        /// What it says now.
        content: Box<InboundContent>,
    },
    /// Coexistence numbers: an earlier message was taken back.
    Revoke {
        /// The message that is gone.
        original: Option<Wamid>,
    },
    /// WhatsApp cannot pass it on (polls, view-once, …); see `errors`.
    Unsupported {
        /// What it was, if WhatsApp says.
        kind: Option<String>,
    },
    /// A type this crate does not know, or a known one without its body: see `raw`.
    Unknown,
}

/// A received file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// Fetch within 7 days.
    pub id: Option<MediaId>,
    /// Possibly with parameters.
    pub mime_type: Option<String>,
    /// Base64, sometimes hex.
    pub sha256: Option<String>,
    /// Text below it.
    pub caption: Option<String>,
    /// Name of a document.
    pub filename: Option<String>,
    /// Download address, valid for 5 minutes, needs the token.
    pub url: Option<String>,
    /// Audio: a voice note.
    pub voice: Option<bool>,
    /// Sticker: moves.
    pub animated: Option<bool>,
}

/// One contact card.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactCard {
    /// `name.formatted_name`.
    pub name: Option<String>,
    /// Phone numbers as written, with the wa_id where WhatsApp knows it.
    pub phones: Vec<(String, Option<String>)>,
    /// The whole card.
    pub raw: Value,
}

/// Answer to an interactive message.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InteractiveReply {
    /// A reply button.
    Button {
        /// Its id.
        id: Option<String>,
        /// Its label.
        title: Option<String>,
    },
    /// A row of a list.
    List {
        /// Its id.
        id: Option<String>,
        /// Its title.
        title: Option<String>,
        /// Its description.
        description: Option<String>,
    },
    /// A finished flow or address form.
    Flow {
        /// `flow` or `address_message`.
        name: Option<String>,
        /// Label, usually "Sent".
        body: Option<String>,
        /// The answers as JSON text.
        response_json: Option<String>,
    },
    /// Answer to a call permission request.
    CallPermission(CallPermission),
    /// Another kind, see `raw` of the message.
    Unknown {
        /// Its wire type.
        kind: Option<String>,
    },
}

/// Answer to a call permission request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallPermission {
    /// `accept` or `reject`.
    pub response: Option<String>,
    /// Without end.
    pub is_permanent: Option<bool>,
    /// Unix seconds.
    pub expiration_timestamp: Option<i64>,
    /// `user_action` or `automatic`.
    pub response_source: Option<String>,
}

/// An order from the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// The catalogue.
    pub catalog_id: Option<String>,
    /// Note of the person.
    pub text: Option<String>,
    /// What was ordered.
    pub items: Vec<OrderItem>,
}

/// One line of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderItem {
    /// Own article number.
    pub product_retailer_id: Option<String>,
    /// Pieces.
    pub quantity: Option<i64>,
    /// Decimal text as on the wire, so that nothing is lost to a float.
    pub item_price: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
}

/// Something about the person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// user_changed_number, user_changed_user_id, customer_identity_changed, …
    pub kind: Option<String>,
    /// Sentence for people.
    pub body: Option<String>,
    /// The new phone digits (`wa_id`, in old payloads `new_wa_id`).
    pub wa_id: Option<String>,
    /// The new BSUID.
    pub user_id: Option<String>,
    /// Identity hash.
    pub identity: Option<Identity>,
}

/// Identity of a person's device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Whether the business has acknowledged it.
    pub acknowledged: Option<bool>,
    /// Unix seconds.
    pub created_timestamp: Option<i64>,
    /// The hash.
    pub hash: Option<String>,
}

/// What a message quotes or forwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The quoted message.
    pub id: Option<Wamid>,
    /// Who wrote it.
    pub from: Option<String>,
    /// Forwarded.
    pub forwarded: bool,
    /// Forwarded more than five times.
    pub frequently_forwarded: bool,
    /// Catalogue and article the question is about.
    pub referred_product: Option<(Option<String>, Option<String>)>,
}

/// The ad or post a person came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referral {
    /// Link of the ad.
    pub source_url: Option<String>,
    /// `ad` or `post`.
    pub source_type: Option<String>,
    /// Its id.
    pub source_id: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its text.
    pub body: Option<String>,
    /// Click id for conversion reports; absent for ads in a WhatsApp status.
    pub ctwa_clid: Option<String>,
    /// `image` or `video`.
    pub media_type: Option<String>,
    /// The ad's picture.
    pub image_url: Option<String>,
    /// The ad's video.
    pub video_url: Option<String>,
    /// The video's still picture.
    pub thumbnail_url: Option<String>,
    /// What the ad greeted the person with.
    pub welcome_message: Option<String>,
}

impl From<Value> for InboundMessage {
    /// Reads one element of `messages`, also one that was kept (`raw`).
    fn from(raw: Value) -> Self {
        let value = &raw;
        let kind = read::text(value, "type").unwrap_or_else(|| "unknown".to_owned());
        Self {
            id: read::text(value, "id").map(Wamid::from),
            from: read::text(value, "from"),
            from_user_id: read::text(value, "from_user_id"),
            from_parent_user_id: read::text(value, "from_parent_user_id"),
            to: read::text(value, "to"),
            to_user_id: read::text(value, "to_user_id"),
            group_id: read::text(value, "group_id"),
            timestamp: read::timestamp(value, "timestamp"),
            content: content::content(&kind, value),
            context: value
                .get("context")
                .filter(|c| c.is_object())
                .map(content::context),
            referral: value
                .get("referral")
                .filter(|r| r.is_object())
                .map(content::referral),
            errors: status::errors(value),
            identity: content::identity(value),
            kind,
            raw,
        }
    }
}

impl InboundMessage {
    /// What is odd about it, for the log.
    pub(super) fn problems(&self) -> impl Iterator<Item = &'static str> {
        let nobody = self.from.is_none() && self.from_user_id.is_none();
        [
            (self.id.is_none(), "message without id"),
            (nobody, "message without from and from_user_id"),
            (self.timestamp.is_none(), "message without a timestamp"),
            (
                self.content == InboundContent::Unknown,
                "message type unknown or without its body",
            ),
        ]
        .into_iter()
        .filter_map(|(bad, what)| bad.then_some(what))
    }

    /// Whether a person wrote something to be read. WhatsApp's notices about a person (a new number or id, another device), automatic
    /// replies of a device, and changes of an earlier message do not count.
    pub fn is_written(&self) -> bool {
        match &self.content {
            InboundContent::System(_)
            | InboundContent::Reaction { .. }
            | InboundContent::Edit { .. }
            | InboundContent::Revoke { .. } => false,
            InboundContent::Interactive(InteractiveReply::CallPermission(answer)) => {
                answer.response_source.as_deref() != Some("automatic")
            }
            // Types that mean that nothing was written, or nothing yet.
            _ => !matches!(self.kind.as_str(), "request_welcome" | "media_placeholder"),
        }
    }

    /// Whether it opens the customer service window of the person with this number (Cloud API: windows): somebody wrote it, whatever
    /// its type and even if WhatsApp cannot pass it on. What is written in a group opens none with its members, and `errors` say
    /// nothing about who wrote. Of reactions it is not certain; taken for a message they would let answers be accepted that WhatsApp
    /// refuses.
    pub fn opens_window(&self) -> bool {
        self.is_written() && self.group_id.is_none() && self.kind != "errors"
    }

    /// The person's text, if any: text, caption, button label, chosen title.
    pub fn text(&self) -> Option<&str> {
        self.content.text()
    }

    /// One short line for an inbox list, at most 200 characters, without line breaks.
    pub fn preview(&self) -> String {
        let line = match (&self.content, self.errors.first()) {
            (InboundContent::Unsupported { .. } | InboundContent::Unknown, _) => {
                "Unsupported message".to_owned()
            }
            (content, _) => content.preview(),
        };
        let mut out = String::new();
        for word in line.split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
            if out.len() > 800 {
                break;
            }
        }
        match out.char_indices().nth(200) {
            Some((at, _)) => format!("{}…", &out[..at]),
            None => out,
        }
    }
}

impl InboundContent {
    /// Its text, if any.
    pub fn text(&self) -> Option<&str> {
        let text = match self {
            Self::Text { body } => Some(body.as_str()),
            Self::Image(m) | Self::Video(m) | Self::Document(m) => m.caption.as_deref(),
            Self::Button { text, payload } => text.as_deref().or(payload.as_deref()),
            Self::Interactive(reply) => reply.text(),
            Self::Order(order) => order.text.as_deref(),
            Self::System(system) => system.body.as_deref(),
            Self::Edit { content, .. } => content.text(),
            _ => None,
        };
        text.filter(|t| !t.is_empty())
    }

    fn preview(&self) -> String {
        let with = |icon: &str, name: &str, text: Option<&str>| match text {
            Some(text) if !text.is_empty() => format!("{icon} {text}"),
            _ => format!("{icon} {name}"),
        };
        match self {
            Self::Text { body } => body.chars().take(400).collect(),
            Self::Image(m) => with("📷", "Photo", m.caption.as_deref()),
            Self::Video(m) => with("🎬", "Video", m.caption.as_deref()),
            Self::Audio(m) if m.voice == Some(true) => "🎤 Voice message".to_owned(),
            Self::Audio(_) => "🎵 Audio".to_owned(),
            Self::Document(m) => with("📄", "Document", m.caption.as_deref().or(m.filename.as_deref())),
            Self::Sticker(_) => "Sticker".to_owned(),
            Self::Location { name, address, .. } => {
                with("📍", "Location", name.as_deref().or(address.as_deref()))
            }
            Self::Contacts(cards) => with("👤", "Contact", cards.first().and_then(|c| c.name.as_deref())),
            Self::Reaction {
                emoji: Some(emoji), ..
            } => format!("Reacted {emoji}"),
            Self::Reaction { .. } => "Removed a reaction".to_owned(),
            Self::Order(order) => format!(
                "🛒 Order, {} item{}",
                order.items.len(),
                plural(order.items.len())
            ),
            Self::Edit { content, .. } => format!("Edited: {}", content.preview()),
            Self::Revoke { .. } => "Deleted a message".to_owned(),
            Self::Unsupported { .. } | Self::Unknown => "Unsupported message".to_owned(),
            Self::Interactive(InteractiveReply::CallPermission(p)) => match p.response.as_deref() {
                Some("accept") => "Allowed calls".to_owned(),
                _ => "Answered a call request".to_owned(),
            },
            Self::Button { .. } | Self::Interactive(_) | Self::System(_) => {
                self.text().unwrap_or("Answered").to_owned()
            }
        }
    }
}

impl InteractiveReply {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Button { title, .. } | Self::List { title, .. } => title.as_deref(),
            Self::Flow { body, .. } => body.as_deref(),
            Self::CallPermission(_) | Self::Unknown { .. } => None,
        }
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}
