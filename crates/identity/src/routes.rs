//! "Which tenant owns this?", for requests that arrive without a caller.

use std::{sync::Arc, time::Duration};

use kernel::{Error, Result, SystemDb, TenantDb, TenantId, TenantRoutes, TenantTx};
use moka::future::Cache;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use crate::{
    Random,
    entity::{route, tenant},
};

/// The kind of [`TenantRoutes::path_of`].
pub const WEBHOOK: &str = "webhook";

/// How long another process may still resolve a route that was released here.
const REMEMBERED: Duration = Duration::from_secs(10);

type Key = (String, String);

#[derive(Clone)]
pub(crate) struct Routes {
    system: SystemDb,
    random: Random,
    // Hits only: a route that was just claimed must be found at once.
    known: Cache<Key, TenantId>,
}

impl Routes {
    pub(crate) fn new(system: SystemDb, random: Random) -> Self {
        let known = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(REMEMBERED)
            .build();
        Self {
            system,
            random,
            known,
        }
    }

    pub(crate) fn port(&self) -> Arc<dyn TenantRoutes> {
        Arc::new(self.clone())
    }
}

fn bounded(kind: &str, key: &str) -> Result<Key> {
    if kind.is_empty() || kind.len() > 32 || key.is_empty() || key.len() > 190 {
        return Err(Error::internal(
            "a route has a kind of 1 to 32 bytes and a key of 1 to 190",
        ));
    }
    Ok((kind.to_owned(), key.to_owned()))
}

impl Routes {
    /// Inserts the route unless it exists. Returns its owner, whose row is locked.
    async fn insert_or_wait(&self, tx: &TenantTx, wanted: &Key) -> Result<TenantId> {
        self.known.invalidate(wanted).await;
        let on = tx.across_tenants("routes are identity's and say which tenant they are");
        let row = route::ActiveModel {
            kind: Set(wanted.0.clone()),
            key: Set(wanted.1.clone()),
            tenant_id: Set(tx.tenant()),
            created_at: Set(tx.clock().now()),
        };
        // A no-op update rather than DO NOTHING: it waits for a concurrent commit on both databases, then keeps that row.
        let keep = OnConflict::columns([route::Column::Kind, route::Column::Key])
            .value(
                route::Column::Kind,
                Expr::col((route::Entity, route::Column::Kind)),
            )
            .to_owned();
        route::Entity::insert_many([row])
            .on_conflict(keep)
            .exec_without_returning(on)
            .await?;
        // A locking read sees what the concurrent transaction committed; a plain read may not.
        let held = route::Entity::find_by_id(wanted.clone());
        let held = if on.get_database_backend() == DbBackend::Sqlite {
            held
        } else {
            held.lock_exclusive()
        };
        let held = held.one(on).await?;
        Ok(held
            .ok_or_else(|| Error::internal("a route that was just written is not there"))?
            .tenant_id)
    }
}

#[async_trait::async_trait]
impl TenantRoutes for Routes {
    async fn resolve(&self, kind: &str, key: &str) -> Result<Option<TenantDb>> {
        // A path from outside may have any length.
        let Ok(wanted) = bounded(kind, key) else {
            return Ok(None);
        };
        if let Some(tenant) = self.known.get(&wanted).await {
            return Ok(Some(self.system.tenant(tenant)));
        }
        let db = self.system.across_tenants("the row says which tenant it is");
        let Some(found) = route::Entity::find_by_id(wanted.clone()).one(db).await? else {
            return Ok(None);
        };
        self.known.insert(wanted, found.tenant_id).await;
        Ok(Some(self.system.tenant(found.tenant_id)))
    }

    async fn claim(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<()> {
        let wanted = bounded(kind, key)?;
        if self.insert_or_wait(tx, &wanted).await? == tx.tenant() {
            return Ok(());
        }
        Err(Error::conflict(
            "already_exists",
            format!("This {kind} is connected to another tenant already."),
        ))
    }

    async fn take_over(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<Option<TenantDb>> {
        let wanted = bounded(kind, key)?;
        let holder = self.insert_or_wait(tx, &wanted).await?;
        if holder == tx.tenant() {
            return Ok(None);
        }
        let on = tx.across_tenants("the route changes its tenant");
        route::Entity::update_many()
            .col_expr(route::Column::TenantId, Expr::value(tx.tenant()))
            .col_expr(route::Column::CreatedAt, Expr::value(tx.clock().now()))
            .filter(route::Column::Kind.eq(kind))
            .filter(route::Column::Key.eq(key))
            .exec(on)
            .await?;
        Ok(Some(self.system.tenant(holder)))
    }

    async fn held_by_another(&self, tenant: TenantId, kind: &str, key: &str) -> Result<bool> {
        let on = self.system.across_tenants("the row says which tenant it is");
        let found = route::Entity::find_by_id(bounded(kind, key)?).one(on).await?;
        Ok(found.is_some_and(|row| row.tenant_id != tenant))
    }

    async fn release(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<()> {
        let wanted = bounded(kind, key)?;
        let on = tx.across_tenants("filtered by the transaction's tenant below");
        route::Entity::delete_many()
            .filter(route::Column::Kind.eq(kind))
            .filter(route::Column::Key.eq(key))
            .filter(route::Column::TenantId.eq(tx.tenant()))
            .exec(on)
            .await?;
        self.known.invalidate(&wanted).await;
        Ok(())
    }

    async fn path_of(&self, db: &TenantDb) -> Result<String> {
        self.name_of(db, WEBHOOK).await
    }

    async fn name_of(&self, db: &TenantDb, kind: &str) -> Result<String> {
        let mine = || {
            route::Entity::find()
                .filter(route::Column::TenantId.eq(db.tenant()))
                .filter(route::Column::Kind.eq(kind))
                .order_by_asc(route::Column::Key)
                .limit(1)
        };
        let pool = self.system.across_tenants("filtered by tenant");
        if let Some(route) = mine().one(pool).await? {
            return Ok(route.key);
        }
        let tx = db.begin().await?;
        let on = tx.across_tenants("filtered by tenant");
        // A concurrent first request waits here for our commit, so that a tenant has one name.
        if on.get_database_backend() != DbBackend::Sqlite {
            tenant::Entity::find_by_id(db.tenant())
                .lock_exclusive()
                .one(on)
                .await?;
        }
        if let Some(route) = mine().one(on).await? {
            return Ok(route.key);
        }
        let name = self.random.hex::<16>();
        self.claim(&tx, kind, &name).await?;
        tx.commit().await?;
        Ok(name)
    }
}
