//! Background work: small, idempotent, committed together with the state it serves.

use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use serde::{Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Clock, Error, TenantDb};

/// A unit of background work. It carries ids, reads current state when it runs, and may run twice.
///
/// Coarse only (below a thousand a second): one job per chunk of messages, never one per message.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// `<module>.<verb>`, for example `messaging.send_chunk`.
    const NAME: &'static str;
    /// Jobs of one queue share workers; an interactive queue is never behind a bulk one.
    const QUEUE: &'static str = "default";
    /// Tries before the job is dead. A dead job runs no more and stays visible.
    const MAX_ATTEMPTS: u32 = 10;

    /// The queue of this very job, for kinds whose urgency differs from one to the next.
    fn queue(&self) -> &'static str {
        Self::QUEUE
    }

    /// Which share of its tenant's work this is, at most 40 bytes. The feeder goes round robin over the shares of all tenants, so
    /// neither a tenant nor (for example) one of its numbers can hold up another. None: one share for the whole tenant.
    fn share(&self) -> Option<String> {
        None
    }

    /// Two queued jobs of one tenant with the same key are one. Enqueuing while such a job runs makes it run once more
    /// afterwards, so no wake-up is lost or doubled.
    fn dedup_key(&self) -> Option<String> {
        None
    }
}

/// What a job gets besides its arguments.
#[derive(Clone, Debug)]
pub struct JobContext {
    /// The tenant the job belongs to, rebuilt from the row before the job runs.
    pub db: TenantDb,
    /// The row's id.
    pub job_id: Uuid,
    /// 1 for the first try.
    pub attempt: u32,
    /// The clock.
    pub clock: Clock,
    /// Cancelled when the process is asked to stop: a long job stops at the next safe point and returns [`JobError::later`], so
    /// that another process goes on with it.
    pub stop: CancellationToken,
}

/// What a handler returns.
pub type JobOutcome = Result<(), JobError>;

/// Why a job ended without success. The handler decides, not the queue.
#[derive(Debug)]
pub enum JobError {
    /// Try again, after this long or by the usual backoff; without end where the try does not count (waiting for something
    /// is not failing).
    Retry {
        /// Why.
        error: Error,
        /// When; the usual exponential backoff if absent.
        after: Option<Duration>,
        /// Whether the try counts.
        counts: bool,
    },
    /// Give up: it can never succeed.
    Fail(Error),
}

impl JobError {
    /// Never again.
    pub fn fail(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Fail(Error::internal(error))
    }

    /// Come back after `after`; the try is not counted.
    pub fn later(after: Duration, why: &'static str) -> Self {
        Self::Retry {
            error: Error::unavailable(why),
            after: Some(after),
            counts: false,
        }
    }
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        Self::Retry {
            error,
            after: None,
            counts: true,
        }
    }
}

impl From<sea_orm::DbErr> for JobError {
    fn from(error: sea_orm::DbErr) -> Self {
        Error::from(error).into()
    }
}

/// How long to wait before try `attempt + 1`: 1 s, 2 s, 4 s … at most ten minutes.
pub fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(1u64 << attempt.saturating_sub(1).min(9)).min(Duration::from_secs(600))
}

/// A registered handler, with its arguments as JSON text.
#[derive(Clone)]
pub struct Handler {
    /// The queue its jobs go to.
    pub queue: &'static str,
    /// Tries before the job is dead.
    pub max_attempts: u32,
    /// Runs one.
    pub run: Arc<dyn Fn(JobContext, String) -> BoxFuture<'static, JobOutcome> + Send + Sync>,
}

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handler({}, {} attempts)", self.queue, self.max_attempts)
    }
}

/// Collects the handlers of a module's jobs.
#[derive(Default)]
pub struct Jobs {
    handlers: BTreeMap<String, Handler>,
}

impl Jobs {
    /// Runs every `J` with `handler`.
    pub fn on<J: Job, F, Fut>(&mut self, handler: F)
    where
        F: Fn(JobContext, J) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = JobOutcome> + Send + 'static,
    {
        let run = move |context: JobContext, payload: String| -> BoxFuture<'static, JobOutcome> {
            match serde_json::from_str::<J>(&payload) {
                Ok(job) => handler(context, job).boxed(),
                Err(error) => async move { Err(JobError::fail(error)) }.boxed(),
            }
        };
        let handler = Handler {
            queue: J::QUEUE,
            max_attempts: J::MAX_ATTEMPTS,
            run: Arc::new(run),
        };
        self.handlers.insert(J::NAME.to_owned(), handler);
    }

    /// Kind → handler.
    #[must_use]
    pub fn into_handlers(self) -> BTreeMap<String, Handler> {
        self.handlers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_ten_minutes() {
        let seconds: Vec<u64> = [1, 2, 3, 10, 11, 60].map(|n| backoff(n).as_secs()).into();
        assert_eq!(seconds, [1, 2, 4, 512, 512, 512]);
    }
}
