//! The portal's files: embedded in a release binary, read from the folder in a debug one.
//!
//! The portal's build writes a Brotli and a gzip copy beside each file that they make smaller (`web/scripts/precompress.mjs`). They are
//! served as they are: compressing on the fly with a fast level makes the same files a third larger.

use std::{borrow::Cow, collections::BTreeSet};

use bytes::Bytes;
use poem::{
    IntoResponse, Request, Response,
    error::{MethodNotAllowedError, NotFoundError},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Portal;

/// The encodings of a request for a file of the portal, taken out of its headers: what is served is compressed already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Encodings {
    brotli: bool,
    gzip: bool,
}

impl Encodings {
    /// What `Accept-Encoding` allows. A weight of 0 forbids; other weights are not compared: Brotli is smaller for every file.
    fn accepted(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let values = headers.get_all(header::ACCEPT_ENCODING).iter();
        for part in values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
        {
            let (name, weight) = part.split_once(';').unwrap_or((part, ""));
            let forbidden = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|q| q.trim().parse::<f32>().ok())
                .is_some_and(|q| q <= 0.0);
            let name = name.trim();
            found.brotli |= !forbidden && name.eq_ignore_ascii_case("br");
            found.gzip |= !forbidden && name.eq_ignore_ascii_case("gzip");
        }
        found
    }

    /// Moves `Accept-Encoding` into the request's extensions, so that the middleware does not compress a second time.
    pub(crate) fn take(request: &mut Request) {
        let found = Self::accepted(request.headers());
        request.headers_mut().remove(header::ACCEPT_ENCODING);
        request.extensions_mut().insert(found);
    }

    /// The extensions of copies to look for, the smallest first, with their names in `Content-Encoding`.
    fn copies(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        [(self.brotli, ".br", "br"), (self.gzip, ".gz", "gzip")]
            .into_iter()
            .filter_map(|(accepted, extension, name)| accepted.then_some((extension, name)))
    }
}

/// Shown while the portal has not been built: the API works without it.
const NOT_BUILT: &str = "<!doctype html><meta charset=utf-8><title>WhatsApp Pro</title>\
<p style='font:16px system-ui;margin:4rem auto;max-width:34rem'>The portal has not been built yet: run <code>make run</code>, \
or <code>npm ci && npm run build</code> in <code>web/</code>. The API is described at <a href='/api/docs/'>/api/docs/</a>.";

/// First parts of paths that are never the portal's, besides those of modules' public routes.
const RESERVED: [&str; 5] = ["api", "_sim", "healthz", "readyz", "metrics"];

/// Whether a path may be a page of the portal. A path that was meant for something else, such as `//api/v1/…` or `/API/…`, is
/// none: a program must not take the first page for its answer.
pub(crate) fn is_page(path: &str, routes: &BTreeSet<&str>) -> bool {
    let path = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let first = path.split('/').nth(1).unwrap_or_default().to_ascii_lowercase();
    !path.contains("//")
        && !path.contains('\\')
        && !RESERVED.contains(&first.as_str())
        && !routes.contains(first.as_str())
}

/// Files as they are, any other path as the portal's first page, so that deep links work.
pub(crate) fn portal(request: &Request, routes: &BTreeSet<&str>) -> poem::Result<Response> {
    let path = request.uri().path();
    if !is_page(path, routes) {
        return Err(NotFoundError.into());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Err(MethodNotAllowedError.into());
    }
    let path = path.trim_start_matches('/');
    if path.starts_with("assets/") {
        return Ok(file(request, path).unwrap_or_else(|| StatusCode::NOT_FOUND.into()));
    }
    Ok(file(request, path)
        .or_else(|| file(request, "index.html"))
        .unwrap_or_else(|| poem::web::Html(NOT_BUILT).into_response()))
}

/// A file's bytes as a body. Those that are embedded in the program are not copied.
pub(crate) fn uncopied(data: Cow<'static, [u8]>) -> Bytes {
    match data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

fn file(request: &Request, path: &str) -> Option<Response> {
    // A copy has no separate address.
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let file = Portal::get(path)?;
    let wanted = request
        .extensions()
        .get::<Encodings>()
        .copied()
        .unwrap_or_default();
    let copy = wanted
        .copies()
        .find_map(|(extension, name)| Portal::get(&format!("{path}{extension}")).map(|copy| (copy, name)));
    let hash: String = file.metadata.sha256_hash()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let etag = match &copy {
        Some((_, name)) => format!("\"{hash}-{name}\""),
        None => format!("\"{hash}\""),
    };
    // Names under assets/ contain a hash of the content; every other file is revalidated each time.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let mut response = if known {
        Response::from(StatusCode::NOT_MODIFIED)
    } else {
        let kind = file.metadata.mimetype().to_owned();
        let encoding = copy.as_ref().map(|(_, name)| *name);
        let data = copy.map_or(file.data, |(copy, _)| copy.data);
        let mut response = Response::builder().content_type(kind).body(uncopied(data));
        if let Some(name) = encoding {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(&etag).ok()?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_something_else_is_no_page() {
        let routes = BTreeSet::from(["webhooks"]);
        for page in [
            "/",
            "/inbox",
            "/inbox/cnv_1",
            "/contacts",
            "/apis",
            "/settings/api",
            "/a%20b",
        ] {
            assert!(is_page(page, &routes), "{page}");
        }
        for other in [
            "/_sim/state",
            "/_SIM/state",
            "/API/v1/tags",
            "/Api",
            "//api/v1/tags",
            "/inbox//api",
            "/%61pi/v1/tags",
            "/%2Fapi/v1",
            "/\\api",
            "/Webhooks/x",
            "/METRICS",
            "/readyz/",
        ] {
            assert!(!is_page(other, &routes), "{other}");
        }
    }

    #[test]
    fn encodings_are_those_that_the_client_accepts() {
        let copies = |value: &'static str| {
            let mut request = Request::builder().header(header::ACCEPT_ENCODING, value).finish();
            Encodings::take(&mut request);
            assert!(!request.headers().contains_key(header::ACCEPT_ENCODING));
            let found = request.extensions().get::<Encodings>().copied().unwrap();
            found.copies().map(|(_, name)| name).collect::<Vec<_>>()
        };
        assert_eq!(copies("gzip, deflate, br, zstd"), ["br", "gzip"]);
        assert_eq!(copies("GZIP;q=0.5"), ["gzip"]);
        assert_eq!(copies("br;q=0, gzip; q=0.1"), ["gzip"]);
        assert_eq!(copies("identity"), Vec::<&str>::new());
        assert_eq!(copies("br;q=0.0,gzip;q=0"), Vec::<&str>::new());
    }
}
