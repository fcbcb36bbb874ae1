//! Configuration: defaults, then `wapro.toml`, then the environment.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use host::{
    blob::{Bucket, Place},
    database::DatabaseOptions,
    fetch::FetchPolicy,
};
use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

const DEFAULTS: &str = include_str!("../config.default.toml");

/// Everything that can be chosen. Each field is explained in `config.default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: String,
    pub data_dir: PathBuf,
    pub database_url: SecretString,
    pub database_connections: u32,
    pub redis_url: SecretString,
    pub redis_prefix: String,
    pub encryption_keys: Vec<SecretString>,
    pub brand: String,
    pub log: String,
    pub log_format: LogFormat,
    pub graph_url: Url,
    pub demo: bool,
    pub api_rate: u32,
    pub api_burst: u32,
    pub trusted_proxies: Vec<IpAddr>,
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

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// The built-in simulator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatorConfig {
    pub enabled: bool,
    pub url: String,
    pub profile: cloud_sim::Profile,
    /// Knobs that differ from the profile's, by the names of [`cloud_sim::SimConfig`].
    #[serde(default)]
    pub knobs: serde_json::Map<String, serde_json::Value>,
}

impl Config {
    /// Reads `file` (or `wapro.toml` if it exists) and the environment over the defaults.
    ///
    /// # Errors
    /// A sentence that names the setting and what is wrong with it.
    pub fn load(file: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        match file {
            Some(file) if !file.exists() => {
                anyhow::bail!("the configuration file {} does not exist", file.display())
            }
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if std::path::Path::new("wapro.toml").exists() => {
                figment = figment.merge(Toml::file_exact("wapro.toml"))
            }
            None => {}
        }
        // Names that the tests and the command line use for themselves are not settings.
        let environment = Env::prefixed("WAPRO_")
            .ignore(&[
                "test_mysql_url",
                "test_redis_url",
                "test_log",
                "api_key",
                "corpus",
                "config",
            ])
            .split("__");
        Ok(figment.merge(environment).extract()?)
    }

    /// The defaults alone, as a base for tests.
    pub fn defaults() -> anyhow::Result<Self> {
        Ok(Figment::from(Toml::string(DEFAULTS)).extract()?)
    }

    /// How the world reaches the server, without a slash at the end.
    pub fn public_url(&self) -> anyhow::Result<Url> {
        let text = match self.public_url.trim_end_matches('/') {
            "" => format!("http://{}", self.listen),
            text => text.to_owned(),
        };
        Url::parse(&text).map_err(|error| anyhow::anyhow!("public_url `{text}` is not an address: {error}"))
    }

    /// The database, embedded unless one is named.
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
    /// A sentence that says what `media.url` must look like.
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

    /// What customers' links may lead to.
    pub fn fetch_policy(&self) -> FetchPolicy {
        FetchPolicy {
            ports: self.media.fetch_ports.clone(),
            http: self.media.fetch_http,
            networks: self.media.fetch_networks.clone(),
            ..FetchPolicy::default()
        }
    }

    /// Redis, if there is one.
    pub fn redis(&self) -> Option<String> {
        use secrecy::ExposeSecret;
        Some(self.redis_url.expose_secret().to_owned()).filter(|url| !url.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete_and_embedded() {
        let config = Config::defaults().unwrap();
        assert!(config.database().is_sqlite());
        assert_eq!(config.redis(), None);
        assert_eq!(config.public_url().unwrap().as_str(), "http://127.0.0.1:8080/");
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = Config {
            database_url: SecretString::from("mysql://u:hunter2@h/d"),
            ..Config::defaults().unwrap()
        };
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
