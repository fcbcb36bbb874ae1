//! Media of a number: upload, node, download host (Cloud API: media).

use std::ops::Bound;

use poem::http::StatusCode;
use poem::web::headers::{ContentRange, HeaderMapExt, Range};
use poem::{Request, Response};
use serde_json::{Value, json};

use super::nodes::unknown_edge;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::Phone;
use crate::media::{self, Media};
use crate::sim::Simulator;

/// Uploaded media lives 30 days.
const LIFE_MS: i64 = 30 * 86_400_000;

/// `POST /{PNID}/media`: a multipart form with `messaging_product`, `file` and `type`.
pub(super) fn upload(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    if call.field("messaging_product").as_deref() != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let Some(file) = call.files.get("file") else {
        return Err(Refusal::parameter("The parameter file is required."));
    };
    let mime = call
        .field("type")
        .or_else(|| file.mime_type.clone())
        .unwrap_or_default();
    let Some(limit) = media::limit(&mime) else {
        return Err(Refusal::invalid(format!(
            "Param file must be a file with one of the following types: {}. Received file of type '{mime}'.",
            media::known_types()
        )));
    };
    if file.bytes.is_empty() || file.bytes.len() > limit {
        let details = format!(
            "Media file size is {} bytes. It must be between 1 and {limit} bytes for {mime}.",
            file.bytes.len()
        );
        let mut refusal = Refusal::of(131_053, Some(details));
        refusal.http = 400;
        return Err(refusal);
    }
    let expires_at = core.now() + LIFE_MS;
    let id = core.world.id(55);
    let mut media = Media::new(id.clone(), &phone.id, mime, expires_at, Some(file.bytes.clone()));
    media.filename = file.name.clone();
    core.keep_media(media);
    Ok(Reply::Ok(json!({"id": id})))
}

/// `GET` and `DELETE /{MEDIA}`; 404 when expired or of another number.
pub(super) fn of_media(core: &mut Core, call: &Call, media: &Media) -> Result<Reply, Refusal> {
    let missing = || Refusal::missing(&call.method, &media.id);
    let waba = core
        .world
        .phones
        .get(&media.phone_id)
        .map(|p| p.waba_id.clone())
        .unwrap_or_default();
    let owner = call.field("phone_number_id");
    let foreign = owner.is_some_and(|id| id != media.phone_id);
    if foreign || media.expires_at <= core.now() || !core.may_see(call, &waba) {
        return Err(missing());
    }
    match call.method.as_str() {
        "GET" => {
            let sha256 = match core.config.media_sha256_hex {
                true => media.sha256.clone(),
                false => media.sha256_base64(),
            };
            Ok(Reply::Ok(json!({
                "messaging_product": "whatsapp",
                "url": core.media_url(&media.id),
                "mime_type": media.mime_type,
                "sha256": sha256,
                "file_size": media.size,
                "id": media.id,
            })))
        }
        "DELETE" => {
            core.forget_media(&media.id);
            Ok(Reply::Ok(json!({"success": true})))
        }
        _ => Err(unknown_edge("", &call.method)),
    }
}

/// `GET /_media/{token}` with a bearer token that may access the owner. Ranges work; it never redirects.
pub fn download(simulator: &Simulator, req: &Request) -> Response {
    let token = req.raw_path_param("id").unwrap_or_default();
    let bearer = req
        .header("authorization")
        .and_then(|h| h.split_once(' '))
        .map(|(_, t)| t.trim().to_owned())
        .unwrap_or_default();
    let core = simulator.lock();
    let plain = |status| Response::builder().status(status).body("");
    if !core.is_live_token(&bearer) {
        return plain(StatusCode::UNAUTHORIZED);
    }
    let Some(media) = core.media_of_token(token) else {
        return plain(StatusCode::NOT_FOUND);
    };
    let waba = core.world.phones.get(&media.phone_id).map(|p| p.waba_id.as_str());
    let allowed = core.world.tokens.get(&bearer);
    if allowed.is_some_and(|t| !t.assets.is_empty() && waba.is_some_and(|w| !t.assets.contains(w))) {
        return plain(StatusCode::NOT_FOUND);
    }
    respond(media, req.headers().typed_get::<Range>())
}

/// The bytes of a media object, or one range of them.
pub(crate) fn respond(media: &Media, range: Option<Range>) -> Response {
    let Some(bytes) = media.bytes() else {
        return Response::builder().status(StatusCode::NOT_FOUND).body("");
    };
    let name = media.filename.as_deref().unwrap_or("media");
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let whole = bytes.len() as u64;
    let builder = Response::builder()
        .content_type(&media.mime_type)
        .header("accept-ranges", "bytes")
        .header("content-disposition", format!("attachment; filename=\"{name}\""));
    let Some(range) = range else {
        return builder.body(bytes);
    };
    let mut ranges = range.satisfiable_ranges(whole);
    let (first, more) = (ranges.next(), ranges.next());
    match (first, more) {
        // Several ranges may be answered by the whole (RFC 9110, 14.2).
        (Some(_), Some(_)) => builder.body(bytes),
        (Some((start, end)), None) => {
            let start = match start {
                Bound::Included(n) => n,
                _ => 0,
            };
            let end = match end {
                Bound::Included(n) => n.saturating_add(1).min(whole),
                _ => whole,
            };
            let cut = usize::try_from(start)
                .ok()
                .zip(usize::try_from(end).ok())
                .filter(|(a, b)| a < b);
            let content_range = ContentRange::bytes(start..end, whole);
            match (cut, content_range) {
                (Some((a, b)), Ok(content_range)) => {
                    let mut response = builder
                        .status(StatusCode::PARTIAL_CONTENT)
                        .body(bytes.slice(a..b));
                    response.headers_mut().typed_insert(content_range);
                    response
                }
                _ => unsatisfiable(whole),
            }
        }
        (None, _) => unsatisfiable(whole),
    }
}

fn unsatisfiable(whole: u64) -> Response {
    let mut response = Response::builder()
        .status(StatusCode::RANGE_NOT_SATISFIABLE)
        .body("");
    response
        .headers_mut()
        .typed_insert(ContentRange::unsatisfied_bytes(whole));
    response
}

impl Core {
    /// Removes a media object and its bytes.
    fn forget_media(&mut self, id: &str) {
        if let Some(gone) = self.world.media.remove(id) {
            self.world.media_bytes -= media::kept(&gone);
            self.world.media_order.retain(|other| other != id);
        }
    }

    /// Whether a download token is valid now.
    pub fn is_live_token(&self, value: &str) -> bool {
        let now = self.now() / 1_000;
        match self.world.tokens.get(value) {
            Some(token) => !token.revoked && token.expires_at.is_none_or(|e| e > now),
            None => !self.config.strict_tokens && !value.is_empty(),
        }
    }
}

/// A field as text, for bodies whose numbers may be strings.
pub(super) fn whole_number(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(n) => n.as_u64(),
        Value::String(s) => s.parse().ok(),
        _ => None,
    }
}
