//! Numbers that are also used in the app: echoes, contacts, history; edits and revokes; phones that stay offline too long.

use std::time::Duration;

use cloud_sim::SimConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, START_MS, Stage, config, stage, stage_with};

async fn app_number() -> Stage {
    let stage = stage().await;
    let path = format!("phones/{}", stage.account.phone_number_id);
    let change = json!({"coexistence": true, "onboarded_at": START_MS});
    assert_eq!(stage.control(Method::PATCH, &path, change).await.0, 200);
    stage
}

async fn app(stage: &Stage, act: &str, body: Value) -> (u16, Value) {
    let path = format!("phones/{}/{act}", stage.account.phone_number_id);
    stage.control(Method::POST, &path, body).await
}

async fn sync(stage: &Stage, kind: &str) -> Value {
    let path = format!("{}/smb_app_data", stage.account.phone_number_id);
    let body = json!({"messaging_product": "whatsapp", "sync_type": kind});
    let (_, answer) = stage.graph(Method::POST, &path, body).await;
    stage.settle().await;
    answer
}

#[tokio::test]
async fn what_is_written_in_the_app_is_echoed() {
    let stage = app_number().await;
    let (http, answer) = app(
        &stage,
        "app_message",
        json!({"to": ANA, "text": {"body": "from the app"}}),
    )
    .await;
    assert_eq!(http, 200, "{answer}");
    stage.settle().await;
    let value = stage.values("smb_message_echoes").remove(0);
    assert_eq!(
        value["metadata"]["phone_number_id"],
        stage.account.phone_number_id.as_str()
    );
    let echo = &value["message_echoes"][0];
    assert_eq!(
        (echo["to"].as_str(), echo["text"]["body"].as_str()),
        (Some(ANA), Some("from the app"))
    );
    assert_eq!(echo["id"], answer["wamid"]);
    assert!(value.get("contacts").is_none());
    app(
        &stage,
        "app_contact",
        json!({"phone_number": ANA, "full_name": "Ana Lima", "action": "remove"}),
    )
    .await;
    stage.settle().await;
    let contact = &stage.values("smb_app_state_sync")[0]["state_sync"][0];
    assert_eq!(
        (
            contact["action"].as_str(),
            contact["contact"]["first_name"].as_str()
        ),
        (Some("remove"), Some("Ana"))
    );
    for (body, part) in [
        (json!({}), "to is missing"),
        (json!({"to": ANA}), "text is missing"),
    ] {
        let (http, answer) = app(&stage, "app_message", body).await;
        assert!(
            http == 400 && answer["error"]["message"].as_str().unwrap().contains(part),
            "{answer}"
        );
    }
    let other = stage_with(config()).await;
    assert_eq!(
        app(&other, "app_message", json!({"to": ANA, "text": {"body": "x"}}))
            .await
            .0,
        400
    );
    assert_eq!(sync(&other, "history").await["error"]["code"], 100);
}

#[tokio::test]
async fn contacts_and_history_come_once_and_in_chunks() {
    let stage = app_number().await;
    let say = |days: i64, from_user: bool, n: usize| json!({"to": ANA, "text": {"body": format!("{days} {n}")}, "silent": true, "days_ago": days, "from_user": from_user});
    for n in 0..60 {
        app(&stage, "app_message", say(3, n % 2 == 0, n)).await;
    }
    app(&stage, "app_message", say(0, true, 0)).await;
    app(&stage, "app_message", say(120, false, 0)).await;
    app(&stage, "app_message", say(200, false, 0)).await;
    assert!(stage.hooks().is_empty(), "what lies in the past is not echoed");

    assert!(sync(&stage, "smb_app_state_sync").await["request_id"].is_string());
    assert_eq!(
        stage.values("smb_app_state_sync")[0]["state_sync"][0]["contact"]["phone_number"],
        ANA
    );
    assert!(sync(&stage, "history").await["request_id"].is_string());
    let mut chunks: Vec<Value> = stage
        .values("history")
        .iter()
        .map(|v| v["history"][0].clone())
        .collect();
    chunks.sort_by_key(|c| {
        (
            c["metadata"]["phase"].as_u64(),
            c["metadata"]["chunk_order"].as_u64(),
        )
    });
    let shape: Vec<(u64, u64, u64, usize)> = chunks
        .iter()
        .map(|c| {
            let m = |k: &str| c["metadata"][k].as_u64().unwrap();
            (
                m("phase"),
                m("chunk_order"),
                m("progress"),
                c["threads"][0]["messages"].as_array().unwrap().len(),
            )
        })
        .collect();
    assert_eq!(
        shape,
        [(0, 1, 100, 1), (1, 1, 50, 50), (1, 2, 100, 10), (2, 1, 100, 1)]
    );
    let first = &chunks[1]["threads"][0]["messages"][0];
    assert_eq!(
        (
            first["from"].as_str(),
            first["history_context"]["status"].as_str()
        ),
        (Some(ANA), Some("READ"))
    );
    assert_eq!(sync(&stage, "history").await["error"]["code"], 2_593_107);

    let late = app_number().await;
    late.sim.advance(Duration::from_secs(25 * 3_600));
    assert_eq!(sync(&late, "history").await["error"]["code"], 2_593_108);
    let silent = app_number().await;
    silent
        .control(
            Method::PATCH,
            &format!("phones/{}", silent.account.phone_number_id),
            json!({"history_declined": true}),
        )
        .await;
    sync(&silent, "history").await;
    assert_eq!(
        silent.values("history")[0]["history"][0]["errors"][0]["code"],
        2_593_109
    );
}

#[tokio::test]
async fn people_edit_and_take_back() {
    let stage = app_number().await;
    let phone = &stage.account.phone_number_id;
    let wamid = stage.opens_window(ANA).await;
    let edit = json!({"phone_id": phone, "from": ANA, "type": "edit", "edit": {"original_message_id": wamid,
        "message": {"type": "text", "text": {"body": "better"}}}});
    stage.sim.inbound(&edit).unwrap();
    stage.settle().await;
    assert_eq!(
        stage.values("messages")[0]["messages"][0]["edit"]["original_message_id"],
        wamid.as_str()
    );
    let first = || async {
        let (_, thread) = stage
            .control(Method::GET, &format!("threads/{phone}/{ANA}/messages"), json!({}))
            .await;
        (
            thread["items"][0]["type"].clone(),
            thread["items"][0]["text"].clone(),
        )
    };
    assert_eq!(first().await, (json!("text"), json!("better")));
    stage.sim.advance(Duration::from_secs(16 * 60));
    assert!(
        stage
            .sim
            .inbound(&edit)
            .unwrap_err()
            .message
            .contains("15 minutes")
    );
    let revoke =
        json!({"phone_id": phone, "from": ANA, "type": "revoke", "revoke": {"original_message_id": wamid}});
    stage.sim.inbound(&revoke).unwrap();
    assert_eq!(first().await.0, "revoked");
}

#[tokio::test]
async fn what_waits_too_long_is_dropped() {
    let stage = stage().await;
    stage
        .control(Method::POST, "users", json!({"wa_id": ANA, "online": false}))
        .await;
    let text = json!([{"type": "text", "text": "482913"}]);
    let components = json!([{"type": "body", "parameters": text}, {"type": "button", "sub_type": "url", "index": "0", "parameters": text}]);
    let login = json!({"name": "login_code", "language": {"code": "en"}, "components": components});
    let (_, code) = stage.post(ANA, "template", login.clone()).await;
    let (_, hello) = stage
        .post(
            ANA,
            "template",
            json!({"name": "hello_world", "language": {"code": "en_US"}}),
        )
        .await;
    stage.settle().await;
    // An authentication template is good for ten minutes, others for 30 days.
    stage.sim.advance(Duration::from_secs(600));
    stage
        .control(Method::PATCH, &format!("users/{ANA}"), json!({"online": true}))
        .await;
    stage.settle().await;
    assert_eq!(stage.names_of(&code), ["sent"]);
    assert_eq!(stage.names_of(&hello), ["sent", "delivered", "read"]);

    stage.sim.configure(|c: &mut SimConfig| c.expiry_fails = true);
    stage
        .control(Method::PATCH, &format!("users/{ANA}"), json!({"online": false}))
        .await;
    let (_, code) = stage.post(ANA, "template", login).await;
    stage.settle().await;
    stage.sim.advance(Duration::from_secs(600));
    stage.sim.caught_up().await;
    assert_eq!(stage.names_of(&code), ["sent", "failed"]);
    assert_eq!(stage.statuses().last().unwrap().errors[0].code, Some(131_043));
}
