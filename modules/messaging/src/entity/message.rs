//! Messages in and out.

use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{ConversationId, MessageId},
};
use kernel::TenantId;
use sea_orm::entity::prelude::*;
use sentences::{Sentence, Sentences, Term};

use super::{Direction, Status, chunk::ChunkId};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub channel_id: ChannelId,
    pub contact_id: ContactId,
    pub direction: Direction,
    /// WhatsApp's message type.
    pub kind: String,
    pub status: Status,
    /// [`Status::rank`](super::Status::rank): it only grows.
    pub status_rank: i32,
    /// The object under the type's key, as on the wire.
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub preview: String,
    pub wamid: Option<String>,
    /// The wamid it quotes.
    pub reply_to: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub sent_by: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// The message as WhatsApp sent it, for what is not understood yet.
    #[sea_orm(column_type = "Text", nullable)]
    pub raw: Option<String>,
    pub chunk_id: Option<ChunkId>,
    pub sent_at: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
    pub read_at: Option<DateTimeUtc>,
    pub failed_at: Option<DateTimeUtc>,
    /// When it was written: by WhatsApp's clock for inbound, by ours for outbound.
    pub at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    /// When it was last edited.
    pub edited_at: Option<DateTimeUtc>,
    /// When its writer took it back. What it said stays in `content`.
    pub revoked_at: Option<DateTimeUtc>,
    /// `content` before the first edit.
    #[sea_orm(column_type = "Text", nullable)]
    pub original: Option<String>,
    /// [`Origin`](contracts::messaging::Origin) of what we sent; none in what earlier versions wrote.
    pub origin: Option<String>,
    /// [`TemplateUse`](contracts::messaging::TemplateUse) as JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub template: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(MessageId, "message");

/// Why a message failed, as kept in the `error` column.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    /// WhatsApp's error code; 0 for reasons of our own.
    pub code: i64,
    /// Short name.
    pub title: String,
    /// WhatsApp's own details; of rows of earlier versions also the English of `terms`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// Why, in sentences, where the reason is our own; WhatsApp's codes explain themselves.
    #[serde(skip_serializing_if = "Sentences::is_empty", default)]
    pub terms: Sentences,
}

impl Failure {
    /// As WhatsApp told it. Its codes explain themselves, but for 0, which stands for reasons of our own too.
    pub fn told(code: Option<i64>, title: String, detail: Option<String>) -> Self {
        let terms = match code {
            None => Term::NoReasonTold.into(),
            Some(0) => Sentence::code(0).into(),
            Some(_) => Sentences::default(),
        };
        Self {
            code: code.unwrap_or_default(),
            title,
            detail,
            terms,
        }
    }

    /// Whether the reason is our own, and the message was never handed to WhatsApp.
    pub fn is_ours(&self) -> bool {
        self.code == 0
    }

    /// For a reason of our own.
    pub fn of_ours(why: impl Into<Sentences>) -> Self {
        let terms = why.into();
        Self {
            code: 0,
            title: "Not sent".to_owned(),
            detail: None,
            terms,
        }
    }
}
