//! Security headers of responses.

use poem::http::{HeaderMap, HeaderValue, header};

/// For the portal, and everything without its own policy.
const PORTAL: &str = "default-src 'self'; img-src 'self' data: blob: https: http:; media-src 'self' blob: https: http:; \
style-src 'self' 'unsafe-inline'; font-src 'self' data:; connect-src 'self' ws: wss:; \
frame-ancestors 'self'; base-uri 'self'; form-action 'self'";

/// For the interactive description: its own scripts and this server's API, nothing else. It writes styles and pictures into
/// its page.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// For the API: a response is data, even if a browser opens it.
const API: &str = "default-src 'none'; frame-ancestors 'none'";

/// A year. Without `includeSubDomains`: other hosts of the domain are not ours.
const STRICT_TRANSPORT: &str = "max-age=31536000";

/// Which part of the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// `/api/v1/…`
    Api,
    /// `/api/docs/…`
    Docs,
    /// Everything else.
    Portal,
}

impl Area {
    pub(crate) fn of(path: &str) -> Self {
        let within = |prefix: &str| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if within("/api/v1") {
            Self::Api
        } else if within("/api/docs") {
            Self::Docs
        } else {
            Self::Portal
        }
    }
}

/// Adds the headers to every response, errors too. A response's own policy is kept. `https`: the public address is https.
pub(crate) fn add(headers: &mut HeaderMap, area: Area, https: bool) {
    let fixed = |text: &'static str| HeaderValue::from_static(text);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("same-origin"));
    headers.insert(header::X_FRAME_OPTIONS, fixed("SAMEORIGIN"));
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, fixed(STRICT_TRANSPORT));
    }
    if area == Area::Api {
        headers.insert(header::CACHE_CONTROL, fixed("no-store"));
    }
    let policy = match area {
        Area::Api => API,
        Area::Docs => DOCS,
        Area::Portal => PORTAL,
    };
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(fixed(policy));
}
