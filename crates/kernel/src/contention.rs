//! Trying again what lost against somebody else.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use crate::Result;

/// Runs a whole transaction, and runs it again when the database broke it off in favour of another (deadlock, lock wait,
/// busy): five times at most, a few milliseconds to a quarter of a second apart, with jitter so that the two do not meet
/// again. Whatever it does must therefore be inside the transaction.
///
/// # Errors
/// The last one, or any other at once.
pub async fn retrying<T, F, Fut>(transaction: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(250))
        .with_max_times(5)
        .with_jitter();
    transaction
        .retry(pauses)
        .when(|error| error.is_contention())
        .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::Error;

    #[tokio::test]
    async fn only_contention_is_tried_again_and_not_for_ever() {
        let tries = AtomicU32::new(0);
        let lost = retrying(|| async {
            tries.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(Error::contention())
        });
        assert_eq!(lost.await.unwrap_err().status().as_u16(), 503);
        assert_eq!(tries.swap(0, Ordering::Relaxed), 6);
        let refused = retrying(|| async {
            tries.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(Error::not_found("thing"))
        });
        assert_eq!(refused.await.unwrap_err().status().as_u16(), 404);
        assert_eq!(tries.load(Ordering::Relaxed), 1);
    }
}
