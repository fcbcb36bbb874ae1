//! The sending engine: one runner a chunk, intents committed before anything is sent, outcomes written in bulk.
//!
//! No message may be sent twice or forgotten. Graph has no idempotency key, so a message whose outcome is not known is never
//! retried automatically; it carries our id in `biz_opaque_callback_data`, and the status with this id settles it (Cloud API: send
//! idempotency).

mod cancel;
mod chunk;
mod firsts;
mod intents;
mod outcome;
mod pace;
mod pairs;
mod portfolio;
mod progress;
mod ring;
mod run;
mod send;
mod slots;
mod threads;
mod verdict;
mod waiting;
mod window;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use cloud_api::{client::Wire, error::Invalid};
use contracts::channels::{Channel, ChannelDirectory, ChannelId};
use kernel::{JobContext, JobError, JobOutcome, Limiter, Result, TenantDb, retrying};
use sentences::{Sentence, Sentences, Term};

pub(super) use waiting::Waiting;

use super::{Service, gate::waits};
use crate::job::SendChunk;
use chunk::Committed;
use outcome::Outcome;
use pace::Paces;
use pairs::Pairs;
use run::{Ended, Run};
use send::Lines;
use slots::Slots;
use threads::Threads;

/// How long a chunk of a held number waits before it is tried again.
const HELD: Duration = Duration::from_secs(20);

/// What all runners of this process share. Cloning shares it.
#[derive(Clone)]
pub(super) struct Sending {
    bulk: Wire,
    urgent: Wire,
    paces: Paces,
    slots: Slots,
    pairs: Arc<Pairs>,
    threads: Threads,
}

impl Sending {
    pub(super) fn new(limiter: Arc<dyn Limiter>, wire: Wire) -> Self {
        Self {
            urgent: wire.apart(),
            bulk: wire,
            paces: Paces::new(limiter),
            slots: Slots::new(),
            pairs: Arc::default(),
            threads: Threads::default(),
        }
    }
}

impl Service {
    /// Sends what is left of a chunk.
    pub async fn send_chunk(&self, context: JobContext, job: SendChunk) -> JobOutcome {
        let db = context.db;
        // Concurrently: only the longer of the two waits counts.
        let (taken, known) = tokio::join!(
            retrying(|| chunk::take(&db, &*self.directory, job.chunk_id)),
            self.number(&db, job.channel_id)
        );
        let (Some(mut taken), known) = (taken?, known?) else {
            return Ok(());
        };
        let channel = match known {
            // Written by an earlier version, which did not name the number.
            None if job.channel_id.is_none() => self.number(&db, Some(taken.channel_id)).await?,
            known => known,
        };
        if taken.is_cancelled {
            return Ok(self.end_cancelled(&db, &taken).await?);
        }
        let Some(channel) = channel else {
            self.refuse(&db, &mut taken, &Term::NumberRemoved.into()).await?;
            return Ok(());
        };
        taken.portfolio = Some(portfolio::of(&channel).to_owned());
        let now = db.clock().now();
        if let Some((stopped_until, why)) = waits(&channel, taken.lane) {
            return Err(JobError::later(until(now, stopped_until), why));
        }
        let left = taken.left(&db, &*self.directory).await?;
        let (left, refused) = self.at_lease(&db, &channel, taken.created_at, left).await?;
        if !refused.is_empty() {
            let refused: Vec<Outcome> = refused
                .into_iter()
                .map(|(message, why)| Outcome::refused(message, &why))
                .collect();
            match taken
                .commit(&db, &*self.directory, &refused, None, true, false)
                .await?
            {
                Committed::Yes => {}
                Committed::Superseded => return Ok(()),
                Committed::Cancelled => return Ok(self.end_cancelled(&db, &taken).await?),
            }
        }
        taken.keep(left);
        let number = channel.phone_number_id.clone().into();
        let lines = self.channels.client(&channel).map(|client| {
            Ok(Lines {
                bulk: client.line(&number, &self.sending.bulk)?,
                urgent: client.line(&number, &self.sending.urgent)?,
            })
        });
        let lines = match lines {
            Ok(Ok(lines)) => lines,
            Ok(Err::<_, Invalid>(invalid)) => {
                let why = own_error(&invalid.to_string());
                self.refuse(&db, &mut taken, &why).await?;
                return Ok(());
            }
            Err(error) => {
                self.refuse(&db, &mut taken, &own_error(error.detail())).await?;
                return Ok(());
            }
        };
        match Run::new(self, &db, channel, lines, taken)
            .until_it_ends(&context.stop)
            .await?
        {
            Ended::Done | Ended::Superseded => Ok(()),
            // Due again at once, behind the chunks that wait.
            Ended::Yielded => Err(JobError::later(Duration::ZERO, "its turn is over")),
            Ended::Held { length } => {
                let until = length.map(|length| now + length);
                Err(JobError::later(self::until(now, until), "the number is held"))
            }
        }
    }

    async fn number(&self, db: &TenantDb, id: Option<ChannelId>) -> Result<Option<Channel>> {
        match id {
            Some(id) => self.channels.by_id(db, id).await,
            None => Ok(None),
        }
    }

    /// Fails whatever is left of a chunk.
    async fn refuse(&self, db: &TenantDb, taken: &mut chunk::Taken, why: &Sentences) -> Result<()> {
        let left = taken.left(db, &*self.directory).await?;
        let last = left.last().map(|last| last.id);
        let outcomes: Vec<Outcome> = left
            .into_iter()
            .map(|message| Outcome::refused(message, why))
            .collect();
        let committed = match outcomes.as_slice() {
            [] => Committed::Yes,
            outcomes => {
                taken
                    .commit(db, &*self.directory, outcomes, last, true, true)
                    .await?
            }
        };
        match committed {
            Committed::Yes => taken.finish(db).await,
            Committed::Superseded => Ok(()),
            Committed::Cancelled => self.end_cancelled(db, taken).await,
        }
    }

    /// Ends what is left of a stopped chunk, and the chunk.
    async fn end_cancelled(&self, db: &TenantDb, taken: &chunk::Taken) -> Result<()> {
        cancel::cancel_rest(db, &*self.channels, taken.id).await?;
        taken.finish(db).await
    }
}

/// Why, where what went wrong has only words for developers.
fn own_error(error: &str) -> Sentences {
    Sentence::new(Term::OwnError).text("error", error).into()
}

/// How long a chunk of a number that may not send it waits: short enough that a person who lets it go on sees it go on.
fn until(now: DateTime<Utc>, held_until: Option<DateTime<Utc>>) -> Duration {
    let left = held_until.and_then(|until| (until - now).to_std().ok());
    left.map_or(HELD, |left| left.clamp(Duration::from_secs(1), HELD))
}

/// Writes down that a number may not send, once, however many of its messages said so.
async fn write_hold(
    db: &TenantDb,
    channels: &dyn ChannelDirectory,
    id: ChannelId,
    reason: &Sentences,
    until: Option<DateTime<Utc>>,
) -> Result<()> {
    retrying(|| async {
        let mut tx = db.begin().await?;
        channels.hold(&mut tx, id, reason, until).await?;
        tx.commit().await
    })
    .await
}
