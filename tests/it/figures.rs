//! What a chunk costs the figures: one event, however many steps it is sent in, and each message counts once, whoever dies.

use std::time::Duration;

use cloud_sim::{SimConfig, Statuses};
use testkit::{Fleet, Profile, eventually};

/// A chunk of this many messages at this rate takes a run of a second and a half: more than five steps.
const CHUNK: usize = 60;
const PER_SECOND: i32 = 40;
/// Messages that wait before anything is sent. The number of waiting messages never falls below 0, which would hide that something
/// was counted twice.
const WAITING: i64 = 1_000;

fn customers(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("447700{:06}", 910_000 + n)).collect()
}

/// Without statuses: only queueing and sending move the figures.
async fn silent(profile: Profile) -> Fleet {
    fleet(profile, |sim| sim.statuses = Statuses::Off).await
}

async fn fleet(profile: Profile, simulate: impl FnOnce(&mut SimConfig)) -> Fleet {
    let fleet = Fleet::make_with(profile, |_| {}, simulate).await;
    fleet.throughput(PER_SECOND).await;
    for tenant in [&fleet.acme, &fleet.globex] {
        let row = "INSERT INTO messaging_figures (tenant_id, day, waiting, sent, delivered, failed) VALUES (?, '', ?, 0, 0, 0)";
        fleet.execute(row, vec![tenant.id.into(), WAITING.into()]).await;
    }
    fleet
}

/// Waiting and failed messages of both tenants, once everything is sent and added up.
async fn figures(fleet: &Fleet) -> (i64, i64) {
    fleet.settled(Duration::from_secs(60)).await;
    // Events that a listener has yet to handle. One that was handled by a process that died before it was swept stays in the table
    // until the tenant's next event of that name.
    let left = "SELECT COUNT(*) FROM host_events AS e LEFT JOIN host_event_cursors AS c \
                ON c.tenant_id = e.tenant_id AND c.event = e.name WHERE c.seq IS NULL OR c.seq < e.seq";
    // What a killed process left half done is tried again after growing pauses.
    eventually("all is added up", Duration::from_secs(20), async || {
        fleet.count(left).await == 0
    })
    .await;
    let sum = async |column: &str| {
        let sum = format!("SELECT CAST(SUM({column}) AS SIGNED) FROM messaging_figures");
        fleet.count(&sum).await
    };
    (sum("waiting").await, sum("failed").await)
}

async fn a_chunk_publishes_one_event(profile: Profile) {
    let fleet = silent(profile).await;
    // Events that listeners get are numbered.
    let numbered = async || fleet.count("SELECT seq FROM host_event_head").await;
    let process = fleet.run().await;
    let before = numbered().await;
    fleet.campaign(&fleet.acme, &customers(CHUNK), CHUNK).await;
    assert_eq!(figures(&fleet).await, (2 * WAITING, 0));
    // One says that they are queued and one that they left; a machine that is slow needs another turn of five seconds.
    let events = numbered().await - before;
    assert!(
        (2..=3).contains(&events),
        "{profile:?}: {events} events for a chunk"
    );
    process.kill().await;
    fleet.remove().await;
}

/// The first process dies with moves that are noted and that no event says yet.
async fn what_is_noted_counts_once(profile: Profile) {
    let fleet = silent(profile).await;
    let mut queued = fleet.campaign(&fleet.acme, &customers(CHUNK), CHUNK).await;
    queued.extend(fleet.campaign(&fleet.globex, &customers(5), 5).await);
    let mut first = fleet.start("run", "send.outcome_committed=kill@3", &[]);
    assert!(first.died(Duration::from_secs(60)).await);
    let noted = fleet
        .count("SELECT COUNT(*) FROM messaging_chunks WHERE moved IS NOT NULL")
        .await;
    assert!(noted > 0, "{profile:?}: a chunk is under way");
    let second = fleet.run().await;
    assert_eq!(figures(&fleet).await, (2 * WAITING, 0), "{profile:?}");
    let states = fleet.states().await;
    assert_eq!(states.len(), queued.len());
    assert!(
        states
            .values()
            .all(|state| ["accepted", "unknown"].contains(&state.as_str())),
        "{states:?}"
    );
    second.kill().await;
    fleet.remove().await;
}

/// Statuses that arrive before the answer to the send have moved the message on already, so its outcome moves nothing, and the note
/// that a killed process leaves does not say otherwise.
async fn what_statuses_overtook_counts_once(profile: Profile) {
    let fleet = fleet(profile, |_| {}).await;
    let server = match profile {
        Profile::Embedded => None,
        Profile::Production => Some(fleet.serve("").await),
    };
    let plan = "send.answered=delay(1500)@*; send.outcome_committed=kill@2";
    let mut worker = fleet.work(plan).await;
    fleet.campaign(&fleet.acme, &customers(CHUNK), CHUNK).await;
    assert!(worker.died(Duration::from_secs(60)).await);
    if let Some(server) = server {
        server.kill().await;
    }
    let second = fleet.run().await;
    assert_eq!(figures(&fleet).await, (2 * WAITING, 0), "{profile:?}");
    second.kill().await;
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_publishes_one_event_embedded() {
    a_chunk_publishes_one_event(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chunk_publishes_one_event_production() {
    a_chunk_publishes_one_event(Profile::Production).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_noted_counts_once_embedded() {
    what_is_noted_counts_once(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_noted_counts_once_production() {
    what_is_noted_counts_once(Profile::Production).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_statuses_overtook_counts_once_embedded() {
    what_statuses_overtook_counts_once(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_statuses_overtook_counts_once_production() {
    what_statuses_overtook_counts_once(Profile::Production).await;
}
