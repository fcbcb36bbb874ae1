//! Every knob of the simulator (Cloud API: simulator control API, config knobs).

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::reach::Reach;

/// The real time in Unix milliseconds, passed in so that a test can control it.
#[derive(Clone)]
pub struct Wall(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Wall {
    /// A wall clock from any source of Unix milliseconds.
    pub fn new(read: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// Unix milliseconds now.
    pub fn now_ms(&self) -> i64 {
        (self.0)()
    }
}

impl Default for Wall {
    /// The system clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the default of the clock that is handed in"
    )]
    fn default() -> Self {
        Self::new(|| chrono::Utc::now().timestamp_millis())
    }
}

impl fmt::Debug for Wall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wall")
    }
}

/// A set of defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Statuses at once, in order, no noise: for tests.
    Fast,
    /// Realistic delays, no noise.
    #[default]
    Realistic,
    /// Duplicates, wrong order, early statuses, batches.
    Chaos,
    /// As fast as possible with batched webhooks and short rings.
    Load,
}

/// The last status that messages get, unless something else stops them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statuses {
    /// No statuses, failures included: for measuring sends alone.
    Off,
    /// `sent`.
    Sent,
    /// `delivered`.
    Delivered,
    /// All of them.
    #[default]
    Read,
}

/// Mean delays of statuses in virtual milliseconds (Cloud API: status sequence and timing).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delays {
    /// Acceptance to `sent`.
    pub sent_ms: u64,
    /// `sent` to `delivered`.
    pub delivered_ms: u64,
    /// `delivered` to `read`, unless the person says otherwise.
    pub read_ms: u64,
    /// `read` to `played`, voice notes only.
    pub played_ms: u64,
    /// Acceptance to `failed`.
    pub failed_ms: u64,
    /// A person's automatic answer after reading.
    pub reply_ms: u64,
    /// 0 = exact, 0.5 = each delay is between half and one and a half times its mean.
    pub spread: f64,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            sent_ms: 150,
            delivered_ms: 700,
            read_ms: 5_000,
            played_ms: 3_000,
            failed_ms: 300,
            reply_ms: 1_500,
            spread: 0.3,
        }
    }
}

impl Delays {
    /// Everything at once.
    pub const ZERO: Self = Self {
        sent_ms: 0,
        delivered_ms: 0,
        read_ms: 0,
        played_ms: 0,
        failed_ms: 0,
        reply_ms: 0,
        spread: 0.0,
    };
}

/// How webhook bodies are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signature {
    /// Both headers, right.
    #[default]
    Right,
    /// Both headers, wrong.
    Wrong,
    /// No header.
    Missing,
    /// Only the old SHA-1 header.
    Sha1Only,
}

/// Which clock the throughput and pair buckets refill by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BucketClock {
    /// Real time, as a sender sees it.
    #[default]
    Real,
    /// Virtual time, so that a test can advance it.
    Virtual,
}

/// The configuration. Every field has a default, which depends on the profile for a few of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimConfig {
    /// Which set of defaults was applied.
    pub profile: Profile,
    /// Same seed and same requests give the same world.
    pub seed: u64,
    /// Virtual start, Unix milliseconds; the wall clock when absent.
    pub start_ms: Option<i64>,
    /// Virtual seconds per real second; at 0 it is stopped until it is advanced.
    pub speed: f64,
    /// Base latency of every Graph answer, real milliseconds.
    pub latency_ms: u64,
    /// Added at random to the base latency.
    pub jitter_ms: u64,
    /// Messages a second and number, in and out together.
    pub mps_default: u32,
    /// Limit of messages to one person (45 at once, then one in 6 s).
    pub pair_limit: bool,
    /// Limit of new people in 24 hours a portfolio.
    pub portfolio_limit: bool,
    /// 24-hour customer service window.
    pub csw: bool,
    /// HTTP status of rate-limit errors: 400 (documented) or 429 (seen).
    pub http_rate_status: u16,
    /// HTTP status of 132001: 404 (documented) or 400 (seen).
    pub http_132001: u16,
    /// Answer a closed window at once with 131047 instead of a failed status.
    pub sync_131047: bool,
    /// Answer a payment problem at once with 131042 instead of a failed status.
    pub sync_131042: bool,
    /// Virtual hours for which a webhook is retried: 168 or 36.
    pub webhook_retry_hours: u32,
    /// Response timeout of a receiver, real milliseconds.
    pub webhook_timeout_ms: u64,
    /// Deliveries at the same time to one destination.
    pub webhook_concurrency: usize,
    /// Virtual milliseconds until a new template is reviewed.
    pub review_ms: u64,
    /// Reviews also look at the content: promotional words make a template a marketing one.
    pub content_review: bool,
    /// Every new marketing and utility template is paced, not only those with `sim_pacing` in their name.
    pub pacing: bool,
    /// Messages of a paced template that go out before the rest is held.
    pub pacing_cohort: u32,
    /// Virtual seconds for which the rest is held.
    pub pacing_hold_s: u64,
    /// Half of a messaging limit used brings the next one within 6 virtual hours.
    pub tier_scaling: bool,
    /// Messages in 7 days from which complaints count.
    pub quality_min_sends: u64,
    /// Delays of statuses.
    pub delays: Delays,
    /// The last status that messages get.
    pub statuses: Statuses,
    /// A webhook comes twice.
    pub p_dup: f64,
    /// A webhook is overtaken by the next one.
    pub p_reorder: f64,
    /// `sent` is followed by `read` at once.
    pub p_skip_delivered: f64,
    /// A status comes before the answer of the send.
    pub p_early: f64,
    /// Most updates in one webhook body, 1 to 1000.
    pub batch_max: usize,
    /// Real milliseconds that a batch waits to fill.
    pub batch_window_ms: u64,
    /// A webhook element has an unknown field, with a change of an unknown field beside it.
    pub p_unknown: f64,
    /// A message that waited too long for a phone fails with 131043 instead of being dropped silently.
    pub expiry_fails: bool,
    /// Put `entry[].time` into `messages` bodies; some client libraries need it, Meta leaves it out.
    pub entry_time: bool,
    /// Put BSUIDs into webhooks.
    pub bsuid: bool,
    /// Put parent BSUIDs beside them, as for businesses whose portfolios are linked.
    pub parent_bsuid: bool,
    /// Unknown tokens are refused.
    pub strict_tokens: bool,
    /// A missing `appsecret_proof` is refused; a wrong one always is.
    pub require_appsecret_proof: bool,
    /// Unix seconds from which service and in-window utility messages cost.
    pub pricing_switch: i64,
    /// Rate card as CSV with `prefix,category,from,rate`; an invented one when absent.
    pub rate_card: Option<String>,
    /// Service messages of a number and month that cost nothing.
    pub free_service_quota: u64,
    /// Virtual seconds for which tokens of a code exchange work; for ever when absent.
    pub token_ttl_s: Option<u64>,
    /// A call without a token is answered with code 104 instead of 190.
    pub missing_token_104: bool,
    /// Management calls are limited to 200 an hour and account, common reads to 5,000 (80007).
    pub management_limit: bool,
    /// Marketing messages a person gets in 24 hours outside the window.
    pub marketing_cap_per_24h: u32,
    /// Share of marketing messages that fall into the experiment (130472).
    pub p_experiment: f64,
    /// `biz_opaque_callback_data` that starts with `sim:` may force an outcome.
    pub callback_overrides: bool,
    /// Real milliseconds that the "time-out after acceptance" recipient hangs.
    pub hang_ms: u64,
    /// Behaviour of people who are created by a message to them.
    pub default_online: bool,
    /// Whether they read what arrives.
    pub default_reads: bool,
    /// How webhooks are signed.
    pub signature: Signature,
    /// Cut webhook bodies after this many bytes (they are signed before).
    pub truncate_body: Option<usize>,
    /// Clock of the throughput and pair buckets.
    pub bucket_clock: BucketClock,
    /// Links that the simulator can reach are really fetched.
    pub fetch_links: bool,
    /// Hosts, or hosts with port, whose links are really fetched without that, if the simulator can reach them.
    pub link_hosts: Vec<String>,
    /// Virtual seconds for which a download address works.
    pub media_url_ttl_s: u64,
    /// Media nodes have their digest in hex (documented) instead of base64 (as in webhooks).
    pub media_sha256_hex: bool,
    /// Total bytes of media kept; the oldest are removed first.
    pub max_media_bytes: usize,
    /// Address under which `/_media` is reachable from outside, without a slash at the end.
    pub public_url: String,
    /// People kept; the oldest are removed first.
    pub max_users: usize,
    /// Messages kept.
    pub max_messages: usize,
    /// Ended deliveries kept in the log with their bodies; unfinished ones always are.
    pub max_deliveries: usize,
    /// Rows kept in each half of the ledger.
    pub max_ledger: usize,
    /// Updates that may wait for one destination, retries included; more are dropped and counted.
    pub max_queue: usize,
    /// Client for webhooks and handshakes. Without one every delivery fails with a note saying so.
    #[serde(skip)]
    pub http: Option<reqwest::Client>,
    /// Real time.
    #[serde(skip)]
    pub wall: Wall,
    /// Where callbacks, handshakes and fetched links may go. Not a knob: the control API cannot change it.
    #[serde(skip)]
    pub reach: Reach,
}

impl Default for SimConfig {
    fn default() -> Self {
        Self {
            profile: Profile::Realistic,
            seed: 1,
            start_ms: None,
            speed: 1.0,
            latency_ms: 0,
            jitter_ms: 0,
            mps_default: 80,
            pair_limit: true,
            portfolio_limit: true,
            csw: true,
            http_rate_status: 400,
            http_132001: 404,
            sync_131047: false,
            sync_131042: false,
            webhook_retry_hours: 168,
            webhook_timeout_ms: 10_000,
            webhook_concurrency: 8,
            review_ms: 2_000,
            content_review: false,
            pacing: false,
            pacing_cohort: 10,
            pacing_hold_s: 600,
            tier_scaling: true,
            quality_min_sends: 100,
            delays: Delays::default(),
            statuses: Statuses::Read,
            p_dup: 0.0,
            p_reorder: 0.0,
            p_skip_delivered: 0.0,
            p_early: 0.0,
            batch_max: 1,
            batch_window_ms: 0,
            p_unknown: 0.0,
            expiry_fails: false,
            entry_time: true,
            bsuid: true,
            parent_bsuid: false,
            strict_tokens: true,
            require_appsecret_proof: false,
            // 2026-10-01T00:00:00Z
            pricing_switch: 1_790_812_800,
            rate_card: None,
            free_service_quota: 1_000,
            token_ttl_s: None,
            missing_token_104: false,
            management_limit: true,
            marketing_cap_per_24h: 2,
            p_experiment: 0.0,
            callback_overrides: false,
            hang_ms: 35_000,
            default_online: true,
            default_reads: true,
            signature: Signature::Right,
            truncate_body: None,
            bucket_clock: BucketClock::Real,
            fetch_links: false,
            link_hosts: Vec::new(),
            media_url_ttl_s: 300,
            media_sha256_hex: true,
            max_media_bytes: 64 << 20,
            public_url: "http://127.0.0.1:8080".into(),
            max_users: 100_000,
            max_messages: 50_000,
            max_deliveries: 10_000,
            max_ledger: 200_000,
            max_queue: 100_000,
            http: None,
            wall: Wall::default(),
            reach: Reach::default(),
        }
    }
}

impl SimConfig {
    /// The defaults of a profile.
    pub fn profile(profile: Profile) -> Self {
        let base = Self {
            profile,
            ..Self::default()
        };
        match profile {
            Profile::Realistic => base,
            Profile::Fast => Self {
                delays: Delays::ZERO,
                review_ms: 0,
                management_limit: false,
                ..base
            },
            Profile::Chaos => Self {
                p_dup: 0.02,
                p_reorder: 0.02,
                p_skip_delivered: 0.1,
                p_early: 0.01,
                batch_max: 100,
                jitter_ms: 50,
                ..base
            },
            Profile::Load => Self {
                delays: Delays {
                    read_ms: 1_000,
                    ..Delays::default()
                },
                batch_max: 100,
                batch_window_ms: 50,
                max_messages: 100_000,
                max_deliveries: 2_000,
                // Counts without rows go on beyond it: `GET /_sim/load`.
                max_ledger: 100_000,
                max_users: 1_000_000,
                max_queue: 1_000_000,
                mps_default: 1_000,
                portfolio_limit: false,
                management_limit: false,
                ..base
            },
        }
    }

    /// The same with some knobs changed, named like the fields; objects are merged (`{"delays": {"read_ms": 5}}`).
    ///
    /// # Errors
    /// A sentence that names the knob that does not exist or has the wrong kind of value.
    pub fn with_knobs(self, knobs: &serde_json::Map<String, serde_json::Value>) -> Result<Self, String> {
        let (http, wall, reach) = (self.http.clone(), self.wall.clone(), self.reach.clone());
        let mut document = serde_json::to_value(&self).map_err(|e| e.to_string())?;
        for (name, value) in knobs {
            match (document.get_mut(name), value) {
                (Some(serde_json::Value::Object(inner)), serde_json::Value::Object(given)) => {
                    inner.extend(given.clone())
                }
                (_, value) => document[name] = value.clone(),
            }
        }
        let turned: Self =
            serde_json::from_value(document).map_err(|e| format!("knobs of the simulator: {e}"))?;
        Ok(Self {
            http,
            wall,
            reach,
            ..turned
        }
        .clamped())
    }

    /// The same with an HTTP client (which should not follow redirects).
    pub fn with_http(self, http: reqwest::Client) -> Self {
        Self {
            http: Some(http),
            ..self
        }
    }

    /// The same with another reach.
    pub fn with_reach(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// Clamps every knob to its valid range, so that a wrong value cannot stop the engine.
    pub(crate) fn clamped(mut self) -> Self {
        self.speed = if self.speed.is_finite() {
            self.speed.clamp(0.0, 1_000_000.0)
        } else {
            1.0
        };
        self.batch_max = self.batch_max.clamp(1, 1_000);
        self.webhook_concurrency = self.webhook_concurrency.clamp(1, 256);
        self.webhook_timeout_ms = self.webhook_timeout_ms.clamp(10, 60_000);
        self.mps_default = self.mps_default.max(1);
        self.max_users = self.max_users.max(10);
        self.max_messages = self.max_messages.max(100);
        self.max_deliveries = self.max_deliveries.max(100);
        self.max_ledger = self.max_ledger.max(100);
        self.max_queue = self.max_queue.max(100);
        self.delays.spread = self.delays.spread.clamp(0.0, 0.99);
        for p in [
            &mut self.p_dup,
            &mut self.p_reorder,
            &mut self.p_skip_delivered,
            &mut self.p_early,
            &mut self.p_experiment,
            &mut self.p_unknown,
        ] {
            *p = if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
        }
        while self.public_url.ends_with('/') {
            self.public_url.pop();
        }
        self
    }
}
