//! The state behind the lock: world, deliveries, ledger; and helpers that every part uses.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::agenda::{Event, Update};
use crate::bucket::Bucket;
use crate::clock::VirtualClock;
use crate::config::{BucketClock, SimConfig};
use crate::conversation;
use crate::delivery::{Deliveries, Start};
use crate::ledger::Ledger;
use crate::life::Life;
use crate::links::Links;
use crate::pricing::RateCard;
use crate::world::World;

/// Events that one step handles at most, so that the lock is not held for long.
const STEP: usize = 500;

/// The mutable state.
#[derive(Debug)]
pub struct Core {
    /// Knobs.
    pub config: SimConfig,
    /// The world.
    pub world: World,
    /// Webhook queues and log.
    pub deliveries: Deliveries,
    /// What was accepted and delivered.
    pub ledger: Ledger,
    /// Counters for `/_sim/metrics`.
    pub metrics: BTreeMap<&'static str, u64>,
    /// Prices.
    pub rates: RateCard,
    /// Links of messages that are to be fetched.
    pub links: Links,
    /// Events for the phone page that have not been broadcast yet.
    pub live: Vec<Value>,
    /// Whether there are listeners.
    pub listened: bool,
}

impl Core {
    /// An empty world with these knobs.
    pub fn new(config: SimConfig) -> Self {
        let real = config.wall.now_ms();
        let clock = VirtualClock::new(config.start_ms.unwrap_or(real), real, config.speed);
        Self {
            world: World::new(config.seed, clock),
            deliveries: Deliveries::default(),
            ledger: Ledger::new(config.max_ledger),
            metrics: BTreeMap::new(),
            rates: RateCard::of(&config),
            links: Links::default(),
            live: Vec::new(),
            listened: false,
            config,
        }
    }

    /// Virtual Unix ms.
    pub fn now(&self) -> i64 {
        self.world.clock.now(self.config.wall.now_ms())
    }

    /// Time of the throughput and pair buckets.
    pub fn bucket_now(&self) -> i64 {
        match self.config.bucket_clock {
            BucketClock::Real => self.config.wall.now_ms(),
            BucketClock::Virtual => self.now(),
        }
    }

    /// Counts something.
    pub fn count(&mut self, what: &'static str) {
        *self.metrics.entry(what).or_default() += 1;
    }

    /// An event for the phone page, created only when there are listeners.
    pub fn tell(&mut self, event: impl FnOnce() -> Value) {
        if self.listened {
            self.live.push(event());
        }
    }

    /// Schedules an event.
    pub fn plan(&mut self, due: i64, event: Event) {
        if !self.world.agenda.add(due, event) {
            self.count("events_dropped");
        }
    }

    /// A random delay around its mean.
    pub fn around(&mut self, mean_ms: u64) -> i64 {
        self.world.dice.around(mean_ms, self.config.delays.spread) as i64
    }

    /// Takes a token of a number's throughput.
    pub fn take_throughput(&mut self, phone_id: &str) -> bool {
        let now = self.bucket_now();
        let default = self.config.mps_default;
        let Some(phone) = self.world.phones.get_mut(phone_id) else {
            return true;
        };
        let mps = f64::from(phone.throughput_mps.unwrap_or(default));
        phone
            .bucket
            .get_or_insert_with(|| Bucket::full(mps, now))
            .take(mps, mps / 1_000.0, now)
    }

    /// Takes a token of the pair limit: 45 at once, then one in 6 s (Cloud API: throughput).
    pub fn take_pair(&mut self, phone_id: &str, user_id: &str) -> bool {
        if !self.config.pair_limit {
            return true;
        }
        let now = self.bucket_now();
        let thread = self.world.thread(phone_id, user_id);
        thread
            .pair
            .get_or_insert_with(|| Bucket::full(45.0, now))
            .take(45.0, 1.0 / 6_000.0, now)
    }

    /// Sends an update to all subscribers (Cloud API: webhook subscription).
    pub fn post(&mut self, update: Update) {
        let Some(waba) = self.world.wabas.get(&update.waba_id) else {
            return;
        };
        let message_type = update.list.is_some();
        let phone_override = update
            .phone_id
            .as_ref()
            .and_then(|id| self.world.phones.get(id))
            .and_then(|p| p.override_callback_uri.clone());
        let mut targets = Vec::new();
        for (app_id, subscription) in &waba.subscriptions {
            let Some(app) = self.world.apps.get(app_id) else {
                continue;
            };
            if !app.fields.is_empty() && !app.fields.contains_key(&update.field) {
                continue;
            }
            let own = if message_type {
                phone_override
                    .clone()
                    .or_else(|| subscription.override_callback_uri.clone())
            } else {
                None
            };
            let url = own.unwrap_or_else(|| app.callback_url.clone());
            if !url.is_empty() {
                targets.push((app_id.clone(), url));
            }
        }
        if targets.is_empty() {
            self.count("updates_without_subscriber");
        }
        // Only additional apps need a copy.
        let last = targets.len().saturating_sub(1);
        let mut whole = Some(update);
        for (at, (app_id, url)) in targets.into_iter().enumerate() {
            let update = if at == last { whole.take() } else { whole.clone() };
            let Some(update) = update else { break };
            let update = conversation::for_app(self.world.apps.get(&app_id), update);
            if self
                .deliveries
                .enqueue(&app_id, &url, update, self.config.max_queue)
            {
                self.count("updates_queued");
            } else {
                self.count("updates_dropped");
            }
        }
    }

    /// Like [`Core::post`], with the duplicates and reordering of the knobs.
    pub fn post_noisily(&mut self, mut update: Update) {
        let now = self.now();
        if self.world.dice.chance(self.config.p_unknown) {
            update.item["sim_unknown"] = json!({"nested": [1, "zwei", null]});
            self.account_post(
                &update.waba_id,
                "sim_unknown_field",
                json!({"event": "NOBODY_KNOWS"}),
            );
        }
        if self.world.dice.chance(self.config.p_dup) {
            let later = self.world.dice.below(60_000) as i64;
            self.plan(now + later, Event::Post(Box::new(update.clone())));
        }
        if self.world.dice.chance(self.config.p_reorder) {
            let later = 1 + self.world.dice.below(2_000) as i64;
            self.plan(now + later, Event::Post(Box::new(update)));
        } else {
            self.post(update);
        }
    }

    /// Runs due events, and takes the deliveries that may start. True when more is due than one step handles.
    pub fn step(&mut self) -> (Vec<Start>, bool) {
        let mut more = true;
        for _ in 0..STEP {
            let now = self.now();
            let Some(event) = self.world.agenda.pop(now).or_else(|| self.world.later.pop(now)) else {
                more = false;
                break;
            };
            match event {
                Event::Status { wamid, status, error } => self.status(&wamid, &status, error),
                Event::Post(update) => self.post(*update),
                Event::Retry { delivery, .. } => {
                    if !self.deliveries.again(delivery) {
                        self.count("retries_lost");
                    }
                }
                Event::Review { template } => self.review(&template),
                Event::Life(life) => self.live_on(life),
                Event::Inbound(spec) => {
                    if let Err(reason) = self.inbound(&spec) {
                        tracing::warn!(reason, "a simulated person could not write");
                    }
                }
            }
        }
        let now = self.now();
        (self.deliveries.start(&self.world, &self.config, now), more)
    }

    /// Real ms until the next event; `None` when there is none or the clock is stopped.
    pub fn wait_ms(&self) -> Option<u64> {
        let due = self.world.next_due()?;
        self.world.clock.wait(due, self.config.wall.now_ms())
    }

    /// True when nothing is in flight and nothing is due.
    pub fn is_caught_up(&self) -> bool {
        self.deliveries.is_idle()
            && self.links.is_idle()
            && self.world.next_due().is_none_or(|due| due > self.now())
    }

    /// True when nothing is pending, not even in the future.
    pub fn is_settled(&self) -> bool {
        self.deliveries.is_idle() && self.links.is_idle() && self.world.agenda.len() == 0
    }

    /// The whole world as JSON. Undelivered updates are scheduled again, so nothing is lost (and a delivery that
    /// was in flight arrives twice, as with Meta).
    pub fn export(&self) -> Value {
        let mut world = self.world.clone();
        let now = self.now();
        world.clock = VirtualClock::new(now, self.config.wall.now_ms(), world.clock.speed());
        let rows: Vec<(i64, u64, Event)> = world.agenda.into();
        world.agenda = rows
            .into_iter()
            .filter(|(_, _, e)| !matches!(e, Event::Retry { .. }))
            .collect::<Vec<_>>()
            .into();
        for update in self.deliveries.unfinished() {
            world.agenda.add(now, Event::Post(Box::new(update)));
        }
        for wamid in self.links.unfinished() {
            world
                .agenda
                .add(now, Event::Life(Life::Fetch { wamid: wamid.clone() }));
        }
        json!({"version": 1, "world": world})
    }

    /// Replaces the world by an exported one.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the document.
    pub fn import(&mut self, document: Value) -> Result<(), String> {
        if document.get("version").and_then(Value::as_u64) != Some(1) {
            return Err("the document has no \"version\": 1; it is not an export of this simulator".into());
        }
        let Value::Object(mut document) = document else {
            return Err("the document is not an object".into());
        };
        let world = document.remove("world").unwrap_or_default();
        let mut world: World =
            serde_json::from_value(world).map_err(|e| format!("the world cannot be read: {e}"))?;
        let real = self.config.wall.now_ms();
        world.clock = world.clock.resumed(real);
        world.reindex();
        self.world = world;
        self.deliveries = Deliveries::default();
        self.links = Links::default();
        Ok(())
    }
}
