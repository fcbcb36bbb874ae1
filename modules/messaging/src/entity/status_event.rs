//! Every status WhatsApp told, each once. Those of messages not known yet wait here for their message.

use contracts::messaging::MessageId;
use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

id!(
    /// One status webhook.
    StatusEventId,
    "sts"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_statuses")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StatusEventId,
    /// The message's wamid, or a call's id.
    pub wamid: String,
    pub status: String,
    /// Phone, BSUID or group participant; empty if not told.
    pub recipient: String,
    /// Our message; none while it is not known whose status this is.
    pub message_id: Option<MessageId>,
    pub at: DateTimeUtc,
    /// The status as WhatsApp sent it.
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    pub received_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(StatusEventId, "status");
