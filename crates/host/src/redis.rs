//! The way to Redis: one pool a process.
//!
//! A pool checks a connection each time it hands one out, which is a round trip. So whatever talks to Redis all the time (rate
//! limits, job tickets, hints) takes a connection once and keeps it ([`Held`]), and a rare question takes one for itself
//! ([`Redis::answers`]). Only the subscription to hints has a connection outside the pool: it can do nothing else.

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use deadpool_redis::{
    Connection, Manager, Pool, PoolError, Runtime,
    redis::{
        AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, IntoConnectionInfo, Pipeline,
        RedisError, RedisFuture, RedisResult, ServerErrorKind, Value,
        aio::{ConnectionLike, MultiplexedConnection, PubSub},
        cmd,
        io::tcp::TcpSettings,
    },
};
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use tokio::runtime::Handle;

/// How long Redis has for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// A connection on which nothing was acknowledged for so long is closed, even if the other end never closes it.
#[cfg(target_os = "linux")]
const USER_TIMEOUT: Duration = Duration::from_secs(5);
/// Tries after the first of [`Redis::held_with_retries`], with a pause from 0.1 to 3.2 seconds before each.
const RETRIES: usize = 6;

/// Where Redis is, and how many connections a process may have there.
#[derive(Clone)]
pub struct RedisOptions {
    /// `redis://:password@host:6379`.
    pub url: String,
    /// Connections of the pool at most. Three are held for as long as the process runs.
    pub connections: usize,
    /// How long it may take at most until a connection is free, until a new one is made, and until a used one has answered
    /// the pool's check; each by itself.
    pub wait: Duration,
}

impl std::fmt::Debug for RedisOptions {
    /// Without the address: it may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisOptions")
            .field("connections", &self.connections)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

/// The pool. Cloning shares it.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
    client: Client,
    wait: Duration,
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Redis").field(&self.pool.status()).finish()
    }
}

impl Redis {
    /// A pool without connections: each is made when it is first needed.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(options: &RedisOptions) -> RedisResult<Self> {
        let info = connection_info(&options.url)?;
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(options.wait))
            .set_response_timeout(Some(ANSWER_TIMEOUT));
        let manager = Manager::new_with_config(info.clone(), config)?;
        let pool = Pool::builder(manager)
            .max_size(options.connections)
            .wait_timeout(Some(options.wait))
            .create_timeout(Some(options.wait))
            .recycle_timeout(Some(options.wait))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|_| RedisError::from((ErrorKind::Client, "the pool has timeouts but no runtime")))?;
        Ok(Self {
            pool,
            client: Client::open(info)?,
            wait: options.wait,
        })
    }

    /// Whether an address can be read.
    pub fn is_address(url: &str) -> bool {
        connection_info(url).and_then(Client::open).is_ok()
    }

    /// Whether Redis answers, asked on a connection of the pool.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn answers(&self) -> RedisResult<()> {
        let mut connection = take(&self.pool).await?;
        cmd("PING").query_async(&mut connection).await
    }

    /// A connection to keep, for commands that somebody waits for: while Redis is away they fail at once, and each tries to
    /// connect again.
    ///
    /// # Panics
    /// Outside of a tokio runtime: connections live on the runtime on which this is called, whichever runtime uses them.
    pub fn held(&self) -> Held {
        self.hold(0)
    }

    /// As [`Redis::held`], for commands that would rather wait: while Redis is away, connecting is tried again for a few
    /// seconds with growing pauses, and all commands wait for the result of that.
    ///
    /// # Panics
    /// As [`Redis::held`].
    pub fn held_with_retries(&self) -> Held {
        self.hold(RETRIES)
    }

    fn hold(&self, retries: usize) -> Held {
        Held(Arc::new(Holding {
            pool: self.pool.clone(),
            retries,
            database: self.client.get_connection_info().redis_settings().db(),
            runtime: Handle::current(),
            current: Mutex::default(),
        }))
    }

    /// Subscribes to a channel, on its own connection, within [`RedisOptions::wait`]. The connection has no timeout after that:
    /// the reader has to detect when nothing arrives any more.
    ///
    /// # Errors
    /// Why Redis cannot be reached.
    pub async fn subscribe(&self, channel: &str) -> RedisResult<PubSub> {
        let subscribing = async {
            let mut subscription = self.client.get_async_pubsub().await?;
            subscription.subscribe(channel).await?;
            Ok(subscription)
        };
        tokio::time::timeout(self.wait, subscribing)
            .await
            .map_err(|elapsed| RedisError::from(io::Error::new(io::ErrorKind::TimedOut, elapsed)))?
    }
}

fn connection_info(url: &str) -> RedisResult<ConnectionInfo> {
    // A command must not wait until the last one is acknowledged.
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(USER_TIMEOUT);
    Ok(url.into_connection_info()?.set_tcp_settings(settings))
}

/// A connection of the pool that lives and answered just now.
async fn take(pool: &Pool) -> RedisResult<Connection> {
    pool.get().await.map_err(|error| match error {
        PoolError::Backend(error) => error,
        PoolError::Timeout(_) => io::Error::new(io::ErrorKind::TimedOut, error.to_string()).into(),
        error => (
            ErrorKind::Client,
            "the pool gives no connection",
            error.to_string(),
        )
            .into(),
    })
}

/// A connection that was taken out of the pool. It goes back when the last user drops it, unless the server may no longer be
/// written to: the pool's check would find nothing wrong with that one.
struct Kept {
    connection: Option<Connection>,
    discard: AtomicBool,
}

impl Kept {
    fn new(connection: Connection) -> Self {
        Self {
            connection: Some(connection),
            discard: AtomicBool::new(false),
        }
    }

    fn multiplexed(&self) -> RedisResult<MultiplexedConnection> {
        let connection = self.connection.as_ref().map(|it| it.as_ref().clone());
        connection.ok_or_else(|| (ErrorKind::Client, "the connection was given back").into())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && self.discard.load(Ordering::Relaxed)
        {
            drop(Connection::take(connection));
        }
    }
}

/// A connection on its way, or here. All who wait for it get the same one.
type Taking = Shared<BoxFuture<'static, RedisResult<Arc<Kept>>>>;

/// A connection that is taken from the pool for the first command, kept, and replaced once it is broken or its server has become
/// a replica. Clones use the same one, each without waiting for the others' answers. It goes back to the pool with the last clone.
#[derive(Clone)]
pub struct Held(Arc<Holding>);

struct Holding {
    pool: Pool,
    retries: usize,
    database: i64,
    runtime: Handle,
    current: Mutex<Current>,
}

/// The connection that the next command uses.
#[derive(Default)]
struct Current {
    /// None until a command needs one.
    taking: Option<Taking>,
    /// How many were taken before it, so that nobody forgets a newer one than they used.
    number: u64,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Held").field(&self.0.pool.status()).finish()
    }
}

impl Held {
    /// Takes the connection now.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn connect(&self) -> RedisResult<()> {
        self.connection().await.map(|_| ())
    }

    /// The connection and its number. A failure is forgotten by the task that failed, whether or not anybody still waits for it.
    async fn connection(&self) -> RedisResult<(u64, Arc<Kept>)> {
        let (number, taking) = {
            let mut current = self.current();
            let number = current.number;
            let taking = current.taking.get_or_insert_with(|| self.taking(number)).clone();
            (number, taking)
        };
        Ok((number, taking.await?))
    }

    /// In its own task, so that a caller that waits no longer does not end it.
    fn taking(&self, number: u64) -> Taking {
        let (pool, retries) = (self.0.pool.clone(), self.0.retries);
        let holding = Arc::downgrade(&self.0);
        let task = self.0.runtime.spawn(async move {
            let backoff = ExponentialBuilder::default()
                .with_factor(2.0)
                .with_min_delay(Duration::from_millis(100))
                .with_max_times(retries)
                .with_jitter();
            let connection = (|| take(&pool)).retry(backoff).await;
            if connection.is_err()
                && let Some(holding) = holding.upgrade()
            {
                Self(holding).forget(number);
            }
            connection.map(|connection| Arc::new(Kept::new(connection)))
        });
        let ended = |_| RedisError::from((ErrorKind::Client, "the runtime has ended"));
        task.map(move |result| result.map_err(ended).flatten())
            .boxed()
            .shared()
    }

    /// The next command takes another connection, unless one has been taken already.
    fn forget(&self, number: u64) {
        let mut current = self.current();
        if current.number == number {
            current.taking = None;
            current.number += 1;
        }
    }

    /// Replaces a connection that is broken, or whose server only reads: it has become a replica, and the address may lead to
    /// another server by now.
    fn replace_if_useless(&self, number: u64, connection: &Kept, outcome: Outcome) {
        if outcome == Outcome::Fine {
            return;
        }
        if outcome == Outcome::OnlyReads {
            connection.discard.store(true, Ordering::Relaxed);
        }
        self.forget(number);
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.0
            .current
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

/// What an answer says of its connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Fine,
    Broken,
    OnlyReads,
}

impl Outcome {
    fn of<T>(result: &RedisResult<T>, answers: impl FnOnce(&T) -> bool) -> Self {
        match result {
            Ok(value) if answers(value) => Self::OnlyReads,
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly) => Self::OnlyReads,
            Err(error) if error.is_unrecoverable_error() => Self::Broken,
            _ => Self::Fine,
        }
    }
}

/// Whether this answer is, or holds, the error READONLY.
fn only_reads(answer: &Value) -> bool {
    match answer {
        Value::ServerError(error) => error.kind() == Some(ServerErrorKind::ReadOnly),
        Value::Array(parts) => parts.iter().any(only_reads),
        _ => false,
    }
}

impl ConnectionLike for Held {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        async move {
            let (number, connection) = self.connection().await?;
            let result = connection.multiplexed()?.send_packed_command(command).await;
            self.replace_if_useless(number, &connection, Outcome::of(&result, only_reads));
            result
        }
        .boxed()
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        async move {
            let (number, connection) = self.connection().await?;
            let mut multiplexed = connection.multiplexed()?;
            let result = multiplexed.send_packed_commands(commands, offset, count).await;
            let outcome = Outcome::of(&result, |answers| answers.iter().any(only_reads));
            self.replace_if_useless(number, &connection, outcome);
            result
        }
        .boxed()
    }

    fn get_db(&self) -> i64 {
        self.0.database
    }
}

#[cfg(test)]
#[path = "redis_tests.rs"]
mod tests;
