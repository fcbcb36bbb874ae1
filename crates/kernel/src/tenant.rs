//! The doors to the database. A module holds [`TenantDb`] and nothing else, so it can only ever see one tenant's rows.

mod alone;
mod counter;
mod list;
mod many;
mod oldest;
mod query;
mod routes;
mod row;
mod session;
mod tx;
mod way;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use sea_orm::{
    DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, EntityTrait, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use alone::{Alone, TenantAlone};
pub use list::{LIST_LIMIT, SEARCHES, TenantIds};
pub use many::{MOST, insert_for_tenants};
pub use query::{TenantDelete, TenantSelect, TenantUpdate};
pub use routes::TenantRoutes;
pub use row::{RowPage, TenantRow, not_found};
pub use session::Session;

use crate::{Clock, Error, Result, TenantId, outbox::Pending};

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

/// 500 rows a statement: the sweet spot on both databases, and far below their parameter limits.
pub(crate) fn batches<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let batch: Vec<T> = rows.by_ref().take(500).collect();
        (!batch.is_empty()).then_some(batch)
    })
}
