//! Numbers, accounts and portfolios: registration, profile, blocking, limits, actions by Meta.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, config, stage, stage_with};

pub const HOUR: Duration = Duration::from_secs(3_600);

pub fn code_of(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or(0)
}

pub async fn phone_verb(stage: &Stage, id: &str, verb: &str, body: Value) -> (u16, Value) {
    stage.graph(Method::POST, &format!("{id}/{verb}"), body).await
}

#[tokio::test]
async fn what_a_business_shows() {
    let stage = stage().await;
    let id = stage.account.phone_number_id.clone();
    let whatsapp = |mut body: Value| {
        body["messaging_product"] = json!("whatsapp");
        body
    };
    for (bad, part) in [
        (json!({"about": ""}), "about"),
        (json!({"about": "x".repeat(140)}), "about"),
        (json!({"email": "x"}), "email"),
        (json!({"websites": ["ftp://x"]}), "websites"),
        (json!({"vertical": "SPACE"}), "vertical"),
        (
            json!({"profile_picture_handle": "4::x"}),
            "profile_picture_handle",
        ),
    ] {
        let (_, answer) = phone_verb(&stage, &id, "whatsapp_business_profile", whatsapp(bad)).await;
        assert!(
            answer["error"]["message"].as_str().unwrap().contains(part),
            "{answer}"
        );
    }
    let profile = whatsapp(json!({"about": "Open", "websites": ["https://a.example"], "vertical": "RETAIL"}));
    assert_eq!(
        phone_verb(&stage, &id, "whatsapp_business_profile", profile)
            .await
            .0,
        200
    );
    let (_, read) = stage
        .graph(
            Method::GET,
            &format!("{id}/whatsapp_business_profile?fields=about,vertical"),
            json!({}),
        )
        .await;
    assert_eq!(
        read["data"][0],
        json!({"about": "Open", "vertical": "RETAIL", "messaging_product": "whatsapp"})
    );

    let (_, made) = phone_verb(
        &stage,
        &id,
        "message_qrdls",
        json!({"prefilled_message": "Hi", "generate_qr_image": "PNG"}),
    )
    .await;
    let code = made["code"].as_str().unwrap();
    assert_eq!(
        (code.len(), made["deep_link_url"].as_str().unwrap()),
        (14, format!("https://wa.me/message/{code}").as_str())
    );
    phone_verb(
        &stage,
        &id,
        "message_qrdls",
        json!({"prefilled_message": "Ho", "code": code}),
    )
    .await;
    let path = format!("{id}/message_qrdls/{code}");
    assert_eq!(
        stage.graph(Method::GET, &path, json!({})).await.1["data"][0]["prefilled_message"],
        "Ho"
    );
    assert_eq!(
        stage.graph(Method::DELETE, &path, json!({})).await.1["success"],
        true
    );
    assert_eq!(stage.graph(Method::GET, &path, json!({})).await.0, 400);
    assert_eq!(
        code_of(
            &phone_verb(
                &stage,
                &id,
                "message_qrdls",
                json!({"prefilled_message": "x".repeat(141)})
            )
            .await
            .1
        ),
        100
    );

    assert_eq!(
        phone_verb(
            &stage,
            &id,
            "whatsapp_commerce_settings?is_cart_enabled=false",
            json!({})
        )
        .await
        .0,
        200
    );
    let (_, commerce) = stage
        .graph(
            Method::GET,
            &format!("{id}/whatsapp_commerce_settings"),
            json!({}),
        )
        .await;
    assert_eq!(commerce["data"][0]["is_cart_enabled"], false);
    let automation = json!({"prompts": ["Where?"], "commands": [{"command_name": "order", "command_description": "Order something"}]});
    assert_eq!(
        phone_verb(&stage, &id, "conversational_automation", automation)
            .await
            .0,
        200
    );
    let (_, node) = stage
        .graph(
            Method::GET,
            &format!("{id}?fields=conversational_automation"),
            json!({}),
        )
        .await;
    assert_eq!(
        node["conversational_automation"]["commands"][0]["command_name"],
        "order"
    );
    assert_eq!(
        code_of(
            &phone_verb(
                &stage,
                &id,
                "conversational_automation",
                json!({"prompts": ["a", "b", "c", "d", "e"]})
            )
            .await
            .1
        ),
        100
    );
    assert_eq!(
        stage
            .graph(Method::POST, &id, json!({"new_display_name": "sim_reject name"}))
            .await
            .0,
        200
    );
    stage.settle().await;
    let decided = stage.values("phone_number_name_update").remove(0);
    assert_eq!(
        (decided["decision"].as_str(), decided["rejection_reason"].as_str()),
        (Some("REJECTED"), Some("NAME_FORMAT_UNACCEPTABLE"))
    );
}

#[tokio::test]
async fn blocking_is_partial_and_only_for_those_who_wrote() {
    let stage = stage().await;
    let path = format!("{}/block_users", stage.account.phone_number_id);
    stage.opens_window(ANA).await;
    let ask = |users: &[&str]| {
        json!({"messaging_product": "whatsapp",
        "block_users": users.iter().map(|u| json!({"user": u})).collect::<Vec<_>>()})
    };
    let (http, answer) = stage
        .graph(Method::POST, &path, ask(&[ANA, "447700900999"]))
        .await;
    assert_eq!((http, code_of(&answer)), (400, 139_100));
    assert_eq!(
        answer["block_users"]["added_users"],
        json!([{"input": ANA, "wa_id": ANA}])
    );
    assert_eq!(answer["block_users"]["failed_users"][0]["input"], "447700900999");
    let (_, list) = stage.graph(Method::GET, &path, json!({})).await;
    assert_eq!(list["data"][0]["wa_id"], ANA);
    let (_, sent) = stage.post(ANA, "text", json!({"body": "x"})).await;
    stage.settle().await;
    assert_eq!(stage.names_of(&sent), ["failed"]);
    assert_eq!(stage.statuses()[0].errors[0].code, Some(130_403));
    let (http, answer) = stage.graph(Method::DELETE, &path, ask(&[ANA])).await;
    assert_eq!(
        (http, answer["block_users"]["removed_users"][0]["wa_id"].as_str()),
        (200, Some(ANA))
    );
    stage.sim.advance(24 * HOUR);
    assert_eq!(stage.graph(Method::POST, &path, ask(&[ANA])).await.0, 400);
}

#[tokio::test]
async fn identity_hashes_guard_a_send() {
    let stage = stage().await;
    let id = stage.account.phone_number_id.clone();
    let on = json!({"user_identity_change": {"enable_identity_key_check": true}});
    assert_eq!(phone_verb(&stage, &id, "settings", on).await.0, 200);
    stage
        .sim
        .inbound(&json!({"phone_id": id, "from": ANA, "text": {"body": "x"}}))
        .unwrap();
    stage.settle().await;
    let hash = stage.values("messages")[0]["contacts"][0]["identity_key_hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let send = || async {
        let body = json!({"messaging_product": "whatsapp", "to": ANA, "text": {"body": "x"}, "recipient_identity_key_hash": hash});
        let (_, sent) = stage.graph(Method::POST, &format!("{id}/messages"), body).await;
        stage.settle().await;
        stage.names_of(&sent)
    };
    assert_eq!(send().await, ["sent", "delivered", "read"]);
    stage
        .control(Method::PATCH, &format!("users/{ANA}"), json!({"identity": 1}))
        .await;
    assert_eq!(send().await, ["failed"]);
    assert_eq!(stage.statuses().last().unwrap().errors[0].code, Some(137_000));
}

#[tokio::test]
async fn what_meta_does_to_numbers_and_accounts() {
    let stage = stage().await;
    let phone = stage.account.phone_number_id.clone();
    let waba = stage.account.waba_id.clone();
    stage
        .control(
            Method::POST,
            "portfolios",
            json!({"id": "770000000000001", "limit_tier": "TIER_250", "verified": false}),
        )
        .await;
    stage
        .control(
            Method::PATCH,
            &format!("wabas/{waba}"),
            json!({"portfolio_id": "770000000000001"}),
        )
        .await;
    let act = |path: String, body: Value| {
        let stage = &stage;
        async move {
            let (http, answer) = stage.control(Method::POST, &path, body).await;
            stage.sim.caught_up().await;
            assert_eq!(http, 200, "{path} {answer}");
        }
    };
    let number = |act: &str| format!("phones/{phone}/{act}");
    let account = |act: &str| format!("wabas/{waba}/{act}");
    stage.opens_window(ANA).await;

    act("portfolios/770000000000001/verify".into(), json!({})).await;
    assert_eq!(
        stage.values("business_capability_update")[0]["max_daily_conversations_per_business"],
        2_000
    );
    assert_eq!(
        stage.values("phone_number_quality_update")[0]["current_limit"],
        "TIER_2K"
    );
    act(number("tier"), json!({"tier": "TIER_UNLIMITED"})).await;
    assert_eq!(
        stage.values("business_capability_update")[1]["max_daily_conversations_per_business"],
        -1
    );
    act(number("throughput"), json!({"mps": 1_000})).await;
    assert_eq!(
        stage.values("phone_number_quality_update")[2]["event"],
        "THROUGHPUT_UPGRADE"
    );
    act(number("quality"), json!({"score": "YELLOW"})).await;
    act(
        number("pin"),
        json!({"event": "PIN_RESET_REQUEST", "requester": "61550000000001"}),
    )
    .await;
    assert_eq!(stage.values("security")[0]["requester"], "61550000000001");
    act(number("maintenance"), json!({"seconds": 60})).await;
    assert_eq!(
        code_of(&stage.post(ANA, "text", json!({"body": "x"})).await.1),
        131_057
    );
    stage.sim.advance(Duration::from_secs(60));
    stage.sim.caught_up().await;
    assert_eq!(stage.post(ANA, "text", json!({"body": "x"})).await.0, 200);
    act(number("ban"), json!({})).await;
    assert_eq!(
        code_of(&stage.post(ANA, "text", json!({"body": "x"})).await.1),
        133_010
    );
    act(number("connect"), json!({})).await;

    // A restriction of what the business begins leaves answers alone, and ends by itself.
    act(account("restrict"), json!({"seconds": 3_600})).await;
    let template = json!({"name": "hello_world", "language": {"code": "en_US"}});
    let (http, refused) = stage.post(ANA, "template", template.clone()).await;
    assert_eq!((http, code_of(&refused)), (403, 368));
    assert_eq!(stage.post(ANA, "text", json!({"body": "x"})).await.0, 200);
    stage.sim.advance(HOUR);
    assert_eq!(stage.post(ANA, "template", template).await.0, 200);
    act(account("violate"), json!({"violation_type": "ALCOHOL"})).await;
    act(account("payment"), json!({"ok": false})).await;
    act(account("ban"), json!({})).await;
    assert_eq!(
        code_of(&stage.post(ANA, "text", json!({"body": "x"})).await.1),
        131_031
    );
    act(account("ban"), json!({"state": "REINSTATE"})).await;
    act(account("partner_remove"), json!({})).await;
    let names: Vec<String> = stage
        .values("account_update")
        .iter()
        .map(|v| v["event"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "ACCOUNT_RESTRICTION",
            "ACCOUNT_VIOLATION",
            "DISABLED_UPDATE",
            "DISABLED_UPDATE",
            "PARTNER_REMOVED"
        ]
    );
    let (http, refused) = stage.post(ANA, "text", json!({"body": "x"})).await;
    assert_eq!((http, code_of(&refused)), (401, 190));
    assert_eq!(
        stage
            .control(Method::POST, &account("explode"), json!({}))
            .await
            .0,
        404
    );
    assert_eq!(
        stage
            .control(Method::POST, &number("tier"), json!({"tier": "TIER_7"}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn half_of_a_limit_brings_the_next_one() {
    let stage = stage_with(cloud_sim::SimConfig {
        pair_limit: false,
        mps_default: 1_000,
        ..config()
    })
    .await;
    let waba = &stage.account.waba_id;
    stage
        .control(
            Method::POST,
            "portfolios",
            json!({"id": "770000000000001", "limit_tier": "TIER_250"}),
        )
        .await;
    stage
        .control(
            Method::PATCH,
            &format!("wabas/{waba}"),
            json!({"portfolio_id": "770000000000001"}),
        )
        .await;
    for n in 0..125 {
        let template = json!({"name": "hello_world", "language": {"code": "en_US"}});
        assert_eq!(
            stage
                .post(&format!("447700901{n:03}"), "template", template)
                .await
                .0,
            200
        );
    }
    stage.settle().await;
    assert!(stage.values("business_capability_update").is_empty());
    stage.sim.advance(6 * HOUR);
    stage.sim.caught_up().await;
    assert_eq!(
        stage.values("business_capability_update")[0]["max_daily_conversations_per_business"],
        2_000
    );
    let (_, portfolio) = stage
        .control(Method::GET, "portfolios/770000000000001", json!({}))
        .await;
    assert_eq!(portfolio["limit_tier"], "TIER_2K");
}
