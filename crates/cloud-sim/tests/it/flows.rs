//! Flows: drafts, their JSON, publishing, retiring, and what may be sent.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, stage};

fn source() -> String {
    json!({"version": "7.0", "screens": [{"id": "DONE", "title": "Done", "terminal": true,
        "layout": {"type": "SingleColumnLayout", "children": []}}]})
    .to_string()
}

async fn post(stage: &Stage, path: &str, body: Value) -> (u16, Value) {
    stage.graph(Method::POST, path, body).await
}

async fn make(stage: &Stage, name: &str, more: Value) -> (u16, Value) {
    let mut body = json!({"name": name, "categories": ["OTHER"]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    post(stage, &format!("{}/flows", stage.account.waba_id), body).await
}

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_default()
}

fn message(id: &str, mode: &str) -> Value {
    json!({"type": "flow", "body": {"text": "Book"}, "action": {"name": "flow", "parameters": {
        "flow_message_version": "3", "flow_id": id, "flow_cta": "Book", "flow_token": "t", "mode": mode}}})
}

#[tokio::test]
async fn a_flow_is_drafted_published_and_retired() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    let (http, made) = make(&stage, "booking", json!({"flow_json": source()})).await;
    assert_eq!(
        (http, made["validation_errors"].clone()),
        (200, json!([])),
        "{made}"
    );
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        code(&make(&stage, "booking", json!({})).await.1),
        100,
        "names are unique"
    );
    assert_eq!(
        code(&make(&stage, "odd", json!({"categories": ["NONE"]})).await.1),
        100
    );
    assert_eq!(
        code(&stage.post(ANA, "interactive", message(&id, "published")).await.1),
        131_009
    );
    assert_eq!(stage.post(ANA, "interactive", message(&id, "draft")).await.0, 200);

    assert_eq!(post(&stage, &format!("{id}/publish"), json!({})).await.0, 200);
    assert_eq!(
        code(&post(&stage, &format!("{id}/publish"), json!({})).await.1),
        139_002
    );
    assert_eq!(
        stage.post(ANA, "interactive", message(&id, "published")).await.0,
        200
    );
    assert_eq!(
        code(&stage.graph(Method::DELETE, &id, json!({})).await.1),
        139_004
    );
    let path = format!("{id}?fields=name,status,preview.invalidate(true),json_version");
    let (_, node) = stage.graph(Method::GET, &path, json!({})).await;
    assert_eq!(
        (node["status"].as_str(), node["json_version"].as_str()),
        (Some("PUBLISHED"), Some("7.0")),
        "{node}"
    );
    assert!(node["preview"]["preview_url"].is_string());
    let (_, assets) = stage.graph(Method::GET, &format!("{id}/assets"), json!({})).await;
    let url = assets["data"][0]["download_url"].as_str().unwrap().to_owned();
    assert!(url.ends_with(&format!("/_sim/flows/{id}")), "{url}");
    assert_eq!(
        stage
            .control(Method::GET, &format!("flows/{id}"), json!({}))
            .await
            .1["version"],
        "7.0"
    );

    assert_eq!(post(&stage, &format!("{id}/deprecate"), json!({})).await.0, 200);
    assert_eq!(
        code(&post(&stage, &format!("{id}/deprecate"), json!({})).await.1),
        139_003
    );
    assert_eq!(
        code(&post(&stage, &id, json!({"name": "other"})).await.1),
        139_001
    );
    assert_eq!(
        code(&stage.post(ANA, "interactive", message(&id, "published")).await.1),
        131_009
    );
    stage.settle().await;
    let told: Vec<String> = stage
        .values("flows")
        .iter()
        .map(|v| v["new_status"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, ["PUBLISHED", "DEPRECATED"]);
}

#[tokio::test]
async fn a_wrong_flow_cannot_be_published() {
    let stage = stage().await;
    let (_, made) = make(
        &stage,
        "wrong",
        json!({"flow_json": "{\"version\": \"7.0\", \"screens\": []}"}),
    )
    .await;
    assert_eq!(
        made["validation_errors"][0]["error"], "MISSING_REQUIRED_PROPERTY",
        "{made}"
    );
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        code(&post(&stage, &format!("{id}/publish"), json!({})).await.1),
        139_002
    );
    let asset = json!({"name": "flow.json", "asset_type": "FLOW_JSON", "file": source()});
    let (_, changed) = post(&stage, &format!("{id}/assets"), asset).await;
    assert_eq!(changed, json!({"success": true, "validation_errors": []}));
    let broken = json!({"asset_type": "FLOW_JSON", "file": "{"});
    assert_eq!(
        post(&stage, &format!("{id}/assets"), broken).await.1["validation_errors"][0]["error"],
        "INVALID_JSON"
    );
    assert_eq!(
        code(
            &post(&stage, &format!("{id}/assets"), json!({"asset_type": "PICTURE"}))
                .await
                .1
        ),
        100
    );
    assert_eq!(stage.graph(Method::DELETE, id, json!({})).await.0, 200);
    let (_, list) = stage
        .graph(
            Method::GET,
            &format!("{}/flows", stage.account.waba_id),
            json!({}),
        )
        .await;
    assert_eq!(list["data"], json!([]));
}
