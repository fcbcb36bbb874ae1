//! Rows of identity. [`membership`], [`api_key`], [`tenant_module`], [`settings`] and [`preference`] belong to tenants and are reached
//! through `TenantDb` like every module's rows; the others exist before a tenant is known and are identity's alone.

/// A reseller, who sells the platform to tenants. Not a tenant's row.
pub mod reseller {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_resellers")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: crate::ResellerId,
        pub name: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A business. Its row is not read through `TenantDb`: sign-in shows the names of several tenants.
pub mod tenant {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_tenants")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: kernel::TenantId,
        pub reseller_id: crate::ResellerId,
        pub name: String,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::reseller::Entity",
            from = "Column::ResellerId",
            to = "super::reseller::Column::Id"
        )]
        Reseller,
    }
    impl Related<super::reseller::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Reseller.def()
        }
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// A user, who may belong to several tenants. Not a tenant's row.
pub mod user {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: kernel::UserId,
        /// Lower-cased, unique.
        pub email: String,
        pub name: String,
        /// PHC string of argon2id.
        pub password_hash: String,
        /// The language in which the portal speaks to them; none: the browser's.
        pub language: Option<crate::Language>,
        pub created_at: DateTimeUtc,
    }

    // Written by hand, so that no log line contains the hash.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "User({})", self.id)
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A user's membership and role in a tenant.
pub mod membership {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_memberships")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: kernel::TenantId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: kernel::UserId,
        pub role: crate::Role,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::tenant::Entity",
            from = "Column::TenantId",
            to = "super::tenant::Column::Id"
        )]
        Tenant,
    }
    impl Related<super::tenant::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Tenant.def()
        }
    }
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// A signed-in browser. Not a tenant's row: the tenant is chosen per request.
pub mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_sessions")]
    pub struct Model {
        /// SHA-256 of the cookie's token, hexadecimal. A reader of this table cannot sign in with it.
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: String,
        pub user_id: kernel::UserId,
        pub created_at: DateTimeUtc,
        /// Moved at most once a minute.
        pub last_seen_at: DateTimeUtc,
        /// The earlier of the idle timeout and the absolute timeout.
        pub expires_at: DateTimeUtc,
        /// The browser, as it named itself at sign-in.
        pub user_agent: Option<String>,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "Session(of {})", self.user_id)
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::user::Entity",
            from = "Column::UserId",
            to = "super::user::Column::Id"
        )]
        User,
    }
    impl Related<super::user::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::User.def()
        }
    }
    impl ActiveModelBehavior for ActiveModel {}
}

/// An address from which a user has signed in. Not a tenant's row.
pub mod usual_address {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_usual_addresses")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: kernel::UserId,
        /// SHA-256 of the address as it is counted (an IPv4 address, the /64 of an IPv6 one), hexadecimal.
        #[sea_orm(primary_key, auto_increment = false)]
        pub address_hash: String,
        /// The last sign-in from there.
        pub seen_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A program's credential in one tenant.
pub mod api_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_api_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: kernel::TenantId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: crate::ApiKeyId,
        pub name: String,
        /// The first letters of the key, by which people recognise it.
        pub prefix: String,
        /// SHA-256 of the key, hexadecimal; unique across tenants.
        pub hash: String,
        /// Names of permissions, as a JSON array.
        #[sea_orm(column_type = "Text")]
        pub scopes: String,
        /// Id of the user or key that made it, or `system`.
        pub created_by: String,
        pub created_at: DateTimeUtc,
        pub expires_at: Option<DateTimeUtc>,
        /// Moved at most once a minute.
        pub last_used_at: Option<DateTimeUtc>,
    }

    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "ApiKey({}, {}…)", self.id, self.prefix)
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!(crate::ApiKeyId, "API key");
}

/// Which modules a tenant switched. No row means on.
pub mod tenant_module {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_tenant_modules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: kernel::TenantId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub module: String,
        pub enabled: bool,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// "Which tenant owns this?" Not a tenant's row: it is read to find the tenant.
pub mod route {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_routes")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub tenant_id: kernel::TenantId,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What a tenant has chosen for itself: one row a tenant, none while it has chosen nothing. Its name is in [`tenant`].
pub mod settings {
    use contracts::channels::ChannelId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_settings")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: kernel::TenantId,
        pub language: Option<crate::Language>,
        /// IANA's name.
        pub time_zone: Option<String>,
        /// Two capital letters.
        pub default_country: Option<String>,
        pub default_channel_id: Option<ChannelId>,
        /// The logo's place in the file store.
        pub logo_id: Option<Uuid>,
        pub logo_mime: Option<String>,
        /// `hours::Hours` as JSON; none: always open.
        #[sea_orm(column_type = "Text", nullable)]
        pub hours: Option<String>,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// A saved view or another preference of a user, or one that a tenant's users share.
pub mod preference {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity_preferences")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: kernel::TenantId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: crate::PreferenceId,
        /// Whose it is; the nil UUID for all users of the tenant. Unique together with feature and name.
        pub owner_id: kernel::UserId,
        pub feature: String,
        pub name: String,
        /// JSON.
        #[sea_orm(column_type = "Text")]
        pub value: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!(crate::PreferenceId, "preference");
}
