//! The thread between one number and one contact, denormalised for the inbox.

use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{ConversationId, MessageId},
};
use kernel::TenantId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_conversations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConversationId,
    pub channel_id: ChannelId,
    pub contact_id: ContactId,
    /// When something last happened; the inbox is sorted by it.
    pub last_at: DateTimeUtc,
    pub last_message_id: Option<MessageId>,
    pub preview: String,
    /// `inbound`, `outbound` or, before the first message, `none`.
    pub last_direction: String,
    pub unread: i32,
    /// Opens the 24-hour customer service window.
    pub last_inbound_at: Option<DateTimeUtc>,
    /// The phone number that opened the window, E.164 with the plus; none if it was opened without one, or before this was kept.
    pub window_phone: Option<String>,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();

/// How long after the customer's last message free-form messages may be sent (Cloud API: customer service window).
pub const WINDOW: chrono::TimeDelta = chrono::TimeDelta::hours(24);

impl Model {
    /// When the customer service window closes; none if the customer never wrote.
    pub fn window_closes_at(&self) -> Option<DateTimeUtc> {
        self.last_inbound_at.map(|at| at + WINDOW)
    }
}
