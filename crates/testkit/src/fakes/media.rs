//! Files that a test has uploaded.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use cloud_api::media::MediaKind;
use contracts::messaging::{MediaId, MediaLibrary};
use kernel::{Error, Result, TenantDb, TenantId, TenantTx};

/// Files by tenant, each with the only kind that it can be sent as.
#[derive(Debug, Default)]
pub struct FakeMedia {
    files: Mutex<BTreeMap<(TenantId, MediaId), MediaKind>>,
}

impl FakeMedia {
    /// A tenant has uploaded a file of this kind.
    pub fn upload(&self, db: &TenantDb, kind: MediaKind) -> MediaId {
        let id = db.clock().new_id();
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.insert((db.tenant(), id), kind);
        id
    }
}

#[async_trait::async_trait]
impl MediaLibrary for FakeMedia {
    async fn unsendable(&self, tx: &TenantTx, files: &[(MediaId, MediaKind)]) -> Result<Vec<Option<Error>>> {
        let known = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let why = |(id, wanted): &(MediaId, MediaKind)| match known.get(&(tx.tenant(), *id)) {
            Some(kind) if kind == wanted => None,
            Some(_) => Some(Error::invalid("file", "is of another type").with_code("media_type")),
            None => Some(Error::not_found("media")),
        };
        Ok(files.iter().map(why).collect())
    }
}
