//! A test's own Redis, for tests that stop, kill or fill it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    process::Stdio,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A Redis on its own port, without persistence.
#[derive(Debug)]
pub struct RedisServer {
    child: Option<Child>,
    dir: TempDir,
    port: u16,
}

impl RedisServer {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// When `redis-server` is not installed or does not answer.
    pub async fn start() -> Self {
        // A free port, released again for the server to take.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Self {
            child: None,
            dir: tempfile::tempdir().unwrap(),
            port,
        };
        server.restart().await;
        server
    }

    /// Starts it again, empty, after [`RedisServer::kill`].
    ///
    /// # Panics
    /// As [`RedisServer::start`].
    pub async fn restart(&mut self) {
        let child = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(self.dir.path())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server is installed");
        self.child = Some(child);
        let answering = async {
            while self.command(&["PING"]).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), answering)
            .await
            .expect("Redis answers");
    }

    /// `kill -9`. Its data is lost.
    ///
    /// # Panics
    /// When it is not running.
    pub async fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.start_kill().unwrap();
        child.wait().await.unwrap();
    }

    /// SIGSTOP: connections stay open and nothing is answered.
    ///
    /// # Panics
    /// When it is not running.
    pub fn freeze(&self) {
        kill_process(self.pid(), Signal::STOP).unwrap();
    }

    /// SIGCONT.
    ///
    /// # Panics
    /// When it is not running.
    pub fn wake(&self) {
        kill_process(self.pid(), Signal::CONT).unwrap();
    }

    fn pid(&self) -> Pid {
        let id = self.child.as_ref().and_then(Child::id).expect("it runs");
        Pid::from_raw(id.cast_signed()).unwrap()
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Its address as a URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// `FLUSHALL`: deletes all its data.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn flush_all(&self) {
        self.command(&["FLUSHALL"]).await.unwrap();
    }

    /// Limits its memory to this many bytes; it refuses writes beyond (`noeviction`). 0: no limit.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn narrow(&self, bytes: u64) {
        self.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"])
            .await
            .unwrap();
        self.command(&["CONFIG", "SET", "maxmemory", &bytes.to_string()])
            .await
            .unwrap();
    }

    async fn command(&self, words: &[&str]) -> redis::RedisResult<()> {
        let client = redis::Client::open(self.url())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::cmd(words[0]);
        for word in &words[1..] {
            command.arg(word);
        }
        command.query_async(&mut connection).await
    }
}
