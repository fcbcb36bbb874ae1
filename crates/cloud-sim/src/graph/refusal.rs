//! Errors of the Graph API (Cloud API: error envelope).

use serde_json::{Value, json};

use crate::details;

/// Marks an error that is answered with a gateway's HTML page.
pub const HTML: i64 = -502;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub http: u16,
    /// Code.
    pub code: i64,
    /// Subcode.
    pub subcode: Option<i64>,
    /// Whole message.
    pub message: String,
    /// `error_data.details`; without it there is no `error_data`.
    pub details: Option<String>,
    /// OAuthException or GraphMethodException.
    pub kind: &'static str,
    /// A retry may succeed.
    pub transient: bool,
    /// `error_user_msg`: template errors say what is wrong here.
    pub user_msg: Option<Box<str>>,
    /// Sent beside `error` in the body.
    pub beside: Option<Box<Value>>,
}

impl Refusal {
    /// A message without `error_data`.
    pub fn plain(http: u16, code: i64, message: impl Into<String>) -> Self {
        Self {
            http,
            code,
            subcode: None,
            message: message.into(),
            details: None,
            kind: "OAuthException",
            transient: false,
            user_msg: None,
            beside: None,
        }
    }

    /// A documented code with its title, its HTTP status and details (its usual ones when absent).
    pub fn of(code: i64, details: Option<String>) -> Self {
        let row = cloud_api::codes::find(code);
        let details = details.or_else(|| details::of(code).map(str::to_owned));
        Self {
            details: Some(details.unwrap_or_else(|| details::title(code).to_owned())),
            transient: matches!(code, 1 | 2 | 4 | 17 | 32 | 613 | 131_000 | 131_016 | 131_057),
            ..Self::plain(
                row.map_or(400, |r| r.http_status),
                code,
                format!("(#{code}) {}", details::title(code)),
            )
        }
    }

    /// `(#100) …`, the whole sentence in the message.
    pub fn parameter(sentence: impl AsRef<str>) -> Self {
        Self::plain(400, 100, format!("(#100) {}", sentence.as_ref()))
    }

    /// `(#100) Invalid parameter` with details.
    pub fn invalid(details: impl Into<String>) -> Self {
        Self {
            details: Some(details.into()),
            ..Self::parameter("Invalid parameter")
        }
    }

    /// 131009 with details.
    pub fn value(details: impl Into<String>) -> Self {
        Self::of(131_009, Some(details.into()))
    }

    /// An object that does not exist or is not accessible.
    pub fn missing(method: &str, id: &str) -> Self {
        let verb = if method == "GET" { "get" } else { "post" };
        Self {
            subcode: Some(33),
            kind: "GraphMethodException",
            ..Self::plain(
                400,
                100,
                format!(
                    "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
                     permissions, or does not support this operation. Please read the Graph API documentation at \
                     https://developers.facebook.com/docs/graph-api"
                ),
            )
        }
    }

    /// With a subcode.
    pub fn subcode(self, subcode: i64) -> Self {
        Self {
            subcode: Some(subcode),
            ..self
        }
    }

    /// With a text for people.
    pub fn user(self, message: &str) -> Self {
        Self {
            user_msg: Some(message.into()),
            ..self
        }
    }

    /// The body.
    pub fn to_json(&self, trace: &str) -> Value {
        let mut error = json!({
            "message": self.message, "type": self.kind, "code": self.code, "fbtrace_id": trace,
        });
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = json!(subcode);
        }
        if let Some(message) = &self.user_msg {
            error["error_user_title"] = json!("The template cannot be created");
            error["error_user_msg"] = json!(message);
        }
        if self.transient {
            error["is_transient"] = json!(true);
        }
        let mut body = json!({"error": error});
        if let (Some(body), Some(Value::Object(beside))) = (body.as_object_mut(), self.beside.as_deref()) {
            body.extend(beside.clone());
        }
        body
    }

    /// The header of the same name.
    pub fn www_authenticate(&self) -> String {
        let kind = if self.code == 190 {
            "invalid_token"
        } else {
            "invalid_request"
        };
        let message: String = self
            .message
            .chars()
            .filter(|c| c.is_ascii_graphic() || *c == ' ')
            .filter(|c| *c != '"')
            .collect();
        format!("OAuth \"Facebook Platform\" \"{kind}\" \"{message}\"")
    }
}
