//! One ticket, one run.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::FutureExt;
use kernel::{
    Error, JobContext, JobError, Result, SystemDb,
    fence::{self, Taken},
    job::{Handler, backoff},
    outbox::job::{Column, Entity, Model},
    retrying,
};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::Ticket;
use crate::bus::{Bus, Hint};

/// The lease of a run: without renewal for so long, another worker takes the job over.
///
/// Short, so that a killed process's jobs continue within ten seconds.
pub const RUN_LEASE: TimeDelta = TimeDelta::seconds(9);
/// Why this file reads and writes across tenants.
const WHY: &str = "a job names its tenant itself";

/// Runs tickets. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Runner {
    system: SystemDb,
    bus: Bus,
    handlers: Arc<BTreeMap<String, Handler>>,
    running: TaskTracker,
    stop: CancellationToken,
}

impl Runner {
    /// Knows every handler by the kind of its jobs; `stop` is passed on to those that run.
    pub fn new(
        system: SystemDb,
        bus: Bus,
        handlers: Arc<BTreeMap<String, Handler>>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            system,
            bus,
            handlers,
            running: TaskTracker::new(),
            stop,
        }
    }

    /// Runs the ticket's job in its own task; calls `started` with its share when it begins and `then` when it has
    /// ended.
    ///
    /// A carrier that loses its broker drops its futures; a running job must not be dropped with them, or a message that is being
    /// sent would be in doubt.
    pub async fn run(
        &self,
        ticket: Ticket,
        started: impl FnOnce(&str) + Send + 'static,
        then: impl FnOnce() + Send + 'static,
    ) {
        let runner = self.clone();
        let run = self.running.spawn(async move {
            runner.run_here(ticket, started).await;
            then();
        });
        let _ = run.await;
    }

    /// Resolves when every running job has ended.
    pub async fn ended(&self) {
        self.running.close();
        self.running.wait().await;
    }

    async fn run_here(&self, ticket: Ticket, started: impl FnOnce(&str)) {
        match self.start(ticket).await {
            Ok(Some(job)) => {
                started(&job.share);
                self.run_started(job).await;
            }
            Ok(None) => tracing::debug!(job = %ticket.job, "a stale ticket"),
            // The lease will expire and the job will be fed again.
            Err(error) => tracing::warn!(%error, job = %ticket.job, "a job could not be started"),
        }
    }

    /// Takes the job over from the feeder: from here on only this run's fence is valid.
    async fn start(&self, ticket: Ticket) -> Result<Option<Model>> {
        let now = self.system.clock().now();
        let on = self.system.across_tenants(WHY);
        let take = retrying(|| {
            self.update(ticket, |update| {
                update
                    .col_expr(Column::RunAt, Expr::value(now + RUN_LEASE))
                    .col_expr(Column::Fence, Expr::value(ticket.fence + 1))
                    .col_expr(Column::Again, Expr::value(0))
                    .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            })
        });
        let take = async { Ok(take.await? > 0) };
        let read = || async { Ok(Entity::find_by_id(ticket.job).one(on).await?) };
        // If it is taken but cannot be read, its lease expires like that of a process that died.
        let taken = fence::take_and_read(ticket.fence, take, read, |job| job.fence).await?;
        let Taken::Ours(mut job) = taken else {
            return Ok(None);
        };
        kernel::failpoint!("job.started");
        if job.fence == ticket.fence {
            job.fence += 1;
            job.attempts += 1;
        }
        Ok(Some(job))
    }

    async fn run_started(&self, job: Model) {
        let started = std::time::Instant::now();
        let ticket = Ticket {
            job: job.id,
            fence: job.fence,
        };
        let outcome = tokio::select! {
            outcome = self.call(&job) => outcome,
            // Only returns when the lease was lost: another worker has the job now.
            () = self.keep_alive(ticket) => return,
        };
        kernel::failpoint!("job.finished");
        let result = if outcome.is_ok() { "done" } else { "failed" };
        metrics::counter!("wapro_jobs_total", "kind" => job.kind.clone(), "result" => result).increment(1);
        metrics::histogram!("wapro_job_seconds", "kind" => job.kind.clone())
            .record(started.elapsed().as_secs_f64());
        if let Err(error) = retrying(|| self.finish(&job, &outcome)).await {
            tracing::warn!(%error, kind = job.kind, job = %job.id, "a finished job could not be recorded; it will run again");
        }
    }

    async fn call(&self, job: &Model) -> Result<(), JobError> {
        let Some(handler) = self.handlers.get(&job.kind) else {
            // A newer process wrote it, or a module was removed: another process may know it.
            return Err(JobError::later(
                Duration::from_secs(60),
                "no handler in this process",
            ));
        };
        let context = JobContext {
            db: self.system.tenant(job.tenant_id),
            job_id: job.id,
            attempt: u32::try_from(job.attempts).unwrap_or(u32::MAX),
            clock: self.system.clock().clone(),
            stop: self.stop.clone(),
        };
        let run = AssertUnwindSafe((handler.run)(context, job.payload.clone())).catch_unwind();
        match run.await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::internal("the handler panicked").into()),
        }
    }

    async fn keep_alive(&self, ticket: Ticket) {
        let mut tick = tokio::time::interval(RUN_LEASE.to_std().unwrap_or_default() / 3);
        tick.tick().await;
        loop {
            tick.tick().await;
            let until = self.system.clock().now() + RUN_LEASE;
            let renewed = self
                .update(ticket, |update| {
                    update.col_expr(Column::RunAt, Expr::value(until))
                })
                .await;
            if let Ok(0) = renewed {
                tracing::warn!(job = %ticket.job, "this run lost its lease and stops");
                return;
            }
        }
    }

    async fn update(
        &self,
        ticket: Ticket,
        change: impl FnOnce(sea_orm::UpdateMany<Entity>) -> sea_orm::UpdateMany<Entity>,
    ) -> Result<u64> {
        let mine = Entity::update_many()
            .filter(Column::Id.eq(ticket.job))
            .filter(Column::Fence.eq(ticket.fence));
        let alone = self.system.alone_across_tenants(WHY).await;
        Ok(change(mine).exec(alone.connection()).await?.rows_affected)
    }

    async fn finish(&self, job: &Model, outcome: &Result<(), JobError>) -> Result<()> {
        let ticket = Ticket {
            job: job.id,
            fence: job.fence,
        };
        let now = self.system.clock().now();
        match outcome {
            Ok(()) => {
                let done = Entity::delete_many()
                    .filter(Column::Id.eq(job.id))
                    .filter(Column::Fence.eq(job.fence))
                    .filter(Column::Again.eq(0));
                let alone = self.system.alone_across_tenants(WHY).await;
                let gone = done.exec(alone.connection()).await?.rows_affected;
                drop(alone);
                if gone == 0 {
                    // It was enqueued again while it ran.
                    let due = |update: sea_orm::UpdateMany<Entity>| {
                        update
                            .col_expr(Column::RunAt, Expr::value(now))
                            .col_expr(Column::Attempts, Expr::value(0))
                    };
                    self.update(ticket, due).await?;
                }
            }
            Err(JobError::Retry { error, after, counts }) => {
                let attempts = if *counts { job.attempts } else { job.attempts - 1 };
                if *counts && attempts >= job.max_attempts {
                    return self.bury(ticket, job, error).await;
                }
                let wait = after.unwrap_or_else(|| backoff(u32::try_from(attempts).unwrap_or(1)));
                if *counts {
                    tracing::warn!(kind = job.kind, attempts, error = %describe(error), ?wait, "a job will run again");
                } else {
                    tracing::debug!(kind = job.kind, why = %describe(error), ?wait, "a job comes back");
                }
                let at = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::minutes(10));
                let again = |update: sea_orm::UpdateMany<Entity>| {
                    update
                        .col_expr(Column::RunAt, Expr::value(at))
                        .col_expr(Column::Attempts, Expr::value(attempts))
                        .col_expr(Column::LastError, Expr::value(describe(error)))
                };
                self.update(ticket, again).await?;
            }
            Err(JobError::Fail(error)) => return self.bury(ticket, job, error).await,
        }
        self.bus.send(Hint::Jobs);
        Ok(())
    }

    /// Marks a job as dead, keeps it visible, and frees its dedup key for the next one.
    async fn bury(&self, ticket: Ticket, job: &Model, error: &Error) -> Result<()> {
        tracing::error!(kind = job.kind, job = %job.id, tenant = %job.tenant_id, error = %describe(error), "a job is dead");
        metrics::counter!("wapro_jobs_dead_total", "kind" => job.kind.clone()).increment(1);
        let dead = |update: sea_orm::UpdateMany<Entity>| {
            update
                .col_expr(Column::Dead, Expr::value(true))
                .col_expr(Column::DedupKey, Expr::value(Option::<String>::None))
                .col_expr(Column::LastError, Expr::value(describe(error)))
        };
        self.update(ticket, dead).await?;
        Ok(())
    }
}

fn describe(error: &Error) -> String {
    let cause = std::error::Error::source(error)
        .map(|cause| format!(" ({cause})"))
        .unwrap_or_default();
    let mut text = format!("{error}{cause}");
    text.truncate(text.floor_char_boundary(2000));
    text
}
