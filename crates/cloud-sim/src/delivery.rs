//! The webhook delivery engine's state (Cloud API: webhook delivery engine): a bounded queue for each destination,
//! a bounded log, retries with the identical body. The tasks that do the HTTP are in `sim`.

use std::collections::{BTreeMap, HashSet, VecDeque};

use bytes::Bytes;
use serde::Serialize;

use crate::agenda::Update;
use crate::config::{Signature, SimConfig};
use crate::payload;
use crate::world::World;

/// How far into a queue the next delivery is searched when earlier ones must wait for an update of their message.
const LOOK_AHEAD: usize = 64;

/// One try.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attempt {
    /// Virtual Unix ms.
    pub at: i64,
    /// HTTP status of the response.
    pub http_status: Option<u16>,
    /// Why there was no response.
    pub error: Option<String>,
    /// Real ms it took.
    pub latency_ms: u64,
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Queued, in flight or waiting for a retry.
    Pending,
    /// Answered with 2xx.
    Done,
    /// Given up.
    GivenUp,
}

/// One body for one destination.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// Number in the log, from 1.
    pub id: u64,
    /// App whose secret signs it.
    pub app_id: String,
    /// Callback address.
    pub url: String,
    /// State.
    pub state: DeliveryState,
    /// Virtual Unix ms.
    pub created_at: i64,
    /// The tries.
    pub attempts: Vec<Attempt>,
    /// How many retries were scheduled; a manual redelivery does not count.
    #[serde(skip)]
    pub retries: usize,
    /// The exact bytes.
    #[serde(skip)]
    pub body: Bytes,
    /// What is in it.
    #[serde(skip)]
    pub updates: Vec<Update>,
}

#[derive(Debug)]
enum Job {
    Update(Box<Update>),
    Again(u64),
}

/// Everything that waits for one callback of one app.
#[derive(Debug, Default)]
struct Destination {
    app_id: String,
    url: String,
    queue: VecDeque<Job>,
    in_flight: usize,
    busy: HashSet<String>,
}

/// A delivery that should go out now.
#[derive(Debug)]
pub struct Start {
    /// Number in the log.
    pub id: u64,
    /// Key of the destination.
    pub destination: String,
    /// Callback address.
    pub url: String,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// Bytes to send.
    pub body: Bytes,
}

/// Log and queues.
#[derive(Debug, Default)]
pub struct Deliveries {
    /// By number, oldest first.
    pub log: BTreeMap<u64, Delivery>,
    next: u64,
    /// Ended deliveries in the order of their end: these leave the log first, so that an outage loses no retry.
    ended: VecDeque<u64>,
    destinations: BTreeMap<String, Destination>,
}

impl Deliveries {
    /// Queues an update for a callback; false when the queue is full.
    pub fn enqueue(&mut self, app_id: &str, url: &str, update: Update, max_queue: usize) -> bool {
        let pending = self.log.len().saturating_sub(self.ended.len());
        let destination = self.destinations.entry(format!("{app_id} {url}")).or_default();
        if destination.queue.len() + pending >= max_queue {
            return false;
        }
        if destination.url.is_empty() {
            destination.app_id = app_id.to_owned();
            destination.url = url.to_owned();
        }
        destination.queue.push_back(Job::Update(Box::new(update)));
        true
    }

    /// Queues a logged delivery once more, with its identical body. False when it left the log.
    pub fn again(&mut self, id: u64) -> bool {
        let Some(delivery) = self.log.get_mut(&id) else {
            return false;
        };
        delivery.state = DeliveryState::Pending;
        let key = format!("{} {}", delivery.app_id, delivery.url);
        let (app_id, url) = (delivery.app_id.clone(), delivery.url.clone());
        let destination = self.destinations.entry(key).or_default();
        (destination.app_id, destination.url) = (app_id, url);
        destination.queue.push_back(Job::Again(id));
        true
    }

    /// True when nothing is waiting or in flight.
    pub fn is_idle(&self) -> bool {
        self.destinations
            .values()
            .all(|d| d.queue.is_empty() && d.in_flight == 0)
    }

    /// Waiting updates, and deliveries in flight.
    pub fn depth(&self) -> (usize, usize) {
        self.destinations.values().fold((0, 0), |(queued, flying), d| {
            (queued + d.queue.len(), flying + d.in_flight)
        })
    }

    /// Undelivered updates, for an export.
    pub fn unfinished(&self) -> Vec<Update> {
        let queued = self
            .destinations
            .values()
            .flat_map(|d| &d.queue)
            .filter_map(|job| match job {
                Job::Update(update) => Some(Update::clone(update)),
                Job::Again(_) => None,
            });
        let logged = self
            .log
            .values()
            .filter(|d| d.state == DeliveryState::Pending)
            // A delivery that had ended and is redelivered manually has no updates any more: they were delivered before.
            .flat_map(|d| d.updates.iter().filter(|u| !u.item.is_null()).cloned());
        let mut all: Vec<Update> = logged.collect();
        all.extend(queued);
        all
    }

    /// Takes every delivery that may start now.
    pub fn start(&mut self, world: &World, config: &SimConfig, now: i64) -> Vec<Start> {
        let mut out = Vec::new();
        for (key, destination) in &mut self.destinations {
            while destination.in_flight < config.webhook_concurrency {
                let Some(jobs) = destination.take(config.batch_max) else {
                    break;
                };
                let id = match jobs {
                    Taken::Again(id) => id,
                    Taken::Updates(mut updates) => {
                        let mut body = payload::body(world, &updates, config.entry_time);
                        while body.len() > payload::MAX_BODY && updates.len() > 1 {
                            let rest = updates.split_off(updates.len() / 2);
                            rest.into_iter()
                                .rev()
                                .for_each(|u| destination.queue.push_front(Job::Update(Box::new(u))));
                            body = payload::body(world, &updates, config.entry_time);
                        }
                        self.next += 1;
                        let delivery = Delivery {
                            id: self.next,
                            app_id: destination.app_id.clone(),
                            url: destination.url.clone(),
                            state: DeliveryState::Pending,
                            created_at: now,
                            attempts: Vec::new(),
                            retries: 0,
                            body,
                            updates,
                        };
                        self.log.insert(delivery.id, delivery);
                        self.next
                    }
                };
                let Some(delivery) = self.log.get(&id) else {
                    continue;
                };
                destination.in_flight += 1;
                destination
                    .busy
                    .extend(delivery.updates.iter().filter_map(|u| u.wamid.clone()));
                let secret = world
                    .apps
                    .get(&delivery.app_id)
                    .map(|a| a.secret.as_str())
                    .unwrap_or_default();
                let mut body = delivery.body.clone();
                let headers = signatures(config.signature, secret, &body);
                if let Some(cut) = config.truncate_body {
                    body.truncate(cut);
                }
                out.push(Start {
                    id,
                    destination: key.clone(),
                    url: delivery.url.clone(),
                    headers,
                    body,
                });
            }
        }
        out
    }

    /// Ends a delivery; of the ended ones the newest `max` stay in the log.
    pub fn end(&mut self, id: u64, state: DeliveryState, max: usize) {
        let Some(delivery) = self.log.get_mut(&id) else {
            return;
        };
        delivery.state = state;
        self.ended.push_back(id);
        while self.ended.len() > max {
            if let Some(old) = self.ended.pop_front() {
                self.log.remove(&old);
            }
        }
    }

    /// Ends an attempt; returns the delivery when it is still in the log.
    pub fn finish(&mut self, id: u64, destination: &str, attempt: Attempt) -> Option<&mut Delivery> {
        let delivery = self.log.get_mut(&id);
        if let Some(destination) = self.destinations.get_mut(destination) {
            destination.in_flight = destination.in_flight.saturating_sub(1);
            match &delivery {
                Some(d) => d.updates.iter().filter_map(|u| u.wamid.as_ref()).for_each(|w| {
                    destination.busy.remove(w);
                }),
                // Its updates were removed with the log row, so it is unknown which keys were its own.
                None if destination.in_flight == 0 => destination.busy.clear(),
                None => {}
            }
        }
        let delivery = delivery?;
        delivery.attempts.push(attempt);
        if delivery.attempts.len() > 64 {
            delivery.attempts.remove(0);
        }
        Some(delivery)
    }
}

enum Taken {
    Updates(Vec<Update>),
    Again(u64),
}

impl Destination {
    /// The next delivery whose message has none in flight, with up to `batch` updates.
    fn take(&mut self, batch: usize) -> Option<Taken> {
        let mut waiting: HashSet<String> = HashSet::new();
        let mut at = 0;
        let mut out: Vec<Update> = Vec::new();
        while at < self.queue.len() && at < LOOK_AHEAD && out.len() < batch {
            match self.queue.get(at) {
                Some(Job::Again(_)) if out.is_empty() => {
                    if let Some(Job::Again(id)) = self.queue.remove(at) {
                        return Some(Taken::Again(id));
                    }
                }
                Some(Job::Update(update)) => {
                    let key = update.wamid.clone().unwrap_or_default();
                    if !key.is_empty() && (self.busy.contains(&key) || waiting.contains(&key)) {
                        waiting.insert(key);
                        at += 1;
                        continue;
                    }
                    if let Some(Job::Update(update)) = self.queue.remove(at) {
                        out.push(*update);
                    }
                }
                _ => at += 1,
            }
        }
        (!out.is_empty()).then_some(Taken::Updates(out))
    }
}

fn signatures(mode: Signature, secret: &str, body: &Bytes) -> Vec<(&'static str, String)> {
    let secret = if mode == Signature::Wrong {
        format!("{secret}-wrong")
    } else {
        secret.to_owned()
    };
    let sha1 = ("X-Hub-Signature", payload::sign_sha1(&secret, body));
    match mode {
        Signature::Missing => Vec::new(),
        Signature::Sha1Only => vec![sha1],
        Signature::Right | Signature::Wrong => {
            vec![
                (
                    "X-Hub-Signature-256",
                    cloud_api::signature::sign(&secret.into(), body),
                ),
                sha1,
            ]
        }
    }
}

/// Virtual ms until the next try after `retries` of them; `None` when the window is over.
pub fn backoff(retries: usize, created_at: i64, now: i64, window_hours: u32) -> Option<i64> {
    const STEPS_S: [i64; 6] = [0, 30, 120, 600, 3_600, 21_600];
    let wait = STEPS_S.get(retries).copied().unwrap_or(43_200) * 1_000;
    let end = created_at + i64::from(window_hours) * 3_600_000;
    (now + wait <= end).then_some(wait)
}
