//! Cards side by side: media with buttons, or products.

use serde_json::{Map, Value, json};

use super::{CtaUrl, Product, Words, reply::check_reply};
use crate::{
    error::Invalid,
    message::{
        check,
        plain::MediaSource,
        wire::{At, Object, Wire, no_such, object},
    },
};

/// Characters of a card's body at most, and line breaks in it.
const BODY: usize = 160;
const BREAKS: usize = 2;
/// Quick replies of a card at most.
const REPLIES: usize = 3;

/// One card of a carousel. Its place among the others is its index.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Picture or video; the same kind on every card, none on cards of products.
    pub header: Option<CardHeader>,
    /// Up to 160 characters and two line breaks.
    pub body: Option<String>,
    /// What can be done; the same kind on every card.
    pub action: CardAction,
}

/// What stands on top of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum CardHeader {
    /// A picture.
    Image(MediaSource),
    /// A video.
    Video(MediaSource),
}

/// What can be done with a card.
#[derive(Clone, Debug, PartialEq)]
pub enum CardAction {
    /// Opens an address.
    CtaUrl(CtaUrl),
    /// Answers; the same number on every card.
    QuickReplies(Vec<QuickReply>),
    /// Shows a product.
    Product(Product),
}

object! {
    /// An answer on a card.
    pub struct QuickReply {
        /// 1 to 256 characters; comes back when it is pressed.
        id: String,
        /// 1 to 20 characters.
        title: String,
    }
}

impl CardHeader {
    fn kind(&self) -> &'static str {
        match self {
            Self::Image(_) => "image",
            Self::Video(_) => "video",
        }
    }

    fn source(&self) -> &MediaSource {
        match self {
            Self::Image(source) | Self::Video(source) => source,
        }
    }
}

impl Wire for CardHeader {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        let header = match kind.as_str() {
            "image" => Self::Image(object.field("image")?),
            "video" => Self::Video(object.field("video")?),
            other => return Err(no_such(at, "type", other, "image, video")),
        };
        object.only(&["type", header.kind()])?;
        Ok(header)
    }

    fn write(&self) -> Value {
        json!({"type": self.kind(), self.kind(): self.source().write()})
    }
}

impl CardAction {
    /// `type` of the card. Cards with quick replies have the same as those with an address.
    fn card_kind(&self) -> &'static str {
        match self {
            Self::CtaUrl(_) | Self::QuickReplies(_) => "cta_url",
            Self::Product(_) => "product",
        }
    }

    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        if object.value("buttons").is_some() {
            let buttons = object.field::<Vec<CardButton>>("buttons")?;
            object.only(&["buttons"])?;
            return Ok(Self::QuickReplies(
                buttons.into_iter().map(|button| button.quick_reply).collect(),
            ));
        }
        if object.value("name").is_some() || object.value("parameters").is_some() {
            let name = object.tag("name")?;
            if name != "cta_url" {
                return Err(no_such(at, "name", &name, "cta_url"));
            }
            let cta = object.field("parameters")?;
            object.only(&["name", "parameters"])?;
            return Ok(Self::CtaUrl(cta));
        }
        Product::read(value, at).map(Self::Product)
    }

    fn write(&self) -> Value {
        match self {
            Self::CtaUrl(cta) => json!({"name": "cta_url", "parameters": cta.write()}),
            Self::QuickReplies(replies) => {
                let button =
                    |reply: &QuickReply| json!({"type": "quick_reply", "quick_reply": reply.write()});
                json!({"buttons": replies.iter().map(button).collect::<Vec<_>>()})
            }
            Self::Product(product) => product.write(),
        }
    }

    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        match self {
            Self::CtaUrl(cta) => cta.check(&at.key("parameters")),
            Self::Product(product) => product.check(at),
            Self::QuickReplies(replies) => {
                let buttons = at.key("buttons");
                check::count(&buttons, "buttons", replies.len(), 1, REPLIES)?;
                for (index, reply) in replies.iter().enumerate() {
                    let button = buttons.index(index);
                    check_reply(&button.key("quick_reply"), &reply.id, &reply.title)?;
                }
                Ok(())
            }
        }
    }
}

object! {
    /// A button as a card has it on the wire.
    pub struct CardButton {
        /// Always `quick_reply`.
        kind as "type": Option<String>,
        /// The answer.
        quick_reply: QuickReply,
    }
}

impl Wire for Card {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        at.in_place("card_index", object.field("card_index")?)?;
        let kind = object.field::<Option<String>>("type")?;
        let action_at = at.key("action");
        let action = object
            .value("action")
            .ok_or_else(|| action_at.invalid("is missing"))?;
        let card = Self {
            header: object.field("header")?,
            body: object.field::<Option<Words>>("body")?.map(|words| words.text),
            action: CardAction::read(action, &action_at)?,
        };
        object.only(&["card_index", "type", "header", "body", "action"])?;
        match kind.map(|kind| kind.to_lowercase()) {
            Some(kind) if kind != card.action.card_kind() => {
                let message = format!("must be `{}` for this card's action", card.action.card_kind());
                Err(at.key("type").invalid(message).found(kind))
            }
            _ => Ok(card),
        }
    }

    /// Without its index, which the list of cards knows.
    fn write(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), self.action.card_kind().into());
        self.header.write_into("header", &mut object);
        let words = self.body.as_ref().map(|text| Words { text: text.clone() });
        words.write_into("body", &mut object);
        object.insert("action".into(), self.action.write());
        Value::Object(object)
    }
}

/// The cards as they stand on the wire.
pub(super) fn write(cards: &[Card]) -> Value {
    let with_index = |(index, card): (usize, &Card)| {
        let mut value = card.write();
        value["card_index"] = Value::from(index);
        value
    };
    cards.iter().enumerate().map(with_index).collect()
}

pub(super) fn check(cards: &[Card], at: &At<'_>) -> Result<(), Invalid> {
    check::count(at, "cards", cards.len(), 2, 10)?;
    for (index, card) in cards.iter().enumerate() {
        let at = at.index(index);
        card.check(&at)?;
        card.check_like(&cards[0], &at)?;
    }
    Ok(())
}

impl Card {
    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let header = at.key("header");
        match (&self.action, &self.header) {
            (CardAction::Product(_), Some(_)) => {
                return Err(header.invalid("a card of a product has no header"));
            }
            (CardAction::Product(_), None) => {}
            (_, None) => return Err(header.invalid("is missing: a picture or a video")),
            (_, Some(found)) => found.source().check(&header.key(found.kind()))?,
        }
        let body = at.key("body");
        if let Some(text) = &self.body {
            let at = body.key("text");
            check::text(&at, text, BODY)?;
            let breaks = text.matches('\n').count();
            if breaks > BREAKS {
                let message = format!("at most {BREAKS} line breaks, has {breaks}");
                return Err(at.limit(BREAKS, breaks, message));
            }
        }
        self.action.check(&at.key("action"))
    }

    /// All cards are alike: the same kind of header, the same kind and number of buttons.
    fn check_like(&self, first: &Self, at: &At<'_>) -> Result<(), Invalid> {
        let kind = |card: &Self| card.header.as_ref().map(CardHeader::kind);
        if kind(self) != kind(first) {
            let invalid = at
                .key("header")
                .invalid("every card must have the same kind of header as the first");
            return Err(invalid.found(kind(self).unwrap_or("none")));
        }
        let action = at.key("action");
        match (&self.action, &first.action) {
            (CardAction::QuickReplies(own), CardAction::QuickReplies(wanted))
                if own.len() != wanted.len() =>
            {
                Err(action.key("buttons").limit(
                    wanted.len(),
                    own.len(),
                    format!(
                        "every card must have as many buttons as the first, {}, has {}",
                        wanted.len(),
                        own.len()
                    ),
                ))
            }
            (CardAction::QuickReplies(_), CardAction::QuickReplies(_))
            | (CardAction::CtaUrl(_), CardAction::CtaUrl(_))
            | (CardAction::Product(_), CardAction::Product(_)) => Ok(()),
            _ => Err(action.invalid("every card must have the same kind of action as the first")),
        }
    }
}
