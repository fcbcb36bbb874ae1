//! Options of the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::shapes::ingest::Receive;

/// Measures the platform against its simulator on loopback and reports. It judges nothing and ends with 0, unless it
/// cannot even write its report.
#[derive(Clone, Debug, Parser, Serialize)]
#[command(version)]
pub struct Plan {
    /// Parts, separated by commas: bounds, send, flatness, caps, ingest, live, memory, fairness, templates. All, when absent.
    #[arg(long, env = "ONLY", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Rounds of everything that is compared.
    #[arg(long, env = "ROUNDS", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    pub rounds: u32,
    /// Seconds that one contender is measured in one round.
    #[arg(long, env = "SECONDS_PER_ROUND", default_value_t = 3.0)]
    pub seconds: f64,
    /// Messages that wait in the part about flatness.
    #[arg(long, env = "BACKLOG", default_value_t = 100_000)]
    pub backlog: u64,
    /// Messages of the big tenant in the part about fairness.
    #[arg(long, env = "BIG_TENANT", default_value_t = 300_000)]
    pub big_tenant: u64,
    /// Templates of the account in the part about templates.
    #[arg(long, env = "TEMPLATES", default_value_t = 10_000)]
    pub templates: u32,
    /// Requests that the stateless client keeps in flight.
    #[arg(long, env = "CONCURRENCY", default_value_t = 1_500)]
    pub concurrency: usize,
    /// Recipients of the campaign that the whatomate-shaped worker counts again for every message.
    #[arg(long, env = "SHAPE_BACKLOG", default_value_t = 100_000)]
    pub shape_backlog: u64,
    /// Sockets of the parts about the live stream and memory.
    #[arg(long, env = "SOCKETS", default_value_t = 1_000)]
    pub sockets: usize,
    /// Seconds for everything; parts that would begin later are left out, and the report says so.
    #[arg(long, env = "BUDGET_SECONDS", default_value_t = 560.0)]
    pub budget: f64,
    /// The `wapro` to measure; that of the same build when absent.
    #[arg(long, env = "BENCH_WAPRO")]
    pub wapro: Option<PathBuf>,
    /// Where the report goes. No part of the report: it is a place on one machine.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/results"))]
    #[serde(skip)]
    pub results: PathBuf,
    /// What its own child processes do instead of measuring.
    #[command(subcommand)]
    #[serde(skip)]
    pub instead: Option<Instead>,
}

/// For child processes of the bench.
#[derive(Clone, Debug, Subcommand)]
pub enum Instead {
    /// Receive webhooks in the shape of others.
    #[command(hide = true)]
    Receive(Receive),
}

impl Plan {
    /// Whether this part is asked for.
    pub fn wants(&self, part: &str) -> bool {
        self.only.iter().all(String::is_empty) || self.only.iter().any(|name| name.trim() == part)
    }
}
