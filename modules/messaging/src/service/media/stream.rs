//! Bytes on their way to the store: looked at, counted and hashed as they pass.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use kernel::blob::ByteStream;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::sort::HEAD;

/// A file that is still not there after so long breaks off: a sender of one byte now and then must not keep a place.
const LONGEST: Duration = Duration::from_secs(600);

/// Reads the first bytes. They come again in the stream that is given back.
pub(super) async fn peek(mut bytes: ByteStream) -> io::Result<(Bytes, ByteStream)> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match bytes.next().await {
            Some(part) => head.extend_from_slice(&part?),
            None => break,
        }
    }
    let head = head.freeze();
    let first = head.slice(..head.len().min(HEAD));
    let whole = stream::once(async move { Ok(head) }).chain(bytes).boxed();
    Ok((first, whole))
}

/// What passed: known once the stream has ended.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Passed>>);

#[derive(Default)]
struct Passed {
    sha256: Sha256,
    too_large: bool,
}

impl Meter {
    /// The digest of what has passed.
    pub(super) fn sha256(&self) -> [u8; 32] {
        self.read(|passed| passed.sha256.clone().finalize().into())
    }

    /// Whether the limit was exceeded.
    pub(super) fn too_large(&self) -> bool {
        self.read(|passed| passed.too_large)
    }

    fn read<T>(&self, read: impl FnOnce(&mut Passed) -> T) -> T {
        read(&mut self.0.lock().expect("no code panics while it holds this lock"))
    }
}

/// Counts and hashes what passes. The stream breaks off at the limit.
pub(super) fn metered(bytes: ByteStream, limit: u64) -> (ByteStream, Meter) {
    let meter = Meter::default();
    let state = (Some(bytes), 0u64, meter.clone());
    let end = Instant::now() + LONGEST;
    let passing = stream::unfold(state, move |(bytes, mut size, meter)| async move {
        let mut bytes = bytes?;
        let next = tokio::time::timeout_at(end, bytes.next()).await;
        let part = match next.unwrap_or_else(|_| Some(Err(io::ErrorKind::TimedOut.into())))? {
            Ok(part) => part,
            Err(error) => return Some((Err(error), (None, size, meter))),
        };
        size += part.len() as u64;
        if size > limit {
            meter.read(|passed| passed.too_large = true);
            return Some((Err(io::ErrorKind::FileTooLarge.into()), (None, size, meter)));
        }
        meter.read(|passed| passed.sha256.update(&part));
        Some((Ok(part), (Some(bytes), size, meter)))
    });
    (passing.boxed(), meter)
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;

    use super::*;

    fn parts(count: usize) -> ByteStream {
        stream::iter((0..count).map(|_| Ok(Bytes::from_static(&[7; 1000])))).boxed()
    }

    #[tokio::test]
    async fn the_head_comes_again() {
        let (head, whole) = peek(parts(20)).await.unwrap();
        assert_eq!(head.len(), HEAD);
        let whole: Vec<Bytes> = whole.try_collect().await.unwrap();
        assert_eq!(whole.concat(), [7; 20_000]);
        let (head, _) = peek(parts(0)).await.unwrap();
        assert!(head.is_empty());
    }

    #[tokio::test]
    async fn the_limit_holds_to_the_byte() {
        let (bytes, meter) = metered(parts(5), 5000);
        let whole: Vec<Bytes> = bytes.try_collect().await.unwrap();
        assert_eq!((whole.concat().len(), meter.too_large()), (5000, false));
        assert_eq!(meter.sha256()[..], Sha256::digest([7; 5000])[..]);
        let (bytes, meter) = metered(parts(5), 4999);
        let error = bytes.try_collect::<Vec<_>>().await.unwrap_err();
        assert_eq!(
            (error.kind(), meter.too_large()),
            (io::ErrorKind::FileTooLarge, true)
        );
    }
}
