//! Which host names the server answers to.
//!
//! A page on the internet can point its own name at this server's address (DNS rebinding). For the browser it is then the same
//! site as this server, and it may read every response. Such a request is recognised by its `Host`: it is the page's own name,
//! and no browser lets a page change it.

use std::{collections::BTreeSet, net::Ipv4Addr, net::Ipv6Addr, sync::Arc};

use kernel::Error;
use poem::{
    Request,
    http::{StatusCode, header},
};
use url::{Host, Url};

/// Paths for load balancers and probes, served under any name. They contain no tenant's data.
const EXEMPT: [&str; 2] = ["/healthz", "/readyz"];

/// The accepted names. IP addresses and `localhost` are always accepted: a page cannot have such a name.
#[derive(Clone, Debug)]
pub struct HostNames(Arc<BTreeSet<String>>);

/// An invalid entry of `allowed_hosts`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {0} must be a host name such as app.example.com, without scheme, port or path")]
pub struct NoHostName(pub usize);

impl HostNames {
    /// The host of `public_url` and the `allowed` ones, which are names without scheme, port or path.
    ///
    /// # Errors
    /// The first invalid entry.
    pub fn new(public_url: &Url, allowed: &[String]) -> Result<Self, NoHostName> {
        let mut names = BTreeSet::from(["localhost".to_owned()]);
        names.extend(public_url.host_str().map(without_dot));
        for (at, text) in allowed.iter().enumerate() {
            match Host::parse(text.trim()) {
                Ok(Host::Domain(name)) if is_name(without_dot(&name).as_str()) => {
                    names.insert(without_dot(&name));
                }
                Ok(Host::Ipv4(_) | Host::Ipv6(_)) => {}
                _ => return Err(NoHostName(at + 1)),
            }
        }
        Ok(Self(Arc::new(names)))
    }

    /// Whether the server accepts this request's host: the authority of its target (HTTP/2, or a target in absolute form) and its
    /// one `Host` header. At least one must be given, and both must be accepted, since handlers may read either. A proxy's
    /// forwarding headers are ignored: any client can send them.
    pub fn admit(&self, request: &Request) -> bool {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (host, another) = (hosts.next(), hosts.next());
        if another.is_some() {
            return false;
        }
        let host = match host.map(|host| host.to_str()) {
            None => None,
            Some(Ok(host)) => Some(host),
            Some(Err(_)) => return false,
        };
        let target = request.uri().authority().map(|authority| authority.as_str());
        let mut named = host.into_iter().chain(target).peekable();
        named.peek().is_some() && named.all(|authority| self.has(authority))
    }

    /// Refuses a request for a host that is not ours.
    ///
    /// # Errors
    /// 421 `unknown_host`.
    pub async fn check(self, request: Request) -> poem::Result<Request> {
        self.verdict(&request)?;
        Ok(request)
    }

    /// As [`HostNames::check`], without taking the request.
    ///
    /// # Errors
    /// 421 `unknown_host`.
    pub fn verdict(&self, request: &Request) -> Result<(), Error> {
        if EXEMPT.contains(&request.uri().path()) || self.admit(request) {
            return Ok(());
        }
        Err(Error::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown_host",
            "This server does not answer under this host name. Use its public address. If the name is right, add it to the \
             setting `allowed_hosts`, or make the proxy pass the `Host` header through.",
        ))
    }

    /// Whether an authority (`host`, `host:port`) is an IP address or one of the names. The port does not matter: a page
    /// under our name is ours.
    fn has(&self, authority: &str) -> bool {
        if let Some(rest) = authority.strip_prefix('[') {
            let Some((address, port)) = rest.split_once(']') else {
                return false;
            };
            return address.parse::<Ipv6Addr>().is_ok() && (port.is_empty() || is_port(port));
        }
        let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
        if !port.is_empty() && !is_port(port) {
            return false;
        }
        let host = without_dot(host);
        host.parse::<Ipv4Addr>().is_ok() || self.0.contains(&host)
    }
}

/// `:8080`; also a bare colon, which the grammar allows.
fn is_port(text: &str) -> bool {
    text.strip_prefix(':')
        .is_some_and(|digits| digits.len() <= 5 && digits.bytes().all(|digit| digit.is_ascii_digit()))
}

/// In lower case, without a trailing dot.
fn without_dot(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderValue, Uri};

    use super::*;

    fn names(allowed: &[&str]) -> Result<HostNames, NoHostName> {
        let allowed: Vec<String> = allowed.iter().map(|&name| name.to_owned()).collect();
        HostNames::new(&Url::parse("https://wa.example.com:8443").unwrap(), &allowed)
    }

    fn request(target: &str, hosts: &[&[u8]]) -> Request {
        let mut request = Request::builder().uri(target.parse::<Uri>().unwrap()).finish();
        for host in hosts {
            let host = HeaderValue::from_bytes(host).unwrap();
            request.headers_mut().append(header::HOST, host);
        }
        request
    }

    #[test]
    fn a_host_is_ours_or_an_address_in_any_spelling() {
        let names = names(&["intern.example", "Bücher.example", "10.0.0.1"]).unwrap();
        for ours in [
            "wa.example.com",
            "wa.example.com:443",
            "WA.Example.COM",
            "wa.example.com.",
            "wa.example.com.:8443",
            "wa.example.com:",
            "localhost",
            "LOCALHOST:5173",
            "localhost.",
            "127.0.0.1:8080",
            "10.9.8.7",
            "[::1]",
            "[::1]:8080",
            "[2001:DB8::1]:80",
            "intern.example:8080",
            "xn--bcher-kva.example",
        ] {
            assert!(names.admit(&request("/", &[ours.as_bytes()])), "{ours}");
        }
        for foreign in [
            "",
            "evil.example",
            "wa.example.com.evil.example",
            "xwa.example.com",
            "wa.example.com..",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1:8080@evil.example",
            "localhost:8080:evil",
            "wa.example.com:evil",
            "localhost, evil.example",
            "user@localhost",
            "[::1",
            "[::1]evil.example",
            "[::1%25eth0]",
            "[evil.example]",
            "::1",
            "0x7f.1",
            "2130706433",
            "http://localhost",
        ] {
            assert!(!names.admit(&request("/", &[foreign.as_bytes()])), "{foreign}");
        }
        assert!(!names.admit(&request("/", &[b"localhost\xff"])));
    }

    #[test]
    fn host_and_target_must_both_be_ours_and_one_must_be_there() {
        let names = names(&[]).unwrap();
        for (target, hosts, admitted) in [
            ("/", &[][..], false),
            ("/", &[&b"localhost"[..]][..], true),
            ("/", &[&b"localhost"[..], b"localhost"][..], false),
            ("/", &[&b"localhost"[..], b"evil.example"][..], false),
            ("http://localhost/", &[][..], true),
            ("http://evil.example/", &[][..], false),
            ("http://evil.example/", &[&b"localhost"[..]][..], false),
            ("http://localhost/", &[&b"evil.example"[..]][..], false),
            ("http://localhost:1/", &[&b"127.0.0.1"[..]][..], true),
        ] {
            let request = request(target, hosts);
            assert_eq!(names.admit(&request), admitted, "{target} {hosts:?}");
        }
    }

    #[tokio::test]
    async fn only_the_health_checks_answer_everybody() {
        let names = names(&[]).unwrap();
        for (path, admitted) in [
            ("/healthz", true),
            ("/readyz?x=1", true),
            ("/healthz/", false),
            ("/readyz/../api/v1/contacts", false),
            ("/", false),
        ] {
            let checked = names.clone().check(request(path, &[b"evil.example"])).await;
            assert_eq!(checked.is_ok(), admitted, "{path}");
            if let Err(error) = checked {
                assert_eq!(error.status(), StatusCode::MISDIRECTED_REQUEST);
            }
        }
    }

    #[test]
    fn an_entry_that_is_no_name_is_told_by_its_place() {
        for wrong in [
            "https://a.example",
            "a.example:80",
            "a.example/x",
            "",
            "*",
            "*.a.example",
            "a b",
        ] {
            assert_eq!(
                names(&["fine.example", wrong]).unwrap_err(),
                NoHostName(2),
                "{wrong}"
            );
        }
    }
}
