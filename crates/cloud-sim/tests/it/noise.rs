//! Webhook delivery with deliberate faults.

use std::time::Duration;

use cloud_sim::SimConfig;
use serde_json::json;

use crate::stage::{ANA, Stage, config, stage_with};

async fn noisy(change: impl FnOnce(&mut SimConfig)) -> Stage {
    let stage = stage_with(config()).await;
    stage.opens_window(ANA).await;
    stage.sim.configure(change);
    stage
}

#[tokio::test]
async fn statuses_overtake_each_other() {
    let stage = noisy(|c| c.p_reorder = 0.5).await;
    let (mut orders, mut all) = (std::collections::BTreeSet::new(), 0);
    for _ in 0..12 {
        let (_, sent) = stage.post(ANA, "text", json!({"body": "x"})).await;
        stage.sim.run_out(Duration::from_secs(10)).await;
        let names = stage.names_of(&sent);
        all += names.len();
        orders.insert(names);
    }
    assert_eq!(all, 36, "nothing is lost and nothing doubled");
    assert!(orders.len() > 1, "{orders:?}");
}

#[tokio::test]
async fn delivered_may_be_skipped() {
    let stage = noisy(|c| c.p_skip_delivered = 1.0).await;
    let (_, sent) = stage.post(ANA, "text", json!({"body": "x"})).await;
    stage.settle().await;
    assert_eq!(stage.names_of(&sent), ["sent", "read"]);
    // The first sign of arrival carries the price.
    assert_eq!(
        stage.values("messages")[1]["statuses"][0]["pricing"]["category"],
        "service"
    );
}

#[tokio::test]
async fn a_status_may_come_before_the_answer() {
    let stage = noisy(|c| {
        c.p_early = 1.0;
        c.delays.sent_ms = 60_000;
    })
    .await;
    let (_, sent) = stage.post(ANA, "text", json!({"body": "x"})).await;
    assert!(stage.names_of(&sent).contains(&"sent".to_owned()));
}

#[tokio::test]
async fn bodies_may_be_cut_after_they_were_signed() {
    let stage = noisy(|c| c.truncate_body = Some(40)).await;
    stage.post(ANA, "text", json!({"body": "x"})).await;
    stage.sim.caught_up().await;
    let hook = stage.hooks().remove(0);
    assert_eq!((hook.body.len(), hook.is_signed()), (40, false));
    // A retry that is not cut carries the whole.
    stage.sim.configure(|c| c.truncate_body = None);
    let id = stage.sim.deliveries().last().unwrap().id;
    stage
        .control(
            reqwest::Method::POST,
            &format!("deliveries/{id}/redeliver"),
            json!({}),
        )
        .await;
    stage.settle().await;
    assert!(stage.hooks().last().unwrap().is_signed());
}

#[tokio::test]
async fn fields_that_nobody_knows() {
    let stage = noisy(|c| c.p_unknown = 1.0).await;
    let (_, sent) = stage.post(ANA, "text", json!({"body": "x"})).await;
    stage.settle().await;
    assert_eq!(stage.names_of(&sent), ["sent", "delivered", "read"]);
    assert!(
        stage
            .values("messages")
            .iter()
            .all(|v| v["statuses"][0]["sim_unknown"]["nested"][1] == "zwei")
    );
    assert_eq!(stage.values("sim_unknown_field").len(), 3);
}
