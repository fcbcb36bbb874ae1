//! Checks of a configuration beyond its types.

use std::net::IpAddr;

use anyhow::ensure;
use host::{blob::Place, redis::Redis};
use secrecy::ExposeSecret;
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use super::{Config, wrong};
use crate::{commands::run::simulator_config, platform::read_keys};

impl Config {
    /// Values that would only fail later, so that the error names the setting and no value.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        self.public_url()?;
        ensure!(self.hosts().is_ok(), wrong::value("allowed_hosts"));
        ensure!(
            self.simulator_reach(true).is_ok(),
            wrong::value("simulator.reach")
        );
        ensure!(self.database().is_readable(), wrong::value("database_url"));
        let redis = self.redis_url.expose_secret();
        ensure!(
            redis.is_empty() || Redis::is_address(redis),
            wrong::value("redis_url")
        );
        ensure!(self.redis_connections >= 4, wrong::value("redis_connections"));
        ensure!(self.redis_wait_ms > 0, wrong::value("redis_wait_ms"));
        ensure!(
            self.database_connections > 0,
            wrong::value("database_connections")
        );
        // The sentence names an id at most, never a key.
        read_keys(&self.encryption_keys).map_err(|why| wrong::value("encryption_keys").context(why))?;
        ensure!(self.api_rate > 0, wrong::value("api_rate"));
        ensure!(self.api_burst > 0, wrong::value("api_burst"));
        simulator_config(self)?;
        ensure!(EnvFilter::try_new(&self.log).is_ok(), wrong::value("log"));
        wrong::address("graph_url", self.graph_url.as_str())?;
        if !self.simulator.url.is_empty() {
            wrong::address("simulator.url", &self.simulator.url)?;
        }
        let place = Place::parse(&self.media.url, self.data_dir.join("media"));
        // Access keys in the URL would be ignored, and shown.
        let open = Url::parse(&self.media.url).is_ok_and(|url| !url.username().is_empty());
        ensure!(place.is_ok() && !open, wrong::value("media.url"));
        if !self.media.endpoint.is_empty() {
            wrong::address("media.endpoint", &self.media.endpoint)?;
        }
        Ok(())
    }

    /// Refuses demo and simulator where other machines can reach them: the demo's password is public, and the simulator's
    /// control API has no authentication.
    ///
    /// # Errors
    /// A message that names the setting and the alternatives.
    pub fn refuse_public_demo(&self) -> anyhow::Result<()> {
        let on = match (self.demo, self.simulator.enabled) {
            _ if self.allow_demo_and_simulator_on_public_address => return Ok(()),
            (true, true) => "The demo and the simulator are",
            (true, false) => "The demo is",
            (false, true) => "The simulator is",
            (false, false) => return Ok(()),
        };
        let Some(setting) = self.reachable_by() else {
            return Ok(());
        };
        anyhow::bail!(
            "{on} on, and by `{setting}` other machines can reach this server: anybody could sign in or act as WhatsApp. Start \
             without --demo and with demo = false and simulator.enabled = false; or keep the server on this machine, with \
             listen = \"127.0.0.1:8080\" and an empty public_url. In a closed network, \
             allow_demo_and_simulator_on_public_address = true permits it."
        )
    }

    /// Refuses metrics at the address of the server itself: whichever is bound first leaves the other without one.
    ///
    /// # Errors
    /// A message that names the settings.
    pub fn refuse_shared_address(&self) -> anyhow::Result<()> {
        let shared = self.metrics_listen.is_some_and(|metrics| {
            let (one, other) = (self.listen.ip().to_canonical(), metrics.ip().to_canonical());
            let meet = one == other || one.is_unspecified() || other.is_unspecified();
            metrics.port() != 0 && metrics.port() == self.listen.port() && meet
        });
        ensure!(
            !shared,
            "`metrics_listen` and `listen` are the same address: metrics need a separate one, such as 127.0.0.1:9464, or none"
        );
        Ok(())
    }

    /// The setting that lets other machines reach the server; none if only this machine can.
    pub fn reachable_by(&self) -> Option<&'static str> {
        if !loopback(self.listen.ip()) {
            return Some("listen");
        }
        let here = self.public_url().is_ok_and(|url| match url.host() {
            Some(Host::Ipv4(address)) => loopback(address.into()),
            Some(Host::Ipv6(address)) => loopback(address.into()),
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        });
        (!here).then_some("public_url")
    }
}

fn loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(listen: &str, public_url: &str) -> Config {
        Config {
            listen: listen.parse().unwrap(),
            public_url: public_url.to_owned(),
            ..Config::defaults().unwrap()
        }
    }

    #[test]
    fn what_other_machines_reach_is_known() {
        for (listen, public_url, reachable) in [
            ("127.0.0.1:8080", "", None),
            ("127.9.9.9:1", "http://localhost:8080", None),
            ("[::1]:8080", "http://[::1]:8080/", None),
            ("[::ffff:127.0.0.1]:8080", "http://app.localhost", None),
            ("127.0.0.1:8080", "http://2130706433/", None),
            ("0.0.0.0:8080", "", Some("listen")),
            ("[::]:8080", "http://127.0.0.1:8080", Some("listen")),
            ("192.168.1.5:8080", "", Some("listen")),
            ("[::ffff:10.0.0.1]:80", "http://localhost", Some("listen")),
            ("127.0.0.1:8080", "https://wa.example.com", Some("public_url")),
            (
                "127.0.0.1:8080",
                "http://localhost.example.com",
                Some("public_url"),
            ),
            ("127.0.0.1:8080", "http://127.0.0.1.nip.io", Some("public_url")),
            ("127.0.0.1:8080", "http://0.0.0.0:8080", Some("public_url")),
            ("127.0.0.1:8080", "http://10.0.0.1", Some("public_url")),
        ] {
            assert_eq!(
                with(listen, public_url).reachable_by(),
                reachable,
                "{listen} {public_url}"
            );
        }
    }

    #[test]
    fn metrics_need_an_address_of_their_own() {
        for (listen, metrics, fine) in [
            ("127.0.0.1:8080", "127.0.0.1:8080", false),
            ("0.0.0.0:8080", "127.0.0.1:8080", false),
            ("127.0.0.1:8080", "[::]:8080", false),
            ("[::ffff:127.0.0.1]:8080", "127.0.0.1:8080", false),
            ("127.0.0.1:8080", "127.0.0.1:9464", true),
            ("127.0.0.1:8080", "127.0.0.2:8080", true),
            ("127.0.0.1:0", "127.0.0.1:0", true),
        ] {
            let config = Config {
                metrics_listen: Some(metrics.parse().unwrap()),
                ..with(listen, "")
            };
            assert_eq!(config.refuse_shared_address().is_ok(), fine, "{listen} {metrics}");
        }
        assert!(
            Config {
                metrics_listen: None,
                ..with("127.0.0.1:8080", "")
            }
            .refuse_shared_address()
            .is_ok()
        );
    }

    #[test]
    fn demo_and_simulator_are_refused_where_others_can_reach_them() {
        let public = || with("0.0.0.0:8080", "");
        assert!(public().refuse_public_demo().is_ok(), "both are off by default");
        for (demo, simulator) in [(true, true), (true, false), (false, true)] {
            let mut config = public();
            (config.demo, config.simulator.enabled) = (demo, simulator);
            let refused = config.refuse_public_demo().unwrap_err().to_string();
            assert!(refused.contains("`listen`"), "{refused}");
            config.allow_demo_and_simulator_on_public_address = true;
            assert!(config.refuse_public_demo().is_ok());
        }
        let mut local = with("127.0.0.1:8080", "");
        (local.demo, local.simulator.enabled) = (true, true);
        assert!(local.refuse_public_demo().is_ok());
    }
}
