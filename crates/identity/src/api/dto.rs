//! Request and response types of identity.

use chrono::{DateTime, Utc};
use kernel::{Result, TenantId, UserId, id::Id};
use poem_openapi::{ApiResponse, Enum, Object, payload::Json, types::Example};
use secrecy::ExposeSecret;

use crate::{
    ApiKeyId, Language, Role,
    entity::api_key,
    service::{ListedApiKey, Member, NewApiKey, SessionView, Switch, TenantCard},
};

/// Credentials of a person.
#[derive(Object)]
#[oai(rename = "SignIn", deny_unknown_fields)]
pub(super) struct SignInIn {
    /// E-mail address; upper and lower case are the same.
    #[oai(validator(max_length = 254))]
    pub(super) email: String,
    /// Password, at most 1024 bytes.
    #[oai(write_only)]
    pub(super) password: String,
}

/// A person.
#[derive(Object)]
#[oai(rename = "User", skip_serializing_if_is_none)]
pub(super) struct UserOut {
    /// Who.
    pub(super) id: UserId,
    /// As shown to colleagues.
    pub(super) name: String,
    /// E-mail address, lower-cased.
    pub(super) email: String,
    /// The language that the person has chosen for the portal. Absent: the browser's.
    pub(super) language: Option<Language>,
}

/// A tenant as one of its members sees it.
#[derive(Object)]
#[oai(rename = "Tenant", skip_serializing_if_is_none)]
pub(super) struct TenantOut {
    /// Which; send it as `X-Tenant-Id` to work in it.
    pub(super) id: TenantId,
    /// Its name.
    pub(super) name: String,
    /// What the person is in it.
    pub(super) role: Role,
    /// Who sold it.
    pub(super) reseller: Option<String>,
}

impl From<TenantCard> for TenantOut {
    fn from(
        TenantCard {
            id,
            name,
            role,
            reseller,
        }: TenantCard,
    ) -> Self {
        Self {
            id,
            name,
            role,
            reseller,
        }
    }
}

/// Who is signed in, where, and with which rights.
#[derive(Object)]
#[oai(rename = "Session")]
pub(super) struct SessionOut {
    /// The person.
    pub(super) user: UserOut,
    /// Every tenant the person belongs to, oldest first; at most 1000.
    pub(super) tenants: Vec<TenantOut>,
    /// The tenant chosen by `X-Tenant-Id`, else the first.
    pub(super) tenant: TenantOut,
    /// Names of the permissions held in that tenant.
    pub(super) permissions: Vec<String>,
    /// Names of the modules switched on in that tenant.
    pub(super) modules: Vec<String>,
}

impl From<SessionView> for SessionOut {
    fn from(
        SessionView {
            user,
            tenants,
            tenant,
            permissions,
            modules,
        }: SessionView,
    ) -> Self {
        Self {
            user: UserOut {
                id: user.id,
                name: user.name,
                email: user.email,
                language: user.language,
            },
            tenants: tenants.into_iter().map(TenantOut::from).collect(),
            tenant: tenant.into(),
            permissions,
            modules,
        }
    }
}

#[derive(ApiResponse)]
pub(super) enum SignedIn {
    /// Signed in; the session is in the cookie.
    #[oai(
        status = 200,
        header(
            name = "Set-Cookie",
            ty = "String",
            description = "The session cookie: `HttpOnly`, `SameSite=Lax`; over https `Secure`, and its name begins with `__Host-`."
        )
    )]
    Ok(Json<SessionOut>),
}

#[derive(ApiResponse)]
pub(super) enum SignedOut {
    /// The session is over.
    #[oai(
        status = 204,
        header(name = "Set-Cookie", ty = "String", description = "Forgets the cookie.")
    )]
    Done,
}

/// A right that a role or an API key may have.
#[derive(Object)]
#[oai(rename = "Permission")]
pub(super) struct PermissionOut {
    /// `<resource>:<verb>`, stable.
    pub(super) name: String,
    /// What it allows.
    pub(super) description: String,
}

/// All permissions.
#[derive(Object)]
pub(super) struct PermissionList {
    /// In the order of the modules.
    pub(super) items: Vec<PermissionOut>,
}

/// A feature and whether the tenant has it on.
#[derive(Object)]
#[oai(rename = "Module")]
pub(super) struct ModuleOut {
    /// Its stable name.
    pub(super) name: String,
    /// Its name for people.
    pub(super) title: String,
    /// What it does, in one sentence.
    pub(super) description: String,
    /// Whether it is on.
    enabled: bool,
}

impl From<Switch> for ModuleOut {
    fn from(Switch { module, enabled }: Switch) -> Self {
        let crate::ModuleInfo {
            name,
            title,
            description,
            requires: _,
        } = module;
        Self {
            name: name.into(),
            title: title.into(),
            description: description.into(),
            enabled,
        }
    }
}

/// Somebody who belongs to the business.
#[derive(Object)]
#[oai(rename = "Member")]
pub(super) struct MemberOut {
    /// The user.
    pub(super) id: UserId,
    /// As shown to colleagues.
    pub(super) name: String,
    /// With which they sign in.
    pub(super) email: String,
    /// What they may do in this business.
    pub(super) role: Role,
}

impl From<Member> for MemberOut {
    fn from(Member { user, role }: Member) -> Self {
        Self {
            id: user.id,
            name: user.name,
            email: user.email,
            role,
        }
    }
}

/// All modules that can be switched.
#[derive(Object)]
pub(super) struct ModuleList {
    /// In the order of the menu.
    pub(super) items: Vec<ModuleOut>,
}

/// The position of a module's switch.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ModuleIn {
    /// Whether it shall be on.
    pub(super) enabled: bool,
}

/// What made an API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum MakerKind {
    /// A person.
    User,
    /// Another API key.
    ApiKey,
    /// The platform.
    System,
}

/// Who made an API key.
#[derive(Object)]
#[oai(rename = "ApiKeyMaker", skip_serializing_if_is_none)]
pub(super) struct MakerOut {
    /// What it is.
    #[oai(rename = "type")]
    pub(super) kind: MakerKind,
    /// The person's or key's id.
    pub(super) id: Option<String>,
    /// The person's or key's name. Absent when they are no longer there.
    pub(super) name: Option<String>,
}

impl MakerOut {
    fn of(id: String, name: Option<String>) -> Self {
        let kind = match id.split_once('_') {
            Some((prefix, _)) if prefix == UserId::PREFIX => MakerKind::User,
            Some((prefix, _)) if prefix == ApiKeyId::PREFIX => MakerKind::ApiKey,
            _ => MakerKind::System,
        };
        let id = (kind != MakerKind::System).then_some(id);
        Self { kind, id, name }
    }
}

/// An API key, without the key itself.
#[derive(Object)]
#[oai(rename = "ApiKey", skip_serializing_if_is_none)]
pub(super) struct ApiKeyOut {
    /// Which.
    pub(super) id: ApiKeyId,
    /// What it is for.
    pub(super) name: String,
    /// The first letters of the key, by which it is recognised.
    pub(super) prefix: String,
    /// Permissions it has.
    pub(super) scopes: Vec<String>,
    /// When it was made.
    pub(super) created_at: DateTime<Utc>,
    /// When it was last used, to the minute. Absent when never.
    pub(super) last_used_at: Option<DateTime<Utc>>,
    /// When it stops working. Absent when never.
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub(super) created_by: MakerOut,
    /// How many keys were made with it, with those, and so on: they are revoked with it.
    pub(super) made_keys: u32,
}

impl TryFrom<ListedApiKey> for ApiKeyOut {
    type Error = kernel::Error;

    fn try_from(
        ListedApiKey {
            row,
            maker,
            descendants,
        }: ListedApiKey,
    ) -> Result<Self> {
        let api_key::Model {
            tenant_id: _,
            id,
            name,
            prefix,
            hash: _,
            scopes,
            created_by,
            created_at,
            expires_at,
            last_used_at,
        } = row;
        let scopes = serde_json::from_str(&scopes)?;
        Ok(Self {
            id,
            name,
            prefix,
            scopes,
            created_at,
            last_used_at,
            expires_at,
            created_by: MakerOut::of(created_by, maker),
            made_keys: u32::try_from(descendants).unwrap_or(u32::MAX),
        })
    }
}

/// An API key that was just made. The key is shown here and never again.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
pub(super) struct ApiKeyCreated {
    /// Which.
    pub(super) id: ApiKeyId,
    /// What it is for.
    pub(super) name: String,
    /// The first letters of the key, by which it is recognised.
    pub(super) prefix: String,
    /// Permissions it has.
    pub(super) scopes: Vec<String>,
    /// When it was made.
    pub(super) created_at: DateTime<Utc>,
    /// When it was last used. Absent: never.
    pub(super) last_used_at: Option<DateTime<Utc>>,
    /// When it stops working. Absent when never.
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// The key: `wapro_` and 64 hexadecimal digits. Keep it; only its hash is stored.
    pub(super) key: String,
}

impl TryFrom<NewApiKey> for ApiKeyCreated {
    type Error = kernel::Error;

    fn try_from(NewApiKey { secret, row }: NewApiKey) -> Result<Self> {
        let api_key::Model {
            tenant_id: _,
            id,
            name,
            prefix,
            hash: _,
            scopes,
            created_by: _,
            created_at,
            expires_at,
            last_used_at,
        } = row;
        let scopes = serde_json::from_str(&scopes)?;
        let key = secret.expose_secret().to_owned();
        Ok(Self {
            id,
            name,
            prefix,
            scopes,
            created_at,
            last_used_at,
            expires_at,
            key,
        })
    }
}

/// A wish for an API key.
#[derive(Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
pub(super) struct ApiKeyIn {
    /// What it is for, 1 to 100 characters.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub(super) name: String,
    /// Permissions it shall have, 1 to 100 of `GET /permissions`, none that you do not hold yourself.
    #[oai(validator(min_items = 1, max_items = 100))]
    pub(super) scopes: Vec<String>,
    /// When it stops working, at the latest in 10 years; never if absent. Needed when it is made with an API key that expires, and no later than that.
    pub(super) expires_at: Option<DateTime<Utc>>,
}

impl Example for ApiKeyIn {
    fn example() -> Self {
        Self {
            name: "Order updates".to_owned(),
            scopes: vec!["messages:read".to_owned(), "messages:send".to_owned()],
            expires_at: None,
        }
    }
}

const _: () = assert!(
    crate::service::MAX_SCOPES == 100,
    "the validator of ApiKeyIn names the same number"
);
