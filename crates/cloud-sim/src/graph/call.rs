//! One Graph request as plain data, and the checks that come before its endpoint: faults, token, proof.

use std::collections::BTreeMap;

use bytes::Bytes;
use poem::error::ParseMultipartError;
use poem::web::Multipart;
use poem::{Body, FromRequest, Request, RequestBody};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::Refusal;
use super::upload::{self, File};
use crate::core::Core;
use crate::entities::{Fault, FaultResponse, FaultTrigger};

/// Version of calls that name none.
const DEFAULT_VERSION: &str = "v25.0";

/// One request.
#[derive(Debug)]
pub struct Call {
    /// Upper case.
    pub method: String,
    /// `v25.0`.
    pub version: String,
    /// Path without version and empty parts.
    pub path: Vec<String>,
    /// Query, and the fields of a form.
    pub query: BTreeMap<String, String>,
    /// Bearer token.
    pub token: Option<SecretString>,
    /// The body: JSON, a form or a multipart form. `Err` says that it is not JSON.
    pub body: Result<Value, String>,
    /// Files of a multipart form.
    pub files: BTreeMap<String, File>,
    /// The body of a resumable upload.
    pub raw: Bytes,
    /// The header of the same name.
    pub file_offset: Option<u64>,
    /// The header of the same name, for reads.
    pub if_none_match: Option<String>,
    /// Hex SHA-256 of the body.
    pub digest: String,
}

impl Call {
    /// Reads a request, with a bound on its body.
    pub async fn read(mut req: Request, max_body: usize) -> Result<Self, Refusal> {
        let method = req.method().as_str().to_owned();
        let uri = req.uri().clone();
        let mut parts = uri.path().split('/').filter(|p| !p.is_empty()).map(decode);
        let first = parts.next().unwrap_or_default();
        // A path without a version has the app's default one.
        let (version, unversioned) = match first.starts_with('v') {
            true => (first, None),
            false => (DEFAULT_VERSION.to_owned(), Some(first)),
        };
        let path: Vec<String> = unversioned.into_iter().chain(parts).collect();
        let mut query = form(uri.query().unwrap_or_default());
        let authorization = req.header("authorization").unwrap_or_default().to_owned();
        let content_type = req
            .header("content-type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_upload = upload::is_upload(&path);
        let max_body = match path.get(1).map(String::as_str) {
            Some("media") => upload::max_body(),
            _ if is_upload => upload::max_body(),
            _ => max_body,
        };
        let if_none_match = req.header("if-none-match").map(str::to_owned);
        let file_offset = req.header("file_offset").and_then(|v| v.trim().parse().ok());
        let bytes = req.take_body().into_bytes_limit(max_body).await.map_err(|_| {
            Refusal::plain(
                413,
                1,
                format!("Request Entity Too Large: a request body may have {max_body} bytes"),
            )
        })?;
        let digest = hex::encode(Sha256::digest(&bytes));
        let (mut files, mut raw) = (BTreeMap::new(), Bytes::new());
        let body = if is_upload {
            raw = bytes;
            Ok(Value::Object(Map::new()))
        } else if bytes.iter().all(u8::is_ascii_whitespace) {
            Ok(Value::Object(Map::new()))
        } else if content_type.starts_with("application/x-www-form-urlencoded") {
            let fields = form(&String::from_utf8_lossy(&bytes));
            let object = fields.iter().map(|(k, v)| (k.clone(), form_value(v))).collect();
            query.extend(fields);
            Ok(Value::Object(object))
        } else if content_type.starts_with("multipart/form-data") {
            match Box::pin(multipart(&req, bytes)).await {
                Ok((body, found)) => {
                    files = found;
                    Ok(body)
                }
                Err(e) => Err(e.to_string()),
            }
        } else {
            serde_json::from_slice(&bytes)
                .map(unwrapped)
                .map_err(|e| e.to_string())
        };
        // A token in the call wins over the header's: clients that always send a header rely on it.
        let token = query
            .get("access_token")
            .cloned()
            .or_else(|| {
                let scheme = authorization.get(..7).unwrap_or_default();
                let oauth = authorization.get(..6).unwrap_or_default();
                match (
                    scheme.eq_ignore_ascii_case("bearer "),
                    oauth.eq_ignore_ascii_case("oauth "),
                ) {
                    (true, _) => Some(authorization[7..].trim().to_owned()),
                    (_, true) => Some(authorization[6..].trim().to_owned()),
                    _ => None,
                }
            })
            .filter(|t| !t.is_empty())
            .map(SecretString::from);
        Ok(Self {
            method,
            version,
            path,
            query,
            token,
            body,
            files,
            raw,
            file_offset,
            if_none_match,
            digest,
        })
    }

    /// A field of the body, or of the query.
    pub fn field(&self, key: &str) -> Option<String> {
        let of_body = self.body.as_ref().ok().and_then(|b| b.get(key));
        match of_body {
            Some(Value::String(s)) => Some(s.clone()),
            Some(Value::Null) | None => self.query.get(key).cloned(),
            Some(other) => Some(other.to_string()),
        }
    }
}

/// Some clients write a body twice: as JSON text inside a JSON string.
fn unwrapped(body: Value) -> Value {
    match &body {
        Value::String(text) if text.starts_with('{') => serde_json::from_str(text).unwrap_or(body),
        _ => body,
    }
}

fn decode(part: &str) -> String {
    if !part.contains(['%', '+']) {
        return part.to_owned();
    }
    // `form_urlencoded` would read + as a space, which is right in queries only.
    form(&format!("x={}", part.replace('+', "%2B")))
        .remove("x")
        .unwrap_or_default()
}

fn form(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// Arrays and objects in a form are JSON text.
fn form_value(text: &str) -> Value {
    if text.starts_with('{') || text.starts_with('[') {
        serde_json::from_str(text).unwrap_or_else(|_| text.into())
    } else {
        text.into()
    }
}

/// The fields of a multipart form as strings, and its files. The body lists each file's name, type and
/// size.
async fn multipart(
    req: &Request,
    bytes: Bytes,
) -> Result<(Value, BTreeMap<String, File>), ParseMultipartError> {
    let mut body = RequestBody::new(Body::from(bytes));
    let mut form = Multipart::from_request(req, &mut body)
        .await
        .map_err(|_| ParseMultipartError::ContentTypeRequired)?;
    let (mut object, mut files) = (Map::new(), BTreeMap::new());
    while let Some(field) = form.next_field().await? {
        let Some(name) = field.name().map(str::to_owned) else {
            continue;
        };
        let file_name = field.file_name().map(str::to_owned);
        let mime_type = field.content_type().map(str::to_owned);
        let bytes = field.bytes().await?;
        if file_name.is_none() {
            object.insert(name, String::from_utf8_lossy(&bytes).into());
            continue;
        }
        let shown = serde_json::json!({"filename": file_name, "mime_type": mime_type, "size": bytes.len()});
        object.insert(name.clone(), shown);
        let file = File {
            name: file_name,
            mime_type,
            bytes: bytes.into(),
        };
        files.insert(name, file);
    }
    Ok((Value::Object(object), files))
}

impl Core {
    /// The fault that this request meets, if any (Cloud API: simulator control API, faults).
    pub fn fault(&mut self, call: &Call) -> Option<FaultResponse> {
        if self.world.faults.is_empty() {
            return None;
        }
        let path = call.path.join("/");
        let to = call
            .field("to")
            .or_else(|| call.field("recipient"))
            .unwrap_or_default();
        let matches = |fault: &Fault| {
            let m = &fault.r#match;
            m.method
                .as_ref()
                .is_none_or(|v| v.eq_ignore_ascii_case(&call.method))
                && m.path
                    .as_ref()
                    .is_none_or(|v| path.contains(v.trim_start_matches('/')))
                && m.phone.as_ref().is_none_or(|v| call.path.first() == Some(v))
                && m.to.as_ref().is_none_or(|v| *v == to)
        };
        for at in 0..self.world.faults.len() {
            let Some(fault) = self.world.faults.get_mut(at).filter(|f| matches(f)) else {
                continue;
            };
            fault.seen += 1;
            let (seen, fired, trigger) = (fault.seen, fault.fired, fault.trigger.clone());
            let fires = match trigger {
                FaultTrigger::Always => true,
                FaultTrigger::NextN(n) => fired < n,
                FaultTrigger::EveryN(n) => seen % n.max(1) == 0,
                FaultTrigger::P(p) => self.world.dice.chance(p),
            };
            if fires && let Some(fault) = self.world.faults.get_mut(at) {
                fault.fired += 1;
                return Some(fault.response.clone());
            }
        }
        None
    }

    /// Adds a rule; at most 1,000 are kept.
    pub fn add_fault(&mut self, mut fault: Fault) -> String {
        if fault.id.is_empty() {
            fault.id = self.world.id(99);
        }
        if self.world.faults.len() >= 1_000 {
            self.world.faults.remove(0);
        }
        let id = fault.id.clone();
        self.world.faults.push(fault);
        id
    }

    /// Checks token and proof (Cloud API: auth). Returns the token's app.
    pub fn authorise(&self, call: &Call) -> Result<Option<String>, Refusal> {
        let Some(given) = &call.token else {
            let code = if self.config.missing_token_104 { 104 } else { 190 };
            return Err(Refusal::plain(
                401,
                code,
                "An access token is required to request this resource.",
            ));
        };
        if let Some(app) = self.app_of_token(given.expose_secret()) {
            return Ok(Some(app.id.clone()));
        }
        let Some(token) = self.world.tokens.get(given.expose_secret()) else {
            if !self.config.strict_tokens {
                return Ok(self.world.apps.keys().next().cloned());
            }
            return Err(Refusal::plain(
                401,
                190,
                "Invalid OAuth access token - Cannot parse access token",
            ));
        };
        let now = self.now() / 1_000;
        if token.revoked {
            let message = "Error validating access token: The session has been invalidated because the user changed \
                           their password or Facebook has changed the session for security reasons.";
            return Err(Refusal::plain(401, 190, message).subcode(460));
        }
        if let Some(expires) = token.expires_at.filter(|e| *e <= now) {
            let message = format!(
                "Error validating access token: Session has expired on {}. The current time is {}.",
                pacific(expires),
                pacific(now)
            );
            return Err(Refusal::plain(401, 190, message).subcode(463));
        }
        let app = token.app_id.as_ref().and_then(|id| self.world.apps.get(id));
        let required = self.config.require_appsecret_proof || app.is_some_and(|a| a.require_proof);
        let proof = call
            .query
            .get("appsecret_proof")
            .cloned()
            .or_else(|| call.field("appsecret_proof"));
        let wrong = match (&proof, app) {
            (Some(proof), Some(app)) => {
                let secret = app.secret.clone().into();
                let header = cloud_api::signature::sign(&secret, given.expose_secret().as_bytes());
                header.trim_start_matches("sha256=") != proof
            }
            (Some(_), None) => false,
            (None, _) => required,
        };
        if wrong {
            let message = match proof {
                Some(_) => "Invalid appsecret_proof provided in the API argument",
                None => "API calls from the server require an appsecret_proof argument",
            };
            return Err(Refusal {
                kind: "GraphMethodException",
                ..Refusal::plain(400, 100, message)
            });
        }
        Ok(token.app_id.clone())
    }

    /// Whether the token may access an account.
    pub fn may_see(&self, call: &Call, waba_id: &str) -> bool {
        let token = call
            .token
            .as_ref()
            .and_then(|t| self.world.tokens.get(t.expose_secret()));
        let app = call
            .token
            .as_ref()
            .is_some_and(|t| self.app_of_token(t.expose_secret()).is_some());
        !app && token.is_none_or(|t| t.assets.is_empty() || t.assets.contains(waba_id))
    }

    /// Whether the token has a permission.
    pub fn has_scope(&self, call: &Call, scope: &str) -> bool {
        let token = call
            .token
            .as_ref()
            .and_then(|t| self.world.tokens.get(t.expose_secret()));
        token.is_none_or(|t| t.scopes.is_empty() || t.scopes.contains(scope))
    }

    /// The account that the path is about, for the usage header.
    pub fn waba_of_path(&self, call: &Call) -> Option<String> {
        let id = call.path.first()?;
        match self.world.phones.get(id) {
            Some(phone) => Some(phone.waba_id.clone()),
            None => match self.world.templates.get(id) {
                Some(template) => Some(template.waba_id.clone()),
                None => self.world.wabas.contains_key(id).then(|| id.clone()),
            },
        }
    }
}

/// `Friday, 13-Nov-26 05:00:00 PST`, as Meta writes expiry times.
fn pacific(unix: i64) -> String {
    chrono::DateTime::from_timestamp(unix - 8 * 3_600, 0)
        .map(|t| t.format("%A, %d-%b-%y %H:%M:%S PST").to_string())
        .unwrap_or_default()
}
