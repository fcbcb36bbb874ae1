//! A person or business the tenant talks to. Whether they have a phone number is a matter of [`identity`].

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contacts_contacts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: kernel::TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: contracts::contacts::ContactId,
    pub name: Option<String>,
    /// Whether the name is WhatsApp's: a newer profile name replaces it, a person's choice stays.
    pub name_from_profile: bool,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// A JSON object of texts.
    #[sea_orm(column_type = "Text")]
    pub attributes: String,
    /// Name and identities in lower case: what is searched.
    pub search: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// `allowed`, `stopped`, or none while they never said.
    pub marketing: Option<String>,
    /// When they said so.
    pub marketing_at: Option<DateTimeUtc>,
    /// How they said so: `whatsapp`.
    pub marketing_source: Option<String>,
    pub marketing_detail: Option<String>,
    /// What the address book of the business's phone calls them.
    pub book_name: Option<String>,
    /// How fresh `book_name` is, by the phone.
    pub book_at: Option<DateTimeUtc>,
    /// What their own profile calls them.
    pub profile_name: Option<String>,
    /// When they were last seen with `profile_name`, by WhatsApp: an older name changes nothing.
    pub profile_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!(contracts::contacts::ContactId, "contact");
