//! The credentials of a request: cookie or API key, and the site it came from.

use kernel::{
    Can, RateNote,
    caller::{HOST_SESSION_COOKIE, SESSION_COOKIE, TENANT_HEADER},
};
use poem::{
    Request, RequestBody,
    http::{HeaderMap, header},
};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions, registry::Registry};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{error::IdentityError, permission::ReadApiKeys};

/// How an API key begins.
pub(crate) const KEY_START: &str = "wapro_";

/// The stored hash of a token or key. 256 random bits cannot be guessed, so a fast hash is enough.
pub(crate) fn fingerprint(secret: &SecretString) -> String {
    hex::encode(Sha256::digest(secret.expose_secret().as_bytes()))
}

/// The token of a session and the kind of cookie that it is for.
///
/// The kind is part of what is stored: a session that was opened with a `__Host-` cookie is not found by the other name, which
/// any host of the same domain can plant. Sessions opened under the old name, by an earlier version or over http, continue
/// until they expire, 30 days after they began.
#[derive(Clone, Debug)]
pub(crate) struct SessionToken {
    secret: SecretString,
    host_only: bool,
}

impl SessionToken {
    pub(crate) fn new(secret: SecretString, host_only: bool) -> Self {
        Self { secret, host_only }
    }

    /// Whether both are for cookies of one name.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.host_only == other.host_only
    }

    /// Its stored hash.
    pub(crate) fn fingerprint(&self) -> String {
        if self.host_only {
            fingerprint(&format!("{HOST_SESSION_COOKIE}={}", self.secret.expose_secret()).into())
        } else {
            fingerprint(&self.secret)
        }
    }

    /// `Set-Cookie` that stores it in the browser for this many seconds.
    pub(crate) fn cookie(&self, max_age: i64) -> String {
        set_cookie(self.host_only, self.secret.expose_secret(), max_age)
    }

    /// `Set-Cookie` that makes the browser forget it.
    pub(crate) fn forgotten(&self) -> String {
        set_cookie(self.host_only, "", 0)
    }
}

fn set_cookie(host_only: bool, value: &str, max_age: i64) -> String {
    let (name, secure) = if host_only {
        (HOST_SESSION_COOKIE, "; Secure")
    } else {
        (SESSION_COOKIE, "")
    };
    format!("{name}={value}; Max-Age={max_age}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

/// What a request authenticates with.
#[derive(Debug)]
pub(crate) enum Credential {
    Key(SecretString),
    /// Of several cookies the first that holds counts.
    Session(Vec<SessionToken>),
}

impl Credential {
    /// The API key, else the cookie: an explicit key takes precedence.
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
        let tokens = session_cookies(request.headers());
        if tokens.is_empty() {
            return Err(IdentityError::Unauthenticated);
        }
        Ok(Self::Session(tokens))
    }
}

/// The tenant asked for, if any.
pub(crate) fn wanted_tenant(request: &Request) -> Option<&str> {
    request.header(TENANT_HEADER)
}

/// Cookies of one name that are looked at: another host of the same domain or another path may have set some.
const COOKIES: usize = 4;

/// The session cookies of both names; first those that only we can have set.
pub(crate) fn session_cookies(headers: &HeaderMap) -> Vec<SessionToken> {
    let named = |wanted: &'static str| {
        headers
            .get_all(header::COOKIE)
            .iter()
            // Other cookies of this host may contain any bytes; they must not hide ours.
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
            .filter(move |(name, value)| *name == wanted && !value.is_empty())
            .take(COOKIES)
            .map(|(_, value)| SecretString::from(value.to_owned()))
    };
    let host = named(HOST_SESSION_COOKIE).map(|secret| SessionToken::new(secret, true));
    let plain = named(SESSION_COOKIE).map(|secret| SessionToken::new(secret, false));
    host.chain(plain).collect()
}

/// Refuses cross-site requests. A browser attaches the cookie automatically, so the cookie does not prove who made the
/// request; the headers below are set by the browser and no page can change them. A `__Host-` cookie comes over https only, so a
/// page of plain http is another site.
pub(crate) fn same_site(request: &Request, tokens: &[SessionToken]) -> Result<(), IdentityError> {
    let https = tokens.iter().any(|token| token.host_only);
    match said_origin(request, https) {
        Origin::Same => Ok(()),
        Origin::Other => Err(IdentityError::CrossSite),
        // Browsers omit both headers only on reads, which change nothing.
        Origin::Unsaid if request.method().is_safe() => Ok(()),
        Origin::Unsaid => Err(IdentityError::CrossSite),
    }
}

/// As [`same_site`] for requests without a cookie: one without these headers comes from a program, not from a browser.
pub(crate) fn not_cross_site(request: &Request) -> Result<(), IdentityError> {
    match said_origin(request, false) {
        Origin::Same | Origin::Unsaid => Ok(()),
        Origin::Other => Err(IdentityError::CrossSite),
    }
}

enum Origin {
    Same,
    Other,
    Unsaid,
}

/// The origin's host and port must be ours, and with `https` its scheme; without, a proxy may have changed it.
fn said_origin(request: &Request, https: bool) -> Origin {
    // Reads may come from links anywhere, except the handshake of a WebSocket, which is a GET that can do more.
    if request.method().is_safe() && !request.headers().contains_key(header::UPGRADE) {
        return Origin::Same;
    }
    if let Some(site) = request.header("sec-fetch-site") {
        // `none`: the user's own action, such as the address bar.
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
        .is_some_and(|((scheme, authority), host)| {
            let fits = scheme == "https" || (scheme == "http" && !https);
            fits && authority.eq_ignore_ascii_case(host)
        });
    if same { Origin::Same } else { Origin::Other }
}

/// The session cookie of a same-origin request, as an argument of the operations about the session itself. The
/// service checks whether it is still valid.
pub(crate) struct SessionCookie {
    /// Every token that was sent, in order of preference; at least one.
    pub(crate) tokens: Vec<SessionToken>,
    pub(crate) wanted_tenant: Option<String>,
    /// Receives the rate limit that the request counts against.
    pub(crate) note: Option<RateNote>,
}

impl<'a> ApiExtractor<'a> for SessionCookie {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        // The same text as everywhere else: the host refuses two descriptions of one scheme.
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
        let tokens = session_cookies(request.headers());
        if tokens.is_empty() {
            return Err(kernel::Error::from(IdentityError::Unauthenticated).into());
        }
        same_site(request, &tokens).map_err(kernel::Error::from)?;
        Ok(Self {
            tokens,
            wanted_tenant: wanted_tenant(request).map(ToOwned::to_owned),
            note: request.data::<RateNote>().cloned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let found = |cookies: &str| -> Vec<(String, bool)> {
            let request = Request::builder().header("cookie", cookies).finish();
            let tokens = session_cookies(request.headers()).into_iter();
            tokens
                .map(|token| (token.secret.expose_secret().to_owned(), token.host_only))
                .collect()
        };
        let (old, new) = (("old".to_owned(), false), ("new".to_owned(), true));
        assert_eq!(found("a=b; wapro_session=old; c=d"), std::slice::from_ref(&old));
        assert_eq!(
            found("wapro_session=old; __Host-wapro_session=new"),
            [new, old.clone()]
        );
        let bad = ("bad".to_owned(), false);
        assert_eq!(found("wapro_session=bad; wapro_session=old"), [bad, old]);
        assert_eq!(found(&"wapro_session=x; ".repeat(100)).len(), COOKIES);
        assert_eq!(
            found("xwapro_session=old; wapro_session=; __host-wapro_session=new"),
            []
        );
    }

    #[test]
    fn with_a_cookie_of_https_the_origin_must_be_https() {
        let from = |origin: &str, host_only: bool| {
            let request = Request::builder()
                .method(poem::http::Method::POST)
                .header("host", "wa.example.com")
                .header("origin", origin)
                .finish();
            let token = SessionToken::new("secret".to_owned().into(), host_only);
            same_site(&request, &[token]).is_ok()
        };
        for (origin, plain, host_only) in [
            ("https://wa.example.com", true, true),
            ("http://wa.example.com", true, false),
            ("ftp://wa.example.com", false, false),
            ("https://other.example.com", false, false),
            ("null", false, false),
        ] {
            assert_eq!(
                (from(origin, false), from(origin, true)),
                (plain, host_only),
                "{origin}"
            );
        }
    }

    #[test]
    fn a_session_of_one_kind_of_cookie_is_not_found_by_the_other() {
        let token = |host_only| SessionToken::new("secret".to_owned().into(), host_only);
        assert_ne!(token(true).fingerprint(), token(false).fingerprint());
        assert_eq!(
            token(false).fingerprint(),
            fingerprint(&"secret".to_owned().into())
        );
        assert_eq!(
            token(true).cookie(60),
            "__Host-wapro_session=secret; Max-Age=60; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            token(false).forgotten(),
            "wapro_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_foreign_cookie_with_other_bytes_does_not_hide_the_session() {
        let foreign = HeaderValue::from_bytes(b"a=\xf1\xff; b=\"; wapro_session=secret").unwrap();
        let mut request = Request::default();
        request.headers_mut().insert(header::COOKIE, foreign);
        assert_eq!(session_cookies(request.headers()).len(), 1);
    }
}
