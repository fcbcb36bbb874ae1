//! The first bodies after a start, each alone: one that ends the process must not do so for ever.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use kernel::{Result, TenantDb, TenantId, TenantTx, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{BATCH, Drained, set_aside};
use crate::{
    entity::inbox::{ActiveModel, Column, Entity, InboxId, Model},
    service::Service,
};

/// How often a body is tried alone before it is set aside.
const TRIES: i32 = 3;

/// How far each tenant's first batch since the start is.
#[derive(Debug, Default)]
pub(in crate::service) struct Tried(Mutex<HashMap<TenantId, Progress>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// This process has counted a try of this body.
    At(InboxId),
    Done,
}

impl Tried {
    fn of(&self, tenant: TenantId) -> Option<Progress> {
        let tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.get(&tenant).copied()
    }

    fn set(&self, tenant: TenantId, progress: Progress) {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.insert(tenant, progress);
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
    /// One was set aside.
    SetAside,
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
            match retrying(|| self.next_alone(db)).await? {
                Next::Body(body) => {
                    let applied = self.apply_or_keep(db, &body).await;
                    if applied.is_err() {
                        // At best: the database may be away. This process counts it no second time.
                        let _ = count(db, body.id, body.tries).await;
                    }
                    applied?;
                }
                Next::SetAside => {}
                Next::Nothing => return Ok(Drained::All),
                Next::Held => return Ok(Drained::Held),
            }
        }
        Ok(Drained::Full)
    }

    /// Takes the oldest body and counts its try, in a transaction of its own.
    async fn next_alone(&self, db: &TenantDb) -> Result<Next> {
        let tx = db.begin().await?;
        let Some(mut bodies) = tx.take_oldest::<Entity>(Column::Id, 1).await? else {
            return Ok(Next::Held);
        };
        let Some(body) = bodies.pop() else {
            return Ok(Next::Nothing);
        };
        if self.tried.of(db.tenant()) == Some(Progress::At(body.id)) {
            return Ok(Next::Body(Box::new(body)));
        }
        let tries = body.tries.unwrap_or_default();
        if tries >= TRIES {
            tracing::error!(inbox = %body.id, tries, "a webhook that ended the process each time is kept as it came");
            set_aside(&tx, &body).await?;
            tx.commit().await?;
            return Ok(Next::SetAside);
        }
        write(&tx, body.id, Some(tries + 1)).await?;
        tx.commit().await?;
        self.tried.set(db.tenant(), Progress::At(body.id));
        Ok(Next::Body(Box::new(body)))
    }
}

async fn count(db: &TenantDb, id: InboxId, tries: Option<i32>) -> Result<()> {
    let tx = db.begin().await?;
    write(&tx, id, tries).await?;
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
