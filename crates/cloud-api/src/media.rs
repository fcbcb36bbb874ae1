//! Media as the API describes it (Cloud API: media).

use serde::{Deserialize, Serialize};

use crate::ids::MediaId;
use crate::webhook::read;

/// The answer of `GET /{MEDIA}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaNode {
    /// The media id.
    pub id: MediaId,
    /// Download address, valid for 5 minutes, needs the same bearer token.
    pub url: Option<String>,
    /// MIME type, possibly with parameters (`audio/ogg; codecs=opus`).
    pub mime_type: Option<String>,
    /// Digest of the file; hex or base64, compare both.
    pub sha256: Option<String>,
    /// Size in bytes (the wire has a number or a string).
    pub file_size: Option<u64>,
}

impl MediaNode {
    pub(crate) fn from_value(id: &MediaId, value: &serde_json::Value) -> Self {
        Self {
            id: read::text(value, "id").map_or_else(|| id.clone(), MediaId::from),
            url: read::text(value, "url"),
            mime_type: read::text(value, "mime_type"),
            sha256: read::text(value, "sha256"),
            file_size: read::int(value, "file_size").and_then(|n| u64::try_from(n).ok()),
        }
    }
}

/// The kinds of media a message can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// image/jpeg, image/png up to 5 MB.
    Image,
    /// video/mp4, video/3gpp up to 16 MB.
    Video,
    /// audio/aac, amr, mpeg, mp4, ogg (opus) up to 16 MB.
    Audio,
    /// Any type up to 100 MB.
    Document,
    /// image/webp, 100 KB still, 500 KB animated.
    Sticker,
}

impl MediaKind {
    /// The wire name, which is also the key of the object.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// Largest file in bytes that the API takes.
    pub fn max_bytes(self) -> u64 {
        match self {
            Self::Image => 5 << 20,
            Self::Video | Self::Audio => 16 << 20,
            Self::Document => 100 << 20,
            Self::Sticker => 500 << 10,
        }
    }
}
