//! One tenant's webhooks against the process that applies all tenants' webhooks.

use std::time::Duration;

use serde_json::json;
use testkit::{Fleet, Profile, Running, Tenant, eventually};

/// How much a body may add to a process.
const GROWTH: u64 = 64 << 20;
/// Timeout for applying the bodies.
const WITHIN: Duration = Duration::from_secs(60);

async fn messages(fleet: &Fleet, wamid: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM messaging_messages WHERE wamid = '{wamid}'");
    fleet.count(&sql).await
}

/// A webhook with one text.
fn text(tenant: &Tenant, wamid: &str, text: &str) -> Vec<u8> {
    tenant.envelope(json!({ "messages": [{
        "from": "447700900123", "id": wamid, "timestamp": "1790000000", "type": "text", "text": { "body": text },
    }] }))
}

/// A body of three megabytes: one good message, and very many of the smallest elements.
fn flood(tenant: &Tenant, wamid: &str, place: &str) -> Vec<u8> {
    let body = String::from_utf8(text(tenant, wamid, "kept")).unwrap();
    let many = vec!["{}"; 999_000].join(",");
    let product = "\"messaging_product\"";
    let behind = |next: &str| body.replacen(&format!("}}],{next}"), &format!("}},{many}],{next}"), 1);
    let body = match place {
        "messages" => behind(product),
        "changes" => behind("\"id\""),
        "entry" => behind("\"object\""),
        other => body.replacen(product, &format!("\"{other}\":[{many}],{product}"), 1),
    };
    assert!(body.len() > 2_990_000 && body.len() < 3 << 20, "{}", body.len());
    body.into_bytes()
}

async fn a_million_of_nothing(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let server = fleet.serve("").await;
    let worker = match profile {
        Profile::Embedded => None,
        Profile::Production => Some(fleet.work("").await),
    };
    let processes: Vec<&Running> = std::iter::once(&server).chain(&worker).collect();
    for (tenant, wamid) in [(&fleet.acme, "wamid.FIRST"), (&fleet.globex, "wamid.SECOND")] {
        // Memory for the first webhooks does not count as growth.
        tenant.webhook(&text(tenant, wamid, "first")).await.expect(200);
        eventually(wamid, WITHIN, async || messages(&fleet, wamid).await == 1).await;
    }
    for place in ["messages", "contacts", "errors", "entry"] {
        let before: Vec<u64> = processes.iter().map(|it| it.memory_from_now()).collect();
        let wamid = format!("wamid.BESIDE-{place}");
        let answer = fleet.acme.webhook(&flood(&fleet.acme, &wamid, place)).await;
        assert_eq!(answer.status, 200, "{place}");
        eventually(place, WITHIN, async || messages(&fleet, &wamid).await == 1).await;
        for (process, before) in processes.iter().zip(before) {
            let grown = process.peak_memory().saturating_sub(before);
            assert!(grown < GROWTH, "{profile:?}, {place}: {} kB", grown >> 10);
        }
    }
    let kept = "SELECT COUNT(*) FROM messaging_webhook_events WHERE reason = 'malformed'";
    assert_eq!(fleet.count(kept).await, 4);
    for child in std::iter::once(server).chain(worker) {
        child.kill().await;
    }
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_of_nothing_takes_little_memory_embedded() {
    a_million_of_nothing(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_million_of_nothing_takes_little_memory_production() {
    a_million_of_nothing(Profile::Production).await;
}

/// Puts a text into a tenant's inbox, as `serve` does.
async fn store(fleet: &Fleet, tenant: &Tenant, wamid: &str, said: &str) {
    let row =
        "INSERT INTO messaging_inbox (tenant_id, id, body, own_path, received_at) VALUES (?, ?, ?, ?, ?)";
    let clock = fleet.system.clock();
    let values = vec![
        tenant.id.into(),
        clock.new_uuid().into(),
        text(tenant, wamid, said).into(),
        true.into(),
        clock.now().into(),
    ];
    fleet.execute(row, values).await;
}

fn role(profile: Profile) -> &'static str {
    match profile {
        Profile::Embedded => "run",
        Profile::Production => "worker",
    }
}

/// A body that crashes the process each time it is applied. Another tenant's bodies, which wait with it, are applied all the
/// same.
async fn ends_the_process(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let (acme, globex) = (&fleet.acme, &fleet.globex);
    store(&fleet, acme, "wamid.BEFORE", "before").await;
    store(&fleet, acme, "wamid.BAD", "failpoint:drain.body").await;
    store(&fleet, acme, "wamid.BEHIND", "behind").await;
    store(&fleet, globex, "wamid.BESIDE", "beside").await;
    // As if it had been in progress during both earlier crashes.
    let tries = "UPDATE messaging_inbox SET tries = 2 WHERE tenant_id = ?";
    fleet.execute(tries, vec![globex.id.into()]).await;
    let role = role(profile);
    let plan = "drain.body=kill@*";
    for start in 1..=3 {
        let mut worker = fleet.start(role, plan, &[]);
        assert!(worker.died(WITHIN).await, "{profile:?}: start {start}");
    }
    let survivor = fleet.start(role, plan, &[]);
    let waiting = async || fleet.count("SELECT COUNT(*) FROM messaging_inbox").await;
    eventually("the inbox is empty", WITHIN, async || waiting().await == 0).await;
    for (wamid, applied) in [
        ("wamid.BEFORE", 1),
        ("wamid.BEHIND", 1),
        ("wamid.BESIDE", 1),
        ("wamid.BAD", 0),
    ] {
        assert_eq!(messages(&fleet, wamid).await, applied, "{profile:?}: {wamid}");
    }
    let kept = "SELECT COUNT(*) FROM messaging_webhook_events WHERE reason = 'failed'";
    assert_eq!(fleet.count(kept).await, 1, "it is kept, once");
    survivor.kill().await;
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_ends_the_process_is_kept_as_failed_embedded() {
    ends_the_process(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_ends_the_process_is_kept_as_failed_production() {
    ends_the_process(Profile::Production).await;
}

/// The last try of one tenant's body is under way when another tenant's body could end the process: nothing else is applied during
/// a last try, so it does not count against the wrong one. On SQLite there is one writer, so two bodies never meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_last_try_is_made_alone_production() {
    let fleet = Fleet::make(Profile::Production).await;
    store(&fleet, &fleet.acme, "wamid.BAD", "failpoint:drain.body").await;
    store(&fleet, &fleet.globex, "wamid.BESIDE", "beside").await;
    let tries = "UPDATE messaging_inbox SET tries = 2 WHERE tenant_id = ?";
    fleet.execute(tries, vec![fleet.globex.id.into()]).await;
    let plan = "drain.body=kill@*; drain.before_commit=delay(1000)@*";
    for start in 1..=3 {
        let mut worker = fleet.start("worker", plan, &[]);
        assert!(worker.died(WITHIN).await, "start {start}");
    }
    let survivor = fleet.start("worker", plan, &[]);
    let waiting = async || fleet.count("SELECT COUNT(*) FROM messaging_inbox").await;
    eventually("the inbox is empty", WITHIN, async || waiting().await == 0).await;
    assert_eq!(messages(&fleet, "wamid.BESIDE").await, 1);
    let kept = "SELECT COUNT(*) FROM messaging_webhook_events WHERE reason = 'failed'";
    assert_eq!(fleet.count(kept).await, 1);
    survivor.kill().await;
    fleet.remove().await;
}

/// How many turns have failed in the processes of a role, by their log.
fn failed_turns(fleet: &Fleet, role: &str) -> usize {
    let log = std::fs::read_to_string(fleet.log(role)).unwrap_or_default();
    log.matches("arrivals wait").count()
}

/// Both tenants have a body that fails as long as `plan` says so. Each of the `starts` processes fails at `turns` turns.
async fn fails_without_a_crash(profile: Profile, plan: &str, starts: usize, turns: usize) -> Fleet {
    let fleet = Fleet::make(profile).await;
    store(&fleet, &fleet.acme, "wamid.ACME", "one").await;
    store(&fleet, &fleet.globex, "wamid.GLOBEX", "other").await;
    let role = role(profile);
    for _ in 0..starts {
        let before = failed_turns(&fleet, role);
        let worker = fleet.start(role, plan, &[]);
        let failed = async || failed_turns(&fleet, role) >= before + turns;
        eventually("turns have failed", WITHIN, failed).await;
        // It completes the turns that have begun.
        worker.end().await;
    }
    fleet
}

/// A process without faults applies both bodies.
async fn are_applied(fleet: Fleet) {
    let worker = fleet.start(role(fleet.profile), "", &[]);
    for wamid in ["wamid.ACME", "wamid.GLOBEX"] {
        eventually(wamid, WITHIN, async || messages(&fleet, wamid).await == 1).await;
    }
    assert_eq!(
        fleet.count("SELECT COUNT(*) FROM messaging_webhook_events").await,
        0
    );
    worker.kill().await;
    fleet.remove().await;
}

/// More processes than a body has tries fail at it, as while the database is away.
async fn a_failure_is_not_counted(profile: Profile) {
    let fleet = fails_without_a_crash(profile, "drain.before_commit=error@*", 4, 2).await;
    let counted = "SELECT COUNT(*) FROM messaging_inbox WHERE tries > 0";
    assert_eq!(fleet.count(counted).await, 0, "{profile:?}");
    are_applied(fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_without_a_crash_is_not_counted_embedded() {
    a_failure_is_not_counted(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_without_a_crash_is_not_counted_production() {
    a_failure_is_not_counted(Profile::Production).await;
}

/// The count cannot be taken back either. However often the process then tries, that is one try of each body.
async fn is_counted_once(profile: Profile) {
    let plan = "drain.before_commit=error@*; drain.take_back=error@*";
    let fleet = fails_without_a_crash(profile, plan, 1, 8).await;
    let counted = "SELECT COUNT(*) FROM messaging_inbox WHERE tries = 1";
    assert_eq!(fleet.count(counted).await, 2, "{profile:?}");
    are_applied(fleet).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_counts_one_try_of_a_body_embedded() {
    is_counted_once(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_counts_one_try_of_a_body_production() {
    is_counted_once(Profile::Production).await;
}
