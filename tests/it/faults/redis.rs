//! A Redis that loses its data, dies, hangs or is full: nothing is lost or doubled, and the numbers' rates are kept.
//! On the production profile: the embedded one has no Redis.

use std::time::Duration;

use testkit::{Fleet, Profile, RedisServer, Running, eventually};

use super::{customer, judged};

/// Messages per second that WhatsApp accepts from a number here.
const CAP: u32 = 40;
/// Messages per tenant and scene.
const SCENE: usize = 160;

struct Scene<'a> {
    fleet: &'a Fleet,
    customers: usize,
    queued: usize,
    refused: u64,
}

impl Scene<'_> {
    /// Queues a campaign of each tenant, and resolves when it has started.
    async fn opens(&mut self) {
        let before = self.fleet.sim.ledger().accepted_total;
        for tenant in [&self.fleet.acme, &self.fleet.globex] {
            let customers: Vec<String> = (self.customers..self.customers + SCENE).map(customer).collect();
            self.customers += SCENE;
            self.queued += self.fleet.campaign(tenant, &customers, 40).await.len();
        }
        eventually("the campaign is under way", Duration::from_secs(30), async || {
            self.fleet.sim.ledger().accepted_total > before + 20
        })
        .await;
    }

    /// Resolves once more is sent, if anything is left to send.
    async fn moves(&self) {
        let sent = self.fleet.sim.ledger().accepted_total;
        eventually("it goes on", Duration::from_secs(10), async || {
            let now = self.fleet.sim.ledger().accepted_total;
            now > sent || now >= self.queued as u64
        })
        .await;
    }

    /// Everything was sent, with at most `refusals` rate limit errors.
    async fn closes(&mut self, name: &str, refusals: u64) {
        self.fleet.settled(Duration::from_secs(60)).await;
        let census = judged(self.fleet, self.queued, name).await;
        assert_eq!(census.get("read"), Some(&self.queued), "{name}: {census:?}");
        let refused = self
            .fleet
            .sim
            .ledger()
            .refused_by_code
            .get(&130_429)
            .copied()
            .unwrap_or(0);
        let (before, now) = (std::mem::replace(&mut self.refused, refused), refused);
        assert!(
            now - before <= refusals,
            "{name}: refused {} times for speed",
            now - before
        );
    }
}

async fn end(children: [Running; 2]) {
    for child in children {
        child.kill().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_may_forget_die_stand_still_and_be_full() {
    let mut redis = RedisServer::start().await;
    let url = redis.url();
    let fleet = Fleet::make_with(
        Profile::Production,
        |config| config.redis_url = url.into(),
        |sim| sim.mps_default = CAP,
    )
    .await;
    fleet.throughput(i32::try_from(CAP).unwrap()).await;
    let children = [fleet.serve("").await, fleet.work("").await];
    let mut scene = Scene {
        fleet: &fleet,
        customers: 0,
        queued: 0,
        refused: 0,
    };
    // Two numbers; a lost bucket is full again each time it is lost, and ours may be full when WhatsApp's is not.
    let a_bucket = u64::from(CAP) * 2;

    scene.opens().await;
    scene.closes("nothing is wrong", a_bucket).await;

    scene.opens().await;
    for _ in 0..2 {
        redis.flush_all().await;
        scene.moves().await;
    }
    scene.closes("FLUSHALL twice", 3 * a_bucket).await;

    scene.opens().await;
    redis.kill().await;
    scene.moves().await;
    redis.restart().await;
    scene.closes("killed and restarted", 2 * a_bucket).await;

    scene.opens().await;
    redis.freeze();
    let (body, _) = fleet
        .acme
        .text_webhook(&customer(900_000), "While it stands still");
    let answered = std::time::Instant::now();
    fleet.acme.webhook(&body).await.expect(200);
    assert!(
        answered.elapsed() < Duration::from_secs(5),
        "{:?}",
        answered.elapsed()
    );
    scene.moves().await;
    redis.wake();
    scene.closes("stood still", 2 * a_bucket).await;

    scene.opens().await;
    redis.narrow(1_000_000).await;
    let (body, _) = fleet.globex.text_webhook(&customer(900_001), "While it is full");
    fleet.globex.webhook(&body).await.expect(200);
    scene.moves().await;
    redis.narrow(0).await;
    scene.closes("full", 2 * a_bucket).await;

    end(children).await;
    fleet.remove().await;
}
