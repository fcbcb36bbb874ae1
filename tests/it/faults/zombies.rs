//! Processes that are suspended and resumed, have wrong clocks or get SIGTERM, and jobs that can never succeed.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use kernel::outbox::job;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use testkit::{Fleet, Profile, eventually, on_both_profiles};

use super::{customer, judged};

/// Where a worker is suspended: with messages in flight, with a response to write, and with each kind of transaction open.
const ASLEEP: &[&str] = &[
    "send.mid_send=stop@10",
    "send.answered=stop@5",
    "send.before_chunk_done=stop@1",
    "drain.before_commit=stop@2",
    "relay.before_commit=stop@3",
    "job.finished=stop@2",
];

/// Workers are suspended past their leases, others take over, and the suspended ones resume as if nothing had happened: nothing
/// is sent twice, and their writes have no effect. On the production profile: the embedded one has one process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_slept_past_its_lease_does_no_harm() {
    let fleet = Fleet::make(Profile::Production).await;
    let front = fleet.serve("").await;
    let (mut queued, mut next) = (0, 0);
    let mut sleepers = Vec::new();
    for plan in ASLEEP {
        let sleeper = fleet.work(plan).await;
        let mut rounds = 0;
        eventually(plan, Duration::from_secs(60), async || {
            // A little work at a time, so that this worker reaches its failpoint.
            if rounds % 50 == 0 {
                for tenant in [&fleet.acme, &fleet.globex] {
                    let customers: Vec<String> = (next..next + 20).map(customer).collect();
                    next += customers.len();
                    queued += fleet.campaign(tenant, &customers, 10).await.len();
                }
            }
            rounds += 1;
            sleeper.is_frozen()
        })
        .await;
        sleepers.push(sleeper);
    }
    let worker = fleet.work("").await;
    // All other work continues, and the suspended workers' work is taken over.
    fleet.settled(Duration::from_secs(120)).await;
    let before = judged(&fleet, queued, "asleep").await;
    let taken = fleet.sim.ledger().accepted_total;
    let states = fleet.states().await;
    for sleeper in &sleepers {
        sleeper.wake();
    }
    // They have resumed once they do new work.
    let customers: Vec<String> = (next..next + 60).map(customer).collect();
    queued += fleet.campaign(&fleet.acme, &customers, 5).await.len();
    for sleeper in &sleepers {
        eventually("it wakes", Duration::from_secs(5), async || !sleeper.is_frozen()).await;
    }
    fleet.settled(Duration::from_secs(60)).await;
    let after = judged(&fleet, queued, "awake again").await;
    // Messages in doubt may have been sent once after the resume; nothing else has changed.
    let in_doubt = before.get("unknown").copied().unwrap_or(0);
    let now = fleet.states().await;
    for (id, state) in states.iter().filter(|(_, state)| *state != "unknown") {
        assert_eq!(now.get(id), Some(state), "{id}");
    }
    let late = usize::try_from(fleet.sim.ledger().accepted_total - taken).unwrap() - 60;
    assert!(
        late <= in_doubt,
        "{late} left after they woke, {in_doubt} were in doubt: {after:?}"
    );
    // The live log has each step once.
    let twice = "SELECT COUNT(*) FROM (SELECT tenant_id, payload FROM host_live_events WHERE name = 'messages_queued' \
                 GROUP BY tenant_id, payload HAVING COUNT(*) > 1) twice";
    assert_eq!(fleet.count(twice).await, 0, "an event was relayed twice");
    for sleeper in sleepers {
        sleeper.kill().await;
    }
    worker.kill().await;
    front.kill().await;
    fleet.remove().await;
}

/// Workers with clocks ten minutes ahead and behind beside one with the right clock: none takes another's running job, and none
/// leaves due jobs waiting. On the production profile: the embedded one has one clock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_clocks_steal_no_work_and_leave_none() {
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    assert!(
        Path::new(library).exists(),
        "install faketime: {library} is missing"
    );
    let fleet = Fleet::make_with(Profile::Production, |_| {}, |sim| sim.latency_ms = 300).await;
    let front = fleet.serve("").await;
    // Slow enough that a chunk lasts longer than a poll interval.
    fleet.throughput(15).await;
    let shifted = |by: &str| {
        let more = [
            ("LD_PRELOAD", library.to_owned()),
            ("FAKETIME", by.to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ];
        fleet.start("worker", "", &more)
    };
    let mut queued = 0;
    let mut workers = Vec::new();
    for (place, by) in ["+10m", "-10m", "+0m"].into_iter().enumerate() {
        // Each runs alone for a while: one that is behind must find due jobs too.
        workers.push(shifted(by));
        let before = fleet.sim.ledger().accepted_total;
        let tenants = [&fleet.acme, &fleet.globex];
        for (tenant, from) in tenants.into_iter().zip([place * 100, place * 100 + 50]) {
            let customers: Vec<String> = (from..from + 40).map(customer).collect();
            queued += fleet.campaign(tenant, &customers, 20).await.len();
        }
        eventually(by, Duration::from_secs(20), async || {
            fleet.sim.ledger().accepted_total > before + 10
        })
        .await;
        assert!(workers[place].runs(), "{}", workers[place].last_words());
    }
    fleet.settled(Duration::from_secs(90)).await;
    let census = judged(&fleet, queued, "wrong clocks").await;
    assert_eq!(
        census.get("read"),
        Some(&queued),
        "a running job was taken over: {census:?}"
    );
    for worker in workers {
        worker.kill().await;
    }
    front.kill().await;
    fleet.remove().await;
}

/// SIGTERM in the middle of slow campaigns: it exits in time, nothing is in doubt, and the next process continues.
async fn ends_cleanly(profile: Profile) {
    let fleet = Fleet::make_with(profile, |_| {}, |sim| sim.latency_ms = 200).await;
    // At this rate a chunk lasts longer than the shutdown timeout.
    fleet.throughput(5).await;
    let customers: Vec<String> = (0..240).map(customer).collect();
    let queued = fleet.campaign(&fleet.acme, &customers[..120], 120).await.len()
        + fleet.campaign(&fleet.globex, &customers[120..], 120).await.len();
    let front = match profile {
        Profile::Production => Some(fleet.serve("").await),
        Profile::Embedded => None,
    };
    let worker = fleet.work("").await;
    eventually("it sends", Duration::from_secs(30), async || {
        fleet.sim.ledger().accepted_total > 10
    })
    .await;
    let (took, status) = worker.end().await;
    assert!(status.success(), "{status}");
    assert!(took <= Duration::from_secs(15), "it took {took:?}");
    let states = fleet.states().await;
    let count = |state: &str| states.values().filter(|is| *is == state).count();
    assert_eq!(
        (count("unknown"), count("sending")),
        (0, 0),
        "nothing is in doubt"
    );
    assert!(count("queued") > 0, "all was sent before it was asked to end");
    if let Some(front) = front {
        let (took, status) = front.end().await;
        assert!(
            status.success() && took <= Duration::from_secs(15),
            "{status} after {took:?}"
        );
    }
    fleet.throughput(1_000).await;
    let front = match profile {
        Profile::Production => Some(fleet.serve("").await),
        Profile::Embedded => None,
    };
    let worker = fleet.work("").await;
    fleet.settled(Duration::from_secs(90)).await;
    let census = judged(&fleet, queued, "ended cleanly").await;
    assert_eq!(census.get("read"), Some(&queued), "{census:?}");
    worker.kill().await;
    if let Some(front) = front {
        front.kill().await;
    }
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_it_leaves_nothing_in_doubt_embedded() {
    ends_cleanly(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_end_it_leaves_nothing_in_doubt_production() {
    ends_cleanly(Profile::Production).await;
}

/// A send that panics before the request, and one that panics after the response: neither affects others. The rest of
/// its chunk and all other chunks are sent, once; the first is in doubt and visible, the second is settled by its status. The
/// process survives.
async fn panics_in_sends(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let customers: Vec<String> = (0..60).map(customer).collect();
    let queued = fleet.campaign(&fleet.acme, &customers[..30], 30).await.len()
        + fleet.campaign(&fleet.globex, &customers[30..], 10).await.len();
    let front = match profile {
        Profile::Production => Some(fleet.serve("").await),
        Profile::Embedded => None,
    };
    let mut worker = fleet.work("send.mid_send=panic@7; send.answered=panic@20").await;
    fleet.settled(Duration::from_secs(60)).await;
    assert!(worker.runs());
    let census = judged(&fleet, queued, "panicked").await;
    let wanted = [("read".to_owned(), queued - 1), ("unknown".to_owned(), 1)];
    assert_eq!(census, wanted.into());
    // WhatsApp has received all but the one in doubt, each once.
    let taken = fleet.taken();
    assert_eq!(taken.values().copied().collect::<Vec<_>>(), vec![1; queued - 1]);
    let left = "SELECT COUNT(*) FROM messaging_chunks";
    assert_eq!(fleet.count(left).await, 0, "no chunk is left behind");
    worker.kill().await;
    if let Some(front) = front {
        front.kill().await;
    }
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_panics_is_in_doubt_alone_embedded() {
    panics_in_sends(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_panics_is_in_doubt_alone_production() {
    panics_in_sends(Profile::Production).await;
}

/// A job of a known kind with invalid arguments.
#[derive(serde::Serialize, serde::Deserialize)]
struct Unreadable {
    queue: String,
}

impl kernel::Job for Unreadable {
    const NAME: &'static str = "messaging.send_chunk";

    fn queue(&self) -> &'static str {
        match self.queue.as_str() {
            "interactive" => "interactive",
            "bulk" => "bulk",
            _ => "default",
        }
    }
}

on_both_profiles! {
    /// Unreadable jobs are ahead of all others in every queue: they become dead jobs, with a reason, and the others
    /// are not affected.
    async fn work_that_can_never_succeed_is_kept_as_dead(app: &TestApp) {
        let tenants = [&app.acme, &app.globex];
        for tenant in tenants {
            tenant.customer_writes("447700900123", "Hi");
        }
        app.settled().await;
        let mut tx = app.system.tenant(app.acme.id).begin().await.unwrap();
        for _ in 0..40 {
            for queue in ["interactive", "default", "bulk"] {
                tx.enqueue(&Unreadable { queue: queue.to_owned() }).unwrap();
            }
        }
        tx.commit().await.unwrap();
        let began = Instant::now();
        for tenant in tenants {
            let sent = tenant.sends("447700900123", "Hello").await.expect(202);
            app.until(tenant, &format!("/messages/{}", sent["id"].as_str().unwrap()), |message| message["status"] == "read").await;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "the others waited {:?}", began.elapsed());
        app.settled().await;
        let on = app.system.across_tenants("a test looks for dead jobs");
        let dead = job::Entity::find().filter(job::Column::Dead.eq(true)).filter(job::Column::LastError.is_not_null());
        let dead = dead.count(on).await.unwrap();
        assert_eq!(dead, 120, "each is kept with its reason");
    }
}
