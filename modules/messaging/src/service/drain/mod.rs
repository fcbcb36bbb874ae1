//! Applies what waits in the inbox: contacts, conversations, messages, statuses, events, and the row's own removal, in one
//! transaction. Applying a body twice changes nothing.

mod inbound;
mod kept;
mod sort;
pub(super) mod statuses;

use kernel::{JobContext, JobOutcome, Result, TenantDb, TenantTx, retrying};
use poem::http::StatusCode;
use sea_orm::{ColumnTrait, Order};

use super::{Service, channels::CHANNELS};
use crate::entity::{
    channel,
    inbox::{Column, Entity, Model},
};
use kept::Kept;

/// Bodies applied in one transaction at most.
const BATCH: u64 = 100;

impl Service {
    /// Applies everything that waits.
    pub async fn drain_inbox(&self, context: JobContext) -> JobOutcome {
        while self.drain_batch(&context.db).await? == BATCH {}
        Ok(())
    }

    async fn drain_batch(&self, db: &TenantDb) -> Result<u64> {
        let bodies = db
            .find::<Entity>()
            .order_by(Column::Id, Order::Asc)
            .limit(BATCH)
            .all()
            .await?;
        if bodies.is_empty() {
            return Ok(0);
        }
        if let Err(error) = retrying(|| self.apply(db, &bodies)).await {
            tracing::warn!(%error, bodies = bodies.len(), "a batch could not be applied; its bodies are tried one by one");
            for body in &bodies {
                self.apply_or_keep(db, body).await?;
            }
        }
        Ok(bodies.len() as u64)
    }

    async fn apply(&self, db: &TenantDb, bodies: &[Model]) -> Result<()> {
        let channels = db.find::<channel::Entity>().limit(CHANNELS).all().await?;
        let channels = channels
            .into_iter()
            .map(|channel| (channel.phone_number_id.clone(), channel))
            .collect();
        let sorted = self.sort(db, bodies, &channels).await?;
        let mut tx = db.begin().await?;
        self.apply_messages(&mut tx, sorted.messages).await?;
        statuses::apply(&mut tx, sorted.statuses).await?;
        kept::keep(&tx, sorted.kept).await?;
        remove(&tx, bodies).await?;
        kernel::failpoint!(try "drain.before_commit");
        tx.commit().await?;
        kernel::failpoint!("drain.committed");
        Ok(())
    }

    /// One body that cannot be applied must not hold up those behind it: it is kept raw instead, where a person sees it.
    async fn apply_or_keep(&self, db: &TenantDb, body: &Model) -> Result<()> {
        match retrying(|| self.apply(db, std::slice::from_ref(body))).await {
            Err(error) if error.status() != StatusCode::SERVICE_UNAVAILABLE => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, inbox = %body.id, "a webhook could not be applied and is kept as it came");
                let tx = db.begin().await?;
                kept::keep(&tx, vec![Kept::unreadable("failed", &body.body)]).await?;
                remove(&tx, std::slice::from_ref(body)).await?;
                tx.commit().await
            }
            outcome => outcome,
        }
    }
}

async fn remove(tx: &TenantTx, bodies: &[Model]) -> Result<()> {
    let ids = bodies.iter().map(|body| body.id);
    tx.delete::<Entity>().filter(Column::Id.is_in(ids)).exec().await?;
    Ok(())
}
