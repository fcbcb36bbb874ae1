//! A person's own account over HTTP. Only for the portal's cookie: an API key has no account.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::{NoContent, Result, UserId};
use poem::Request;
use poem_openapi::{
    Object, OpenApi,
    param::Path,
    payload::Json,
    types::{Example, MaybeUndefined},
};

use super::{Tag, change};
use crate::{
    Language, SessionId,
    client_address::client_address,
    credentials::SessionCookie,
    entity::user,
    service::{OwnSession, ProfileChanges, Service},
};

/// The account of the person who is asking.
#[derive(Object)]
#[oai(rename = "Profile", skip_serializing_if_is_none)]
struct ProfileOut {
    /// Which person.
    id: UserId,
    /// As shown to colleagues.
    name: String,
    /// E-mail address, lower-cased.
    email: String,
    /// The language of the portal. Absent while the person has chosen none: then it is the browser's.
    language: Option<Language>,
}

impl From<user::Model> for ProfileOut {
    fn from(user: user::Model) -> Self {
        Self {
            id: user.id,
            name: user.name,
            email: user.email,
            language: user.language,
        }
    }
}

/// Changes to one's own account: what is absent stays, `null` empties a field.
#[derive(Object)]
#[oai(deny_unknown_fields, example)]
struct ProfilePatch {
    /// As shown to colleagues, on one line, 1 to 200 characters.
    #[oai(validator(max_length = 200))]
    name: MaybeUndefined<String>,
    /// The language of the portal; `null`: the browser's.
    language: MaybeUndefined<Language>,
}

impl Example for ProfilePatch {
    fn example() -> Self {
        Self {
            name: MaybeUndefined::Value("Maya Chen".to_owned()),
            language: MaybeUndefined::Value(Language::En),
        }
    }
}

/// A new password, and the old one as a proof.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct PasswordChange {
    /// The password so far.
    #[oai(write_only)]
    old_password: String,
    /// The new one: at least 8 characters, at most 1024 bytes.
    #[oai(write_only)]
    new_password: String,
}

/// A browser in which the person is signed in.
#[derive(Object)]
#[oai(rename = "OwnSession", skip_serializing_if_is_none)]
struct OwnSessionOut {
    /// Which; signing out of it takes this id.
    id: SessionId,
    /// Whether this request came from it.
    current: bool,
    /// The browser, as it named itself in the header `User-Agent` at sign-in. Absent for sessions of earlier versions.
    user_agent: Option<String>,
    /// When the person signed in.
    created_at: DateTime<Utc>,
    /// The last request, to the minute.
    last_seen_at: DateTime<Utc>,
    /// When it ends if no request comes.
    expires_at: DateTime<Utc>,
}

impl From<OwnSession> for OwnSessionOut {
    fn from(OwnSession { id, current, row }: OwnSession) -> Self {
        Self {
            id,
            current,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        }
    }
}

/// A person's sessions.
#[derive(Object)]
struct OwnSessionList {
    /// The last used first, at most 100.
    items: Vec<OwnSessionOut>,
}

pub(crate) struct MeApi {
    pub(crate) service: Arc<Service>,
}

#[OpenApi(tag = "Tag::Account")]
impl MeApi {
    /// Show one's own account
    #[oai(path = "/me", method = "get", operation_id = "get_profile")]
    async fn get_profile(&self, session: SessionCookie) -> Result<Json<ProfileOut>> {
        Ok(Json(self.service.person(&session).await?.into()))
    }

    /// Change one's own account
    #[oai(path = "/me", method = "patch", operation_id = "update_profile")]
    async fn update_profile(
        &self,
        session: SessionCookie,
        body: Json<ProfilePatch>,
    ) -> Result<Json<ProfileOut>> {
        let ProfilePatch { name, language } = body.0;
        let changes = ProfileChanges {
            name: change(name),
            language: change(language),
        };
        Ok(Json(self.service.update_profile(&session, changes).await?.into()))
    }

    /// Change one's own password
    ///
    /// All other sessions of the person end, with their live connections. A wrong old password is 422 `wrong_password`; 5 attempts a
    /// minute and 20 an hour are possible.
    #[oai(path = "/me/password", method = "put", operation_id = "change_password")]
    async fn change_password(
        &self,
        request: &Request,
        session: SessionCookie,
        body: Json<PasswordChange>,
    ) -> Result<NoContent> {
        let PasswordChange {
            old_password,
            new_password,
        } = body.0;
        let proxies = &self.service.options.trusted_proxies;
        let address = client_address(request.remote_addr(), request.headers(), proxies);
        self.service
            .change_password(&session, old_password.into(), new_password.into(), &address)
            .await?;
        Ok(NoContent::Done)
    }

    /// List one's own sessions
    ///
    /// Where the person is signed in.
    #[oai(path = "/me/sessions", method = "get", operation_id = "list_sessions")]
    async fn list_sessions(&self, session: SessionCookie) -> Result<Json<OwnSessionList>> {
        let sessions = self.service.own_sessions(&session).await?;
        Ok(Json(OwnSessionList {
            items: sessions.into_iter().map(OwnSessionOut::from).collect(),
        }))
    }

    /// Sign out everywhere else
    ///
    /// Ends all sessions of the person but the one that asks. Their live connections end within half a minute.
    #[oai(path = "/me/sessions", method = "delete", operation_id = "end_sessions")]
    async fn end_sessions(&self, session: SessionCookie) -> Result<NoContent> {
        self.service.end_other_sessions(&session).await?;
        Ok(NoContent::Done)
    }

    /// Sign out of one session
    ///
    /// Its next request is answered 401, and its live connections end within half a minute.
    #[oai(
        path = "/me/sessions/:session_id",
        method = "delete",
        operation_id = "end_session"
    )]
    async fn end_session(
        &self,
        session: SessionCookie,
        /// The session's id.
        session_id: Path<SessionId>,
    ) -> Result<NoContent> {
        self.service.end_own_session(&session, *session_id).await?;
        Ok(NoContent::Done)
    }
}
