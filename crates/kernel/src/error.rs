//! One error for every module: a status, a stable `code`, and a sentence that helps. On the wire it is a problem detail (RFC 9457).

mod database;
mod response;

use std::borrow::Cow;

use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use poem_openapi::{Object, types::Any};

/// What every verb of a module returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The code of [`Error::contention`].
const CONTENTION: &str = "contention";

/// Characters of a field's path in an error. Part of it may be the caller's own text.
const FIELD_SHOWN: usize = 100;
/// Characters of what is said about a field.
const MESSAGE_SHOWN: usize = 500;
/// Characters of the text that was found in a field.
const VALUE_SHOWN: usize = 200;
/// Characters of an error's sentence.
const DETAIL_SHOWN: usize = 1000;
/// Fields that one error names.
const FIELDS_SHOWN: usize = 50;

/// The text, cut after so many characters: an error never repeats a whole request.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// One field of a request that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Object, serde::Serialize, serde::Deserialize)]
#[oai(skip_serializing_if_is_none)]
pub struct FieldError {
    /// Path of the field, for example `to.phone`.
    pub field: String,
    /// What is wrong with it and what is allowed.
    pub message: String,
    /// Stable code of the rule that was broken, where rules have codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The limit that was not kept, if the rule is one: characters, elements, or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What was found: the count in the unit of `limit`, or the text itself, cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Any<serde_json::Value>>,
}

impl FieldError {
    /// A field and what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            code: None,
            limit: None,
            value: None,
        }
    }

    /// The same with the code of the rule.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(code.to_owned());
        self
    }

    /// The same with what was found.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<serde_json::Value>) -> Self {
        self.value = Some(Any(value.into()));
        self
    }

    /// The same with the limit that was not kept.
    #[must_use]
    pub fn with_limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// With every text cut short.
    fn bounded(mut self) -> Self {
        self.field = cut(&self.field, FIELD_SHOWN).into_owned();
        self.message = cut(&self.message, MESSAGE_SHOWN).into_owned();
        self.value = self.value.map(|Any(value)| {
            Any(match value {
                serde_json::Value::String(text) => cut(&text, VALUE_SHOWN).into(),
                serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                    cut(&value.to_string(), VALUE_SHOWN).into()
                }
                short => short,
            })
        });
        self
    }
}

fn bounded(fields: Vec<FieldError>) -> Vec<FieldError> {
    let fields = fields.into_iter().take(FIELDS_SHOWN);
    fields.map(FieldError::bounded).collect()
}

/// A problem detail (RFC 9457), sent as `application/problem+json` for every error.
#[derive(Clone, Debug, Object, serde::Serialize, serde::Deserialize)]
#[oai(skip_serializing_if_is_none)]
pub struct Problem {
    /// Always `about:blank`: the `code` is what to branch on.
    #[oai(rename = "type")]
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, machine-readable reason in snake_case, for example `window_closed`.
    pub code: String,
    /// What failed, on what, and what to do.
    pub detail: String,
    /// The fields that were refused, when the request's content was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldError>>,
    /// Seconds to wait before trying again; equal to the `Retry-After` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// An error on its way to the caller. Build it with the constructors; `code` never changes once published.
#[derive(Debug, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Error {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    retry_after: Option<u64>,
    /// Boxed: few errors have any, and every `Result` is as large as its error.
    headers: Option<Box<HeaderMap>>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Any status with its code and sentence. A sentence of more than 1,000 characters is cut short.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = match detail.into() {
            Cow::Owned(detail) => Cow::Owned(cut(&detail, DETAIL_SHOWN).into_owned()),
            written_by_us => written_by_us,
        };
        Self {
            status,
            code,
            detail,
            fields: Vec::new(),
            retry_after: None,
            headers: None,
            source: None,
        }
    }

    /// 401: who is asking could not be established.
    pub fn unauthenticated(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403: known, but not allowed.
    pub fn forbidden(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404. One sentence per kind of thing and never an id in it: not there and not yours must be the same bytes.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("There is no such {what}."),
        )
    }

    /// 409: the request is fine, the state of the thing is not.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422 with one field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError::new(field, message)])
    }

    /// 422 with several fields, at most 50. Texts in them are cut short.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let fields = bounded(fields);
        let detail = fields
            .iter()
            .map(|f| format!("`{}`: {}", f.field, f.message))
            .collect::<Vec<_>>()
            .join(" ");
        Self {
            fields,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", detail)
        }
    }

    /// 429 with the seconds to wait.
    pub fn too_many(detail: impl Into<Cow<'static, str>>, retry_after: u64) -> Self {
        Self {
            retry_after: Some(retry_after.max(1)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail)
        }
    }

    /// 503: a dependency is away for a moment.
    pub fn unavailable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
        }
    }

    /// 503: a list took longer than its limit and was stopped. To try the same again would not help.
    pub fn search_too_slow() -> Self {
        let detail = "The search took too long and was stopped. Search for more of the name or number, or narrow the list down, \
                      for example by a tag.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "search_too_slow", detail)
    }

    /// 503: the transaction lost against another and was rolled back; it would most likely succeed now.
    pub fn contention() -> Self {
        let detail = "Somebody else changed the same thing at this moment. Try again.";
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, CONTENTION, detail)
        }
    }

    /// Whether it is [`Error::contention`].
    pub fn is_contention(&self) -> bool {
        self.code == CONTENTION
    }

    /// 500. The cause is logged, never shown.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong on our side. It has been logged under this request's id.",
            )
        }
    }

    /// Adds the cause, which is logged and never shown.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Adds a header that the status asks for, such as `Allow` with a 405.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.get_or_insert_default().append(name, value);
        self
    }

    /// Names the fields that it is about, at most 50. Texts in them are cut short.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.fields = bounded(fields);
        self
    }

    /// Replaces the code of a 422.
    #[must_use]
    pub fn with_code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence for the caller.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The problem detail that goes on the wire.
    pub fn problem(&self) -> Problem {
        Problem {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.to_string(),
            errors: (!self.fields.is_empty()).then(|| self.fields.clone()),
            retry_after: self.retry_after,
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(err: serde_json::Error) -> Self {
        Self::internal(err)
    }
}

#[cfg(test)]
mod tests {
    use poem::{IntoResponse, http::header};

    use super::*;

    #[test]
    fn a_problem_has_its_media_type_and_its_wait() {
        let response = Error::too_many("Slow down.", 7).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(response.headers()[header::RETRY_AFTER], "7");
    }

    #[test]
    fn an_error_never_repeats_a_whole_request() {
        let long = "é".repeat(900_000);
        let value = |value: serde_json::Value| FieldError {
            value: Some(Any(value)),
            ..FieldError::new(long.as_str(), long.as_str())
        };
        let array = serde_json::json!(vec![long.as_str(); 3]);
        let mut fields = vec![value(long.as_str().into()), value(array)];
        fields.extend((0..1000).map(|_| FieldError::new("tags", "is too long").with_limit(64)));
        for error in [
            Error::invalid_fields(fields),
            Error::conflict("contact_exists", long.clone()),
            Error::invalid(long.as_str(), long.as_str()),
        ] {
            let size = serde_json::to_vec(&error.problem()).unwrap().len();
            assert!(size < 16_000, "{}: {size}", error.code());
            assert!(error.to_string().len() < 4_000);
        }
    }

    #[test]
    fn a_401_says_how_to_authenticate_and_other_headers_are_kept() {
        let response = Error::unauthenticated("unauthenticated", "Sign in.").into_response();
        assert_eq!(
            response.headers()[header::WWW_AUTHENTICATE],
            "Bearer realm=\"wapro\""
        );
        let allow = HeaderValue::from_static("GET, HEAD");
        let refused = Error::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "No.");
        let response = refused.with_header(header::ALLOW, allow).into_response();
        assert_eq!(response.headers()[header::ALLOW], "GET, HEAD");
    }

    #[test]
    fn the_cause_of_an_internal_error_stays_inside() {
        let error = Error::internal("password=hunter2");
        assert!(
            !serde_json::to_string(&error.problem())
                .unwrap()
                .contains("hunter2")
        );
    }
}
