//! The threads that bulk messages are sent from. A busy process has a thousand bulk requests in flight, and so a thousand tasks in
//! the run queue. On shared threads an agent's reply, a small campaign's messages and each statement that they need would wait
//! in that queue several times. So bulk has its own threads, with a lower priority of the operating system.

use std::sync::{Arc, OnceLock};

use tokio::runtime::{Builder, Handle, Runtime};

/// Niceness of these threads. What it costs a large campaign was within the noise of the bench.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Shared by all runs of this process; started with the first message.
#[derive(Clone, Default)]
pub(super) struct Threads(Arc<OnceLock<Option<Running>>>);

impl Threads {
    /// Where to spawn bulk sends.
    pub(super) fn handle(&self) -> Handle {
        let running = self.0.get_or_init(Running::start);
        running
            .as_ref()
            .and_then(|running| running.0.as_ref())
            .map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

/// Only taken apart by `drop`.
struct Running(Option<Runtime>);

impl Running {
    /// As many as there are cores: with their low priority they only take what is left. None when the system gives no more
    /// threads; then bulk is sent from the main threads.
    fn start() -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores)
            .thread_name("bulk")
            .on_thread_start(lower_priority)
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => Some(Self(Some(runtime))),
            Err(error) => {
                tracing::warn!(%error, "bulk messages are sent from the main threads");
                None
            }
        }
    }
}

/// Only where niceness is a thread's and not a whole process's, and where the system allows it.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}

impl Drop for Running {
    fn drop(&mut self) {
        // This may be dropped inside a runtime, where waiting for threads is not allowed. Runs wait for their own sends.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bulk_sends_do_not_block_the_main_threads() {
        let threads = Threads::default();
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let name = || std::thread::current().name().map(ToOwned::to_owned);
        // This test's runtime has one thread: if the task ran there, `yield_now` would never return.
        let busy = threads.handle().spawn(async move {
            let _ = wait.lock().unwrap().recv();
            name()
        });
        tokio::task::yield_now().await;
        done.send(()).unwrap();
        assert_eq!(busy.await.unwrap().as_deref(), Some("bulk"));
        assert_ne!(name().as_deref(), Some("bulk"));
        // Dropped inside a runtime, where waiting for threads would panic.
        drop(threads);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_these_threads_have_the_lower_priority() {
        let niceness = || rustix::process::nice(0).unwrap();
        let before = niceness();
        let threads = Threads::default();
        let theirs = threads.handle().spawn(async move { niceness() }).await.unwrap();
        assert_eq!(theirs, (before + NICENESS).min(19));
        assert_eq!(niceness(), before);
    }
}
