//! Applies what waits in the inbox: contacts, conversations, messages, statuses, events, and the row's own removal, in one
//! transaction of about two dozen statements, whatever the size of the batch. Applying a body twice changes nothing. Any order of bodies
//! ends in the same rows, because everything is ordered by WhatsApp's time ([`when`]).
//!
//! | Field | What is done with it |
//! | --- | --- |
//! | `messages` | messages, statuses; reactions, edits and revokes change the message they name; a new number or id moves the contact |
//! | `smb_message_echoes`, `message_echoes` | messages of the business, sent from its phone app or by another partner |
//! | `history` | old messages: no unread count, no window; files that arrive later replace their placeholder |
//! | `smb_app_state_sync` | names of the phone's address book |
//! | `user_preferences`, `user_id_update` | marketing consent; contacts that turn out to be one |
//! | `message_template_*`, `template_*` | `TemplateNews` |
//! | all others | kept raw and counted (`GET /webhook-events/summary`) |
//!
//! All but messages and statuses also goes to channels ([`ChannelWebhooks::take_news`](contracts::channels::ChannelWebhooks)), which
//! keeps the timeline and changes the numbers.

mod alone;
mod amendments;
mod arrived;
mod details;
mod elsewhere;
mod ids;
mod inbound;
mod kept;
mod noted;
mod people;
mod sort;
pub(super) mod statuses;
mod templates;
mod when;

pub(super) use self::alone::Tried;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use contracts::channels::Channel;
use kernel::{Error, Pumped, Result, TenantDb, TenantTx, retrying};
use poem::http::StatusCode;
use sea_orm::ColumnTrait;

use super::{Service, unread};
use crate::entity::inbox::{Column, Entity, InboxId, Model};
use kept::Kept;

/// Bodies applied in one transaction at most.
const BATCH: u64 = 256;
/// Bytes applied in one transaction, more or less: bodies have 3 MB at most and half a kilobyte usually.
const BATCH_BYTES: u64 = 8 << 20;
/// Bodies read while nobody knows yet how long they are.
const FIRST: u64 = 16;
/// Transactions of one turn at most; then other tenants have theirs.
const TURN: usize = 8;

/// What became of a batch.
#[derive(Debug, PartialEq, Eq)]
enum Drained {
    /// It is applied; there may be more.
    Full,
    /// It is applied, and it was all that waited.
    All,
    /// Another process is at it.
    Held,
}

/// How many bodies were applied, their bytes, and how many of the next wait at least; or what was wrong with which.
type Applied = Result<Option<(u64, u64, u64)>, (Error, Vec<Model>)>;

impl Service {
    /// Applies what waits, up to a turn's worth.
    ///
    /// # Errors
    /// The database's. What was not applied still waits.
    pub async fn drain_turn(&self, db: &TenantDb) -> Result<Pumped> {
        if !self.tried.is_done(db.tenant()) {
            match self.drain_alone(db).await? {
                Drained::Held => return Ok(Pumped::Held),
                Drained::Full | Drained::All => self.tried.done(db.tenant()),
            }
        }
        let limit = AtomicU64::new(FIRST);
        for _ in 0..TURN {
            match self.drain_batch(db, &limit).await? {
                Drained::Full => {}
                Drained::All => return Ok(Pumped::Dry),
                Drained::Held => return Ok(Pumped::Held),
            }
        }
        Ok(Pumped::More)
    }

    async fn drain_batch(&self, db: &TenantDb, limit: &AtomicU64) -> Result<Drained> {
        let asked = limit.load(Ordering::Relaxed);
        let _beside = self.tried.beside_others().await;
        let (count, bytes, left) = match retrying(|| self.apply_oldest(db, asked)).await? {
            Ok(None) => return Ok(Drained::Held),
            Ok(Some(applied)) => applied,
            Err((error, bodies)) => {
                tracing::warn!(%error, bodies = bodies.len(), "a batch could not be applied; its bodies are tried one by one");
                for body in &bodies {
                    self.apply_or_keep(db, body).await?;
                }
                let (count, bytes) = size(&bodies);
                (count, bytes, 0)
            }
        };
        if count == 0 {
            return Ok(Drained::All);
        }
        limit.store(
            (BATCH_BYTES * count / bytes.max(1)).clamp(1, BATCH),
            Ordering::Relaxed,
        );
        Ok(if count + left == asked {
            Drained::Full
        } else {
            Drained::All
        })
    }

    /// Takes the oldest bodies and applies them, unless another process is at it. All drainers of a tenant want its oldest body,
    /// so one of them works at a time, in the order in which bodies came. Answers how many there were and their bytes, nothing if
    /// another process is at them, or what was wrong with which.
    async fn apply_oldest(&self, db: &TenantDb, most: u64) -> Result<Applied> {
        let tx = db.begin().await?;
        let Some(bodies) = tx.take_oldest::<Entity>(Column::Id, most).await? else {
            return Ok(Ok(None));
        };
        if bodies.is_empty() {
            return Ok(Ok(Some((0, 0, 0))));
        }
        match self.apply(tx, &bodies).await {
            Ok(count) => {
                let (applied, left) = bodies.split_at(count);
                let (count, bytes) = size(applied);
                Ok(Ok(Some((count, bytes, left.len() as u64))))
            }
            Err(error) if error.is_contention() => Err(error),
            Err(error) => Ok(Err((error, bodies))),
        }
    }

    /// Applies bodies that this transaction has taken, and says how many of them: what is read of the others would take too much
    /// room, so they stay.
    async fn apply(&self, mut tx: TenantTx, bodies: &[Model]) -> Result<usize> {
        if cfg!(debug_assertions) && bodies.iter().any(|body| contains(&body.body, KILLS)) {
            kernel::failpoint!("drain.body");
        }
        let channels = self.channels.all(&tx).await?.into_iter();
        let channels: Vec<Arc<Channel>> = channels.map(Arc::new).collect();
        let (sorted, count) = self.sort(tx.tenant(), bodies, &channels).await?;
        let news = self
            .webhooks
            .take_news(&mut tx, sorted.news, sorted.failures)
            .await?;
        // Contacts must know who is who before anything of them is written.
        self.apply_user_ids(&mut tx, &news).await?;
        let mut noted = self.apply_messages(&mut tx, sorted.messages).await?;
        let more_unread = noted.unread;
        let elsewhere = self.apply_elsewhere(&mut tx, sorted.others).await?;
        for amendment in &mut noted.amendments {
            amendment.follow(&elsewhere.merges);
        }
        noted.amendments.extend(elsewhere.amendments);
        noted.wamids.extend(elsewhere.wamids);
        amendments::apply(
            &mut tx,
            &*self.webhooks,
            &channels,
            noted.amendments,
            &noted.wamids,
        )
        .await?;
        if !sorted.statuses.is_empty() {
            self.expect_sweep(&mut tx).await?;
        }
        statuses::apply(&mut tx, &*self.directory, sorted.statuses).await?;
        self.apply_preferences(&mut tx, &news).await?;
        self.apply_app_contacts(&mut tx, &news).await?;
        templates::tell(&mut tx, &news)?;
        kept::keep(&tx, sorted.kept).await?;
        remove(&tx, &bodies[..count]).await?;
        if more_unread > 0 {
            self.expect_repair(&mut tx).await?;
            unread::change(&mut tx, more_unread).await?;
        }
        kernel::failpoint!(try "drain.before_commit");
        tx.commit().await?;
        kernel::failpoint!("drain.committed");
        Ok(count)
    }

    /// One body that cannot be applied must not hold up those behind it: it is kept raw instead, where a person sees it.
    async fn apply_or_keep(&self, db: &TenantDb, body: &Model) -> Result<()> {
        match retrying(|| self.apply_alone(db, body)).await {
            Err(error) if error.status() != StatusCode::SERVICE_UNAVAILABLE => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, inbox = %body.id, "a webhook could not be applied and is kept as it came");
                let tx = db.begin().await?;
                keep_failed(&tx, body).await?;
                tx.commit().await
            }
            outcome => outcome,
        }
    }

    async fn apply_alone(&self, db: &TenantDb, body: &Model) -> Result<()> {
        let tx = db.begin().await?;
        let taken: Vec<InboxId> = tx
            .find::<Entity>()
            .filter(Column::Id.eq(body.id))
            .for_update_if_free()
            .columns(&[Column::Id])
            .await?;
        if taken.is_empty() {
            // Somebody else has it.
            return Ok(());
        }
        self.apply(tx, std::slice::from_ref(body)).await.map(|_| ())
    }
}

/// What a body contains that the failpoint `drain.body` is for.
const KILLS: &[u8] = b"failpoint:drain.body";

fn contains(body: &[u8], what: &[u8]) -> bool {
    body.windows(what.len()).any(|window| window == what)
}

/// Keeps a body raw, where a person sees it, instead of applying it.
async fn keep_failed(tx: &TenantTx, body: &Model) -> Result<()> {
    kept::keep(tx, vec![Kept::unreadable("failed", &body.body)]).await?;
    remove(tx, std::slice::from_ref(body)).await
}

/// How many bodies, and their bytes.
fn size(bodies: &[Model]) -> (u64, u64) {
    let bytes = bodies.iter().map(|body| body.body.len() as u64).sum();
    (bodies.len() as u64, bytes)
}

/// # Errors
/// [`Error::contention`] when some are gone: then somebody else applies them, and this transaction must not.
async fn remove(tx: &TenantTx, bodies: &[Model]) -> Result<()> {
    let ids = bodies.iter().map(|body| body.id);
    // What is just being stored, for others too, must hold up nobody here.
    let gone = tx.delete_by_key::<Entity>(Column::Id, ids).await?;
    if gone == bodies.len() as u64 {
        Ok(())
    } else {
        Err(Error::contention())
    }
}
