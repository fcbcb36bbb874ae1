//! Files, as a port: a folder on the embedded profile, an S3-compatible store in production. Streamed both ways, so that
//! a file is never whole in memory.

use std::{fmt, io, ops::Range};

use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::{Error, Result, TenantId};

/// A file's bytes as they come.
pub type ByteStream = BoxStream<'static, io::Result<Bytes>>;

/// Where a file lies: the tenant first, so that one tenant's files are one prefix and nobody reaches another's by name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BlobKey(String);

impl BlobKey {
    /// The place `name` of a tenant, for example `media/med_0199…`. The name comes from us, never from a caller.
    ///
    /// # Errors
    /// 500 for a name that is not lower-case letters, digits, `_`, `-` and single `/`, or longer than 128 bytes.
    pub fn new(tenant: TenantId, name: &str) -> Result<Self> {
        let fits = (1..=128).contains(&name.len())
            && name.split('/').all(|part| {
                let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-');
                !part.is_empty() && part.bytes().all(plain)
            });
        if fits {
            Ok(Self(format!("{tenant}/{name}")))
        } else {
            Err(Error::internal("a file's place is not a plain name"))
        }
    }

    /// `ten_0199…/media/med_0199…`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a file could not be stored.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// It has more bytes than were allowed. Nothing was kept.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// How many were allowed.
        limit: u64,
    },
    /// What sends the bytes broke off. Nothing was kept.
    #[error("the bytes broke off: {0}")]
    Source(#[source] io::Error),
    /// The store cannot take it now: away, or full. Nothing was kept.
    #[error("the file store failed")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<PutError> for Error {
    fn from(error: PutError) -> Self {
        match error {
            PutError::TooLarge { limit } => Self::new(
                poem::http::StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                format!("The file is larger than {limit} bytes."),
            ),
            PutError::Source(error) => Self::new(
                poem::http::StatusCode::BAD_REQUEST,
                "malformed_body",
                format!("The file broke off while it was read: {error}."),
            ),
            PutError::Store(error) => {
                tracing::error!(%error, "a file could not be stored");
                Self::unavailable("Files cannot be stored at the moment. Try again later.")
            }
        }
    }
}

/// Keeps files.
#[async_trait::async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores what `bytes` brings and says how many bytes that were. Readers see all of it or nothing.
    ///
    /// # Errors
    /// See [`PutError`].
    async fn put(&self, key: &BlobKey, bytes: ByteStream, limit: u64) -> Result<u64, PutError>;

    /// The file's bytes, or those of a range that lies within it.
    ///
    /// # Errors
    /// 404 when there is no such file, 503 when the store is away.
    async fn read(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<ByteStream>;

    /// Removes a file; one that is not there is removed already.
    ///
    /// # Errors
    /// 503 when the store is away.
    async fn delete(&self, key: &BlobKey) -> Result<()>;

    /// Writes, reads and removes a test file.
    ///
    /// # Errors
    /// 503 with the store's own sentence as the cause.
    async fn check(&self) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::Id;

    #[test]
    fn a_place_starts_with_its_tenant_and_cannot_leave_it() {
        let tenant = TenantId::from_uuid(Uuid::from_u128(7));
        let key = BlobKey::new(tenant, "media/med_01").unwrap();
        assert_eq!(key.as_str(), format!("{tenant}/media/med_01"));
        for bad in [
            "",
            "../x",
            "a//b",
            "/a",
            "a/",
            "a/../b",
            "A",
            "a b",
            "a%2e",
            "a\0",
            &"a".repeat(129),
        ] {
            assert!(BlobKey::new(tenant, bad).is_err(), "{bad:?}");
        }
    }
}
