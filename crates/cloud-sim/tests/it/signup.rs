//! Embedded Signup: codes, tokens, inspection; an app's own subscription; limits of the management API.

use std::time::Duration;

use cloud_sim::SimConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, SECRET, Stage, VERIFY, config, stage, stage_with};

async fn with_token(stage: &Stage, method: Method, path: &str, token: &str) -> (u16, Value) {
    let url = format!("{}v25.0/{path}", stage.base);
    let mut request = stage.http.request(method, url);
    if !token.is_empty() {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_code_becomes_a_token_once_and_within_30_seconds() {
    let stage = stage_with(SimConfig {
        token_ttl_s: Some(3_600),
        ..config()
    })
    .await;
    let (app, waba) = (stage.account.app_id.clone(), stage.account.waba_id.clone());
    let code = || async {
        let (http, answer) = stage
            .control(Method::POST, "es/code", json!({"waba_id": waba}))
            .await;
        assert_eq!((http, answer["expires_in"].as_i64()), (200, Some(30)), "{answer}");
        assert_eq!(answer["message"]["event"], "FINISH");
        assert_eq!(
            answer["message"]["data"]["phone_number_id"],
            stage.account.phone_number_id.as_str()
        );
        answer["code"].as_str().unwrap().to_owned()
    };
    let exchange = |code: String, secret: &str| {
        let path = format!("oauth/access_token?client_id={app}&client_secret={secret}&code={code}");
        let stage = &stage;
        async move { with_token(stage, Method::GET, &path, "").await.1 }
    };
    let first = code().await;
    assert_eq!(exchange(first.clone(), "wrong").await["error"]["code"], 1);
    assert_eq!(exchange("nothing".into(), SECRET).await["error"]["code"], 100);
    let token = exchange(first.clone(), SECRET).await;
    assert_eq!(
        (token["token_type"].as_str(), token["expires_in"].as_i64()),
        (Some("bearer"), Some(3_600)),
        "{token}"
    );
    assert_eq!(exchange(first, SECRET).await["error"]["error_subcode"], 36_009);
    let late = code().await;
    stage.sim.advance(Duration::from_secs(30));
    assert_eq!(exchange(late, SECRET).await["error"]["error_subcode"], 36_007);

    // The token sees the account that was shared, and says so.
    let token = token["access_token"].as_str().unwrap();
    assert_eq!(with_token(&stage, Method::GET, &waba, token).await.0, 200);
    let (_, app_token) = with_token(
        &stage,
        Method::GET,
        &format!("oauth/access_token?client_id={app}&client_secret={SECRET}&grant_type=client_credentials"),
        "",
    )
    .await;
    let app_token = app_token["access_token"].as_str().unwrap().to_owned();
    let (_, seen) = with_token(
        &stage,
        Method::GET,
        &format!("debug_token?input_token={token}"),
        &app_token,
    )
    .await;
    assert_eq!(
        (
            seen["data"]["is_valid"].as_bool(),
            seen["data"]["app_id"].as_str()
        ),
        (Some(true), Some(app.as_str())),
        "{seen}"
    );
    assert_eq!(seen["data"]["granular_scopes"][0]["target_ids"], json!([waba]));
    let (_, unknown) = with_token(
        &stage,
        Method::GET,
        "debug_token?input_token=EAAnothing",
        &app_token,
    )
    .await;
    assert_eq!(unknown["data"]["is_valid"], false);
    assert_eq!(
        with_token(
            &stage,
            Method::GET,
            &format!("debug_token?input_token={token}"),
            ""
        )
        .await
        .0,
        401
    );
    // The app's token opens no account, and a token ends.
    assert_eq!(
        with_token(&stage, Method::GET, &waba, &app_token).await.1["error"]["error_subcode"],
        33
    );
    stage.sim.advance(Duration::from_secs(3_600));
    assert_eq!(
        with_token(&stage, Method::GET, &waba, token).await.1["error"]["error_subcode"],
        463
    );
    let (_, seen) = with_token(
        &stage,
        Method::GET,
        &format!("debug_token?input_token={token}"),
        &app_token,
    )
    .await;
    assert_eq!(seen["data"]["is_valid"], false);
}

#[tokio::test]
async fn the_popup_lists_the_accounts() {
    let stage = stage().await;
    stage
        .control(
            Method::PATCH,
            &format!("wabas/{}", stage.account.waba_id),
            json!({"name": "</script><b>"}),
        )
        .await;
    let page = stage
        .http
        .get(format!("{}_sim/es?config_id=1", stage.base))
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let text = page.text().await.unwrap();
    assert!(
        text.contains(&stage.account.waba_id) && text.contains("\\u003c/script>"),
        "{text}"
    );
    assert_eq!(stage.control(Method::POST, "es/code", json!({})).await.0, 400);
    assert_eq!(
        stage
            .control(Method::POST, "es/code", json!({"waba_id": "1"}))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn an_app_subscribes_with_its_own_token() {
    let stage = stage().await;
    let app = stage.account.app_id.clone();
    let token = format!("{app}|{SECRET}");
    let path = |verify: &str| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("object", "whatsapp_business_account");
        query.append_pair("callback_url", &format!("{}/second", stage.hooks_url));
        query
            .append_pair("verify_token", verify)
            .append_pair("fields", "messages,account_update");
        format!("{app}/subscriptions?{}", query.finish())
    };
    assert_eq!(
        stage.graph(Method::POST, &path(VERIFY), json!({})).await.1["error"]["code"],
        15
    );
    assert_eq!(
        with_token(&stage, Method::POST, &path("wrong"), &token).await.1["error"]["code"],
        2_200
    );
    assert_eq!(
        with_token(&stage, Method::POST, &path(VERIFY), &token).await.1["success"],
        true
    );
    let (_, list) = with_token(&stage, Method::GET, &format!("{app}/subscriptions"), &token).await;
    assert_eq!(
        list["data"][0]["fields"][0],
        json!({"name": "account_update", "version": "v25.0"})
    );
    stage.opens_window(ANA).await;
    stage
        .sim
        .inbound(&json!({"phone_id": stage.account.phone_number_id, "from": ANA, "text": {"body": "x"}}))
        .unwrap();
    stage.settle().await;
    assert_eq!(stage.hooks()[0].path, "/second");
    // Fields that nobody asked for stay away.
    stage.inbox.lock().unwrap().hooks.clear();
    stage
        .control(
            Method::POST,
            "webhooks/raw",
            json!({"field": "security", "value": {}}),
        )
        .await;
    stage.settle().await;
    assert!(stage.hooks().is_empty());
}

#[tokio::test]
async fn old_versions_have_a_conversation() {
    let stage = stage().await;
    let change = |version: &str| json!({"fields": {"messages": version}});
    let app = format!("apps/{}", stage.account.app_id);
    stage.control(Method::PATCH, &app, change("v23.0")).await;
    stage.opens_window(ANA).await;
    stage.post(ANA, "text", json!({"body": "x"})).await;
    stage.settle().await;
    let statuses: Vec<Value> = stage
        .values("messages")
        .iter()
        .map(|v| v["statuses"][0].clone())
        .collect();
    let (sent, delivered, read) = (&statuses[0], &statuses[1], &statuses[2]);
    assert_eq!(sent["conversation"]["origin"]["type"], "service");
    assert!(sent["conversation"]["expiration_timestamp"].is_string());
    assert_eq!(delivered["conversation"]["id"], sent["conversation"]["id"]);
    assert!(delivered["conversation"].get("expiration_timestamp").is_none());
    assert!(read.get("conversation").is_none());
    stage.control(Method::PATCH, &app, change("v24.0")).await;
    stage.inbox.lock().unwrap().hooks.clear();
    stage.post(ANA, "text", json!({"body": "x"})).await;
    stage.settle().await;
    assert!(
        stage
            .values("messages")
            .iter()
            .all(|v| v["statuses"][0].get("conversation").is_none())
    );
}

#[tokio::test]
async fn management_calls_are_limited_and_messages_are_not() {
    let stage = stage_with(SimConfig {
        management_limit: true,
        pair_limit: false,
        missing_token_104: true,
        ..config()
    })
    .await;
    let waba = stage.account.waba_id.clone();
    let path = format!("{waba}/message_templates?name=nothing");
    let mut codes = Vec::new();
    for _ in 0..201 {
        let (http, answer) = stage.graph(Method::DELETE, &path, json!({})).await;
        codes.push((http, answer["error"]["code"].as_i64().unwrap()));
    }
    assert_eq!((codes[199], codes[200]), ((404, 100), (400, 80_007)));
    // Common reads have a separate, larger limit, and say how much is used.
    let url = format!("{}v25.0/{waba}", stage.base);
    let answer = stage
        .http
        .get(url)
        .bearer_auth(&stage.account.access_token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let usage: Value =
        serde_json::from_str(answer.headers()["x-business-use-case-usage"].to_str().unwrap()).unwrap();
    assert_eq!(usage[&waba][0]["call_count"], 100);
    assert_eq!(usage[&waba][0]["estimated_time_to_regain_access"], 60);
    stage.opens_window(ANA).await;
    assert_eq!(stage.post(ANA, "text", json!({"body": "x"})).await.0, 200);
    stage.sim.advance(Duration::from_secs(3_600));
    assert_eq!(stage.graph(Method::DELETE, &path, json!({})).await.0, 404);
    assert_eq!(
        with_token(&stage, Method::GET, &waba, "").await.1["error"]["code"],
        104
    );
}
