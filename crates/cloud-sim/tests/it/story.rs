//! The main story: subscribe, a person writes, we answer, they read it.

use std::time::Duration;

use serde_json::json;

use crate::stage::{ANA, stage};

#[tokio::test]
async fn a_conversation_end_to_end() {
    let stage = stage().await;
    let client = stage.client();
    let waba = stage.account.waba_id.as_str().into();

    // An own callback for the account, verified by the handshake.
    let callback = url::Url::parse(&format!("{}/own", stage.hooks_url)).unwrap();
    let wrong = client
        .subscribe(&waba, Some((&callback, "wrong")))
        .await
        .unwrap_err();
    assert_eq!(wrong.graph().unwrap().code, 2200);
    client
        .subscribe(&waba, Some((&callback, crate::stage::VERIFY)))
        .await
        .unwrap();
    let apps = client.subscribed_apps(&waba).await.unwrap();
    assert_eq!(apps[0].override_callback_uri.as_deref(), Some(callback.as_str()));
    assert_eq!(
        client
            .phone_number(&stage.phone())
            .await
            .unwrap()
            .status
            .as_deref(),
        Some("CONNECTED")
    );

    // A person writes.
    let inbound = stage
        .sim
        .inbound(
            &json!({"phone_id": stage.account.phone_number_id, "from": ANA, "name": "Ana Lima",
                         "text": {"body": "Héllo 👋 a/b"}}),
        )
        .unwrap();
    stage.settle().await;
    let hook = stage.hooks().remove(0);
    assert_eq!(hook.path, "/own");
    assert!(hook.is_signed());
    let text = String::from_utf8(hook.body.clone()).unwrap();
    assert!(text.contains(r"H\u00e9llo \ud83d\udc4b a\/b"), "{text}");
    let envelope = hook.envelope();
    assert_eq!(envelope.problems, Vec::<String>::new());
    assert!(envelope.entries[0].time.is_some());
    let change = &envelope.entries[0].changes[0].value;
    assert_eq!(
        change.metadata.as_ref().unwrap().phone_number_id.as_deref(),
        Some(stage.phone().as_str())
    );
    assert_eq!(change.contacts[0].name.as_deref(), Some("Ana Lima"));
    assert_eq!(change.messages[0].id.as_ref().unwrap().as_str(), inbound);
    assert_eq!(change.messages[0].from.as_deref(), Some(ANA));
    assert!(
        change.messages[0]
            .from_user_id
            .as_deref()
            .unwrap()
            .starts_with("GB.")
    );
    client
        .mark_read(&stage.phone(), &inbound.as_str().into(), true)
        .await
        .unwrap();

    // We answer.
    let sent = stage.send(ANA, "m-1").await.unwrap();
    assert_eq!(sent.wa_id.as_deref(), Some(ANA));
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered", "read"]);
    let statuses = stage.statuses();
    assert!(statuses.iter().all(|s| s.callback_data.as_deref() == Some("m-1")));
    assert!(
        statuses
            .iter()
            .all(|s| s.recipient_user_id.is_some() && s.recipient_id.as_deref() == Some(ANA))
    );
    let pricing: Vec<_> = statuses
        .iter()
        .map(|s| s.pricing.as_ref().and_then(|p| p.kind.clone()))
        .collect();
    assert_eq!(
        pricing,
        [
            Some("free_customer_service".into()),
            Some("free_customer_service".into()),
            None
        ]
    );

    // The ledger has it all.
    let ledger = stage.sim.ledger();
    let accepted: Vec<_> = ledger.accepted().collect();
    assert_eq!(accepted.len(), 1);
    assert_eq!(
        (accepted[0].wamid.as_str(), accepted[0].callback_data.as_deref()),
        (sent.wamid.as_str(), Some("m-1"))
    );
    assert_eq!((ledger.delivered_total, ledger.given_up_total), (4, 0));
    stage.sim.shutdown().await;
}

#[tokio::test]
async fn by_bsuid_no_phone_appears() {
    let stage = stage().await;
    stage.opens_window("ZZ.SIM003000001").await;
    let sent = stage.send("ZZ.SIM003000001", "m").await.unwrap();
    assert_eq!(
        (sent.wa_id.as_deref(), sent.user_id.as_deref()),
        (None, Some("ZZ.SIM003000001"))
    );
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "read"]);
    assert!(
        stage
            .statuses()
            .iter()
            .all(|s| s.recipient_id.is_none() && s.recipient_user_id.is_some())
    );
    assert_eq!(crate::stage::code(stage.send("GB.1234567890", "m").await), 100);
}

#[tokio::test]
async fn retries_carry_the_identical_body() {
    let stage = stage().await;
    stage.inbox.lock().unwrap().answers = vec![500, 302, 503];
    stage
        .sim
        .inbound(&json!({"phone_id": stage.account.phone_number_id, "from": ANA, "text": {"body": "hi"}}))
        .unwrap();
    stage.sim.caught_up().await;
    // The first retry comes at once, the next after 30 s and 2 minutes.
    assert_eq!(stage.hooks().len(), 2);
    stage.sim.advance(Duration::from_secs(29));
    stage.sim.caught_up().await;
    assert_eq!(stage.hooks().len(), 2);
    stage.sim.advance(Duration::from_secs(1));
    stage.sim.caught_up().await;
    assert_eq!(stage.hooks().len(), 3);
    stage.sim.run_out(Duration::from_secs(3_600)).await;
    stage.settle().await;
    let hooks = stage.hooks();
    assert_eq!(hooks.len(), 4);
    assert!(hooks.iter().all(|h| h.body == hooks[0].body && h.is_signed()));
    let row = stage.sim.ledger().delivered().next().unwrap().clone();
    assert_eq!((row.attempts, row.ok, row.http_status), (4, true, Some(200)));
}

#[tokio::test]
async fn an_outage_ends_after_the_window() {
    let stage = stage().await;
    stage.inbox.lock().unwrap().answers = vec![500; 100];
    stage
        .sim
        .inbound(&json!({"phone_id": stage.account.phone_number_id, "from": ANA, "text": {"body": "hi"}}))
        .unwrap();
    stage.sim.run_out(Duration::from_secs(8 * 86_400)).await;
    stage.settle().await;
    let row = stage.sim.ledger().delivered().next().unwrap().clone();
    assert!(!row.ok);
    assert!((15..25).contains(&row.attempts), "{}", row.attempts);
}

#[tokio::test]
async fn the_world_survives_a_restart() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    stage.send(ANA, "m-1").await.unwrap();
    stage.settle().await;
    let saved = stage.sim.export();

    let other = crate::stage::stage().await;
    other.sim.import(saved.clone()).unwrap();
    assert_eq!(other.sim.export(), saved);
    assert!(other.sim.import(json!({"version": 2})).is_err());
    assert_eq!(other.sim.export(), saved);
}

#[tokio::test]
async fn what_was_on_its_way_is_sent_again_after_a_restart() {
    let stage = stage().await;
    stage.inbox.lock().unwrap().answers = vec![500, 500];
    stage
        .sim
        .inbound(&json!({"phone_id": stage.account.phone_number_id, "from": ANA, "text": {"body": "hi"}}))
        .unwrap();
    stage.sim.caught_up().await;
    let first = stage.hooks().remove(0);
    stage.sim.import(stage.sim.export()).unwrap();
    stage.settle().await;
    assert_eq!(stage.hooks().last().unwrap().body, first.body);
}

#[tokio::test]
async fn an_outage_loses_nothing_although_the_log_is_short() {
    let stage = crate::stage::stage_with(cloud_sim::SimConfig {
        max_deliveries: 100,
        ..crate::stage::config()
    })
    .await;
    stage.inbox.lock().unwrap().answers = vec![503; 600];
    let spec = json!({"phone_id": stage.account.phone_number_id, "from": ANA, "text": {"body": "hi"}});
    for _ in 0..300 {
        stage.sim.inbound(&spec).unwrap();
    }
    // Two tries each fail, the third comes after 30 s.
    stage.sim.run_out(Duration::from_secs(3_600)).await;
    stage.settle().await;
    let ledger = stage.sim.ledger();
    assert_eq!((ledger.delivered_total, ledger.given_up_total), (300, 0));
    assert!(ledger.delivered().all(|row| row.attempts == 3));
    assert_eq!(stage.sim.deliveries().len(), 100);
}
