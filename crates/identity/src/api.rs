//! Identity over HTTP. Here: sessions, permissions, modules and API keys.

mod dto;
mod hours;
mod me;
mod preferences;
mod settings;

use std::{collections::BTreeSet, sync::Arc};

use kernel::{Can, Created, NoContent, Page, PageQuery, Result};
use poem::{Request, http::header::SET_COOKIE};
use poem_openapi::{
    OpenApi, Tags,
    param::{Path, Query},
    payload::{Json, Response},
    types::MaybeUndefined,
};

use crate::{
    ApiKeyId,
    client_address::client_address,
    credentials::{SessionCookie, not_cross_site, session_cookies, wanted_tenant},
    permission::{ManageApiKeys, ManageModules, ReadApiKeys, ReadMembers, ReadModules},
    service::{ABSOLUTE, Change, Service},
};

pub(crate) use me::MeApi;
pub(crate) use preferences::PreferencesApi;
pub(crate) use settings::{SettingsApi, serve_logo};

use dto::{
    ApiKeyCreated, ApiKeyIn, ApiKeyOut, MemberOut, ModuleIn, ModuleList, ModuleOut, PermissionList,
    PermissionOut, SessionOut, SignInIn, SignedIn, SignedOut,
};

#[derive(Tags)]
enum Tag {
    /// Signing in and out, and what a session may do.
    Session,
    /// Which features a tenant has on.
    Modules,
    /// The people of a business.
    Members,
    /// Credentials of programs.
    ApiKeys,
    /// A person's own account: name, language, password, sessions.
    Account,
    /// What a business has chosen for itself: name, logo, time zone, opening hours.
    Settings,
    /// Saved views and other preferences that features keep.
    Preferences,
}

/// The three states of a field of a change.
fn change<T>(field: MaybeUndefined<T>) -> Change<T> {
    match field {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(value) => Change::Set(value),
    }
}

/// The characters of `User-Agent` that are kept of a session.
const USER_AGENT: usize = 200;

/// The browser, as it names itself.
fn user_agent(request: &Request) -> Option<String> {
    let name = request.header("user-agent")?;
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(USER_AGENT)
        .collect();
    (!name.is_empty()).then_some(name)
}

pub(crate) struct IdentityApi {
    pub(crate) service: Arc<Service>,
}

#[OpenApi]
impl IdentityApi {
    /// Sign in
    ///
    /// Checks e-mail address and password and sets the session cookie. The session ends after 12 hours without a request and
    /// after 30 days in any case. Attempts are limited to 5 a minute for one account from one client address, 20 a minute for one
    /// client address, and 20 an hour for one account from addresses from which it has not signed in before.
    #[oai(
        path = "/session",
        method = "post",
        operation_id = "sign_in",
        tag = "Tag::Session"
    )]
    async fn sign_in(&self, request: &Request, body: Json<SignInIn>) -> Result<Response<SignedIn>> {
        not_cross_site(request)?;
        let address = client_address(
            request.remote_addr(),
            request.headers(),
            &self.service.options.trusted_proxies,
        );
        let SignInIn { email, password } = body.0;
        let (session, token) = self
            .service
            .sign_in(
                &email,
                password.into(),
                &address,
                user_agent(request),
                wanted_tenant(request),
            )
            .await?;
        let signed_in = Response::new(SignedIn::Ok(Json(session.into())))
            .header(SET_COOKIE, token.cookie(ABSOLUTE.num_seconds()));
        // One of the other name, from before the server had https, would only wait to be taken for this one.
        let others = session_cookies(request.headers());
        let other = others.iter().find(|other| !other.is_like(&token));
        Ok(match other {
            Some(other) => signed_in.header(SET_COOKIE, other.forgotten()),
            None => signed_in,
        })
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
        let view = self.service.session(&session).await?;
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
    async fn sign_out(&self, session: SessionCookie) -> Result<Response<SignedOut>> {
        self.service.sign_out(&session).await?;
        let first = session.tokens.first();
        let other = first.and_then(|first| session.tokens.iter().find(|other| !other.is_like(first)));
        let cookies = first.into_iter().chain(other);
        Ok(cookies.fold(Response::new(SignedOut::Done), |answer, cookie| {
            answer.header(SET_COOKIE, cookie.forgotten())
        }))
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

    /// List members
    ///
    /// Everybody who belongs to the business, the last added user first: who may be chosen as the assignee of a conversation.
    #[oai(
        path = "/members",
        method = "get",
        operation_id = "list_members",
        tag = "Tag::Members"
    )]
    async fn list_members(
        &self,
        can: Can<ReadMembers>,
        /// Members wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<MemberOut>>> {
        let (members, next) = self
            .service
            .list_members(can.db(), PageQuery::new("members", limit.0, after.0)?)
            .await?;
        let items = members.into_iter().map(MemberOut::from).collect();
        Ok(Json(Page { items, next }))
    }

    /// List API keys
    ///
    /// The tenant's keys, newest first, without the keys themselves, and with who made each.
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
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ApiKeyOut>>> {
        let (keys, next) = self
            .service
            .list_api_keys(can.db(), PageQuery::new("api_keys", limit.0, after.0)?)
            .await?;
        let items = keys.into_iter().map(ApiKeyOut::try_from).collect::<Result<_>>()?;
        Ok(Json(Page { items, next }))
    }

    /// Create an API key
    ///
    /// The answer holds the key, once: only its hash is stored. A key has at most the rights of who makes it. One that a person
    /// makes keeps them when that person loses theirs or leaves; one that is made with another key expires no later than that
    /// key and is revoked with it. A tenant may have 1,000 keys.
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
    /// Its next request is answered 401 `invalid_api_key`, and so is that of every key that was made with it, with one of those,
    /// and so on: `made_keys` in the list says how many.
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
