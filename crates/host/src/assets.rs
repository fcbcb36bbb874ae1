//! The portal's files: embedded in a release binary, read from the folder in a debug one.

use std::{borrow::Cow, collections::BTreeSet};

use bytes::Bytes;
use poem::{
    IntoResponse, Request, Response,
    error::{MethodNotAllowedError, NotFoundError},
    http::{HeaderValue, Method, StatusCode, header},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Portal;

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
    let file = Portal::get(path)?;
    let hash: String = file.metadata.sha256_hash()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let etag = format!("\"{hash}\"");
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
        Response::builder()
            .content_type(file.metadata.mimetype())
            .body(uncopied(file.data))
    };
    response
        .headers_mut()
        .insert(header::ETAG, HeaderValue::from_str(&etag).ok()?);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
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
}
