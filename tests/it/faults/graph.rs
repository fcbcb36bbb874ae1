//! A Graph API that fails, hangs, lies, disconnects or refuses: the state of the message, whether it is sent again, and whether
//! its number is held with a readable reason.

use std::{collections::BTreeMap, time::Duration};

use chrono::TimeDelta;
use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger};
use serde_json::{Value, json};
use testkit::{Fleet, Profile, TestApp, eventually, on_both_profiles};

use super::{customer, judged};

/// A fault of Graph, and the expected result.
struct Row {
    name: &'static str,
    /// How often in a row.
    times: u64,
    response: FaultResponse,
    /// Allowed final states of the message.
    ends: &'static [&'static str],
    /// How often WhatsApp has accepted it in the end.
    taken: usize,
    /// The message's error code, if it fails.
    code: i64,
}

const GOES_WELL: &[&str] = &["read"];
const IN_DOUBT: &[&str] = &["unknown"];
const FAILS: &[&str] = &["failed"];

fn refusal(code: i64) -> FaultResponse {
    FaultResponse {
        code: Some(code),
        ..FaultResponse::default()
    }
}

fn spoilt(status: u16, body: &str, after: bool) -> FaultResponse {
    FaultResponse {
        status: Some(status),
        body: Some(body.to_owned()),
        after,
        ..FaultResponse::default()
    }
}

fn row(
    name: &'static str,
    times: u64,
    response: FaultResponse,
    ends: &'static [&'static str],
    taken: usize,
) -> Row {
    Row {
        name,
        times,
        response,
        ends,
        taken,
        code: 0,
    }
}

/// Refused for good, with a reason.
fn never(name: &'static str, code: i64) -> Row {
    Row {
        code,
        ..row(name, u64::MAX, refusal(code), FAILS, 0)
    }
}

const HTML: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";

fn table() -> Vec<Row> {
    let hangs_up = |after| FaultResponse {
        drop: true,
        after,
        ..FaultResponse::default()
    };
    let slow = |delay_ms| FaultResponse {
        delay_ms,
        ..FaultResponse::default()
    };
    vec![
        row("500 with a Graph error", 1, refusal(131_000), GOES_WELL, 1),
        row("503 with a Graph error, twice", 2, refusal(131_016), GOES_WELL, 1),
        row("transient API error", 1, refusal(2), GOES_WELL, 1),
        row("too fast (130429)", 2, refusal(130_429), GOES_WELL, 1),
        row(
            "too fast, as 429 with Retry-After",
            1,
            FaultResponse {
                status: Some(429),
                headers: BTreeMap::from([("retry-after".to_owned(), "1".to_owned())]),
                ..refusal(130_429)
            },
            GOES_WELL,
            1,
        ),
        row(
            "too many to one person (131056)",
            1,
            refusal(131_056),
            GOES_WELL,
            1,
        ),
        row(
            "a page instead of an answer",
            1,
            spoilt(502, HTML, false),
            IN_DOUBT,
            0,
        ),
        row(
            "a page instead of the answer, after the work",
            1,
            spoilt(502, HTML, true),
            GOES_WELL,
            1,
        ),
        row("200 with a page", 1, spoilt(200, HTML, true), GOES_WELL, 1),
        row(
            "200 with half an answer",
            1,
            spoilt(200, "{\"messaging_product\":\"whatsapp\",\"messa", true),
            GOES_WELL,
            1,
        ),
        row("200 with nothing", 1, spoilt(200, "", false), IN_DOUBT, 0),
        row("hangs up before the work", 1, hangs_up(false), IN_DOUBT, 0),
        row("hangs up after the work", 1, hangs_up(true), GOES_WELL, 1),
        row("slow", 1, slow(1_500), GOES_WELL, 1),
        never("the template is not there (132001)", 132_001),
        never("parameters do not fit (132000)", 132_000),
        never("the template is paused (132015)", 132_015),
        never("the template is disabled (132016)", 132_016),
        never("the window is closed (131047)", 131_047),
        never("undeliverable (131026)", 131_026),
        never("a parameter is wrong (100)", 100),
    ]
}

fn fault(to: &str, times: u64, response: FaultResponse) -> Fault {
    Fault {
        r#match: FaultMatch {
            method: Some("POST".to_owned()),
            path: Some("/messages".to_owned()),
            to: Some(to.to_owned()),
            ..FaultMatch::default()
        },
        trigger: if times == u64::MAX {
            FaultTrigger::Always
        } else {
            FaultTrigger::NextN(times)
        },
        response,
        ..Fault::default()
    }
}

/// Advances the clock past every pause until each of these messages has a final state.
async fn ended(app: &TestApp, ids: &[String]) -> Vec<Value> {
    let ends = async {
        loop {
            app.settled().await;
            let mut messages = Vec::new();
            for id in ids {
                messages.push(app.acme.get(&format!("/messages/{id}")).await.expect(200));
            }
            let open = |message: &Value| {
                ["queued", "sending", "accepted"].contains(&message["status"].as_str().unwrap())
            };
            if !messages.iter().any(open) {
                return messages;
            }
            app.clock.advance(TimeDelta::seconds(20));
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ends)
        .await
        .expect("every message comes to an end")
}

on_both_profiles! {
    async fn whatever_graph_does_each_message_ends_rightly(app: &TestApp) {
        let rows = table();
        let mut ids = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let to = format!("4477009100{index:02}");
            app.acme.customer_writes(&to, "Hi");
            app.sim.add_fault(fault(&to, row.times, row.response.clone()));
        }
        app.globex.customer_writes("447700910000", "Hi");
        app.settled().await;
        for index in 0..rows.len() {
            let sent = app.acme.sends(&format!("4477009100{index:02}"), "Hello").await.expect(202);
            ids.push(sent["id"].as_str().unwrap().to_owned());
        }
        let beside = app.globex.sends("447700910000", "Hello").await.expect(202);
        let messages = ended(app, &ids).await;
        let ledger = app.sim.ledger();
        for (row, message) in rows.iter().zip(&messages) {
            let taken = ledger.accepted().filter(|accepted| accepted.callback_data.as_deref() == message["id"].as_str()).count();
            assert_eq!(taken, row.taken, "{}: {message}", row.name);
            let status = message["status"].as_str().unwrap();
            assert!(row.ends.contains(&status), "{}: {message}", row.name);
            if status == "failed" {
                assert_eq!(message["error"]["code"], row.code, "{}: {message}", row.name);
                assert!(message["error"]["title"].as_str().is_some_and(|title| !title.is_empty()), "{}: {message}", row.name);
            }
        }
        // None of these is about the number.
        let channel = app.acme.get(&format!("/channels/{}", app.acme.channel_id)).await.expect(200);
        assert_eq!(channel["status"], "connected", "{channel}");
        let beside = app.globex.get(&format!("/messages/{}", beside["id"].as_str().unwrap())).await.expect(200);
        assert_eq!(beside["status"], "read");
        // Every message is in one of these states.
        let all = app.acme.all("/messages").await;
        assert_eq!(all.iter().filter(|message| message["direction"] == "outbound").count(), rows.len());
    }

    async fn what_concerns_the_number_stops_it_with_a_reason(app: &TestApp) {
        // Errors about the whole number or its token (Cloud API: error code table).
        for (index, code) in [190, 368, 131_031].into_iter().enumerate() {
            let to = format!("4477009200{index:02}");
            app.acme.customer_writes(&to, "Hi");
            app.settled().await;
            app.sim.add_fault(fault(&to, 1, refusal(code)));
            let sent = app.acme.sends(&to, "Hello").await.expect(202);
            let path = format!("/channels/{}", app.acme.channel_id);
            let channel = app.until(&app.acme, &path, |channel| channel["status"] == "attention").await;
            assert!(channel["status_reason"].as_str().is_some_and(|reason| reason.len() > 20), "{code}: {channel}");
            app.idle().await;
            let message = app.acme.get(&format!("/messages/{}", sent["id"].as_str().unwrap())).await.expect(200);
            // A campaign's message may wait for the number; a single one is refused at once.
            assert!(["failed", "queued"].contains(&message["status"].as_str().unwrap()), "{code}: {message}");
            let taken = app.sim.ledger().accepted().filter(|accepted| accepted.callback_data.as_deref() == message["id"].as_str()).count();
            assert_eq!(taken, 0, "{code}");
            // A person fixes it.
            app.acme.post(&format!("{path}/resume"), Value::Null).await.expect(200);
            app.until(&app.acme, &path, |channel| channel["status"] == "connected").await;
        }
        let theirs = app.globex.get(&format!("/channels/{}", app.globex.channel_id)).await.expect(200);
        assert_eq!(theirs["status"], "connected", "the other tenant's number is not concerned");
    }
}

/// Random faults: every message has a state, nothing is sent twice, and nothing stays open. On the embedded profile only: the
/// tested decisions do not depend on the profile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_by_chance_doubles_nothing() {
    let app = TestApp::start(Profile::Embedded).await;
    let customers: Vec<String> = (0..120)
        .map(|number| format!("447700{:06}", 930_000 + number))
        .collect();
    for customer in &customers {
        app.acme.customer_writes(customer, "Hi");
    }
    app.settled().await;
    let chance = |p: f64, response: FaultResponse| Fault {
        r#match: FaultMatch {
            path: Some("/messages".to_owned()),
            ..FaultMatch::default()
        },
        trigger: FaultTrigger::P(p),
        response,
        ..Fault::default()
    };
    app.sim.add_fault(chance(0.10, refusal(131_000)));
    app.sim.add_fault(chance(0.05, refusal(130_429)));
    app.sim.add_fault(chance(0.05, spoilt(502, HTML, false)));
    app.sim.add_fault(chance(0.05, spoilt(200, "{", true)));
    app.sim.add_fault(chance(
        0.05,
        FaultResponse {
            drop: true,
            ..FaultResponse::default()
        },
    ));
    app.sim.add_fault(chance(
        0.05,
        FaultResponse {
            drop: true,
            after: true,
            ..FaultResponse::default()
        },
    ));
    let mut ids = Vec::new();
    for customer in &customers {
        let text = json!({ "to": { "phone": customer }, "type": "text", "text": { "body": "Hello" } });
        ids.push(
            app.acme.post("/messages", text).await.expect(202)["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    let messages = ended(&app, &ids).await;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for accepted in app.sim.ledger().accepted() {
        *taken
            .entry(accepted.callback_data.clone().unwrap_or_default())
            .or_default() += 1;
    }
    let mut census: BTreeMap<&str, usize> = BTreeMap::new();
    for message in &messages {
        let status = message["status"].as_str().unwrap();
        *census.entry(status).or_default() += 1;
        let times = taken.get(message["id"].as_str().unwrap()).copied().unwrap_or(0);
        let right = match status {
            "read" => times == 1,
            "unknown" | "failed" => times == 0,
            _ => false,
        };
        assert!(right, "taken {times} times: {message}");
    }
    assert_eq!(census.values().sum::<usize>(), customers.len(), "{census:?}");
    assert!(census["read"] > customers.len() / 2, "{census:?}");
    app.stop().await;
}

/// An account that may not write to people first keeps its campaign queued: nothing is sent and no try is counted, and when the
/// restriction ends everything is sent, once. Another account's campaign continues.
async fn a_campaign_waits(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let front = match profile {
        Profile::Production => Some(fleet.serve("").await),
        Profile::Embedded => None,
    };
    let worker = fleet.work("").await;
    let now = chrono::Utc::now().timestamp();
    let restriction = json!({ "event": "ACCOUNT_RESTRICTION", "restriction_info": [{
        "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": now + 12 }] });
    let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": fleet.acme.waba_id, "time": now,
        "changes": [{ "field": "account_update", "value": restriction }] }] });
    fleet.acme.webhook(body.to_string().as_bytes()).await.expect(200);
    let restricted = "SELECT COUNT(*) FROM channels_channels WHERE restricted_reason IS NOT NULL";
    eventually("the number is restricted", Duration::from_secs(10), async || {
        fleet.count(restricted).await == 1
    })
    .await;
    let customers: Vec<String> = (0..60).map(customer).collect();
    let theirs = fleet.campaign(&fleet.acme, &customers[..40], 20).await.len();
    let others = fleet.campaign(&fleet.globex, &customers[40..], 20).await.len();
    let waits = "SELECT COUNT(*) FROM host_jobs WHERE last_error LIKE '%may not write first%'";
    eventually(
        "both chunks were looked at",
        Duration::from_secs(10),
        async || fleet.count(waits).await == 2 && fleet.sim.ledger().accepted_total == others as u64,
    )
    .await;
    let queued = "SELECT COUNT(*) FROM messaging_messages WHERE direction = 'outbound' AND status = 'queued'";
    eventually(
        "the others are written down",
        Duration::from_secs(10),
        async || fleet.count(queued).await <= 40,
    )
    .await;
    assert_eq!(fleet.count(queued).await, 40, "nothing is tried, nothing fails");
    fleet.settled(Duration::from_secs(60)).await;
    let census = judged(&fleet, theirs + others, "restricted").await;
    assert_eq!(census.get("read"), Some(&(theirs + others)), "{census:?}");
    worker.kill().await;
    if let Some(front) = front {
        front.kill().await;
    }
    fleet.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restricted_account_keeps_its_campaign_embedded() {
    a_campaign_waits(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restricted_account_keeps_its_campaign_production() {
    a_campaign_waits(Profile::Production).await;
}
