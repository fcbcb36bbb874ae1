//! Turns every error into a problem detail (RFC 9457).

use kernel::Error;
use poem::{
    IntoResponse, Response,
    error::{CorsError, MethodNotAllowedError, NotFoundError, ReadBodyError, WebSocketError},
    http::{HeaderValue, StatusCode, Uri, header},
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};
use serde_json::Value;

use crate::{misfit::BodySchema, unreadable};

/// The operation that a request reached.
#[derive(Clone, Debug)]
pub(crate) struct Operation<'a> {
    /// The methods of its path, for the header `Allow`.
    pub(crate) allow: &'a HeaderValue,
    /// The request's address.
    pub(crate) uri: &'a Uri,
    /// The JSON body and its schema, where there is one.
    pub(crate) body: Option<(&'a BodySchema, Value)>,
}

/// The methods of a read-only path.
pub(crate) const READ_ONLY: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// Turns an error of the web framework into ours.
pub(crate) async fn from_poem(error: poem::Error, of: Option<Operation<'_>>) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    describe(&error, of).into_response()
}

fn describe(error: &poem::Error, of: Option<Operation<'_>>) -> Error {
    if error.is::<NotFoundError>() {
        return Error::new(
            StatusCode::NOT_FOUND,
            "no_such_path",
            "There is nothing at this path. See /api/docs/ for the operations.",
        );
    }
    if error.is::<MethodNotAllowedError>() {
        return Error::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path exists, but not with this method.",
        )
        // Paths without an operation are read-only.
        .with_header(header::ALLOW, of.map_or(READ_ONLY, |of| of.allow.clone()));
    }
    if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
        let given = of.as_ref().and_then(|of| of.body.as_ref());
        return unreadable::body(&error.reason, given.map(|(schema, body)| (*schema, body)));
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        let given = of.and_then(|of| parameter(of.uri, error.name));
        return unreadable::parameter(error.name, &error.reason, given.as_deref());
    }
    if error.is::<ParsePathError>() {
        return Error::new(
            StatusCode::BAD_REQUEST,
            "malformed_parameter",
            "The path could not be read.",
        );
    }
    if error.is::<ContentTypeError>() {
        let detail = "Send the body as JSON with the header `Content-Type: application/json`.";
        return Error::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            detail,
        )
        .with_header(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    if error.is::<AuthorizationError>() {
        return Error::unauthenticated("unauthenticated", "Sign in, or send an API key.");
    }
    if let Some(ReadBodyError::PayloadTooLarge) = error.downcast_ref::<ReadBodyError>() {
        return too_large();
    }
    if error.is::<ReadBodyError>() {
        let detail = "The body could not be read: it broke off, or is no text.";
        return Error::new(StatusCode::BAD_REQUEST, "malformed_body", detail);
    }
    if error.is::<WebSocketError>() {
        return Error::new(
            StatusCode::BAD_REQUEST,
            "not_a_websocket",
            "This path speaks WebSocket: connect with ws:// or wss://.",
        );
    }
    if error.is::<CorsError>() {
        return Error::forbidden("cross_site_request", "This origin is not allowed.");
    }
    match error.status() {
        status if status.is_client_error() => Error::new(
            status,
            "bad_request",
            "The request could not be understood. See /api/docs/ for its format.",
        ),
        _ => Error::internal(error.to_string()),
    }
}

/// A query parameter as given.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

pub(crate) fn too_large() -> Error {
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body is larger than this operation accepts.",
    )
}

/// The response to a caught panic.
#[derive(Clone, Debug)]
pub(crate) struct Panicked;

impl poem::middleware::PanicHandler for Panicked {
    type Response = Response;
    fn get_response(&self, _: Box<dyn std::any::Any + Send + 'static>) -> Response {
        Error::internal("a handler panicked").into_response()
    }
}
