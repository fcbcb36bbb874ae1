//! The life of templates: grammar, review, edits, deletion, pacing, quality.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, stage};

pub const HOUR: Duration = Duration::from_secs(3_600);

pub fn utility(name: &str) -> Value {
    json!({"name": name, "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Nothing to fill in here."}]})
}

pub async fn create(stage: &Stage, template: Value) -> (u16, Value) {
    let path = format!("{}/message_templates", stage.account.waba_id);
    stage.graph(Method::POST, &path, template).await
}

pub async fn approved(stage: &Stage, name: &str) -> String {
    let (http, answer) = create(stage, utility(name)).await;
    assert_eq!(http, 200, "{answer}");
    stage.settle().await;
    stage.inbox.lock().unwrap().hooks.clear();
    answer["id"].as_str().unwrap().to_owned()
}

pub async fn send(stage: &Stage, to: &str, name: &str) -> (u16, Value) {
    stage
        .post(to, "template", json!({"name": name, "language": {"code": "en"}}))
        .await
}

pub fn events(stage: &Stage) -> Vec<String> {
    let values = stage.values("message_template_status_update");
    values
        .iter()
        .map(|v| {
            format!(
                "{} {}",
                v["event"].as_str().unwrap(),
                v["other_info"]["title"].as_str().unwrap_or("-")
            )
        })
        .collect()
}

#[tokio::test]
async fn the_grammar_of_components() {
    let stage = stage().await;
    let body = |text: &str| json!({"type": "BODY", "text": text});
    let buttons = |list: Value| json!({"type": "BUTTONS", "buttons": list});
    let quick = json!({"type": "QUICK_REPLY", "text": "Yes"});
    let web = json!({"type": "URL", "text": "Go", "url": "https://shop.example/"});
    let text = "Nothing to fill in here.";
    for (components, subcode) in [
        (
            json!([body("Hi {{1}} and {{3}}, a long enough text to be fine.")]),
            Some(2_388_072),
        ),
        (
            json!([body("Hi {{name}}, a long enough text to be fine.")]),
            Some(2_388_072),
        ),
        (
            json!([body("Hi {{1}} {{2}}, a long enough text to be fine.")]),
            Some(2_388_072),
        ),
        (
            json!([{"type": "BODY", "text": "a {{1}}, {{2}} c", "example": {"body_text": [["x", "y"]]}}]),
            Some(2_388_293),
        ),
        (
            json!([{"type": "BODY", "text": "Hi {{1}}, a long enough text.", "example": {"body_text": [["x", "y"]]}}]),
            Some(2_388_043),
        ),
        (json!([body("Three\n\n\nlines are too many")]), Some(2_388_072)),
        (
            json!([body(text), {"type": "FOOTER", "text": "to {{1}}"}]),
            Some(2_388_073),
        ),
        (
            json!([body(text), {"type": "HEADER", "format": "TEXT", "text": "{{1}} and {{2}}"}]),
            Some(2_388_047),
        ),
        (
            json!([body(text), {"type": "HEADER", "format": "IMAGE"}]),
            Some(2_388_043),
        ),
        (
            json!([body(text), buttons(json!([quick, web, quick]))]),
            Some(2_388_060),
        ),
        (
            json!([body(text), buttons(json!([web, web, web]))]),
            Some(2_388_060),
        ),
        (
            json!([
                body(text),
                buttons(json!([{"type": "URL", "text": "Go", "url": "https://wa.me/123"}]))
            ]),
            Some(2_388_060),
        ),
        (
            json!([
                body(text),
                buttons(json!([{"type": "URL", "text": "Go", "url": "https://x.example/{{1}}"}]))
            ]),
            Some(2_388_043),
        ),
        (
            json!([
                body(text),
                buttons(json!([{"type": "URL", "text": "x".repeat(26), "url": "https://x.example/"}]))
            ]),
            Some(2_388_040),
        ),
        (
            json!([body(text), {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Soon"}}]),
            Some(2_388_072),
        ),
        (
            json!([body(text), {"type": "CAROUSEL", "cards": []}]),
            Some(2_388_072),
        ),
        (json!([body(text), body(text)]), None),
        (
            json!([body(text), {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::made:up"]}}]),
            None,
        ),
        (json!([{"type": "FOOTER", "text": "alone"}]), None),
    ] {
        let given = json!({"name": "x", "language": "en", "category": "UTILITY", "components": components});
        let (http, answer) = create(&stage, given).await;
        assert_eq!(
            (http, answer["error"]["code"].as_i64()),
            (400, Some(100)),
            "{components} {answer}"
        );
        assert_eq!(
            answer["error"]["error_subcode"].as_i64(),
            subcode,
            "{components} {answer}"
        );
    }
    for (key, value) in [
        ("language", "xx"),
        ("category", "OTHER"),
        ("name", "No Capitals"),
        ("message_send_ttl_seconds", "5"),
    ] {
        let mut given = utility("fine");
        given[key] = json!(value);
        assert_eq!(create(&stage, given).await.1["error"]["code"], 100, "{key}");
    }
}

#[tokio::test]
async fn an_authentication_template_reads_back_as_it_is_sent() {
    let stage = stage().await;
    let given = json!({"name": "code", "languages": ["en", "de"], "category": "AUTHENTICATION", "components": [
        {"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy"}]}]});
    let path = format!("{}/upsert_message_templates", stage.account.waba_id);
    let (http, answer) = stage.graph(Method::POST, &path, given.clone()).await;
    assert_eq!(http, 200, "{answer}");
    assert_eq!(answer["data"].as_array().unwrap().len(), 2);
    stage.settle().await;
    let id = answer["data"][0]["id"].as_str().unwrap();
    let (_, node) = stage.graph(Method::GET, id, json!({})).await;
    assert_eq!(
        node["components"][0]["text"]
            .as_str()
            .unwrap()
            .find("*{{1}}* is your verification code."),
        Some(0)
    );
    assert_eq!(node["components"][2]["buttons"][0]["type"], "URL");
    let text = json!([{"type": "text", "text": "482913"}]);
    let components = json!([{"type": "body", "parameters": text}, {"type": "button", "sub_type": "url", "index": "0", "parameters": text}]);
    let sent = stage
        .post(
            ANA,
            "template",
            json!({"name": "code", "language": {"code": "en"}, "components": components}),
        )
        .await;
    assert_eq!(sent.0, 200, "{}", sent.1);
    // The same again changes it and needs no new name.
    assert_eq!(
        stage.graph(Method::POST, &path, given).await.1["data"][0]["id"],
        id
    );
}

#[tokio::test]
async fn names_say_how_the_review_ends() {
    let stage = stage().await;
    for (name, status, reason) in [
        ("sim_reject_promotional", "REJECTED", "PROMOTIONAL"),
        ("sim_reject_format", "REJECTED", "INVALID_FORMAT"),
        ("sim_reject_scam", "REJECTED", "SCAM"),
        ("sim_reject_tag", "REJECTED", "TAG_CONTENT_MISMATCH"),
        ("sim_disable", "DISABLED", "NONE"),
        ("sim_pending", "PENDING", "NONE"),
        ("plain", "APPROVED", "NONE"),
    ] {
        let (_, answer) = create(&stage, utility(name)).await;
        stage.settle().await;
        let id = answer["id"].as_str().unwrap();
        let fields = format!("{id}?fields=status,rejected_reason");
        let (_, node) = stage.graph(Method::GET, &fields, json!({})).await;
        assert_eq!(
            (node["status"].as_str(), node["rejected_reason"].as_str()),
            (Some(status), Some(reason)),
            "{name}"
        );
    }
    let rejected = stage.values("message_template_status_update");
    let format = rejected.iter().find(|v| v["reason"] == "INVALID_FORMAT").unwrap();
    assert!(format["rejection_info"]["recommendation"].is_string());
    let (_, answer) = create(&stage, utility("sim_recategorize")).await;
    stage.settle().await;
    let (_, node) = stage
        .graph(Method::GET, answer["id"].as_str().unwrap(), json!({}))
        .await;
    assert_eq!(
        (node["category"].as_str(), node["previous_category"].as_str()),
        (Some("MARKETING"), Some("UTILITY"))
    );
    // Ten times as slow.
    stage.sim.configure(|c| c.review_ms = 1_000);
    create(&stage, utility("sim_slow")).await;
    stage.sim.advance(Duration::from_secs(9));
    stage.sim.caught_up().await;
    assert_eq!(send(&stage, ANA, "sim_slow").await.1["error"]["code"], 132_001);
    stage.sim.advance(Duration::from_secs(1));
    stage.sim.caught_up().await;
    assert_eq!(send(&stage, ANA, "sim_slow").await.0, 200);
}

#[tokio::test]
async fn edits_have_a_quota_and_the_old_version_stays() {
    let stage = stage().await;
    let id = approved(&stage, "note").await;
    stage.sim.configure(|c| c.review_ms = 60_000);
    let change = |text: &str| json!({"components": [{"type": "BODY", "text": text, "example": {"body_text": [["Ana"]]}}]});
    let (http, answer) = stage
        .graph(Method::POST, &id, change("Now with {{1}} in the middle of it."))
        .await;
    assert_eq!((http, answer["name"].as_str()), (200, Some("note")), "{answer}");
    stage.sim.caught_up().await;
    let updates = stage.values("message_template_components_update");
    assert_eq!(
        updates[0]["message_template_element"],
        "Now with {{1}} in the middle of it."
    );
    assert_eq!(events(&stage), ["PENDING -"]);
    // What was approved before is sent without a parameter, until the review ends.
    assert_eq!(send(&stage, ANA, "note").await.0, 200);
    assert_eq!(
        stage
            .graph(Method::POST, &id, change("Once more, {{1}}, please."))
            .await
            .1["error"]["error_subcode"],
        2_388_039
    );
    stage.sim.advance(Duration::from_secs(60));
    stage.sim.caught_up().await;
    assert_eq!(send(&stage, ANA, "note").await.1["error"]["code"], 132_000);
    // Once a day, never another category or name.
    assert_eq!(
        stage
            .graph(Method::POST, &id, change("Once more, {{1}}, please."))
            .await
            .1["error"]["error_subcode"],
        2_388_039
    );
    assert_eq!(
        stage
            .graph(Method::POST, &id, json!({"category": "MARKETING"}))
            .await
            .1["error"]["code"],
        100
    );
    assert_eq!(
        stage.graph(Method::POST, &id, json!({"name": "other"})).await.1["error"]["code"],
        100
    );
    stage.sim.advance(24 * HOUR);
    assert_eq!(
        stage
            .graph(Method::POST, &id, change("Once more, {{1}}, please."))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn deleting_locks_the_name_for_a_month() {
    let stage = stage().await;
    let id = approved(&stage, "gone").await;
    let path = |query: &str| format!("{}/message_templates?{query}", stage.account.waba_id);
    let other = approved(&stage, "stays").await;
    assert_eq!(
        stage
            .graph(
                Method::DELETE,
                &path(&format!("name=gone&hsm_id={other}")),
                json!({})
            )
            .await
            .0,
        400
    );
    assert_eq!(
        stage
            .graph(Method::DELETE, &path("name=never"), json!({}))
            .await
            .0,
        404
    );
    assert_eq!(
        stage
            .graph(
                Method::DELETE,
                &path(&format!("name=gone&hsm_id={id}")),
                json!({})
            )
            .await
            .1["success"],
        true
    );
    stage.settle().await;
    let value = stage.values("message_template_status_update").remove(0);
    assert_eq!(
        (value["event"].as_str(), value["reason"].is_null()),
        (Some("PENDING_DELETION"), true)
    );
    assert_eq!(
        create(&stage, utility("gone")).await.1["error"]["error_subcode"],
        2_388_023
    );
    stage.sim.advance(30 * 24 * HOUR);
    assert_eq!(create(&stage, utility("gone")).await.0, 200);
    assert_eq!(
        stage
            .graph(
                Method::DELETE,
                &path(&format!("hsm_ids=[\"{other}\"]")),
                json!({})
            )
            .await
            .0,
        200
    );
    // Disabled ones cannot be deleted.
    create(&stage, utility("sim_disable")).await;
    stage.settle().await;
    assert_eq!(
        stage
            .graph(Method::DELETE, &path("name=sim_disable"), json!({}))
            .await
            .0,
        400
    );
    for n in 0..200 {
        let (_, answer) = create(&stage, utility(&format!("many_{n}"))).await;
        if answer.get("error").is_some() {
            assert_eq!(answer["error"]["code"], 80_008);
            assert!(n > 90, "{n}");
            return;
        }
    }
    panic!("nothing limits how many templates are created in an hour");
}
