//! The way to Redis: one pool a process.
//!
//! A pool checks a connection each time it hands one out, which is a round trip. So whatever talks to Redis all the time (rate
//! limits, job tickets, hints) takes a connection once and keeps it ([`Held`]), and a rare question takes one for itself
//! ([`Redis::answers`]). Only the subscription to hints has a connection outside the pool: it can do nothing else.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use deadpool_redis::{
    Connection, Manager, Pool, PoolError, Runtime,
    redis::{
        AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, IntoConnectionInfo, Pipeline,
        RedisError, RedisFuture, RedisResult, Value,
        aio::{ConnectionLike, PubSub},
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
            current: Mutex::new(None),
        }))
    }

    /// Subscribes to a channel, on a connection of its own.
    ///
    /// # Errors
    /// Why Redis cannot be reached.
    pub async fn subscribe(&self, channel: &str) -> RedisResult<PubSub> {
        let mut subscription = self.client.get_async_pubsub().await?;
        subscription.subscribe(channel).await?;
        Ok(subscription)
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

/// A connection on its way, or here. All who wait for it get the same one.
type Taking = Shared<BoxFuture<'static, RedisResult<Arc<Connection>>>>;

/// A connection that is taken from the pool for the first command, kept, and replaced once it is broken. Clones use the same
/// one, each without waiting for the others' answers. It goes back to the pool with the last clone.
#[derive(Clone)]
pub struct Held(Arc<Holding>);

struct Holding {
    pool: Pool,
    retries: usize,
    database: i64,
    runtime: Handle,
    current: Mutex<Option<Taking>>,
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

    async fn connection(&self) -> RedisResult<(Taking, Arc<Connection>)> {
        let taking = self.current().get_or_insert_with(|| self.taking()).clone();
        match taking.clone().await {
            Ok(connection) => Ok((taking, connection)),
            Err(error) => {
                self.forget(&taking);
                Err(error)
            }
        }
    }

    /// In a task of its own, so that a caller that waits no longer does not end it.
    fn taking(&self) -> Taking {
        let (pool, retries) = (self.0.pool.clone(), self.0.retries);
        let task = self.0.runtime.spawn(async move {
            let backoff = ExponentialBuilder::default()
                .with_factor(2.0)
                .with_min_delay(Duration::from_millis(100))
                .with_max_times(retries)
                .with_jitter();
            let connection = (|| take(&pool)).retry(backoff).await;
            connection.map(Arc::new)
        });
        let ended = |_| RedisError::from((ErrorKind::Client, "the runtime has ended"));
        task.map(move |result| result.map_err(ended).flatten())
            .boxed()
            .shared()
    }

    /// The next command takes another connection, unless one has been taken already.
    fn forget(&self, taking: &Taking) {
        let mut current = self.current();
        if current.as_ref().is_some_and(|newest| newest.ptr_eq(taking)) {
            *current = None;
        }
    }

    fn replace_if_broken<T>(&self, taking: &Taking, result: &RedisResult<T>) {
        if result.as_ref().is_err_and(RedisError::is_unrecoverable_error) {
            self.forget(taking);
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Option<Taking>> {
        self.0
            .current
            .lock()
            .expect("no code panics while it holds this lock")
    }
}

impl ConnectionLike for Held {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        async move {
            let (taking, connection) = self.connection().await?;
            let result = connection
                .as_ref()
                .as_ref()
                .clone()
                .send_packed_command(command)
                .await;
            self.replace_if_broken(&taking, &result);
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
            let (taking, connection) = self.connection().await?;
            let mut connection = connection.as_ref().as_ref().clone();
            let result = connection.send_packed_commands(commands, offset, count).await;
            self.replace_if_broken(&taking, &result);
            result
        }
        .boxed()
    }

    fn get_db(&self) -> i64 {
        self.0.database
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    fn options(url: String, connections: usize) -> RedisOptions {
        RedisOptions {
            url,
            connections,
            wait: Duration::from_secs(5),
        }
    }

    /// Of the Redis that the test command starts; without one there is nothing to test.
    fn pool(connections: usize) -> Option<Redis> {
        let url = std::env::var("WAPRO_TEST_REDIS_URL").ok()?;
        Some(Redis::new(&options(url, connections)).unwrap())
    }

    async fn id(held: &Held) -> RedisResult<i64> {
        cmd("CLIENT").arg("ID").query_async(&mut held.clone()).await
    }

    #[tokio::test]
    async fn all_clones_use_one_connection_of_the_pool() {
        let Some(redis) = pool(2) else { return };
        let held = redis.held();
        assert_eq!(
            redis.pool.status().size,
            0,
            "nothing is connected before it is needed"
        );
        let ids = join_all((0..50).map(|_| id(&held))).await;
        let first = ids[0].as_ref().unwrap();
        assert!(ids.iter().all(|id| id.as_ref().unwrap() == first), "{ids:?}");
        assert_eq!(redis.pool.status().size, 1);
        drop(held);
        assert_eq!(redis.pool.status().available, 1, "it is back in the pool");
        assert_eq!(id(&redis.held()).await.unwrap(), *first);
    }

    #[tokio::test]
    async fn a_broken_connection_is_replaced_and_leaves_the_pool() {
        let Some(redis) = pool(2) else { return };
        let held = redis.held();
        let first = id(&held).await.unwrap();
        let _: i64 = cmd("CLIENT")
            .arg(&["KILL", "ID", &first.to_string()])
            .query_async(&mut redis.held())
            .await
            .unwrap();
        let mut second = id(&held).await;
        if second.is_err() {
            // The one command that finds the connection gone.
            second = id(&held).await;
        }
        assert_ne!(second.unwrap(), first);
        redis.answers().await.unwrap();
        assert!(redis.pool.status().size <= 2);
    }

    #[tokio::test]
    async fn more_connections_than_the_pool_has_are_an_error_and_not_a_hang() {
        let Some(url) = std::env::var("WAPRO_TEST_REDIS_URL").ok() else {
            return;
        };
        let redis = Redis::new(&RedisOptions {
            wait: Duration::from_millis(20),
            ..options(url, 1)
        })
        .unwrap();
        let held = redis.held();
        held.connect().await.unwrap();
        assert!(redis.answers().await.unwrap_err().is_timeout());
        drop(held);
        redis.answers().await.unwrap();
    }

    #[tokio::test]
    async fn while_redis_is_away_commands_fail_and_nothing_is_kept() {
        // A port that was free just now.
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let redis = Redis::new(&options(format!("redis://127.0.0.1:{port}"), 1)).unwrap();
        let held = redis.held();
        for _ in 0..3 {
            assert!(id(&held).await.unwrap_err().is_connection_refusal());
        }
        assert!(redis.answers().await.is_err());
        assert_eq!(redis.pool.status().size, 0);
    }

    #[test]
    fn addresses_are_checked_and_never_shown() {
        assert!(Redis::is_address("redis://:hunter2@127.0.0.1:6379/3"));
        for url in ["http://:hunter2@h", "://:hunter2@", "hunter2"] {
            assert!(!Redis::is_address(url), "{url}");
        }
        let options = options("redis://:hunter2@127.0.0.1:6379".to_owned(), 1);
        let shown = format!("{options:?} {:?}", Redis::new(&options).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
