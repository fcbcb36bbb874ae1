//! P5, P5b: from a webhook's POST to the frame in an agent's WebSocket, with a thousand sockets open; and their memory.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::Clock;
use tokio::task::JoinSet;
use tokio_tungstenite::{
    connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::{
    events::Events,
    http::{Poster, address},
    plan::Plan,
    proc::{Cpu, memory},
    report::{Latency, Row, Whose, short},
    rounds::{Histogram, histogram, latency, record},
    services::Services,
    tenants::{Tenant, Wanted},
    world::World,
};

/// Sockets that hear one event.
const RECIPIENTS: usize = 10;
/// Events a second, and for how long.
const RATE: u32 = 200;
const SECONDS: u32 = 8;
/// Events to all sockets of one tenant, and how far apart.
const BROADCASTS: u32 = 20;
const APART: Duration = Duration::from_millis(250);
/// Connections that post.
const POSTERS: usize = 32;
/// What marks a text of ours, before its number.
const MARK: &str = "bench-event-";

/// When each event was due, and how long its frames took.
struct Ear {
    began: Instant,
    due: Vec<AtomicU64>,
    took: Mutex<Histogram>,
    resyncs: AtomicU64,
}

impl Ear {
    fn new(events: u32) -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            due: (0..events).map(|_| AtomicU64::new(0)).collect(),
            took: Mutex::new(histogram()),
            resyncs: AtomicU64::new(0),
        })
    }

    fn posted(&self, number: usize, at: Instant) {
        let micros = u64::try_from((at - self.began).as_micros()).unwrap_or(0);
        self.due[number].store(micros, Ordering::Relaxed);
    }

    /// Notes every event of ours that the frame speaks of.
    fn heard(&self, frame: &str) {
        let now = self.began.elapsed();
        if frame.contains(r#""type":"resync""#) {
            self.resyncs.fetch_add(1, Ordering::Relaxed);
        }
        if !frame.contains("messages_received") {
            return;
        }
        let mut took = self.took.lock().unwrap_or_else(PoisonError::into_inner);
        for rest in frame.split(MARK).skip(1) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            let due = digits.parse().ok().and_then(|number: usize| self.due.get(number));
            if let Some(due) = due {
                let due = Duration::from_micros(due.load(Ordering::Relaxed));
                record(&mut took, now.saturating_sub(due));
            }
        }
    }

    fn count(&self) -> u64 {
        self.took.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn told(&self) -> Latency {
        latency(&self.took.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Measures it.
///
/// # Errors
/// When sockets cannot be opened.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut world = World::start(plan, services, "live").await?;
    world.start_worker()?;
    let wanted = Wanted {
        numbers: 1,
        contacts: 0,
        per_second: 1_000,
    };
    let tenants = world
        .tenants(plan.sockets.div_ceil(RECIPIENTS).max(1), wanted)
        .await?;
    world.idle(Duration::from_secs(20)).await?;
    let now = Clock::system().now().timestamp();
    let mut rows = Vec::new();

    let ear = Ear::new(RATE * SECONDS);
    let seats = tenants.iter().cycle().take(plan.sockets).cloned().collect();
    let sockets = open(&world, seats, &ear).await?;
    let serve = world.serve_pid().map(memory).unwrap_or_default();
    let row = Row::new(
        "P9",
        Whose::Ours,
        format!("memory of `serve` with {} sockets", plan.sockets),
        serve.rss_mib,
        "MiB",
    );
    rows.push(
        Row {
            memory: Some(serve),
            ..row
        }
        .wish("at most 90 MiB", serve.rss_mib <= 90.0),
    );
    let cpu = world.watch().cpu();
    let events = Arc::new(Events::new(tenants.clone(), &[], now));
    let every = Duration::from_secs(1) / RATE;
    let posted = post(&world, &events, &ear, RATE * SECONDS, every, Some(tenants.len())).await?;
    let heard = wait(&ear, posted * RECIPIENTS as u64).await;
    let cpu = world.watch().cpu().since(cpu).per(posted);
    let what = format!(
        "webhook to frame, {RATE} events/s to {RECIPIENTS} of {} sockets each",
        plan.sockets
    );
    rows.push(told(
        "P5",
        what,
        &ear,
        posted * RECIPIENTS as u64,
        heard,
        cpu,
        (10.0, 40.0),
    ));
    drop(sockets);

    let ear = Ear::new(BROADCASTS);
    let seats = tenants
        .iter()
        .take(1)
        .cycle()
        .take(plan.sockets)
        .cloned()
        .collect();
    let sockets = open(&world, seats, &ear).await?;
    let cpu = world.watch().cpu();
    let posted = post(&world, &events, &ear, BROADCASTS, APART, None).await?;
    let wanted = posted * plan.sockets as u64;
    let heard = wait(&ear, wanted).await;
    let cpu = world.watch().cpu().since(cpu).per(posted);
    let what = format!(
        "webhook to frame, one event to all {} sockets of a tenant",
        plan.sockets
    );
    rows.push(told("P5b", what, &ear, wanted, heard, cpu, (f64::INFINITY, 40.0)));
    drop(sockets);
    world.stop().await?;
    Ok(rows)
}

/// `wished` are the p50 and p99 that were hoped for.
fn told(
    goal: &'static str,
    what: String,
    ear: &Ear,
    wanted: u64,
    heard: u64,
    cpu: Cpu,
    wished: (f64, f64),
) -> Row {
    let latency = ear.told();
    let mut row = Row {
        latency: Some(latency),
        cpu_us: Some(cpu),
        ..Row::new(goal, Whose::Ours, what, latency.p50_ms, "ms (p50)")
    };
    if wished.0.is_finite() {
        row = row.wish(
            format!("p50 at most {} ms", short(wished.0)),
            latency.p50_ms <= wished.0,
        );
    }
    row.wish(
        format!("p99 at most {} ms", short(wished.1)),
        latency.p99_ms <= wished.1,
    )
    .wish("none lost", heard == wanted)
    .note(format!(
        "{heard} of {wanted} frames, {} told to fetch afresh",
        ear.resyncs.load(Ordering::Relaxed)
    ))
}

/// Opens a socket for each of these, many at a time; they listen until the answer is dropped.
async fn open(world: &World, seats: Vec<Arc<Tenant>>, ear: &Arc<Ear>) -> anyhow::Result<JoinSet<()>> {
    // This end's buffers are no smaller part of the machine's memory than the server's.
    let config = WebSocketConfig::default()
        .read_buffer_size(4 << 10)
        .write_buffer_size(1 << 10);
    let open: Vec<_> = stream::iter(seats)
        .map(|tenant| async move {
            let address = format!("{}/api/v1/live", world.base.replacen("http", "ws", 1));
            let mut request = address.into_client_request()?;
            request
                .headers_mut()
                .insert("authorization", format!("Bearer {}", tenant.key).parse()?);
            let (mut socket, _) = connect_async_with_config(request, Some(config), true).await?;
            // The greeting: from here on it hears everything.
            socket
                .next()
                .await
                .context("a socket that was closed at once")??;
            anyhow::Ok(socket)
        })
        .buffer_unordered(32)
        .try_collect()
        .await?;
    let mut listening = JoinSet::new();
    for mut socket in open {
        let ear = ear.clone();
        listening.spawn(async move {
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Text(text) = message {
                    ear.heard(&text);
                }
            }
        });
    }
    Ok(listening)
}

/// Posts a text every so often, to the tenants in turn or to the first alone. Answers how many were taken.
async fn post(
    world: &World,
    events: &Arc<Events>,
    ear: &Arc<Ear>,
    count: u32,
    every: Duration,
    tenants: Option<usize>,
) -> anyhow::Result<u64> {
    let began = Instant::now() + Duration::from_millis(100);
    let mut tasks = JoinSet::new();
    let posters = POSTERS.min(count as usize);
    for first in 0..posters {
        let mut poster = Poster::connect(address(&world.base)).await?;
        let (events, ear) = (events.clone(), ear.clone());
        tasks.spawn(async move {
            let mut taken = 0_u64;
            for number in (first..count as usize).step_by(posters) {
                let which = tenants.map_or(0, |tenants| number % tenants);
                let event = events.text(which, number % 200, &format!("{MARK}{number}"));
                let due = began + every * u32::try_from(number)?;
                tokio::time::sleep_until(due.into()).await;
                ear.posted(number, due);
                if poster.post(&event).await? == 200 {
                    taken += 1;
                }
            }
            anyhow::Ok(taken)
        });
    }
    let mut taken = 0;
    while let Some(of_one) = tasks.join_next().await {
        taken += of_one??;
    }
    Ok(taken)
}

/// Waits for the last frames, and no longer than ten seconds.
async fn wait(ear: &Ear, wanted: u64) -> u64 {
    let began = Instant::now();
    while ear.count() < wanted && began.elapsed() < Duration::from_secs(10) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ear.count()
}
