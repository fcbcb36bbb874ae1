//! Fetching what a customer points at, as a port: their addresses must not reach into our own network.

use url::Url;

use crate::blob::ByteStream;

/// What an address answered with 200.
pub struct Fetched {
    /// `Content-Type` as told.
    pub content_type: Option<String>,
    /// The name in `Content-Disposition`, as told.
    pub file_name: Option<String>,
    /// `Content-Length` as told; not to be relied on.
    pub length: Option<u64>,
    /// Where it was in the end, after redirects.
    pub url: Url,
    /// The bytes as they come; they break off with an error when the address is too slow.
    pub bytes: ByteStream,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fetched({:?}, {:?} bytes)", self.content_type, self.length)
    }
}

/// Why an address was not fetched. The sentences are for the customer and tell nothing about our network.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an address that may be fetched: scheme, port, user info, or a host in a private or special network.
    #[error("{0}")]
    Refused(&'static str),
    /// It could not be reached, or not in time.
    #[error("the address could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered, but not with a file.
    #[error("the address answered with HTTP status {0}")]
    Status(u16),
}

/// Fetches from the public internet only.
#[async_trait::async_trait]
pub trait Fetcher: Send + Sync {
    /// `GET url`. Every address it leads to is checked when it is resolved and again when it is connected.
    ///
    /// # Errors
    /// See [`FetchError`].
    async fn get(&self, url: &Url) -> Result<Fetched, FetchError>;
}
