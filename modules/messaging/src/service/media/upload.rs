//! Stores a file that a customer uploads.

use std::sync::Arc;

use chrono::TimeDelta;
use cloud_api::media::MediaKind;
use contracts::messaging::MediaId;
use kernel::{
    Error, FetchError, Result, TenantDb,
    blob::{ByteStream, PutError},
};
use poem::http::StatusCode;
use sea_orm::{ActiveValue::Set, ColumnTrait};
use tokio::sync::Semaphore;
use url::Url;

use super::{
    MediaView, key,
    sort::{Sort, Told, sort, too_large},
    stream::{metered, peek},
};
use crate::{
    entity::{
        Direction,
        media::{ActiveModel, Column, Entity, State},
    },
    job::SweepMedia,
    service::Service,
};

/// How long an upload that no message takes along is kept.
pub(super) const UNUSED: TimeDelta = TimeDelta::days(30);
/// Files of one tenant that are stored at a time by one process, so that slow senders hold up nobody else.
const AT_A_TIME: usize = 4;
/// A name longer than this is cut.
const FILE_NAME: usize = 255;
/// Letters of an ending that a cut leaves alone.
const ENDING: usize = 16;

/// A file to keep.
#[derive(Clone, Debug, Default)]
pub struct NewMedia {
    /// As what it is to be sent; by its type when absent.
    pub kind: Option<MediaKind>,
    /// Its type as claimed.
    pub mime: Option<String>,
    /// Its name.
    pub file_name: Option<String>,
    /// Its size as claimed.
    pub size: Option<u64>,
}

impl NewMedia {
    fn told(&self) -> Told<'_> {
        Told {
            mime: self.mime.as_deref(),
            name: self.file_name.as_deref(),
            kind: self.kind,
        }
    }
}

impl Service {
    /// Stores a file as its bytes come.
    ///
    /// # Errors
    /// 413 for a file beyond WhatsApp's limit of its kind, 422 `media_type` for one that is not what it is said to be, or
    /// that WhatsApp does not take as that kind.
    pub async fn upload_media(&self, db: &TenantDb, new: NewMedia, bytes: ByteStream) -> Result<MediaView> {
        let (head, bytes) = peek(bytes).await.map_err(PutError::Source)?;
        let sorted = if head.is_empty() {
            Err(Error::invalid("file", "is empty"))
        } else {
            sort(&head, new.told())
        };
        let sorted = match sorted {
            Ok(sort) if new.size.is_some_and(|size| size > sort.limit) => Err(too_large(&sort)),
            other => other,
        };
        self.keep(db, new.file_name, sorted?, bytes).await
    }

    /// Fetches a file from the public internet and stores it.
    ///
    /// # Errors
    /// 422 `link_refused` for an address that may not be fetched, 502 `link_failed` for one that does not give the file,
    /// else as [`Service::upload_media`].
    pub async fn rehost(&self, db: &TenantDb, new: NewMedia, link: &str) -> Result<MediaView> {
        let url = Url::parse(link).map_err(|_| Error::invalid("link", "is not an address"))?;
        let fetched = self
            .files
            .parts
            .fetcher
            .get(&url)
            .await
            .map_err(|error| match error {
                FetchError::Refused(why) => Error::invalid("link", why).with_code("link_refused"),
                other => Error::new(
                    StatusCode::BAD_GATEWAY,
                    "link_failed",
                    format!("The file was not fetched: {other}."),
                ),
            })?;
        let named = fetched
            .url
            .path_segments()
            .and_then(|mut parts| parts.next_back());
        let named = named.filter(|name| !name.is_empty()).map(|name| {
            percent_encoding::percent_decode_str(name)
                .decode_utf8_lossy()
                .into_owned()
        });
        let new = NewMedia {
            mime: fetched.content_type,
            file_name: new.file_name.or(fetched.file_name).or(named),
            size: fetched.length,
            ..new
        };
        let (head, bytes) = peek(fetched.bytes).await.map_err(PutError::Source)?;
        let sorted = sort(&head, new.told())?;
        if new.size.is_some_and(|size| size > sorted.limit) {
            return Err(too_large(&sorted));
        }
        self.keep(db, new.file_name, sorted, bytes).await
    }

    /// Row first, then bytes, then `ready`: what is interrupted leaves a row that the sweep finds, never bytes that
    /// nobody knows.
    async fn keep(
        &self,
        db: &TenantDb,
        file_name: Option<String>,
        sorted: Sort,
        bytes: ByteStream,
    ) -> Result<MediaView> {
        let at_a_time = async { Arc::new(Semaphore::new(AT_A_TIME)) };
        let places = self.files.uploads.get_with(db.tenant(), at_a_time).await;
        let Ok(_place) = places.try_acquire() else {
            let detail =
                format!("{AT_A_TIME} files of yours are being stored right now; wait for one to end.");
            return Err(Error::too_many(detail, 1));
        };
        let id: MediaId = db.clock().new_id();
        let now = db.clock().now();
        let mut tx = db.begin().await?;
        let row = ActiveModel {
            id: Set(id),
            direction: Set(Direction::Outbound),
            kind: Set(sorted.kind.as_str().to_owned()),
            mime: Set(sorted.mime.clone()),
            file_name: Set(file_name
                .map(|name| clean_name(&name))
                .filter(|name| !name.is_empty())),
            state: Set(State::Waiting),
            created_at: Set(now),
            ..ActiveModel::default()
        };
        tx.insert::<Entity>(row).await?;
        tx.enqueue_at(&SweepMedia {}, now + UNUSED + TimeDelta::minutes(1))?;
        tx.commit().await?;
        let (bytes, meter) = metered(bytes, sorted.limit);
        let stored = self
            .files
            .parts
            .store
            .put(&key(db.tenant(), id)?, bytes, sorted.limit)
            .await;
        let tx = db.begin().await?;
        let size = match stored {
            Ok(size) => size,
            Err(error) => {
                tx.delete::<Entity>().filter(Column::Id.eq(id)).exec().await?;
                tx.commit().await?;
                return Err(match error {
                    _ if meter.too_large() => too_large(&sorted),
                    other => other.into(),
                });
            }
        };
        let ready = ActiveModel {
            size: Set(i64::try_from(size).ok()),
            sha256: Set(Some(hex::encode(meter.sha256()))),
            state: Set(State::Ready),
            ..ActiveModel::default()
        };
        tx.update::<Entity>()
            .filter(Column::Id.eq(id))
            .set(ready)
            .exec()
            .await?;
        tx.commit().await?;
        self.media(db, id).await
    }
}

/// The last part of a path, without what is invisible or steers a terminal. One that is too long keeps its ending, by which
/// the recipient's phone opens it.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_unseen(*c))
        .collect();
    let shown = shown.trim().trim_start_matches('.');
    if !text::name::is_visible(shown) {
        return String::new();
    }
    let length = shown.chars().count();
    if length <= FILE_NAME {
        return shown.to_owned();
    }
    let (stem, ending) = match shown.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= ENDING => (stem, format!(".{}", ending.trim())),
        _ => (shown, String::new()),
    };
    let room = FILE_NAME - ending.chars().count();
    let stem: String = stem.chars().take(room).collect();
    format!("{}{ending}", stem.trim_end())
}

/// Characters that turn the direction of text, so that `gpj.exe` would show as `exe.jpg`, and such that show nothing.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_not_a_path() {
        for (given, kept) in [
            ("invoice.pdf", "invoice.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\a.png", "a.png"),
            ("a\r\nX: y", "aX: y"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            (".htaccess", "htaccess"),
            ("..", ""),
            ("Größe №1.pdf", "Größe №1.pdf"),
            ("\u{feff}\u{200b}", ""),
            ("a\u{2028}b.pdf", "ab.pdf"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
        assert_eq!(clean_name(&"é".repeat(400)).chars().count(), 255);
        let cut = clean_name(&format!("{}.pdf", "é".repeat(400)));
        assert_eq!((cut.chars().count(), cut.ends_with("é.pdf")), (255, true));
        let cut = clean_name(&format!("a.{}", "é".repeat(400)));
        assert_eq!((cut.chars().count(), cut.starts_with("a.é")), (255, true));
    }
}
