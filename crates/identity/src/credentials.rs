//! What a request shows of itself: cookie or key, where it was made, where it came from.

use std::net::IpAddr;

use kernel::{
    Can, RateNote,
    caller::{SESSION_COOKIE, TENANT_HEADER},
};
use poem::{
    Addr, Request, RequestBody,
    http::{HeaderMap, header},
};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, registry::Registry};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{error::IdentityError, permission::ReadApiKeys};

/// How an API key begins.
pub(crate) const KEY_START: &str = "wapro_";

/// What is stored of a token or key of 256 random bits: nothing slower is needed for what cannot be guessed.
pub(crate) fn fingerprint(secret: &SecretString) -> String {
    hex::encode(Sha256::digest(secret.expose_secret().as_bytes()))
}

/// What a request authenticates with.
#[derive(Debug)]
pub(crate) enum Credential {
    Key(SecretString),
    Session(SecretString),
}

impl Credential {
    /// The API key, else the cookie: a program that says who it is means it.
    pub(crate) fn of(request: &Request) -> Result<Self, IdentityError> {
        if let Some(authorization) = request.headers().get(header::AUTHORIZATION) {
            let text = authorization
                .to_str()
                .map_err(|_| IdentityError::Unauthenticated)?;
            let (scheme, key) = text.split_once(' ').ok_or(IdentityError::Unauthenticated)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(IdentityError::Unauthenticated);
            }
            return Ok(Self::Key(key.trim().to_owned().into()));
        }
        session_cookie(request.headers())
            .map(Self::Session)
            .ok_or(IdentityError::Unauthenticated)
    }
}

/// The tenant asked for, if any.
pub(crate) fn wanted_tenant(request: &Request) -> Option<&str> {
    request.header(TENANT_HEADER)
}

fn session_cookie(headers: &HeaderMap) -> Option<SecretString> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == SESSION_COOKIE && !value.is_empty())
        .map(|(_, value)| value.to_owned().into())
}

/// Refuses what another site made a browser send. A browser attaches the cookie to it by itself, so the cookie proves
/// nothing about who made the request; the headers below are the browser's own and no page can set them.
pub(crate) fn same_site(request: &Request) -> Result<(), IdentityError> {
    match said_origin(request) {
        Origin::Same => Ok(()),
        Origin::Other => Err(IdentityError::CrossSite),
        // Browsers say nothing only where nothing can be done: on reading.
        Origin::Unsaid if request.method().is_safe() => Ok(()),
        Origin::Unsaid => Err(IdentityError::CrossSite),
    }
}

/// As [`same_site`] for requests that carry no cookie yet: what says nothing is a program, not a victim's browser.
pub(crate) fn not_cross_site(request: &Request) -> Result<(), IdentityError> {
    match said_origin(request) {
        Origin::Same | Origin::Unsaid => Ok(()),
        Origin::Other => Err(IdentityError::CrossSite),
    }
}

enum Origin {
    Same,
    Other,
    Unsaid,
}

fn said_origin(request: &Request) -> Origin {
    // Reading is open to links from anywhere, except the handshake of a WebSocket, which is a GET that can do more.
    if request.method().is_safe() && !request.headers().contains_key(header::UPGRADE) {
        return Origin::Same;
    }
    if let Some(site) = request.header("sec-fetch-site") {
        // `none`: a person's own act, such as the address bar.
        return if matches!(site, "same-origin" | "none") {
            Origin::Same
        } else {
            Origin::Other
        };
    }
    let Some(origin) = request.headers().get(header::ORIGIN) else {
        return Origin::Unsaid;
    };
    let host = request
        .header(header::HOST)
        .or_else(|| request.uri().authority().map(|it| it.as_str()));
    let same = origin
        .to_str()
        .ok()
        .and_then(|text| text.split_once("://"))
        .zip(host)
        .is_some_and(|((_, authority), host)| authority.eq_ignore_ascii_case(host));
    if same { Origin::Same } else { Origin::Other }
}

/// Where a request came from, as the name of a rate limit's bucket: an IPv4 address, or the /64 of an IPv6 one, since a
/// single customer has that many. `X-Forwarded-For` counts only when one of `trusted_proxies` brought the request, and of
/// it only the last entry that is not such a proxy itself: anything further left is what the client claims.
pub(crate) fn client_address(peer: &Addr, headers: &HeaderMap, trusted_proxies: &[IpAddr]) -> String {
    let Addr::SocketAddr(peer) = peer else {
        return "local".to_owned();
    };
    let mut client = peer.ip().to_canonical();
    if trusted_proxies.contains(&client) {
        let claimed = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|line| line.to_str().ok());
        let hops: Vec<&str> = claimed.flat_map(|line| line.split(',')).collect();
        for hop in hops
            .iter()
            .rev()
            .map_while(|hop| hop.trim().parse::<IpAddr>().ok())
        {
            client = hop.to_canonical();
            if !trusted_proxies.contains(&client) {
                break;
            }
        }
    }
    match client {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The session cookie of a same-origin request, as an argument of the operations about the session itself. Whether it is
/// still valid is for the service to say.
pub(crate) struct SessionCookie {
    pub(crate) token: SecretString,
    pub(crate) wanted_tenant: Option<String>,
    /// Where the rate that the request counts against is noted.
    pub(crate) note: Option<RateNote>,
}

impl<'a> ApiExtractor<'a> for SessionCookie {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        // The same words as everywhere else: the host refuses two descriptions of one scheme.
        Can::<ReadApiKeys>::register(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["session"]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        let token = session_cookie(request.headers())
            .ok_or(IdentityError::Unauthenticated)
            .map_err(kernel::Error::from)?;
        same_site(request).map_err(kernel::Error::from)?;
        Ok(Self {
            token,
            wanted_tenant: wanted_tenant(request).map(ToOwned::to_owned),
            note: request.data::<RateNote>().cloned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderName;

    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_behind_a_trusted_proxy() {
        let proxies: Vec<IpAddr> = vec!["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let cases = [
            ("203.0.113.9:4000", Some("198.51.100.1"), "203.0.113.9"),
            ("10.0.0.1:4000", Some("198.51.100.1"), "198.51.100.1"),
            (
                "10.0.0.1:4000",
                Some("6.6.6.6, 198.51.100.1, 10.0.0.2"),
                "198.51.100.1",
            ),
            ("10.0.0.1:4000", Some("6.6.6.6, rubbish"), "10.0.0.1"),
            ("10.0.0.1:4000", None, "10.0.0.1"),
            ("[2001:db8:1:2:3:4:5:6]:4000", None, "2001:db8:1:2::/64"),
        ];
        for (peer, forwarded, client) in cases {
            let mut headers = HeaderMap::new();
            headers.extend(
                forwarded.map(|it| (HeaderName::from_static("x-forwarded-for"), it.parse().unwrap())),
            );
            let peer = Addr::SocketAddr(peer.parse().unwrap());
            assert_eq!(
                client_address(&peer, &headers, &proxies),
                client,
                "{peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let request = Request::builder()
            .header("cookie", "a=b; wapro_session=secret; c=d")
            .finish();
        assert_eq!(
            session_cookie(request.headers()).unwrap().expose_secret(),
            "secret"
        );
        let request = Request::builder()
            .header("cookie", "xwapro_session=secret; wapro_session=")
            .finish();
        assert!(session_cookie(request.headers()).is_none());
    }
}
