//! Configuration: defaults, then `wapro.toml`, then the environment.

mod check;
mod load;
mod network;
mod wrong;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use cloud_sim::Reach;
use host::{
    blob::{Bucket, Place},
    database::DatabaseOptions,
    fetch::FetchPolicy,
    host_name::HostNames,
    live::LiveLimits,
    redis::RedisOptions,
};
use ipnet::IpNet;
use kernel::Quota;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// All settings. `config.default.toml` explains each field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: String,
    pub allowed_hosts: Vec<String>,
    #[serde(deserialize_with = "network::address_or_nothing")]
    pub metrics_listen: Option<SocketAddr>,
    pub data_dir: PathBuf,
    pub database_url: SecretString,
    pub database_connections: u32,
    pub list_limit_ms: u32,
    pub redis_url: SecretString,
    pub redis_prefix: String,
    pub redis_connections: usize,
    pub redis_wait_ms: u32,
    pub encryption_keys: Vec<SecretString>,
    pub allow_unreadable_secrets: bool,
    pub brand: String,
    pub log: String,
    pub log_format: LogFormat,
    pub graph_url: Url,
    pub demo: bool,
    pub allow_demo_and_simulator_on_public_address: bool,
    pub api_rate: u32,
    pub api_burst: u32,
    pub tenant_rate: u32,
    pub tenant_burst: u32,
    pub live_sockets: usize,
    pub live_sockets_per_caller: usize,
    pub http_connections: usize,
    pub body_memory_mb: usize,
    #[serde(deserialize_with = "network::networks")]
    pub trusted_proxies: Vec<IpNet>,
    pub media: MediaConfig,
    pub simulator: SimulatorConfig,
}

/// Files: where they are kept, how they are served, what may be fetched.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaConfig {
    pub url: String,
    pub endpoint: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    pub link_minutes: u32,
    pub fetch_http: bool,
    pub fetch_ports: Vec<u16>,
    pub fetch_networks: Vec<IpNet>,
}

/// Format of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for people.
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// The built-in simulator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatorConfig {
    pub enabled: bool,
    pub url: String,
    pub profile: cloud_sim::Profile,
    pub reach: Vec<String>,
    /// Knobs that differ from the profile's, by the names of [`cloud_sim::SimConfig`].
    #[serde(default)]
    pub knobs: serde_json::Map<String, serde_json::Value>,
}

impl Config {
    /// The public address, without a trailing slash.
    pub fn public_url(&self) -> anyhow::Result<Url> {
        let text = match self.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.listen),
            text => text.to_owned(),
        };
        wrong::address("public_url", &text)
    }

    /// Whether the public address is https.
    ///
    /// # Errors
    /// As [`Config::public_url`].
    pub fn is_https(&self) -> anyhow::Result<bool> {
        Ok(self.public_url()?.scheme() == "https")
    }

    /// The accepted host names.
    ///
    /// # Errors
    /// The first invalid entry of `allowed_hosts`.
    pub fn hosts(&self) -> anyhow::Result<HostNames> {
        HostNames::new(&self.public_url()?, &self.allowed_hosts)
            .map_err(|wrong| anyhow::anyhow!("allowed_hosts: {wrong}"))
    }

    /// Limits of live connections.
    pub fn live_limits(&self) -> LiveLimits {
        LiveLimits {
            per_caller: self.live_sockets_per_caller,
            total: self.live_sockets,
        }
    }

    /// Where a simulator listening at `listen` may send requests. Inside the server it serves the public address too.
    ///
    /// # Errors
    /// The first entry of `simulator.reach` that is not a loopback host.
    pub fn simulator_reach(&self, inside: bool) -> anyhow::Result<Reach> {
        let mut own = vec![Url::parse(&format!("http://{}", self.listen))?];
        if inside {
            own.push(self.public_url()?);
        }
        Reach::new(&own, &self.simulator.reach).map_err(|wrong| anyhow::anyhow!("simulator.reach: {wrong}"))
    }

    /// What is wrong with `trusted_proxies`, if anything.
    pub fn proxies_missing(&self) -> Option<&'static str> {
        let https = self.is_https().unwrap_or_default();
        (https && self.trusted_proxies.is_empty()).then_some(
            "public_url is https, so a proxy stands in front, but trusted_proxies is empty: all clients share the limit of \
             sign-in attempts, and one of them can lock the others out. Name the proxy's address or network with \
             WAPRO_TRUSTED_PROXIES='[\"127.0.0.1\"]'.",
        )
    }

    /// What does not work as in production with a database server but no Redis, if that is so.
    pub fn redis_missing(&self) -> Option<&'static str> {
        let server = !self.database().is_sqlite();
        (server && self.redis().is_none()).then_some(
            "database_url names a database server, but redis_url is empty. One process (`wapro run`) works in full. Several \
             processes do not share rate limits: sign-in attempts, API calls and sending are limited in each process \
             separately, so a number may send faster than WhatsApp allows. Jobs and live news of another process come up to \
             2 seconds late. Set WAPRO_REDIS_URL for production.",
        )
    }

    /// The database; the embedded one by default.
    pub fn database(&self) -> DatabaseOptions {
        use secrecy::ExposeSecret;
        let url = match self.database_url.expose_secret() {
            "" => format!("sqlite://{}?mode=rwc", self.data_dir.join("wapro.db").display()),
            url => url.to_owned(),
        };
        DatabaseOptions {
            url,
            max_connections: self.database_connections,
        }
    }

    /// Where files are kept.
    ///
    /// # Errors
    /// A message that says what `media.url` must look like.
    pub fn files(&self) -> anyhow::Result<Place> {
        use secrecy::ExposeSecret;
        let media = &self.media;
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let place = Place::parse(&media.url, self.data_dir.join("media"))
            .map_err(|wrong| anyhow::anyhow!("media.url: {wrong}"))?;
        Ok(match place {
            Place::Bucket(bucket) => Place::Bucket(Bucket {
                endpoint: some(&media.endpoint),
                region: some(&media.region),
                credentials: some(&media.access_key_id)
                    .map(|id| (id, media.secret_access_key.expose_secret().into())),
                ..bucket
            }),
            place => place,
        })
    }

    /// What may be fetched for customers.
    pub fn fetch_policy(&self) -> FetchPolicy {
        FetchPolicy {
            ports: self.media.fetch_ports.clone(),
            http: self.media.fetch_http,
            networks: self.media.fetch_networks.clone(),
            ..FetchPolicy::default()
        }
    }

    /// Rate limit of all callers of one tenant together: by default four times that of one.
    pub fn tenant_quota(&self) -> Quota {
        let or_four_times = |chosen: u32, one: u32| match chosen {
            0 => one.saturating_mul(4),
            chosen => chosen,
        };
        Quota {
            per_second: f64::from(or_four_times(self.tenant_rate, self.api_rate)),
            burst: or_four_times(self.tenant_burst, self.api_burst),
        }
    }

    /// Redis, if there is one.
    pub fn redis(&self) -> Option<RedisOptions> {
        use secrecy::ExposeSecret;
        let url = Some(self.redis_url.expose_secret()).filter(|url| !url.is_empty())?;
        Some(RedisOptions {
            url: url.to_owned(),
            connections: self.redis_connections,
            wait: Duration::from_millis(self.redis_wait_ms.into()),
        })
    }
}

#[cfg(test)]
mod tests;
