//! One tenant's webhooks against the process that applies them for all.

use std::time::Duration;

use serde_json::json;
use testkit::{Fleet, Profile, Running, Tenant, eventually};

/// How much a body may add to a process.
const GROWTH: u64 = 64 << 20;

async fn messages(fleet: &Fleet, wamid: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM messaging_messages WHERE wamid = '{wamid}'");
    fleet.count(&sql).await
}

/// A body of three megabytes: one good message, and the smallest elements at a place.
fn flood(tenant: &Tenant, wamid: &str, place: &str) -> Vec<u8> {
    let value = json!({
        "messages": [{ "from": "447700900123", "id": wamid, "timestamp": "1790000000", "type": "text", "text": { "body": "kept" } }],
    });
    let body = String::from_utf8(tenant.envelope(value)).unwrap();
    let many = vec!["{}"; 999_000].join(",");
    let product = "\"messaging_product\"";
    match place {
        "messages" => body.replacen(&format!("}}],{product}"), &format!("}},{many}],{product}"), 1),
        "changes" => format!("{},{many}]}}]}}", body.strip_suffix("]}]}").unwrap()),
        "entry" => format!("{},{many}]}}", body.strip_suffix("]}").unwrap()),
        other => body.replacen(product, &format!("\"{other}\":[{many}],{product}"), 1),
    }
    .into_bytes()
}

async fn a_million_of_nothing(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let server = fleet.serve("").await;
    let worker = match profile {
        Profile::Embedded => None,
        Profile::Production => Some(fleet.work("").await),
    };
    let processes: Vec<&Running> = std::iter::once(&server).chain(&worker).collect();
    let timeout = Duration::from_secs(60);
    for tenant in [&fleet.acme, &fleet.globex] {
        // What a process needs for its first webhooks is no growth.
        let (body, wamid) = tenant.text_webhook("447700900124", "first");
        tenant.webhook(&body).await.expect(200);
        eventually("the first message", timeout, async || {
            messages(&fleet, &wamid).await == 1
        })
        .await;
    }
    let before: Vec<u64> = processes
        .iter()
        .map(|process| process.memory_from_now())
        .collect();
    let places = [
        "messages", "statuses", "contacts", "errors", "history", "future", "changes", "entry",
    ];
    for place in places {
        let wamid = format!("wamid.BESIDE-{place}");
        let body = flood(&fleet.acme, &wamid, place);
        assert!(body.len() < 3 << 20, "{}", body.len());
        assert_eq!(fleet.acme.webhook(&body).await.status, 200, "{place}");
        eventually(place, timeout, async || messages(&fleet, &wamid).await == 1).await;
        for (process, before) in processes.iter().zip(&before) {
            let grown = process.peak_memory().saturating_sub(*before);
            assert!(grown < GROWTH, "{profile:?}, {place}: {} kB", grown >> 10);
        }
    }
    let kept = "SELECT COUNT(*) FROM messaging_webhook_events WHERE reason = 'malformed'";
    // Of the unknown field there is nothing to apply, and so nothing is left out.
    assert_eq!(fleet.count(kept).await, 7);
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

/// Puts a text into a tenant's inbox, as the process that answers webhooks does. Answers its wamid.
async fn store(fleet: &Fleet, tenant: &Tenant, text: &str) -> String {
    let (body, wamid) = tenant.text_webhook("447700900123", text);
    let row =
        "INSERT INTO messaging_inbox (tenant_id, id, body, own_path, received_at) VALUES (?, ?, ?, ?, ?)";
    let clock = fleet.system.clock();
    let values = vec![
        tenant.id.into(),
        clock.new_uuid().into(),
        body.into(),
        true.into(),
        clock.now().into(),
    ];
    fleet.execute(row, values).await;
    wamid
}

/// A body that ends the process each time it is applied.
async fn ends_the_process(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let mut told = vec![store(&fleet, &fleet.acme, "before").await];
    let bad = store(&fleet, &fleet.acme, "failpoint:drain.body").await;
    told.push(store(&fleet, &fleet.acme, "behind").await);
    told.push(store(&fleet, &fleet.globex, "a neighbour").await);
    let role = match profile {
        Profile::Embedded => "run",
        Profile::Production => "worker",
    };
    let plan = "drain.body=kill@*";
    for start in 1..=3 {
        let mut worker = fleet.start(role, plan, &[]);
        assert!(
            worker.died(Duration::from_secs(60)).await,
            "{profile:?}: start {start}"
        );
    }
    let survivor = fleet.start(role, plan, &[]);
    eventually("the inbox is empty", Duration::from_secs(60), async || {
        fleet.count("SELECT COUNT(*) FROM messaging_inbox").await == 0
    })
    .await;
    for wamid in &told {
        assert_eq!(messages(&fleet, wamid).await, 1, "{profile:?}: {wamid}");
    }
    assert_eq!(messages(&fleet, &bad).await, 0);
    let kept = "SELECT COUNT(*) FROM messaging_webhook_events WHERE reason = 'failed' AND payload LIKE '%failpoint:drain.body%'";
    assert_eq!(fleet.count(kept).await, 1, "it is kept, once");
    survivor.kill().await;
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_ends_the_process_is_set_aside_embedded() {
    ends_the_process(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_ends_the_process_is_set_aside_production() {
    ends_the_process(Profile::Production).await;
}
