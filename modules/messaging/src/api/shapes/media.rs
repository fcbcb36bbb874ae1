//! Text, files, places and reactions.

use contracts::messaging::{MediaId, MessageId};
use poem_openapi::Object;

/// Text.
#[derive(Debug, Object)]
pub struct TextIn {
    /// 1 to 4096 characters, with WhatsApp's `*bold*`, `_italic_`, `~struck~`.
    #[oai(validator(min_length = 1, max_length = 4096))]
    pub body: String,
    /// Show a preview of the first link.
    pub preview_url: Option<bool>,
}

/// A picture: JPEG or PNG up to 5 MB. Exactly one of `link`, `id` and `media_id`.
#[derive(Debug, Object)]
pub struct ImageIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here; the platform brings it to WhatsApp before the message leaves.
    pub media_id: Option<MediaId>,
    /// Up to 1024 characters.
    #[oai(validator(max_length = 1024))]
    pub caption: Option<String>,
}

/// A video: MP4 or 3GP (H.264, AAC) up to 16 MB. Exactly one of `link`, `id` and `media_id`.
#[derive(Debug, Object)]
pub struct VideoIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here.
    pub media_id: Option<MediaId>,
    /// Up to 1024 characters.
    #[oai(validator(max_length = 1024))]
    pub caption: Option<String>,
}

/// Audio up to 16 MB: AAC, AMR, MP3, M4A, OGG (opus). Exactly one of `link`, `id` and `media_id`. Without a caption.
#[derive(Debug, Object)]
pub struct AudioIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here.
    pub media_id: Option<MediaId>,
    /// Shown as a voice message: OGG with opus, mono; up to 512 KB it plays at once.
    pub voice: Option<bool>,
}

/// A file up to 100 MB: PDF, text, Word, Excel, PowerPoint; see `MediaKind` for uploads. Exactly one of `link`, `id` and `media_id`.
#[derive(Debug, Object)]
pub struct DocumentIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here.
    pub media_id: Option<MediaId>,
    /// Up to 1024 characters.
    #[oai(validator(max_length = 1024))]
    pub caption: Option<String>,
    /// The name that is shown; its ending decides the icon. When absent or empty, the name of the upload.
    pub filename: Option<String>,
}

/// A sticker: WebP of 512 × 512 pixels, 100 KB still or 500 KB animated. Exactly one of `link`, `id` and `media_id`.
#[derive(Debug, Object)]
pub struct StickerIn {
    /// Public https address; WhatsApp fetches it.
    #[oai(validator(max_length = 2048))]
    pub link: Option<String>,
    /// Or the id of a file uploaded to WhatsApp.
    pub id: Option<String>,
    /// Or the id of a file uploaded here.
    pub media_id: Option<MediaId>,
}

/// A place on the map.
#[derive(Debug, Object)]
pub struct LocationIn {
    /// Degrees, -90 to 90.
    #[oai(validator(minimum(value = "-90"), maximum(value = "90")))]
    pub latitude: f64,
    /// Degrees, -180 to 180.
    #[oai(validator(minimum(value = "-180"), maximum(value = "180")))]
    pub longitude: f64,
    /// Name of the place.
    pub name: Option<String>,
    /// Address of the place.
    pub address: Option<String>,
}

/// An emoji on another message of the conversation, at most 30 days old and no reaction itself.
#[derive(Debug, Object)]
pub struct ReactionIn {
    /// The message.
    pub message_id: MessageId,
    /// One emoji; empty takes the reaction away.
    pub emoji: String,
}
