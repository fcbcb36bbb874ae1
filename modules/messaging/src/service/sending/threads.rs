//! The threads that the crowd leaves from: all of a campaign but its first messages. A full process has a thousand requests of
//! campaigns under way, and a thousand tasks stand in line for the processor. Whatever ran on the same threads, an agent's reply,
//! the few messages of a small campaign and each statement that they wait for, would stand in that line several times. So the
//! crowd has threads of its own, and where the machine is full the operating system lets everything else go first.

use std::sync::{Arc, OnceLock};

use tokio::runtime::{Builder, Handle, Runtime};

/// How much they give way. What it costs a large campaign was within the noise of the bench.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Shared by all runs of this process; none is started before the first message leaves.
#[derive(Clone, Default)]
pub(super) struct Threads(Arc<OnceLock<Option<Running>>>);

impl Threads {
    /// Where to spawn what speaks with WhatsApp.
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
    /// As many as there are cores: they give way, so what they take is what nobody else wants. None when the system has no more
    /// threads to give; messages leave all the same then.
    fn start() -> Option<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores)
            .thread_name("wire")
            .on_thread_start(give_way)
            .enable_all()
            .build();
        match runtime {
            Ok(runtime) => Some(Self(Some(runtime))),
            Err(error) => {
                tracing::warn!(%error, "messages leave from the threads that everything else runs on");
                None
            }
        }
    }
}

/// Where niceness is a whole process's, nobody gives way; nor where it is forbidden.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
}

impl Drop for Running {
    fn drop(&mut self) {
        // Waiting for its threads is not allowed where this may be dropped; who wants to wait for sends has their handles.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_keeps_them_busy_keeps_nobody_else_waiting() {
        let threads = Threads::default();
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let name = || std::thread::current().name().map(ToOwned::to_owned);
        // This test's runtime has one thread: were the task on it, the line behind would never be reached.
        let busy = threads.handle().spawn(async move {
            let _ = wait.lock().unwrap().recv();
            name()
        });
        tokio::task::yield_now().await;
        done.send(()).unwrap();
        assert_eq!(busy.await.unwrap().as_deref(), Some("wire"));
        assert_ne!(name().as_deref(), Some("wire"));
        // Within a runtime, where nothing may wait for threads.
        drop(threads);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn they_give_way_and_nobody_else_does() {
        let niceness = || rustix::process::nice(0).unwrap();
        let before = niceness();
        let threads = Threads::default();
        let theirs = threads.handle().spawn(async move { niceness() }).await.unwrap();
        assert_eq!(theirs, (before + NICENESS).min(19));
        assert_eq!(niceness(), before);
    }
}
