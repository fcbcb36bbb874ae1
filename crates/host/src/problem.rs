//! Whatever goes wrong leaves as a problem detail.

use kernel::Error;
use poem::{
    IntoResponse, Response,
    error::{CorsError, MethodNotAllowedError, NotFoundError, ReadBodyError, WebSocketError},
    http::StatusCode,
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseParamError, ParsePathError, ParseRequestPayloadError,
};

/// Turns any error of the web framework into ours.
pub(crate) async fn from_poem(error: poem::Error) -> Response {
    if error.is_from_response() {
        return error.into_response();
    }
    describe(&error).into_response()
}

fn describe(error: &poem::Error) -> Error {
    if error.is::<NotFoundError>() {
        return Error::new(
            StatusCode::NOT_FOUND,
            "no_such_path",
            "There is nothing at this path. See /api/docs/ for what there is.",
        );
    }
    if error.is::<MethodNotAllowedError>() {
        return Error::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This path exists, but not with this method.",
        );
    }
    if let Some(error) = error.downcast_ref::<ParseRequestPayloadError>() {
        let detail = format!(
            "The body could not be read: {}.",
            error.reason.trim_end_matches('.')
        );
        return Error::new(StatusCode::BAD_REQUEST, "malformed_body", detail);
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        let detail = format!(
            "The parameter `{}` could not be read: {}.",
            error.name,
            error.reason.trim_end_matches('.')
        );
        return Error::new(StatusCode::BAD_REQUEST, "malformed_parameter", detail);
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
        );
    }
    if error.is::<AuthorizationError>() {
        return Error::unauthenticated("unauthenticated", "Sign in, or send an API key.");
    }
    if let Some(ReadBodyError::PayloadTooLarge) = error.downcast_ref::<ReadBodyError>() {
        return too_large();
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
            "The request could not be understood. See /api/docs/ for its form.",
        ),
        _ => Error::internal(error.to_string()),
    }
}

pub(crate) fn too_large() -> Error {
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body is larger than this operation takes.",
    )
}

/// What a caught panic answers.
#[derive(Clone, Debug)]
pub(crate) struct Panicked;

impl poem::middleware::PanicHandler for Panicked {
    type Response = Response;
    fn get_response(&self, _: Box<dyn std::any::Any + Send + 'static>) -> Response {
        Error::internal("a handler panicked").into_response()
    }
}
