//! Rows of contacts. Their keys start with the tenant; only `TenantDb` reaches them.

/// A person or business the tenant talks to. Whether they have a phone number is a matter of [`identity`].
pub mod contact {
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
}

/// What identifies a contact on WhatsApp. One identity belongs to one contact; a contact may have several, or none.
pub mod identity {
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
}

/// A label.
pub mod tag {
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
}

/// Which contact has which label.
pub mod tagging {
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
}

pub use contact::Entity as Contacts;
pub use identity::Entity as Identities;
pub use tag::Entity as Tags;
pub use tagging::Entity as Taggings;
