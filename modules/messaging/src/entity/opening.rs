//! Whom a portfolio wrote to first, outside the customer service window: one row a person, the latest time counts.

use contracts::{contacts::ContactId, messaging::MessageId};
use kernel::TenantId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_openings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Business portfolio id; the account's where that is not known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub portfolio: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: ContactId,
    pub at: DateTimeUtc,
    /// The one message that the place was reserved for, while no other relies on it; the place is given back if that message never
    /// leaves. None in rows of earlier versions.
    pub message_id: Option<MessageId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();
