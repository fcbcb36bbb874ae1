//! `wapro` as child processes.

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use tokio::process::{Child, Command};

/// How long a process has to become ready or to end.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Settings that a process of ours gets by its environment.
pub type Settings = Vec<(String, String)>;

/// A running child process. It dies with this value.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// Its process id.
    pub pid: u32,
    name: String,
}

impl Running {
    /// Starts `program` with these words; its log goes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(program: &Path, words: &[&str], settings: &Settings, log: &Path) -> anyhow::Result<Self> {
        let name = words.first().copied().unwrap_or("process").to_owned();
        let log = std::fs::OpenOptions::new().create(true).append(true).open(log)?;
        let child = Command::new(program)
            .args(words)
            .envs(settings.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} could not be started", program.display()))?;
        let pid = child.id().context("a process that has just started has an id")?;
        Ok(Self { child, pid, name })
    }

    /// Waits until `address` answers with a success.
    ///
    /// # Errors
    /// When the process ends before, or half a minute passes.
    pub async fn ready(mut self, http: &reqwest::Client, address: &str, log: &Path) -> anyhow::Result<Self> {
        let asked = std::time::Instant::now();
        while asked.elapsed() < TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                bail!("`{}` ended at once ({status}): {}", self.name, last_words(log));
            }
            if let Ok(answer) = http.get(address).send().await
                && answer.status().is_success()
            {
                return Ok(self);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!(
            "`{}` was not ready after {TIMEOUT:?}: {}",
            self.name,
            last_words(log)
        )
    }

    /// Asks it to end (SIGTERM) and waits; one that does not is killed.
    ///
    /// # Errors
    /// When it had to be killed.
    pub async fn stop(mut self) -> anyhow::Result<ExitStatus> {
        let pid = i32::try_from(self.pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            // One that is gone already cannot be asked.
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        match tokio::time::timeout(TIMEOUT, self.child.wait()).await {
            Ok(status) => Ok(status?),
            Err(_) => {
                self.child.kill().await?;
                bail!("`{}` did not end within {TIMEOUT:?} and was killed", self.name)
            }
        }
    }
}

/// The end of a log, for a report.
fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}

/// Runs it to its end.
///
/// # Errors
/// When it fails.
pub async fn run(program: &Path, words: &[&str], settings: &Settings) -> anyhow::Result<()> {
    let output = Command::new(program)
        .args(words)
        .envs(settings.iter().map(|(key, value)| (key, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("{} could not be started", program.display()))?;
    ensure!(
        output.status.success(),
        "`{}` failed: {}",
        words.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// The `wapro` of the same build: beside this program.
///
/// # Errors
/// When it is not there.
pub fn wapro(named: Option<&PathBuf>) -> anyhow::Result<PathBuf> {
    let path = match named {
        Some(path) => path.clone(),
        None => std::env::current_exe()?
            .parent()
            .context("a program lies in a folder")?
            .join("wapro"),
    };
    ensure!(
        path.exists(),
        "{} is missing: cargo build --release -p server",
        path.display()
    );
    Ok(path)
}

/// A port that nobody uses now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
