//! Messages that leave together, at most [`SIZE`] of them, from one number. The row is deleted once the last outcome is written.
//!
//! The table also has a column `done`, which nothing uses any more. A process of the previous version still reads it during a rolling
//! update, so it can be dropped in the next release.

use contracts::{channels::ChannelId, messaging::MessageId};
use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

/// Messages in a chunk at most.
pub const SIZE: usize = 500;

id!(
    /// A dispatch chunk.
    ChunkId,
    "chk"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_chunks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChunkId,
    pub channel_id: ChannelId,
    pub lane: String,
    pub messages: i32,
    /// Grows with every runner that takes the chunk.
    pub fence: i64,
    /// Messages up to this one may have been handed to WhatsApp; those behind it certainly were not.
    pub mark: Option<MessageId>,
    /// How often its messages were tried before, in other chunks.
    pub attempt: i32,
    /// [`Origin`](contracts::messaging::Origin) of all its messages; none in what earlier versions wrote.
    pub origin: Option<String>,
    /// When it was stopped: nothing behind the mark is sent any more.
    pub cancelled_at: Option<DateTimeUtc>,
    /// By how much its messages moved the figures and which no event says yet, as JSON.
    pub moved: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();
