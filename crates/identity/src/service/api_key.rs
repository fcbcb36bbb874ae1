//! API keys: shown once when created, stored as a hash.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use kernel::{Actor, Caller, PageQuery, TenantDb, TenantTx, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use secrecy::{ExposeSecret, SecretString};

use super::{NewApiKey, Service};
use crate::{
    ApiKeyId,
    credentials::{KEY_START, fingerprint},
    entity::{api_key, tenant, user},
    error::IdentityError,
};

/// The most scopes a key may name.
pub(crate) const MAX_SCOPES: usize = 100;
/// Length of the prefix that is kept so that users recognise a key.
const PREFIX: usize = KEY_START.len() + 6;
/// Keys of one tenant at most.
const MAX_KEYS: u64 = 1_000;
/// How the id of a key begins.
const KEY_ID_START: &str = "key_";
/// How far ahead a key may expire.
const LONGEST: TimeDelta = TimeDelta::days(3_652);
/// Resolution of "last used": not every request may cost a write.
const USED_STEP: TimeDelta = TimeDelta::minutes(1);

/// Who creates a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Maker<'a> {
    /// The platform: the command line, the demo.
    System,
    /// The caller.
    Caller(&'a Actor),
}

impl Maker<'_> {
    fn id(self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Caller(actor) => actor.id(),
        }
    }
}

/// A key in the list.
#[derive(Debug)]
pub(crate) struct ListedApiKey {
    /// The stored row.
    pub(crate) row: api_key::Model,
    /// The name of the user or key that created it, if it still exists.
    pub(crate) maker: Option<String>,
    /// How many keys are revoked with it.
    pub(crate) descendants: usize,
}

/// Which key was created with which.
struct Family(BTreeMap<String, Vec<ApiKeyId>>);

impl Family {
    fn of(keys: Vec<(ApiKeyId, String)>) -> Self {
        let mut made: BTreeMap<String, Vec<ApiKeyId>> = BTreeMap::new();
        for (id, maker) in keys {
            made.entry(maker).or_default().push(id);
        }
        Self(made)
    }

    /// The keys created with a key, with those, and so on.
    fn descendants(&self, key: ApiKeyId) -> Vec<ApiKeyId> {
        let made_with = |key: ApiKeyId| self.0.get(&key.to_string()).into_iter().flatten().copied();
        let mut found: Vec<ApiKeyId> = made_with(key).collect();
        let mut next = 0;
        while let Some(&key) = found.get(next) {
            found.extend(made_with(key));
            next += 1;
        }
        found
    }
}

/// Locks the tenant's own row: what is serialised per tenant waits for it. Creating and revoking keys is, so that no key is created
/// with one that is being revoked.
pub(super) async fn lock_tenant(tx: &TenantTx) -> Result<(), IdentityError> {
    let on = tx.across_tenants("the tenant's own row");
    // SQLite has one writer.
    if on.get_database_backend() != DbBackend::Sqlite {
        tenant::Entity::find_by_id(tx.tenant())
            .lock_exclusive()
            .one(on)
            .await?;
    }
    Ok(())
}

/// Refuses a key that would outlive the key it is created with. Scopes were checked before, and a key's never change.
async fn may_make(tx: &TenantTx, maker: &str, wanted: &api_key::Model) -> Result<(), IdentityError> {
    let id: ApiKeyId = maker.parse().map_err(|_| IdentityError::InvalidApiKey)?;
    let maker = tx.find::<api_key::Entity>().filter(api_key::Column::Id.eq(id));
    // Revoked after the request was authenticated.
    let maker = maker.one().await?.ok_or(IdentityError::InvalidApiKey)?;
    match (maker.expires_at, wanted.expires_at) {
        (None, _) => Ok(()),
        (Some(end), Some(wanted)) if wanted <= end => Ok(()),
        (Some(end), _) => Err(IdentityError::Invalid {
            field: "expires_at",
            message: format!(
                "must be no later than {}, when the key expires that this one is made with",
                end.to_rfc3339_opts(SecondsFormat::Micros, true)
            ),
        }),
    }
}

impl Service {
    /// Keys of the tenant, newest first, with who created them and how many were created with each.
    pub(crate) async fn list_api_keys(
        &self,
        db: &TenantDb,
        page: PageQuery,
    ) -> Result<(Vec<ListedApiKey>, Option<String>), IdentityError> {
        let (keys, next) = db.find::<api_key::Entity>().page_by_id(&page).await?;
        let names = self.names_of_makers(db, &keys).await?;
        let family = Family::of(
            db.find::<api_key::Entity>()
                .filter(api_key::Column::CreatedBy.starts_with(KEY_ID_START))
                .limit(MAX_KEYS)
                .columns(&[api_key::Column::Id, api_key::Column::CreatedBy])
                .await?,
        );
        let listed = keys.into_iter().map(|row| ListedApiKey {
            maker: names.get(&row.created_by).cloned(),
            descendants: family.descendants(row.id).len(),
            row,
        });
        Ok((listed.collect(), next))
    }

    /// Names of the users and keys that created these keys, where they still exist.
    async fn names_of_makers(
        &self,
        db: &TenantDb,
        keys: &[api_key::Model],
    ) -> Result<BTreeMap<String, String>, IdentityError> {
        let makers = || keys.iter().map(|key| key.created_by.as_str());
        let people: BTreeSet<UserId> = makers().filter_map(|maker| maker.parse().ok()).collect();
        let programs: BTreeSet<ApiKeyId> = makers().filter_map(|maker| maker.parse().ok()).collect();
        let mut names = BTreeMap::new();
        if !people.is_empty() {
            let everybody = self
                .system
                .across_tenants("names of people who made keys of this tenant");
            let found = user::Entity::find()
                .filter(user::Column::Id.is_in(people))
                .all(everybody)
                .await?;
            names.extend(found.into_iter().map(|user| (user.id.to_string(), user.name)));
        }
        if !programs.is_empty() {
            let found = db
                .find::<api_key::Entity>()
                .filter(api_key::Column::Id.is_in(programs))
                .columns::<(ApiKeyId, String)>(&[api_key::Column::Id, api_key::Column::Name])
                .await?;
            names.extend(found.into_iter().map(|(id, name)| (id.to_string(), name)));
        }
        Ok(names)
    }

    /// Creates a key for `caller`, with at most the caller's own permissions. A key created with another expires no later.
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
        self.create_api_key(&caller.db, name, scopes, expires_at, Maker::Caller(&caller.actor))
            .await
    }

    /// Creates a key with these scopes, whatever the creator's permissions are.
    pub(crate) async fn create_api_key(
        &self,
        db: &TenantDb,
        name: &str,
        scopes: BTreeSet<String>,
        expires_at: Option<DateTime<Utc>>,
        maker: Maker<'_>,
    ) -> Result<NewApiKey, IdentityError> {
        self.known(&scopes)?;
        let now = db.clock().now();
        if expires_at.is_some_and(|end| end <= now) {
            return Err(IdentityError::Invalid {
                field: "expires_at",
                message: "must lie in the future".to_owned(),
            });
        }
        // On MariaDB a time after 2038 was seen to end as no time at all, which would be a key that never expires.
        if expires_at.is_some_and(|end| end > now + LONGEST) {
            return Err(IdentityError::Invalid {
                field: "expires_at",
                message: "must lie within 10 years".to_owned(),
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
            created_by: maker.id(),
            created_at: now,
            // MySQL keeps microseconds: what is returned must be what is read back.
            expires_at: expires_at.and_then(|end| DateTime::from_timestamp_micros(end.timestamp_micros())),
            last_used_at: None,
        };
        let tx = db.begin().await?;
        lock_tenant(&tx).await?;
        if let Maker::Caller(Actor::ApiKey { id, .. }) = maker {
            may_make(&tx, id, &row).await?;
        }
        let others = tx.find::<api_key::Entity>().limit(MAX_KEYS);
        let others: Vec<ApiKeyId> = others.columns(&[api_key::Column::Id]).await?;
        if others.len() as u64 == MAX_KEYS {
            return Err(IdentityError::TooManyApiKeys);
        }
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

    /// Revokes a key and all its descendants, so that keys created with a stolen key end with it. Their next requests are refused.
    pub(crate) async fn delete_api_key(&self, db: &TenantDb, id: ApiKeyId) -> Result<(), IdentityError> {
        let tx = db.begin().await?;
        lock_tenant(&tx).await?;
        let family = Family::of(
            tx.find::<api_key::Entity>()
                .filter(api_key::Column::CreatedBy.starts_with(KEY_ID_START))
                .columns(&[api_key::Column::Id, api_key::Column::CreatedBy])
                .await?,
        );
        tx.delete_one::<api_key::Entity>(id).await?;
        tx.delete::<api_key::Entity>()
            .filter(api_key::Column::Id.is_in(family.descendants(id)))
            .exec()
            .await?;
        Ok(tx.commit().await?)
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
        // By its hash, so the duration of the look-up reveals nothing about the key itself.
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
            // A permitted request does not fail because "last used" could not be written.
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
