//! Uploaded and received media: bytes, digests, and download addresses that expire
//! (Cloud API: media).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cloud_api::media::{UPLOADS, upload_limit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::core::Core;

/// Largest upload in bytes of a type, with or without parameters; `None` when it is not accepted.
pub fn limit(mime_type: &str) -> Option<usize> {
    let essence = mime_type.split(';').next().unwrap_or_default().trim();
    upload_limit(essence).and_then(|limit| usize::try_from(limit).ok())
}

/// The types as Meta's refusal lists them.
pub fn known_types() -> String {
    let names: Vec<&str> = UPLOADS.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

/// The stored bytes of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blob {
    /// No bytes were given: a small sample of its type is used.
    #[default]
    Sample,
    /// The bytes.
    Kept(#[serde(with = "as_base64")] Bytes),
    /// The bytes were removed to make room for newer files.
    Gone,
}

mod as_base64 {
    use super::{Bytes, Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes::from).map_err(D::Error::custom)
    }
}

/// Uploaded or received media.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Media {
    /// Its id.
    pub id: String,
    /// Owner.
    pub phone_id: String,
    /// MIME type.
    pub mime_type: String,
    /// Name of the file, for downloads.
    pub filename: Option<String>,
    /// Virtual Unix ms.
    pub expires_at: i64,
    /// Hex SHA-256 of the bytes.
    pub sha256: String,
    /// Bytes.
    pub size: usize,
    /// The bytes themselves.
    pub blob: Blob,
}

impl Media {
    /// With its bytes; a sample of its type without.
    pub fn new(id: String, phone_id: &str, mime_type: String, expires_at: i64, given: Option<Bytes>) -> Self {
        let bytes = given.clone().unwrap_or_else(|| sample(&mime_type));
        Self {
            id,
            phone_id: phone_id.to_owned(),
            filename: None,
            expires_at,
            sha256: hex::encode(Sha256::digest(&bytes)),
            size: bytes.len(),
            blob: given.map_or(Blob::Sample, Blob::Kept),
            mime_type,
        }
    }

    /// The bytes, unless they were removed.
    pub fn bytes(&self) -> Option<Bytes> {
        match &self.blob {
            Blob::Sample => Some(sample(&self.mime_type)),
            Blob::Kept(bytes) => Some(bytes.clone()),
            Blob::Gone => None,
        }
    }

    /// The digest as webhooks have it.
    pub fn sha256_base64(&self) -> String {
        STANDARD.encode(hex::decode(&self.sha256).unwrap_or_default())
    }
}

/// A small, valid file of a type.
pub fn sample(mime_type: &str) -> Bytes {
    Bytes::from_static(match mime_type.split(';').next().unwrap_or_default() {
        "image/webp" => include_bytes!("../samples/sticker.webp"),
        "image/png" => include_bytes!("../samples/image.png"),
        "application/pdf" => include_bytes!("../samples/document.pdf"),
        m if m.starts_with("image/") => include_bytes!("../samples/image.jpg"),
        m if m.starts_with("video/") => include_bytes!("../samples/video.mp4"),
        m if m.starts_with("audio/") => include_bytes!("../samples/voice.ogg"),
        _ => b"simulated media\n",
    })
}

impl Core {
    /// Stores a media object. Removes the oldest object when there are too many, the oldest bytes when they are too large.
    pub fn keep_media(&mut self, media: Media) {
        while self.world.media.len() >= self.config.max_messages {
            self.world.media.pop_first();
        }
        self.world.media_bytes += kept(&media);
        if kept(&media) > 0 {
            self.world.media_order.push_back(media.id.clone());
        }
        self.world.media.insert(media.id.clone(), media);
        while self.world.media_bytes > self.config.max_media_bytes {
            let Some(oldest) = self.world.media_order.pop_front() else {
                break;
            };
            if let Some(media) = self.world.media.get_mut(&oldest) {
                self.world.media_bytes -= kept(media);
                media.blob = Blob::Gone;
            }
        }
    }

    /// An address from which the bytes can be fetched for `media_url_ttl_s` seconds (Cloud API: 5 minutes).
    pub fn media_url(&self, id: &str) -> String {
        let until =
            self.now() / 1_000 + i64::try_from(self.config.media_url_ttl_s).unwrap_or(i64::MAX / 4_000);
        let seal = self.media_seal(id, until);
        format!("{}/_media/{id}.{until}.{seal}", self.config.public_url)
    }

    /// The media object of a download token, unless token or object have expired.
    pub fn media_of_token(&self, token: &str) -> Option<&Media> {
        let mut parts = token.splitn(3, '.');
        let (id, until, seal) = (parts.next()?, parts.next()?.parse::<i64>().ok()?, parts.next()?);
        if seal != self.media_seal(id, until) || until <= self.now() / 1_000 {
            return None;
        }
        self.world.media.get(id).filter(|m| m.expires_at > self.now())
    }

    fn media_seal(&self, id: &str, until: i64) -> String {
        let key = format!("media-{}", self.config.seed);
        let mut seal = cloud_api::signature::sign(&key.into(), format!("{id}.{until}").as_bytes());
        seal.split_off("sha256=".len()).chars().take(24).collect()
    }
}

/// Bytes that count against the bound: samples cost nothing.
pub fn kept(media: &Media) -> usize {
    match media.blob {
        Blob::Kept(_) => media.size,
        Blob::Sample | Blob::Gone => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_their_limits() {
        assert_eq!(limit("image/jpeg"), Some(5 << 20));
        assert_eq!(limit("audio/ogg; codecs=opus"), Some(16 << 20));
        assert_eq!(limit("application/vnd.ms-excel"), Some(100 << 20));
        for refused in ["image/gif", "application/zip", "application/json", "text/csv"] {
            assert_eq!(limit(refused), None, "{refused}");
        }
        assert_eq!(limit(""), None);
    }

    #[test]
    fn every_sample_is_a_file_of_its_type() {
        for (mime, magic) in [
            ("image/jpeg", &b"\xFF\xD8\xFF"[..]),
            ("image/png", b"\x89PNG"),
            ("image/webp", b"RIFF"),
            ("audio/ogg; codecs=opus", b"OggS"),
            ("application/pdf", b"%PDF"),
        ] {
            assert!(sample(mime).starts_with(magic), "{mime}");
        }
        assert_eq!(&sample("video/mp4")[4..8], b"ftyp");
    }
}
