//! The running simulator: the lock around its state, its engine task and its webhook deliveries.

mod error;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

pub use error::ControlError;

use crate::agenda::{Event, Update};
use crate::config::SimConfig;
use crate::core::Core;
use crate::delivery::{Attempt, Delivery, DeliveryState, Start, backoff};
use crate::ledger::{Delivered, Ledger};
use crate::links::{self, Fetch};
use crate::provision::{Provision, Provisioned};

/// A callback as it is at another server; none if it is not at the first one.
fn at_another_server(callback: &str, from: &Url, to: &Url) -> Option<String> {
    let mut url = Url::parse(callback).ok()?;
    if url.origin() != from.origin() {
        return None;
    }
    url.set_scheme(to.scheme()).ok()?;
    url.set_host(to.host_str()).ok()?;
    url.set_port(to.port()).ok()?;
    Some(url.into())
}

struct Inner {
    core: Mutex<Core>,
    /// Wakes the engine.
    wake: Notify,
    /// Raised with every change; the platform saves the world then, and waiting tests check again.
    changed: watch::Sender<u64>,
    /// For the phone page.
    live: broadcast::Sender<Value>,
    tasks: TaskTracker,
    cancel: CancellationToken,
}

/// A simulator; cloning is cheap and gives the same world.
#[derive(Clone)]
pub struct Simulator(Arc<Inner>);

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Simulator")
    }
}

impl Simulator {
    /// An empty world whose engine runs on the current tokio runtime until [`Simulator::shutdown`].
    pub fn new(config: SimConfig) -> Self {
        let inner = Inner {
            core: Mutex::new(Core::new(config.clamped())),
            wake: Notify::new(),
            changed: watch::Sender::new(0),
            live: broadcast::Sender::new(1_024),
            tasks: TaskTracker::new(),
            cancel: CancellationToken::new(),
        };
        let simulator = Self(Arc::new(inner));
        simulator.0.tasks.spawn(simulator.clone().run());
        simulator
    }

    /// Stops the engine and waits for deliveries in flight. Export first to keep the world.
    pub async fn shutdown(&self) {
        self.0.cancel.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// All routes on their own: `/v{N}.{M}/…`, `/_sim/…`, `/_media/…`.
    pub fn routes(&self) -> poem::Route {
        self.mount(poem::Route::new())
    }

    /// All routes on an existing route, at the root of another server.
    pub fn mount(&self, route: poem::Route) -> poem::Route {
        let route = crate::graph::mount(self, route);
        crate::control::mount(self, route)
    }

    /// Raised with every change of the world: save [`Simulator::export`] when it does (not more than once a second).
    pub fn on_change(&self) -> watch::Receiver<u64> {
        self.0.changed.subscribe()
    }

    /// The whole world. Unfinished deliveries are scheduled again in it.
    pub fn export(&self) -> Value {
        self.lock().export()
    }

    /// Replaces the world by an exported one.
    ///
    /// # Errors
    /// When the document is not an export.
    pub fn import(&self, document: Value) -> Result<(), ControlError> {
        self.with(|core| core.import(document)).map_err(ControlError::bad)
    }

    /// Makes sure that an app, an account, a number, a token and some templates exist. Repeating it changes nothing
    /// but what is given.
    ///
    /// # Errors
    /// When an id or number has no usable shape.
    pub fn provision(&self, wanted: &Provision) -> Result<Provisioned, ControlError> {
        self.with(|core| crate::provision::provision(core, wanted))
    }

    /// Where an app's webhooks go, as it is entered in the app's configuration: account fields go only there. No handshake
    /// is made; deliveries fail where the simulator may not send.
    ///
    /// # Errors
    /// When there is no such app.
    pub fn set_callback(&self, app_id: &str, url: &str) -> Result<(), ControlError> {
        self.with(|core| match core.world.apps.get_mut(app_id) {
            Some(app) => {
                url.clone_into(&mut app.callback_url);
                Ok(())
            }
            None => Err(ControlError::missing(format!("there is no app {app_id}"))),
        })
    }

    /// Moves callbacks from one server to another: scheme, host and port are replaced, the path stays. Returns how many moved.
    /// For a server that was started again under another address.
    pub fn move_callbacks(&self, from: &Url, to: &Url) -> usize {
        self.with(|core| {
            let mut moved = 0;
            for callback in core.world.callbacks_mut() {
                if let Some(there) = at_another_server(callback, from, to) {
                    *callback = there;
                    moved += 1;
                }
            }
            moved
        })
    }

    /// Callbacks that the simulator may not call: their webhooks are not delivered.
    pub fn callbacks_out_of_reach(&self) -> BTreeSet<String> {
        self.with(|core| {
            let reach = core.config.reach.clone();
            let all = core.world.callbacks_mut();
            all.filter(|url| !url.is_empty() && reach.check(url).is_err())
                .map(|url| url.clone())
                .collect()
        })
    }

    /// Lets a person write, as `POST /_sim/inbound` does. Returns the message id.
    ///
    /// # Errors
    /// When the request is incomplete.
    pub fn inbound(&self, spec: &Value) -> Result<String, ControlError> {
        self.with(|core| core.inbound(spec)).map_err(ControlError::bad)
    }

    /// What was accepted and delivered so far.
    pub fn ledger(&self) -> Ledger {
        self.lock().ledger.clone()
    }

    /// The newest deliveries with their attempts, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.log.values().cloned().collect()
    }

    /// Virtual Unix ms.
    pub fn now_ms(&self) -> i64 {
        self.lock().now()
    }

    /// Advances the virtual clock.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        self.with(|core| {
            let real = core.config.wall.now_ms();
            core.world.clock.set(real, None, None, by);
        });
    }

    /// Changes knobs; the HTTP client and the wall clock stay.
    pub fn configure(&self, change: impl FnOnce(&mut SimConfig)) {
        self.with(|core| {
            change(&mut core.config);
            core.config = core.config.clone().clamped();
            core.rates = crate::pricing::RateCard::of(&core.config);
        });
    }

    /// Adds a fault rule.
    pub fn add_fault(&self, fault: crate::entities::Fault) {
        self.with(|core| core.add_fault(fault));
    }

    /// Resolves when nothing is pending any more, not even a retry or a status in the future. With a receiver that
    /// never answers 2xx that is after the last retry; with a stopped clock it may be never.
    pub async fn settled(&self) {
        self.wait_until(Core::is_settled).await;
    }

    /// Resolves when everything that is due has happened and no delivery is in flight.
    pub async fn caught_up(&self) {
        self.wait_until(Core::is_caught_up).await;
    }

    /// Advances the virtual clock from event to event until nothing is pending, at most by `limit`.
    pub async fn run_out(&self, limit: Duration) {
        let end = self
            .now_ms()
            .saturating_add(i64::try_from(limit.as_millis()).unwrap_or(i64::MAX / 4));
        loop {
            self.caught_up().await;
            let next = {
                let core = self.lock();
                core.world.next_due().map(|due| (due, core.now()))
            };
            match next {
                Some((due, now)) if due <= end => {
                    self.advance(Duration::from_millis(u64::try_from(due - now).unwrap_or(0)));
                }
                _ => return,
            }
        }
    }

    /// Resolves when the condition holds; it is checked after every change.
    pub(crate) async fn wait_until(&self, condition: impl Fn(&Core) -> bool) {
        let mut changed = self.0.changed.subscribe();
        loop {
            changed.mark_unchanged();
            if condition(&self.lock()) || changed.changed().await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn subscribe_live(&self) -> broadcast::Receiver<Value> {
        self.0.live.subscribe()
    }

    pub(crate) fn cancelled(&self) -> CancellationToken {
        self.0.cancel.clone()
    }

    /// Reads the state.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Core> {
        // After a panic the state is still plain data; the simulator continues.
        self.0.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes the engine.
    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Core) -> R) -> R {
        let mut core = self.lock();
        core.listened = self.0.live.receiver_count() > 0;
        let result = change(&mut core);
        self.publish(core);
        self.0.wake.notify_one();
        result
    }

    fn publish(&self, mut core: MutexGuard<'_, Core>) {
        let live = std::mem::take(&mut core.live);
        drop(core);
        for event in live {
            // No listener is fine.
            let _ = self.0.live.send(event);
        }
        self.0.changed.send_modify(|n| *n += 1);
    }

    async fn run(self) {
        loop {
            let (starts, more, fetches, wait) = {
                let mut core = self.lock();
                core.listened = self.0.live.receiver_count() > 0;
                let (starts, more) = core.step();
                let fetches = core.links.take();
                let wait = core.wait_ms();
                self.publish(core);
                (starts, more, fetches, wait)
            };
            for fetch in fetches {
                let simulator = self.clone();
                self.0.tasks.spawn(async move { simulator.fetch(fetch).await });
            }
            for start in starts {
                let simulator = self.clone();
                self.0.tasks.spawn(async move { simulator.deliver(start).await });
            }
            if more && !self.0.cancel.is_cancelled() {
                // Those that wait for the lock go first.
                tokio::task::yield_now().await;
                continue;
            }
            let sleep = async {
                match wait {
                    Some(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.cancel.cancelled() => return,
                () = self.0.wake.notified() => {}
                () = sleep => {}
            }
            let window = self.lock().config.batch_window_ms;
            if window > 0 {
                tokio::time::sleep(Duration::from_millis(window)).await;
            }
        }
    }

    async fn fetch(&self, job: Fetch) {
        let (http, reach, timeout) = {
            let core = self.lock();
            let SimConfig { http, reach, .. } = &core.config;
            (http.clone(), reach.clone(), core.config.webhook_timeout_ms)
        };
        let outcome = tokio::select! {
            outcome = links::fetch(http, &reach, Duration::from_millis(timeout), &job) => outcome,
            // An export plans it again.
            () = self.0.cancel.cancelled() => return,
        };
        self.with(|core| core.link_fetched(&job.wamid, outcome));
    }

    async fn deliver(&self, start: Start) {
        let (http, url, timeout) = {
            let core = self.lock();
            let SimConfig { http, reach, .. } = &core.config;
            (
                http.clone(),
                reach.check(&start.url),
                core.config.webhook_timeout_ms,
            )
        };
        let began = Instant::now();
        let http = http.ok_or_else(|| "the simulator was given no HTTP client".to_owned());
        let outcome = match http.and_then(|http| Ok((http, url?))) {
            Err(why) => Err(why),
            Ok((http, url)) => {
                let mut request = http
                    .post(url)
                    .header("content-type", "application/json")
                    .header("user-agent", "facebookexternalua")
                    .timeout(Duration::from_millis(timeout))
                    .body(start.body);
                for (name, value) in start.headers {
                    request = request.header(name, value);
                }
                tokio::select! {
                    answer = request.send() => answer.map(|r| r.status().as_u16()).map_err(|e| e.without_url().to_string()),
                    () = self.0.cancel.cancelled() => Err("the simulator was stopped".to_owned()),
                }
            }
        };
        let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.with(|core| finish(core, start.id, &start.destination, outcome, latency_ms));
    }
}

fn finish(core: &mut Core, id: u64, destination: &str, outcome: Result<u16, String>, latency_ms: u64) {
    let now = core.now();
    let hours = core.config.webhook_retry_hours;
    let http_status = outcome.as_ref().ok().copied();
    let ok = http_status.is_some_and(|s| (200..300).contains(&s));
    let attempt = Attempt {
        at: now,
        http_status,
        error: outcome.err(),
        latency_ms,
    };
    core.count("webhook_attempts");
    let Some(delivery) = core.deliveries.finish(id, destination, attempt) else {
        core.count("deliveries_lost_from_log");
        return;
    };
    let wait = if ok {
        None
    } else {
        backoff(delivery.retries, delivery.created_at, now, hours)
    };
    if let Some(wait) = wait {
        delivery.retries += 1;
        core.plan(
            now + wait,
            Event::Retry {
                delivery: id,
                destination: destination.to_owned(),
            },
        );
        core.count("webhook_retries");
        return;
    }
    let attempts = u32::try_from(delivery.attempts.len()).unwrap_or(u32::MAX);
    let url = delivery.url.clone();
    // The log keeps the body, not the updates it was made of.
    let updates: Vec<Told> = delivery.updates.iter_mut().map(Told::of).collect();
    let state = if ok {
        DeliveryState::Done
    } else {
        DeliveryState::GivenUp
    };
    core.deliveries.end(id, state, core.config.max_deliveries);
    for update in updates {
        core.ledger.deliver(Delivered {
            seq: 0,
            delivery: id,
            destination: url.clone(),
            kind: update.kind,
            wamid: update.wamid,
            status: update.status,
            http_status,
            attempts,
            ok,
            at: now,
        });
    }
}

/// What the ledger writes of an update.
struct Told {
    kind: String,
    wamid: Option<String>,
    status: Option<String>,
}

impl Told {
    fn of(update: &mut Update) -> Self {
        update.item = Value::Null;
        update.contact = None;
        Self {
            kind: kind_of(update).to_owned(),
            wamid: update.wamid.clone(),
            status: update.status.clone(),
        }
    }
}

fn kind_of(update: &Update) -> &str {
    match update.list.as_deref() {
        Some("messages") => "message",
        Some("statuses") => "status",
        _ => &update.field,
    }
}

/// Names of the collections of the control API.
pub(crate) fn collections() -> BTreeSet<&'static str> {
    [
        "apps",
        "portfolios",
        "wabas",
        "phones",
        "users",
        "tokens",
        "templates",
    ]
    .into()
}
