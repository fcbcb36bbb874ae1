//! P2: does a long queue slow sending down? Two installations, one with as many messages as a round needs, one with a
//! large backlog more, measured alternately; and the time until the first message of a new campaign is sent.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;

use super::send::{needed, our_round};
use crate::{
    plan::Plan,
    report::{Row, Whose, short},
    rounds::{Series, median},
    services::Services,
    tenants::{Tenant, Wanted, numbers},
    world::World,
};

const TENANTS: usize = 4;
const WANTED: Wanted = Wanted {
    numbers: 8,
    contacts: 5_000,
    per_second: 1_000,
};
/// How often a new campaign is started.
const STARTS: usize = 5;

struct Side {
    world: World,
    tenants: Vec<Arc<Tenant>>,
    series: Series,
    queued: u64,
    accepted: u64,
}

impl Side {
    async fn start(plan: &Plan, services: &Services, purpose: &str) -> anyhow::Result<Self> {
        let world = World::start(plan, services, purpose).await?;
        let tenants = world.tenants(TENANTS, WANTED).await?;
        Ok(Self {
            world,
            tenants,
            series: Series::default(),
            queued: 0,
            accepted: 0,
        })
    }

    /// Queues what is missing to `waiting`. Answers the seconds it took.
    async fn fill(&mut self, waiting: u64) -> anyhow::Result<f64> {
        let missing = waiting.saturating_sub(self.queued.saturating_sub(self.accepted));
        if missing == 0 {
            return Ok(0.0);
        }
        let took = self.world.queue(&numbers(&self.tenants), missing).await?;
        self.queued += missing;
        Ok(took)
    }

    async fn round(&mut self, seconds: f64) -> anyhow::Result<()> {
        let ours = our_round(&mut self.world, seconds).await?;
        self.accepted += ours.accepted;
        self.series.add(ours.round);
        Ok(())
    }
}

/// Measures it.
///
/// # Errors
/// When nothing leaves.
pub async fn measure(plan: &Plan, services: &Services) -> anyhow::Result<Vec<Row>> {
    let seconds = plan.seconds.min(1.5);
    let mut short_queue = Side::start(plan, services, "short").await?;
    let mut long_queue = Side::start(plan, services, "long").await?;
    let filling = long_queue.fill(plan.backlog).await?;
    for _ in 0..plan.rounds {
        let wanted = needed(short_queue.series.rate(), seconds);
        short_queue.fill(wanted).await?;
        short_queue.round(seconds).await?;
        // Never less than what the round takes, or its end would be measured too.
        long_queue.fill(wanted).await?;
        long_queue.round(seconds).await?;
    }
    let (ratio, left) = (
        long_queue.series.ratio(&short_queue.series),
        long_queue.queued.saturating_sub(long_queue.accepted),
    );
    let longest = format!("{} messages waiting at first, {left} at the end", plan.backlog);
    let mut rows = vec![
        Row::new(
            "P2",
            Whose::Ours,
            "rate with the long queue against the short one",
            ratio,
            "×",
        )
        .wish("at least 0.9", ratio >= 0.9),
        short_queue
            .series
            .row("P2", Whose::Ours, "with what a round needs waiting", "msg/s"),
        long_queue
            .series
            .row("P2", Whose::Ours, longest, "msg/s")
            .note(format!("queued in {} s", short(filling))),
    ];
    long_queue.world.stop().await?;
    rows.push(first_messages(&mut short_queue).await?);
    short_queue.world.stop().await?;
    Ok(rows)
}

/// Resolves once everything that was queued has left and been written down; answers what the simulator took so far.
async fn rest(side: &Side) -> anyhow::Result<u64> {
    let began = Instant::now();
    let (mut last, mut since) = (0, Instant::now());
    loop {
        ensure!(
            began.elapsed() < Duration::from_secs(60),
            "the platform did not come to rest within a minute"
        );
        let now = side.world.sim.accepted().await?;
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() > Duration::from_millis(500) && side.world.idle(Duration::from_millis(100)).await?
        {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// From the commit that queues a campaign until WhatsApp has its first message, with an idle worker.
async fn first_messages(side: &mut Side) -> anyhow::Result<Row> {
    side.world.start_worker()?;
    let mut took = Vec::new();
    for _ in 0..STARTS {
        let before = rest(side).await?;
        side.world.queue(&numbers(&side.tenants)[..1], 500).await?;
        let began = Instant::now();
        while side.world.sim.accepted().await? == before {
            ensure!(
                began.elapsed() < Duration::from_secs(20),
                "a campaign did not begin within 20 s"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
        side.queued += 500;
    }
    let middle = median(&took);
    Ok(Row {
        rounds: took,
        ..Row::new(
            "P2",
            Whose::Ours,
            "from the commit of a campaign to its first message, worker idle",
            middle,
            "ms",
        )
    }
    .wish("at most 1 s", middle <= 1_000.0))
}
