//! One runner with one chunk: loads what may be sent next, keeps it on the wire at the number's own pace, writes outcomes
//! as they come.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::TimeDelta;
use cloud_api::{
    client::{Line, WireMessage},
    ids::{Msisdn, Wamid},
    message::{Content, Recipient},
};
use contracts::{
    contacts::{ContactCard, ContactId},
    messaging::Lane,
};
use kernel::{Result, TenantDb, retrying};
use tokio::{sync::Notify, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    chunk::{Taken, Waiting},
    outcome::Outcome,
    pace::Pace,
    pairs::Pairs,
    places::{Flow, Places},
    portfolio::{self, Over},
    verdict::{Consequence, Verdict, judge, judge_file, own_failure},
    write_hold,
};
use crate::{entity::channel, service::Service};

/// A runner lets others have their turn after this long: campaigns of slow numbers must not hold all places of the queue.
const TURN: Duration = Duration::from_secs(5);
/// Outcomes are written together: so many, or what there is after [`PATIENCE`].
const TOGETHER: usize = 200;
/// How long an outcome waits for others.
const PATIENCE: Duration = Duration::from_millis(100);

/// How a run ended.
pub(super) enum Ended {
    /// Nothing is left.
    Done,
    /// Something is left, and others had to wait long enough.
    Yielded,
    /// A newer runner has the chunk.
    Superseded,
    /// The number may not send, for this long or until somebody acts.
    Held { length: Option<TimeDelta> },
}

/// What a step loaded: messages with their addresses, and who among their people must wait.
struct Loaded {
    messages: Vec<(Waiting, Option<Recipient>)>,
    over: Option<Over>,
}

/// What the sends of a run share.
struct Shared {
    service: Service,
    db: TenantDb,
    channel: channel::Model,
    line: Line,
    lane: Lane,
    attempt: i32,
    flow: Flow,
    pace: Arc<Pace>,
    places: Places,
    pairs: Arc<Pairs>,
    // Messages loaded that are not on the wire yet.
    ashore: AtomicUsize,
    // Told whenever one of them went.
    went: Notify,
}

pub(super) struct Run {
    shared: Arc<Shared>,
    taken: Taken,
    // Messages a step loads: a tenth of a second's worth. Small, because these are in doubt should this process die.
    step: usize,
    sends: JoinSet<(Outcome, Consequence)>,
    outcomes: Vec<Outcome>,
    oldest: Option<Instant>,
    all_loaded: bool,
    // A send ended without telling how: the chunk stays, so that its next taker leaves that message in doubt.
    broke_off: bool,
    hold: Option<(String, Option<TimeDelta>)>,
}

impl Run {
    pub(super) fn new(
        service: &Service,
        db: &TenantDb,
        channel: channel::Model,
        line: Line,
        taken: Taken,
    ) -> Self {
        let per_second = u32::try_from(channel.throughput).unwrap_or(1).max(1);
        let sending = &service.sending;
        let key = format!("{}:{}", channel.tenant_id, channel.phone_number_id);
        let step = usize::try_from(per_second / 10).unwrap_or(10).clamp(10, 100);
        let shared = Shared {
            service: service.clone(),
            db: db.clone(),
            flow: (channel.tenant_id, channel.id),
            pace: sending.paces.of(&key, per_second),
            places: sending.places.clone(),
            pairs: sending.pairs.clone(),
            channel,
            line,
            lane: taken.lane,
            attempt: taken.attempt,
            ashore: AtomicUsize::new(0),
            went: Notify::new(),
        };
        Self {
            shared: Arc::new(shared),
            taken,
            step,
            sends: JoinSet::new(),
            outcomes: Vec::new(),
            oldest: None,
            all_loaded: false,
            broke_off: false,
            hold: None,
        }
    }

    /// Sends until nothing is left, the turn is over, the process is asked to end, the number is held or the chunk is somebody
    /// else's. What is loaded by then still goes, so that nothing is left in doubt.
    pub(super) async fn until_it_ends(mut self, stop: &CancellationToken) -> Result<Ended> {
        let turn_ends = Instant::now() + TURN;
        loop {
            let over = Instant::now() >= turn_ends || stop.is_cancelled();
            let goes_on = !self.all_loaded && self.hold.is_none() && !over;
            let wants_more = goes_on && self.shared.ashore.load(Ordering::SeqCst) < self.step;
            let wants_to_write = self.outcomes.len() >= TOGETHER
                || self.oldest.is_some_and(|oldest| oldest.elapsed() >= PATIENCE)
                || (self.sends.is_empty() && !self.outcomes.is_empty());
            if wants_more || wants_to_write {
                if !self.database_step(wants_more).await? {
                    return Ok(Ended::Superseded);
                }
                continue;
            }
            if self.sends.is_empty() {
                break;
            }
            self.wait(goes_on).await;
        }
        if let Some((_, length)) = self.hold {
            return Ok(Ended::Held { length });
        }
        if !self.all_loaded || self.broke_off {
            return Ok(Ended::Yielded);
        }
        retrying(|| self.taken.finish(&self.shared.db)).await?;
        Ok(Ended::Done)
    }

    /// Until an outcome arrives, outcomes have waited long enough, or there is room for more messages.
    async fn wait(&mut self, goes_on: bool) {
        let patience = self.oldest.map(|oldest| oldest + PATIENCE);
        tokio::select! {
            Some(sent) = self.sends.join_next() => self.note(sent).await,
            () = async { tokio::time::sleep_until(patience.unwrap_or_else(Instant::now)).await }, if patience.is_some() => {}
            () = self.shared.went.notified(), if goes_on => {}
        }
        while let Some(sent) = self.sends.try_join_next() {
            self.note(sent).await;
        }
    }

    async fn note(&mut self, sent: std::result::Result<(Outcome, Consequence), tokio::task::JoinError>) {
        let (outcome, consequence) = match sent {
            Ok(sent) => sent,
            // A send that panicked is in doubt: the mark covers it, and the next taker calls it unknown.
            Err(error) => {
                tracing::error!(%error, "a send broke off");
                self.broke_off = true;
                return;
            }
        };
        self.outcomes.push(outcome);
        self.oldest.get_or_insert_with(Instant::now);
        match consequence {
            Consequence::None => {}
            Consequence::Slower(rest) => self.shared.pace.too_fast(rest, Instant::now()),
            Consequence::Hold { reason, length } => {
                if self.hold.is_none() {
                    self.hold = Some((reason.clone(), length));
                    let until = length.map(|length| self.shared.db.clock().now() + length);
                    // Not knowing it in the database only means that the next chunk finds out by itself.
                    if let Err(error) =
                        write_hold(&self.shared.db, &self.shared.channel, &reason, until).await
                    {
                        tracing::warn!(%error, channel = %self.shared.channel.id, "a hold could not be written down");
                    }
                }
            }
        }
    }

    /// Writes what there is to write and, if wanted, loads the next messages and sends them on their way. Answers whether
    /// the chunk is still ours.
    async fn database_step(&mut self, wants_more: bool) -> Result<bool> {
        let outcomes = std::mem::take(&mut self.outcomes);
        self.oldest = None;
        let wanted = if wants_more { self.step as u64 } else { 0 };
        let mut tries = 0_u32;
        let mut loaded = loop {
            match self.load(&outcomes, wanted).await {
                Ok(Some(loaded)) => break loaded,
                Ok(None) => return Ok(false),
                // What was sent must be written down, whatever it takes: a database that comes back finds us waiting. The
                // lease may be lost meanwhile; then the fence says so.
                Err(error) if !outcomes.is_empty() && tries < 600 => {
                    tracing::warn!(%error, outcomes = outcomes.len(), "outcomes could not be written yet");
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(50 * u64::from(tries.min(10)))).await;
                }
                Err(error) => return Err(error),
            }
        };
        if wants_more {
            self.all_loaded = loaded.messages.len() < self.step;
            self.put_over_the_limit_aside(&mut loaded).await;
            self.send(loaded.messages);
        }
        Ok(true)
    }

    /// Everything that sending needs is read before the intent is committed: from the commit on a message that is not sent
    /// is in doubt.
    async fn load(&mut self, outcomes: &[Outcome], wanted: u64) -> Result<Option<Loaded>> {
        let shared = &self.shared;
        let next = match wanted {
            0 => Vec::new(),
            _ => self.taken.next(&shared.db, wanted).await?,
        };
        let contacts: Vec<ContactId> = next.iter().map(|message| message.contact_id).collect();
        let cards = match contacts.as_slice() {
            [] => Vec::new(),
            contacts => shared.service.directory.cards(&shared.db, contacts).await?,
        };
        let cards: HashMap<ContactId, &ContactCard> = cards.iter().map(|card| (card.id, card)).collect();
        let over = portfolio::reserve(&shared.db, &shared.channel, &next).await?;
        let mark = next.last().map(|last| last.id);
        if !self.taken.commit(&shared.db, outcomes, mark).await? {
            return Ok(None);
        }
        let messages = next.into_iter().map(|message| {
            let to = cards.get(&message.contact_id).copied().and_then(address);
            (message, to)
        });
        Ok(Some(Loaded {
            messages: messages.collect(),
            over,
        }))
    }

    /// Messages to people whom the portfolio may not write to yet: a campaign's wait, a program's fail with the reason.
    async fn put_over_the_limit_aside(&mut self, loaded: &mut Loaded) {
        let shared = self.shared.clone();
        let over = loaded.over.take();
        let limit = shared.channel.messaging_limit.unwrap_or_default();
        let reason = over.as_ref().map(|over| over.reason(limit));
        portfolio::tell(&shared.db, &shared.channel, reason.as_deref()).await;
        let (Some(over), Some(reason)) = (over, reason) else {
            return;
        };
        let after = (over.until - shared.db.clock().now())
            .to_std()
            .unwrap_or_default();
        let verdict = match shared.lane {
            Lane::Bulk => Verdict::Again {
                after: after.clamp(Duration::from_secs(60), Duration::from_secs(3_600)),
                failure: own_failure(reason),
                counts: false,
            },
            _ => Verdict::Failed(own_failure(reason)),
        };
        let aside = loaded
            .messages
            .extract_if(.., |(message, _)| over.contacts.contains(&message.contact_id));
        let aside = aside.map(|(message, _)| Outcome::new(message, verdict.clone(), shared.attempt));
        self.outcomes.extend(aside);
        self.oldest.get_or_insert_with(Instant::now);
    }

    fn send(&mut self, messages: Vec<(Waiting, Option<Recipient>)>) {
        self.shared.ashore.fetch_add(messages.len(), Ordering::SeqCst);
        for (message, to) in messages {
            let shared = self.shared.clone();
            self.sends.spawn(async move {
                let (verdict, consequence) = shared.send(to, &message).await;
                (Outcome::new(message, verdict, shared.attempt), consequence)
            });
        }
    }
}

impl Shared {
    async fn send(&self, to: Option<Recipient>, message: &Waiting) -> (Verdict, Consequence) {
        let mut ashore = Ashore(Some(self));
        let Some(to) = to else {
            let reason = "This contact has neither a phone number nor a WhatsApp user id any more.";
            return (Verdict::Failed(own_failure(reason)), Consequence::None);
        };
        if let Err(after) = self
            .pairs
            .take(self.channel.id, message.contact_id, Instant::now())
        {
            let failure = own_failure("WhatsApp takes one message in six seconds for the same person.");
            let again = Verdict::Again {
                after,
                failure,
                counts: false,
            };
            return (again, Consequence::None);
        }
        let placed = match self.placed(message).await {
            Ok(placed) => placed,
            Err(judged) => return judged,
        };
        self.pace.turn(self.lane).await;
        let _place = self.places.take(self.lane, self.flow).await;
        ashore.goes();
        let reply_to = message.reply_to.clone().map(Wamid::from);
        let id = message.id.to_string();
        let wire = WireMessage {
            to: &to,
            kind: &message.kind,
            content: placed.as_deref().unwrap_or(&message.content),
            reply_to: reply_to.as_ref(),
            callback_data: &id,
        };
        kernel::failpoint!("send.mid_send");
        let sent = self.line.send(&wire).await;
        kernel::failpoint!("send.answered");
        judge(sent, self.lane, self.attempt)
    }

    /// The content with WhatsApp's media ids in place of ours, if it names any of ours.
    async fn placed(&self, message: &Waiting) -> std::result::Result<Option<String>, (Verdict, Consequence)> {
        if message.content.contains("\"med_") {
            // Boxed: an upload is a large future, and most messages never need it.
            Box::pin(self.place_files(message)).await.map(Some)
        } else {
            Ok(None)
        }
    }

    async fn place_files(&self, message: &Waiting) -> std::result::Result<String, (Verdict, Consequence)> {
        let unreadable = |_| {
            let reason = "The message's content could not be read back.";
            (Verdict::Failed(own_failure(reason)), Consequence::None)
        };
        let value = serde_json::from_str(&message.content)
            .map_err(|error: serde_json::Error| unreadable(error.to_string()))?;
        let content =
            Content::from_wire(&message.kind, &value).map_err(|error| unreadable(error.to_string()))?;
        let placed = self.service.place_media(&self.db, &self.channel, content).await;
        let placed = placed.map_err(|error| judge_file(error, self.lane))?;
        Ok(placed.wire().to_string())
    }
}

/// Counts a message as not yet on the wire, until it goes or is dropped.
struct Ashore<'a>(Option<&'a Shared>);

impl Ashore<'_> {
    fn goes(&mut self) {
        if let Some(shared) = self.0.take() {
            shared.ashore.fetch_sub(1, Ordering::SeqCst);
            shared.went.notify_one();
        }
    }
}

impl Drop for Ashore<'_> {
    fn drop(&mut self) {
        self.goes();
    }
}

/// The phone number where there is one: every message type can be sent to it.
fn address(card: &ContactCard) -> Option<Recipient> {
    let phone = card
        .phone
        .as_deref()
        .and_then(|phone| Msisdn::parse(phone).ok())
        .map(Recipient::Phone);
    phone.or_else(|| {
        card.bsuid
            .as_deref()
            .and_then(|bsuid| Recipient::parse(bsuid).ok())
    })
}
