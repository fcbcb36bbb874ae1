//! The life of templates that were approved: pacing, quality, pauses, categories.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, config, stage, stage_with};
use crate::templates::{HOUR, approved, create, events, send};

#[tokio::test]
async fn pacing_holds_then_releases() {
    let stage = stage().await;
    approved(&stage, "sim_pacing").await;
    let mut answers = Vec::new();
    for n in 0..12 {
        answers.push(send(&stage, &format!("4477009001{n:02}"), "sim_pacing").await.1);
    }
    let status = |n: usize| {
        answers[n]["messages"][0]["message_status"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        (status(9).as_str(), status(10).as_str()),
        ("accepted", "held_for_quality_assessment")
    );
    stage.settle().await;
    assert_eq!(stage.names_of(&answers[9]), ["sent", "delivered", "read"]);
    assert_eq!(stage.names_of(&answers[11]), Vec::<String>::new());
    // What is held survives a restart.
    let world = stage.sim.export();
    stage.sim.import(world).unwrap();
    stage.sim.advance(Duration::from_secs(600));
    stage.sim.caught_up().await;
    assert_eq!(stage.names_of(&answers[11]), ["sent", "delivered", "read"]);
    assert_eq!(
        send(&stage, ANA, "sim_pacing").await.1["messages"][0]["message_status"],
        "accepted"
    );
}

#[tokio::test]
async fn pacing_may_drop_and_is_unpaused_by_hand() {
    let stage = stage().await;
    let id = approved(&stage, "sim_pacing_drop").await;
    let mut answers = Vec::new();
    for n in 0..11 {
        answers.push(
            send(&stage, &format!("4477009001{n:02}"), "sim_pacing_drop")
                .await
                .1,
        );
    }
    stage.sim.run_out(HOUR).await;
    assert_eq!(stage.names_of(&answers[10]), ["failed"]);
    assert_eq!(
        stage.statuses().iter().find_map(|s| s.errors.first()?.code),
        Some(132_015)
    );
    assert_eq!(events(&stage), ["PAUSED RATE_LIMITING_PAUSE"]);
    assert_eq!(
        send(&stage, ANA, "sim_pacing_drop").await.1["error"]["code"],
        132_015
    );
    let unpause = format!("{id}/unpause");
    assert_eq!(
        stage.graph(Method::POST, &unpause, json!({})).await.1["success"],
        false
    );
    stage.sim.advance(Duration::from_secs(300));
    assert_eq!(
        stage.graph(Method::POST, &unpause, json!({})).await.1["success"],
        true
    );
    assert_eq!(
        stage.graph(Method::POST, &unpause, json!({})).await.1["success"],
        false
    );
    stage.settle().await;
    assert_eq!(events(&stage).last().unwrap(), "APPROVED UNPAUSE");
    assert_eq!(send(&stage, ANA, "sim_pacing_drop").await.0, 200);
}

#[tokio::test]
async fn complaints_lower_quality_pause_and_disable() {
    let stage = stage_with(cloud_sim::SimConfig {
        quality_min_sends: 20,
        ..config()
    })
    .await;
    let id = approved(&stage, "newsletter").await;
    let phone = &stage.account.phone_number_id;
    // One complaint of twenty is 5 %: red at once, paused for 3, then 6 hours, then for good.
    for (round, hours) in [(1, 3), (2, 6), (3, 0)] {
        stage.inbox.lock().unwrap().hooks.clear();
        for n in 0..20 {
            let to = format!("44770090{round}1{n:02}");
            assert_eq!(send(&stage, &to, "newsletter").await.0, 200, "{round}");
        }
        stage.sim.caught_up().await;
        let body = json!({"phone_id": phone, "user": format!("44770090{round}100"), "report": true});
        assert_eq!(stage.control(Method::POST, "block", body).await.0, 200);
        stage.sim.caught_up().await;
        let quality = stage.values("message_template_quality_update");
        assert_eq!(quality[0]["new_quality_score"], "RED");
        let expected = ["PAUSED FIRST_PAUSE", "PAUSED SECOND_PAUSE", "DISABLED -"][round - 1];
        assert_eq!(events(&stage), [expected]);
        let code = if round == 3 { 132_016 } else { 132_015 };
        assert_eq!(send(&stage, ANA, "newsletter").await.1["error"]["code"], code);
        if hours > 0 {
            stage.sim.advance(HOUR * hours - Duration::from_secs(1));
            stage.sim.caught_up().await;
            assert_eq!(events(&stage).len(), 1);
            stage.sim.advance(Duration::from_secs(1));
            stage.sim.caught_up().await;
            assert_eq!(events(&stage)[1], "APPROVED UNPAUSE");
        }
    }
    let (_, node) = stage
        .graph(Method::GET, &format!("{id}?fields=quality_score"), json!({}))
        .await;
    assert_eq!(node["quality_score"]["score"], "RED");
    let (_, number) = stage.graph(Method::GET, phone, json!({})).await;
    assert_eq!(number["quality_rating"], "RED");
    // Who blocked the number shows one tick only.
    let (_, blocked) = stage
        .post(
            "447700901100",
            "template",
            json!({"name": "hello_world", "language": {"code": "en_US"}}),
        )
        .await;
    stage.settle().await;
    assert_eq!(stage.names_of(&blocked), ["sent"]);
}

#[tokio::test]
async fn sim_pause_pauses_after_three() {
    let stage = stage().await;
    approved(&stage, "sim_pause").await;
    for n in 0..3 {
        assert_eq!(send(&stage, &format!("44770090010{n}"), "sim_pause").await.0, 200);
    }
    assert_eq!(send(&stage, ANA, "sim_pause").await.1["error"]["code"], 132_015);
    stage.settle().await;
    assert_eq!(events(&stage), ["PAUSED FIRST_PAUSE"]);
}

#[tokio::test]
async fn categories_change_with_notice_and_by_hand() {
    let stage = stage().await;
    let id = approved(&stage, "news").await;
    let act = |act: &'static str, body: Value| {
        let path = format!("templates/{id}/{act}");
        async {
            let path = path;
            stage.control(Method::POST, &path, body).await
        }
    };
    assert_eq!(act("recategorize", json!({"category": "MARKETING"})).await.0, 200);
    stage.settle().await;
    let notice = stage.values("template_category_update").remove(0);
    assert_eq!(
        (
            notice["new_category"].as_str(),
            notice["correct_category"].as_str()
        ),
        (Some("UTILITY"), Some("MARKETING"))
    );
    assert_eq!(
        stage.values("template_correct_category_detection")[0]["correct_category"],
        "MARKETING"
    );
    stage.sim.advance(24 * HOUR);
    stage.sim.caught_up().await;
    let done = stage.values("template_category_update").remove(1);
    assert_eq!(
        (done["previous_category"].as_str(), done["new_category"].as_str()),
        (Some("UTILITY"), Some("MARKETING"))
    );
    assert_eq!(act("quality", json!({"score": "YELLOW"})).await.0, 200);
    assert_eq!(act("quality", json!({"score": "BLUE"})).await.0, 400);
    assert_eq!(act("explode", json!({})).await.0, 404);
    stage.settle().await;
    assert_eq!(
        stage.values("message_template_quality_update")[0]["new_quality_score"],
        "YELLOW"
    );
    let other = approved(&stage, "other").await;
    let (_, compared) = stage
        .graph(
            Method::GET,
            &format!("{id}/compare?template_ids=[\"{other}\"]&start=1&end=2"),
            json!({}),
        )
        .await;
    assert_eq!(compared["data"][1]["metric"], "MESSAGE_SENDS");
    let (_, library) = stage
        .graph(Method::GET, "message_template_library?search=delivery", json!({}))
        .await;
    let name = library["data"][0]["name"].clone();
    let (_, made) = create(
        &stage,
        json!({"name": "from_library", "language": "en", "library_template_name": name}),
    )
    .await;
    assert_eq!(made["status"], "APPROVED", "{made}");
}
