//! Fetching what customers sent, in the background (Cloud API: media): the address from the webhook first, then the one
//! the media node names, with the number's token, into the store.

use std::{io, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use cloud_api::{
    client::Client,
    codes::Class,
    error::Error as CloudError,
    ids::{MediaId as WhatsAppMediaId, PhoneNumberId},
};
use contracts::messaging::MediaId;
use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{
    Error, Job, JobContext, JobError, JobOutcome, Result, TenantDb, blob::PutError, job::backoff, retrying,
};
use sea_orm::{ActiveValue::Set, ColumnTrait};
use sentences::{ParamKind, Sentence, Sentences, Term, explain};
use url::Url;

use super::{
    MediaView, key,
    sort::received,
    stream::{metered, peek},
    tell,
};
use crate::{
    entity::media::{ActiveModel, Column, Entity, Model, State},
    error::MessagingError,
    job::FetchMedia,
    service::Service,
};

/// Files of one job fetched at a time.
const CONCURRENCY: usize = 4;
/// No file of WhatsApp's is larger (Cloud API: media).
const LIMIT: u64 = 100 << 20;
/// How long an address from a webhook is tried; it works for five minutes.
const ADDRESS: TimeDelta = TimeDelta::minutes(4);
/// What waits for a person to mend the token or the account is asked for this seldom.
const MENDING: Duration = Duration::from_secs(600);
/// The bytes are in the store.
struct Kept {
    size: u64,
    sha256: [u8; 32],
    mime: String,
}

/// They are not.
struct NotFetched {
    /// Why, for a person.
    reason: Sentences,
    /// When to try again; never if absent.
    after: Option<Duration>,
}

impl NotFetched {
    fn never(reason: impl Into<Sentences>) -> Self {
        Self {
            reason: reason.into(),
            after: None,
        }
    }

    fn later(reason: impl Into<Sentences>, after: Duration) -> Self {
        Self {
            reason: reason.into(),
            after: Some(after),
        }
    }

    /// By class of error (Cloud API: error codes).
    fn from_api(error: &CloudError, attempt: u32) -> Self {
        let reason = explain(error);
        match error.class() {
            Class::Retry => Self::later(reason, backoff(attempt)),
            Class::RateLimited | Class::Later => {
                let wait = backoff(attempt).max(Duration::from_secs(30));
                Self::later(reason, error.retry_after().unwrap_or(wait))
            }
            Class::Token | Class::Account => Self::later(reason, MENDING),
            Class::Fix | Class::Never => Self::never(reason),
        }
    }
}

impl Service {
    /// Fetches what still waits among the files of a job.
    pub async fn fetch_media(&self, context: JobContext, job: FetchMedia) -> JobOutcome {
        let db = &context.db;
        let waiting = db
            .find::<Entity>()
            .filter(Column::Id.is_in(job.media_ids))
            .filter(Column::State.eq(State::Waiting))
            .all()
            .await?;
        let last_try = context.attempt >= FetchMedia::MAX_ATTEMPTS;
        let mut wait: Option<Duration> = None;
        let mut results = std::pin::pin!(
            stream::iter(waiting)
                .map(|row| async {
                    let result = self.fetch_one(db, &row, context.attempt).await;
                    (row, result)
                })
                .buffer_unordered(CONCURRENCY)
                .ready_chunks(CONCURRENCY)
        );
        while let Some(some) = results.next().await {
            let (again, done): (Vec<_>, Vec<_>) = some.into_iter().partition(|(_, result)| {
                !last_try && matches!(result, Err(NotFetched { after: Some(_), .. }))
            });
            for (row, result) in again {
                if let Err(NotFetched {
                    reason,
                    after: Some(after),
                }) = result
                {
                    tracing::info!(media = %row.id, %reason, ?after, "a file will be asked for again");
                    wait = Some(wait.map_or(after, |wait| wait.min(after)));
                }
            }
            retrying(|| record(db, &done)).await?;
        }
        match wait {
            Some(after) => Err(JobError::Retry {
                error: Error::unavailable("WhatsApp has not given every file yet"),
                after: Some(after),
                counts: true,
            }),
            None => Ok(()),
        }
    }

    async fn fetch_one(&self, db: &TenantDb, row: &Model, attempt: u32) -> Result<Kept, NotFetched> {
        let ours = |error: Error| NotFetched::later(own_error(&error), backoff(attempt));
        let (Some(whatsapp_id), Some(channel_id)) = (&row.whatsapp_id, row.channel_id) else {
            return Err(NotFetched::never(Term::NoFileNamed));
        };
        let channel = self.channels.by_id(db, channel_id).await.map_err(ours)?;
        let channel = channel.ok_or_else(|| NotFetched::never(Term::FileNumberRemoved))?;
        let client = self
            .channels
            .client(&channel)
            .map_err(|error| NotFetched::never(own_error(&error)))?;
        let told = row
            .url
            .as_deref()
            .filter(|_| db.clock().now() < row.created_at + ADDRESS);
        if let Some(url) = told.and_then(|url| self.channels.download_address(&channel, url)) {
            match self.download(db, row, &client, url, None, attempt).await {
                // What the node says counts more than what a webhook says.
                Err(DownloadError::Expired | DownloadError::NotTheFile) => {}
                Err(DownloadError::Other(error)) => return Err(error),
                Ok(kept) => return Ok(kept),
            }
        }
        let number = PhoneNumberId::from(channel.phone_number_id.clone());
        let node = client
            .media(&WhatsAppMediaId::from(whatsapp_id.clone()), Some(&number))
            .await
            .map_err(|error| NotFetched::from_api(&error, attempt))?;
        if node.file_size.is_some_and(|size| size > LIMIT) {
            return Err(over_the_limit());
        }
        let named = node
            .url
            .as_deref()
            .and_then(|url| self.channels.download_address(&channel, url));
        let url = named.ok_or_else(|| NotFetched::never(Term::FileAddressForeign))?;
        match self
            .download(db, row, &client, url, node.sha256.as_deref(), attempt)
            .await
        {
            Ok(kept) => Ok(kept),
            Err(DownloadError::Other(error)) => Err(error),
            Err(DownloadError::NotTheFile) => Err(NotFetched::later(Term::FileDiffers, backoff(attempt))),
            Err(DownloadError::Expired) => Err(NotFetched::later(Term::FileAddressDead, backoff(attempt))),
        }
    }

    async fn download(
        &self,
        db: &TenantDb,
        row: &Model,
        client: &Client,
        url: Url,
        told: Option<&str>,
        attempt: u32,
    ) -> Result<Kept, DownloadError> {
        let response = client.download(url).await.map_err(|error| match error.graph() {
            Some(graph) if matches!(graph.http_status, 401 | 403 | 404 | 410) => DownloadError::Expired,
            _ => NotFetched::from_api(&error, attempt).into(),
        })?;
        if response.content_length().is_some_and(|length| length > LIMIT) {
            return Err(over_the_limit().into());
        }
        let expected = response.content_length();
        let bytes = response.bytes_stream();
        let bytes = bytes
            .map_err(|error| io::Error::other(error.without_url()))
            .boxed();
        let broke = |error: io::Error| {
            let broke_off = Sentence::new(Term::FileBrokeOff).text("error", &error.to_string());
            NotFetched::later(broke_off, backoff(attempt))
        };
        let (head, bytes) = peek(bytes).await.map_err(broke)?;
        let (bytes, meter) = metered(bytes, LIMIT);
        let place = key(db.tenant(), row.id).map_err(|error| NotFetched::never(own_error(&error)))?;
        let size = match self.files.parts.store.put(&place, bytes, LIMIT).await {
            Ok(size) => size,
            Err(_) if meter.too_large() => return Err(over_the_limit().into()),
            Err(PutError::TooLarge { .. }) => return Err(over_the_limit().into()),
            Err(PutError::Source(error)) => return Err(broke(error).into()),
            Err(error @ PutError::Store(_)) => {
                tracing::error!(%error, media = %row.id, "a file could not be stored");
                return Err(NotFetched::later(Term::StoreAway, backoff(attempt)).into());
            }
        };
        let sha256 = meter.sha256();
        let mut claims = row.claimed_sha256.iter().map(String::as_str).chain(told);
        if expected.is_some_and(|expected| expected != size) || claims.any(|claim| !is_digest(claim, &sha256))
        {
            // What is not the file must not be taken for it.
            if let Err(error) = self.files.parts.store.delete(&place).await {
                tracing::warn!(%error, media = %row.id, "a broken file stays behind");
            }
            return Err(DownloadError::NotTheFile);
        }
        Ok(Kept {
            size,
            sha256,
            mime: received(&head, &row.mime),
        })
    }

    /// Has a file that failed fetched again.
    ///
    /// # Errors
    /// 404 for an unknown one, 409 `media_not_failed` for one that did not fail, 409 `media_expired` for one that WhatsApp
    /// no longer keeps.
    pub async fn refetch_media(&self, db: &TenantDb, id: MediaId) -> Result<MediaView> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        if row.state != State::Failed {
            return Err(MessagingError::MediaNotFailed.into());
        }
        if row.whatsapp_until.is_none_or(|until| until <= tx.clock().now()) {
            return Err(MessagingError::MediaExpired.into());
        }
        let again = ActiveModel {
            state: Set(State::Waiting),
            reason: Set(None),
            reason_terms: Set(None),
            ..ActiveModel::default()
        };
        tx.update::<Entity>()
            .filter(Column::Id.eq(id))
            .set(again)
            .exec()
            .await?;
        tx.enqueue(&FetchMedia { media_ids: vec![id] })?;
        tell(&mut tx, &[row], State::Waiting).await?;
        tx.commit().await?;
        self.media(db, id).await
    }
}

enum DownloadError {
    /// The address no longer works; there may be a new one.
    Expired,
    /// Bytes came, but of another length or digest than was announced.
    NotTheFile,
    Other(NotFetched),
}

impl From<NotFetched> for DownloadError {
    fn from(error: NotFetched) -> Self {
        Self::Other(error)
    }
}

fn over_the_limit() -> NotFetched {
    let limit = i64::try_from(LIMIT).unwrap_or(i64::MAX);
    NotFetched::never(Sentence::new(Term::FileTooLarge).with("limit", ParamKind::Number, limit))
}

fn own_error(error: &Error) -> Sentence {
    Sentence::new(Term::OwnError).text("error", error.detail())
}

/// One transaction for what ended together.
async fn record(db: &TenantDb, done: &[(Model, Result<Kept, NotFetched>)]) -> Result<()> {
    if done.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    let (mut ready, mut failed) = (Vec::new(), Vec::new());
    for (row, result) in done {
        let change = match result {
            Ok(kept) => ActiveModel {
                state: Set(State::Ready),
                reason: Set(None),
                reason_terms: Set(None),
                mime: Set(kept.mime.clone()),
                size: Set(i64::try_from(kept.size).ok()),
                sha256: Set(Some(hex::encode(kept.sha256))),
                url: Set(None),
                ..ActiveModel::default()
            },
            Err(NotFetched { reason, .. }) => ActiveModel {
                state: Set(State::Failed),
                reason_terms: Set(reason.kept()),
                ..ActiveModel::default()
            },
        };
        // Only what still waits: another run may have ended before this one.
        let changed = tx
            .update::<Entity>()
            .filter(Column::Id.eq(row.id))
            .filter(Column::State.eq(State::Waiting))
            .set(change)
            .exec()
            .await?;
        if changed > 0 {
            let list = if result.is_ok() { &mut ready } else { &mut failed };
            list.push(row.clone());
        }
    }
    tell(&mut tx, &ready, State::Ready).await?;
    tell(&mut tx, &failed, State::Failed).await?;
    tx.commit().await
}

/// Webhooks and nodes write a digest in base64 or in hex (Cloud API: media).
fn is_digest(claim: &str, sha256: &[u8; 32]) -> bool {
    let claim = claim.trim();
    claim.eq_ignore_ascii_case(&hex::encode(sha256))
        || claim.trim_end_matches('=') == STANDARD.encode(sha256).trim_end_matches('=')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_may_be_hex_or_base64() {
        let digest = [0xAB; 32];
        let base64 = STANDARD.encode(digest);
        for claim in [
            hex::encode(digest),
            hex::encode_upper(digest),
            base64.clone(),
            base64.replace('=', ""),
        ] {
            assert!(is_digest(&claim, &digest), "{claim}");
        }
        for claim in ["", "=", &hex::encode([0xAC; 32]), &base64[1..]] {
            assert!(!is_digest(claim, &digest), "{claim}");
        }
    }
}
