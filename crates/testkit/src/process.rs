//! The platform as a separate process, for tests that kill it.

use std::{path::PathBuf, process::Stdio, time::Duration};

use secrecy::ExposeSecret;
use server::Config;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A running `wapro`.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Its base address.
    pub base: String,
}

impl Process {
    /// Starts `wapro run --demo` with this configuration (its port is chosen by the system if it is 0) and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready within a minute.
    pub async fn run(config: &Config) -> Self {
        let mut child = Command::new(binary())
            .args(["run", "--demo"])
            .env("WAPRO_LISTEN", config.listen.to_string())
            .env("WAPRO_METRICS_LISTEN", "127.0.0.1:0")
            .env("WAPRO_DATA_DIR", &config.data_dir)
            .env("WAPRO_DATABASE_URL", config.database_url.expose_secret())
            .env("WAPRO_REDIS_URL", config.redis_url.expose_secret())
            .env("WAPRO_REDIS_PREFIX", &config.redis_prefix)
            .env("WAPRO_API_RATE", config.api_rate.to_string())
            .env("WAPRO_API_BURST", config.api_burst.to_string())
            .env("WAPRO_SIMULATOR__PROFILE", "fast")
            .env("WAPRO_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the process goes on");
                if let Some(base) = line.trim().strip_prefix("Portal") {
                    return base.trim().trim_end_matches('/').to_owned();
                }
            }
        };
        let base = tokio::time::timeout(Duration::from_secs(60), base)
            .await
            .expect("a ready process");
        // The pipe must stay read, or a later line would kill the process.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { child, base }
    }

    /// `kill -9`: no shutdown, no flush.
    pub async fn kill(mut self) {
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
    }

    /// Its API key of the demo's first tenant.
    pub fn demo_key(config: &Config) -> String {
        let demo: server::demo::Demo = server::world::read(&server::demo::file(&config.data_dir))
            .unwrap()
            .unwrap();
        demo.api_key
    }
}

/// The binary of the build that the test belongs to: beside the folder of the test binaries.
///
/// # Panics
/// When it was not built.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test
        .parent()
        .and_then(std::path::Path::parent)
        .unwrap()
        .join("wapro");
    assert!(
        path.exists(),
        "{} is missing: run `cargo build -p server` first",
        path.display()
    );
    path
}
