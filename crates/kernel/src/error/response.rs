//! An error's response, and its description in the OpenAPI document.

use poem::{
    IntoResponse, Response,
    http::{HeaderValue, StatusCode, header},
};
use poem_openapi::{
    ApiResponse,
    payload::Payload,
    registry::{MetaMediaType, MetaResponse, MetaResponses, Registry},
    types::Type,
};

use super::{Error, Problem};

/// What a 401 asks for (RFC 9110, 15.5.2). Browsers show no dialog for this scheme.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"wapro\"");

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let cause = || std::error::Error::source(&self).map(ToString::to_string);
        if self.status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code = self.code, detail = %self.detail, cause = cause(), "request failed");
        } else if self.status.is_server_error() {
            // Something is away, busy or refused for a while, often for a reason of the caller: nothing to mend here.
            tracing::warn!(code = self.code, detail = %self.detail, cause = cause(), "request failed");
        }
        let mut response = Response::builder()
            .status(self.status)
            .content_type("application/problem+json")
            .body(serde_json::to_vec(&self.problem()).unwrap_or_default());
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
        }
        if let Some(headers) = self.headers {
            response.headers_mut().extend(*headers);
        }
        if let Some(wait) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        response
    }
}

impl From<Error> for poem::Error {
    fn from(err: Error) -> Self {
        poem::Error::from_response(err.into_response())
    }
}

/// Names the problem body in the OpenAPI document.
struct ProblemPayload;

impl Payload for ProblemPayload {
    const CONTENT_TYPE: &'static str = "application/problem+json";
    fn check_content_type(content_type: &str) -> bool {
        content_type.starts_with(Self::CONTENT_TYPE)
    }
    fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
        Problem::schema_ref()
    }
    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

impl ApiResponse for Error {
    fn meta() -> MetaResponses {
        const DESCRIBED: [(u16, &str); 7] = [
            (
                400,
                "The request could not be read: the body is not JSON, or a parameter is malformed.",
            ),
            (401, "No valid session or API key."),
            (
                403,
                "Signed in, but the permission, the module or the origin is missing.",
            ),
            (404, "There is no such thing, or it belongs to another tenant."),
            (409, "The state of the thing does not allow this."),
            (
                422,
                "Read, but a field is missing, unknown, of a wrong type or not acceptable; `errors` names the fields.",
            ),
            (429, "Too many requests; `Retry-After` says how long to wait."),
        ];
        MetaResponses {
            responses: DESCRIBED
                .iter()
                .map(|(status, description)| MetaResponse {
                    description,
                    status: Some(*status),
                    status_range: None,
                    content: vec![MetaMediaType {
                        content_type: ProblemPayload::CONTENT_TYPE,
                        schema: ProblemPayload::schema_ref(),
                    }],
                    headers: vec![],
                })
                .collect(),
        }
    }

    fn register(registry: &mut Registry) {
        ProblemPayload::register(registry);
    }
}
