//! When a worker polls Redis for tickets: as soon as this process has pushed one, and every few milliseconds for tickets of
//! other processes.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use apalis_core::backend::ext::poll_strategy::{PollSnapshot, PollStrategy};
use futures_util::task::AtomicWaker;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// Poll interval.
const EVERY: Duration = Duration::from_millis(15);

/// Wakes the worker of one queue.
///
/// apalis has its own interval, which is not rearmed when it ends while a response of Redis takes longer than the interval; the
/// worker then sleeps until its next heartbeat, three seconds at most.
#[derive(Debug)]
pub(super) struct Asking {
    pushed: Arc<AtomicWaker>,
    tick: Interval,
}

impl Asking {
    /// Woken through `pushed`, too.
    pub(super) fn new(pushed: Arc<AtomicWaker>) -> Self {
        let mut tick = interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { pushed, tick }
    }
}

impl PollStrategy for Asking {
    fn poll_drive(&mut self, context: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        self.pushed.register(context.waker());
        // Poll until it is pending: only then is the waker registered.
        while self.tick.poll_tick(context).is_ready() {}
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin};

    use super::*;

    /// Resolves when it is woken for the `times`-th time.
    async fn woken(asking: &mut Asking, times: u32) {
        let mut polls = 0;
        let woken = poll_fn(|context| {
            let _ = asking.poll_drive(context, &PollSnapshot::new());
            polls += 1;
            if polls > times {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        tokio::time::timeout(Duration::from_secs(10), woken)
            .await
            .expect("it is woken again and again");
    }

    #[tokio::test]
    async fn the_worker_is_woken_again_however_late_it_looked() {
        let mut asking = Asking::new(Arc::default());
        woken(&mut asking, 2).await;
        // A response of Redis that took longer than the interval: nothing else ran meanwhile.
        std::thread::sleep(EVERY * 3);
        woken(&mut asking, 2).await;
    }

    #[tokio::test]
    async fn a_push_of_this_process_wakes_it_at_once() {
        let pushed = Arc::new(AtomicWaker::new());
        let mut asking = Asking::new(pushed.clone());
        // Longer than this test runs.
        asking.tick = interval(Duration::from_secs(3_600));
        asking.tick.tick().await;
        let mut woken = pin!(woken(&mut asking, 1));
        assert!(futures_util::poll!(woken.as_mut()).is_pending());
        pushed.wake();
        woken.await;
    }
}
