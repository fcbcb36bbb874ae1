//! Our files on WhatsApp's side: before a message leaves, each file it names is uploaded for the number it leaves from,
//! once in 29 days, and WhatsApp's id takes the place of ours (Cloud API: media).

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use cloud_api::{
    client::Upload,
    codes::{Action, action_of},
    error::Error as CloudError,
    ids::PhoneNumberId,
    media::MediaKind,
    message::{Content, MediaSource, NamedFile},
};
use contracts::{
    channels::Channel,
    messaging::{MediaId, MediaLibrary, OutgoingMessage},
};
use kernel::{Error, Result, TenantDb, TenantTx, padded, retrying, tenant::not_found};
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::OnConflict};
use sentences::{Sentence, Sentences, Term, explain};

use super::{
    key,
    sort::{self, fits, limit_unseen},
    types::{canonical, upload_as},
};
use crate::{
    entity::{
        media::{self, ActiveModel, Column, Entity, State},
        media_copy,
        message::Failure,
    },
    error::MessagingError,
    service::Service,
};

/// WhatsApp keeps an uploaded file for 30 days; a copy is used for a day less.
const KEPT: TimeDelta = TimeDelta::days(29);
/// How long a message waits for its file, unless WhatsApp says how long.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// A copy on WhatsApp's side.
#[derive(Clone, Debug)]
pub(in crate::service) struct Placed {
    whatsapp_id: String,
    until: DateTime<Utc>,
    /// The file's name, for documents that are sent without one.
    file_name: Option<String>,
}

/// A message cannot leave because its file is not on WhatsApp's side. The message certainly was not sent.
#[derive(Clone, Debug)]
pub(in crate::service) enum NotPlaced {
    /// Try again after this long.
    Later {
        /// How long.
        after: Duration,
        /// Why, should it never succeed.
        failure: Failure,
    },
    /// It will never be there.
    Never(Failure),
    /// The number or its token is in trouble.
    Refused {
        /// Why, for the message.
        failure: Failure,
        /// Why and what to do, for the number.
        channel_trouble: Sentences,
        /// For how long it may not send; none when somebody has to do something.
        length: Option<Duration>,
    },
}

impl NotPlaced {
    fn from_api(error: &CloudError) -> Self {
        let failure = match error.graph() {
            Some(graph) => Failure::told(
                Some(graph.code),
                graph.advice().title.to_owned(),
                Some(graph.details.clone().unwrap_or_else(|| graph.message.clone())),
            ),
            None => Failure::of_ours(Sentence::new(Term::NotReached).text("error", &error.to_string())),
        };
        let code = error.graph().map_or(0, |graph| graph.code);
        match action_of(code, error.class()) {
            // An upload whose outcome is not known is repeated without harm.
            Action::Retry | Action::SlowDownNumber | Action::SlowDownContact => Self::Later {
                after: error.retry_after().unwrap_or(AGAIN_AFTER),
                failure,
            },
            Action::Stop(stop) => Self::Refused {
                failure,
                channel_trouble: explain(error),
                length: stop.length(),
            },
            Action::Fail => Self::Never(failure),
        }
    }
}

impl From<Error> for NotPlaced {
    fn from(error: Error) -> Self {
        if error.status().is_server_error() {
            Self::Later {
                after: AGAIN_AFTER,
                failure: of_error(&error),
            }
        } else {
            Self::Never(of_error(&error))
        }
    }
}

impl Service {
    /// The content with WhatsApp's ids in place of ours, uploading what is not there yet. A document without a name gets
    /// the one its file has. Content without our ids costs no look at the database.
    ///
    /// # Errors
    /// See [`NotPlaced`].
    pub(in crate::service) async fn place_media(
        &self,
        db: &TenantDb,
        channel: &Channel,
        mut content: Content,
    ) -> Result<Content, NotPlaced> {
        for file in content.files_mut() {
            let mut known = None;
            if let Some(id) = ours(file.source) {
                let placed = self.placed(db, channel, id).await?;
                *file.source = MediaSource::Id(placed.whatsapp_id.into());
                known = placed.file_name;
            }
            if let Some(name) = file.filename {
                name_it(name, known);
            }
        }
        Ok(content)
    }

    /// WhatsApp's copy of a file. Of those who ask at the same time one uploads and the others wait for it.
    async fn placed(&self, db: &TenantDb, channel: &Channel, id: MediaId) -> Result<Placed, NotPlaced> {
        let place = (db.tenant(), id, channel.id);
        if let Some(placed) = self.files.placed.get(&place).await {
            if placed.until > db.clock().now() {
                return Ok(placed);
            }
            self.files.placed.invalidate(&place).await;
        }
        let placed = self
            .files
            .placed
            .try_get_with(place, self.known_or_uploaded(db, channel, id))
            .await;
        placed.map_err(|error: Arc<NotPlaced>| (*error).clone())
    }

    async fn known_or_uploaded(
        &self,
        db: &TenantDb,
        channel: &Channel,
        id: MediaId,
    ) -> Result<Placed, NotPlaced> {
        let copy = db
            .find::<media_copy::Entity>()
            .filter(media_copy::Column::MediaId.eq(id))
            .filter(media_copy::Column::ChannelId.eq(channel.id))
            .filter(media_copy::Column::Until.gt(db.clock().now()))
            .one()
            .await?;
        let row = db.find::<Entity>().with_id(id).one().await?;
        if let Some(copy) = copy {
            return Ok(Placed {
                whatsapp_id: copy.whatsapp_id,
                until: copy.until,
                file_name: row.and_then(|row| row.file_name),
            });
        }
        let row = row
            .filter(|row| row.state == State::Ready)
            .ok_or_else(|| NotPlaced::Never(Failure::of_ours(Term::FileGone)))?;
        let placed = self.upload_to_whatsapp(db, channel, &row).await?;
        retrying(|| remember(db, channel, id, &placed)).await?;
        Ok(placed)
    }

    async fn upload_to_whatsapp(
        &self,
        db: &TenantDb,
        channel: &Channel,
        row: &media::Model,
    ) -> Result<Placed, NotPlaced> {
        let client = self.channels.client(channel)?;
        let bytes = self
            .files
            .parts
            .store
            .read(&key(db.tenant(), row.id)?, None)
            .await?;
        let name = row.file_name.clone();
        let mime = canonical(&row.mime);
        let upload = Upload {
            body: cloud_body(bytes),
            size: u64::try_from(row.size.unwrap_or_default()).unwrap_or_default(),
            mime_type: mime
                .as_deref()
                .and_then(upload_as)
                .unwrap_or(&row.mime)
                .to_owned(),
            file_name: name.clone().unwrap_or_else(|| row.id.to_string()),
        };
        let number = PhoneNumberId::from(channel.phone_number_id.clone());
        let whatsapp_id = client
            .upload_media(&number, upload)
            .await
            .map_err(|error| NotPlaced::from_api(&error))?;
        Ok(Placed {
            whatsapp_id: whatsapp_id.into_string(),
            until: db.clock().now() + KEPT,
            file_name: name,
        })
    }
}

/// Gives a document the name of its file, unless the message names it. An empty name is none.
fn name_it(name: &mut Option<String>, known: Option<String>) {
    if name.as_deref().is_none_or(|name| name.trim().is_empty()) {
        *name = known;
    }
}

fn cloud_body(bytes: kernel::blob::ByteStream) -> reqwest::Body {
    reqwest::Body::wrap_stream(bytes)
}

async fn remember(db: &TenantDb, channel: &Channel, id: MediaId, placed: &Placed) -> Result<()> {
    use media_copy::{ActiveModel, Column, Entity};
    let row = ActiveModel {
        media_id: Set(id),
        channel_id: Set(channel.id),
        whatsapp_id: Set(placed.whatsapp_id.chars().take(128).collect()),
        until: Set(placed.until),
        ..ActiveModel::default()
    };
    let newer = OnConflict::columns([Column::TenantId, Column::MediaId, Column::ChannelId])
        .update_columns([Column::WhatsappId, Column::Until])
        .to_owned();
    let tx = db.begin().await?;
    tx.upsert::<Entity>(vec![row], newer).await?;
    tx.commit().await
}

/// As what a message sends a file.
#[derive(Clone, Copy)]
struct Wanted {
    kind: MediaKind,
    /// As a voice message.
    voice: bool,
}

/// Looks at the files that messages name: why each message may not leave because of them. One read for 500 files.
///
/// The reasons: 404 for a file that is not the tenant's, 409 `media_not_ready` for one that is not there yet, 422 `media_type` for
/// one that cannot be sent as this kind, 422 when it is larger than that.
pub(in crate::service) async fn check<'m>(
    tx: &TenantTx,
    messages: impl Iterator<Item = &'m OutgoingMessage>,
) -> Result<Vec<Option<Error>>> {
    unsendable(tx, messages.map(named).collect()).await
}

/// As [`check`], of the files that each message names.
async fn unsendable(tx: &TenantTx, wanted: Vec<Vec<(MediaId, Wanted)>>) -> Result<Vec<Option<Error>>> {
    let mut ids: Vec<MediaId> = wanted.iter().flatten().map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(wanted.iter().map(|_| None).collect());
    }
    ids.sort_unstable();
    ids.dedup();
    let mut rows = HashMap::new();
    for some in ids.chunks(500) {
        let these = tx
            .find::<Entity>()
            .filter(Column::Id.is_in(padded(some.iter().copied())));
        rows.extend(these.all().await?.into_iter().map(|row| (row.id, row)));
    }
    let why = |wanted: Vec<(MediaId, Wanted)>| {
        let mut all = wanted.into_iter();
        all.find_map(|(id, wanted)| match rows.get(&id) {
            Some(row) => sendable(row, &wanted).err(),
            None => Some(not_found::<Entity>()),
        })
    };
    Ok(wanted.into_iter().map(why).collect())
}

/// The port, for other modules.
#[derive(Debug)]
pub(crate) struct Library;

#[async_trait::async_trait]
impl MediaLibrary for Library {
    async fn unsendable(&self, tx: &TenantTx, files: &[(MediaId, MediaKind)]) -> Result<Vec<Option<Error>>> {
        let wanted = |(id, kind): &(MediaId, MediaKind)| {
            let (kind, voice) = (*kind, false);
            vec![(*id, Wanted { kind, voice })]
        };
        unsendable(tx, files.iter().map(wanted).collect()).await
    }
}

/// Our files that a message names, and as what.
fn named(message: &OutgoingMessage) -> Vec<(MediaId, Wanted)> {
    let voice = matches!(message.content, Content::Audio { voice: true, .. });
    let files = message.content.files().into_iter();
    let ours =
        files.filter_map(|NamedFile { kind, source, .. }| Some((ours(source)?, Wanted { kind, voice })));
    ours.collect()
}

/// Whether a file is there and can be sent as what it is named.
fn sendable(row: &media::Model, wanted: &Wanted) -> Result<()> {
    let Wanted { kind, voice } = *wanted;
    if row.state != State::Ready {
        return Err(MessagingError::MediaNotReady.into());
    }
    let mime = canonical(&row.mime).unwrap_or_else(|| row.mime.clone());
    fits(kind, &mime)?;
    if voice && mime != "audio/ogg" {
        let rule = format!(
            "WhatsApp takes only audio/ogg (Opus) as a voice message, not {mime}; send it without `voice`"
        );
        return Err(sort::wrong(rule));
    }
    let limit = limit_unseen(kind, &mime, &row.kind);
    let size = row.size.and_then(|size| u64::try_from(size).ok());
    if size.is_some_and(|size| size > limit) {
        return Err(sort::wrong(format!(
            "WhatsApp takes at most {limit} bytes as {} of the type {mime}",
            kind.as_str()
        )));
    }
    Ok(())
}

/// Notes that the files of messages are used: the sweep of unused uploads leaves them alone. No statement where there are none.
pub(in crate::service) async fn use_files<'m>(
    tx: &TenantTx,
    messages: impl Iterator<Item = &'m OutgoingMessage>,
) -> Result<()> {
    let mut ids: Vec<MediaId> = messages.flat_map(|message| mentioned(&message.content)).collect();
    ids.sort_unstable();
    ids.dedup();
    for some in ids.chunks(500) {
        let used = ActiveModel {
            used_at: Set(Some(tx.clock().now())),
            ..ActiveModel::default()
        };
        tx.update::<Entity>()
            .filter(Column::Id.is_in(padded(some.iter().copied())))
            .filter(Column::UsedAt.is_null())
            .set(used)
            .exec()
            .await?;
    }
    Ok(())
}

/// Our files in a content, in the order in which it shows them.
pub(in crate::service) fn mentioned(content: &Content) -> Vec<MediaId> {
    let named = content.files().into_iter();
    named.filter_map(|file| ours(file.source)).collect()
}

/// An id of ours stands where WhatsApp's will stand.
fn ours(source: &MediaSource) -> Option<MediaId> {
    match source {
        MediaSource::Id(id) => id.as_str().parse().ok(),
        MediaSource::Link(_) => None,
    }
}

fn of_error(error: &Error) -> Failure {
    Failure::of_ours(Sentence::new(Term::OwnError).text("error", error.detail()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const OURS: &str = "med_0199c0a4d2c87b1e9a3f5d6e7f809112";

    fn read(kind: &str, wire: &Value) -> Content {
        Content::from_wire(kind, wire).unwrap()
    }

    #[test]
    fn our_ids_are_found_wherever_a_file_may_stand() {
        let card = json!({
            "header": { "type": "image", "image": { "id": OURS } }, "body": { "text": "x" },
            "action": { "name": "cta_url", "parameters": { "display_text": "x", "url": "https://x.example/" } },
        });
        for (kind, wire) in [
            ("image", json!({ "id": OURS, "caption": "A" })),
            (
                "template",
                json!({ "name": "t", "language": { "code": "en" }, "components": [
                { "type": "header", "parameters": [{ "type": "image", "image": { "id": OURS } }] },
                { "type": "body", "parameters": [{ "type": "text", "text": OURS }] },
            ] }),
            ),
            (
                "template",
                json!({ "name": "t", "language": { "code": "en" }, "components": [
                { "type": "carousel", "cards": [{ "card_index": 0, "components": [
                { "type": "header", "parameters": [{ "type": "video", "video": { "id": OURS } }] },
            ] }] }] }),
            ),
            (
                "interactive",
                json!({ "type": "button", "header": { "type": "document", "document": { "id": OURS } },
                "body": { "text": "x" }, "action": { "buttons": [] } }),
            ),
            (
                "interactive",
                json!({ "type": "carousel", "body": { "text": "x" }, "action": { "cards": [card] } }),
            ),
        ] {
            let mut content = read(kind, &wire);
            assert_eq!(mentioned(&content), [OURS.parse().unwrap()], "{wire}");
            for file in content.files_mut() {
                *file.source = MediaSource::Id("1203450067891234".into());
            }
            let placed = content.wire().to_string();
            assert!(placed.contains("\"id\":\"1203450067891234\""), "{placed}");
            assert_eq!(mentioned(&content), []);
        }
    }

    #[test]
    fn a_document_gets_its_files_name_wherever_it_stands() {
        let document = json!({ "id": OURS });
        for (kind, wire) in [
            ("document", document.clone()),
            ("document", json!({ "id": OURS, "filename": "" })),
            ("document", json!({ "id": OURS, "filename": "  " })),
            (
                "template",
                json!({ "name": "t", "language": { "code": "en" }, "components": [
                { "type": "header", "parameters": [{ "type": "document", "document": document }] }] }),
            ),
            (
                "interactive",
                json!({ "type": "button", "header": { "type": "document", "document": document },
                "body": { "text": "x" }, "action": { "buttons": [] } }),
            ),
        ] {
            let mut content = read(kind, &wire);
            for file in content.files_mut() {
                name_it(file.filename.unwrap(), Some("Invoice 42.pdf".to_owned()));
            }
            let named = content.wire().to_string();
            assert!(named.contains("\"filename\":\"Invoice 42.pdf\""), "{named}");
        }
        let mut own = Some("My own.pdf".to_owned());
        name_it(&mut own, Some("Invoice 42.pdf".to_owned()));
        assert_eq!(own.as_deref(), Some("My own.pdf"));
        let mut empty = Some(String::new());
        name_it(&mut empty, None);
        assert_eq!(empty, None);
    }

    #[test]
    fn other_ids_are_left_alone() {
        for (kind, wire) in [
            ("image", json!({ "id": "1203450067891234" })),
            ("image", json!({ "link": "https://x.example/a.png" })),
            ("image", json!({ "id": "med_short" })),
            (
                "interactive",
                json!({ "type": "button", "body": { "text": OURS }, "action": { "buttons": [
                    { "type": "reply", "reply": { "id": OURS, "title": "x" } }] } }),
            ),
        ] {
            assert_eq!(mentioned(&read(kind, &wire)), [], "{wire}");
        }
    }
}
