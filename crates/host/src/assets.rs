//! The portal's files: embedded in a release binary, read from the folder in a debug one.

use std::borrow::Cow;

use bytes::Bytes;
use poem::{
    IntoResponse, Request, Response, handler,
    http::{HeaderValue, StatusCode, header},
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

/// Serves files, and the portal's first page for any other path, so that deep links work.
#[handler]
pub(crate) fn portal(request: &Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    if path.starts_with("assets/") {
        return file(request, path).unwrap_or_else(|| StatusCode::NOT_FOUND.into());
    }
    file(request, path)
        .or_else(|| file(request, "index.html"))
        .unwrap_or_else(|| poem::web::Html(NOT_BUILT).into_response())
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
