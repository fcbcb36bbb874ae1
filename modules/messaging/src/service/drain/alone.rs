//! The first bodies after a start, each alone: one that ends the process must not do so for ever.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kernel::{Result, TenantDb, TenantId, TenantTx, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use tokio::sync::{RwLock, RwLockReadGuard};

use super::{BATCH, Drained, keep_failed};
use crate::{
    entity::inbox::{ActiveModel, Column, Entity, InboxId, Model},
    service::Service,
};

/// How often a body is tried alone before it is kept as `failed`. The last try is made while nothing else of the process drains: a body
/// of another tenant that ended the process before must not count against this one.
const TRIES: i32 = 3;

/// How far each tenant's first batch since the start is.
#[derive(Debug, Default)]
pub(in crate::service) struct Tried {
    tenants: Mutex<HashMap<TenantId, Progress>>,
    /// Held to read by everything that drains, to write by a last try.
    draining: RwLock<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// This process has counted a try of this body.
    At(InboxId),
    Done,
}

impl Tried {
    /// Waits while the last try of a body is made; no last try begins before this is dropped.
    pub(super) async fn beside_others(&self) -> RwLockReadGuard<'_, ()> {
        self.draining.read().await
    }

    fn tenants(&self) -> MutexGuard<'_, HashMap<TenantId, Progress>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, tenant: TenantId) -> Option<Progress> {
        self.tenants().get(&tenant).copied()
    }

    fn set(&self, tenant: TenantId, progress: Progress) {
        self.tenants().insert(tenant, progress);
    }

    fn clear(&self, tenant: TenantId) {
        self.tenants().remove(&tenant);
    }

    /// Whether the first batch of the tenant is applied.
    pub(super) fn is_done(&self, tenant: TenantId) -> bool {
        self.of(tenant) == Some(Progress::Done)
    }

    /// The first batch of the tenant is applied.
    pub(super) fn done(&self, tenant: TenantId) {
        self.set(tenant, Progress::Done);
    }
}

/// What is next in the inbox.
enum Next {
    /// To be applied; its try is counted.
    Body(Box<Model>),
    /// A body that may be tried once more only, while nothing else drains.
    LastTry,
    /// One was kept as `failed`.
    KeptFailed,
    /// Nothing waits.
    Nothing,
    /// Another process is at it.
    Held,
}

impl Service {
    /// Applies a batch body by body, and counts each try before it is made, so a process that crashes on a body has already
    /// counted it. After three tries the body is kept as `failed` instead. A try that does not end the process is not counted.
    pub(super) async fn drain_alone(&self, db: &TenantDb) -> Result<Drained> {
        for _ in 0..BATCH {
            let beside = self.tried.beside_others().await;
            let mut next = self.drain_one(db, false).await?;
            drop(beside);
            if matches!(next, Next::LastTry) {
                let _alone = self.tried.draining.write().await;
                next = self.drain_one(db, true).await?;
            }
            match next {
                Next::Nothing => return Ok(Drained::All),
                Next::Held => return Ok(Drained::Held),
                Next::Body(_) | Next::KeptFailed | Next::LastTry => {}
            }
        }
        Ok(Drained::Full)
    }

    /// Tries the oldest body, unless it is its last try and something else may drain.
    async fn drain_one(&self, db: &TenantDb, alone: bool) -> Result<Next> {
        let next = retrying(|| self.next_alone(db, alone)).await?;
        if let Next::Body(body) = &next
            && let Err(error) = self.apply_or_keep(db, body).await
        {
            // While the database is away this fails too. The try stays counted then, and this process counts no further one.
            if take_back(db, body).await.is_ok() {
                self.tried.clear(db.tenant());
            }
            return Err(error);
        }
        Ok(next)
    }

    /// Takes the oldest body and counts its try, in its own transaction.
    async fn next_alone(&self, db: &TenantDb, alone: bool) -> Result<Next> {
        let tx = db.begin().await?;
        let Some(mut bodies) = tx.take_oldest::<Entity>(Column::Id, 1).await? else {
            return Ok(Next::Held);
        };
        let Some(body) = bodies.pop() else {
            return Ok(Next::Nothing);
        };
        let tries = body.tries.unwrap_or_default();
        let counted = self.tried.of(db.tenant()) == Some(Progress::At(body.id));
        let last = tries + i32::from(!counted) == TRIES;
        if last && !alone {
            return Ok(Next::LastTry);
        }
        if counted {
            return Ok(Next::Body(Box::new(body)));
        }
        if tries >= TRIES {
            tracing::error!(inbox = %body.id, tries, "a webhook that ended the process each time is kept as it came");
            keep_failed(&tx, &body).await?;
            tx.commit().await?;
            return Ok(Next::KeptFailed);
        }
        write(&tx, body.id, Some(tries + 1)).await?;
        tx.commit().await?;
        self.tried.set(db.tenant(), Progress::At(body.id));
        Ok(Next::Body(Box::new(body)))
    }
}

/// Counts no try of a body: it failed, but the process has survived it.
async fn take_back(db: &TenantDb, body: &Model) -> Result<()> {
    let tx = db.begin().await?;
    write(&tx, body.id, body.tries).await?;
    kernel::failpoint!(try "drain.take_back");
    tx.commit().await
}

async fn write(tx: &TenantTx, id: InboxId, tries: Option<i32>) -> Result<()> {
    let row = ActiveModel {
        tries: Set(tries),
        ..ActiveModel::default()
    };
    let update = tx.update::<Entity>().filter(Column::Id.eq(id));
    update.set(row).exec().await?;
    Ok(())
}
