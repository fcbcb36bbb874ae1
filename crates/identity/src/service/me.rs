//! What a person may do about their own account: name, language, password, sessions.

use kernel::{Bucket, Quota, UserId, Wait, id::Id};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{
    Service,
    admin::{named, strong_enough},
    settings::Change,
};
use crate::{
    Language, SessionId,
    credentials::{SessionCookie, SessionToken},
    entity::{session, user, usual_address},
    error::IdentityError,
    password::MAX_PASSWORD,
};

/// Sessions listed, the last used first.
pub(crate) const MAX_SESSIONS: u64 = 100;
/// Attempts to change a password a minute, and an hour.
const PER_MINUTE: u32 = 5;
const PER_HOUR: u32 = 20;

/// Changes to a person's own profile.
pub(crate) struct ProfileChanges {
    pub(crate) name: Change<String>,
    pub(crate) language: Change<Language>,
}

/// A session of the person who is asking.
pub(crate) struct OwnSession {
    pub(crate) id: SessionId,
    pub(crate) current: bool,
    pub(crate) row: session::Model,
}

/// The session's public id: the first half of its stored hash, which is no secret to the person whose session it is.
fn public_id(row: &session::Model) -> Option<SessionId> {
    let half = row.token_hash.get(..32)?;
    Some(SessionId::from_uuid(Uuid::try_parse(half).ok()?))
}

impl Service {
    /// The person of a session. Counts as a request of theirs in the chosen tenant.
    pub(crate) async fn person(&self, cookie: &SessionCookie) -> Result<user::Model, IdentityError> {
        let user = self.find_first_session(&cookie.tokens, true).await?;
        let chosen = self.membership(user.id, cookie.wanted_tenant.as_deref()).await?;
        self.take_quota(chosen.tenant_id, &user.id.to_string(), cookie.note.as_ref())
            .await?;
        Ok(user)
    }

    /// Changes name and language.
    pub(crate) async fn update_profile(
        &self,
        cookie: &SessionCookie,
        changes: ProfileChanges,
    ) -> Result<user::Model, IdentityError> {
        let mut user = self.person(cookie).await?;
        match changes.name {
            Change::Keep => {}
            Change::Set(name) => user.name = named("name", &name, 200)?,
            Change::Clear => {
                return Err(IdentityError::Invalid {
                    field: "name",
                    message: "cannot be emptied".to_owned(),
                });
            }
        }
        user.language = changes.language.of(user.language);
        let tx = self
            .system
            .begin_across_tenants("users belong to no tenant")
            .await?;
        user::Entity::update_many()
            .col_expr(user::Column::Name, Expr::value(user.name.clone()))
            .col_expr(user::Column::Language, Expr::value(user.language))
            .filter(user::Column::Id.eq(user.id))
            .exec(tx.connection())
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Sets a new password if the old one is right, ends all other sessions and forgets the addresses of earlier sign-ins
    /// except this one: somebody who knew the old password may have signed in from some of them.
    pub(crate) async fn change_password(
        &self,
        cookie: &SessionCookie,
        old: SecretString,
        new: SecretString,
        address: &str,
    ) -> Result<(), IdentityError> {
        let user = self.person(cookie).await?;
        strong_enough("new_password", &new)?;
        self.may_try_password(user.id).await?;
        let is_right = old.expose_secret().len() <= MAX_PASSWORD
            && self
                .passwords
                .verify(old.clone(), Some(user.password_hash.clone()))
                .await?;
        if !is_right {
            return Err(IdentityError::WrongPassword);
        }
        if old.expose_secret() == new.expose_secret() {
            return Err(IdentityError::Invalid {
                field: "new_password",
                message: "must differ from the old one".to_owned(),
            });
        }
        let hash = self.passwords.hash(new).await?;
        let tx = self
            .system
            .begin_across_tenants("users belong to no tenant")
            .await?;
        let on = tx.connection();
        let changed = user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::value(hash))
            .filter(user::Column::Id.eq(user.id))
            .filter(user::Column::PasswordHash.eq(&user.password_hash))
            .exec(on)
            .await?;
        if changed.rows_affected == 0 {
            // Changed by somebody else since it was checked.
            return Err(IdentityError::WrongPassword);
        }
        others(user.id, cookie).exec(on).await?;
        usual_address::Entity::delete_many()
            .filter(usual_address::Column::UserId.eq(user.id))
            .exec(on)
            .await?;
        Self::remember_address(on, user.id, address, self.system.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    async fn may_try_password(&self, user: UserId) -> Result<(), IdentityError> {
        let (minute, hour) = (format!("password:minute:{user}"), format!("password:hour:{user}"));
        let buckets = [
            (&minute, Quota::per_minute(PER_MINUTE)),
            (&hour, Quota::per_hour(PER_HOUR)),
        ];
        let buckets = buckets.map(|(key, quota)| Bucket { key, quota });
        let taken = self.limiter.take_each(&buckets, 1).await;
        let too_many = |wait: Wait| IdentityError::TooMany {
            sentence: "Too many attempts to change the password. Wait a little and try again.",
            retry_after: wait.seconds(),
        };
        taken.refused.map_or(Ok(()), |wait| Err(too_many(wait)))
    }

    /// The person's sessions, the last used first, [`MAX_SESSIONS`] at most.
    pub(crate) async fn own_sessions(
        &self,
        cookie: &SessionCookie,
    ) -> Result<Vec<OwnSession>, IdentityError> {
        let user = self.person(cookie).await?;
        let rows = session::Entity::find()
            .filter(session::Column::UserId.eq(user.id))
            .filter(session::Column::ExpiresAt.gt(self.system.clock().now()))
            .order_by_desc(session::Column::LastSeenAt)
            .order_by_asc(session::Column::TokenHash)
            .limit(MAX_SESSIONS)
            .all(
                self.system
                    .across_tenants("sessions belong to people, not tenants"),
            )
            .await?;
        let current = fingerprints(cookie);
        let own = |row: session::Model| {
            Some(OwnSession {
                id: public_id(&row)?,
                current: current.contains(&row.token_hash),
                row,
            })
        };
        Ok(rows.into_iter().filter_map(own).collect())
    }

    /// Ends one session of the person. Somebody else's is 404.
    pub(crate) async fn end_own_session(
        &self,
        cookie: &SessionCookie,
        id: SessionId,
    ) -> Result<(), IdentityError> {
        let user = self.person(cookie).await?;
        let tx = self
            .system
            .begin_across_tenants("sessions belong to people, not tenants")
            .await?;
        let half = id.uuid().simple().to_string();
        let gone = session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user.id))
            .filter(session::Column::TokenHash.starts_with(half))
            .exec(tx.connection())
            .await?;
        if gone.rows_affected == 0 {
            return Err(IdentityError::NoSuchSession);
        }
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of the person but this one.
    pub(crate) async fn end_other_sessions(&self, cookie: &SessionCookie) -> Result<(), IdentityError> {
        let user = self.person(cookie).await?;
        let tx = self
            .system
            .begin_across_tenants("sessions belong to people, not tenants")
            .await?;
        others(user.id, cookie).exec(tx.connection()).await?;
        Ok(tx.commit().await?)
    }
}

/// The deletion of a person's sessions but the one of the cookie.
fn others(user: UserId, cookie: &SessionCookie) -> sea_orm::DeleteMany<session::Entity> {
    session::Entity::delete_many()
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::TokenHash.is_not_in(fingerprints(cookie)))
}

/// Stored hashes of the sessions that came with the request: one, but for cookies that another host has planted.
fn fingerprints(cookie: &SessionCookie) -> Vec<String> {
    cookie.tokens.iter().map(SessionToken::fingerprint).collect()
}
