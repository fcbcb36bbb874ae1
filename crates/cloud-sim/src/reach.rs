//! Where the simulator may send requests. Its control API has no authentication, so it must not be usable to send
//! requests to other servers: callbacks, handshakes and fetched links go only to what it serves itself and to
//! loopback addresses that its configuration names.

use std::net::IpAddr;

use url::{Host, Origin, Url};

/// The allowed destinations. Set at start, never changed by the control API.
#[derive(Clone, Debug)]
pub struct Reach {
    own: Vec<Origin>,
    loopback: Vec<Loopback>,
}

/// A loopback host; none of both means any.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Loopback {
    host: Option<Host<String>>,
    port: Option<u16>,
}

impl Default for Reach {
    /// Every loopback address: for tests, whose receivers' ports are not known in advance.
    fn default() -> Self {
        Self {
            own: Vec::new(),
            loopback: vec![Loopback {
                host: None,
                port: None,
            }],
        }
    }
}

impl Reach {
    /// What is served at these addresses (the port of one on a loopback or unspecified address counts for every loopback
    /// address), and these loopback hosts, each `127.0.0.1`, `[::1]`, `localhost` or such with a port.
    ///
    /// # Errors
    /// The first entry (from 1) that is not a loopback host.
    pub fn new(own: &[Url], loopback: &[String]) -> Result<Self, String> {
        let mut named = loopback
            .iter()
            .enumerate()
            .map(|(at, text)| {
                Loopback::parse(text)
                    .ok_or_else(|| format!("entry {} must be a loopback host such as 127.0.0.1:9000", at + 1))
            })
            .collect::<Result<Vec<_>, _>>()?;
        named.extend(own.iter().filter(|url| is_here(url)).map(|url| Loopback {
            host: None,
            port: url.port_or_known_default(),
        }));
        Ok(Self {
            own: own.iter().map(Url::origin).collect(),
            loopback: named,
        })
    }

    /// The address, if a request may go there.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn check(&self, url: &str) -> Result<Url, String> {
        let url = Url::parse(url).map_err(|_| "the address is not a URL".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("the address is not http or https".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the address has a user name or password in it".to_owned());
        }
        let known = self.own.contains(&url.origin()) || self.loopback.iter().any(|known| known.is(&url));
        known.then_some(url).ok_or_else(|| {
            "the simulator may not go to this address: it reaches itself and the loopback addresses of its configuration \
             (`simulator.reach`)"
                .to_owned()
        })
    }
}

impl Loopback {
    fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(&format!("http://{}", text.trim())).ok()?;
        let plain = matches!(url.path(), "" | "/")
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host().filter(is_loopback)?.to_owned();
        // The parser drops a port that is the scheme's own.
        let port = url.port().or_else(|| text.trim().ends_with(":80").then_some(80));
        plain.then_some(Self {
            host: Some(host),
            port,
        })
    }

    fn is(&self, url: &Url) -> bool {
        let host = url.host().filter(is_loopback);
        let same = match (&self.host, host) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(known), Some(host)) => *known == host.to_owned(),
        };
        same && self
            .port
            .is_none_or(|port| url.port_or_known_default() == Some(port))
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => IpAddr::V6(*ip).to_canonical().is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

/// Whether a server listening there can be reached by loopback addresses too.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Ipv6(ip)) => ip.is_loopback() || ip.is_unspecified(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(own: &[&str], loopback: &[&str]) -> Result<Reach, String> {
        let own: Vec<Url> = own.iter().map(|url| Url::parse(url).unwrap()).collect();
        let loopback: Vec<String> = loopback.iter().map(|&text| text.to_owned()).collect();
        Reach::new(&own, &loopback)
    }

    #[test]
    fn only_itself_and_named_loopback_addresses() {
        let reach = reach(
            &["http://127.0.0.1:8080", "https://wa.example.com"],
            &["127.0.0.1:9000", "[::1]", "localhost:80"],
        )
        .unwrap();
        for (url, may) in [
            ("http://127.0.0.1:8080/webhooks/whatsapp/x", true),
            ("http://localhost:8080/", true),
            ("http://[::1]:8080/", true),
            ("https://wa.example.com/webhooks/whatsapp/x", true),
            ("http://127.0.0.1:9000/hook", true),
            ("http://127.1:9000/hook", true),
            ("http://[::1]:1234/hook", true),
            ("http://localhost/hook", true),
            ("http://127.0.0.1:9001/", false),
            ("http://127.0.0.2:9000/", false),
            ("http://localhost:9000/", false),
            ("http://localhost:6379/", false),
            ("http://wa.example.com/", false),
            ("https://wa.example.com:444/", false),
            ("https://wa.example.com.evil.example/", false),
            ("https://user@wa.example.com/", false),
            ("https://wa.example.com@evil.example/", false),
            ("http://169.254.169.254/latest/meta-data", false),
            ("http://10.0.0.1/", false),
            ("http://0.0.0.0:8080/", false),
            ("http://[::ffff:10.0.0.1]/", false),
            ("http://localhost.evil.example/", false),
            ("http://evil.example/#@127.0.0.1:8080", false),
            ("file:///etc/passwd", false),
            ("nonsense", false),
        ] {
            assert_eq!(reach.check(url).is_ok(), may, "{url}");
        }
    }

    #[test]
    fn by_itself_every_loopback_address_and_nothing_else() {
        let reach = Reach::default();
        assert!(reach.check("http://127.0.0.9:1/").is_ok());
        assert!(reach.check("http://10.0.0.1/").is_err());
    }

    #[test]
    fn an_entry_that_is_no_loopback_host_is_told_by_its_place() {
        for wrong in [
            "10.0.0.1:80",
            "evil.example",
            "http://127.0.0.1",
            "127.0.0.1/x",
            "u@127.0.0.1",
            "",
        ] {
            let error = reach(&[], &["127.0.0.1", wrong]).unwrap_err();
            assert!(error.starts_with("entry 2 "), "{wrong}: {error}");
        }
    }
}
