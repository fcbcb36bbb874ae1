//! Files that people send: the given bytes (`data`, base64), or a sample of the type.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::core::Core;
use crate::media::Media;

/// Ids from webhooks are good for 7 days (Cloud API: media).
const LIFE_MS: i64 = 7 * 86_400_000;
/// Larger files are reported as an error (Cloud API: 131052).
const MAX_BYTES: usize = 100 << 20;

impl Core {
    /// Stores the file; returns the object for the webhook and the one for the phone page.
    pub(crate) fn inbound_media(
        &mut self,
        kind: &str,
        mime: &str,
        mut shown: Map<String, Value>,
        phone_id: &str,
        now: i64,
    ) -> Result<(Value, Value), String> {
        let data = match shown.remove("data") {
            None => None,
            Some(Value::String(text)) => {
                let bytes = STANDARD
                    .decode(text)
                    .map_err(|e| format!("{kind}.data is not base64: {e}"))?;
                Some(Bytes::from(bytes))
            }
            Some(_) => return Err(format!("{kind}.data must be the file in base64")),
        };
        if data.as_ref().is_some_and(|d| d.len() > MAX_BYTES) {
            return Err(format!("{kind}.data has more than {MAX_BYTES} bytes"));
        }
        let mime = shown
            .get("mime_type")
            .and_then(Value::as_str)
            .unwrap_or(mime)
            .to_owned();
        let mut media = Media::new(self.world.id(55), phone_id, mime.clone(), now + LIFE_MS, data);
        let mut wire = shown.clone();
        wire.remove("link");
        wire.insert("id".into(), json!(media.id));
        wire.insert("mime_type".into(), json!(mime));
        wire.entry("sha256")
            .or_insert_with(|| json!(media.sha256_base64()));
        wire.insert("url".into(), json!(self.media_url(&media.id)));
        match kind {
            "audio" => drop(wire.entry("voice").or_insert(json!(true))),
            "sticker" => drop(wire.entry("animated").or_insert(json!(false))),
            "document" => {
                let name = wire.entry("filename").or_insert(json!("document.pdf"));
                media.filename = name.as_str().map(str::to_owned);
            }
            _ => {}
        }
        shown.insert("id".into(), json!(media.id));
        shown.insert("mime_type".into(), json!(mime));
        self.keep_media(media);
        Ok((Value::Object(wire), Value::Object(shown)))
    }
}
