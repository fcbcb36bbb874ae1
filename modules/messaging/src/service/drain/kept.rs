//! What has no home yet is kept raw and visible.

use cloud_api::webhook::Change;
use kernel::{Result, TenantTx};
use sea_orm::ActiveValue::Set;
use sha2::{Digest, Sha256};

use crate::entity::webhook_event::{ActiveModel, Entity};

/// One change, or one body that could not be read.
#[derive(Debug)]
pub(in crate::service) struct Kept {
    reason: &'static str,
    field: String,
    waba_id: Option<String>,
    phone_number_id: Option<String>,
    payload: String,
}

impl Kept {
    /// A change, whole.
    pub(super) fn new(
        reason: &'static str,
        waba: Option<&str>,
        number: Option<&str>,
        change: &Change,
    ) -> Self {
        Self {
            reason,
            field: cut(change.field.as_deref().unwrap_or("unknown"), 128),
            waba_id: waba.map(|id| cut(id, 64)),
            phone_number_id: number.map(|id| cut(id, 64)),
            // Written again, so that the same change is known however it is spelled.
            payload: change
                .tree()
                .map_or_else(|| change.raw.clone(), |tree| tree.to_string()),
        }
    }

    /// A body that is signed but could not be understood or applied.
    pub(super) fn unreadable(reason: &'static str, body: &[u8]) -> Self {
        let payload = String::from_utf8_lossy(body).into_owned();
        Self {
            reason,
            field: "unknown".to_owned(),
            waba_id: None,
            phone_number_id: None,
            payload,
        }
    }

    fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for part in [
            self.waba_id.as_deref().unwrap_or_default(),
            &self.field,
            &self.payload,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}

/// MySQL would cut an over-long value in `INSERT IGNORE`; cut it where we know how.
fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

/// Bytes of payloads in one statement, more or less: databases refuse statements that are too long.
const A_STATEMENT: usize = 2 << 20;

/// Keeps them, each once.
pub(super) async fn keep(tx: &TenantTx, kept: Vec<Kept>) -> Result<()> {
    let now = tx.clock().now();
    let (mut rows, mut bytes) = (Vec::new(), 0);
    for kept in kept {
        bytes += kept.payload.len();
        rows.push(ActiveModel {
            id: Set(tx.clock().new_id()),
            digest: Set(kept.digest()),
            field: Set(kept.field),
            reason: Set(kept.reason.to_owned()),
            waba_id: Set(kept.waba_id),
            phone_number_id: Set(kept.phone_number_id),
            payload: Set(kept.payload),
            received_at: Set(now),
            ..ActiveModel::default()
        });
        if bytes >= A_STATEMENT {
            tx.insert_new::<Entity>(std::mem::take(&mut rows)).await?;
            bytes = 0;
        }
    }
    tx.insert_new::<Entity>(rows).await?;
    Ok(())
}
