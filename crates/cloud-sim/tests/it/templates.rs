//! The life of templates: grammar, review, edits, deletion, pacing, quality.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, config, stage, stage_with};

const HOUR: Duration = Duration::from_secs(3_600);

fn utility(name: &str) -> Value {
    json!({"name": name, "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": "Nothing to fill in here."}]})
}

async fn create(stage: &Stage, template: Value) -> (u16, Value) {
    let path = format!("{}/message_templates", stage.account.waba_id);
    stage.graph(Method::POST, &path, template).await
}

async fn approved(stage: &Stage, name: &str) -> String {
    let (http, answer) = create(stage, utility(name)).await;
    assert_eq!(http, 200, "{answer}");
    stage.settle().await;
    stage.inbox.lock().unwrap().hooks.clear();
    answer["id"].as_str().unwrap().to_owned()
}

async fn send(stage: &Stage, to: &str, name: &str) -> (u16, Value) {
    stage
        .post(to, "template", json!({"name": name, "language": {"code": "en"}}))
        .await
}

fn events(stage: &Stage) -> Vec<String> {
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
            Some(2_388_072),
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
            Some(2_388_047),
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
            Some(2_388_060),
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
