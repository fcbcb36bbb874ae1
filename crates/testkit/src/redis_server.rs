//! A Redis of a test's own, for tests that mistreat it.

use std::{process::Stdio, time::Duration};

use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A running Redis on a free port, without persistence.
#[derive(Debug)]
pub struct RedisServer {
    _child: Child,
    _dir: TempDir,
    url: String,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// When `redis-server` is not installed or does not answer.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Asked of the system and given back at once: the server takes it a moment later.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
            ])
            .arg(dir.path())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server is installed");
        let server = Self {
            _child: child,
            _dir: dir,
            url: format!("redis://127.0.0.1:{port}"),
        };
        let answering = async {
            while server.command("PING").await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answering)
            .await
            .expect("Redis answers");
        server
    }

    /// Its address.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// `FLUSHALL`: it forgets everything it knew.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn flush_all(&self) {
        self.command("FLUSHALL").await.unwrap();
    }

    async fn command(&self, command: &str) -> redis::RedisResult<()> {
        let client = redis::Client::open(self.url.as_str())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        redis::cmd(command).query_async(&mut connection).await
    }
}
