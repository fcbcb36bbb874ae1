//! Sessions, permissions, modules and API keys over HTTP.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use kernel::{Can, Created, NoContent, Page, PageQuery, Result, TenantId, UserId, caller::SESSION_COOKIE};
use poem::Request;
use poem_openapi::{
    ApiResponse, Object, OpenApi, Tags,
    param::{Path, Query},
    payload::Json,
};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    ApiKeyId, Role,
    credentials::{SessionCookie, client_address, not_cross_site, wanted_tenant},
    entity::api_key,
    permission::{ManageApiKeys, ManageModules, ReadApiKeys, ReadModules},
    service::{ABSOLUTE, NewApiKey, Service, SessionView, Switch, TenantCard},
};

#[derive(Tags)]
enum Tag {
    /// Signing in and out, and what a session may do.
    Session,
    /// Which features a tenant has on.
    Modules,
    /// Credentials of programs.
    ApiKeys,
}

/// Credentials of a person.
#[derive(Object)]
#[oai(rename = "SignIn", deny_unknown_fields)]
struct SignInIn {
    /// E-mail address; upper and lower case are the same.
    #[oai(validator(max_length = 254))]
    email: String,
    /// Password, at most 1024 bytes.
    #[oai(write_only)]
    password: String,
}

/// A person.
#[derive(Object)]
#[oai(rename = "User")]
struct UserOut {
    /// Who.
    id: UserId,
    /// As shown to colleagues.
    name: String,
    /// E-mail address, lower-cased.
    email: String,
}

/// A tenant as one of its members sees it.
#[derive(Object)]
#[oai(rename = "Tenant", skip_serializing_if_is_none)]
struct TenantOut {
    /// Which; send it as `X-Tenant-Id` to work in it.
    id: TenantId,
    /// Its name.
    name: String,
    /// What the person is in it.
    role: Role,
    /// Who sold it.
    reseller: Option<String>,
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
struct SessionOut {
    /// The person.
    user: UserOut,
    /// Every tenant the person belongs to, oldest first; at most 1000.
    tenants: Vec<TenantOut>,
    /// The tenant chosen by `X-Tenant-Id`, else the first.
    tenant: TenantOut,
    /// Names of the permissions held in that tenant.
    permissions: Vec<String>,
    /// Names of the modules switched on in that tenant.
    modules: Vec<String>,
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
            },
            tenants: tenants.into_iter().map(TenantOut::from).collect(),
            tenant: tenant.into(),
            permissions,
            modules,
        }
    }
}

#[derive(ApiResponse)]
enum SignedIn {
    /// Signed in; the session is in the cookie.
    #[oai(status = 200)]
    Ok(
        Json<SessionOut>,
        /// The session cookie: `HttpOnly`, `SameSite=Lax`.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

#[derive(ApiResponse)]
enum SignedOut {
    /// The session is over.
    #[oai(status = 204)]
    Done(
        /// Forgets the cookie.
        #[oai(header = "Set-Cookie")]
        String,
    ),
}

/// A right that a role or an API key may have.
#[derive(Object)]
#[oai(rename = "Permission")]
struct PermissionOut {
    /// `<resource>:<verb>`, stable.
    name: String,
    /// What it allows.
    description: String,
}

/// All permissions.
#[derive(Object)]
struct PermissionList {
    /// In the order of the modules.
    items: Vec<PermissionOut>,
}

/// A feature and whether the tenant has it on.
#[derive(Object)]
#[oai(rename = "Module")]
struct ModuleOut {
    /// Its stable name.
    name: String,
    /// Its name for people.
    title: String,
    /// What it does, in one sentence.
    description: String,
    /// Whether it is on.
    enabled: bool,
}

impl From<Switch> for ModuleOut {
    fn from(Switch { module, enabled }: Switch) -> Self {
        let crate::ModuleInfo {
            name,
            title,
            description,
        } = module;
        Self {
            name: name.into(),
            title: title.into(),
            description: description.into(),
            enabled,
        }
    }
}

/// All modules that can be switched.
#[derive(Object)]
struct ModuleList {
    /// In the order of the menu.
    items: Vec<ModuleOut>,
}

/// The position of a module's switch.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ModuleIn {
    /// Whether it shall be on.
    enabled: bool,
}

/// An API key, without the key itself.
#[derive(Object)]
#[oai(rename = "ApiKey", skip_serializing_if_is_none)]
struct ApiKeyOut {
    /// Which.
    id: ApiKeyId,
    /// What it is for.
    name: String,
    /// The first letters of the key, by which it is recognised.
    prefix: String,
    /// Permissions it has.
    scopes: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last used, to the minute. Absent when never.
    last_used_at: Option<DateTime<Utc>>,
    /// When it stops working. Absent when never.
    expires_at: Option<DateTime<Utc>>,
}

impl TryFrom<api_key::Model> for ApiKeyOut {
    type Error = kernel::Error;

    fn try_from(row: api_key::Model) -> Result<Self> {
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
        Ok(Self {
            id,
            name,
            prefix,
            scopes,
            created_at,
            last_used_at,
            expires_at,
        })
    }
}

/// An API key that was just made. The key is shown here and never again.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct ApiKeyCreated {
    /// Which.
    id: ApiKeyId,
    /// What it is for.
    name: String,
    /// The first letters of the key, by which it is recognised.
    prefix: String,
    /// Permissions it has.
    scopes: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was last used. Absent: never.
    last_used_at: Option<DateTime<Utc>>,
    /// When it stops working. Absent when never.
    expires_at: Option<DateTime<Utc>>,
    /// The key: `wapro_` and 64 hexadecimal digits. Keep it; only its hash is stored.
    key: String,
}

impl TryFrom<NewApiKey> for ApiKeyCreated {
    type Error = kernel::Error;

    fn try_from(NewApiKey { secret, row }: NewApiKey) -> Result<Self> {
        let ApiKeyOut {
            id,
            name,
            prefix,
            scopes,
            created_at,
            last_used_at,
            expires_at,
        } = row.try_into()?;
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
#[oai(deny_unknown_fields)]
struct ApiKeyIn {
    /// What it is for, 1 to 100 characters.
    #[oai(validator(min_length = 1, max_length = 100))]
    name: String,
    /// Permissions it shall have, 1 to 100 of `GET /permissions`, none that you do not hold yourself.
    #[oai(validator(min_items = 1, max_items = 100))]
    scopes: Vec<String>,
    /// When it stops working; never if absent.
    expires_at: Option<DateTime<Utc>>,
}

const _: () = assert!(
    crate::service::MAX_SCOPES == 100,
    "the validator of ApiKeyIn names the same number"
);

pub(crate) struct IdentityApi {
    pub(crate) service: Arc<Service>,
}

impl IdentityApi {
    fn cookie(&self, token: &SecretString, max_age: i64) -> String {
        let secure = if self.service.options.secure_cookie {
            "; Secure"
        } else {
            ""
        };
        format!(
            "{SESSION_COOKIE}={}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}",
            token.expose_secret()
        )
    }
}

#[OpenApi]
impl IdentityApi {
    /// Sign in
    ///
    /// Checks e-mail address and password and sets the session cookie. The session ends after 12 hours without a request and
    /// after 30 days in any case. At most 5 attempts a minute for one account and 20 for one client address.
    #[oai(
        path = "/session",
        method = "post",
        operation_id = "sign_in",
        tag = "Tag::Session"
    )]
    async fn sign_in(&self, request: &Request, body: Json<SignInIn>) -> Result<SignedIn> {
        not_cross_site(request)?;
        let address = client_address(
            request.remote_addr(),
            request.headers(),
            &self.service.options.trusted_proxies,
        );
        let SignInIn { email, password } = body.0;
        let (session, token) = self
            .service
            .sign_in(&email, password.into(), &address, wanted_tenant(request))
            .await?;
        Ok(SignedIn::Ok(
            Json(session.into()),
            self.cookie(&token, ABSOLUTE.num_seconds()),
        ))
    }

    /// Show the session
    ///
    /// Who is signed in, the tenants to choose from and the rights in the one chosen by `X-Tenant-Id`. Only for the portal's
    /// cookie: an API key has no session.
    #[oai(
        path = "/session",
        method = "get",
        operation_id = "get_session",
        tag = "Tag::Session"
    )]
    async fn get_session(&self, session: SessionCookie) -> Result<Json<SessionOut>> {
        let view = self
            .service
            .session(&session.token, session.wanted_tenant.as_deref())
            .await?;
        Ok(Json(view.into()))
    }

    /// Sign out
    ///
    /// Ends the session on the server and forgets the cookie.
    #[oai(
        path = "/session",
        method = "delete",
        operation_id = "sign_out",
        tag = "Tag::Session"
    )]
    async fn sign_out(&self, session: SessionCookie) -> Result<SignedOut> {
        self.service.sign_out(&session.token).await?;
        Ok(SignedOut::Done(self.cookie(&SecretString::default(), 0)))
    }

    /// List permissions
    ///
    /// Every permission there is: what the scopes of an API key may name.
    #[oai(
        path = "/permissions",
        method = "get",
        operation_id = "list_permissions",
        tag = "Tag::ApiKeys"
    )]
    async fn list_permissions(&self, _can: Can<ReadApiKeys>) -> Result<Json<PermissionList>> {
        let items = self.service.catalogue().permissions.iter();
        let items = items.map(|it| PermissionOut {
            name: it.name.into(),
            description: it.description.into(),
        });
        Ok(Json(PermissionList {
            items: items.collect(),
        }))
    }

    /// List modules
    ///
    /// The features of the platform and which of them this tenant has on. What can never be off is not listed.
    #[oai(
        path = "/modules",
        method = "get",
        operation_id = "list_modules",
        tag = "Tag::Modules"
    )]
    async fn list_modules(&self, can: Can<ReadModules>) -> Result<Json<ModuleList>> {
        let switches = self.service.list_modules(can.db()).await?;
        Ok(Json(ModuleList {
            items: switches.into_iter().map(ModuleOut::from).collect(),
        }))
    }

    /// Switch a module
    ///
    /// On or off, at once and for the whole tenant. Its data stays; its operations answer 403 `module_disabled` while it is off.
    #[oai(
        path = "/modules/:module",
        method = "put",
        operation_id = "switch_module",
        tag = "Tag::Modules"
    )]
    async fn switch_module(
        &self,
        can: Can<ManageModules>,
        /// The module's name, for example `contacts`.
        #[oai(validator(max_length = 32))]
        module: Path<String>,
        body: Json<ModuleIn>,
    ) -> Result<Json<ModuleOut>> {
        let ModuleIn { enabled } = body.0;
        let switch = self.service.switch_module(can.db(), &module, enabled).await?;
        Ok(Json(switch.into()))
    }

    /// List API keys
    ///
    /// The tenant's keys, newest first, without the keys themselves.
    #[oai(
        path = "/api-keys",
        method = "get",
        operation_id = "list_api_keys",
        tag = "Tag::ApiKeys"
    )]
    async fn list_api_keys(
        &self,
        can: Can<ReadApiKeys>,
        /// Keys wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ApiKeyOut>>> {
        let (keys, next) = self
            .service
            .list_api_keys(can.db(), PageQuery::new(limit.0, after.0)?)
            .await?;
        let items = keys.into_iter().map(ApiKeyOut::try_from).collect::<Result<_>>()?;
        Ok(Json(Page { items, next }))
    }

    /// Create an API key
    ///
    /// The answer holds the key, once: only its hash is stored. A key has at most the rights of who makes it, and keeps them
    /// when that person leaves.
    #[oai(
        path = "/api-keys",
        method = "post",
        operation_id = "create_api_key",
        tag = "Tag::ApiKeys"
    )]
    async fn create_api_key(
        &self,
        can: Can<ManageApiKeys>,
        body: Json<ApiKeyIn>,
    ) -> Result<Created<ApiKeyCreated>> {
        let ApiKeyIn {
            name,
            scopes,
            expires_at,
        } = body.0;
        let scopes = BTreeSet::from_iter(scopes);
        let made = self
            .service
            .create_api_key_for(can.caller(), &name, scopes, expires_at)
            .await?;
        Ok(Created::new(made.try_into()?))
    }

    /// Revoke an API key
    ///
    /// Its next request is answered 401 `invalid_api_key`.
    #[oai(
        path = "/api-keys/:api_key_id",
        method = "delete",
        operation_id = "delete_api_key",
        tag = "Tag::ApiKeys"
    )]
    async fn delete_api_key(
        &self,
        can: Can<ManageApiKeys>,
        /// The key's id.
        api_key_id: Path<ApiKeyId>,
    ) -> Result<NoContent> {
        self.service.delete_api_key(can.db(), *api_key_id).await?;
        Ok(NoContent::Done)
    }
}
