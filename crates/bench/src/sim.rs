//! The simulator as a process of its own, steered and asked through its control API. Its ledger is the judge.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use cloud_sim::{Provision, Provisioned};
use reqwest::Method;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// A running simulator.
#[derive(Clone, Debug)]
pub struct Sim {
    /// `http://127.0.0.1:port`.
    pub base: String,
    http: reqwest::Client,
}

/// What the ledger sums up.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Totals {
    /// Sends it took.
    pub accepted_total: u64,
    /// Updates that were answered with 2xx.
    #[serde(default)]
    pub delivered_total: u64,
    /// Refused calls by error code.
    #[serde(default)]
    pub refused_by_code: BTreeMap<i64, u64>,
}

impl Totals {
    /// Refusals for the throughput of a number (Cloud API: error codes, 130429).
    pub fn throttled(&self) -> u64 {
        self.refused_by_code.get(&130_429).copied().unwrap_or(0)
    }

    /// Every refusal.
    pub fn refused(&self) -> u64 {
        self.refused_by_code.values().sum()
    }
}

/// One send in the ledger.
#[derive(Clone, Debug, Deserialize)]
pub struct Accepted {
    /// Place in the ledger.
    pub seq: u64,
    /// The id that was answered.
    pub wamid: String,
    /// From which number.
    pub phone_id: String,
    /// When, Unix milliseconds.
    pub at: i64,
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
    pub fn new(base: String, http: reqwest::Client) -> Self {
        Self { base, http }
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
        let mut knobs = json!({
            "latency_ms": latency_ms, "jitter_ms": 0, "mps_default": 1_000, "pair_limit": false, "portfolio_limit": false,
            "webhook_concurrency": 16, "batch_max": 100, "batch_window_ms": 50,
        });
        let (all, first) = match statuses {
            Statuses::Off => (false, hour_ms),
            Statuses::All => (true, 50),
        };
        knobs["delays"] = json!({ "sent_ms": first, "delivered_ms": 100, "read_ms": 300, "failed_ms": first, "spread": 0.2 });
        let known: Value = self.call(Method::GET, "config", None).await?;
        // Where the simulator can leave statuses out altogether, it need not even plan them.
        if known.get("statuses").is_some_and(Value::is_boolean) {
            knobs["statuses"] = json!(all);
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

    /// The ledger's sums.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn totals(&self) -> anyhow::Result<Totals> {
        #[derive(Deserialize)]
        struct Metrics {
            ledger: Totals,
        }
        let metrics: Metrics = self.call(Method::GET, "metrics", None).await?;
        Ok(metrics.ledger)
    }

    /// Sends it took so far.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn accepted(&self) -> anyhow::Result<u64> {
        Ok(self.totals().await?.accepted_total)
    }

    /// The sends behind place `after`, at most `most`, oldest first.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn sends(&self, mut after: u64, most: usize) -> anyhow::Result<Vec<Accepted>> {
        #[derive(Deserialize)]
        struct Page {
            items: Vec<Accepted>,
        }
        let mut rows = Vec::new();
        while rows.len() < most {
            let path = format!("ledger?kind=accepted&after={after}&limit=10000");
            let page: Page = self.call(Method::GET, &path, None).await?;
            let Some(last) = page.items.last() else { break };
            after = last.seq;
            rows.extend(page.items);
        }
        rows.truncate(most);
        Ok(rows)
    }
}
