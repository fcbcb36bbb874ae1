//! Connections to Redis.

use std::time::Duration;

use redis::{
    Client, IntoConnectionInfo, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
    io::tcp::TcpSettings,
};

/// How long Redis has for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// A connection on which nothing was acknowledged for so long is given up, even when nobody tells that it is gone.
#[cfg(target_os = "linux")]
const GONE: Duration = Duration::from_secs(5);

/// One connection that all who hold a clone share, each without waiting for the others' answers. It is made when first
/// needed, and again after it broke.
pub type Redis = ConnectionManager;

/// Where Redis is. Nothing is connected yet.
///
/// # Errors
/// When the address cannot be read.
pub fn client(url: &str) -> RedisResult<Client> {
    // A command must not wait until the last one is acknowledged.
    let settings = TcpSettings::default().set_nodelay(true);
    #[cfg(target_os = "linux")]
    let settings = settings.set_user_timeout(GONE);
    Client::open(url.into_connection_info()?.set_tcp_settings(settings))
}

/// A connection for commands that somebody waits for: while Redis is away they fail at once, and each looks whether it is back.
///
/// # Errors
/// When the address cannot be read.
pub fn connection(url: &str) -> RedisResult<Redis> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(ANSWER_TIMEOUT))
        .set_response_timeout(Some(ANSWER_TIMEOUT))
        .set_number_of_retries(0);
    Redis::new_lazy_with_config(client(url)?, config)
}

/// Whether Redis answers.
///
/// # Errors
/// Why it does not.
pub async fn answers(mut connection: Redis) -> RedisResult<()> {
    redis::cmd("PING").query_async(&mut connection).await
}
