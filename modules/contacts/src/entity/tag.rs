//! A label.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts_tags")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: kernel::TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: crate::TagId,
    /// As first written.
    pub name: String,
    /// The name in lower case, unique.
    pub folded: String,
    /// `#rrggbb`.
    pub color: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(crate::TagId, "tag");
