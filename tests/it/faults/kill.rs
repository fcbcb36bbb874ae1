//! `kill -9` at every failpoint, over many seeds: nothing lost, nothing doubled, and work continues.

use std::time::{Duration, Instant};

use testkit::{Fleet, Profile, Running, eventually};

use super::{Dice, customer, first_seed, judged, seeds};

/// A failpoint, the child that passes it on the production profile, and the latest passage at which it kills.
const POINTS: &[(&str, Child, u64)] = &[
    ("send.chunk_taken", Child::Worker, 4),
    ("send.intent_committed", Child::Worker, 4),
    ("send.mid_send", Child::Worker, 40),
    ("send.answered", Child::Worker, 40),
    ("send.before_chunk_done", Child::Worker, 4),
    ("send.outcome_committed", Child::Worker, 4),
    ("ingest.before_commit", Child::Server, 6),
    ("ingest.committed", Child::Server, 6),
    ("drain.before_commit", Child::Worker, 4),
    ("drain.committed", Child::Worker, 4),
    ("relay.before_commit", Child::Worker, 4),
    ("relay.committed", Child::Worker, 4),
    ("job.leased", Child::Worker, 6),
    ("job.started", Child::Worker, 8),
    ("job.finished", Child::Worker, 8),
];

/// Which child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Child {
    Server,
    Worker,
}

/// The longest interruption of sending by a kill, from the start of the next process to its first send.
const RESUMED: Duration = Duration::from_secs(10);
/// Messages per chunk: enough that some are in flight when the process dies.
const CHUNK: usize = 15;

/// The children of a deployment; one on the embedded profile.
struct Children<'a> {
    fleet: &'a Fleet,
    server: Option<Running>,
    worker: Option<Running>,
}

impl<'a> Children<'a> {
    fn of(fleet: &'a Fleet) -> Self {
        Self {
            fleet,
            server: None,
            worker: None,
        }
    }

    /// Starts `child` again with its failpoints; the other one continues, or is started.
    async fn start(&mut self, child: Child, failpoints: &str) {
        let fleet = self.fleet;
        let child = match fleet.profile {
            Profile::Embedded => Child::Server,
            Profile::Production => child,
        };
        let front = if fleet.profile == Profile::Embedded {
            "run"
        } else {
            "serve"
        };
        if child == Child::Server || is_gone(&mut self.server) {
            if let Some(old) = self.server.take() {
                old.kill().await;
            }
            self.server = Some(match failpoints {
                // It may die before it is ready to serve: that is a valid kill too.
                plan if child == Child::Server && !plan.is_empty() => fleet.start(front, plan, &[]),
                _ => fleet.serve("").await,
            });
        }
        let works = fleet.profile == Profile::Production;
        if works && (child == Child::Worker || is_gone(&mut self.worker)) {
            if let Some(old) = self.worker.take() {
                old.kill().await;
            }
            let plan = if child == Child::Worker { failpoints } else { "" };
            self.worker = Some(fleet.work(plan).await);
        }
    }

    /// Whether the child with `child`'s failpoints has died.
    async fn died(&mut self, child: Child, timeout: Duration) -> bool {
        let victim = match (&mut self.worker, child) {
            (Some(worker), Child::Worker) => worker,
            _ => self.server.as_mut().expect("it was started"),
        };
        victim.died(timeout).await
    }

    async fn kill(self) {
        for child in [self.server, self.worker].into_iter().flatten() {
            child.kill().await;
        }
    }
}

fn is_gone(child: &mut Option<Running>) -> bool {
    child.as_mut().is_none_or(|child| !child.runs())
}

/// One seed: the children die at every failpoint, in an order and at passages that the seed chooses, under continuous load.
async fn dies_at_every_point(profile: Profile, seed: u64) {
    let fleet = Fleet::make(profile).await;
    let mut dice = Dice(seed + 1);
    let mut points = POINTS.to_vec();
    dice.shuffle(&mut points);
    let mut load = Load {
        fleet: &fleet,
        customers: 0,
        queued: 0,
    };
    let mut told = Vec::new();
    let mut children = Children::of(&fleet);
    for (point, child, latest) in points {
        let plan = format!("{point}=kill@{}", 1 + dice.below(latest));
        told.push(plan.clone());
        let before = fleet.sim.ledger().accepted_total;
        let started = Instant::now();
        load.more().await;
        children.start(child, &plan).await;
        let mut sent_after = None;
        let dead = async {
            loop {
                if children.died(child, Duration::from_millis(300)).await {
                    return;
                }
                if sent_after.is_none() && fleet.sim.ledger().accepted_total > before {
                    sent_after = Some(started.elapsed());
                }
                load.more().await;
                // WhatsApp sends unanswered bodies again later, by its clock.
                fleet.sim.advance(Duration::from_secs(30));
            }
        };
        let died = tokio::time::timeout(Duration::from_secs(40), dead).await;
        assert!(died.is_ok(), "seed {seed}: nobody passed {plan}; so far {told:?}");
        if let Some(after) = sent_after {
            assert!(
                after < RESUMED,
                "seed {seed}, {plan}: the first send came after {after:?}"
            );
        }
    }
    children.start(Child::Server, "").await;
    children.start(Child::Worker, "").await;
    fleet.settled(Duration::from_secs(90)).await;
    let census = judged(&fleet, load.queued, &format!("seed {seed}: {told:?}")).await;
    // Only messages that were in flight in a killed process may be in doubt.
    let unknown = census.get("unknown").copied().unwrap_or(0);
    assert!(unknown * 2 < load.queued, "seed {seed}: {census:?}");
    assert!(census.get("read").copied().unwrap_or(0) > 0, "{census:?}");
    children.kill().await;
    fleet.remove().await;
}

/// Campaigns of both tenants, a little more at a time.
struct Load<'a> {
    fleet: &'a Fleet,
    customers: usize,
    queued: usize,
}

impl Load<'_> {
    async fn more(&mut self) {
        for tenant in [&self.fleet.acme, &self.fleet.globex] {
            let customers: Vec<String> = (self.customers..self.customers + 2 * CHUNK)
                .map(customer)
                .collect();
            self.customers += customers.len();
            self.queued += self.fleet.campaign(tenant, &customers, CHUNK).await.len();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_at_any_point_embedded() {
    for seed in 0..seeds(1) {
        dies_at_every_point(Profile::Embedded, first_seed() + seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_at_any_point_production() {
    for seed in 0..seeds(1) {
        dies_at_every_point(Profile::Production, first_seed() + seed).await;
    }
}

/// A dead worker's jobs are taken over by another within ten seconds, and the rest of the queue does not wait for them.
async fn taken_over_soon(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let customers: Vec<String> = (0..40).map(customer).collect();
    let queued = fleet.campaign(&fleet.acme, &customers[..20], 20).await.len()
        + fleet.campaign(&fleet.globex, &customers[20..], 20).await.len();
    let mut children = Children::of(&fleet);
    children.start(Child::Worker, "send.mid_send=kill@10").await;
    assert!(children.died(Child::Worker, Duration::from_secs(30)).await);
    children.start(Child::Worker, "").await;
    let restarted = Instant::now();
    eventually(
        "the dead worker's chunks are somebody's again",
        Duration::from_secs(60),
        async || {
            fleet
                .count("SELECT COUNT(*) FROM messaging_messages WHERE status IN ('queued', 'sending')")
                .await
                == 0
        },
    )
    .await;
    let took = restarted.elapsed();
    fleet.settled(Duration::from_secs(60)).await;
    judged(&fleet, queued, "taken over").await;
    children.kill().await;
    fleet.remove().await;
    assert!(
        took < RESUMED + Duration::from_secs(2),
        "what was in hand was taken over after {took:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_in_hand_is_taken_over_within_ten_seconds_embedded() {
    taken_over_soon(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_in_hand_is_taken_over_within_ten_seconds_production() {
    taken_over_soon(Profile::Production).await;
}
