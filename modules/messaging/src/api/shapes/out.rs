//! Messages as they are shown.

use chrono::{DateTime, Utc};
use cloud_api::codes::{Action, Code, Stop, action_of};
use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{ConversationId, MessageId, Sender},
    templates::{ShownTemplate, TemplateId},
};
use kernel::{Error, Result, TenantDb};
use poem_openapi::{ApiResponse, Enum, Object, payload::Json, types::Any};
use sentences::{Sentence, Term};

use crate::{
    api::{
        media::MediaOut,
        message_extras::{MessageExtras, Reactions, extras, reactions_on},
    },
    entity::{
        Direction, Status,
        message::{self, Failure},
    },
    service::{Service, used},
};

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
    /// `advice`, to be said in any language.
    pub terms: Vec<Sentence>,
    /// Whether the same message may be sent again without anybody changing anything.
    pub retryable: bool,
    /// What the platform has done, or does, about it by itself.
    pub action: FailureAction,
}

/// What the platform does about a failed message by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum FailureAction {
    /// It was sent again a few times, and given up.
    Retry,
    /// The number sends more slowly.
    SlowDownNumber,
    /// It was sent to this person again, more slowly, and given up.
    SlowDownContact,
    /// The number pauses and goes on by itself.
    PauseNumber,
    /// The number is held until somebody acts.
    HoldNumber,
    /// Nothing.
    Fail,
}

impl FailureAction {
    /// For a code of WhatsApp's. After a send was accepted, nothing is sent again; only the number may be stopped.
    fn of(row: &Code, was_accepted: bool) -> Self {
        match action_of(row.code, row.class) {
            Action::Stop(Stop::For(_)) => Self::PauseNumber,
            Action::Stop(Stop::UntilMended) => Self::HoldNumber,
            _ if was_accepted => Self::Fail,
            Action::Retry => Self::Retry,
            Action::SlowDownNumber => Self::SlowDownNumber,
            Action::SlowDownContact => Self::SlowDownContact,
            Action::Fail => Self::Fail,
        }
    }
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
    pub direction: Direction,
    /// WhatsApp's message type; types the platform does not know yet come as they are.
    #[oai(rename = "type")]
    pub kind: String,
    /// Short plain text for lists.
    pub preview: String,
    /// The text, for types that are text.
    pub text: Option<String>,
    /// The object under the type's key, in WhatsApp's own form.
    pub content: Any<serde_json::Value>,
    /// The template it was made from; absent if it is of none, or of one that was not known here.
    pub template_id: Option<TemplateId>,
    /// A template as the phone shows it; absent where its text was not known when it was sent. What was sent does not change when
    /// the template is edited.
    pub shown: Option<ShownTemplate>,
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

/// Messages with their files and reactions, and templates as the phone shows them: three more reads for any number of them.
pub(in crate::api) async fn with_media(
    service: &Service,
    db: &TenantDb,
    rows: Vec<message::Model>,
) -> Result<Vec<MessageOut>> {
    let mut media = service.media_of(db, &rows).await?;
    let mut reactions = reactions_on(service, db, &rows).await?;
    let mut templates = service.shown(db, &rows).await?;
    let shown = rows.into_iter().map(|row| {
        let media = media.remove(&row.id).map(crate::api::media::shape);
        MessageOut {
            media,
            shown: templates.remove(&row.id).map(Into::into),
            ..shape(row, &mut reactions)
        }
    });
    Ok(shown.collect())
}

/// One message with its file and its reactions.
pub(in crate::api) async fn one_with_media(
    service: &Service,
    db: &TenantDb,
    row: message::Model,
) -> Result<MessageOut> {
    let mut one = with_media(service, db, vec![row]).await?;
    one.pop().ok_or_else(|| Error::internal("a message has no shape"))
}

fn shape(row: message::Model, reactions: &mut Reactions) -> MessageOut {
    let extras = extras(&row, reactions);
    let template_id = used(&row).and_then(|used| used.template_id);
    let outbound = row.direction == Direction::Outbound;
    let was_accepted = row.wamid.is_some();
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
        template_id,
        shown: None,
        media: None,
        status: row.status,
        wamid: row.wamid,
        reply_to: row.reply_to,
        sent_by: sent_by.map(|Sender { kind, id, name }| SentBy { kind, id, name }),
        error: error.map(|failure| shape_failure(failure, was_accepted)),
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

fn shape_failure(failure: Failure, was_accepted: bool) -> MessageError {
    let Failure {
        code,
        title,
        detail,
        terms,
    } = failure;
    let terms = match (code, &detail) {
        _ if !terms.is_empty() => terms,
        // From before reasons of our own were kept in sentences.
        (0, Some(detail)) => Sentence::new(Term::Said).text("said", detail).into(),
        _ => Sentence::code(code).into(),
    };
    let detail = detail.or_else(|| (code == 0).then(|| terms.to_string()));
    let whatsapps = terms.0.first().is_some_and(|said| said.term == Term::Code);
    let row = cloud_api::codes::find(code).filter(|_| whatsapps);
    let action = row.map_or(FailureAction::Fail, |row| FailureAction::of(row, was_accepted));
    MessageError {
        code,
        title,
        detail,
        advice: terms.to_string(),
        terms: terms.0,
        retryable: row.is_some_and(|row| row.class.is_retryable()),
        action,
    }
}

/// 202: written, on its way.
#[derive(Debug, ApiResponse)]
pub enum Queued {
    /// The message is stored and will be sent; follow its `status`.
    #[oai(status = 202)]
    Accepted(Json<MessageOut>),
}
