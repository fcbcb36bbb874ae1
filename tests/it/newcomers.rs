//! Somebody new beside a campaign that has been going on: the process makes room.

use std::time::{Duration, Instant};

use testkit::{Fleet, Profile, eventually};

/// What the process has counted so far.
async fn stepped_aside(fleet: &Fleet) -> u64 {
    let metrics = reqwest::get(&fleet.metrics).await.unwrap().text().await.unwrap();
    let counted = metrics
        .lines()
        .find_map(|line| line.strip_prefix("wapro_crowd_stepped_aside_total "));
    counted.map_or(0, |count| count.parse().unwrap())
}

async fn the_crowd_makes_room(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    // Slow numbers: the first campaign is under way for as long as the story takes.
    fleet.throughput(20).await;
    let process = fleet.run().await;
    let large: Vec<String> = (0..160).map(|number| format!("447700901{number:03}")).collect();
    let theirs = fleet.campaign(&fleet.acme, &large, 50).await.len();
    let ledger = || fleet.sim.ledger().accepted_total;
    eventually("the campaign is under way", Duration::from_secs(10), async || {
        ledger() > 0
    })
    .await;
    let before = stepped_aside(&fleet).await;
    let (mut others, mut last) = (0, None::<Instant>);
    // One a second until one is noticed: the crowd may have stepped aside a moment ago, for upkeep of its own queue too, and
    // somebody who was here a moment ago is not new.
    eventually("a newcomer was noticed", Duration::from_secs(10), async || {
        if last.is_none_or(|last| last.elapsed() >= Duration::from_secs(1)) {
            let small = format!("447700902{others:03}");
            others += fleet.campaign(&fleet.globex, &[small], 1).await.len();
            last = Some(Instant::now());
        }
        stepped_aside(&fleet).await > before
    })
    .await;
    assert!(
        ledger() < (theirs + others) as u64,
        "the campaign was under way all the time"
    );
    eventually("all has left", Duration::from_secs(30), async || {
        ledger() == (theirs + others) as u64
    })
    .await;
    process.kill().await;
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_crowd_makes_room_for_somebody_new_embedded() {
    the_crowd_makes_room(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_crowd_makes_room_for_somebody_new_production() {
    the_crowd_makes_room(Profile::Production).await;
}
