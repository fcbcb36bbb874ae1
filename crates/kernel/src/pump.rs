//! Tables that are queues by themselves: what arrives is worked off at once, without a job for each arrival.

use std::{fmt, future::Future, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};

use crate::{Result, TenantDb};

/// How a [`Pump`] works.
type Work = Arc<dyn Fn(TenantDb) -> BoxFuture<'static, Result<Pumped>> + Send + Sync>;

/// Works off a tenant table whose rows leave it in the transaction that deals with them: the rows themselves say that there
/// is something to do. That costs the writer no second statement and no row that everybody writes, and it survives what a
/// row survives. Code that writes into the table calls [`insert_for_tenants`](crate::tenant::insert_for_tenants), which wakes
/// the pumps of all processes; every process with the worker's role also looks by itself, once a second.
///
/// Several processes may pump one tenant at a time, so the work claims its rows in its own transaction.
#[derive(Clone)]
pub struct Pump {
    /// The table; its primary key starts with `tenant_id`.
    pub table: &'static str,
    work: Work,
}

/// What a turn of a pump came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pumped {
    /// Nothing is left that somebody else is not at.
    Dry,
    /// Somebody else is at the oldest: a look in a moment finds whether what is behind is still nobody's.
    Held,
    /// There may be more: the tenant gets another turn after the others have had theirs.
    More,
}

impl Pump {
    /// `work` deals with some of what waits: a turn of some tenths of a second at most, so that all tenants get theirs.
    pub fn new<F, Fut>(table: &'static str, work: F) -> Self
    where
        F: Fn(TenantDb) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Pumped>> + Send + 'static,
    {
        Self {
            table,
            work: Arc::new(move |db| work(db).boxed()),
        }
    }

    /// One turn for one tenant.
    ///
    /// # Errors
    /// What stood in the way; nothing was lost.
    pub async fn turn(&self, db: TenantDb) -> Result<Pumped> {
        (self.work)(db).await
    }
}

impl fmt::Debug for Pump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pump({})", self.table)
    }
}
