//! Files: uploading, reading about, fetching again.

use chrono::{DateTime, Utc};
use cloud_api::media::MediaKind;
use contracts::{
    channels::ChannelId,
    messaging::{MediaId, MessageId},
};
use kernel::{Can, Created, Page, PageQuery, Result};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use sentences::{Sentence, Sentences};

use super::{
    Tag,
    upload::{BytesBody, FormBody, LinkBody, MediaIn},
};
use crate::{
    entity::{Direction, media},
    permission::{ReadMessages, SendMessages},
    service::{MediaView, NewMedia, Service, clean_name},
};

/// As what a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "MediaKind", rename_all = "snake_case")]
pub enum Kind {
    /// image/jpeg or image/png up to 5 MB.
    Image,
    /// video/mp4 or video/3gpp up to 16 MB.
    Video,
    /// audio/aac, audio/amr, audio/mpeg, audio/mp4 or audio/ogg (Opus) up to 16 MB.
    Audio,
    /// application/pdf, text of any type (it travels as text/plain) and Word, Excel and PowerPoint files up to 100 MB;
    /// pictures, video and audio of the other kinds within their limits. Nothing else.
    Document,
    /// image/webp: up to 100 KB when it stands still, 500 KB when it moves.
    Sticker,
}

impl From<Kind> for MediaKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Image => Self::Image,
            Kind::Video => Self::Video,
            Kind::Audio => Self::Audio,
            Kind::Document => Self::Document,
            Kind::Sticker => Self::Sticker,
        }
    }
}

/// Where a file is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "MediaState", rename_all = "snake_case")]
pub enum State {
    /// It is being fetched, or uploaded.
    Waiting,
    /// It is there.
    Ready,
    /// It could not be fetched; `reason` says why.
    Failed,
}

impl From<State> for media::State {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Ready => Self::Ready,
            State::Failed => Self::Failed,
        }
    }
}

impl From<media::State> for State {
    fn from(state: media::State) -> Self {
        match state {
            media::State::Waiting => Self::Waiting,
            media::State::Ready => Self::Ready,
            media::State::Failed | media::State::Going => Self::Failed,
        }
    }
}

/// A file of a message: received, or uploaded to be sent.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Media", skip_serializing_if_is_none)]
pub struct MediaOut {
    /// Its id; messages take it along as `media_id`.
    pub id: MediaId,
    /// `inbound` or `outbound`.
    pub direction: Direction,
    /// As what it came or is sent.
    pub kind: String,
    /// Where it is on its way.
    pub state: State,
    /// Why it failed, and what to do.
    pub reason: Option<String>,
    /// `reason`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub reason_terms: Vec<Sentence>,
    /// Type of the bytes; while there are none, what WhatsApp says it is.
    pub mime: String,
    /// Bytes.
    pub size: Option<i64>,
    /// SHA-256 of the bytes, in hexadecimal digits.
    pub sha256: Option<String>,
    /// Its name.
    pub file_name: Option<String>,
    /// Where it is served, without a sign-in, until `url_expires_at`. Ask again for a new address.
    pub url: Option<String>,
    /// When `url` stops working.
    pub url_expires_at: Option<DateTime<Utc>>,
    /// The message it came with.
    pub message_id: Option<MessageId>,
    /// By which number it came.
    pub channel_id: Option<ChannelId>,
    /// WhatsApp's id of a received file.
    pub whatsapp_id: Option<String>,
    /// Until when WhatsApp keeps a received file, and it can be fetched again.
    pub whatsapp_until: Option<DateTime<Utc>>,
    /// When it was uploaded, or its message arrived.
    pub created_at: DateTime<Utc>,
}

pub(super) fn shape(view: MediaView) -> MediaOut {
    let MediaView { row, address } = view;
    let (url, url_expires_at) = address.unzip();
    let why = Sentences::read(row.reason_terms.as_deref());
    MediaOut {
        id: row.id,
        direction: row.direction,
        kind: row.kind,
        state: row.state.into(),
        reason: (!why.is_empty()).then(|| why.to_string()).or(row.reason),
        reason_terms: why.0,
        mime: row.mime,
        size: row.size,
        sha256: row.sha256,
        file_name: row
            .file_name
            .map(|name| clean_name(&name))
            .filter(|name| !name.is_empty()),
        url,
        url_expires_at,
        message_id: row.message_id,
        channel_id: row.channel_id,
        whatsapp_id: row.whatsapp_id,
        whatsapp_until: row.whatsapp_until,
        created_at: row.created_at,
    }
}

/// Operations on files.
pub struct MediaApi {
    /// The verbs.
    pub service: Service,
}

#[OpenApi(tag = "Tag::Media")]
impl MediaApi {
    /// Upload a file.
    ///
    /// In one of three ways: `multipart/form-data` with a field `file`; the bare bytes under their own `Content-Type`; or
    /// `{"link": "https://files.example/invoice.pdf"}`, and the platform fetches it from the public internet. Give a JSON
    /// file a `file_name` that ends in `.json`, and it is never taken for a link.
    ///
    /// The bytes must be what they are said to be (usual other names of a type are understood, and kept as the one that
    /// WhatsApp knows), of a type that WhatsApp takes, and within its limits: else 422 `media_type`, which says what to do
    /// instead, or 413. A file sent as `application/octet-stream` is taken for what its bytes and its name say.
    /// More than four at a time are 429. An address that may not be fetched is 422 `link_refused`, one that does not give the file 502 `link_failed`.
    ///
    /// Send it by its id: `{"type": "image", "image": {"media_id": "med_…"}}`. An upload that no message takes along is
    /// removed after 30 days.
    #[oai(path = "/media", method = "post", operation_id = "upload_media")]
    async fn upload_media(
        &self,
        can: Can<SendMessages>,
        /// As what it is to be sent; by its type when absent.
        kind: Query<Option<Kind>>,
        /// Its name, as the recipient of a document sees it unless the message says another; by the form or the link when
        /// absent.
        #[oai(validator(max_length = 255))]
        file_name: Query<Option<String>>,
        body: MediaIn,
    ) -> Result<Created<MediaOut>> {
        let new = NewMedia {
            kind: kind.0.map(MediaKind::from),
            file_name: file_name.0,
            ..NewMedia::default()
        };
        let view = match body {
            MediaIn::Link(LinkBody::Link(link)) => self.service.rehost(can.db(), new, &link.link).await?,
            MediaIn::Link(LinkBody::File(file))
            | MediaIn::Form(FormBody(file))
            | MediaIn::Bytes(BytesBody(file)) => {
                let new = NewMedia {
                    mime: file.mime,
                    file_name: new.file_name.or(file.file_name),
                    size: file.size,
                    ..new
                };
                self.service.upload_media(can.db(), new, file.bytes).await?
            }
        };
        Ok(Created::new(shape(view)))
    }

    /// List files.
    ///
    /// Newest first: what customers sent and what was uploaded.
    #[oai(path = "/media", method = "get", operation_id = "list_media")]
    async fn list_media(
        &self,
        can: Can<ReadMessages>,
        /// Only in this state, for example `failed`.
        state: Query<Option<State>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<MediaOut>>> {
        let state = state.0.map(media::State::from);
        let rows = self
            .service
            .list_media(can.db(), state, PageQuery::new("media", limit.0, after.0)?)
            .await?;
        Ok(Json(Page::of(rows, shape)))
    }

    /// Read about a file.
    ///
    /// With an address under which its bytes are served for some minutes, without a sign-in; parts of it too (`Range`).
    #[oai(path = "/media/:media_id", method = "get", operation_id = "get_media")]
    async fn get_media(&self, can: Can<ReadMessages>, media_id: Path<MediaId>) -> Result<Json<MediaOut>> {
        Ok(Json(shape(self.service.media(can.db(), media_id.0).await?)))
    }

    /// Fetch a file again.
    ///
    /// For a file that customers sent and that could not be fetched: while WhatsApp keeps it, for 7 days.
    #[oai(
        path = "/media/:media_id/fetch",
        method = "post",
        operation_id = "fetch_media"
    )]
    async fn fetch_media(&self, can: Can<SendMessages>, media_id: Path<MediaId>) -> Result<Json<MediaOut>> {
        Ok(Json(shape(
            self.service.refetch_media(can.db(), media_id.0).await?,
        )))
    }
}
