//! Tenants, users, roles, sessions, API keys, module switches, sealed secrets and "which tenant owns this?".
//!
//! Built like a module and always on. Architecture invariant: identity knows no module by name; it learns the modules and
//! permissions from [`Identity::learn_modules`].
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "identity finds the tenant, so it must look before there is one; each such look names its reason"
)]

mod api;
mod authenticator;
mod catalogue;
mod client_address;
mod credentials;
pub mod entity;
mod error;
mod language;
mod members;
mod password;
mod permission;
mod random;
mod reseal;
mod routes;
mod service;
mod vault;

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use chrono::{DateTime, Utc};
use contracts::settings::TenantSettings;
use ipnet::IpNet;
use kernel::{
    Api, Authenticator, Limiter, Members, Module, PermissionInfo, PublicRoute, Quota, Result, Sealed,
    SystemDb, TenantDb, TenantId, TenantRoutes, UserId, Vault, id,
};
use poem::{EndpointExt, get};
use secrecy::SecretString;

use catalogue::Catalogue;
use service::Service;

pub use catalogue::ModuleInfo;
pub use error::IdentityError;
pub use kernel::Role;
pub use language::Language;
pub use password::{MAX_PASSWORD, MIN_PASSWORD, PasswordCost};
pub use random::Random;
pub use reseal::{Resealed, SealedUnder};
pub use routes::WEBHOOK;
pub use service::{LISTED, ListedReseller, ListedTenant, ListedUser, Needs, NewApiKey, UserCard};
pub use vault::{VaultKey, VaultKeys};

/// The module's name. Its switch is always on.
const NAME: &str = "identity";

id!(
    /// A reseller, who sells the platform to tenants.
    ResellerId,
    "rsl"
);
id!(
    /// A program's credential in one tenant.
    ApiKeyId,
    "key"
);
id!(
    /// A saved view or another preference.
    PreferenceId,
    "prf"
);
id!(
    /// A signed-in browser, to the person who signed in.
    SessionId,
    "ses"
);

/// Settings of the operator.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether the session cookie is for HTTPS only, and for this very host (`__Host-`). Switch it on wherever the portal is
    /// not on localhost.
    pub secure_cookie: bool,
    /// Rate limit of one user or program in one tenant.
    pub api_quota: Quota,
    /// Rate limit of all users and programs of one tenant together.
    pub tenant_quota: Quota,
    /// Cost of a password hash.
    pub password_cost: PasswordCost,
    /// Networks of the proxies whose `X-Forwarded-For` (or `Forwarded`) is trusted. Empty: the peer is the client. List every
    /// proxy in front of the server here, or all clients behind it share one limit of sign-in attempts.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            secure_cookie: true,
            api_quota: Quota {
                per_second: 50.0,
                burst: 200,
            },
            tenant_quota: Quota {
                per_second: 200.0,
                burst: 800,
            },
            password_cost: PasswordCost::STANDARD,
            trusted_proxies: Vec::new(),
        }
    }
}

/// Identity: a module, and the ports that everything else uses. Cloning shares it.
#[derive(Clone)]
pub struct Identity {
    service: Arc<Service>,
    routes: routes::Routes,
    vault: Arc<vault::AesVault>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity")
    }
}

impl Identity {
    /// Identity over a database. Takes as long as one password hash: it makes the one that unknown accounts are checked against.
    pub fn new(
        system: SystemDb,
        vault_keys: &VaultKeys,
        limiter: Arc<dyn Limiter>,
        random: Random,
        options: Options,
    ) -> Self {
        let vault = Arc::new(vault::AesVault::new(vault_keys, random.clone()));
        let passwords = password::Passwords::new(options.password_cost, random.clone());
        Self {
            routes: routes::Routes::new(system.clone(), random.clone()),
            vault: vault.clone(),
            service: Arc::new(Service {
                system,
                limiter,
                passwords,
                random,
                options,
                learned: OnceLock::new(),
                needs: OnceLock::new(),
                vault,
            }),
        }
    }

    /// Learns the modules and permissions. Call it once, before the first request; a second call changes nothing.
    pub fn learn_modules(&self, modules: &[Box<dyn Module>]) {
        if self.service.learned.set(Catalogue::of(modules)).is_err() {
            tracing::warn!("the modules were learned already; the second list is not looked at");
        }
        let sealed = modules.iter().flat_map(|module| module.sealed()).copied();
        self.vault.learn(sealed.collect());
    }

    /// Takes the ports that the settings use. Call it once, before the first request; a second call changes nothing.
    pub fn connect(&self, needs: Needs) {
        let _known_before = self.service.needs.set(needs);
    }

    /// What a tenant has chosen for itself, for the modules.
    pub fn settings(&self) -> Arc<dyn TenantSettings> {
        self.service.clone()
    }

    /// Turns requests into callers.
    pub fn authenticator(&self) -> Arc<dyn Authenticator> {
        self.service.clone()
    }

    /// Finds the tenant of a request without a caller.
    pub fn routes(&self) -> Arc<dyn TenantRoutes> {
        self.routes.port()
    }

    /// Who belongs to a tenant.
    pub fn members(&self) -> Arc<dyn Members> {
        Arc::new(members::Memberships)
    }

    /// Seals and opens secrets.
    pub fn vault(&self) -> Arc<dyn Vault> {
        self.vault.clone()
    }

    /// Learns the columns with sealed secrets, for commands that start no modules. A second call changes nothing.
    pub fn learn_sealed(&self, sealed: Vec<Sealed>) {
        self.vault.learn(sealed);
    }

    /// Every column with sealed secrets, as the modules list them.
    pub fn sealed(&self) -> &[Sealed] {
        self.vault.sealed()
    }

    /// A new reseller, with a name of 1 to 200 characters.
    ///
    /// # Errors
    /// 422 on the name.
    pub async fn create_reseller(&self, name: &str) -> Result<ResellerId> {
        Ok(self.service.create_reseller(name).await?)
    }

    /// A new tenant, with a name of 1 to 200 characters.
    ///
    /// # Errors
    /// 422 on the name.
    pub async fn create_tenant(&self, reseller: ResellerId, name: &str) -> Result<TenantId> {
        Ok(self.service.create_tenant(reseller, name).await?)
    }

    /// A new user, who belongs to no tenant yet.
    ///
    /// # Errors
    /// 409 `user_exists`; 422 on the e-mail address, the name, or a password outside [`MIN_PASSWORD`] characters to
    /// [`MAX_PASSWORD`] bytes.
    pub async fn create_user(&self, email: &str, name: &str, password: SecretString) -> Result<UserId> {
        Ok(self.service.create_user(email, name, password).await?)
    }

    /// A new user who is a member of a tenant; both rows are stored atomically.
    ///
    /// # Errors
    /// As [`Identity::create_user`].
    pub async fn create_member(
        &self,
        email: &str,
        name: &str,
        password: SecretString,
        tenant: TenantId,
        role: Role,
    ) -> Result<UserId> {
        Ok(self
            .service
            .create_member(email, name, password, tenant, role)
            .await?)
    }

    /// The role of a user in a tenant; none if they are not a member.
    ///
    /// # Errors
    /// The database's.
    pub async fn role_in(&self, tenant: TenantId, user: UserId) -> Result<Option<Role>> {
        Ok(self.service.role_in(tenant, user).await?)
    }

    /// Whether this person exists and has this password. For the operator; a sign-in counts attempts.
    ///
    /// # Errors
    /// The database's.
    pub async fn has_password(&self, email: &str, password: SecretString) -> Result<bool> {
        Ok(self.service.has_password(email, password).await?)
    }

    /// Resellers in order of creation, [`LISTED`] at most, after `after`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_resellers(&self, after: Option<ResellerId>) -> Result<Vec<ListedReseller>> {
        Ok(self.service.list_resellers(after).await?)
    }

    /// Resellers with this id or exactly this name, ten at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_resellers(&self, id_or_name: &str) -> Result<Vec<ListedReseller>> {
        Ok(self.service.find_resellers(id_or_name).await?)
    }

    /// Tenants in order of creation, [`LISTED`] at most, after `after`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_tenants(&self, after: Option<TenantId>) -> Result<Vec<ListedTenant>> {
        Ok(self.service.list_tenants(after).await?)
    }

    /// Tenants with this id or exactly this name, ten at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_tenants(&self, id_or_name: &str) -> Result<Vec<ListedTenant>> {
        Ok(self.service.find_tenants(id_or_name).await?)
    }

    /// Users in order of creation, [`LISTED`] at most, after `after`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_users(&self, after: Option<UserId>) -> Result<Vec<ListedUser>> {
        Ok(self.service.list_users(after).await?)
    }

    /// Sets a new password and ends every session of the person.
    ///
    /// # Errors
    /// 422 on the password.
    pub async fn set_password(&self, user: UserId, password: SecretString) -> Result<()> {
        Ok(self.service.set_password(user, password).await?)
    }

    /// Makes a person a member of a tenant.
    ///
    /// # Errors
    /// 409 `already_exists` when they are one.
    pub async fn add_member(&self, tenant: TenantId, user: UserId, role: Role) -> Result<()> {
        Ok(self.service.add_member(tenant, user, role).await?)
    }

    /// A new API key created by the platform. [`Identity::learn_modules`] must have been called, so that its scopes are known.
    ///
    /// # Errors
    /// 422 on the name, an unknown scope, or an expiry in the past.
    pub async fn create_api_key(
        &self,
        db: &TenantDb,
        name: &str,
        scopes: &[&str],
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<NewApiKey> {
        let scopes: BTreeSet<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        Ok(self
            .service
            .create_api_key(db, name, scopes, expires_at, service::Maker::System)
            .await?)
    }

    /// The person with this e-mail address.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_user_by_email(&self, email: &str) -> Result<Option<UserCard>> {
        Ok(self.service.find_user_by_email(email).await?)
    }

    /// Whether there are no users: a new installation.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.service.is_empty().await?)
    }

    /// Every permission, in the order of the modules.
    pub fn permissions(&self) -> &[PermissionInfo] {
        &self.service.catalogue().permissions
    }
}

impl Module for Identity {
    fn name(&self) -> &'static str {
        NAME
    }

    fn title(&self) -> &'static str {
        "Identity"
    }

    fn description(&self) -> &'static str {
        "People, roles, sessions and API keys."
    }

    fn api(&self) -> Api {
        let service = &self.service;
        Api::new((
            api::IdentityApi {
                service: service.clone(),
            },
            api::MeApi {
                service: service.clone(),
            },
            api::SettingsApi {
                service: service.clone(),
            },
            api::PreferencesApi {
                service: service.clone(),
            },
        ))
    }

    fn permissions(&self) -> &'static [PermissionInfo] {
        permission::ALL
    }

    fn public_routes(&self) -> Vec<PublicRoute> {
        vec![PublicRoute {
            path: "/logos/:token",
            allow: "GET, HEAD",
            endpoint: get(api::serve_logo).data(self.service.clone()).boxed(),
        }]
    }
}
