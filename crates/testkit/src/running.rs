//! `wapro` as a child process with one role, for tests that kill, suspend and resume it.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::process::binary;

/// A running child process. It is killed when this value is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    pid: Pid,
    log: PathBuf,
}

impl Running {
    /// Starts `wapro ROLE` with this environment. Its output goes to `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(role: &str, environment: &[(String, String)], log: &Path) -> Self {
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let child = Command::new(binary())
            .arg(role)
            .envs(environment.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).unwrap();
        Self {
            child,
            pid,
            log: log.to_owned(),
        }
    }

    /// `kill -9`: no shutdown, no flush. One that is dead already stays so.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub async fn kill(mut self) {
        let _dead_already = self.child.start_kill();
        self.child.wait().await.unwrap();
    }

    /// SIGSTOP: suspends it, with its leases and locks.
    ///
    /// # Panics
    /// When it is gone.
    pub fn freeze(&self) {
        kill_process(self.pid, Signal::STOP).unwrap();
    }

    /// SIGCONT: resumes it; it does not know that time has passed.
    ///
    /// # Panics
    /// When it is gone.
    pub fn wake(&self) {
        kill_process(self.pid, Signal::CONT).unwrap();
    }

    /// Whether SIGSTOP has suspended it.
    pub fn is_frozen(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        // The name, in brackets, may contain spaces; the state follows it.
        stat.rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('T'))
    }

    /// Sends SIGTERM. Returns how long it took to exit, and its exit status.
    ///
    /// # Panics
    /// When it has not ended after a minute.
    pub async fn end(mut self) -> (Duration, ExitStatus) {
        let asked = Instant::now();
        kill_process(self.pid, Signal::TERM).unwrap();
        let status = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        (asked.elapsed(), status.expect("it ends").unwrap())
    }

    /// Waits until it exits, at most `timeout`. Returns whether SIGKILL ended it.
    ///
    /// # Panics
    /// When it exits in any other way; the panic shows the end of its log.
    pub async fn died(&mut self, timeout: Duration) -> bool {
        let Ok(status) = tokio::time::timeout(timeout, self.child.wait()).await else {
            return false;
        };
        let status = status.unwrap();
        assert_eq!(
            status.signal(),
            Some(Signal::KILL.as_raw()),
            "it ended otherwise ({status}): {}",
            self.last_words()
        );
        true
    }

    /// Whether it still runs.
    ///
    /// # Panics
    /// When the system call fails.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Its resident memory, in bytes. Resets its peak.
    ///
    /// # Panics
    /// When it is gone.
    pub fn memory_from_now(&self) -> u64 {
        std::fs::write(format!("/proc/{}/clear_refs", self.pid), "5").unwrap();
        self.memory("VmRSS:")
    }

    /// Its peak memory since [`memory_from_now`](Running::memory_from_now), in bytes.
    ///
    /// # Panics
    /// When it is gone.
    pub fn peak_memory(&self) -> u64 {
        self.memory("VmHWM:")
    }

    fn memory(&self, of: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(of)).unwrap();
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kilobytes << 10
    }

    /// The end of its log.
    pub fn last_words(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(12)..].join("\n")
    }
}
