//! Webhook bodies that were answered 200 and wait to be applied. A row leaves in the transaction that applies it.

use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

id!(
    /// One webhook body.
    InboxId,
    "wbh"
);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_inbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InboxId,
    /// The raw bytes, as signed.
    #[sea_orm(column_type = "Blob")]
    pub body: Vec<u8>,
    /// Whether it came by this tenant's own path. What came by another's is only searched for this tenant's numbers.
    pub own_path: bool,
    pub received_at: DateTimeUtc,
    /// How often it was tried alone, after the start of a process; none if never.
    pub tries: Option<i32>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();
