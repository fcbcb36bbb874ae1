//! Statements that need no transaction around them.

use std::fmt;

use sea_orm::{DatabaseConnection, DatabaseExecutor};
use tokio::sync::OwnedMutexGuard;

use super::{SystemDb, TenantDb, TenantEntity, TenantUpdate};
use crate::TenantId;

impl SystemDb {
    /// For a single statement without a transaction.
    pub async fn alone_across_tenants(&self, _why: &'static str) -> Alone {
        let guard = match &self.writer {
            Some(writer) => Some(writer.clone().lock_owned().await),
            None => None,
        };
        Alone {
            connection: self.connection.clone(),
            _guard: guard,
        }
    }
}

impl TenantDb {
    /// For a single statement without a transaction: an update that its own condition fences.
    pub async fn alone(&self) -> TenantAlone {
        TenantAlone {
            inner: self
                .system
                .alone_across_tenants("the statement is scoped by TenantAlone")
                .await,
            tenant: self.tenant,
        }
    }
}

/// One writing statement that commits as it runs, without the two round trips that a transaction costs. Drop it right after: on
/// SQLite others wait meanwhile.
pub struct Alone {
    connection: DatabaseConnection,
    _guard: Option<OwnedMutexGuard<()>>,
}

impl fmt::Debug for Alone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Alone")
    }
}

impl Alone {
    /// What to run the statement on.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }
}

/// One writing statement on one tenant's rows that commits as it runs.
#[derive(Debug)]
pub struct TenantAlone {
    inner: Alone,
    tenant: TenantId,
}

impl TenantAlone {
    /// The update; nothing happens before [`TenantUpdate::exec`].
    pub fn update<E: TenantEntity>(&self) -> TenantUpdate<'_, E> {
        TenantUpdate::new(DatabaseExecutor::Connection(&self.inner.connection), self.tenant)
    }
}
