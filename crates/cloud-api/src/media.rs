//! Media nodes (Cloud API: media).

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

const MIB: u64 = 1 << 20;

/// The types an upload may have, each with its largest size in bytes. Meta refuses every other one with code 100 and this
/// list, whatever the file is to be sent as (Cloud API: media).
pub const UPLOADS: &[(&str, u64)] = &[
    ("audio/aac", 16 * MIB),
    ("audio/mp4", 16 * MIB),
    ("audio/mpeg", 16 * MIB),
    ("audio/amr", 16 * MIB),
    ("audio/ogg", 16 * MIB),
    ("audio/opus", 16 * MIB),
    ("application/vnd.ms-powerpoint", 100 * MIB),
    ("application/msword", 100 * MIB),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        100 * MIB,
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        100 * MIB,
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        100 * MIB,
    ),
    ("application/pdf", 100 * MIB),
    ("text/plain", 100 * MIB),
    ("application/vnd.ms-excel", 100 * MIB),
    ("image/jpeg", 5 * MIB),
    ("image/png", 5 * MIB),
    ("image/webp", 500 << 10),
    ("video/mp4", 16 * MIB),
    ("video/3gpp", 16 * MIB),
    ("video/3gp", 16 * MIB),
];

/// Largest upload in bytes of a type without parameters; `None` when it cannot be uploaded at all.
pub fn upload_limit(mime_type: &str) -> Option<u64> {
    UPLOADS
        .iter()
        .find(|(known, _)| *known == mime_type)
        .map(|(_, limit)| *limit)
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
    /// Any type of [`UPLOADS`] up to 100 MB; pictures, video and sound within their own limits.
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

    /// The kind of a wire name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Image,
            Self::Video,
            Self::Audio,
            Self::Document,
            Self::Sticker,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
    }

    /// The default kind that a file of a type is sent as.
    pub fn of_type(mime_type: &str) -> Self {
        [Self::Image, Self::Video, Self::Audio, Self::Sticker]
            .into_iter()
            .find(|kind| kind.mime_types().contains(&mime_type))
            .unwrap_or(Self::Document)
    }

    /// The types the API takes for this kind, without parameters. For a document: any that can be uploaded, see
    /// [`UPLOADS`], so the list is empty.
    pub fn mime_types(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["image/jpeg", "image/png"],
            Self::Video => &["video/mp4", "video/3gpp", "video/3gp"],
            Self::Audio => &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
            Self::Document => &[],
            Self::Sticker => &["image/webp"],
        }
    }

    /// Largest file in bytes that the API takes.
    pub fn max_bytes(self) -> u64 {
        // A still sticker may have 100 KB; the caller, who has the bytes, checks that.
        match self {
            Self::Image => 5 << 20,
            Self::Video | Self::Audio => 16 << 20,
            Self::Document => 100 << 20,
            Self::Sticker => 500 << 10,
        }
    }
}
