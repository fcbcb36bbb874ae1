//! The doors to the database. A module holds [`TenantDb`] and nothing else, so it can only ever see one tenant's rows.

mod alone;
mod counter;
mod list;
mod many;
mod oldest;
mod query;
mod row;
mod session;
mod way;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseExecutor,
    DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryTrait,
    SqliteTransactionMode, TransactionOptions, TransactionTrait, sea_query::OnConflict,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use alone::{Alone, TenantAlone};
pub use list::{LIST_LIMIT, SEARCHES, TenantIds};
pub use many::{MOST, insert_for_tenants};
pub use query::{TenantDelete, TenantSelect, TenantUpdate};
pub use row::{RowPage, TenantRow, not_found};
pub use session::Session;

use crate::{Clock, Error, Event, Job, Result, TenantId, outbox::Pending, padded};

/// An entity whose rows belong to tenants. Implement it with [`tenant_entity!`](crate::tenant_entity).
pub trait TenantEntity: EntityTrait {
    /// The column that says whose row it is; the first of the primary key.
    fn tenant_column() -> Self::Column;
}

/// Declares that the `Entity` in scope belongs to tenants. `tenant_entity!(ThingId, "thing")` also says that its rows have an id, in
/// the column `Id`, and what a row is called in a 404 ([`TenantRow`]).
#[macro_export]
macro_rules! tenant_entity {
    () => {
        impl $crate::TenantEntity for Entity {
            fn tenant_column() -> Column {
                Column::TenantId
            }
        }
    };
    ($id:ty, $name:literal) => {
        $crate::tenant_entity!();

        impl $crate::TenantRow for Entity {
            type Id = $id;
            const NAME: &'static str = $name;

            fn id_column() -> Column {
                Column::Id
            }

            fn id_of(row: &Model) -> $id {
                row.id
            }
        }
    };
}

/// Told when a transaction left something to relay or to do, so that nobody has to poll for it.
pub trait Wake: Send + Sync {
    /// Events were written.
    fn events(&self);
    /// Jobs were written.
    fn jobs(&self);
    /// Rows of these tenants were written into a table that a [`Pump`](crate::Pump) works off.
    fn arrivals(&self, tenants: &[TenantId]);
}

/// The unscoped door, with the long name. Only `host`, `identity` and the composition root hold it.
#[derive(Clone)]
pub struct SystemDb {
    connection: DatabaseConnection,
    clock: Clock,
    wake: Arc<dyn Wake>,
    // SQLite has one writer. Queueing for it here is fair and costs nothing; queueing inside SQLite is a busy loop.
    writer: Option<Arc<Mutex<()>>>,
    lists: list::Lists,
    // The events that have listeners; none until somebody says so.
    listened: Arc<RwLock<Option<BTreeSet<String>>>>,
}

impl fmt::Debug for SystemDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SystemDb({:?})", self.connection.get_database_backend())
    }
}

impl SystemDb {
    /// Wraps a connection pool.
    pub fn new(connection: DatabaseConnection, clock: Clock, wake: Arc<dyn Wake>) -> Self {
        let writer = matches!(connection.get_database_backend(), DbBackend::Sqlite).then(Arc::default);
        Self {
            connection,
            clock,
            wake,
            writer,
            lists: list::Lists::default(),
            listened: Arc::default(),
        }
    }

    /// Says which events have listeners, besides those that were named before. Until the first call every event may have one, so
    /// that a process that knows no modules, such as a command, leaves nothing out.
    pub fn learn_listened<'e>(&self, events: impl IntoIterator<Item = &'e str>) {
        let mut listened = self.listened.write().unwrap_or_else(PoisonError::into_inner);
        let listened = listened.get_or_insert_default();
        listened.extend(events.into_iter().map(ToOwned::to_owned));
    }

    /// Whether the event of this name may have a listener.
    fn is_listened_to(&self, event: &str) -> bool {
        let listened = self.listened.read().unwrap_or_else(PoisonError::into_inner);
        listened.as_ref().is_none_or(|events| events.contains(event))
    }

    /// The scoped door for one tenant.
    pub fn tenant(&self, tenant: TenantId) -> TenantDb {
        TenantDb {
            system: self.clone(),
            tenant,
        }
    }

    /// The pool itself. `why` is for the reader of the call.
    pub fn across_tenants(&self, _why: &'static str) -> &DatabaseConnection {
        &self.connection
    }

    /// A transaction across tenants.
    ///
    /// # Errors
    /// 503 when no connection is free in time.
    pub async fn begin_across_tenants(&self, _why: &'static str) -> Result<SystemTx> {
        let guard = match &self.writer {
            Some(writer) => Some(writer.clone().lock_owned().await),
            None => None,
        };
        // SQLite takes the write lock at once: a read that later turns into a write would otherwise fail as busy.
        let options = TransactionOptions {
            sqlite_transaction_mode: self.writer.is_some().then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        // In its own task: a caller that goes away in the middle of BEGIN (a client that hangs up) would leave a
        // connection in the pool with a transaction that nobody ends. A task that ends drops it, which rolls it back.
        let connection = self.connection.clone();
        let begun = tokio::spawn(async move { connection.begin_with_options(options).await }).await;
        let tx = begun.map_err(Error::internal)??;
        Ok(SystemTx { tx, _guard: guard })
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Wakes the waiters for events and jobs.
    pub fn wake(&self) -> &dyn Wake {
        &*self.wake
    }
}

/// A transaction across tenants. Dropped without [`SystemTx::commit`], it leaves no trace.
pub struct SystemTx {
    tx: DatabaseTransaction,
    _guard: Option<OwnedMutexGuard<()>>,
}

impl fmt::Debug for SystemTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemTx")
    }
}

impl SystemTx {
    /// What to run statements on.
    pub fn connection(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Commits.
    ///
    /// # Errors
    /// The database's.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }
}

/// One tenant's view of the database. It comes only from [`Can`](crate::Can), a job or an event, and it is not a
/// connection: an entity's own `find` does not run on it.
///
/// ```compile_fail,E0277
/// async fn every_row_of_every_tenant(db: &kernel::TenantDb) {
///     use sea_orm::EntityTrait;
///     let _ = kernel::outbox::job::Entity::find().all(db).await;
/// }
/// ```
#[derive(Clone)]
pub struct TenantDb {
    system: SystemDb,
    tenant: TenantId,
}

impl fmt::Debug for TenantDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantDb({})", self.tenant)
    }
}

impl TenantDb {
    /// Whose rows.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.system.clock
    }

    /// Reads outside a transaction.
    pub fn find<E: TenantEntity>(&self) -> TenantSelect<'_, E> {
        let on = DatabaseExecutor::Connection(&self.system.connection);
        let lists = (&self.system.lists, &self.system.connection, self.tenant);
        TenantSelect::new(on, self.tenant, Some(lists))
    }

    /// Starts a transaction. Keep it short: on SQLite there is one at a time.
    ///
    /// # Errors
    /// 503 when no connection is free in time.
    pub async fn begin(&self) -> Result<TenantTx> {
        let inner = self
            .system
            .begin_across_tenants("the transaction is scoped by TenantTx")
            .await?;
        Ok(TenantTx {
            inner,
            db: self.clone(),
            pending: Pending::default(),
        })
    }
}

/// One tenant's transaction: commits state, events and jobs atomically.
pub struct TenantTx {
    inner: SystemTx,
    db: TenantDb,
    pending: Pending,
}

impl fmt::Debug for TenantTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantTx({})", self.db.tenant)
    }
}

impl TenantTx {
    /// Whose rows.
    pub fn tenant(&self) -> TenantId {
        self.db.tenant
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.db.clock()
    }

    /// The transaction without its fence, for the crates that own cross-tenant tables.
    pub fn across_tenants(&self, _why: &'static str) -> &DatabaseTransaction {
        &self.inner.tx
    }

    /// Reads inside the transaction.
    pub fn find<E: TenantEntity>(&self) -> TenantSelect<'_, E> {
        TenantSelect::new(
            DatabaseExecutor::Transaction(&self.inner.tx),
            self.db.tenant,
            None,
        )
    }

    /// Inserts rows; their tenant is written here, whatever they say.
    ///
    /// # Errors
    /// 409 `already_exists` when a unique key is taken.
    pub async fn insert_many<E>(&self, rows: Vec<E::ActiveModel>) -> Result<()>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        for batch in batches(self.owned::<E>(rows)) {
            E::insert_many(batch)
                .exec_without_returning(&self.inner.tx)
                .await?;
        }
        Ok(())
    }

    /// Inserts one row.
    ///
    /// # Errors
    /// As [`TenantTx::insert_many`].
    pub async fn insert<E>(&self, row: impl IntoActiveModel<E::ActiveModel>) -> Result<()>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        self.insert_many::<E>(vec![row.into_active_model()]).await
    }

    /// Inserts rows, resolving conflicts as told: the same row twice must end as once. On MySQL any unique key fires, so give
    /// the row one besides its id at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn upsert<E>(&self, rows: Vec<E::ActiveModel>, on_conflict: OnConflict) -> Result<()>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        for batch in batches(self.owned::<E>(rows)) {
            E::insert_many(padded(batch))
                .on_conflict(on_conflict.clone())
                .exec_without_returning(&self.inner.tx)
                .await?;
        }
        Ok(())
    }

    /// Inserts rows and skips those whose unique key is taken. Returns how many were new.
    ///
    /// # Errors
    /// The database's. Check lengths before: MySQL would cut an over-long value here instead of refusing it.
    pub async fn insert_new<E>(&self, rows: Vec<E::ActiveModel>) -> Result<u64>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let backend = self.inner.tx.get_database_backend();
        let verb = if backend == DbBackend::Sqlite {
            "INSERT OR IGNORE INTO"
        } else {
            "INSERT IGNORE INTO"
        };
        let mut new = 0;
        for batch in batches(self.owned::<E>(rows)) {
            let mut statement = E::insert_many(padded(batch)).build(backend);
            // sea-query spells it as an upsert, whose row count MySQL inflates; the native form counts only new rows.
            statement.sql = statement.sql.replacen("INSERT INTO", verb, 1);
            new += self.inner.tx.execute_raw(statement).await?.rows_affected();
        }
        Ok(new)
    }

    /// An update of this tenant's rows; nothing happens before [`TenantUpdate::exec`].
    pub fn update<E: TenantEntity>(&self) -> TenantUpdate<'_, E> {
        TenantUpdate::new(DatabaseExecutor::Transaction(&self.inner.tx), self.db.tenant)
    }

    /// A deletion of this tenant's rows; nothing happens before [`TenantDelete::exec`].
    pub fn delete<E: TenantEntity>(&self) -> TenantDelete<'_, E> {
        let mine = E::tenant_column().eq(self.db.tenant);
        TenantDelete {
            tx: &self.inner.tx,
            delete: E::delete_many().filter(mine),
        }
    }

    /// Whether a listener may want `E`: what only listeners get need not be gathered otherwise.
    pub fn is_listened_to<E: Event>(&self) -> bool {
        self.db.system.is_listened_to(E::NAME)
    }

    /// Tells the others, once this commits. An event without live clients and
    /// [listeners](crate::Listener) costs nothing.
    ///
    /// # Errors
    /// 500 when the event does not serialise.
    pub fn publish<E: Event>(&mut self, event: &E) -> Result<()> {
        self.publish_live(event, E::LIVE)
    }

    /// As [`TenantTx::publish`], but tells modules only: the live stream is spared, whatever [`Event::LIVE`] says. For what is sent
    /// in bulk, which would flood every open portal.
    ///
    /// # Errors
    /// 500 when the event does not serialise.
    pub fn publish_to_modules<E: Event>(&mut self, event: &E) -> Result<()> {
        self.publish_live(event, None)
    }

    fn publish_live<E: Event>(&mut self, event: &E, live: Option<&str>) -> Result<()> {
        let system = &self.db.system;
        let listened = system.is_listened_to(E::NAME);
        self.pending
            .publish(&system.clock, self.db.tenant, event, live, listened)
    }

    /// Has work done, once this commits.
    ///
    /// # Errors
    /// 500 when the job does not serialise.
    pub fn enqueue<J: Job>(&mut self, job: &J) -> Result<()> {
        self.enqueue_at(job, self.clock().now())
    }

    /// Has work done not before `run_at`.
    ///
    /// # Errors
    /// As [`TenantTx::enqueue`].
    pub fn enqueue_at<J: Job>(&mut self, job: &J, run_at: DateTime<Utc>) -> Result<()> {
        self.pending
            .enqueue(&self.db.system.clock, self.db.tenant, job, run_at)
    }

    /// Has work done by another tenant, once this commits. Its door is the proof that the work is this tenant's to ask for: it
    /// comes from [`TenantRoutes`].
    ///
    /// # Errors
    /// As [`TenantTx::enqueue`].
    pub fn enqueue_for<J: Job>(&mut self, other: &TenantDb, job: &J) -> Result<()> {
        let clock = &self.db.system.clock;
        self.pending.enqueue(clock, other.tenant, job, clock.now())
    }

    /// Commits state, events and jobs together and wakes those that wait for them.
    ///
    /// # Errors
    /// The database's; nothing was written then.
    pub async fn commit(mut self) -> Result<()> {
        let (events, jobs) = self.pending.flush(&self.inner.tx).await?;
        let wake = self.db.system.wake.clone();
        self.inner.commit().await?;
        if events {
            wake.events();
        }
        if jobs {
            wake.jobs();
        }
        Ok(())
    }

    fn owned<E>(&self, rows: Vec<E::ActiveModel>) -> Vec<E::ActiveModel>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        let tenant: sea_orm::Value = self.db.tenant.into();
        rows.into_iter()
            .map(|mut row| {
                row.set(E::tenant_column(), tenant.clone());
                row
            })
            .collect()
    }
}

/// 500 rows a statement: the sweet spot on both databases, and far below their parameter limits.
pub(crate) fn batches<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let batch: Vec<T> = rows.by_ref().take(500).collect();
        (!batch.is_empty()).then_some(batch)
    })
}

/// "Which tenant owns this?": the only way a public operation such as the webhook obtains a tenant.
#[async_trait::async_trait]
pub trait TenantRoutes: Send + Sync {
    /// The tenant that owns `key` among the routes of `kind` (for example kind `phone`, key a phone number id).
    ///
    /// # Errors
    /// The database's.
    async fn resolve(&self, kind: &str, key: &str) -> Result<Option<TenantDb>>;

    /// Takes `key` for the transaction's tenant.
    ///
    /// # Errors
    /// 409 `already_exists` when another tenant holds it.
    async fn claim(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<()>;

    /// Takes `key` for the transaction's tenant, from its current holder. Returns the tenant that held it before; none if nobody
    /// did, or this tenant did. Of two tenants at once one waits for the other's commit, and holds it then.
    ///
    /// # Errors
    /// The database's.
    async fn take_over(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<Option<TenantDb>>;

    /// Whether a tenant other than this one holds `key` now. Unlike [`TenantRoutes::resolve`] it remembers nothing.
    ///
    /// # Errors
    /// The database's.
    async fn held_by_another(&self, tenant: TenantId, kind: &str, key: &str) -> Result<bool>;

    /// Gives `key` up, if the tenant holds it.
    ///
    /// # Errors
    /// The database's.
    async fn release(&self, tx: &TenantTx, kind: &str, key: &str) -> Result<()>;

    /// The tenant's own random path segment, made on first use: `/webhooks/whatsapp/{this}`.
    ///
    /// # Errors
    /// The database's.
    async fn path_of(&self, db: &TenantDb) -> Result<String>;

    /// The tenant's own random name (32 hexadecimal digits) among the routes of `kind`, made on first use: for addresses
    /// that must lead to the tenant without naming it.
    ///
    /// # Errors
    /// The database's.
    async fn name_of(&self, db: &TenantDb, kind: &str) -> Result<String>;
}
