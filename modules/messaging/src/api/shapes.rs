//! How messages look on the wire, in and out.

use chrono::{DateTime, Utc};
use cloud_api::{
    ids::MediaId,
    message::{Content, MediaSource},
};
use contracts::{
    contacts::ContactId,
    messaging::{ChannelId, ConversationId, MediaId as OurMediaId, MessageId, Sender},
};
use kernel::{Error, Result, TenantDb};
use poem_openapi::{ApiResponse, Enum, Object, payload::Json, types::Any};

use crate::{
    entity::{
        Status,
        message::{self, Failure},
    },
    service::{Address, Service},
};

use super::{
    media::MediaOut,
    message_extras::{MessageExtras, Reactions, extras, reactions_on},
};

/// A type of message that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum MessageType {
    /// Text.
    Text,
    /// A picture.
    Image,
    /// An approved template.
    Template,
}

/// Text.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct TextIn {
    /// 1 to 4096 characters, with WhatsApp's `*bold*`, `_italic_`, `~struck~`.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub body: String,
    /// Show a preview of the first link.
    #[oai(default)]
    pub preview_url: bool,
}

/// A picture: JPEG or PNG up to 5 MB.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct ImageIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    #[oai(validator(max_length = 128))]
    pub id: Option<String>,
    /// Or the id of a file uploaded here; the platform brings it to WhatsApp before the message leaves.
    pub media_id: Option<OurMediaId>,
    /// Up to 1024 characters.
    #[oai(validator(max_length = 1024))]
    pub caption: Option<String>,
}

/// An approved template with its variables filled in.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct TemplateIn {
    /// Its name.
    #[oai(validator(pattern = "^[a-z0-9_]{1,512}$"))]
    pub name: String,
    /// Its language code, exactly as WhatsApp has it.
    #[oai(validator(min_length = 2, max_length = 16))]
    pub language: String,
    /// Values for its variables, in WhatsApp's own form, for example
    /// `[{"type":"body","parameters":[{"type":"text","text":"Ana"}]}]`.
    #[oai(default, validator(max_items = 20))]
    pub components: Vec<Any<serde_json::Value>>,
}

/// Whom a message is for: exactly one of the three.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct RecipientIn {
    /// Phone number with country code, for example `+44 7700 900123`.
    #[oai(validator(max_length = 40))]
    pub phone: Option<String>,
    /// Business-scoped user id, for customers who hide their number.
    #[oai(validator(max_length = 140))]
    pub bsuid: Option<String>,
    /// One of your contacts.
    pub contact_id: Option<ContactId>,
}

/// A message to send.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields, example)]
pub struct MessageIn {
    /// From which number; may be left out while only one is connected.
    pub channel_id: Option<ChannelId>,
    /// To whom.
    pub to: RecipientIn,
    /// What follows under the key of this name.
    #[oai(rename = "type")]
    pub kind: MessageType,
    /// For `text`.
    pub text: Option<TextIn>,
    /// For `image`.
    pub image: Option<ImageIn>,
    /// For `template`.
    pub template: Option<TemplateIn>,
    /// The message it quotes.
    pub reply_to: Option<MessageId>,
}

impl poem_openapi::types::Example for MessageIn {
    fn example() -> Self {
        Self {
            channel_id: None,
            to: RecipientIn {
                phone: Some("+447700900123".to_owned()),
                bsuid: None,
                contact_id: None,
            },
            kind: MessageType::Text,
            text: Some(TextIn {
                body: "Hello from WhatsApp Pro".to_owned(),
                preview_url: false,
            }),
            image: None,
            template: None,
            reply_to: None,
        }
    }
}

/// A reply in a conversation.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct ReplyIn {
    /// What follows under the key of this name.
    #[oai(rename = "type")]
    pub kind: MessageType,
    /// For `text`.
    pub text: Option<TextIn>,
    /// For `image`.
    pub image: Option<ImageIn>,
    /// For `template`.
    pub template: Option<TemplateIn>,
    /// The message it quotes.
    pub reply_to: Option<MessageId>,
}

/// Builds the content out of the one object that belongs to the type.
pub(super) fn content(
    kind: MessageType,
    text: Option<TextIn>,
    image: Option<ImageIn>,
    template: Option<TemplateIn>,
) -> Result<Content> {
    match (kind, text, image, template) {
        (MessageType::Text, Some(TextIn { body, preview_url }), None, None) => {
            Ok(Content::Text { body, preview_url })
        }
        (
            MessageType::Image,
            None,
            Some(ImageIn {
                link,
                id,
                media_id,
                caption,
            }),
            None,
        ) => Ok(Content::Image {
            source: media_source("image", link, id, media_id)?,
            caption,
        }),
        (
            MessageType::Template,
            None,
            None,
            Some(TemplateIn {
                name,
                language,
                components,
            }),
        ) => Ok(Content::Template {
            name,
            language,
            components: components.into_iter().map(|any| any.0).collect(),
        }),
        (MessageType::Text, ..) => Err(Error::invalid(
            "text",
            "must be given for the type `text`, and nothing of another type",
        )),
        (MessageType::Image, ..) => Err(Error::invalid(
            "image",
            "must be given for the type `image`, and nothing of another type",
        )),
        (MessageType::Template, ..) => Err(Error::invalid(
            "template",
            "must be given for the type `template`, and nothing of another type",
        )),
    }
}

/// Where the file of a message is. An id of ours stands in the content like one of WhatsApp's, which takes its place when
/// the message leaves.
pub(super) fn media_source(
    field: &str,
    link: Option<String>,
    id: Option<String>,
    media_id: Option<OurMediaId>,
) -> Result<MediaSource> {
    match (link, id, media_id) {
        (Some(link), None, None) => Ok(MediaSource::Link(link)),
        (None, Some(id), None) => Ok(MediaSource::Id(MediaId::from(id))),
        (None, None, Some(id)) => Ok(MediaSource::Id(MediaId::from(id.to_string()))),
        _ => Err(Error::invalid(
            field,
            "needs exactly one of `media_id`, `id` and `link`",
        )),
    }
}

pub(super) fn address(to: RecipientIn) -> Result<Address> {
    match (to.phone, to.bsuid, to.contact_id) {
        (Some(phone), None, None) => Ok(Address::Phone(phone)),
        (None, Some(bsuid), None) => Ok(Address::Bsuid(bsuid)),
        (None, None, Some(id)) => Ok(Address::Contact(id)),
        _ => Err(Error::invalid(
            "to",
            "needs exactly one of `phone`, `bsuid` and `contact_id`",
        )),
    }
}

/// Why a message failed.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MessageError {
    /// WhatsApp's error code; 0 for reasons of our own.
    pub code: i64,
    /// Short name.
    pub title: String,
    /// WhatsApp's own details.
    pub detail: Option<String>,
    /// What happened and what to do, in plain words.
    pub advice: String,
    /// Whether the same message may be sent again without anybody changing anything.
    pub retryable: bool,
    /// What the platform does about it by itself: `retry`, `slow_down_number`, `wait`, `hold_account`, `fail`, …
    pub action: String,
}

/// When a message reached its states.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MessageTimestamps {
    /// Written.
    pub queued_at: Option<DateTime<Utc>>,
    /// One tick.
    pub sent_at: Option<DateTime<Utc>>,
    /// Two ticks.
    pub delivered_at: Option<DateTime<Utc>>,
    /// Blue ticks.
    pub read_at: Option<DateTime<Utc>>,
    /// It will not arrive.
    pub failed_at: Option<DateTime<Utc>>,
}

/// Who caused a message.
#[derive(Debug, Object)]
pub struct SentBy {
    /// `user`, `api_key` or a module.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name at the time.
    pub name: String,
}

/// A message, in or out.
#[derive(Debug, Object)]
#[oai(rename = "Message", skip_serializing_if_is_none)]
pub struct MessageOut {
    /// Its id; also carried to WhatsApp and back in every status.
    pub id: MessageId,
    /// Its thread.
    pub conversation_id: ConversationId,
    /// With whom.
    pub contact_id: ContactId,
    /// By which number.
    pub channel_id: ChannelId,
    /// `inbound` or `outbound`.
    pub direction: String,
    /// WhatsApp's message type; types the platform does not know yet come as they are.
    #[oai(rename = "type")]
    pub kind: String,
    /// Short plain text for lists.
    pub preview: String,
    /// The text, for types that are text.
    pub text: Option<String>,
    /// The object under the type's key, in WhatsApp's own form.
    pub content: Any<serde_json::Value>,
    /// Its file: received, or uploaded here and taken along. The address in it works for some minutes.
    pub media: Option<MediaOut>,
    /// Where it is on its way; it only moves forward.
    pub status: Status,
    /// WhatsApp's id.
    pub wamid: Option<String>,
    /// The WhatsApp id of the message it quotes.
    pub reply_to: Option<String>,
    /// Who caused it.
    pub sent_by: Option<SentBy>,
    /// Why it failed.
    pub error: Option<MessageError>,
    /// When it reached its states.
    pub timestamps: MessageTimestamps,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// When we learnt of it.
    pub created_at: DateTime<Utc>,
    /// What is known of it besides.
    #[oai(flatten)]
    pub extras: MessageExtras,
}

/// Messages with their files: one more read for any number of them.
pub(super) async fn with_media(
    service: &Service,
    db: &TenantDb,
    rows: Vec<message::Model>,
) -> Result<Vec<MessageOut>> {
    let mut media = service.media_of(db, &rows).await?;
    let mut reactions = reactions_on(service, db, &rows).await?;
    let shown = rows.into_iter().map(|row| {
        let media = media.remove(&row.id).map(super::media::shape);
        MessageOut {
            media,
            ..shape(row, &mut reactions)
        }
    });
    Ok(shown.collect())
}

/// One message with its file.
pub(super) async fn one_with_media(
    service: &Service,
    db: &TenantDb,
    row: message::Model,
) -> Result<MessageOut> {
    let media = service
        .media_of(db, std::slice::from_ref(&row))
        .await?
        .remove(&row.id);
    let mut reactions = reactions_on(service, db, std::slice::from_ref(&row)).await?;
    Ok(MessageOut {
        media: media.map(super::media::shape),
        ..shape(row, &mut reactions)
    })
}

fn shape(row: message::Model, reactions: &mut Reactions) -> MessageOut {
    let extras = extras(&row, reactions);
    let outbound = row.direction == "outbound";
    let content: serde_json::Value = serde_json::from_str(&row.content).unwrap_or_default();
    let text = match row.kind.as_str() {
        "text" => content["body"].as_str(),
        "button" => content["text"].as_str(),
        _ => content["caption"].as_str(),
    };
    let sent_by = row
        .sent_by
        .as_deref()
        .and_then(|json| serde_json::from_str::<Sender>(json).ok());
    let error = row
        .error
        .as_deref()
        .and_then(|json| serde_json::from_str::<Failure>(json).ok());
    MessageOut {
        id: row.id,
        conversation_id: row.conversation_id,
        contact_id: row.contact_id,
        channel_id: row.channel_id,
        direction: row.direction,
        kind: row.kind,
        preview: row.preview,
        text: text.map(ToOwned::to_owned),
        content: Any(content),
        media: None,
        status: Status::parse(&row.status).unwrap_or(Status::Unknown),
        wamid: row.wamid,
        reply_to: row.reply_to,
        sent_by: sent_by.map(|Sender { kind, id, name }| SentBy { kind, id, name }),
        error: error.map(shape_failure),
        timestamps: MessageTimestamps {
            queued_at: outbound.then_some(row.created_at),
            sent_at: row.sent_at,
            delivered_at: row.delivered_at,
            read_at: row.read_at,
            failed_at: row.failed_at,
        },
        at: row.at,
        created_at: row.created_at,
        extras,
    }
}

fn shape_failure(failure: Failure) -> MessageError {
    let Failure { code, title, detail } = failure;
    // Reasons of our own explain themselves.
    let advice = match (code, &detail) {
        (0, Some(detail)) => detail.clone(),
        _ => cloud_api::codes::advice(code).advice.to_owned(),
    };
    let row = cloud_api::codes::find(code).filter(|_| code != 0);
    MessageError {
        code,
        title,
        detail,
        advice,
        retryable: row.is_some_and(|row| row.class.is_retryable()),
        action: row
            .map_or(cloud_api::codes::Action::Fail, |row| row.action)
            .as_str()
            .to_owned(),
    }
}

/// 202: written, on its way.
#[derive(Debug, ApiResponse)]
pub enum Queued {
    /// The message is stored and will be sent; follow its `status`.
    #[oai(status = 202)]
    Accepted(Json<MessageOut>),
}
