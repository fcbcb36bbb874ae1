//! The file store that logos are kept in, so that a test can count what is left in it.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{
    BlobKey, BlobStore, Error, Result,
    blob::{ByteStream, PutError},
};

/// Files, by key.
#[derive(Clone, Default)]
pub struct Files(pub Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

#[async_trait::async_trait]
impl BlobStore for Files {
    async fn put(&self, key: &BlobKey, bytes: ByteStream, _limit: u64) -> Result<u64, PutError> {
        let parts: Vec<Bytes> = bytes.try_collect().await.map_err(PutError::Source)?;
        let file = parts.concat();
        let size = file.len() as u64;
        self.0.lock().unwrap().insert(key.as_str().to_owned(), file);
        Ok(size)
    }

    async fn read(&self, key: &BlobKey, _range: Option<Range<u64>>) -> Result<ByteStream> {
        let file = self.0.lock().unwrap().get(key.as_str()).cloned();
        let file = file.ok_or_else(|| Error::not_found("file"))?;
        Ok(stream::iter([Ok(Bytes::from(file))]).boxed())
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        self.0.lock().unwrap().remove(key.as_str());
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}
