//! The same test on every store: a folder, memory, and a bucket behind S3's own protocol.

use bytes::Bytes;
use futures_util::stream;
use kernel::{TenantId, id::Id};
use uuid::Uuid;

use super::*;

fn key(name: &str) -> BlobKey {
    BlobKey::new(TenantId::from_uuid(Uuid::from_u128(7)), name).unwrap()
}

fn parts(bytes: &[u8], size: usize) -> ByteStream {
    let parts: Vec<io::Result<Bytes>> = bytes
        .chunks(size)
        .map(|part| Ok(Bytes::copy_from_slice(part)))
        .collect();
    stream::iter(parts).boxed()
}

async fn read(store: &dyn BlobStore, key: &BlobKey, range: Option<Range<u64>>) -> Vec<u8> {
    let parts: Vec<Bytes> = store.read(key, range).await.unwrap().try_collect().await.unwrap();
    parts.concat()
}

async fn story(store: &dyn BlobStore) {
    store.check().await.unwrap();
    // More than one part, to cover the multipart upload too.
    let large: Vec<u8> = (0..2 * BUCKET_PART + 1_234_567)
        .map(|n| (n % 251) as u8)
        .collect();
    for (name, bytes) in [
        ("media/small", b"hello".as_slice()),
        ("media/large", &large),
        ("media/empty", b""),
    ] {
        let size = store
            .put(&key(name), parts(bytes, 60_000), large.len() as u64)
            .await
            .unwrap();
        assert_eq!(size, bytes.len() as u64);
        assert!(read(store, &key(name), None).await == bytes, "{name}");
    }
    let middle = read(store, &key("media/large"), Some(5_000_000..5_300_000)).await;
    assert!(middle == large[5_000_000..5_300_000]);
    assert_eq!(read(store, &key("media/small"), Some(1..3)).await, b"el");

    // A failed write leaves nothing, and the old file stays.
    let limit = BUCKET_PART as u64 + 10;
    let refused = store.put(&key("media/over"), parts(&large, 60_000), limit).await;
    assert!(
        matches!(refused, Err(PutError::TooLarge { limit: told }) if told == limit),
        "{refused:?}"
    );
    let broken = stream::iter([
        Ok(Bytes::from_static(b"half")),
        Err(io::ErrorKind::ConnectionReset.into()),
    ])
    .boxed();
    assert!(matches!(
        store.put(&key("media/small"), broken, 100).await,
        Err(PutError::Source(_))
    ));
    assert_eq!(read(store, &key("media/small"), None).await, b"hello");
    let missing = |error: Error| error.status().as_u16();
    assert_eq!(
        store.read(&key("media/over"), None).await.err().map(missing),
        Some(404)
    );

    for name in ["media/small", "media/large", "media/empty", "media/small"] {
        store.delete(&key(name)).await.unwrap();
    }
    assert_eq!(
        store.read(&key("media/small"), None).await.err().map(missing),
        Some(404)
    );
}

#[tokio::test]
async fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::parse("", folder.path().join("media")).unwrap();
    story(&*place.open().unwrap()).await;
    let mode = std::fs::metadata(folder.path().join("media")).unwrap();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777,
        0o700
    );
    let left: Vec<_> = files_below(folder.path());
    assert!(left.is_empty(), "{left:?} stayed behind");
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_below(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test]
async fn memory() {
    story(&*Place::parse("memory:", PathBuf::new()).unwrap().open().unwrap()).await;
}

/// A server that speaks S3 and checks signatures, over a folder with the bucket `files`.
async fn bucket_server(folder: &Path) -> String {
    std::fs::create_dir(folder.join("files")).unwrap();
    let mut service = s3s::service::S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder).unwrap());
    service.set_auth(s3s::auth::SimpleAuth::from_single("our-key", "our-secret"));
    let service = service.build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let socket = hyper_util::rt::TokioIo::new(socket);
            let service = service.clone();
            tokio::spawn(async move {
                let executor = hyper_util::rt::TokioExecutor::new();
                let server = hyper_util::server::conn::auto::Builder::new(executor);
                let _ = server.serve_connection(socket, service).await;
            });
        }
    });
    address
}

fn bucket(endpoint: &str, secret: &str) -> Arc<dyn BlobStore> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Place::Bucket(bucket) = Place::parse("s3://files/wapro", PathBuf::new()).unwrap() else {
        panic!("s3:// is a bucket")
    };
    let bucket = Bucket {
        endpoint: Some(endpoint.to_owned()),
        region: Some("eu-central-1".to_owned()),
        credentials: Some(("our-key".to_owned(), SecretString::from(secret))),
        ..bucket
    };
    Place::Bucket(bucket).open().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket() {
    let folder = tempfile::tempdir().unwrap();
    let server = bucket_server(folder.path()).await;
    let store = bucket(&server, "our-secret");
    story(&*store).await;
    let place = key("media/kept");
    store.put(&place, parts(b"kept", 2), 10).await.unwrap();
    let file = folder.path().join("files/wapro").join(place.as_str());
    assert_eq!(
        std::fs::read(file).unwrap(),
        b"kept",
        "the prefix and the tenant stand in front"
    );
    let refused = bucket(&server, "another secret").check().await.unwrap_err();
    assert_eq!(refused.status().as_u16(), 503);
}

#[test]
fn an_address_is_a_folder_a_bucket_or_wrong() {
    let parse = |text: &str| Place::parse(text, PathBuf::from("/data/media"));
    assert!(matches!(parse(""), Ok(Place::Folder(folder)) if folder == Path::new("/data/media")));
    assert!(
        matches!(parse("file:///var/files"), Ok(Place::Folder(folder)) if folder == Path::new("/var/files"))
    );
    match parse("s3://files/wapro/media/").unwrap() {
        Place::Bucket(bucket) => assert_eq!(
            (bucket.name.as_str(), bucket.prefix.as_str()),
            ("files", "wapro/media")
        ),
        other => panic!("{other:?}"),
    }
    for bad in ["s3://", "/var/files", "https://files.example", "media"] {
        assert!(parse(bad).unwrap_err().contains("s3://bucket/prefix"), "{bad}");
    }
}
