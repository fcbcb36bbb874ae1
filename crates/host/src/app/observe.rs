//! The span, the metrics and the common headers of each response.

use std::{sync::Arc, time::Instant};

use kernel::RateNote;
use poem::{
    Endpoint, FromRequest, IntoResponse, Request, Response,
    http::{HeaderName, HeaderValue, Method},
    web::RemoteAddr,
};
use tracing::Instrument;

use super::api::RouteLabel;
use crate::{
    problem,
    security_headers::{self, Area},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// One span, the metrics and the common headers of each response. Labels are route patterns, never raw paths, which contain
/// ids and tokens.
pub(super) async fn observe<E: Endpoint>(
    endpoint: Arc<E>,
    mut request: Request,
    https: bool,
) -> poem::Result<Response> {
    let id = request_id(&request);
    let method = request.method().clone();
    let peer = <&RemoteAddr>::from_request_without_body(&request)
        .await
        .map(ToString::to_string)
        .unwrap_or_default();
    let span = tracing::info_span!("request", id = %id, %method, peer, tenant = tracing::field::Empty);
    request.extensions_mut().insert(RequestId(id.clone()));
    let area = Area::of(request.uri().path());
    let counted = RateNote::default();
    request.extensions_mut().insert(counted.clone());
    let started = Instant::now();
    let result = endpoint.call(request).instrument(span.clone()).await;
    let mut response = match result {
        Ok(response) => response.into_response(),
        Err(error) => problem::from_poem(error, None).await,
    };
    let route = match (
        response.data::<RouteLabel>(),
        response.data::<poem::PathPattern>(),
    ) {
        (Some(label), _) => label.0.clone(),
        (None, Some(pattern)) => pattern.0.clone(),
        (None, None) => "other".into(),
    };
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    span.in_scope(|| tracing::debug!(%route, status, seconds, "answered"));
    metrics::counter!("wapro_http_requests_total", "method" => method_label(&method), "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!("wapro_http_request_seconds", "route" => route).record(seconds);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if let Some((policy, left)) = counted.fields() {
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
        }
    }
    security_headers::add(headers, area, https);
    Ok(response)
}

/// A method's name. Unknown methods share one label, so that clients cannot create metric series.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ];
    KNOWN
        .iter()
        .find(|known| *known == method)
        .map_or("other", Method::as_str)
}

/// The id of a request in the log, and in the response's `X-Request-Id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// A proxy's id is kept if it is short and safe; otherwise a new one is created.
fn request_id(request: &Request) -> String {
    let given = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok());
    match given {
        Some(id)
            if (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') =>
        {
            id.to_owned()
        }
        _ => uuid::Uuid::new_v4().simple().to_string(),
    }
}
