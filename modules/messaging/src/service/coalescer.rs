//! Makes webhooks durable, several in one commit: whatever arrived while the last commit ran goes into the next one.

use std::collections::HashMap;

use bytes::Bytes;
use kernel::{Result, TenantDb, TenantId, retrying};
use sea_orm::ActiveValue::Set;
use tokio::sync::{mpsc, oneshot};

use crate::{
    entity::inbox::{ActiveModel, Entity},
    error::MessagingError,
    job::DrainInbox,
};

/// Bodies that may wait for a commit; more are answered 503, and WhatsApp sends them again.
const QUEUE: usize = 1024;
/// Bodies in one commit at most.
const BATCH: usize = 256;
/// Bytes in one commit, more or less.
const BATCH_BYTES: usize = 1024 * 1024;

struct Arrival {
    db: TenantDb,
    body: Bytes,
    own_path: bool,
    stored: oneshot::Sender<bool>,
}

/// The sending end. Cloning shares it.
#[derive(Clone)]
pub(super) struct Coalescer {
    arrivals: mpsc::Sender<Arrival>,
}

impl Coalescer {
    /// Starts the writer; it ends with the last sending end.
    pub(super) fn start() -> Self {
        let (arrivals, queue) = mpsc::channel(QUEUE);
        tokio::spawn(write(queue));
        Self { arrivals }
    }

    /// Resolves once the body is on disk.
    ///
    /// # Errors
    /// 503 when too much waits already or the database is away: the body is not stored then.
    pub(super) async fn store(&self, db: TenantDb, body: Bytes, own_path: bool) -> Result<()> {
        let (stored, answer) = oneshot::channel();
        self.arrivals
            .try_send(Arrival {
                db,
                body,
                own_path,
                stored,
            })
            .map_err(|_| MessagingError::InboxFull)?;
        match answer.await {
            Ok(true) => Ok(()),
            _ => Err(MessagingError::InboxFull.into()),
        }
    }
}

async fn write(mut queue: mpsc::Receiver<Arrival>) {
    while let Some(first) = queue.recv().await {
        let mut bytes = first.body.len();
        let mut batch = vec![first];
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Ok(next) = queue.try_recv() else { break };
            bytes += next.body.len();
            batch.push(next);
        }
        let mut by_tenant: HashMap<TenantId, Vec<Arrival>> = HashMap::new();
        for arrival in batch {
            by_tenant.entry(arrival.db.tenant()).or_default().push(arrival);
        }
        for arrivals in by_tenant.into_values() {
            let stored = retrying(|| store_all(&arrivals)).await;
            if let Err(error) = &stored {
                tracing::error!(%error, "webhooks could not be stored and were answered 503");
            }
            for arrival in arrivals {
                let _ = arrival.stored.send(stored.is_ok());
            }
        }
    }
}

async fn store_all(arrivals: &[Arrival]) -> Result<()> {
    let Some(first) = arrivals.first() else {
        return Ok(());
    };
    let mut tx = first.db.begin().await?;
    let now = tx.clock().now();
    let rows = arrivals
        .iter()
        .map(|arrival| ActiveModel {
            id: Set(tx.clock().new_id()),
            body: Set(arrival.body.to_vec()),
            own_path: Set(arrival.own_path),
            received_at: Set(now),
            ..ActiveModel::default()
        })
        .collect();
    tx.insert_many::<Entity>(rows).await?;
    tx.enqueue(&DrainInbox {})?;
    kernel::failpoint!(try "ingest.before_commit");
    tx.commit().await?;
    kernel::failpoint!("ingest.committed");
    Ok(())
}
