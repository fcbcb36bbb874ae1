//! The caller of a request and its permission, as an argument that every handler has.

use std::{collections::BTreeSet, marker::PhantomData, sync::Arc};

use poem::{Request, RequestBody};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};

use crate::{Clock, Error, Result, Role, TenantDb, TenantId, UserId};

/// A right, as the role editor and the API key form show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermissionInfo {
    /// `<resource>:<verb>`, stable.
    pub name: &'static str,
    /// One line for the person who grants it.
    pub description: &'static str,
    /// The module that must be switched on for the tenant.
    pub module: &'static str,
    /// The built-in roles that hold it, besides the owner, who holds every right.
    pub roles: &'static [Role],
}

/// A right as a type, so that it is part of the handler's signature.
pub trait Permission: Send + Sync + 'static {
    /// Its description.
    const INFO: PermissionInfo;
}

/// Declares a module's permissions, each with the built-in roles ([`Role`]) that hold it besides the owner, and collects them in
/// `ALL`: `permissions!("contacts"; ReadContacts = "contacts:read", "See contacts and tags", [Admin, Agent];)`.
#[macro_export]
macro_rules! permissions {
    ($module:literal; $($name:ident = $permission:literal, $description:literal, [$($role:ident),*];)+) => {
        $(
            #[doc = $description]
            #[derive(Debug)]
            pub struct $name;
            impl $crate::Permission for $name {
                const INFO: $crate::PermissionInfo = $crate::PermissionInfo {
                    name: $permission,
                    description: $description,
                    module: $module,
                    roles: &[$($crate::Role::$role),*],
                };
            }
        )+
        /// Every permission of this module.
        pub const ALL: &[$crate::PermissionInfo] = &[$(<$name as $crate::Permission>::INFO),+];
    };
}

/// A person or a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    User {
        /// Who.
        id: UserId,
        /// As shown to colleagues.
        name: String,
    },
    /// A program with an API key.
    ApiKey {
        /// The key's id.
        id: String,
        /// The key's name.
        name: String,
    },
}

impl Actor {
    /// The id as text, for logs and records.
    pub fn id(&self) -> String {
        match self {
            Self::User { id, .. } => id.to_string(),
            Self::ApiKey { id, .. } => id.clone(),
        }
    }
}

/// An authenticated request: who, in which tenant, with which rights.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The tenant's door.
    pub db: TenantDb,
    /// Names of the rights held.
    pub permissions: BTreeSet<String>,
    /// Names of the modules switched on.
    pub modules: BTreeSet<String>,
}

impl Caller {
    /// Checks module and right.
    ///
    /// # Errors
    /// 403 `module_disabled` or `permission_denied`, naming what is missing.
    pub fn may(&self, permission: PermissionInfo) -> Result<()> {
        if !self.permissions.contains(permission.name) {
            let detail = format!(
                "This needs the permission `{}` ({}).",
                permission.name, permission.description
            );
            return Err(Error::forbidden("permission_denied", detail));
        }
        if !self.modules.contains(permission.module) {
            let detail = format!(
                "The module `{}` is switched off for this tenant.",
                permission.module
            );
            return Err(Error::forbidden("module_disabled", detail));
        }
        Ok(())
    }
}

/// Turns a request into a [`Caller`]. Implemented by identity, handed to the host as a value.
#[async_trait::async_trait]
pub trait Authenticator: Send + Sync {
    /// Reads the session cookie or the API key. A request with a [`Recheck`] beside it is looked at as that says.
    ///
    /// # Errors
    /// 401 without valid credentials, 403 for a cross-site request, 404 for a tenant one does not belong to, 429 when the
    /// caller is over its rate.
    async fn authenticate(&self, request: &Request) -> Result<Caller>;
}

/// Beside a request (in its extensions) whose credentials are looked at for a live connection. That a browser holds such a
/// connection open, or opens it again by itself, is no sign that somebody is there: it does not keep a session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recheck {
    /// The connection is being opened: it counts against the caller's rate.
    Opening,
    /// The connection is open and its credentials are looked at once more: it counts against nothing.
    Open,
}

/// Name of the session cookie where the portal is reached by plain http.
pub const SESSION_COOKIE: &str = "wapro_session";
/// Name of the session cookie where the portal is reached by https. Browsers take a cookie of such a name only from the very
/// host that it is for: no other host of the same domain can plant one.
pub const HOST_SESSION_COOKIE: &str = "__Host-wapro_session";
/// Header by which a signed-in person chooses the tenant.
pub const TENANT_HEADER: &str = "x-tenant-id";

/// The first argument of every handler: authentication, tenant, module switch and right in one. Without it there is no
/// database to query.
pub struct Can<P> {
    caller: Caller,
    permission: PhantomData<P>,
}

impl<P> std::fmt::Debug for Can<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Can({:?})", self.caller.actor)
    }
}

impl<P> Can<P> {
    /// The tenant's door.
    pub fn db(&self) -> &TenantDb {
        &self.caller.db
    }

    /// The tenant.
    pub fn tenant(&self) -> TenantId {
        self.caller.db.tenant()
    }

    /// Who is asking.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Who is asking.
    pub fn actor(&self) -> &Actor {
        &self.caller.actor
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.caller.db.clock()
    }
}

/// Authenticates a request with the authenticator that the host put beside it.
///
/// # Errors
/// As [`Authenticator::authenticate`].
pub async fn authenticate(request: &Request) -> Result<Caller> {
    let authenticator = request
        .data::<Arc<dyn Authenticator>>()
        .ok_or_else(|| Error::internal("no authenticator was installed in the application"))?;
    authenticator.authenticate(request).await
}

impl<'a, P: Permission> ApiExtractor<'a> for Can<P> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = |ty, description, name, key_in, scheme| MetaSecurityScheme {
            ty,
            description: Some(description),
            name,
            key_in,
            scheme,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme(
            "api_key",
            scheme(
                "http",
                "An API key of the tenant: `Authorization: Bearer wapro_…`. Its scopes are permissions.",
                None,
                None,
                Some("bearer"),
            ),
        );
        registry.create_security_scheme(
            "session",
            scheme(
                "apiKey",
                "The portal's session cookie; over https its name is `__Host-wapro_session`. The header `X-Tenant-Id` chooses \
                 among the person's tenants.",
                Some(SESSION_COOKIE),
                Some("cookie"),
                None,
            ),
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        // The third is no scheme but the right itself: the host turns it into the scope of the other two.
        vec!["api_key", "session", P::INFO.name]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        let caller = authenticate(request).await?;
        tracing::Span::current().record("tenant", tracing::field::display(caller.db.tenant()));
        caller.may(P::INFO)?;
        Ok(Self {
            caller,
            permission: PhantomData,
        })
    }
}
