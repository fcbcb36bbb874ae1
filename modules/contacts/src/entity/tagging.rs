//! Which contact has which label.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts_taggings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: kernel::TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: contracts::contacts::ContactId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: crate::TagId,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();
