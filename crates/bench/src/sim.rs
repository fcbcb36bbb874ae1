//! The simulator in its own process, used through its control API. Its counts decide.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, ensure};
use cloud_sim::{Provision, Provisioned};
use reqwest::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// A running simulator.
#[derive(Clone, Debug)]
pub struct Sim {
    /// `http://127.0.0.1:port`.
    pub base: String,
    http: reqwest::Client,
    counts_loads: bool,
    read: Arc<Mutex<Read>>,
}

/// What one number has sent.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct OfNumber {
    /// Sends taken.
    pub accepted: u64,
    /// Answered 130429 (Cloud API: error codes, throughput).
    #[serde(default)]
    pub throttled: u64,
    /// When the last was taken, in its Unix ms; none when none was.
    pub last_at: Option<i64>,
}

/// What the simulator has counted since it began.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Sends taken.
    pub accepted: u64,
    /// Sends answered 130429.
    pub throttled: u64,
    /// Updates that the callback answered with 2xx.
    pub told: u64,
    /// Sends whose recipient and callback data had been sent before, where the simulator knows.
    pub doubled: Option<u64>,
    /// By phone number id, where the simulator knows.
    pub numbers: BTreeMap<String, OfNumber>,
}

/// `GET /_sim/load`: what the load profile counts without a row for each send.
#[derive(Debug, Deserialize)]
struct Load {
    judge: Judge,
    webhooks: Webhooks,
    numbers: BTreeMap<String, OfNumber>,
}

#[derive(Debug, Deserialize)]
struct Judge {
    doubled: u64,
}

#[derive(Debug, Deserialize)]
struct Webhooks {
    told: u64,
}

/// `GET /_sim/metrics`, and the rows of `GET /_sim/ledger`.
#[derive(Debug, Deserialize)]
struct Metrics {
    ledger: Totals,
}

#[derive(Debug, Deserialize)]
struct Totals {
    accepted_total: u64,
    delivered_total: u64,
    refused_by_code: BTreeMap<i64, u64>,
}

#[derive(Debug, Deserialize)]
struct Rows {
    items: Vec<Accepted>,
}

#[derive(Debug, Deserialize)]
struct Accepted {
    seq: u64,
    phone_id: String,
}

/// How far the ledger's rows were read, and what they came to.
#[derive(Debug, Default)]
struct Read {
    seq: u64,
    numbers: BTreeMap<String, OfNumber>,
}

/// Whether people get and read what is sent, and webhooks tell so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statuses {
    /// No status ever comes.
    Off,
    /// `sent`, `delivered` and `read` follow quickly.
    All,
}

impl Sim {
    /// One that answers at `base`.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn at(base: String, http: reqwest::Client) -> anyhow::Result<Self> {
        let counts_loads = http
            .get(format!("{base}/_sim/load"))
            .send()
            .await?
            .status()
            .is_success();
        Ok(Self {
            base,
            http,
            counts_loads,
            read: Arc::default(),
        })
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<T> {
        let mut request = self.http.request(method, format!("{}/_sim/{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.context("the simulator does not answer")?;
        let (status, bytes) = (answer.status(), answer.bytes().await?);
        ensure!(
            status.is_success(),
            "the simulator refuses {path}: {}",
            String::from_utf8_lossy(&bytes)
        );
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Changes knobs.
    ///
    /// # Errors
    /// When it knows no such knob.
    pub async fn configure(&self, knobs: Value) -> anyhow::Result<()> {
        self.call::<Value>(Method::PATCH, "config", Some(knobs))
            .await
            .map(drop)
    }

    /// Graph answers take this long, and statuses come or do not; limits that are not the number's own are out of the way.
    ///
    /// # Errors
    /// When it knows no such knob.
    pub async fn weather(&self, latency_ms: u64, statuses: Statuses) -> anyhow::Result<()> {
        let hour_ms = 3_600_000_000_u64;
        let (word, first) = match statuses {
            Statuses::Off => ("off", hour_ms),
            Statuses::All => ("read", 50),
        };
        let mut knobs = json!({
            "latency_ms": latency_ms, "jitter_ms": 0, "mps_default": 1_000, "pair_limit": false, "portfolio_limit": false,
            "webhook_concurrency": 16, "batch_max": 100, "batch_window_ms": 50, "statuses": word,
            "delays": { "sent_ms": first, "delivered_ms": 100, "read_ms": 300, "failed_ms": first, "spread": 0.2 },
        });
        let known: Value = self.call(Method::GET, "config", None).await?;
        if let Some(knobs) = knobs.as_object_mut() {
            // A simulator that cannot leave statuses out plans them for a day that never comes.
            knobs.retain(|knob, _| known.get(knob).is_some());
        }
        self.configure(knobs).await
    }

    /// Makes an app, an account and a number, or changes them.
    ///
    /// # Errors
    /// The simulator's.
    pub async fn provision(&self, wanted: &Provision) -> anyhow::Result<Provisioned> {
        self.call(Method::POST, "provision", Some(serde_json::to_value(wanted)?))
            .await
    }

    /// The limit of a number, messages a second.
    ///
    /// # Errors
    /// When there is no such number.
    pub async fn limit(&self, phone_id: &str, per_second: u32) -> anyhow::Result<()> {
        let body = json!({ "throughput_mps": per_second });
        self.call::<Value>(Method::PATCH, &format!("phones/{phone_id}"), Some(body))
            .await
            .map(drop)
    }

    /// What it counted.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn reading(&self) -> anyhow::Result<Reading> {
        if self.counts_loads {
            let load: Load = self.call(Method::GET, "load", None).await?;
            return Ok(Reading {
                accepted: load.numbers.values().map(|number| number.accepted).sum(),
                throttled: load.numbers.values().map(|number| number.throttled).sum(),
                told: load.webhooks.told,
                doubled: Some(load.judge.doubled),
                numbers: load.numbers,
            });
        }
        let metrics: Metrics = self.call(Method::GET, "metrics", None).await?;
        Ok(Reading {
            accepted: metrics.ledger.accepted_total,
            throttled: metrics.ledger.refused_by_code.get(&130_429).copied().unwrap_or(0),
            told: metrics.ledger.delivered_total,
            doubled: None,
            numbers: BTreeMap::new(),
        })
    }

    /// Sends it took so far.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn accepted(&self) -> anyhow::Result<u64> {
        Ok(self.reading().await?.accepted)
    }

    /// What each number has sent so far.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn numbers(&self) -> anyhow::Result<BTreeMap<String, OfNumber>> {
        if self.counts_loads {
            return Ok(self.reading().await?.numbers);
        }
        let mut read = self.read.lock().await;
        loop {
            let path = format!("ledger?kind=accepted&after={}&limit=10000", read.seq);
            let rows: Rows = self.call(Method::GET, &path, None).await?;
            let Some(last) = rows.items.last() else {
                return Ok(read.numbers.clone());
            };
            read.seq = last.seq;
            for row in rows.items {
                read.numbers.entry(row.phone_id).or_default().accepted += 1;
            }
        }
    }

    /// What one number has sent so far.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn of_number(&self, phone_id: &str) -> anyhow::Result<OfNumber> {
        Ok(self.numbers().await?.get(phone_id).copied().unwrap_or_default())
    }
}
