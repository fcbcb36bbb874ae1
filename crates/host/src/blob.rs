//! The file store: a folder or an S3-compatible bucket, by the crate `object_store`.

use std::{
    fmt, io,
    ops::Range,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt};
use kernel::{
    BlobKey, BlobStore, Error, Result,
    blob::{ByteStream, PutError},
};
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder,
    buffered::BufWriter, local::LocalFileSystem, memory::InMemory, path::Path as ObjectPath,
    prefix::PrefixStore,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{io::AsyncWriteExt, sync::Semaphore};
use url::Url;

/// Part size when writing to a folder.
const FOLDER_PART: usize = 512 * 1024;
/// Part size when writing to a bucket: S3's minimum.
const BUCKET_PART: usize = 5 * 1024 * 1024;
/// Files written at a time; more wait. With the part sizes above it limits the memory of uploads.
const WRITERS: usize = 16;

/// Idle timeout of a bucket.
const QUIET: Duration = Duration::from_secs(30);

/// Where files are kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder, created if missing.
    Folder(PathBuf),
    /// A bucket, or a prefix in it.
    Bucket(Bucket),
    /// This process's memory: for descriptions and tests.
    Memory,
}

/// An S3-compatible bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Part of every key, without slashes around it; may be empty.
    pub prefix: String,
    /// Where, when not at Amazon: `https://minio.example:9000`.
    pub endpoint: Option<String>,
    /// `eu-central-1`; Amazon's default when absent.
    pub region: Option<String>,
    /// Key id and secret; the usual environment (variables, instance role) when absent.
    pub credentials: Option<(String, SecretString)>,
}

impl Place {
    /// Reads an address: empty (the folder `otherwise`), `file:///folder`, `s3://bucket/prefix`, `memory:`.
    ///
    /// # Errors
    /// A message that says what a URL looks like.
    pub fn parse(address: &str, otherwise: PathBuf) -> Result<Self, String> {
        if address.is_empty() {
            return Ok(Self::Folder(otherwise));
        }
        // The URL is not in the message: it may contain a secret.
        let wanted = || {
            "this is not a file store: use file:///folder, s3://bucket/prefix, or leave it empty".to_owned()
        };
        let url = Url::parse(address).map_err(|_| wanted())?;
        match url.scheme() {
            "file" => url.to_file_path().map(Self::Folder).map_err(|()| wanted()),
            "memory" => Ok(Self::Memory),
            "s3" => Ok(Self::Bucket(Bucket {
                name: url.host_str().ok_or_else(wanted)?.to_owned(),
                prefix: url.path().trim_matches('/').to_owned(),
                endpoint: None,
                region: None,
                credentials: None,
            })),
            _ => Err(wanted()),
        }
    }

    /// Opens it. No request is made yet: see [`BlobStore::check`].
    ///
    /// # Errors
    /// A message with the cause.
    pub fn open(&self) -> Result<Arc<dyn BlobStore>, String> {
        let store: Arc<dyn ObjectStore> = match self {
            Self::Folder(folder) => Arc::new(open_folder(folder)?),
            Self::Bucket(bucket) => bucket.open()?,
            Self::Memory => Arc::new(InMemory::new()),
        };
        let part = match self {
            Self::Bucket(_) => BUCKET_PART,
            Self::Folder(_) | Self::Memory => FOLDER_PART,
        };
        Ok(Arc::new(Files {
            store,
            part,
            writers: Semaphore::new(WRITERS),
        }))
    }
}

fn open_folder(folder: &Path) -> Result<LocalFileSystem, String> {
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder);
    made.map_err(|error| format!("the folder {} cannot be made: {error}", folder.display()))?;
    LocalFileSystem::new_with_prefix(folder)
        // A file answered 201 is on disk.
        .map(|store| store.with_fsync(true))
        .map_err(|error| format!("the folder {} cannot be used: {error}", folder.display()))
}

impl Bucket {
    fn open(&self) -> Result<Arc<dyn ObjectStore>, String> {
        let http = self
            .endpoint
            .as_ref()
            .is_some_and(|endpoint| endpoint.starts_with("http://"));
        let client = ClientOptions::new()
            .with_allow_http(http)
            .with_connect_timeout(Duration::from_secs(5))
            // The reader of a file may be slow, so there is no total timeout, only an idle timeout.
            .with_timeout_disabled()
            .with_read_timeout(QUIET);
        // Fail early rather than make the caller wait: jobs are retried anyway.
        let retry = RetryConfig {
            max_retries: 3,
            retry_timeout: Duration::from_secs(15),
            ..RetryConfig::default()
        };
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(&self.name)
            .with_client_options(client)
            .with_retry(retry);
        if let Some(endpoint) = &self.endpoint {
            // The bucket is in the path, not in the host name, for servers other than Amazon's.
            builder = builder
                .with_endpoint(endpoint)
                .with_virtual_hosted_style_request(false);
        }
        if let Some(region) = &self.region {
            builder = builder.with_region(region);
        }
        if let Some((id, secret)) = &self.credentials {
            builder = builder
                .with_access_key_id(id)
                .with_secret_access_key(secret.expose_secret());
        }
        let store = builder
            .build()
            .map_err(|error| format!("the bucket {} cannot be used: {error}", self.name))?;
        Ok(match self.prefix.as_str() {
            "" => Arc::new(store),
            prefix => Arc::new(PrefixStore::new(store, prefix)),
        })
    }
}

#[derive(Debug)]
struct Files {
    store: Arc<dyn ObjectStore>,
    part: usize,
    writers: Semaphore,
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.store)
    }
}

fn path(key: &BlobKey) -> ObjectPath {
    // The key's alphabet needs no escaping.
    ObjectPath::from(key.as_str())
}

fn away(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::not_found("file"),
        other => {
            tracing::error!(error = %other, "the file store failed");
            Error::unavailable("The file store is unavailable. Try again later.").because(other)
        }
    }
}

fn store_failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PutError {
    PutError::Store(error.into())
}

#[async_trait::async_trait]
impl BlobStore for Files {
    async fn put(&self, key: &BlobKey, mut bytes: ByteStream, limit: u64) -> Result<u64, PutError> {
        let _place = self.writers.acquire().await.map_err(store_failed)?;
        // Small files go in one request, larger ones in parts; either way readers see the whole or nothing.
        let mut writer =
            BufWriter::with_capacity(self.store.clone(), path(key), self.part).with_max_concurrency(1);
        let mut size = 0;
        let failed = loop {
            match bytes.next().await {
                None => {
                    // A writer that fails here has cleaned up.
                    writer.shutdown().await.map_err(store_failed)?;
                    return Ok(size);
                }
                Some(Err(error)) => break PutError::Source(error),
                Some(Ok(part)) => {
                    size += part.len() as u64;
                    if size > limit {
                        break PutError::TooLarge { limit };
                    }
                    if let Err(error) = writer.put(part).await {
                        break store_failed(error);
                    }
                }
            }
        };
        if let Err(left) = writer.abort().await {
            tracing::debug!(error = %left, "parts of a file that was given up stay behind");
        }
        Err(failed)
    }

    async fn read(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<ByteStream> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&path(key), options).await.map_err(away)?;
        Ok(found.into_stream().map_err(io::Error::other).boxed())
    }

    async fn delete(&self, key: &BlobKey) -> Result<()> {
        match self.store.delete(&path(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(away(error)),
        }
    }

    async fn check(&self) -> Result<()> {
        let probe = ObjectPath::from("doctor");
        self.store
            .put(&probe, b"ok".as_slice().into())
            .await
            .map_err(away)?;
        let read = self.store.get(&probe).await.map_err(away)?;
        read.bytes().await.map_err(away)?;
        self.store.delete(&probe).await.map_err(away)
    }
}

#[cfg(test)]
mod tests;
