//! Samples of headers: a file is kept for as long as it takes to upload it to WhatsApp, whose handle templates name (Cloud API: media,
//! resumable upload). WhatsApp wants to know the size first, so it cannot be passed on as it comes; it goes through the file store and
//! is never whole in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Bytes, BytesMut};
use chrono::TimeDelta;
use cloud_api::{
    client::{Client, UploadSession, Uploaded},
    codes::Class,
    error::Error as GraphFailure,
};
use contracts::channels::ChannelId;
use futures_util::{StreamExt, stream};
use kernel::{
    BlobKey, Error, JobContext, JobOutcome, Result, TenantDb, TenantId,
    blob::{ByteStream, PutError},
};
use reqwest::Body;
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::OnConflict};

use super::Service;
use crate::{
    entity::account::{ActiveModel, Column, Entity},
    error::TemplateError,
    job::DropSample,
};

/// Samples of one tenant that a process uploads at a time.
const AT_A_TIME: usize = 2;
/// When a file is removed whose upload was interrupted.
const LEFT_OVER: TimeDelta = TimeDelta::hours(1);
/// First bytes that say what a file is.
const HEAD: usize = 4_096;
/// Uploads that are opened for a file, and parts that are sent of each.
const TRIES: (usize, usize) = (2, 4);
/// In how many parts WhatsApp may take a file, those that failed counted.
const PARTS: usize = 1_000;

/// What a sample shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleKind {
    /// image/jpeg or image/png up to 5 MB.
    Image,
    /// video/mp4 up to 16 MB.
    Video,
    /// application/pdf up to 100 MB.
    Document,
}

impl SampleKind {
    /// The largest file, in bytes (Cloud API: media).
    pub fn limit(self) -> u64 {
        match self {
            Self::Image => 5 << 20,
            Self::Video => 16 << 20,
            Self::Document => 100 << 20,
        }
    }

    /// What the bytes are: kind, type and an ending.
    fn of(head: &[u8]) -> Result<(Self, &'static str, &'static str), TemplateError> {
        let found = infer::get(head).map(|found| found.mime_type());
        match found {
            Some("image/jpeg") => Ok((Self::Image, "image/jpeg", "jpg")),
            Some("image/png") => Ok((Self::Image, "image/png", "png")),
            Some("video/mp4") => Ok((Self::Video, "video/mp4", "mp4")),
            Some("application/pdf") => Ok((Self::Document, "application/pdf", "pdf")),
            found => Err(TemplateError::MediaType(format!(
                "is {}; a header shows a picture (image/jpeg, image/png), a video (video/mp4) or a document (application/pdf)",
                found.unwrap_or("of an unknown type")
            ))),
        }
    }
}

/// A file that is kept until it is uploaded.
#[derive(Debug)]
pub struct Kept {
    name: String,
    key: BlobKey,
    kind: SampleKind,
    mime: &'static str,
    ending: &'static str,
    size: u64,
}

/// A sample that WhatsApp has.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its handle, for `example.header_handle` of a header.
    pub handle: String,
    /// What it shows.
    pub kind: SampleKind,
    /// Bytes.
    pub size: u64,
}

/// How many samples of each tenant are under way in this process.
#[derive(Clone, Debug, Default)]
pub(super) struct Places(Arc<Mutex<HashMap<TenantId, usize>>>);

/// One of a tenant's samples under way.
#[derive(Debug)]
pub struct Place {
    places: Places,
    tenant: TenantId,
}

impl Places {
    fn take(&self, tenant: TenantId) -> Result<Place, TemplateError> {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = table.entry(tenant).or_default();
        if *count >= AT_A_TIME {
            return Err(TemplateError::TooManySamples(AT_A_TIME));
        }
        *count += 1;
        Ok(Place {
            places: self.clone(),
            tenant,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = table.get_mut(&self.tenant).map_or(0, |count| {
            *count -= 1;
            *count
        });
        if left == 0 {
            table.remove(&self.tenant);
        }
    }
}

impl Service {
    /// A place for one sample, until it is dropped.
    ///
    /// # Errors
    /// 429 when the tenant has too many under way.
    pub fn sample_place(&self, db: &TenantDb) -> Result<Place> {
        Ok(self.places.take(db.tenant())?)
    }

    /// Keeps a file as its bytes come, after a look at what it is.
    ///
    /// # Errors
    /// 422 `media_type`, 413 `too_large`, 400 where the bytes break off.
    pub async fn keep_sample(&self, db: &TenantDb, bytes: ByteStream) -> Result<Kept> {
        let (head, bytes) = peek(bytes).await.map_err(PutError::Source)?;
        if head.is_empty() {
            return Err(Error::invalid("file", "is empty"));
        }
        let (kind, mime, ending) = SampleKind::of(&head)?;
        let name = db.clock().new_uuid().simple().to_string();
        let key = key(db.tenant(), &name)?;
        let mut tx = db.begin().await?;
        tx.enqueue_at(&DropSample { name: name.clone() }, tx.clock().now() + LEFT_OVER)?;
        tx.commit().await?;
        let limit = kind.limit();
        let size = self
            .store
            .put(&key, bytes, limit)
            .await
            .map_err(|error| match error {
                PutError::TooLarge { .. } => TemplateError::TooLarge { limit }.into(),
                other => Error::from(other),
            })?;
        Ok(Kept {
            name,
            key,
            kind,
            mime,
            ending,
            size,
        })
    }

    /// Uploads a kept file to WhatsApp with the token of a number.
    ///
    /// # Errors
    /// 422 `app_unknown` where the app of the token is not known, 502 `whatsapp_refused`; else as the number's.
    pub async fn upload_sample(
        &self,
        db: &TenantDb,
        kept: &Kept,
        channel: Option<ChannelId>,
        app: Option<String>,
    ) -> Result<Sample> {
        let number = self.number(db, channel).await?;
        let client = self.channels.client(&number)?;
        let app = App {
            given: app,
            kept: kept_app(db, &number.waba_id).await?,
        };
        let handle = self.uploaded(&client, kept, app).await;
        let (handle, app) = handle?;
        keep_app(db, &number.waba_id, &app).await?;
        Ok(Sample {
            handle,
            kind: kept.kind,
            size: kept.size,
        })
    }

    /// Removes a kept file.
    pub async fn drop_sample(&self, kept: Kept) {
        if let Err(error) = self.store.delete(&kept.key).await {
            // The job removes it later.
            tracing::warn!(%error, sample = kept.name, "a sample was not removed");
        }
    }

    /// Removes a file whose upload was interrupted.
    pub async fn drop_left_over(&self, context: JobContext, job: DropSample) -> JobOutcome {
        let key = key(context.db.tenant(), &job.name)?;
        Ok(self.store.delete(&key).await?)
    }

    /// The handle of the file, and the app it was uploaded to.
    async fn uploaded(&self, client: &Client, kept: &Kept, app: App) -> Result<(String, String)> {
        let mut id = match app.known() {
            Some(id) => id.to_owned(),
            None => own_app(client).await?,
        };
        let mut lost = None;
        for _ in 0..TRIES.0 {
            let session = match open(client, &id, kept).await {
                // The token may be another app's by now.
                Err(error) if error.graph().is_some() && app.is_kept() => {
                    let own = own_app(client).await?;
                    if own == id {
                        return Err(TemplateError::from(error).into());
                    }
                    id = own;
                    open(client, &id, kept).await
                }
                opened => opened,
            };
            let session = session.map_err(TemplateError::from)?;
            match self.send(client, &session, kept).await? {
                Ok(handle) => return Ok((handle, id)),
                Err(error) => lost = Some(error),
            }
        }
        let lost = lost.map(TemplateError::from);
        Err(lost.map_or_else(|| Error::internal("a sample was not uploaded"), Into::into))
    }

    /// Sends the file, from where WhatsApp has it after each interruption. The inner error says that the session is of no use any
    /// more, such as when the answer with its handle was lost.
    async fn send(
        &self,
        client: &Client,
        session: &UploadSession,
        kept: &Kept,
    ) -> Result<std::result::Result<String, GraphFailure>> {
        let (mut offset, mut failed) = (0, 0);
        for _ in 0..PARTS {
            let rest = self.store.read(&kept.key, Some(offset..kept.size)).await?;
            let sent = client
                .upload(session, offset, Body::wrap_stream(rest), kept.size - offset)
                .await;
            let error = match sent {
                Ok(Uploaded::Handle(handle)) => return Ok(Ok(handle)),
                Ok(Uploaded::Part(arrived)) if arrived > offset && arrived < kept.size => {
                    offset = arrived;
                    continue;
                }
                Ok(Uploaded::Part(_)) => GraphFailure::Ambiguous {
                    reason: "WhatsApp counts the bytes of the file otherwise".to_owned(),
                    http_status: None,
                    source: None,
                },
                Err(error) if error.class() != Class::Retry => {
                    return Err(TemplateError::from(error).into());
                }
                Err(error) => error,
            };
            failed += 1;
            if failed >= TRIES.1 {
                return Err(TemplateError::from(error).into());
            }
            match client.uploaded(session).await {
                Ok(arrived) if arrived < kept.size => offset = arrived,
                Ok(_) => return Ok(Err(error)),
                Err(gone) if gone.graph().is_some() => return Ok(Err(error)),
                Err(away) => return Err(TemplateError::from(away).into()),
            }
        }
        Ok(Err(GraphFailure::Ambiguous {
            reason: "WhatsApp takes the file in too many parts".to_owned(),
            http_status: None,
            source: None,
        }))
    }
}

/// Which app a sample is uploaded to.
struct App {
    given: Option<String>,
    kept: Option<String>,
}

impl App {
    fn known(&self) -> Option<&str> {
        self.given.as_deref().or(self.kept.as_deref())
    }

    fn is_kept(&self) -> bool {
        self.given.is_none() && self.kept.is_some()
    }
}

async fn open(client: &Client, app: &str, kept: &Kept) -> Result<UploadSession, GraphFailure> {
    let file_name = format!("sample.{}", kept.ending);
    client.open_upload(app, &file_name, kept.size, kept.mime).await
}

/// The app of the token.
async fn own_app(client: &Client) -> Result<String> {
    match client.app().await {
        Ok(app) => Ok(app.id),
        Err(error) if error.graph().is_some() && !error.class().is_retryable() => {
            Err(TemplateError::AppUnknown(sentences::explain(&error).to_string()).into())
        }
        Err(error) => Err(TemplateError::from(error).into()),
    }
}

async fn kept_app(db: &TenantDb, waba_id: &str) -> Result<Option<String>> {
    let account = db.find::<Entity>().filter(Column::WabaId.eq(waba_id));
    Ok(account.one().await?.and_then(|account| account.app_id))
}

async fn keep_app(db: &TenantDb, waba_id: &str, app: &str) -> Result<()> {
    if kept_app(db, waba_id).await?.as_deref() == Some(app) {
        return Ok(());
    }
    let row = ActiveModel {
        waba_id: Set(waba_id.to_owned()),
        app_id: Set(Some(app.to_owned())),
        ..Default::default()
    };
    let known = OnConflict::columns([Column::TenantId, Column::WabaId])
        .update_column(Column::AppId)
        .to_owned();
    let tx = db.begin().await?;
    tx.upsert::<Entity>(vec![row], known).await?;
    tx.commit().await
}

/// Where a sample lies.
fn key(tenant: TenantId, name: &str) -> Result<BlobKey> {
    BlobKey::new(tenant, &format!("samples/{name}"))
}

/// Reads the first bytes. They come again in the stream that is given back.
async fn peek(mut bytes: ByteStream) -> std::io::Result<(Bytes, ByteStream)> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match bytes.next().await {
            Some(part) => head.extend_from_slice(&part?),
            None => break,
        }
    }
    let head = head.freeze();
    let again = head.clone();
    let whole = stream::once(async move { Ok(again) }).chain(bytes).boxed();
    Ok((head, whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_say_what_a_file_is() {
        let kind = |head: &[u8]| SampleKind::of(head).map(|(kind, mime, _)| (kind, mime));
        let mp4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
        assert_eq!(
            kind(b"\xff\xd8\xff\xe0").unwrap(),
            (SampleKind::Image, "image/jpeg")
        );
        assert_eq!(
            kind(b"\x89PNG\r\n\x1a\n").unwrap(),
            (SampleKind::Image, "image/png")
        );
        assert_eq!(kind(mp4).unwrap(), (SampleKind::Video, "video/mp4"));
        assert_eq!(
            kind(b"%PDF-1.7\n").unwrap(),
            (SampleKind::Document, "application/pdf")
        );
        for other in [&b"GIF89a"[..], b"<html>", b"RIFF\0\0\0\0WEBPVP8 ", b"x"] {
            let error = kind(other).unwrap_err().to_string();
            assert!(error.contains("image/jpeg"), "{error}");
        }
    }

    #[test]
    fn a_tenant_has_a_few_places_and_gets_them_back() {
        use kernel::id::Id;
        let places = Places::default();
        let tenant = |n: u128| TenantId::from_uuid(uuid_of(n));
        let first = places.take(tenant(1)).unwrap();
        let _second = places.take(tenant(1)).unwrap();
        assert!(places.take(tenant(1)).is_err());
        assert!(places.take(tenant(2)).is_ok());
        drop(first);
        assert!(places.take(tenant(1)).is_ok());
    }

    fn uuid_of(n: u128) -> kernel::reexport::uuid::Uuid {
        kernel::reexport::uuid::Uuid::from_u128(n)
    }
}
