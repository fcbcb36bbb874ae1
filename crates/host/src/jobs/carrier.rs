//! apalis, in process or over Redis: brings tickets to workers.

use std::{collections::HashMap, sync::Arc, time::Duration};

use apalis::prelude::*;
use apalis_redis::{Config, RedisStorage};
use deadpool_redis::redis::{self, RedisResult};
use futures_util::{SinkExt, StreamExt, task::AtomicWaker};
use tokio::{sync::mpsc, task::JoinSet};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::{QUEUES, Queue, Ticket, asking::Asking, feeder::Feeder, runner::Runner};
use crate::redis::{Held, Redis};

/// The pushing end of every queue.
pub enum Carrier {
    /// Channels of this process.
    InProcess(HashMap<&'static str, mpsc::Sender<Task<Ticket>>>),
    /// Lists in Redis.
    Redis(HashMap<&'static str, List>),
}

/// A list in Redis, and the signal for when this process has pushed something.
pub struct List {
    storage: RedisStorage<Ticket, Held>,
    pushed: Arc<AtomicWaker>,
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InProcess(_) => "Carrier(in process)",
            Self::Redis(_) => "Carrier(redis)",
        })
    }
}

/// The carrier is unavailable; the ticket is not lost, its row is fed again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Away(String);

impl Carrier {
    /// Sends a ticket to whichever worker is free.
    ///
    /// # Errors
    /// When Redis is unavailable.
    pub async fn push(&self, queue: &str, ticket: Ticket) -> Result<(), Away> {
        let unknown = || Away(format!("there is no queue {queue}"));
        match self {
            Self::InProcess(queues) => {
                let sender = queues.get(queue).ok_or_else(unknown)?;
                sender
                    .send(Task::new(ticket))
                    .await
                    .map_err(|error| Away(error.to_string()))
            }
            Self::Redis(queues) => {
                let List {
                    storage,
                    pushed: wake,
                } = queues.get(queue).ok_or_else(unknown)?;
                let mut storage = storage.clone();
                let pushed = tokio::time::timeout(Duration::from_secs(2), storage.push(ticket)).await;
                pushed
                    .map_err(|_| Away("Redis does not answer".to_owned()))?
                    .map_err(|error| Away(error.to_string()))?;
                wake.wake();
                Ok(())
            }
        }
    }
}

/// How tickets are carried.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
pub enum Route {
    /// Within this process.
    InProcess,
    /// Over Redis, under this key prefix.
    Redis {
        /// The pool of this process. One connection of it is held.
        redis: Redis,
        /// First part of every key.
        prefix: String,
    },
}

/// Starts feeders and workers of every queue. They end when told to stop; running jobs are waited for.
///
/// # Errors
/// When Redis is named but cannot be reached.
pub async fn start(
    route: &Route,
    feeders: Vec<Arc<Feeder>>,
    runner: Runner,
    owner: &str,
    tasks: &mut JoinSet<()>,
    stop: CancellationToken,
) -> Result<(), Away> {
    let carrier = Arc::new(match route {
        Route::InProcess => {
            let mut queues = HashMap::new();
            for (queue, feeder) in QUEUES.iter().zip(&feeders) {
                // Bounded by the feeder's limit of tickets in transit.
                let (sender, tickets) = mpsc::channel(queue.concurrency * 2);
                queues.insert(queue.name, sender);
                tasks.spawn(work_in_process(
                    *queue,
                    tickets,
                    feeder.clone(),
                    runner.clone(),
                    stop.clone(),
                ));
            }
            Carrier::InProcess(queues)
        }
        Route::Redis { redis, prefix } => {
            // With retries: a worker that fails starts again at once, and must not do so as fast as it can.
            let connection = redis.held_with_retries();
            connection
                .connect()
                .await
                .map_err(|error| Away(error.to_string()))?;
            let mut queues = HashMap::new();
            for (queue, feeder) in QUEUES.iter().zip(&feeders) {
                let storage = RedisStorage::new(connection.clone()).with_config(redis_config(*queue, prefix));
                let pushed = Arc::new(AtomicWaker::new());
                queues.insert(
                    queue.name,
                    List {
                        storage: storage.clone(),
                        pushed: pushed.clone(),
                    },
                );
                let name = format!("{owner}-{}", queue.name);
                tasks.spawn(work_over_redis(
                    *queue,
                    name,
                    (storage, pushed),
                    feeder.clone(),
                    runner.clone(),
                    stop.clone(),
                ));
                tasks.spawn(sweep(
                    connection.clone(),
                    redis_config(*queue, prefix),
                    stop.clone(),
                ));
            }
            Carrier::Redis(queues)
        }
    });
    for feeder in feeders {
        let (carrier, runner, stop) = (carrier.clone(), runner.clone(), stop.clone());
        tasks.spawn(async move { feeder.run(&carrier, &runner, stop).await });
    }
    Ok(())
}

fn redis_config(queue: Queue, prefix: &str) -> Config {
    Config::default()
        .queue(format!("{prefix}:jobs:{}", queue.name))
        // Fetched tickets wait in the worker without a heartbeat, so never fetch more than can start at once.
        .batch_size(queue.concurrency.min(10))
        .heartbeat_interval(Duration::from_secs(3))
        .missed_heartbeats(3)
        .emit_events(false)
}

async fn work_in_process(
    queue: Queue,
    tickets: mpsc::Receiver<Task<Ticket>>,
    feeder: Arc<Feeder>,
    runner: Runner,
    stop: CancellationToken,
) {
    // Nothing is pushed through this storage: the sink only completes it.
    let sink = MemorySink::new(Arc::new(futures_util::lock::Mutex::new(Box::new(
        futures_util::sink::drain().sink_map_err(|never| match never {}),
    ))));
    let worker = WorkerBuilder::new(queue.name)
        .backend(MemoryStorage::new_with(
            sink,
            ReceiverStream::new(tickets).boxed(),
        ))
        .concurrency(queue.concurrency)
        .build(move |ticket: Ticket| handle(ticket, feeder.clone(), runner.clone()));
    let ended = worker.run_until(async move {
        stop.cancelled().await;
        Ok::<_, std::io::Error>(())
    });
    if let Err(error) = ended.await {
        tracing::debug!(%error, queue = queue.name, "the worker ended");
    }
}

async fn work_over_redis(
    queue: Queue,
    name: String,
    (storage, pushed): (RedisStorage<Ticket, Held>, Arc<AtomicWaker>),
    feeder: Arc<Feeder>,
    runner: Runner,
    stop: CancellationToken,
) {
    let monitor = Monitor::new()
        .register(move |restarts| {
            let (feeder, runner) = (feeder.clone(), runner.clone());
            WorkerBuilder::new(format!("{name}-{restarts}"))
                .backend(storage.clone().poll_with_strategy(Asking::new(pushed.clone())))
                .concurrency(queue.concurrency)
                .build(move |ticket: Ticket| handle(ticket, feeder.clone(), runner.clone()))
        })
        // A Redis that restarts or forgets everything ends the worker; the next one registers anew.
        .should_restart(|_, error| {
            tracing::debug!(%error, "a worker lost Redis and starts again");
            true
        })
        .shutdown_timeout(Duration::from_secs(10));
    let signal = async move {
        stop.cancelled().await;
        Ok(())
    };
    if let Err(error) = monitor.run_with_signal(signal).await {
        tracing::warn!(%error, queue = queue.name, "the worker ended");
    }
}

pub(super) async fn handle(ticket: Ticket, feeder: Arc<Feeder>, runner: Runner) -> Result<(), BoxDynError> {
    // For apalis every ticket succeeds: retries, backoff and dead jobs are decided by the row.
    let started = feeder.clone();
    runner
        .run(
            ticket,
            move |share| started.started(ticket, share),
            move || feeder.arrived(ticket),
        )
        .await;
    Ok(())
}

/// apalis-redis keeps finished tickets for ever: delete them, a few hundred at a time.
async fn sweep(mut connection: Held, config: Config, stop: CancellationToken) {
    let mut tick = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        while let Ok(500..) = sweep_some(&mut connection, &config).await {}
    }
}

async fn sweep_some(connection: &mut Held, config: &Config) -> RedisResult<usize> {
    let done = config.done_jobs_set();
    let ids: Vec<String> = redis::cmd("ZRANGE")
        .arg(&done)
        .arg(0)
        .arg(499)
        .query_async(connection)
        .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let mut pipe = redis::pipe();
    for id in &ids {
        pipe.cmd("HDEL").arg(config.job_data_hash()).arg(id).ignore();
        pipe.cmd("DEL")
            .arg(format!("{}:{id}", config.job_meta_hash()))
            .ignore();
        pipe.cmd("ZREM").arg(&done).arg(id).ignore();
    }
    pipe.query_async::<()>(connection).await?;
    Ok(ids.len())
}
