//! What identifies a contact on WhatsApp. One identity belongs to one contact; a contact may have several, or none.

use sea_orm::{entity::prelude::*, sea_query::StringLen};

/// What kind of identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
pub enum Kind {
    /// Business-scoped user id; means something only within its `scope`, a business portfolio.
    Bsuid,
    /// E.164 with the plus.
    Phone,
    /// In lower case, without the `@`. It may move from one person to another.
    Username,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts_identities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: kernel::TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    /// The portfolio of a BSUID; empty when not known and for the other kinds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
    pub contact_id: contracts::contacts::ContactId,
    /// The youngest of a kind is the one shown and written to. Of a username, when WhatsApp last showed it with the contact.
    pub learned_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();
