//! Files of messages: what customers sent, and what was uploaded to be sent.

use contracts::{
    channels::ChannelId,
    messaging::{ConversationId, MediaId, MessageId},
};
use kernel::TenantId;
use sea_orm::entity::prelude::*;

use super::Direction;

/// Where a file is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum State {
    /// It has yet to be fetched, or is just being uploaded.
    Waiting,
    /// It is in the store.
    Ready,
    /// It could not be fetched; `reason_terms` says why.
    Failed,
    /// Nobody used it, and it is being deleted.
    Going,
}

impl State {
    /// As in the database and in events.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Going => "going",
        }
    }
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_media")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MediaId,
    pub direction: Direction,
    /// `image`, `video`, `audio`, `document` or `sticker`.
    pub kind: String,
    /// Type of the bytes; what was claimed while there are none.
    pub mime: String,
    pub size: Option<i64>,
    /// Of the bytes, in hex.
    pub sha256: Option<String>,
    pub file_name: Option<String>,
    pub state: State,
    /// Why it failed, in English, in rows of earlier versions.
    pub reason: Option<String>,
    /// [`Sentences`](sentences::Sentences): why it failed.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason_terms: Option<String>,
    /// WhatsApp's id of a file that was received.
    pub whatsapp_id: Option<String>,
    /// Until when WhatsApp keeps it.
    pub whatsapp_until: Option<DateTimeUtc>,
    /// What the webhook says of the bytes: base64, sometimes hex.
    pub claimed_sha256: Option<String>,
    /// Where the webhook says they are; for five minutes.
    #[sea_orm(column_type = "Text", nullable)]
    pub url: Option<String>,
    /// By which number it came.
    pub channel_id: Option<ChannelId>,
    pub conversation_id: Option<ConversationId>,
    /// The message it came with.
    pub message_id: Option<MessageId>,
    /// When a message first took it along.
    pub used_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(MediaId, "media");
