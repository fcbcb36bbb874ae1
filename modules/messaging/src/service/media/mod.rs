//! Files of messages: uploaded, received, sent, served, forgotten.

mod address;
mod fetch;
mod inbound;
mod place;
mod sort;
mod stream;
mod sweep;
mod text;
mod types;
mod upload;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use cloud_api::message::Content;
use contracts::{
    channels::ChannelId,
    messaging::{MediaChange, MediaChanged, MediaId, MessageId},
};
use kernel::{BlobKey, BlobStore, Fetcher, PageQuery, Result, TenantDb, TenantId, TenantTx};
use moka::future::Cache;
use sea_orm::{ColumnTrait, Condition};
use tokio::sync::Semaphore;

use super::{Service, assignment::Assignments};
use crate::entity::{
    Direction,
    media::{Column, Entity, Model, State},
    message,
};

pub use address::Wanted;
pub(super) use inbound::{Incoming, expect};
pub(crate) use place::Library;
pub(super) use place::{NotPlaced, check, mentioned, use_files};
pub use upload::NewMedia;
pub(crate) use upload::clean_name;

/// What files need besides the database.
#[derive(Clone)]
pub struct MediaParts {
    /// Where they are kept.
    pub store: Arc<dyn BlobStore>,
    /// Fetches what customers point at.
    pub fetcher: Arc<dyn Fetcher>,
    /// How long an address of a file works, at most, in minutes.
    pub link_minutes: u32,
}

/// [`MediaParts`] and what is remembered in this process.
#[derive(Clone)]
pub(super) struct Files {
    parts: MediaParts,
    /// WhatsApp's copies.
    placed: Cache<(TenantId, MediaId, ChannelId), place::Placed>,
    /// The tenants' names in addresses.
    names: Cache<TenantId, [u8; 16]>,
    /// Uploads of each tenant at a time.
    uploads: Cache<TenantId, Arc<Semaphore>>,
}

impl Files {
    pub(super) fn new(parts: MediaParts) -> Self {
        Self {
            parts,
            placed: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(std::time::Duration::from_secs(3600))
                .build(),
            names: Cache::new(10_000),
            uploads: Cache::new(10_000),
        }
    }
}

/// A file as a caller sees it.
#[derive(Clone, Debug)]
pub struct MediaView {
    /// The row.
    pub row: Model,
    /// Where its bytes are served and until when; only while it is there.
    pub address: Option<(String, DateTime<Utc>)>,
}

fn key(tenant: TenantId, id: MediaId) -> Result<BlobKey> {
    BlobKey::new(tenant, &format!("media/{id}"))
}

impl Service {
    /// One file, or 404.
    pub async fn media(&self, db: &TenantDb, id: MediaId) -> Result<MediaView> {
        let there = db.find::<Entity>().filter(Column::State.ne(State::Going));
        let row = there.with_id(id).one_or_404().await?;
        self.view(db, row).await
    }

    /// Newest first.
    pub async fn list_media(
        &self,
        db: &TenantDb,
        state: Option<State>,
        query: PageQuery,
    ) -> Result<(Vec<MediaView>, Option<String>)> {
        let (rows, next) = db
            .find::<Entity>()
            .filter(Column::State.ne(State::Going))
            .filter_some(state.map(|state| Column::State.eq(state)))
            .page_by_id(&query)
            .await?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            views.push(self.view(db, row).await?);
        }
        Ok((views, next))
    }

    /// The files of messages: those that came with them, and ours that they took along.
    pub async fn media_of(
        &self,
        db: &TenantDb,
        messages: &[message::Model],
    ) -> Result<HashMap<MessageId, MediaView>> {
        let inbound = messages
            .iter()
            .filter(|message| message.direction == Direction::Inbound);
        let came: Vec<MessageId> = inbound.map(|message| message.id).collect();
        let took: Vec<(MessageId, MediaId)> = messages
            .iter()
            .filter(|message| message.direction != Direction::Inbound)
            .filter_map(|message| Some((message.id, first_mentioned(message)?)))
            .collect();
        if came.is_empty() && took.is_empty() {
            return Ok(HashMap::new());
        }
        let either = Condition::any()
            .add(Column::MessageId.is_in(came))
            .add(Column::Id.is_in(took.iter().map(|(_, media)| *media)));
        let rows = db.find::<Entity>().filter(either).limit(1000).all().await?;
        let mut views = HashMap::new();
        let mut of_message = HashMap::new();
        for row in rows {
            let view = self.view(db, row).await?;
            if let Some(message) = view.row.message_id {
                of_message.insert(message, view.clone());
            }
            views.insert(view.row.id, view);
        }
        for (message, media) in took {
            if let Some(view) = views.get(&media) {
                of_message.insert(message, view.clone());
            }
        }
        Ok(of_message)
    }

    async fn view(&self, db: &TenantDb, row: Model) -> Result<MediaView> {
        let address = if row.state == State::Ready {
            Some(self.media_address(db, row.id).await?)
        } else {
            None
        };
        Ok(MediaView { row, address })
    }
}

/// Our file in a message's stored content. Cheap for the many that have none.
fn first_mentioned(message: &message::Model) -> Option<MediaId> {
    if !message.content.contains("\"med_") {
        return None;
    }
    let value = serde_json::from_str(&message.content).ok()?;
    let content = Content::from_wire(&message.kind, &value).ok()?;
    mentioned(&content).into_iter().next()
}

/// Publishes that files arrived, or will not.
async fn tell(tx: &mut TenantTx, rows: &[Model], state: State) -> Result<()> {
    let assignments =
        Assignments::of(tx, rows.iter().filter_map(|row| row.conversation_id).collect()).await?;
    let assignment = |row: &Model| {
        row.conversation_id
            .map(|id| assignments.get(id))
            .unwrap_or_default()
    };
    let items: Vec<MediaChange> = rows
        .iter()
        .map(|row| MediaChange {
            media_id: row.id,
            message_id: row.message_id,
            conversation_id: row.conversation_id,
            state: state.as_str().to_owned(),
            assignee_id: assignment(row).assignee_id,
            team_id: assignment(row).team_id,
        })
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    tx.publish(&MediaChanged { items })
}
