//! Statuses in any order, twice, early or late: the result is the same.

use cloud_sim::Statuses;
use proptest::{
    prelude::*,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};
use testkit::{Profile, TestApp, on_both_profiles};

on_both_profiles! {
    async fn a_status_never_goes_back(app: &TestApp) {
        let tenant = &app.acme;
        tenant.customer_writes("999003000002", "Hi");
        app.settled().await;
        // This customer's phone is off: WhatsApp says "sent" and no more, and the rest is said here.
        let queued = tenant.sends("999003000002", "Hello").await.expect(202);
        app.settled().await;
        let path = format!("/messages/{}", queued["id"].as_str().unwrap());
        let message = tenant.get(&path).await.expect(200);
        assert_eq!(message["status"], "sent");
        let wamid = message["wamid"].as_str().unwrap();
        for (told, shown) in [("read", "read"), ("delivered", "read"), ("failed", "read"), ("sent", "read"), ("played", "played"), ("read", "played")] {
            tenant.webhook(&tenant.status_webhook(wamid, told, None)).await.expect(200);
            app.settled().await;
            assert_eq!(tenant.get(&path).await.expect(200)["status"], shown, "after {told}");
        }
        assert!(tenant.get(&path).await.expect(200)["timestamps"]["delivered_at"].is_string());
    }

    async fn duplicated_reversed_and_early_statuses_end_the_same(app: &TestApp) {
        let tenant = &app.acme;
        // The simulator sends every status twice, in reverse order, and before the answer to the send itself.
        for to in ["999003000004", "999003000005", "999003000006", "999003000001"] {
            tenant.customer_writes(to, "Hi");
            app.settled().await;
            let queued = tenant.sends(to, "Hello").await.expect(202);
            app.settled().await;
            let message = tenant.get(&format!("/messages/{}", queued["id"].as_str().unwrap())).await.expect(200);
            assert_eq!(message["status"], "read", "{to}: {message}");
            assert!(message["timestamps"]["delivered_at"].is_string(), "{to}");
            let told = tenant.all(&format!("/statuses?wamid={}", message["wamid"].as_str().unwrap())).await;
            let mut words: Vec<&str> = told.iter().map(|status| status["status"].as_str().unwrap()).collect();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), told.len(), "{to}: each status is kept once");
        }
        assert_eq!(app.globex.all("/statuses").await, [] as [Value; 0]);
    }

    async fn a_status_that_comes_before_its_message_waits_for_it(app: &TestApp) {
        let tenant = &app.acme;
        tenant.webhook(&tenant.status_webhook("wamid.UNKNOWN", "delivered", None)).await.expect(200);
        app.settled().await;
        let parked = tenant.get("/statuses?wamid=wamid.UNKNOWN").await.expect(200);
        assert_eq!(parked["items"][0]["status"], "delivered");
        assert_eq!(parked["items"][0]["message_id"], Value::Null);
        // A status of a tenant never moves a message of another, not even by its id.
        app.globex.customer_writes("999003000002", "Hi");
        app.settled().await;
        let theirs = app.globex.sends("999003000002", "Hello").await.expect(202);
        app.settled().await;
        let id = theirs["id"].as_str().unwrap();
        tenant.webhook(&tenant.status_webhook("wamid.FORGED", "read", Some(id))).await.expect(200);
        app.settled().await;
        assert_eq!(app.globex.get(&format!("/messages/{id}")).await.expect(200)["status"], "sent");
    }

    async fn a_status_without_our_id_that_overtakes_the_answer_is_the_messages_in_the_end(app: &TestApp) {
        let tenant = &app.acme;
        // The simulator takes this message and answers late: it waits for its own status to be delivered, and tells none.
        let to = "999003000006";
        tenant.customer_writes(to, "Hi");
        app.settled().await;
        app.sim.configure(|knobs| knobs.statuses = Statuses::Off);
        tenant.sends(to, "Hello").await.expect(202);
        let taken = || app.sim.ledger().accepted().next_back().map(|accepted| accepted.wamid.clone());
        let wamid = app.until(tenant, "/messages", |_| taken().is_some()).await;
        assert_eq!(wamid["items"][0]["status"], "queued", "WhatsApp has not answered yet");
        let wamid = taken().unwrap();
        tenant.webhook(&tenant.status_webhook(&wamid, "read", None)).await.expect(200);
        let path = format!("/statuses?wamid={wamid}");
        let told = app.until(tenant, &path, |told| told["items"][0]["status"] == "read").await;
        assert_eq!(told["items"][0]["message_id"], Value::Null, "nobody knows yet whose it is");
        app.settled().await;
        let message = tenant.get("/messages").await.expect(200)["items"][0].clone();
        assert_eq!((&message["status"], &message["wamid"]), (&json!("read"), &json!(wamid)));
        assert_eq!(tenant.get(&path).await.expect(200)["items"][0]["message_id"], message["id"]);
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }

    /// What a status told before WhatsApp answered the send is the newest: nobody is told of less afterwards.
    async fn live_clients_are_not_told_of_less_than_is_stored(app: &TestApp) {
        let tenant = &app.acme;
        let to = "999003000006";
        tenant.customer_writes(to, "Hi");
        app.settled().await;
        let mut live = tenant.live(None).await;
        // The simulator takes this message and answers late; its status, which carries our id, is here before.
        app.sim.configure(|knobs| knobs.statuses = Statuses::Off);
        let queued = tenant.sends(to, "Hello").await.expect(202);
        let path = format!("/messages/{}", queued["id"].as_str().unwrap());
        let taken = || app.sim.ledger().accepted().next_back().map(|accepted| accepted.wamid.clone());
        let waits = app.until(tenant, &path, |_| taken().is_some()).await;
        assert_eq!(waits["status"], "queued", "WhatsApp has not answered yet");
        let status = tenant.status_webhook(&taken().unwrap(), "read", queued["id"].as_str());
        tenant.webhook(&status).await.expect(200);
        app.until(tenant, &path, |message| message["status"] == "read").await;
        app.settled().await;
        let marker = tenant.post("/contacts", json!({ "phone": "+447700900999", "name": "Marker" })).await.expect(201);
        let mut told = Vec::new();
        loop {
            let frame = live.frame().await;
            let items = frame["payload"]["items"].as_array().cloned().unwrap_or_default();
            if items.iter().any(|item| item["contact_id"] == marker["id"]) {
                break;
            }
            let statuses = items.iter().filter(|item| item["message_id"] == queued["id"] && item["status"].is_string());
            told.extend(statuses.map(|item| item["status"].as_str().unwrap().to_owned()));
        }
        assert_eq!(told.last().map(String::as_str), Some("read"), "{told:?}");
        assert!(!told.iter().any(|status| status == "accepted"), "the answer came last: {told:?}");
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }

    async fn a_send_without_an_answer_is_not_repeated_and_resolved_by_its_status(app: &TestApp) {
        let tenant = &app.acme;
        // The simulator takes this message and never answers.
        let to = "999003000008";
        tenant.customer_writes(to, "Hi");
        app.settled().await;
        app.sim.configure(|knobs| knobs.hang_ms = 50);
        let queued = tenant.sends(to, "Hello").await.expect(202);
        let id = queued["id"].as_str().unwrap();
        app.settled().await;
        let path = format!("/messages/{id}");
        let message = app.until(tenant, &path, |message| ["read", "delivered", "sent"].contains(&message["status"].as_str().unwrap_or_default())).await;
        let sends = app.sim.ledger().accepted().filter(|accepted| accepted.callback_data.as_deref() == Some(id)).count();
        assert_eq!(sends, 1, "WhatsApp has taken it exactly once");
        assert!(message["wamid"].is_string(), "and we learnt its wamid from the status");
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
    }
}

/// Any order and any repetition of a stream of webhooks ends in the same rows. On the embedded profile only: it posts some
/// hundreds of bodies, and the rules are the same SQL on both (the cases above run on both).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_order_and_repetition_ends_in_the_same_state() {
    let app = TestApp::start(Profile::Embedded).await;
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let words = ["sent", "delivered", "read", "failed", "played"];
    let strategy = proptest::collection::vec(0..words.len(), 1..6).prop_flat_map(|told| {
        (
            Just(told.clone()).prop_shuffle(),
            Just(told.clone()).prop_shuffle(),
            Just(told),
        )
    });
    let mut serial = 0;
    for _ in 0..24 {
        let (first, second, repeated) = strategy.new_tree(&mut runner).unwrap().current();
        let mut digests = Vec::new();
        for told in [&first, &second, &[first.clone(), repeated.clone()].concat()] {
            serial += 1;
            digests.push(end_of(&app, told.iter().map(|index| words[*index]), serial).await);
        }
        assert_eq!(digests[0], digests[1], "{first:?} and {second:?}");
        assert_eq!(digests[0], digests[2], "{first:?} and once more {repeated:?}");
    }
    app.stop().await;
}

async fn end_of(app: &TestApp, told: impl Iterator<Item = &str>, serial: u32) -> Value {
    let tenant = &app.acme;
    let to = format!("+4477009{serial:05}");
    let template = json!({ "to": { "phone": to }, "type": "template", "template": { "name": "hello_world", "language": "en_US" } });
    app.sim.configure(|knobs| knobs.default_online = false);
    let queued = tenant.post("/messages", template).await.expect(202);
    let path = format!("/messages/{}", queued["id"].as_str().unwrap());
    let message = app
        .until(tenant, &path, |message| message["status"] == "sent")
        .await;
    let wamid = message["wamid"].as_str().unwrap();
    for status in told {
        // One instant for all, so that only the order differs.
        let body = String::from_utf8(tenant.status_webhook(wamid, status, None)).unwrap();
        let body = at_one_moment(&body);
        tenant.webhook(body.as_bytes()).await.expect(200);
    }
    app.idle().await;
    let end = tenant.get(&path).await.expect(200);
    json!({ "status": end["status"], "failed": end["error"]["code"], "read": end["timestamps"]["read_at"].is_string(), "delivered": end["timestamps"]["delivered_at"].is_string() })
}

/// All statuses at one moment.
fn at_one_moment(body: &str) -> String {
    let mut value: Value = serde_json::from_str(body).unwrap();
    value["entry"][0]["changes"][0]["value"]["statuses"][0]["timestamp"] = Value::from("1790000000");
    value.to_string()
}
