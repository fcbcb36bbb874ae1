//! Usernames of businesses, parent BSUIDs, paths without a version, conditional reads (ETag), histories, calls.

use cloud_sim::SimConfig;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, config, stage, stage_with};

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_default()
}

async fn username(stage: &Stage, phone: &str, name: &str, transfer: &str) -> Value {
    let body = json!({"username": name, "transfer_action": transfer});
    stage
        .graph(Method::POST, &format!("{phone}/username"), body)
        .await
        .1
}

#[tokio::test]
async fn a_number_has_a_username_that_nobody_else_has() {
    let stage = stage().await;
    let own = stage.account.phone_number_id.clone();
    for wrong in [
        "ab",
        "Acme",
        "12345",
        "www.acme",
        "acme.com",
        ".acme",
        "ac..me",
        "acme shop",
    ] {
        assert_eq!(code(&username(&stage, &own, wrong, "none").await), 100, "{wrong}");
    }
    assert_eq!(username(&stage, &own, "acme.shop", "none").await["success"], true);
    let (_, shown) = stage
        .graph(Method::GET, &format!("{own}/username"), json!({}))
        .await;
    assert_eq!(shown, json!({"username": "acme.shop", "status": "approved"}));
    let make = async |waba: &str| {
        let phone = json!({"waba_id": waba, "digits": "447700900777"});
        let (_, made) = stage.control(Method::POST, "phones", phone).await;
        made["id"].as_str().unwrap().to_owned()
    };
    let second = make(&stage.account.waba_id).await;
    assert_eq!(
        code(&username(&stage, &second, "acme.shop", "none").await),
        147_005
    );
    assert_eq!(
        username(&stage, &second, "acme.shop", "force_transfer").await["success"],
        true
    );
    let (_, moved) = stage
        .graph(Method::GET, &format!("{own}?fields=username"), json!({}))
        .await;
    assert_eq!(moved["username"], Value::Null);
    let (_, other) = stage
        .control(Method::POST, "wabas", json!({"name": "Other"}))
        .await;
    let stranger = make(other["id"].as_str().unwrap()).await;
    let change = json!({"assets": []});
    stage
        .control(
            Method::PATCH,
            &format!("tokens/{}", stage.account.access_token),
            change,
        )
        .await;
    assert_eq!(
        code(&username(&stage, &stranger, "acme.shop", "force_transfer").await),
        147_001
    );
    let (_, names) = stage
        .graph(Method::GET, &format!("{own}/username_suggestions"), json!({}))
        .await;
    assert_eq!(
        names["data"][0]["username_suggestions"][0], "simulated.shop",
        "{names}"
    );
    assert_eq!(
        stage
            .graph(Method::DELETE, &format!("{second}/username"), json!({}))
            .await
            .0,
        200
    );
    assert_eq!(
        code(
            &stage
                .graph(Method::DELETE, &format!("{second}/username"), json!({}))
                .await
                .1
        ),
        147_001
    );
    stage.settle().await;
    assert_eq!(stage.values("business_username_updates").len(), 4);
}

#[tokio::test]
async fn parent_ids_stand_beside_the_others_and_can_be_written_to() {
    let stage = stage_with(SimConfig {
        parent_bsuid: true,
        ..config()
    })
    .await;
    let phone = &stage.account.phone_number_id;
    let written = json!({"phone_id": phone, "from": ANA, "type": "text", "text": {"body": "Hello"}});
    stage.sim.inbound(&written).unwrap();
    stage.settle().await;
    let value = stage.values("messages").remove(0);
    let own = value["contacts"][0]["user_id"].as_str().unwrap();
    let parent = value["contacts"][0]["parent_user_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(parent, own.replacen('.', ".ENT.", 1));
    assert_eq!(value["messages"][0]["from_parent_user_id"], parent.as_str());
    let path = format!("{}/messages", stage.account.phone_number_id);
    let body =
        json!({"messaging_product": "whatsapp", "recipient": parent, "type": "text", "text": {"body": "hi"}});
    let (http, answer) = stage.graph(Method::POST, &path, body).await;
    assert_eq!(
        (http, answer["contacts"][0]["user_id"].as_str()),
        (200, Some(own)),
        "{answer}"
    );
    stage.settle().await;
    let told = stage.values("messages").pop().unwrap();
    assert_eq!(told["statuses"][0]["recipient_parent_user_id"], parent.as_str());
    let unknown = json!({"messaging_product": "whatsapp", "recipient": "GB.ENT.1", "type": "text", "text": {"body": "hi"}});
    assert_eq!(code(&stage.graph(Method::POST, &path, unknown).await.1), 100);
}

#[tokio::test]
async fn a_path_without_a_version_has_the_default_one() {
    let stage = stage().await;
    let url = format!("{}{}/phone_numbers", stage.base, stage.account.waba_id);
    let answer = stage
        .http
        .get(url)
        .bearer_auth(&stage.account.access_token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.headers()["facebook-api-version"], "v25.0");
}

#[tokio::test]
async fn a_read_that_is_known_already_has_no_body() {
    let stage = stage().await;
    let url = format!("{}v25.0/{}/message_templates", stage.base, stage.account.waba_id);
    let read = async |tag: &str| {
        let request = stage.http.get(&url).bearer_auth(&stage.account.access_token);
        request.header("if-none-match", tag).send().await.unwrap()
    };
    let first = read("\"other\"").await;
    assert_eq!(first.status().as_u16(), 200);
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let known = read(&format!("\"other\", {tag}")).await;
    assert_eq!(known.status().as_u16(), 304);
    assert_eq!(known.headers()["etag"].to_str().unwrap(), tag);
    assert_eq!(known.text().await.unwrap(), "");
    let template = json!({"waba_id": stage.account.waba_id, "name": "more", "category": "UTILITY"});
    stage.control(Method::POST, "templates", template).await;
    assert_eq!(read(&tag).await.status().as_u16(), 200, "it changed");
}

#[tokio::test]
async fn the_history_of_a_message_says_what_was_told() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    let sent = stage.post(ANA, "text", json!({"body": "hi"})).await.1;
    stage.settle().await;
    let id = sent["messages"][0]["id"].as_str().unwrap();
    let query: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let path = format!(
        "{}/message_history?message_id={query}",
        stage.account.phone_number_id
    );
    let (_, history) = stage.graph(Method::GET, &path, json!({})).await;
    let events = history["data"][0]["events"]["data"].as_array().unwrap();
    let names: Vec<&str> = events
        .iter()
        .filter_map(|e| e["delivery_status"].as_str())
        .collect();
    assert_eq!(names, ["ACCEPTED", "SENT", "DELIVERED", "READ"]);
    assert_eq!(events[1]["webhook_update_state"], "SUCCESS");
    let path = format!(
        "{}/message_history?message_id=wamid.unknown",
        stage.account.phone_number_id
    );
    assert_eq!(code(&stage.graph(Method::GET, &path, json!({})).await.1), 100);
}

#[tokio::test]
async fn calls_are_refused_and_permissions_say_so() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    let phone = stage.account.phone_number_id.clone();
    let call = json!({"messaging_product": "whatsapp", "to": ANA, "action": "connect"});
    let (http, refused) = stage
        .graph(Method::POST, &format!("{phone}/calls"), call.clone())
        .await;
    assert_eq!((http, code(&refused)), (401, 138_000));
    let on = json!({"calling": {"status": "ENABLED"}});
    assert_eq!(
        stage
            .graph(Method::POST, &format!("{phone}/settings"), on)
            .await
            .0,
        200
    );
    assert_eq!(
        code(&stage.graph(Method::POST, &format!("{phone}/calls"), call).await.1),
        138_006
    );
    let path = format!("{phone}/call_permissions?user_wa_id={ANA}");
    let (_, shown) = stage.graph(Method::GET, &path, json!({})).await;
    assert_eq!(shown["permission"]["status"], "no_permission");
    assert_eq!(shown["actions"][0]["can_perform_action"], true);
    let path = format!("{phone}/call_permissions?user_wa_id=4915100000000");
    assert_eq!(code(&stage.graph(Method::GET, &path, json!({})).await.1), 100);
}

#[test]
fn knobs_are_named_and_checked() {
    let knobs = json!({"latency_ms": 7, "delays": {"read_ms": 9}, "p_dup": 3.0});
    let turned = SimConfig::default()
        .with_knobs(knobs.as_object().unwrap())
        .unwrap();
    assert_eq!(
        (turned.latency_ms, turned.delays.read_ms, turned.delays.sent_ms),
        (7, 9, 150)
    );
    assert_eq!(turned.p_dup, 1.0, "brought into its range");
    let wrong = json!({"latencies": 7});
    let error = SimConfig::default()
        .with_knobs(wrong.as_object().unwrap())
        .unwrap_err();
    assert!(error.contains("latencies"), "{error}");
}

/// `system` messages as a tester tells them by hand.
async fn tells(stage: &Stage, from: &str, system: Value) -> (u16, Value) {
    let spec =
        json!({"phone_id": stage.account.phone_number_id, "from": from, "type": "system", "system": system});
    let answer = stage.control(Method::POST, "inbound", spec).await;
    stage.settle().await;
    answer
}

#[tokio::test]
async fn who_changes_the_number_has_the_new_one_from_then_on() {
    const NEW: &str = "447700900124";
    let stage = stage().await;
    let phone = stage.account.phone_number_id.clone();
    stage.opens_window(ANA).await;
    let (_, before) = stage
        .control(Method::GET, &format!("users/{ANA}"), json!({}))
        .await;
    let body = format!("User Ana changed from {ANA} to {NEW}");
    let moved = json!({"type": "user_changed_number", "body": body, "wa_id": format!("+{NEW}")});
    assert_eq!(tells(&stage, ANA, moved).await.0, 200);
    // The news comes from the old number; what is written later comes from the new one, by the same person.
    let told = stage.values("messages").pop().unwrap();
    assert_eq!(
        (told["messages"][0]["from"].as_str(), told.get("contacts")),
        (Some(ANA), None)
    );
    let (_, after) = stage
        .control(Method::GET, &format!("users/{NEW}"), json!({}))
        .await;
    assert_eq!(
        (&after["user_id"], &after["name"]),
        (&before["user_id"], &before["name"])
    );
    let by_id = json!({"phone_id": phone, "from": before["user_id"], "text": {"body": "it is me"}});
    stage.sim.inbound(&by_id).unwrap();
    stage.settle().await;
    let told = stage.values("messages").pop().unwrap();
    assert_eq!(told["messages"][0]["from"], NEW);
    assert_eq!(told["contacts"][0]["wa_id"], NEW);
    // Answers go to the new number, in the same thread; the old one is on WhatsApp no more.
    let sent = stage.send(NEW, "to-new").await.unwrap();
    let lost = stage.send(ANA, "to-old").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered", "read"]);
    assert_eq!(stage.names(&lost), ["failed"]);
    let (_, thread) = stage
        .control(Method::GET, &format!("threads/{phone}/{NEW}/messages"), json!({}))
        .await;
    assert_eq!(thread["items"].as_array().unwrap().len(), 4, "{thread}");
    // Somebody new gets the old number: another person, who can be answered.
    stage.opens_window(ANA).await;
    let (_, other) = stage
        .control(Method::GET, &format!("users/{ANA}"), json!({}))
        .await;
    assert_ne!(other["user_id"], before["user_id"]);
    let sent = stage.send(ANA, "to-the-next").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn who_gets_another_id_is_the_same_person() {
    let stage = stage().await;
    let phone = stage.account.phone_number_id.clone();
    stage.opens_window(ANA).await;
    let (_, before) = stage
        .control(Method::GET, &format!("users/{ANA}"), json!({}))
        .await;
    let old = before["user_id"].as_str().unwrap().to_owned();
    let new = json!({"type": "user_changed_user_id", "body": "User Ana has a new id", "user_id": "GB.777"});
    assert_eq!(tells(&stage, ANA, new).await.0, 200);
    let told = stage.values("messages").pop().unwrap();
    assert_eq!(told["messages"][0]["from_user_id"], old.as_str());
    let to = |id: &str| json!({"messaging_product": "whatsapp", "recipient": id, "type": "text", "text": {"body": "hi"}});
    let path = format!("{phone}/messages");
    assert_eq!(code(&stage.graph(Method::POST, &path, to(&old)).await.1), 100);
    let (http, sent) = stage.graph(Method::POST, &path, to("GB.777")).await;
    assert_eq!(http, 200);
    stage.settle().await;
    assert_eq!(
        stage.names_of(&sent),
        ["sent", "delivered", "read"],
        "the window is still open"
    );
    let (_, thread) = stage
        .control(Method::GET, &format!("threads/{phone}/{ANA}/messages"), json!({}))
        .await;
    assert_eq!(thread["items"].as_array().unwrap().len(), 3, "{thread}");
}

#[tokio::test]
async fn a_move_to_nowhere_is_refused() {
    let stage = stage().await;
    for (system, named) in [
        (
            json!({"type": "user_changed_number", "body": "b"}),
            "system.wa_id",
        ),
        (
            json!({"type": "user_changed_number", "wa_id": "12"}),
            "system.wa_id \"12\"",
        ),
        (json!({"type": "user_changed_user_id"}), "system.user_id"),
        (
            json!({"type": "user_changed_user_id", "user_id": "x"}),
            "system.user_id \"x\"",
        ),
    ] {
        let (http, refused) = tells(&stage, ANA, system).await;
        assert_eq!(http, 400);
        assert!(refused.to_string().replace('\\', "").contains(named), "{refused}");
    }
    let (_, users) = stage.control(Method::GET, "users", json!({})).await;
    assert_eq!(users["total"], 0, "nobody was made up");
}

#[tokio::test]
async fn the_recipient_that_changes_the_number_is_gone_from_the_old_one() {
    const MOVER: &str = "999003000015";
    let stage = stage().await;
    stage.opens_window(MOVER).await;
    for callback in ["one", "two", "three"] {
        stage.send(MOVER, callback).await.unwrap();
        stage.settle().await;
    }
    let systems: Vec<Value> = stage
        .values("messages")
        .into_iter()
        .filter(|value| value["messages"][0]["type"] == "system")
        .collect();
    assert_eq!(systems.len(), 1, "after the third message");
    let told = &systems[0]["messages"][0];
    assert_eq!(
        (told["from"].as_str(), told["system"]["type"].as_str()),
        (Some(MOVER), Some("user_changed_number"))
    );
    let new = told["system"]["wa_id"].as_str().unwrap();
    let there = stage.send(new, "four").await.unwrap();
    let lost = stage.send(MOVER, "five").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&there), ["sent", "delivered", "read"]);
    assert_eq!(stage.names(&lost), ["failed"]);
}
