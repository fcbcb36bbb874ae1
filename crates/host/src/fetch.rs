//! Fetches customers' URLs without connecting into our own network: an address is checked when it is parsed, when its name is
//! resolved (only checked addresses are connected to) and when the connection is open; redirects are followed one by one, each
//! checked like the first.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use futures_util::{StreamExt, TryStreamExt, future::BoxFuture};
use ipnet::IpNet;
use kernel::fetch::{FetchError, Fetched, Fetcher};
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION},
};
use url::{Host, Url};

/// Redirects followed.
const REDIRECTS: usize = 3;

const NOT_PUBLIC: &str = "the address leads into a private or special network";

/// Networks that are not the public internet: IANA's registries of special-purpose addresses, and multicast.
static SPECIAL: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    [
        "0.0.0.0/8",         // this network
        "10.0.0.0/8",        // private
        "100.64.0.0/10",     // carrier-grade NAT; some clouds' metadata
        "127.0.0.0/8",       // loopback
        "169.254.0.0/16",    // link-local; clouds' metadata
        "172.16.0.0/12",     // private
        "192.0.0.0/24",      // protocol assignments
        "192.0.2.0/24",      // documentation
        "192.31.196.0/24",   // AS112
        "192.52.193.0/24",   // AMT
        "192.88.99.0/24",    // 6to4 relays
        "192.168.0.0/16",    // private
        "192.175.48.0/24",   // AS112
        "198.18.0.0/15",     // benchmarks
        "198.51.100.0/24",   // documentation
        "203.0.113.0/24",    // documentation
        "224.0.0.0/4",       // multicast
        "240.0.0.0/4",       // reserved, broadcast
        "2001::/23",         // protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",     // documentation
        "2002::/16",         // 6to4: an IPv4 address inside
        "2620:4f:8000::/48", // AS112
        "3fff::/20",         // documentation
    ]
    .iter()
    .map(|net| net.parse().expect("the table holds networks"))
    .collect()
});

/// The only IPv6 range assigned to the public internet. Loopback, mapped and translated IPv4, unique local, link-local and
/// multicast are all outside.
static GLOBAL_V6: LazyLock<IpNet> = LazyLock::new(|| "2000::/3".parse().expect("this is a network"));

/// What may be fetched besides the public internet by https.
#[derive(Clone, Debug)]
pub struct FetchPolicy {
    /// Allowed ports.
    pub ports: Vec<u16>,
    /// Whether plain http is allowed.
    pub http: bool,
    /// Allowed networks that are not public.
    pub networks: Vec<IpNet>,
    /// Timeout from start to last byte.
    pub timeout: Duration,
}

impl Default for FetchPolicy {
    fn default() -> Self {
        Self {
            ports: vec![80, 443],
            http: false,
            networks: Vec::new(),
            timeout: Duration::from_secs(120),
        }
    }
}

impl FetchPolicy {
    /// Whether the platform may connect to this address.
    pub fn allows(&self, ip: IpAddr) -> bool {
        if self.networks.iter().any(|net| net.contains(&ip)) {
            return true;
        }
        let global = match ip {
            IpAddr::V4(_) => true,
            IpAddr::V6(_) => GLOBAL_V6.contains(&ip),
        };
        global && !SPECIAL.iter().any(|net| net.contains(&ip))
    }

    /// Checks before anything is resolved. The `url` crate has parsed decimal, octal and hexadecimal hosts as IPv4 addresses.
    fn check(&self, url: &Url) -> Result<(), FetchError> {
        let refused = |why| Err(FetchError::Refused(why));
        match url.scheme() {
            "https" => {}
            "http" if self.http => {}
            "http" => return refused("only https addresses are fetched"),
            _ => return refused("only web addresses are fetched"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refused("an address with a user name or password in it is not fetched");
        }
        if !url
            .port_or_known_default()
            .is_some_and(|port| self.ports.contains(&port))
        {
            return refused("this port is not fetched from");
        }
        let ip = match url.host() {
            Some(Host::Domain(_)) => return Ok(()),
            Some(Host::Ipv4(ip)) => IpAddr::from(ip),
            Some(Host::Ipv6(ip)) => IpAddr::from(ip),
            None => return refused("the address names no host"),
        };
        if self.allows(ip) {
            Ok(())
        } else {
            refused(NOT_PUBLIC)
        }
    }
}

/// Turns a name into addresses.
pub trait Lookup: Send + Sync {
    /// The addresses of a name.
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The operating system's resolver.
#[derive(Debug)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{NOT_PUBLIC}")]
struct NotPublic;

/// Resolves a name and passes only allowed addresses on. The connector gets the checked addresses: there is no second look-up
/// with a possibly different answer.
struct Guard {
    lookup: Arc<dyn Lookup>,
    policy: Arc<FetchPolicy>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.lookup.lookup(name.as_str().to_owned());
        let policy = self.policy.clone();
        Box::pin(async move {
            let found = found.await?;
            // One private address among public ones is an attack, not a fallback.
            if found.iter().any(|ip| !policy.allows(*ip)) {
                return Err(NotPublic.into());
            }
            let addresses = found.into_iter().map(|ip| SocketAddr::new(ip, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

/// Fetches from the public internet.
#[derive(Clone)]
pub struct PublicFetcher {
    http: reqwest::Client,
    policy: Arc<FetchPolicy>,
}

impl std::fmt::Debug for PublicFetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicFetcher({:?})", self.policy)
    }
}

impl PublicFetcher {
    /// A fetcher with its own client.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(policy: FetchPolicy, lookup: Arc<dyn Lookup>) -> reqwest::Result<Self> {
        let policy = Arc::new(policy);
        let guard = Guard {
            lookup,
            policy: policy.clone(),
        };
        // Not the platform's own client: this one has the checking resolver.
        let http = reqwest::Client::builder()
            .user_agent(concat!("wapro/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(guard))
            // A proxy would resolve names itself.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // Every request resolves and connects again.
            .pool_max_idle_per_host(0)
            .no_gzip()
            .connect_timeout(Duration::from_secs(5))
            .read_timeout(Duration::from_secs(20))
            .timeout(policy.timeout)
            .build()?;
        Ok(Self { http, policy })
    }

    async fn ask(&self, url: &Url) -> Result<reqwest::Response, FetchError> {
        self.policy.check(url)?;
        let answer = self.http.get(url.clone()).send().await.map_err(told)?;
        match answer.remote_addr() {
            Some(peer) if self.policy.allows(peer.ip()) => Ok(answer),
            _ => Err(FetchError::Refused(NOT_PUBLIC)),
        }
    }
}

#[async_trait::async_trait]
impl Fetcher for PublicFetcher {
    async fn get(&self, url: &Url) -> Result<Fetched, FetchError> {
        let mut url = url.clone();
        for _ in 0..=REDIRECTS {
            let answer = self.ask(&url).await?;
            let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
            match answer.status().as_u16() {
                200 => {
                    return Ok(Fetched {
                        content_type: header(CONTENT_TYPE).map(ToOwned::to_owned),
                        file_name: answer
                            .headers()
                            .get(CONTENT_DISPOSITION)
                            .and_then(|told| name::file_name(told.as_bytes())),
                        length: header(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
                        url,
                        bytes: answer
                            .bytes_stream()
                            .map_err(|error| io::Error::other(error.without_url()))
                            .boxed(),
                    });
                }
                301 | 302 | 303 | 307 | 308 => {
                    let next = header(LOCATION).and_then(|next| url.join(next).ok());
                    url = next.ok_or(FetchError::Refused("the address redirects to nowhere"))?;
                }
                other => return Err(FetchError::Status(other)),
            }
        }
        Err(FetchError::Refused("the address redirects more than three times"))
    }
}

/// Whether the cause, below the client's error, is our own refusal.
fn told(error: reqwest::Error) -> FetchError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if one.is::<NotPublic>() {
            return FetchError::Refused(NOT_PUBLIC);
        }
        cause = one.source();
    }
    FetchError::Unreachable(Box::new(error.without_url()))
}

mod name;
#[cfg(test)]
mod tests;
