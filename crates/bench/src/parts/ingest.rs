//! P4, P4b: webhooks per second, 200 only when they are on disk; one event per POST, over kept-alive connections. The platform
//! against one commit per event and the courier shape, alternately; response times at a fixed 5,000 per second; and the time
//! until everything is applied.
//!
//! The shapes store events and apply nothing. So the platform has two kinds of rounds: as in production, with a worker that
//! applies events on the same cores; and receiving alone, with the worker stopped until the round is over, which is what the
//! shapes do and what the two ratios compare.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use kernel::Clock;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{
    events::{Events, Receiver},
    http::{Event, Poster, address},
    plan::Plan,
    proc::{Role, Watch, memory},
    process::Running,
    report::{Row, Whose, short},
    rounds::{Histogram, Round, Series, histogram, latency, median, record, window},
    services::Services,
    shapes::ingest::{Kind, start},
    sim::Statuses,
    tenants::{Wanted, numbers},
    world::World,
};

const TENANTS: usize = 4;
/// Messages sent beforehand, whose statuses come in.
const SENT: u64 = 8_000;
const SENT_MESSAGES: &str = "SELECT channel.phone_number_id, message.wamid FROM messaging_messages message \
    JOIN channels_channels channel ON channel.tenant_id = message.tenant_id AND channel.id = message.channel_id \
    WHERE message.direction = 'outbound' AND message.wamid IS NOT NULL LIMIT ?";
const INBOX: &str = "SELECT COUNT(*) FROM messaging_messages WHERE direction = 'inbound'";
/// Connections that post at a time.
const CONNECTIONS: [usize; 2] = [32, 128];
/// Which of them the goals are for.
const MANY: usize = 1;
/// Seconds of a round, and of one that leaves all of its events to be applied after it.
const SECONDS: f64 = 2.0;
const ALONE_SECONDS: f64 = 1.0;
/// Before measuring begins.
const WARM_UP: Duration = Duration::from_millis(300);
/// A round makes as many events as the quickest could take, and no more than fit in memory with ease.
const MOST: usize = 120_000;
/// Events a second of the open loop, and for how long.
const OPEN_RATE: u32 = 5_000;
const OPEN_SECONDS: u32 = 5;
/// Connections of the open loop: so many that one is always free unless the server is late.
const OPEN_CONNECTIONS: usize = 256;
/// How long the platform may take to apply what it answered 200 to, before a round goes on without.
const DRAIN: Duration = Duration::from_secs(40);

/// What a burst of posts came to.
#[derive(Default)]
struct Posted {
    ok: u64,
    /// Of those, messages.
    messages: u64,
    refused: u64,
    took: Option<Histogram>,
}

#[derive(Default)]
struct Results {
    ours: [Series; 2],
    /// Receiving alone, on the larger number of connections.
    alone: Series,
    single: [Series; 2],
    courier: Series,
    refused: u64,
    messages: u64,
    applied: Vec<f64>,
    late: u32,
}

impl Results {
    /// What the platform was sent in one round.
    fn count(&mut self, posted: &Posted) {
        self.refused += posted.refused;
        self.messages += posted.messages;
    }
}

/// Measures it.
///
/// # Errors
/// When a receiver does not come up.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut field = Field::prepare(plan, services).await?;
    for _ in 0..plan.rounds {
        for index in 0..CONNECTIONS.len() {
            field.as_it_runs(index).await?;
            if index == MANY {
                field.alone().await?;
            }
            field.single(index).await?;
        }
        field.courier().await?;
    }
    field.report().await
}

/// Everybody who is measured, and what came of it.
struct Field<'p> {
    plan: &'p Plan,
    world: World,
    events: Events,
    /// What the shapes' bodies are signed with.
    key: SecretString,
    single: (Running, String),
    courier: (Running, String),
    results: Results,
    // What the shapes say, until they are stopped.
    _logs: TempDir,
}

impl<'p> Field<'p> {
    async fn prepare(plan: &'p Plan, services: &Services) -> anyhow::Result<Self> {
        let mut world = World::start(plan, services, "ingest").await?;
        let wanted = Wanted {
            numbers: 2,
            contacts: 5_000,
            per_second: 1_000,
        };
        let tenants = world.tenants(TENANTS, wanted).await?;
        world.sim.weather(0, Statuses::Off).await?;
        world.start_worker()?;
        world.queue(&numbers(&tenants), SENT).await?;
        let (began, mut sent) = (Instant::now(), 0);
        while sent < SENT && began.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            sent = world.sim.accepted().await?;
        }
        world.idle(Duration::from_secs(20)).await?;
        let sent: Vec<(String, String)> = sqlx::query_as(SENT_MESSAGES)
            .bind(SENT)
            .fetch_all(&world.pool)
            .await?;
        let secret = format!("{:032x}", std::process::id());
        let logs = tempfile::tempdir()?;
        let log = |name: &str| -> PathBuf { logs.path().join(name) };
        Ok(Self {
            plan,
            events: Events::new(tenants, &sent, Clock::system().now().timestamp()),
            single: start(&world, Kind::Single, &secret, &log("single")).await?,
            courier: start(&world, Kind::Courier, &secret, &log("courier")).await?,
            key: secret.into(),
            world,
            results: Results::default(),
            _logs: logs,
        })
    }

    fn platform(&self, connections: usize, seconds: f64) -> Target<'_> {
        Target {
            address: address(&self.world.base),
            connections,
            seconds,
            receiver: Receiver::Platform,
            watch: self.world.watch(),
        }
    }

    fn shape<'f>(&'f self, shape: &'f (Running, String), connections: usize) -> Target<'f> {
        let (running, at) = shape;
        let mut watch = self.world.watch_around();
        watch.add(Role::App, running.pid);
        watch.add(Role::Harness, std::process::id());
        Target {
            address: address(at),
            connections,
            seconds: SECONDS,
            receiver: Receiver::Shape(&self.key),
            watch,
        }
    }

    /// The platform with its worker, until everything is applied.
    async fn as_it_runs(&mut self, index: usize) -> anyhow::Result<()> {
        let guess = self.results.ours[index].rate();
        let target = self.platform(CONNECTIONS[index], SECONDS);
        let (began, round, posted) = target.round(self.plan, &self.events, guess).await?;
        self.results.count(&posted);
        self.results.ours[index].add(round);
        if applied(&self.world, self.results.messages).await? {
            #[expect(clippy::cast_precision_loss, reason = "a hundred thousand")]
            let rate = posted.ok as f64 / began.elapsed().as_secs_f64();
            self.results.applied.push(rate);
        } else {
            self.results.late += 1;
        }
        Ok(())
    }

    /// The platform receiving; what it has received is applied after the round.
    async fn alone(&mut self) -> anyhow::Result<()> {
        self.world.stop_worker().await?;
        let guess = self
            .results
            .alone
            .rate()
            .max(self.results.ours[MANY].rate() * 2.0);
        let target = self.platform(CONNECTIONS[MANY], ALONE_SECONDS);
        let (_, round, posted) = target.round(self.plan, &self.events, guess).await?;
        self.results.count(&posted);
        self.results.alone.add(round);
        self.world.start_worker()?;
        self.results.late += u32::from(!applied(&self.world, self.results.messages).await?);
        Ok(())
    }

    async fn single(&mut self, index: usize) -> anyhow::Result<()> {
        let guess = self.results.single[index].rate();
        let target = self.shape(&self.single, CONNECTIONS[index]);
        let (_, round, _) = target.round(self.plan, &self.events, guess).await?;
        self.results.single[index].add(round);
        Ok(())
    }

    async fn courier(&mut self) -> anyhow::Result<()> {
        let guess = self.results.courier.rate();
        let target = self.shape(&self.courier, CONNECTIONS[MANY]);
        let (_, round, _) = target.round(self.plan, &self.events, guess).await?;
        self.results.courier.add(round);
        Ok(())
    }

    /// The rows, with the open loop's and the memory after everything.
    async fn report(self) -> anyhow::Result<Vec<Row>> {
        let mut rows = rows(&self.results, self.world.count(INBOX).await?);
        rows.push(open_loop(&self.world, &self.events).await?);
        if let (Some(serve), Some(worker)) = (self.world.serve_pid(), self.world.worker_pid()) {
            let (serve, worker) = (memory(serve), memory(worker));
            let what = "memory of `serve` after all this";
            let row = Row::new("P9", Whose::Ours, what, serve.rss_mib, "MiB");
            let row = Row {
                memory: Some(serve),
                ..row
            };
            rows.push(row.note(format!("worker: {} MiB", short(worker.rss_mib))));
        }
        if let Some(first) = rows.first_mut() {
            for complaint in self.world.complaints() {
                first.note = format!("{}; {complaint}", first.note);
            }
        }
        let _ = (self.single.0.stop().await, self.courier.0.stop().await);
        self.world.stop().await?;
        Ok(rows)
    }
}

/// Waits until the inbox holds as many messages as were answered 200 and nothing else is left to do; whether it came to that.
async fn applied(world: &World, messages: u64) -> anyhow::Result<bool> {
    let began = Instant::now();
    while began.elapsed() < DRAIN {
        if world.idle(DRAIN.saturating_sub(began.elapsed())).await? && world.count(INBOX).await? >= messages {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

struct Target<'a> {
    address: &'a str,
    connections: usize,
    seconds: f64,
    receiver: Receiver<'a>,
    watch: Watch,
}

impl Target<'_> {
    /// Posts as fast as the connections allow. Answers when it began, the measured window, and everything that was posted.
    async fn round(
        &self,
        plan: &Plan,
        events: &Events,
        guess: f64,
    ) -> anyhow::Result<(Instant, Round, Posted)> {
        let seconds = plan.seconds.min(self.seconds);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a hundred thousand"
        )]
        let count = ((guess.max(8_000.0) * 1.5 * (seconds + 1.0)) as usize).min(MOST);
        let events = events.make(count, self.receiver);
        let (events, next, done) = (
            Arc::new(events),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicU64::new(0)),
        );
        let began = Instant::now();
        let until = began + WARM_UP + Duration::from_secs_f64(seconds);
        let mut tasks = JoinSet::new();
        for _ in 0..self.connections {
            let (events, next, done) = (events.clone(), next.clone(), done.clone());
            let mut poster = Poster::connect(self.address).await?;
            tasks.spawn(async move {
                let mut posted = Posted::default();
                while Instant::now() < until
                    && let Some(event) = events.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    if poster.post(event).await? == 200 {
                        posted.ok += 1;
                        posted.messages += u64::from(event.message);
                        done.fetch_add(1, Ordering::Relaxed);
                    } else {
                        posted.refused += 1;
                    }
                }
                anyhow::Ok(posted)
            });
        }
        tokio::time::sleep(WARM_UP).await;
        let round = window(seconds - 0.1, &self.watch, || async {
            Ok(done.load(Ordering::Relaxed))
        })
        .await?;
        let mut all = Posted::default();
        while let Some(of_one) = tasks.join_next().await {
            let of_one = of_one??;
            all.ok += of_one.ok;
            all.messages += of_one.messages;
            all.refused += of_one.refused;
        }
        Ok((began, round, all))
    }
}

fn rows(results: &Results, inbox: u64) -> Vec<Row> {
    let mut rows = Vec::new();
    let (to_single, to_courier) = (
        results.alone.ratio(&results.single[MANY]),
        results.alone.ratio(&results.courier),
    );
    let what = format!(
        "events answered 200 when durable, receiving alone, {} connections",
        CONNECTIONS[MANY]
    );
    let alone = results
        .alone
        .row("P4", Whose::Ours, what, "events/s")
        .wish("at least 15,000 a second", results.alone.rate() >= 15_000.0)
        .wish(
            format!("3 × one commit an event ({} ×)", short(to_single)),
            to_single >= 3.0,
        )
        .wish(
            format!("8 × the courier shape ({} ×)", short(to_courier)),
            to_courier >= 8.0,
        )
        .note(format!("{} answered otherwise in all rounds", results.refused));
    rows.push(alone);
    for (index, connections) in CONNECTIONS.into_iter().enumerate() {
        let ours = &results.ours[index];
        let what = format!(
            "events answered 200 while a worker applies them on the same cores, {connections} connections"
        );
        let mut row = ours.row("P4", Whose::Ours, what, "events/s").note(format!(
            "{} × one commit an event, which applies nothing",
            short(ours.ratio(&results.single[index]))
        ));
        if index == MANY {
            row = row
                .wish("at least 15,000 a second", ours.rate() >= 15_000.0)
                .note(format!(
                    "{} × the courier shape",
                    short(ours.ratio(&results.courier))
                ));
        }
        rows.push(row);
    }
    for (index, connections) in CONNECTIONS.into_iter().enumerate() {
        let what = format!("one commit an event, {connections} connections");
        rows.push(results.single[index].row("P4", Whose::Shape, what, "events/s"));
    }
    let what = format!("courier shape, {} connections", CONNECTIONS[MANY]);
    rows.push(results.courier.row("P4", Whose::Shape, what, "events/s"));
    let applied = Row::new(
        "",
        Whose::Ours,
        "events applied, from the first post until nothing is left to do",
        median(&results.applied),
        "events/s",
    );
    let applied = Row {
        rounds: results.applied.clone(),
        ..applied
    }
    .wish("each message in the inbox, once", inbox == results.messages)
    .note(format!(
        "{} messages were answered 200, {inbox} are in the inbox",
        results.messages
    ));
    rows.push(match results.late {
        0 => applied,
        late => applied.note(format!(
            "in {late} rounds not everything was applied within {DRAIN:?}"
        )),
    });
    rows
}

/// Posts at a fixed rate whatever the answers do. An event's time counts from the moment at which it was due, so that a
/// late answer delays none of the others unseen.
async fn open_loop(world: &World, events: &Events) -> anyhow::Result<Row> {
    let count = (OPEN_RATE * OPEN_SECONDS) as usize;
    let events = events.make(count, Receiver::Platform);
    let (events, next) = (Arc::new(events), Arc::new(AtomicUsize::new(0)));
    let mut posters = Vec::new();
    for _ in 0..OPEN_CONNECTIONS {
        posters.push(Poster::connect(address(&world.base)).await?);
    }
    let (watch, before) = (world.watch(), world.watch().cpu());
    let began = tokio::time::Instant::now() + Duration::from_millis(50);
    let mut tasks = JoinSet::new();
    for mut poster in posters {
        let (events, next) = (events.clone(), next.clone());
        tasks.spawn(async move {
            let mut took = histogram();
            let mut posted = Posted::default();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(event): Option<&Event> = events.get(index) else {
                    break;
                };
                #[expect(clippy::cast_precision_loss, reason = "thousands")]
                let due = began + Duration::from_secs_f64(index as f64 / f64::from(OPEN_RATE));
                tokio::time::sleep_until(due).await;
                match poster.post(event).await? {
                    200 => posted.ok += 1,
                    _ => posted.refused += 1,
                }
                record(&mut took, due.elapsed());
            }
            posted.took = Some(took);
            anyhow::Ok(posted)
        });
    }
    let (mut all, mut ok, mut refused) = (histogram(), 0, 0);
    while let Some(of_one) = tasks.join_next().await {
        let of_one = of_one??;
        (ok, refused) = (ok + of_one.ok, refused + of_one.refused);
        if let Some(took) = of_one.took {
            all.add(took).context("the histograms have the same bounds")?;
        }
    }
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), watch.cpu().since(before).per(ok));
    let told = latency(&all);
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let rate = ok as f64 / seconds;
    let what = format!("events answered 200 at a fixed {OPEN_RATE} a second");
    Ok(Row {
        latency: Some(told),
        cpu_us: Some(cpu),
        ..Row::new("P4b", Whose::Ours, what, rate, "events/s")
    }
    .wish("p50 at most 5 ms", told.p50_ms <= 5.0)
    .wish("p99 at most 25 ms", told.p99_ms <= 25.0)
    .note(format!("{refused} answered otherwise")))
}
