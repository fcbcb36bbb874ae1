//! P1, P1b, P1c: campaign messages per second at 100 ms, from many numbers of 1,000 per second each, every outcome in the
//! database; the platform against a stateless client and the other shapes, alternately.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;

use crate::{
    proc::{Memory, Role, Watch, memory, sockets},
    report::{Row, Whose, short},
    rounds::{Round, Series, median, window},
    services::Services,
    shapes::{Traffic, Workers, bare, courier, stateless, whatomate},
    sim::Statuses,
    tenants::{Tenant, Wanted, numbers},
    world::World,
};

/// Tenants and numbers of each: 32 numbers of 1,000 a second are no limit on this side of 32,000.
const TENANTS: usize = 4;
const NUMBERS: usize = 8;
/// Contacts of each tenant.
const CONTACTS: usize = 10_000;
/// After the first message left, before measuring begins.
const WARM_UP: Duration = Duration::from_millis(700);
/// Messages queued before the first round, when nobody knows the rate yet.
const FIRST_GUESS: u64 = 15_000;
/// And at most in any round.
const MOST: u64 = 80_000;

/// A round of the platform's.
#[derive(Clone, Copy, Debug, Default)]
pub struct OurRound {
    /// The measured window.
    pub round: Round,
    /// From the worker's start until the first message left, seconds.
    pub first_after: f64,
    /// Taken by the simulator while the worker ran.
    pub accepted: u64,
    /// Of those, sent before, where the simulator knows.
    pub doubled: Option<u64>,
    /// Updates that came back by webhook meanwhile.
    pub told: u64,
    /// Sockets the worker had open.
    pub sockets: usize,
    /// The worker's memory at the end.
    pub worker: Memory,
    /// That of `serve`.
    pub serve: Memory,
}

/// Starts the worker on what is queued, measures, ends it.
///
/// # Errors
/// When nothing leaves within 20 seconds.
pub async fn our_round(world: &mut World, seconds: f64) -> anyhow::Result<OurRound> {
    let before = world.sim.reading().await?;
    let began = Instant::now();
    world.start_worker()?;
    while world.sim.accepted().await? == before.accepted {
        ensure!(
            began.elapsed() < Duration::from_secs(20),
            "nothing left within 20 s of the worker's start"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let first_after = began.elapsed().as_secs_f64();
    tokio::time::sleep(WARM_UP).await;
    let sim = world.sim.clone();
    let round = window(seconds, &world.watch(), || sim.accepted()).await?;
    let (worker, serve) = (world.worker_pid(), world.serve_pid());
    let mut ours = OurRound {
        round,
        first_after,
        sockets: worker.map_or(0, sockets),
        worker: worker.map(memory).unwrap_or_default(),
        serve: serve.map(memory).unwrap_or_default(),
        ..OurRound::default()
    };
    world.stop_worker().await?;
    let after = world.sim.reading().await?;
    ours.accepted = after.accepted - before.accepted;
    ours.told = after.told - before.told;
    ours.doubled = after
        .doubled
        .zip(before.doubled)
        .map(|(after, before)| after - before);
    Ok(ours)
}

/// Messages that a round of this rate needs.
pub fn needed(rate: f64, seconds: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few ten thousand"
    )]
    let wanted = (rate * (seconds + WARM_UP.as_secs_f64() + 0.4) * 1.2) as u64;
    if rate > 0.0 {
        wanted.clamp(2_000, MOST)
    } else {
        FIRST_GUESS
    }
}

async fn shape_round(world: &World, workers: Workers, seconds: f64) -> anyhow::Result<Round> {
    let mut watch: Watch = world.watch_around();
    // The shape runs in this process: its time is the program's, less what the sampling takes.
    watch.add(Role::App, std::process::id());
    tokio::time::sleep(WARM_UP).await;
    let sim = world.sim.clone();
    let round = window(seconds, &watch, || sim.accepted()).await?;
    workers.end().await?;
    Ok(round)
}

struct Contenders {
    traffic: Arc<Traffic>,
    whatomate: Arc<whatomate::Campaign>,
    courier: Arc<courier::Queue>,
}

#[derive(Default)]
struct Results {
    ours: Series,
    details: Vec<OurRound>,
    stateless: Series,
    bare: Series,
    one: Series,
    many: Series,
    courier: Series,
    loading: Vec<f64>,
    queued: u64,
}

/// Measures it.
///
/// # Errors
/// When the platform or a shape stops short.
pub async fn measure(plan: &crate::plan::Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let mut world = World::start(plan, services, "send").await?;
    let wanted = Wanted {
        numbers: NUMBERS,
        contacts: CONTACTS,
        per_second: 1_000,
    };
    let tenants = world.tenants(TENANTS, wanted).await?;
    let prefix = format!("bench:{}", std::process::id());
    let contenders = Contenders {
        traffic: Traffic::new(&world, &tenants)?,
        whatomate: whatomate::Campaign::make(services, world.database_url(), &prefix, plan.shape_backlog, 32)
            .await?,
        courier: courier::Queue::make(services, world.database_url(), &prefix).await?,
    };
    let mut results = Results::default();
    for _ in 0..plan.rounds {
        turn(&mut world, &tenants, &contenders, &mut results).await?;
    }
    let mut rows = rows(&world, &results, contenders.whatomate.written().await?).await?;
    rows.push(with_statuses(&mut world, &tenants, &mut results).await?);
    for row in &mut rows {
        if row.whose == Whose::Ours && row.goal == "P1" {
            for complaint in world.complaints() {
                *row = std::mem::replace(row, Row::new("", Whose::Ours, "", 0.0, "")).note(complaint);
            }
        }
    }
    world.stop().await?;
    Ok(rows)
}

/// Every contender once.
async fn turn(
    world: &mut World,
    tenants: &[Arc<Tenant>],
    contenders: &Contenders,
    results: &mut Results,
) -> anyhow::Result<()> {
    let plan = world.plan.clone();
    top_up(world, tenants, results, plan.seconds).await?;
    let ours = our_round(world, plan.seconds).await?;
    results.ours.add(ours.round);
    results.details.push(ours);
    let traffic = &contenders.traffic;
    let running = stateless::start(traffic, plan.concurrency);
    results
        .stateless
        .add(shape_round(world, running, plan.seconds).await?);
    let running = bare::start(world, tenants, plan.concurrency).await?;
    results
        .bare
        .add(shape_round(world, running, plan.seconds.min(2.0)).await?);
    let running = contenders.whatomate.start(traffic, 32);
    results.many.add(shape_round(world, running, plan.seconds).await?);
    let running = contenders.courier.start(traffic);
    results
        .courier
        .add(shape_round(world, running, plan.seconds).await?);
    let running = contenders.whatomate.start(traffic, 1);
    results.one.add(shape_round(world, running, plan.seconds).await?);
    Ok(())
}

/// Queues what a round needs beyond what still waits.
async fn top_up(
    world: &World,
    tenants: &[Arc<Tenant>],
    results: &mut Results,
    seconds: f64,
) -> anyhow::Result<()> {
    let left = results.queued
        - results
            .details
            .iter()
            .map(|ours| ours.accepted)
            .sum::<u64>()
            .min(results.queued);
    let missing = needed(results.ours.rate(), seconds).saturating_sub(left);
    if missing > 500 {
        let took = world.queue(&numbers(tenants), missing).await?;
        results.queued += missing;
        #[expect(clippy::cast_precision_loss, reason = "a few ten thousand")]
        results.loading.push(missing as f64 / took);
    }
    Ok(())
}

async fn rows(world: &World, results: &Results, written_by_shape: i64) -> anyhow::Result<Vec<Row>> {
    let ours = &results.ours;
    let accepted: u64 = results.details.iter().map(|ours| ours.accepted).sum();
    let written = world
        .count("SELECT COUNT(*) FROM messaging_messages WHERE direction = 'outbound' AND wamid IS NOT NULL")
        .await?;
    let unknown = world
        .count("SELECT COUNT(*) FROM messaging_messages WHERE direction = 'outbound' AND status = 'unknown'")
        .await?;
    let (rate, cpu) = (ours.rate(), ours.cpu_us());
    let last = results.details.last().copied().unwrap_or_default();
    let starts: Vec<f64> = results
        .details
        .iter()
        .map(|ours| ours.first_after * 1_000.0)
        .collect();
    let (to_one, to_many, to_courier, to_client) = (
        ours.ratio(&results.one),
        ours.ratio(&results.many),
        ours.ratio(&results.courier),
        ours.ratio(&results.stateless),
    );
    let whole = cpu.app + cpu.database;
    let all = world.sim.reading().await?;
    let doubled: Option<u64> = results.details.iter().map(|ours| ours.doubled).sum();
    let mine = Row {
        memory: Some(last.worker),
        ..ours.row("P1", Whose::Ours, "campaign messages, `wapro worker`, 100 ms, statuses off", "msg/s")
    }
    .wish("at least 10,000 a second", rate >= 10_000.0)
    .wish(format!("1,000 × the one-worker shape ({} ×)", short(to_one)), to_one >= 1_000.0)
    .wish(format!("100 × the 32-worker shape ({} ×)", short(to_many)), to_many >= 100.0)
    .wish(format!("30 × the courier shape ({} ×)", short(to_courier)), to_courier >= 30.0)
    .note(format!(
        "the simulator took {accepted} from the worker, the database has the answers of {written}, {unknown} are in doubt"
    ))
    .note(format!("{} sockets open in the worker", last.sockets))
    .note(format!("{} calls of all contenders were answered 130429", all.throttled))
    .note(doubled.map_or_else(
        || "the simulator cannot say how many were sent twice".to_owned(),
        |doubled| format!("{doubled} were sent twice"),
    ));
    let mut rows = vec![
        mine,
        Row {
            cpu_us: Some(cpu),
            ..Row::new(
                "P1b",
                Whose::Ours,
                "processor time a message, platform and database",
                whole,
                "µs",
            )
        }
        .wish("at most 100 µs", whole <= 100.0),
        Row::new("P1c", Whose::Ours, "against the stateless client", to_client, "×")
            .wish("at least 0.8", to_client >= 0.8),
    ];
    let client = format!(
        "stateless client, {} requests in flight (listmonk shape, tuned)",
        world.plan.concurrency
    );
    rows.push(results.stateless.row("P1", Whose::Shape, client, "msg/s"));
    let what = format!(
        "hyper connections, {} of them, nothing else (bound)",
        world.plan.concurrency
    );
    rows.push(results.bare.row("P1", Whose::Bound, what, "msg/s"));
    let backlog = format!("{} recipients pending", world.plan.shape_backlog);
    rows.push(
        results
            .one
            .row(
                "P1",
                Whose::Shape,
                "whatomate shape, 1 worker (its default)",
                "msg/s",
            )
            .note(&backlog)
            .note(format!("{written_by_shape} in its own counter after both")),
    );
    rows.push(
        results
            .many
            .row("P1", Whose::Shape, "whatomate shape, 32 workers", "msg/s")
            .note(&backlog),
    );
    rows.push(
        results
            .courier
            .row("P1", Whose::Shape, "courier shape, 32 senders", "msg/s"),
    );
    rows.push(
        Row {
            rounds: starts.clone(),
            ..Row::new(
                "P2",
                Whose::Ours,
                "from the worker's start (a new process) to the first message",
                median(&starts),
                "ms",
            )
        }
        .wish("at most 1 s", median(&starts) <= 1_000.0),
    );
    rows.push(Row {
        rounds: results.loading.clone(),
        ..Row::new(
            "",
            Whose::Ours,
            "queueing a campaign through `MessageSender::queue`",
            median(&results.loading),
            "msg/s",
        )
    });
    rows.push(
        Row {
            memory: Some(last.worker),
            ..Row::new(
                "P9",
                Whose::Ours,
                "memory of the worker under full sending",
                last.worker.rss_mib,
                "MiB",
            )
        }
        .wish("at most 150 MiB", last.worker.peak_mib <= 150.0)
        .note(format!("`serve` beside it: {} MiB", short(last.serve.rss_mib))),
    );
    Ok(rows)
}

/// One more round in which everybody gets and reads what is sent, and every status comes back by webhook.
async fn with_statuses(
    world: &mut World,
    tenants: &[Arc<Tenant>],
    results: &mut Results,
) -> anyhow::Result<Row> {
    let seconds = world.plan.seconds * 1.5;
    top_up(world, tenants, results, seconds).await?;
    world.sim.weather(100, Statuses::All).await?;
    let ours = our_round(world, seconds).await?;
    world.sim.weather(100, Statuses::Off).await?;
    let mut series = Series::default();
    series.add(ours.round);
    let row = series.row(
        "P1",
        Whose::Ours,
        "the same with sent, delivered and read coming back by webhook",
        "msg/s",
    );
    Ok(row.note(format!(
        "{} updates delivered to `serve` until the worker had ended",
        ours.told
    )))
}
