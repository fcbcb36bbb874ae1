//! Runs one chunk: reads its messages, sends them at the number's rate, writes outcomes as they come.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use contracts::{channels::Channel, messaging::Lane};
use kernel::{Result, TenantDb, retrying};
use sentences::Sentences;
use tokio::{runtime::Handle, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    cancel,
    chunk::{Committed, Taken},
    intents::Intents,
    outcome::Outcome,
    portfolio::{self, Over},
    progress::{InFlight, Progress},
    send::{Lines, Shared},
    verdict::{Consequence, Verdict},
    waiting::Waiting,
    write_hold,
};
use crate::{entity::message::Failure, service::Service};

/// A run yields after this long, so that campaigns of slow numbers do not occupy all workers of the queue.
const TURN: Duration = Duration::from_secs(5);
/// Outcomes are written in batches of this size, or what there is after [`MAX_DELAY`].
const BATCH: usize = 200;
/// How long an outcome waits for its batch to fill.
const MAX_DELAY: Duration = Duration::from_millis(200);

/// How a run ended.
pub(super) enum Ended {
    /// Nothing is left.
    Done,
    /// Something is left; its turn is over.
    Yielded,
    /// A newer runner has the chunk.
    Superseded,
    /// The number may not send, for this long or until somebody acts.
    Held { length: Option<Duration> },
}

pub(super) struct Run {
    shared: Arc<Shared>,
    taken: Taken,
    // Messages that are read and that no intent covers yet.
    backlog: VecDeque<Waiting>,
    is_read: bool,
    intents: Intents,
    bulk_threads: Handle,
    sends: JoinSet<()>,
    outcomes: Vec<Outcome>,
    oldest: Option<Instant>,
    // It was stopped: no further intent is committed.
    is_cancelled: bool,
    // A send panicked: the chunk is kept, and the next runner marks that message as unknown.
    panicked: bool,
    hold: Option<(Sentences, Option<Duration>)>,
}

impl Run {
    pub(super) fn new(
        service: &Service,
        db: &TenantDb,
        channel: Channel,
        lines: Lines,
        taken: Taken,
    ) -> Self {
        let per_second = u32::try_from(channel.throughput).unwrap_or(1).max(1);
        let sending = &service.sending;
        let key = format!("{}:{}", channel.tenant_id, channel.phone_number_id);
        let shared = Shared {
            service: service.clone(),
            db: db.clone(),
            flow: (channel.tenant_id, channel.id),
            pace: sending.paces.of(&key, per_second),
            slots: sending.slots.clone(),
            pairs: sending.pairs.clone(),
            channel,
            lines,
            lane: taken.lane,
            attempt: taken.attempt,
            progress: Progress::default(),
            cancelled: CancellationToken::new(),
        };
        shared.pace.expects(taken.preloaded());
        Self {
            shared: Arc::new(shared),
            taken,
            backlog: VecDeque::new(),
            is_read: false,
            intents: Intents::new(per_second),
            bulk_threads: sending.threads.handle(),
            sends: JoinSet::new(),
            outcomes: Vec::new(),
            oldest: None,
            is_cancelled: false,
            panicked: false,
            hold: None,
        }
    }

    /// Sends until nothing is left, the turn is over, the process is asked to stop, the number is held or another runner has the
    /// chunk. What an intent covers by then is still sent, so that nothing is left in doubt.
    pub(super) async fn until_it_ends(mut self, stop: &CancellationToken) -> Result<Ended> {
        let cancelled = self.shared.cancelled.clone();
        // A separate task: a read that is not polled would keep a connection from others.
        let _watch = cancel::Watch::start(self.shared.db.clone(), self.taken.id, cancelled.clone());
        let turn_ends = Instant::now() + TURN;
        loop {
            self.collect().await;
            let over = Instant::now() >= turn_ends || stop.is_cancelled();
            let has_more = !self.is_read || !self.backlog.is_empty();
            let goes_on = self.hold.is_none() && !self.is_cancelled && !over && has_more;
            let unsent = self.shared.progress.unsent();
            let wants_more = goes_on && self.intents.wants_more(unsent);
            let in_flight = self.shared.progress.in_flight();
            let wants_to_write = self.outcomes.len() >= BATCH
                || self.oldest.is_some_and(|oldest| oldest.elapsed() >= MAX_DELAY)
                || (in_flight == 0 && !self.outcomes.is_empty());
            if wants_more || wants_to_write {
                let wanted = if wants_more { self.intents.size(unsent) } else { 0 };
                let last = wanted == 0 && in_flight == 0;
                if !self.database_step(wanted, last).await? {
                    return Ok(Ended::Superseded);
                }
                continue;
            }
            if in_flight == 0 {
                // A send that panicked has no outcome; only its task shows it.
                while let Some(ended) = self.sends.join_next().await {
                    self.check(ended);
                }
                self.collect().await;
                if self.outcomes.is_empty() {
                    break;
                }
                continue;
            }
            self.shared.progress.wake_at(self.intents.low(goes_on), BATCH);
            let write_at = self.oldest.map(|oldest| oldest + MAX_DELAY);
            tokio::select! {
                () = self.shared.progress.changed.notified() => {}
                () = cancelled.cancelled(), if !self.is_cancelled => self.cancel(),
                () = async { tokio::time::sleep_until(write_at.unwrap_or_else(Instant::now)).await }, if write_at.is_some() => {}
            }
        }
        if self.is_cancelled {
            cancel::cancel_rest(&self.shared.db, &*self.shared.service.channels, self.taken.id).await?;
        } else if let Some((_, length)) = self.hold {
            return Ok(Ended::Held { length });
        }
        if !(self.is_read && self.backlog.is_empty()) || self.panicked {
            return Ok(Ended::Yielded);
        }
        retrying(|| self.taken.finish(&self.shared.db)).await?;
        Ok(Ended::Done)
    }

    /// Collects the outcomes since the last call and acts on their consequences.
    async fn collect(&mut self) {
        while let Some(ended) = self.sends.try_join_next() {
            self.check(ended);
        }
        for (outcome, consequence) in self.shared.progress.take() {
            self.outcomes.push(outcome);
            self.oldest.get_or_insert_with(Instant::now);
            match consequence {
                Consequence::None => {}
                Consequence::Slower(rest) => self.shared.pace.too_fast(rest, Instant::now()),
                Consequence::Hold { reason, length } => self.hold(reason, length).await,
            }
        }
    }

    /// The chunk was stopped: what is not sent yet is cancelled.
    fn cancel(&mut self) {
        self.is_cancelled = true;
        self.is_read = true;
        self.backlog.clear();
        self.shared.cancelled.cancel();
    }

    fn check(&mut self, ended: std::result::Result<(), tokio::task::JoinError>) {
        // The intent covers the message, so the next runner marks it as unknown.
        if let Err(error) = ended {
            tracing::error!(%error, "a send panicked");
            self.panicked = true;
        }
    }

    async fn hold(&mut self, reason: Sentences, length: Option<Duration>) {
        if self.hold.is_some() {
            return;
        }
        let shared = &self.shared;
        let until = length.map(|length| shared.db.clock().now() + length);
        let channels = &*shared.service.channels;
        // Without it in the database the next chunk learns it from WhatsApp again.
        if let Err(error) = write_hold(&shared.db, channels, shared.channel.id, &reason, until).await {
            tracing::warn!(%error, channel = %shared.channel.id, "a hold could not be written");
        }
        self.hold = Some((reason, length));
    }

    /// Writes the outcomes and, if any are wanted, commits the next intent and sends its messages. `last` when this run sends nothing
    /// more. Answers whether the chunk is still ours.
    async fn database_step(&mut self, mut wanted: usize, last: bool) -> Result<bool> {
        let outcomes = std::mem::take(&mut self.outcomes);
        self.oldest = None;
        let mut tries = 0_u32;
        let (next, over) = loop {
            match self.intend(&outcomes, wanted, last).await {
                Ok((Committed::Yes, next, over)) => break (next, over),
                Ok((Committed::Superseded, ..)) => return Ok(false),
                Ok((Committed::Cancelled, ..)) => {
                    self.cancel();
                    wanted = 0;
                }
                // Outcomes must be written, so it is retried until the database is back. The lease may be lost meanwhile; the
                // fence shows that.
                Err(error) if !outcomes.is_empty() && tries < 600 => {
                    tracing::warn!(%error, outcomes = outcomes.len(), "outcomes could not be written yet");
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(50 * u64::from(tries.min(10)))).await;
                }
                Err(error) => return Err(error),
            }
        };
        if wanted > 0 {
            self.intents.made(self.shared.progress.sent(), Instant::now());
            let mut next = self.backlog.drain(..next).collect();
            self.defer_over_limit(&mut next, over).await;
            self.send(next);
        }
        Ok(true)
    }

    /// Everything that sending needs is read before the intent is committed: from the commit on a message that is not sent
    /// is in doubt. Answers how many messages of the backlog the intent covers, and which of their contacts must wait.
    async fn intend(
        &mut self,
        outcomes: &[Outcome],
        wanted: usize,
        last: bool,
    ) -> Result<(Committed, usize, Option<Over>)> {
        if wanted > 0 && !self.is_read {
            let shared = &self.shared;
            // A few hundred messages at most.
            let left = self.taken.left(&shared.db, &*shared.service.directory).await?;
            self.backlog.extend(left);
            self.is_read = true;
        }
        let next = wanted.min(self.backlog.len());
        let intended = &self.backlog.make_contiguous()[..next];
        let shared = &self.shared;
        let over = portfolio::reserve(&shared.db, &shared.channel, intended.iter()).await?;
        let mark = intended.last().map(|last| last.id);
        let directory = &*shared.service.directory;
        let committed = self
            .taken
            .commit(&shared.db, directory, outcomes, mark, mark.is_some(), last)
            .await?;
        if committed == Committed::Cancelled {
            portfolio::release_unsent(&shared.db, &shared.channel, intended).await?;
        }
        Ok((committed, next, over))
    }

    /// Takes out messages to people whom the portfolio may not write to yet: bulk messages wait, others fail with the reason.
    async fn defer_over_limit(&mut self, next: &mut Vec<Waiting>, over: Option<Over>) {
        let shared = self.shared.clone();
        let limit = shared.channel.messaging_limit.unwrap_or_default();
        let reason = over.as_ref().map(|over| over.reason(limit));
        let told = shared
            .service
            .channels
            .show_limit(&shared.db, &shared.channel, reason.as_ref())
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, channel = %shared.channel.id, "the state of a number could not be written down");
        }
        let (Some(over), Some(reason)) = (over, reason) else {
            return;
        };
        let after = (over.until - shared.db.clock().now())
            .to_std()
            .unwrap_or_default();
        let verdict = match shared.lane {
            Lane::Bulk => Verdict::Again {
                after: after.clamp(Duration::from_secs(60), Duration::from_secs(3_600)),
                failure: Failure::of_ours(reason),
                counts: false,
            },
            _ => Verdict::Failed(Failure::of_ours(reason)),
        };
        let deferred = next.extract_if(.., |message| over.contacts.contains(&message.contact_id));
        let deferred = deferred.map(|message| Outcome::new(message, verdict.clone(), shared.attempt));
        self.outcomes.extend(deferred);
        self.oldest.get_or_insert_with(Instant::now);
    }

    fn send(&mut self, messages: Vec<Waiting>) {
        self.shared.progress.begin(messages.len());
        for message in messages {
            let shared = self.shared.clone();
            let rank = shared.slots.rank(shared.lane, shared.channel.tenant_id);
            let send = async move {
                let mut in_flight = InFlight::new(&shared.progress);
                let (verdict, consequence) = shared.send(&message, rank, &mut in_flight).await;
                in_flight.ended(Outcome::new(message, verdict, shared.attempt), consequence);
            };
            if rank.is_bulk() {
                self.sends.spawn_on(send, &self.bulk_threads);
            } else {
                self.sends.spawn(send);
            }
        }
    }
}
