//! The same request twice is one message: a program that got no answer may simply ask again.

use chrono::TimeDelta;
use contracts::messaging::MessageId;
use kernel::{Actor, Error, Result, TenantTx};
use poem::http::StatusCode;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sha2::{Digest, Sha256};

use crate::entity::idempotency_key::{ActiveModel, Column, Entity};

/// How long a key is remembered.
const KEPT: TimeDelta = TimeDelta::hours(24);
/// Characters of a key at most.
const LENGTH: usize = 128;

/// A key with what it stands for.
#[derive(Clone, Debug)]
pub struct Idempotency {
    key: String,
    digest: String,
}

impl Idempotency {
    /// A key as the header brought it; `asked` is everything the request says, so that another request under the same key is
    /// noticed. Two callers never share a key.
    ///
    /// # Errors
    /// 422 when the key is empty, too long or not printable ASCII.
    pub fn new(header: Option<String>, actor: &Actor, asked: &str) -> Result<Option<Self>> {
        let Some(key) = header else { return Ok(None) };
        if key.is_empty() || key.len() > LENGTH || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::invalid(
                "Idempotency-Key",
                format!("must be 1 to {LENGTH} printable ASCII characters, such as a UUID"),
            ));
        }
        Ok(Some(Self {
            key: format!("{}:{key}", actor.id()),
            digest: hex::encode(Sha256::digest(asked)),
        }))
    }

    /// The message that the key made before.
    pub(super) async fn known(&self, tx: &TenantTx) -> Result<Option<MessageId>> {
        let live = Column::CreatedAt.gte(tx.clock().now() - KEPT);
        let row = tx
            .find::<Entity>()
            .filter(Column::Key.eq(self.key.clone()))
            .filter(live)
            .one()
            .await?;
        match row {
            Some(row) if row.digest != self.digest => Err(Error::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request within the last day. Use a new key for a new request.",
            )),
            row => Ok(row.map(|row| row.message_id)),
        }
    }

    /// Records the message for the key in the transaction that makes it. Of two transactions with one key the second waits
    /// here for the first to end; whether this one was the first.
    pub(super) async fn claim(&self, tx: &TenantTx, made: MessageId) -> Result<bool> {
        let now = tx.clock().now();
        tx.delete::<Entity>()
            .filter(Column::CreatedAt.lt(now - KEPT))
            .exec()
            .await?;
        let row = ActiveModel {
            key: Set(self.key.clone()),
            digest: Set(self.digest.clone()),
            message_id: Set(made),
            created_at: Set(now),
            ..ActiveModel::default()
        };
        Ok(tx.insert_new::<Entity>(vec![row]).await? == 1)
    }
}
