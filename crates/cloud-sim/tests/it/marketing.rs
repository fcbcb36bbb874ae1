//! The Marketing Messages API, its prices, archiving and migrating templates, people reached.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, START_MS, Stage, config, stage, stage_with};

const MINUTE: Duration = Duration::from_secs(60);

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_default()
}

async fn patch(stage: &Stage, path: &str, change: Value) {
    let (http, answer) = stage.control(Method::PATCH, path, change).await;
    assert_eq!(http, 200, "{answer}");
}

async fn waba(stage: &Stage, change: Value) {
    patch(stage, &format!("wabas/{}", stage.account.waba_id), change).await;
}

async fn template(stage: &Stage, name: &str, category: &str, more: Value) -> String {
    let mut row = json!({"waba_id": stage.account.waba_id, "name": name, "language": "en", "category": category,
                         "components": [{"type": "BODY", "text": "Hello."}]});
    row.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let (http, made) = stage.control(Method::POST, "templates", row).await;
    assert_eq!(http, 200, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

fn send(to: &str, name: &str, more: Value) -> Value {
    let mut body = json!({"messaging_product": "whatsapp", "to": to, "type": "template",
                          "template": {"name": name, "language": {"code": "en"}}});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

async fn by_marketing(stage: &Stage, body: Value) -> (u16, Value) {
    let path = format!("{}/marketing_messages", stage.account.phone_number_id);
    stage.graph(Method::POST, &path, body).await
}

#[tokio::test]
async fn marketing_messages_have_rules_of_their_own() {
    let stage = stage().await;
    template(&stage, "offer", "MARKETING", json!({})).await;
    template(&stage, "notice", "UTILITY", json!({})).await;
    template(&stage, "sim_mm_unavailable", "MARKETING", json!({})).await;
    template(&stage, "fresh", "MARKETING", json!({"updated_at": START_MS})).await;
    let plain = json!({});
    assert_eq!(
        code(&by_marketing(&stage, send(ANA, "offer", plain.clone())).await.1),
        131_055,
        "not onboarded"
    );
    waba(&stage, json!({"marketing_onboarding": "ONBOARDED"})).await;
    let text = json!({"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "x"}});
    let (_, refused) = by_marketing(&stage, text).await;
    assert_eq!(
        refused["error"]["message"],
        "(#100) Message must be a template message."
    );
    assert_eq!(
        code(&by_marketing(&stage, send(ANA, "notice", plain.clone())).await.1),
        134_100
    );
    assert_eq!(
        by_marketing(&stage, send(ANA, "sim_mm_unavailable", plain.clone()))
            .await
            .0,
        500
    );
    assert_eq!(
        code(&by_marketing(&stage, send(ANA, "fresh", plain.clone())).await.1),
        134_101
    );
    stage.sim.advance(10 * MINUTE);
    assert_eq!(
        by_marketing(&stage, send(ANA, "fresh", plain.clone())).await.0,
        200
    );
    for wrong in [
        json!({"product_policy": "SOMETIMES"}),
        json!({"message_activity_sharing": "yes"}),
    ] {
        assert_eq!(
            code(&by_marketing(&stage, send(ANA, "offer", wrong)).await.1),
            132_018
        );
    }
    let right = json!({"product_policy": "STRICT", "message_activity_sharing": true});
    assert_eq!(by_marketing(&stage, send(ANA, "offer", right)).await.0, 200);
    stage.settle().await;
    let first = stage
        .statuses()
        .into_iter()
        .find(|s| s.pricing.is_some())
        .unwrap();
    let shown = stage.values("messages")[0]["statuses"][0]["pricing"]["category"].clone();
    assert_eq!(shown, "marketing_lite", "{first:?}");

    let path = stage.account.waba_id.clone();
    let close = json!({"disable_marketing_messages_on_cloud_api": true});
    assert_eq!(stage.graph(Method::POST, &path, close).await.0, 200);
    let messages = format!("{}/messages", stage.account.phone_number_id);
    let closed = stage
        .graph(Method::POST, &messages, send(ANA, "offer", plain.clone()))
        .await
        .1;
    assert_eq!(code(&closed), 131_063);
    assert_eq!(
        stage
            .graph(Method::POST, &messages, send(ANA, "notice", plain))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn codes_abroad_have_a_price_of_their_own_once_the_account_is_eligible() {
    let stage = stage().await;
    let components = json!({"components": [{"type": "BODY", "text": "*{{1}}* is your verification code."}]});
    template(&stage, "code", "AUTHENTICATION", components).await;
    let from = START_MS / 1_000;
    waba(
        &stage,
        json!({"primary_business_location": "DE", "auth_international_from": from,
                        "auth_international_exceptions": {"IN": from + 86_400}}),
    )
    .await;
    let messages = format!("{}/messages", stage.account.phone_number_id);
    for (to, category) in [
        (ANA, "authentication-international"),
        ("4915112345678", "authentication"),
        ("919876543210", "authentication"),
    ] {
        let mut body = send(to, "code", json!({}));
        body["template"]["components"] =
            json!([{"type": "body", "parameters": [{"type": "text", "text": "123456"}]}]);
        let (http, answer) = stage.graph(Method::POST, &messages, body).await;
        assert_eq!(http, 200, "{answer}");
        stage.settle().await;
        let value = stage
            .values("messages")
            .into_iter()
            .find(|v| v["statuses"][0]["recipient_id"] == to)
            .unwrap();
        assert_eq!(value["statuses"][0]["pricing"]["category"], category, "{to}");
    }
    let path = format!(
        "{}?fields=auth_international_rate_eligibility",
        stage.account.waba_id
    );
    let (_, node) = stage.graph(Method::GET, &path, json!({})).await;
    assert_eq!(
        node["auth_international_rate_eligibility"]["exception_countries"][0]["country_code"], "IN",
        "{node}"
    );
}

#[tokio::test]
async fn templates_are_put_away_and_taken_out_again() {
    let stage = stage().await;
    let id = template(&stage, "offer", "MARKETING", json!({})).await;
    let path = |verb: &str| format!("{}/message_templates/{verb}", stage.account.waba_id);
    let both = json!({"hsm_ids": format!("{id},1")});
    let (_, moved) = stage.graph(Method::POST, &path("archive"), both).await;
    assert_eq!(moved["archived_templates"], json!([id]), "{moved}");
    assert!(moved["failed_templates"]["1"].is_string());
    let messages = format!("{}/messages", stage.account.phone_number_id);
    let unsendable = stage
        .graph(Method::POST, &messages, send(ANA, "offer", json!({})))
        .await
        .1;
    assert_eq!(code(&unsendable), 132_001);
    let (_, moved) = stage
        .graph(Method::POST, &path("unarchive"), json!({"hsm_ids": [id]}))
        .await;
    assert_eq!(moved["unarchived_templates"], json!([id]), "{moved}");
    assert_eq!(
        stage
            .graph(Method::POST, &messages, send(ANA, "offer", json!({})))
            .await
            .0,
        200
    );
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    assert_eq!(
        code(
            &stage
                .graph(Method::POST, &path("archive"), json!({"hsm_ids": many}))
                .await
                .1
        ),
        100
    );
    stage.settle().await;
    let events: Vec<Value> = stage.values("message_template_status_update");
    let events: Vec<&str> = events.iter().filter_map(|v| v["event"].as_str()).collect();
    assert_eq!(events, ["ARCHIVED", "UNARCHIVED"]);
}

#[tokio::test]
async fn templates_migrate_between_accounts_of_one_business() {
    let stage = stage().await;
    template(&stage, "good", "UTILITY", json!({})).await;
    let poor = template(&stage, "poor", "UTILITY", json!({"quality": "RED"})).await;
    let (_, other) = stage
        .control(Method::POST, "wabas", json!({"name": "Other"}))
        .await;
    let other = other["id"].as_str().unwrap().to_owned();
    let foreign = stage
        .graph(
            Method::POST,
            &format!("{other}/migrate_message_templates"),
            json!({}),
        )
        .await
        .1;
    assert_eq!(code(&foreign), 100, "the token does not see the account");
    patch(
        &stage,
        &format!("tokens/{}", stage.account.access_token),
        json!({"assets": [other, stage.account.waba_id]}),
    )
    .await;
    let path = format!(
        "{other}/migrate_message_templates?source_waba_id={}",
        stage.account.waba_id
    );
    let (http, moved) = stage.graph(Method::POST, &path, json!({})).await;
    assert_eq!(http, 200, "{moved}");
    // The samples that every account starts with, and the good one.
    assert_eq!(moved["migrated_templates"].as_array().unwrap().len(), 5);
    assert_eq!(moved["failed_templates"][0]["id"], poor.as_str());
    let (_, again) = stage.graph(Method::POST, &path, json!({})).await;
    assert_eq!(again["migrated_templates"], json!([]), "each comes once");
    let (_, list) = stage
        .graph(
            Method::GET,
            &format!("{other}/message_templates?name=good"),
            json!({}),
        )
        .await;
    assert_eq!(list["data"][0]["status"], "APPROVED");
}

#[tokio::test]
async fn two_thousand_people_reached_stand_for_a_verification() {
    let stage = stage_with(cloud_sim::SimConfig {
        mps_default: 1_000_000,
        portfolio_limit: false,
        ..config()
    })
    .await;
    let portfolio = json!({"id": "770000000000001", "limit_tier": "TIER_250", "verified": false});
    stage.control(Method::POST, "portfolios", portfolio).await;
    waba(&stage, json!({"portfolio_id": "770000000000001"})).await;
    template(&stage, "notice", "UTILITY", json!({})).await;
    let messages = format!("{}/messages", stage.account.phone_number_id);
    let tier = async || {
        stage
            .control(Method::GET, "portfolios/770000000000001", json!({}))
            .await
            .1["limit_tier"]
            .clone()
    };
    for n in 0..2_000 {
        let to = format!("4477{:08}", n);
        assert_eq!(
            stage
                .graph(Method::POST, &messages, send(&to, "notice", json!({})))
                .await
                .0,
            200
        );
        if n == 1_998 {
            stage.settle().await;
            stage.sim.advance(360 * MINUTE);
            stage.settle().await;
            assert_eq!(tier().await, "TIER_250", "one is missing");
        }
    }
    stage.settle().await;
    stage.sim.run_out(360 * MINUTE).await;
    assert_eq!(tier().await, "TIER_2K");
}
