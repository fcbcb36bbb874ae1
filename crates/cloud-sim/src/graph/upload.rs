//! Resumable upload: sessions, and the handles they return (Cloud API: media, resumable upload).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::media::whole_number;
use super::nodes::unknown_edge;
use super::{Call, Refusal, Reply};
use crate::core::Core;

/// Sessions kept; the oldest go first.
const MAX_SESSIONS: usize = 64;
/// Handles kept.
const MAX_HANDLES: usize = 10_000;
/// Largest file.
const MAX_FILE: u64 = 100 << 20;
/// Days until a handle expires (Meta gives no number).
const HANDLE_DAYS: i64 = 30;
const TYPES: &[&str] = &[
    "application/pdf",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "video/mp4",
];

/// A file that is being uploaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `upload:…`, without the signature.
    pub id: String,
    /// The app it was opened for.
    pub app_id: String,
    /// Announced length.
    pub length: u64,
    /// Announced type.
    pub mime_type: String,
    /// The bytes received. Not exported: after a restart the client resumes from 0.
    #[serde(skip)]
    pub received: Vec<u8>,
}

/// `POST /{APP}/uploads?file_name=&file_length=&file_type=`
pub(super) fn open(core: &mut Core, call: &Call, app_id: &str) -> Result<Reply, Refusal> {
    let length = call
        .field("file_length")
        .and_then(|v| whole_number(Some(&json!(v))));
    let Some(length) = length.filter(|n| (1..=MAX_FILE).contains(n)) else {
        return Err(Refusal::parameter(format!(
            "Param file_length must be an integer between 1 and {MAX_FILE}."
        )));
    };
    let mime_type = call.field("file_type").unwrap_or_default();
    if !TYPES.contains(&mime_type.as_str()) {
        return Err(Refusal::parameter(format!(
            "Param file_type must be one of {{{}}}",
            TYPES.join(", ")
        )));
    }
    let secret = crate::ids::hex_id(&mut core.world.dice);
    let id = format!("upload:{}", URL_SAFE_NO_PAD.encode(format!("1:data:{secret}")));
    while core.world.uploads.len() >= MAX_SESSIONS {
        core.world.uploads.pop_front();
    }
    core.world.uploads.push_back(Session {
        id: id.clone(),
        app_id: app_id.to_owned(),
        length,
        mime_type,
        received: Vec::new(),
    });
    Ok(Reply::Ok(json!({"id": format!("{id}?sig=AR{}", &secret[..12])})))
}

/// `POST /upload:…` with the bytes from `file_offset` on; `GET` returns the offset to resume from.
pub(super) fn continue_with(core: &mut Core, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let Some(at) = core.world.uploads.iter().position(|s| s.id == id) else {
        return Err(Refusal::missing(&call.method, id));
    };
    match call.method.as_str() {
        "GET" => Ok(Reply::Ok(
            json!({"id": id, "file_offset": core.world.uploads[at].received.len()}),
        )),
        "POST" => {
            let session = &mut core.world.uploads[at];
            let expected = session.received.len();
            if call.file_offset.and_then(|n| usize::try_from(n).ok()) != Some(expected) {
                return Err(Refusal::parameter(format!(
                    "The header file_offset must be {expected}, the number of bytes that have arrived."
                )));
            }
            if (expected + call.raw.len()) as u64 > session.length {
                return Err(Refusal::parameter(format!(
                    "More bytes than the announced file_length of {}.",
                    session.length
                )));
            }
            session.received.extend_from_slice(&call.raw);
            if (session.received.len() as u64) < session.length {
                return Ok(Reply::Ok(
                    json!({"id": id, "file_offset": session.received.len()}),
                ));
            }
            let session = core.world.uploads.remove(at).unwrap_or_default();
            Ok(Reply::Ok(json!({"h": core.handle(&session)})))
        }
        method => Err(unknown_edge("", method)),
    }
}

impl Core {
    fn handle(&mut self, session: &Session) -> String {
        let until = self.now() / 1_000 + HANDLE_DAYS * 86_400;
        let (a, b) = (
            crate::ids::hex_id(&mut self.world.dice),
            crate::ids::hex_id(&mut self.world.dice),
        );
        let handle = format!(
            "4::{}:AR{a}:e:{until}:{}:AR{b}",
            STANDARD.encode(&session.mime_type),
            session.app_id
        );
        while self.world.handles.len() >= MAX_HANDLES {
            self.world.handles.pop_front();
        }
        self.world.handles.push_back((handle.clone(), until));
        self.count("handles_made");
        handle
    }

    /// Whether a handle is from an upload and has not expired.
    pub fn is_handle(&self, handle: &str) -> bool {
        let now = self.now() / 1_000;
        self.world
            .handles
            .iter()
            .any(|(known, until)| known == handle && *until > now)
    }
}

/// Only the bytes of an upload's body are read.
pub(super) fn is_upload(path: &[String]) -> bool {
    path.first().is_some_and(|first| first.starts_with("upload:"))
}

/// Bytes of an upload may be as many as the largest file.
pub(super) const fn max_body() -> usize {
    MAX_FILE as usize + (1 << 20)
}

/// A file of a form.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its name.
    pub name: Option<String>,
    /// Its declared type.
    pub mime_type: Option<String>,
    /// Its bytes.
    pub bytes: Bytes,
}
