//! API keys: made once, shown once, stored as a hash.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Caller, PageQuery, TenantDb, id::Id};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, sea_query::Expr};
use secrecy::{ExposeSecret, SecretString};

use super::{NewApiKey, Service};
use crate::{
    ApiKeyId,
    credentials::{KEY_START, fingerprint},
    entity::api_key,
    error::IdentityError,
};

/// The most scopes a key may name.
pub(crate) const MAX_SCOPES: usize = 100;
/// How much of a key is kept for people to recognise it by.
const PREFIX: usize = KEY_START.len() + 6;
/// How finely "last used" is written: a request must not cost a write.
const USED_STEP: TimeDelta = TimeDelta::minutes(1);

impl Service {
    /// Keys of the tenant, newest first.
    pub(crate) async fn list_api_keys(
        &self,
        db: &TenantDb,
        page: PageQuery,
    ) -> Result<(Vec<api_key::Model>, Option<String>), IdentityError> {
        let mut keys = db
            .find::<api_key::Entity>()
            .filter_some(
                page.after
                    .map(|cursor| api_key::Column::Id.lt(ApiKeyId::from_uuid(cursor.id))),
            )
            .order_by(api_key::Column::Id, Order::Desc)
            .limit(page.fetch())
            .all()
            .await?;
        let next = page.cut(&mut keys, |key| kernel::Cursor::by_id(key.id.uuid()));
        Ok((keys, next))
    }

    /// Makes a key for `caller`, with at most the caller's own rights.
    pub(crate) async fn create_api_key_for(
        &self,
        caller: &Caller,
        name: &str,
        scopes: BTreeSet<String>,
        expires_at: Option<DateTime<Utc>>,
    ) -> Result<NewApiKey, IdentityError> {
        self.known(&scopes)?;
        if let Some(missing) = scopes.iter().find(|scope| !caller.permissions.contains(*scope)) {
            return Err(IdentityError::ScopeNotHeld(missing.clone()));
        }
        self.create_api_key(&caller.db, name, scopes, expires_at, caller.actor.id())
            .await
    }

    /// Makes a key without asking who wants it.
    pub(crate) async fn create_api_key(
        &self,
        db: &TenantDb,
        name: &str,
        scopes: BTreeSet<String>,
        expires_at: Option<DateTime<Utc>>,
        created_by: String,
    ) -> Result<NewApiKey, IdentityError> {
        self.known(&scopes)?;
        let now = db.clock().now();
        if expires_at.is_some_and(|end| end <= now) {
            return Err(IdentityError::Invalid {
                field: "expires_at",
                message: "must lie in the future".to_owned(),
            });
        }
        let secret = SecretString::from(format!("{KEY_START}{}", self.random.hex::<32>()));
        let row = api_key::Model {
            tenant_id: db.tenant(),
            id: db.clock().new_id(),
            name: super::admin::named("name", name, 100)?,
            prefix: secret.expose_secret()[..PREFIX].to_owned(),
            hash: fingerprint(&secret),
            scopes: serde_json::to_string(&scopes).map_err(kernel::Error::from)?,
            created_by,
            created_at: now,
            // MySQL keeps microseconds: what is returned must be what is read back.
            expires_at: expires_at.and_then(|end| DateTime::from_timestamp_micros(end.timestamp_micros())),
            last_used_at: None,
        };
        let tx = db.begin().await?;
        tx.insert::<api_key::Entity>(row.clone().into_active_model())
            .await?;
        tx.commit().await?;
        Ok(NewApiKey { secret, row })
    }

    fn known(&self, scopes: &BTreeSet<String>) -> Result<(), IdentityError> {
        let refused = |message: String| {
            Err(IdentityError::Invalid {
                field: "scopes",
                message,
            })
        };
        if scopes.is_empty() || scopes.len() > MAX_SCOPES {
            return refused(format!("must name 1 to {MAX_SCOPES} permissions"));
        }
        match scopes
            .iter()
            .find(|scope| !self.catalogue().knows_permission(scope))
        {
            Some(unknown) => refused(format!(
                "`{unknown}` is not a permission; GET /permissions lists them"
            )),
            None => Ok(()),
        }
    }

    /// Revokes a key; its next request is refused.
    pub(crate) async fn delete_api_key(&self, db: &TenantDb, id: ApiKeyId) -> Result<(), IdentityError> {
        let tx = db.begin().await?;
        let gone = tx
            .delete::<api_key::Entity>()
            .filter(api_key::Column::Id.eq(id))
            .exec()
            .await?;
        tx.commit().await?;
        if gone == 0 {
            Err(IdentityError::NoSuchApiKey)
        } else {
            Ok(())
        }
    }

    /// The key behind a bearer token, and its scopes.
    pub(crate) async fn find_api_key(
        &self,
        secret: &SecretString,
    ) -> Result<(api_key::Model, BTreeSet<String>), IdentityError> {
        if !secret.expose_secret().starts_with(KEY_START) {
            return Err(IdentityError::InvalidApiKey);
        }
        let db = self
            .system
            .across_tenants("a key is found before its tenant is known: it names it");
        // By its hash, so how long the look-up takes says nothing about the key itself.
        let found = api_key::Entity::find()
            .filter(api_key::Column::Hash.eq(fingerprint(secret)))
            .one(db)
            .await?;
        let key = found.ok_or(IdentityError::InvalidApiKey)?;
        let now = self.system.clock().now();
        if key.expires_at.is_some_and(|end| end <= now) {
            return Err(IdentityError::ApiKeyExpired);
        }
        if key.last_used_at.is_none_or(|used| now - used >= USED_STEP) {
            // A request that is allowed does not fail because its trace could not be written.
            if let Err(error) = self.mark_used(&key, now).await {
                tracing::warn!(%error, key = %key.id, "an API key's last use was not written");
            }
        }
        let scopes = serde_json::from_str(&key.scopes).map_err(kernel::Error::from)?;
        Ok((key, scopes))
    }

    async fn mark_used(&self, key: &api_key::Model, now: DateTime<Utc>) -> Result<(), IdentityError> {
        let tx = self.system.tenant(key.tenant_id).begin().await?;
        tx.update::<api_key::Entity>()
            .col_expr(api_key::Column::LastUsedAt, Expr::value(now))
            .filter(api_key::Column::Id.eq(key.id))
            .exec()
            .await?;
        Ok(tx.commit().await?)
    }
}
