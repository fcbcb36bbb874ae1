//! Outcomes of messages: magic recipients, windows, limits, noise.

use std::time::Duration;

use cloud_api::Class;
use cloud_sim::{Signature, SimConfig};
use serde_json::json;

use crate::stage::{ANA, Stage, code, config, stage, stage_with};

async fn outcome(stage: &Stage, to: &str) -> (Vec<String>, Vec<i64>) {
    stage.opens_window(to).await;
    let sent = stage.send(to, "m").await.unwrap();
    stage.settle().await;
    let codes = stage
        .statuses()
        .iter()
        .flat_map(|s| s.errors.iter().filter_map(|e| e.code))
        .collect();
    (stage.names(&sent), codes)
}

#[tokio::test]
async fn magic_recipients() {
    let stage = stage().await;
    for (to, names, codes) in [
        ("999000131026", vec!["failed"], vec![131_026]),
        ("ZZ.SIM000131053", vec!["failed"], vec![131_053]),
        ("999002131053", vec!["sent", "failed"], vec![131_053]),
        ("999003000001", vec!["sent", "read"], vec![]),
        ("999003000002", vec!["sent"], vec![]),
        ("999003000003", vec!["sent", "delivered"], vec![]),
        (
            "999003000004",
            vec!["sent", "sent", "delivered", "delivered", "read", "read"],
            vec![],
        ),
        ("999003000005", vec!["read", "delivered", "sent"], vec![]),
    ] {
        let got = outcome(&stage, to).await;
        assert_eq!(
            (got.0, got.1),
            (names.into_iter().map(str::to_owned).collect(), codes),
            "{to}"
        );
    }
}

#[tokio::test]
async fn magic_refusals_have_their_documented_status() {
    let stage = stage().await;
    for (to, expected, http, class) in [
        ("999001000190", 190, 401, Class::Token),
        ("999001131031", 131_031, 403, Class::Account),
        ("999001130429", 130_429, 400, Class::RateLimited),
        ("999001132001", 132_001, 404, Class::Fix),
        ("ZZ.SIM001131000", 131_000, 500, Class::Retry),
    ] {
        let error = stage.send(to, "m").await.unwrap_err();
        let graph = error.graph().unwrap();
        assert_eq!(
            (graph.code, graph.http_status, error.class()),
            (expected, http, class),
            "{to}"
        );
        assert!(graph.fbtrace_id.as_deref().unwrap().starts_with('A'));
    }
    assert_eq!(stage.sim.ledger().refused_by_code.get(&190), Some(&1));
}

#[tokio::test]
async fn magic_answers() {
    let stage = stage().await;
    for to in ["999003000006", "999003000007", "999003000008", "999003000009"] {
        stage.opens_window(to).await;
    }
    // The status comes before the answer.
    let sent = stage.send("999003000006", "m").await.unwrap();
    assert!(stage.names(&sent).contains(&"sent".to_owned()));
    // One HTTP 500, then fine.
    assert_eq!(code(stage.send("999003000007", "m").await), 131_000);
    stage.send("999003000007", "m").await.unwrap();
    // Accepted, but nobody heard it.
    let before = stage.sim.ledger().accepted_total;
    assert!(
        stage
            .send("999003000008", "lost")
            .await
            .unwrap_err()
            .is_ambiguous()
    );
    let ledger = stage.sim.ledger();
    assert_eq!(ledger.accepted_total, before + 1);
    assert_eq!(
        ledger.accepted().last().unwrap().callback_data.as_deref(),
        Some("lost")
    );
    assert!(stage.send("999003000009", "m").await.unwrap_err().is_ambiguous());
    assert_eq!(stage.sim.ledger().accepted_total, before + 1);
}

#[tokio::test]
async fn people_who_answer() {
    let stage = stage().await;
    outcome(&stage, "999003000010").await;
    assert_eq!(stage.messages()[0].text(), Some("STOP"));
    outcome(&stage, "999003000013").await;
    assert_ne!(stage.statuses()[0].recipient_id.as_deref(), Some("999003000013"));
    outcome(&stage, "999003000014").await;
    assert!(stage.statuses().iter().all(|s| s.recipient_id.is_none()));
    let mut kinds = Vec::new();
    for _ in 0..8 {
        outcome(&stage, "999003000016").await;
        kinds.push(stage.messages()[0].kind.clone());
    }
    assert_eq!(
        kinds,
        [
            "text",
            "image",
            "audio",
            "location",
            "contacts",
            "order",
            "unsupported",
            "reaction"
        ]
    );
}

#[tokio::test]
async fn the_window_closes_after_a_day() {
    let stage = stage().await;
    let closed = stage.send(ANA, "m").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&closed), ["failed"]);
    assert_eq!(stage.statuses()[0].errors[0].code, Some(131_047));
    // A template needs no window.
    let template = stage.send_template(ANA, "hello_world", json!([])).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&template), ["sent", "delivered", "read"]);
    assert_eq!(template.message_status.as_deref(), Some("accepted"));

    stage.opens_window(ANA).await;
    stage.sim.advance(Duration::from_secs(86_399));
    let open = stage.send(ANA, "m").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&open), ["sent", "delivered", "read"]);
    stage.sim.advance(Duration::from_secs(2));
    let closed = stage.send(ANA, "m").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&closed), ["failed"]);

    stage.sim.configure(|c| c.sync_131047 = true);
    assert_eq!(code(stage.send(ANA, "m").await), 131_047);
}

#[tokio::test]
async fn pair_and_throughput_limits() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    for _ in 0..45 {
        stage.send(ANA, "m").await.unwrap();
    }
    assert_eq!(code(stage.send(ANA, "m").await), 131_056);
    stage.sim.advance(Duration::from_secs(6));
    stage.send(ANA, "m").await.unwrap();
    assert_eq!(code(stage.send(ANA, "m").await), 131_056);

    let phone = stage.account.phone_number_id.clone();
    stage
        .control(
            reqwest::Method::PATCH,
            &format!("phones/{phone}"),
            json!({"throughput_mps": 2}),
        )
        .await;
    stage.sim.advance(Duration::from_secs(60));
    stage.send("447700900201", "m").await.unwrap();
    stage.send("447700900202", "m").await.unwrap();
    let error = stage.send("447700900203", "m").await.unwrap_err();
    assert_eq!(
        (error.graph().unwrap().code, error.graph().unwrap().http_status),
        (130_429, 400)
    );
    stage.sim.configure(|c| c.http_rate_status = 429);
    let error = stage.send("447700900203", "m").await.unwrap_err();
    assert_eq!(error.graph().unwrap().http_status, 429);
}

#[tokio::test]
async fn marketing_rules() {
    let stage = stage().await;
    let offer = json!([{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://shop.example/a.png"}}]},
                       {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]);
    let mut codes = Vec::new();
    // Brazil twice is fine, a third time is not; the United States never; the United Kingdom has no cap.
    for to in [
        "5511999990001",
        "5511999990001",
        "5511999990001",
        "12125550100",
        ANA,
        ANA,
        ANA,
    ] {
        stage.inbox.lock().unwrap().hooks.clear();
        stage
            .send_template(to, "spring_offer", offer.clone())
            .await
            .unwrap();
        stage.settle().await;
        codes.push(stage.statuses()[0].errors.first().and_then(|e| e.code));
    }
    assert_eq!(
        codes,
        [None, None, Some(131_049), Some(131_049), None, None, None]
    );
    let dead = json!([{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://a.invalid/x.png"}}]},
                      {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]);
    stage.inbox.lock().unwrap().hooks.clear();
    stage.send_template(ANA, "spring_offer", dead).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.statuses()[0].errors[0].code, Some(131_053));
}

#[tokio::test]
async fn noise_is_counted() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    stage.sim.configure(|c| c.p_dup = 1.0);
    let sent = stage.send(ANA, "m").await.unwrap();
    // The duplicates come up to a minute later.
    stage.sim.run_out(Duration::from_secs(120)).await;
    let mut names = stage.names(&sent);
    names.sort();
    assert_eq!(names, ["delivered", "delivered", "read", "read", "sent", "sent"]);
}

#[tokio::test]
async fn batches_hold_many_updates() {
    let stage = stage_with(SimConfig {
        batch_max: 100,
        webhook_concurrency: 1,
        pair_limit: false,
        ..config()
    })
    .await;
    stage.opens_window(ANA).await;
    for n in 0..30 {
        stage.send(ANA, &format!("m-{n}")).await.unwrap();
    }
    stage.settle().await;
    assert_eq!(stage.statuses().len(), 90);
    assert!(
        stage
            .hooks()
            .iter()
            .all(|h| h.is_signed() && h.envelope().problems.is_empty())
    );
}

#[tokio::test]
async fn signatures_can_be_spoiled() {
    let stage = stage_with(SimConfig {
        signature: Signature::Wrong,
        ..config()
    })
    .await;
    let write = || {
        stage
            .sim
            .inbound(&json!({"phone_id": stage.account.phone_number_id, "from": ANA, "text": {"body": "x"}}))
    };
    write().unwrap();
    stage.settle().await;
    stage.sim.configure(|c| c.signature = Signature::Missing);
    write().unwrap();
    stage.settle().await;
    stage.sim.configure(|c| {
        c.signature = Signature::Right;
        c.truncate_body = Some(20);
    });
    write().unwrap();
    stage.settle().await;
    let hooks = stage.hooks();
    assert!(hooks.iter().all(|h| !h.is_signed()));
    assert!(hooks[1].signature.is_none());
    assert_eq!(hooks[2].body.len(), 20);
}

#[tokio::test]
async fn same_seed_same_world() {
    let mut worlds = Vec::new();
    for _ in 0..2 {
        let stage = stage().await;
        stage.opens_window(ANA).await;
        worlds.push(stage.send(ANA, "m").await.unwrap().wamid);
    }
    assert_eq!(worlds[0], worlds[1]);
}
