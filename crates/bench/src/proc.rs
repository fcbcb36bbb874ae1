//! Processor time and memory of processes, read from `/proc`.

use std::fs;

use anyhow::Context;
use serde::Serialize;

/// Whose processor time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The platform's own processes, or those of a shape measured in its place.
    App,
    /// MariaDB.
    Database,
    /// Redis.
    Redis,
    /// The simulator of the Cloud API.
    Simulator,
    /// This program: it asks, posts and reads, and runs the sending shapes.
    Harness,
}

/// Seconds of processor time (user and system, all threads), by role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cpu {
    /// The platform, or the shape in its place.
    pub app: f64,
    /// MariaDB.
    pub database: f64,
    /// Redis.
    pub redis: f64,
    /// The simulator.
    pub simulator: f64,
    /// This program.
    pub harness: f64,
}

impl Cpu {
    fn at(&mut self, role: Role) -> &mut f64 {
        match role {
            Role::App => &mut self.app,
            Role::Database => &mut self.database,
            Role::Redis => &mut self.redis,
            Role::Simulator => &mut self.simulator,
            Role::Harness => &mut self.harness,
        }
    }

    /// This less `earlier`.
    pub fn since(self, earlier: Self) -> Self {
        Self {
            app: self.app - earlier.app,
            database: self.database - earlier.database,
            redis: self.redis - earlier.redis,
            simulator: self.simulator - earlier.simulator,
            harness: self.harness - earlier.harness,
        }
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        self.since(Self::default().since(other))
    }

    /// Microseconds for each of `count`.
    pub fn per(self, count: u64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "millions at most")]
        let each = |seconds: f64| seconds * 1e6 / count.max(1) as f64;
        Self {
            app: each(self.app),
            database: each(self.database),
            redis: each(self.redis),
            simulator: each(self.simulator),
            harness: each(self.harness),
        }
    }
}

/// Resident memory in MiB, now and at its highest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Memory {
    /// `VmRSS`.
    pub rss_mib: f64,
    /// `VmHWM`.
    pub peak_mib: f64,
}

/// The processes that are watched.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    processes: Vec<(Role, u32)>,
}

impl Watch {
    /// Watches one more.
    pub fn add(&mut self, role: Role, pid: u32) {
        self.processes.push((role, pid));
    }

    /// What they have used since they started. A process that is gone counts as nothing.
    pub fn cpu(&self) -> Cpu {
        let mut cpu = Cpu::default();
        for (role, pid) in &self.processes {
            *cpu.at(*role) += cpu_seconds(*pid).unwrap_or(0.0);
        }
        cpu
    }
}

/// Processor time of a process with all its threads, the ended ones too, in seconds (proc_pid_stat(5): utime and stime).
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold spaces: count from behind it.
    let (_, rest) = text.rsplit_once(')').context("a stat line has a name")?;
    let ticks: u64 = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().unwrap_or(0))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a number of ticks")]
    let seconds = ticks as f64 / rustix::param::clock_ticks_per_second() as f64;
    Ok(seconds)
}

/// Resident memory of a process.
pub fn memory(pid: u32) -> Memory {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let mib = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kib.unwrap_or(0.0) / 1024.0
    };
    Memory {
        rss_mib: mib("VmRSS:"),
        peak_mib: mib("VmHWM:"),
    }
}

/// Sockets that a process has open.
pub fn sockets(pid: u32) -> usize {
    let Ok(files) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return 0;
    };
    files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter(|target| target.to_string_lossy().starts_with("socket:"))
        .count()
}

/// Load average of the last minute; 0 where there is none.
pub fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ')
        .next()
        .and_then(|first| first.parse().ok())
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_process_uses_time_and_memory() {
        let pid = std::process::id();
        let before = cpu_seconds(pid).unwrap();
        let mut sum = 0_u64;
        while cpu_seconds(pid).unwrap() - before < 0.05 {
            sum = (0..1_000_000_u64).fold(sum, |sum, n| sum.wrapping_mul(31).wrapping_add(n));
        }
        assert!(sum > 0);
        let memory = memory(pid);
        assert!(
            memory.rss_mib > 0.5 && memory.peak_mib >= memory.rss_mib,
            "{memory:?}"
        );
    }

    #[test]
    fn what_ran_in_between_is_the_difference() {
        let earlier = Cpu {
            app: 1.0,
            database: 2.0,
            ..Cpu::default()
        };
        let later = Cpu {
            app: 1.5,
            database: 2.25,
            ..Cpu::default()
        };
        let each = later.since(earlier).per(1_000);
        assert!(
            (each.app - 500.0).abs() < 1e-6 && (each.database - 250.0).abs() < 1e-6,
            "{each:?}"
        );
    }
}
