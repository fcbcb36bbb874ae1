//! Signing in and out, and the session's data.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Bucket, Quota, TenantId, UserId, Wait, id::Id};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{Service, admin::normal_email};
use crate::{
    Role,
    credentials::{SessionCookie, SessionToken},
    entity::{membership, reseller, session, tenant, user, usual_address},
    error::IdentityError,
    password::MAX_PASSWORD,
};

/// A session ends after this long without a request.
const IDLE: TimeDelta = TimeDelta::hours(12);
/// A session ends after this long in any case.
pub(crate) const ABSOLUTE: TimeDelta = TimeDelta::days(30);
/// Resolution of "last seen": not every request may cost a write.
const SEEN_STEP: TimeDelta = TimeDelta::minutes(1);
/// Tenants listed to one user at most.
const MAX_TENANTS: u64 = 1_000;

/// Attempts a minute for one account from one address.
const PER_ACCOUNT: u32 = 5;
/// Attempts a minute from one address.
const PER_ADDRESS: u32 = 20;
/// Attempts an hour for one account from all addresses from which its user has not signed in before.
const PER_ACCOUNT_ELSEWHERE: u32 = 20;
/// Addresses remembered per user.
const USUAL_ADDRESSES: u64 = 20;

/// A tenant as its members see it.
#[derive(Clone, Debug)]
pub(crate) struct TenantCard {
    pub(crate) id: TenantId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) reseller: Option<String>,
}

/// A user, their tenants, and their permissions in the selected one.
pub(crate) struct SessionView {
    pub(crate) user: user::Model,
    pub(crate) tenants: Vec<TenantCard>,
    pub(crate) tenant: TenantCard,
    pub(crate) permissions: Vec<String>,
    pub(crate) modules: Vec<String>,
}

impl Service {
    /// Checks the password and opens a session. The token is for the cookie and stored nowhere.
    pub(crate) async fn sign_in(
        &self,
        email: &str,
        password: SecretString,
        address: &str,
        user_agent: Option<String>,
        wanted_tenant: Option<&str>,
    ) -> Result<(SessionView, SessionToken), IdentityError> {
        let email = normal_email(email);
        // Hashed: personal addresses do not belong in the limiter's store.
        let account = hex::encode(&Sha256::digest(&email)[..16]);
        self.may_try(&account, address).await?;
        if password.expose_secret().len() > MAX_PASSWORD {
            return Err(IdentityError::InvalidCredentials);
        }
        let db = self
            .system
            .across_tenants("a person signs in before a tenant is known");
        let user = user::Entity::find()
            .filter(user::Column::Email.eq(email))
            .one(db)
            .await?;
        self.may_try_elsewhere(&account, user.as_ref(), address).await?;
        let stored = user.as_ref().map(|user| user.password_hash.clone());
        let right = self.passwords.verify(password, stored).await?;
        let user = user.filter(|_| right).ok_or(IdentityError::InvalidCredentials)?;
        let chosen = self.membership(user.id, wanted_tenant).await?;
        let view = self.view(user, chosen).await?;
        let token = self.open_session(&view.user, address, user_agent).await?;
        Ok((view, token))
    }

    /// The address first: its bucket limits how many accounts' buckets one client can create.
    async fn may_try(&self, account: &str, address: &str) -> Result<(), IdentityError> {
        let (by_address, by_both) = (
            format!("sign_in:address:{address}"),
            format!("sign_in:account:{account}:{address}"),
        );
        let buckets = [(&by_address, PER_ADDRESS), (&by_both, PER_ACCOUNT)];
        let buckets = buckets.map(|(key, per_minute)| Bucket {
            key,
            quota: Quota::per_minute(per_minute),
        });
        let taken = self.limiter.take_each(&buckets, 1).await;
        taken.refused.map_or(Ok(()), |wait| Err(too_many_attempts(wait)))
    }

    /// Slows down guessing at one account from many addresses. The account's bucket is not used for an address from which the
    /// user has signed in before: otherwise an attacker could keep it empty and lock the user out.
    async fn may_try_elsewhere(
        &self,
        account: &str,
        user: Option<&user::Model>,
        address: &str,
    ) -> Result<(), IdentityError> {
        // The nil id is looked up for an account that does not exist, so that the response takes as long.
        let user = user.map_or_else(|| UserId::from_uuid(uuid::Uuid::nil()), |user| user.id);
        let db = self
            .system
            .across_tenants("a person signs in before a tenant is known");
        let usual = usual_address::Entity::find_by_id((user, hashed(address)))
            .one(db)
            .await?;
        if usual.is_some() {
            return Ok(());
        }
        self.limiter
            .take(
                &format!("sign_in:account:{account}"),
                Quota::per_hour(PER_ACCOUNT_ELSEWHERE),
                1,
            )
            .await
            .map_err(too_many_attempts)
    }

    /// Remembers the address of a sign-in, the last [`USUAL_ADDRESSES`] of each user.
    pub(super) async fn remember_address(
        on: &DatabaseTransaction,
        user: UserId,
        address: &str,
        now: DateTime<Utc>,
    ) -> Result<(), IdentityError> {
        use usual_address::{ActiveModel, Column, Entity};
        let row = ActiveModel {
            user_id: Set(user),
            address_hash: Set(hashed(address)),
            seen_at: Set(now),
        };
        let seen = OnConflict::columns([Column::UserId, Column::AddressHash])
            .update_column(Column::SeenAt)
            .to_owned();
        Entity::insert(row)
            .on_conflict(seen)
            .exec_without_returning(on)
            .await?;
        let mine = || Column::UserId.eq(user);
        let oldest_kept = Entity::find()
            .filter(mine())
            .order_by_desc(Column::SeenAt)
            .offset(USUAL_ADDRESSES)
            .limit(1)
            .one(on)
            .await?;
        if let Some(row) = oldest_kept {
            Entity::delete_many()
                .filter(mine())
                .filter(Column::SeenAt.lte(row.seen_at))
                .exec(on)
                .await?;
        }
        Ok(())
    }

    /// The password may have been changed since it was checked; then neither a session nor the address is kept.
    async fn open_session(
        &self,
        user: &user::Model,
        address: &str,
        user_agent: Option<String>,
    ) -> Result<SessionToken, IdentityError> {
        let secret = SecretString::from(self.random.hex::<32>());
        let token = SessionToken::new(secret, self.options.secure_cookie);
        let now = self.system.clock().now();
        let row = session::Model {
            token_hash: token.fingerprint(),
            user_id: user.id,
            created_at: now,
            last_seen_at: now,
            expires_at: expiry(now, now),
            user_agent,
        };
        let tx = self
            .system
            .begin_across_tenants("sessions belong to people, not tenants")
            .await?;
        let unchanged = user::Entity::find_by_id(user.id)
            .filter(user::Column::PasswordHash.eq(&user.password_hash))
            .lock_shared()
            .one(tx.connection())
            .await?;
        if unchanged.is_none() {
            return Err(IdentityError::InvalidCredentials);
        }
        session::Entity::insert(sea_orm::IntoActiveModel::into_active_model(row))
            .exec_without_returning(tx.connection())
            .await?;
        Self::remember_address(tx.connection(), user.id, address, now).await?;
        // Every sign-in deletes some expired rows, so that the table stays as small as the number of users.
        session::Entity::delete_many()
            .filter(session::Column::ExpiresAt.lte(now))
            .exec(tx.connection())
            .await?;
        tx.commit().await?;
        Ok(token)
    }

    /// The user of a cookie. With `seen` the request counts as activity and extends the session.
    pub(crate) async fn find_session(
        &self,
        token: &SessionToken,
        seen: bool,
    ) -> Result<user::Model, IdentityError> {
        let db = self
            .system
            .across_tenants("a session is found before its tenant is chosen");
        let found = session::Entity::find_by_id(token.fingerprint())
            .find_also_related(user::Entity)
            .one(db)
            .await?;
        let Some((session, Some(user))) = found else {
            return Err(IdentityError::Unauthenticated);
        };
        let now = self.system.clock().now();
        if session.expires_at <= now {
            return Err(IdentityError::Unauthenticated);
        }
        if seen && now - session.last_seen_at >= SEEN_STEP {
            // A permitted request does not fail because "last seen" could not be written.
            if let Err(error) = self.touch(&session, now).await {
                tracing::warn!(%error, user = %user.id, "a session's last use was not written");
            }
        }
        Ok(user)
    }

    /// The user of the first of these sessions that holds. A cookie of the same name, set by another host of the domain or left over
    /// from before, does not hide the session.
    pub(crate) async fn find_first_session(
        &self,
        tokens: &[SessionToken],
        seen: bool,
    ) -> Result<user::Model, IdentityError> {
        for token in tokens {
            match self.find_session(token, seen).await {
                Err(IdentityError::Unauthenticated) => {}
                found => return found,
            }
        }
        Err(IdentityError::Unauthenticated)
    }

    async fn touch(&self, session: &session::Model, now: DateTime<Utc>) -> Result<(), IdentityError> {
        let tx = self
            .system
            .begin_across_tenants("sessions belong to people, not tenants")
            .await?;
        session::Entity::update_many()
            .col_expr(session::Column::LastSeenAt, Expr::value(now))
            .col_expr(
                session::Column::ExpiresAt,
                Expr::value(expiry(session.created_at, now)),
            )
            .filter(session::Column::TokenHash.eq(&session.token_hash))
            .exec(tx.connection())
            .await?;
        Ok(tx.commit().await?)
    }

    /// The session's data in the requested tenant, or in the user's first. Counts as a request of the user there.
    pub(crate) async fn session(&self, cookie: &SessionCookie) -> Result<SessionView, IdentityError> {
        let user = self.find_first_session(&cookie.tokens, true).await?;
        let chosen = self.membership(user.id, cookie.wanted_tenant.as_deref()).await?;
        self.take_quota(chosen.tenant_id, &user.id.to_string(), cookie.note.as_ref())
            .await?;
        self.view(user, chosen).await
    }

    /// Ends the session, and those of other cookies sent with it, so that signing out is complete. It counts as a request, but
    /// signing out is possible beyond the rate limit too.
    pub(crate) async fn sign_out(&self, cookie: &SessionCookie) -> Result<(), IdentityError> {
        if let Ok(user) = self.find_first_session(&cookie.tokens, false).await
            && let Ok(member) = self.membership(user.id, cookie.wanted_tenant.as_deref()).await
        {
            let _ = self
                .take_quota(member.tenant_id, &user.id.to_string(), cookie.note.as_ref())
                .await;
        }
        let mut ended = Err(IdentityError::Unauthenticated);
        for token in &cookie.tokens {
            match self.end_session(token).await {
                Err(IdentityError::Unauthenticated) => {}
                Err(error) => return Err(error),
                Ok(()) => ended = Ok(()),
            }
        }
        ended
    }

    async fn end_session(&self, token: &SessionToken) -> Result<(), IdentityError> {
        let tx = self
            .system
            .begin_across_tenants("sessions belong to people, not tenants")
            .await?;
        let gone = session::Entity::delete_by_id(token.fingerprint())
            .exec(tx.connection())
            .await?;
        tx.commit().await?;
        if gone.rows_affected == 0 {
            Err(IdentityError::Unauthenticated)
        } else {
            Ok(())
        }
    }

    /// The membership in the requested tenant, or the user's first.
    pub(crate) async fn membership(
        &self,
        user: UserId,
        wanted_tenant: Option<&str>,
    ) -> Result<membership::Model, IdentityError> {
        let mine = membership::Entity::find()
            .filter(membership::Column::UserId.eq(user))
            .order_by_asc(membership::Column::TenantId)
            .limit(1);
        let db = self
            .system
            .across_tenants("memberships of one person, whatever the tenant");
        match wanted_tenant {
            None => mine.one(db).await?.ok_or(IdentityError::NoMembership),
            Some(wanted) => {
                let wanted: TenantId = wanted.parse().map_err(|_| IdentityError::NoSuchTenant)?;
                let mine = mine
                    .filter(membership::Column::TenantId.eq(wanted))
                    .one(db)
                    .await?;
                mine.ok_or(IdentityError::NoSuchTenant)
            }
        }
    }

    async fn view(&self, user: user::Model, chosen: membership::Model) -> Result<SessionView, IdentityError> {
        let tenants = self.tenants_of(user.id).await?;
        let tenant = tenants
            .iter()
            .find(|card| card.id == chosen.tenant_id)
            .cloned()
            .ok_or(IdentityError::NoSuchTenant)?;
        let modules = self.enabled_modules(&self.system.tenant(tenant.id)).await?;
        let permissions = self.catalogue().names_for(tenant.role);
        Ok(SessionView {
            user,
            tenants,
            tenant,
            permissions: permissions.into_iter().collect(),
            modules: modules.into_iter().collect(),
        })
    }

    async fn tenants_of(&self, user: UserId) -> Result<Vec<TenantCard>, IdentityError> {
        let db = self
            .system
            .across_tenants("memberships of one person, whatever the tenant");
        let mine = membership::Entity::find()
            .filter(membership::Column::UserId.eq(user))
            .order_by_asc(membership::Column::TenantId)
            .limit(MAX_TENANTS)
            .find_also_related(tenant::Entity)
            .all(db)
            .await?;
        let sellers = mine
            .iter()
            .filter_map(|(_, tenant)| tenant.as_ref().map(|it| it.reseller_id));
        let sellers = reseller::Entity::find()
            .filter(reseller::Column::Id.is_in(sellers))
            .all(db)
            .await?;
        let seller_of = |tenant: &tenant::Model| {
            sellers
                .iter()
                .find(|seller| seller.id == tenant.reseller_id)
                .map(|seller| seller.name.clone())
        };
        let card = |(member, tenant): (membership::Model, Option<tenant::Model>)| {
            let tenant = tenant?;
            let reseller = seller_of(&tenant);
            Some(TenantCard {
                id: tenant.id,
                name: tenant.name,
                role: member.role,
                reseller,
            })
        };
        Ok(mine.into_iter().filter_map(card).collect())
    }
}

fn too_many_attempts(wait: Wait) -> IdentityError {
    IdentityError::TooMany {
        sentence: "Too many attempts to sign in. Wait a little and try again.",
        retry_after: wait.seconds(),
    }
}

fn hashed(address: &str) -> String {
    hex::encode(Sha256::digest(address))
}

fn expiry(created: DateTime<Utc>, seen: DateTime<Utc>) -> DateTime<Utc> {
    (seen + IDLE).min(created + ABSOLUTE)
}
