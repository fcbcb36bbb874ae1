//! The control API and the phone page.

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::stage::{ANA, code, config, stage, stage_with};

#[tokio::test]
async fn the_phone_page() {
    let stage = stage_with(cloud_sim::SimConfig {
        default_reads: false,
        ..config()
    })
    .await;
    let phone = stage.account.phone_number_id.clone();
    let inbound = json!({"phone_id": phone, "from": "+44 7700 900123", "name": "Ana", "type": "text", "text": {"body": "hi"}});
    let (http, answer) = stage.control(Method::POST, "inbound", inbound).await;
    assert_eq!(http, 200);
    assert!(answer["wamid"].as_str().unwrap().starts_with("wamid."));
    let sent = stage.send(ANA, "m").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered"]);

    let (_, threads) = stage
        .control(Method::GET, &format!("threads?phone_id={phone}"), json!({}))
        .await;
    assert_eq!(threads["items"][0]["wa_id"], ANA);
    assert_eq!(threads["items"][0]["unread"], 1);
    let (_, messages) = stage
        .control(Method::GET, &format!("threads/{phone}/{ANA}/messages"), json!({}))
        .await;
    let directions: Vec<&str> = messages["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["direction"].as_str().unwrap())
        .collect();
    assert_eq!(directions, ["from_user", "to_user"]);
    assert_eq!(messages["items"][1]["text"], "Hello 👋 a/b");

    let (_, read) = stage
        .control(Method::POST, "read", json!({"phone_id": phone, "user": ANA}))
        .await;
    assert_eq!(read["read"], 1);
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn the_load_tells_when_a_numbers_last_message_was_taken() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    let of_number = async || {
        let (_, load) = stage.control(Method::GET, "load", json!({})).await;
        load["numbers"][&stage.account.phone_number_id].clone()
    };
    assert!(of_number().await["last_at"].is_null());
    let mut before = 0;
    for n in 1..=2 {
        stage.send(ANA, &format!("m{n}")).await.unwrap();
        let (_, ledger) = stage
            .control(Method::GET, "ledger?kind=accepted", json!({}))
            .await;
        let rows = ledger["items"].as_array().unwrap();
        let taken_at = rows.last().unwrap()["at"].as_i64().unwrap();
        let number = of_number().await;
        assert_eq!(
            (number["accepted"].as_i64(), number["last_at"].as_i64()),
            (Some(n), Some(taken_at))
        );
        assert!(taken_at > before);
        before = taken_at;
        stage
            .control(Method::POST, "clock", json!({"advance_s": 5}))
            .await;
    }
}

#[tokio::test]
async fn a_phone_that_is_off_gets_it_later() {
    let stage = stage().await;
    let person = json!({"wa_id": ANA, "name": "Ana", "persona": {"online": false}});
    assert_eq!(stage.control(Method::POST, "users", person).await.0, 200);
    stage.opens_window(ANA).await;
    let sent = stage.send(ANA, "m").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent"]);
    stage
        .control(Method::PATCH, &format!("users/{ANA}"), json!({"online": true}))
        .await;
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn faults() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    let fault = json!([
        {"match": {"path": "/messages", "to": ANA}, "trigger": {"next_n": 1}, "response": {"code": 131_016, "headers": {"retry-after": "9"}}},
        {"match": {"path": "/messages"}, "trigger": {"next_n": 1}, "response": {"status": 503, "body": "<html>"}},
        {"match": {"path": "/messages"}, "trigger": {"next_n": 1}, "response": {"drop": true, "after": true}}]);
    assert_eq!(stage.control(Method::POST, "faults", fault).await.0, 200);
    let error = stage.send(ANA, "m").await.unwrap_err();
    assert_eq!(
        (
            error.graph().unwrap().http_status,
            error.retry_after().unwrap().as_secs()
        ),
        (500, 9)
    );
    assert!(stage.send(ANA, "m").await.unwrap_err().is_ambiguous());
    assert_eq!(stage.sim.ledger().accepted_total, 0);
    assert!(stage.send(ANA, "m").await.unwrap_err().is_ambiguous());
    assert_eq!(stage.sim.ledger().accepted_total, 1);
    stage.send(ANA, "m").await.unwrap();
    assert_eq!(stage.control(Method::DELETE, "faults", json!({})).await.0, 200);
}

#[tokio::test]
async fn ledger_and_deliveries() {
    let stage = stage().await;
    stage.opens_window(ANA).await;
    let sent = stage.send(ANA, "m-1").await.unwrap();
    let (_, settled) = stage
        .control(Method::GET, "settled?timeout_ms=5000", json!({}))
        .await;
    assert_eq!(settled["settled"], true);
    let (_, accepted) = stage
        .control(Method::GET, "ledger?kind=accepted", json!({}))
        .await;
    assert_eq!(accepted["items"][0]["wamid"], sent.wamid.as_str());
    assert_eq!(accepted["items"][0]["body_digest"].as_str().unwrap().len(), 64);
    let (_, delivered) = stage
        .control(Method::GET, "ledger?kind=delivered&limit=2", json!({}))
        .await;
    assert_eq!(delivered["items"].as_array().unwrap().len(), 2);
    let after = delivered["items"][1]["seq"].as_u64().unwrap();
    let (_, rest) = stage
        .control(
            Method::GET,
            &format!("ledger?kind=delivered&after={after}"),
            json!({}),
        )
        .await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 2);
    assert_eq!(rest["totals"]["accepted_total"], 1);

    let (_, log) = stage.control(Method::GET, "deliveries", json!({})).await;
    let id = log["items"][0]["id"].as_u64().unwrap();
    let before = stage.hooks().len();
    assert_eq!(
        stage
            .control(Method::POST, &format!("deliveries/{id}/redeliver"), json!({}))
            .await
            .0,
        200
    );
    stage.settle().await;
    let (_, delivery) = stage
        .control(Method::GET, &format!("deliveries/{id}"), json!({}))
        .await;
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(stage.hooks().len(), before + 1);
    assert_eq!(
        stage.hooks().last().unwrap().body,
        delivery["body"].as_str().unwrap().as_bytes()
    );
}

#[tokio::test]
async fn states_by_hand_and_raw_webhooks() {
    let stage = stage().await;
    stage.opens_window("999003000002").await;
    let sent = stage.send("999003000002", "m").await.unwrap();
    stage.settle().await;
    let wamid: String = url::form_urlencoded::byte_serialize(sent.wamid.as_str().as_bytes()).collect();
    stage
        .control(
            Method::POST,
            &format!("messages/{wamid}/status"),
            json!({"status": "read"}),
        )
        .await;
    let failed = json!({"status": "failed", "error": {"code": 131_026}});
    stage
        .control(Method::POST, &format!("messages/{wamid}/status"), failed)
        .await;
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "read", "failed"]);
    let (_, message) = stage
        .control(Method::GET, &format!("messages/{wamid}"), json!({}))
        .await;
    assert_eq!(message["status"], "read");

    stage.inbox.lock().unwrap().hooks.clear();
    stage
        .control(
            Method::POST,
            "webhooks/raw",
            json!({"field": "account_update", "value": {"event": "ACCOUNT_DELETED"}}),
        )
        .await;
    let (_, templates) = stage.control(Method::GET, "templates", json!({})).await;
    let id = templates["items"][1]["id"].as_str().unwrap().to_owned();
    stage
        .control(Method::POST, &format!("templates/{id}/pause"), json!({}))
        .await;
    stage.settle().await;
    let mut fields: Vec<_> = stage
        .hooks()
        .iter()
        .map(|h| h.envelope().entries[0].changes[0].field.clone().unwrap())
        .collect();
    fields.sort();
    assert_eq!(fields, ["account_update", "message_template_status_update"]);
    assert_eq!(
        code(stage.send_template(ANA, "order_update", json!([])).await),
        132_015
    );
}

#[tokio::test]
async fn wrong_requests_say_what_would_be_right() {
    let stage = stage().await;
    for (method, path, body, status, part) in [
        (Method::POST, "inbound", json!({}), 400, "phone_id is missing"),
        (
            Method::POST,
            "inbound",
            json!({"phone_id": "1", "from": ANA}),
            400,
            "known:",
        ),
        (
            Method::POST,
            "inbound",
            json!({"phone_id": stage.account.phone_number_id, "from": ANA, "type": "poll"}),
            400,
            "one of text",
        ),
        (Method::POST, "clock", json!({}), 400, "advance_s"),
        (
            Method::POST,
            "phones",
            json!({"id": "5", "nonsense": 1}),
            400,
            "unknown field",
        ),
        (
            Method::PATCH,
            "config",
            json!({"speeed": 1}),
            400,
            "unknown field",
        ),
        (Method::GET, "nothing", json!({}), 404, "deliveries"),
        (Method::GET, "users/447700900999", json!({}), 404, "no person"),
        (
            Method::POST,
            "faults",
            json!({"match": {"pth": "x"}}),
            400,
            "unknown field",
        ),
    ] {
        let (http, answer) = stage.control(method, path, body).await;
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(
            http == status && message.contains(part),
            "{path}: {http} {message}"
        );
    }
}

#[tokio::test]
async fn everything_can_be_set_up_by_hand() {
    let stage = stage().await;
    for (path, body) in [
        (
            "apps",
            json!({"id": "110000000000001", "secret": "s", "verify_token": "verify-me"}),
        ),
        (
            "portfolios",
            json!({"id": "770000000000001", "limit_tier": "TIER_50"}),
        ),
        (
            "wabas",
            json!({"id": "220000000000101", "portfolio_id": "770000000000001"}),
        ),
        (
            "phones",
            json!({"id": "330000000000202", "waba_id": "220000000000101", "digits": "+44 7700 900777"}),
        ),
        (
            "templates",
            json!({"id": "660000000000601", "waba_id": "220000000000101", "name": "x", "components": [{"type": "BODY", "text": "Hi"}]}),
        ),
        ("tokens", json!({"value": "T", "app_id": "110000000000001"})),
    ] {
        let (http, answer) = stage.control(Method::POST, path, body).await;
        assert_eq!(http, 200, "{path} {answer}");
    }
    let (_, phone) = stage
        .control(Method::GET, "phones/330000000000202", json!({}))
        .await;
    assert_eq!(
        (phone["digits"].as_str(), phone["display_phone_number"].as_str()),
        (Some("447700900777"), Some("+44 7700 900777"))
    );
    let connection = cloud_api::Connection::new(stage.base.clone(), "T".into(), Some("s".into()));
    let client = cloud_api::Client::new(stage.http.clone(), connection);
    let mut failed = 0;
    for n in 0..52 {
        let content = cloud_api::Content::Template(cloud_api::message::Template::new("x", "en"));
        let to = cloud_api::Recipient::parse(&format!("44770090{n:04}")).unwrap();
        client
            .send(
                &"330000000000202".into(),
                &cloud_api::SendMessage::new(to, content),
            )
            .await
            .unwrap();
    }
    stage.settle().await;
    for (code, count) in stage.sim.ledger().failed_by_code {
        assert_eq!(code, 131_048);
        failed += count;
    }
    assert_eq!(failed, 2, "the portfolio may reach 50 people a day");
}

#[tokio::test]
async fn live_events_reach_the_page() {
    let stage = stage().await;
    let mut answer = stage
        .http
        .get(format!("{}_sim/events", stage.base))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    // The first byte does not wait for something to happen.
    let hello = answer.chunk().await.unwrap().unwrap();
    assert!(std::str::from_utf8(&hello).unwrap().contains("hello"));
    stage.opens_window(ANA).await;
    let mut text = String::new();
    while !text.contains("\n\n") {
        text.push_str(std::str::from_utf8(&answer.chunk().await.unwrap().unwrap()).unwrap());
    }
    let data = text
        .lines()
        .find_map(|l| l.strip_prefix("data: ").or(l.strip_prefix("data:")))
        .unwrap();
    let event: Value = serde_json::from_str(data).unwrap();
    assert_eq!(
        (event["kind"].as_str(), event["user"].as_str()),
        (Some("message"), Some(ANA))
    );
}

#[tokio::test]
async fn an_offline_phone_shows_what_it_got_before() {
    let stage = stage_with(cloud_sim::SimConfig {
        default_reads: false,
        ..config()
    })
    .await;
    let phone = stage.account.phone_number_id.clone();
    stage.opens_window(ANA).await;
    let first = stage.send(ANA, "before").await.unwrap();
    stage.settle().await;
    let online = async |online: bool| {
        let (http, _) = stage
            .control(Method::PATCH, &format!("users/{ANA}"), json!({"online": online}))
            .await;
        assert_eq!(http, 200);
    };
    let shown = async || {
        let path = format!("threads/{phone}/{ANA}/messages");
        let (_, thread) = stage.control(Method::GET, &path, json!({})).await;
        let (_, threads) = stage
            .control(Method::GET, &format!("threads?phone_id={phone}"), json!({}))
            .await;
        let ids: Vec<String> = thread["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|m| m["direction"] == "to_user")
            .map(|m| m["wamid"].as_str().unwrap().to_owned())
            .collect();
        (ids, threads["items"][0]["unread"].clone())
    };
    let id = |sent: &cloud_api::client::Sent| sent.wamid.as_str().to_owned();
    online(false).await;
    let second = stage.send(ANA, "while offline").await.unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&second), ["sent"]);
    assert_eq!(shown().await, (vec![id(&first)], json!(1)));
    // Opening the thread reads nothing that the phone does not have.
    let (_, read) = stage
        .control(Method::POST, "read", json!({"phone_id": phone, "user": ANA}))
        .await;
    assert_eq!(read["read"], 1);
    stage.settle().await;
    assert_eq!(stage.names(&second), ["sent"]);
    // Any message can still be looked up.
    let (http, message) = stage
        .control(Method::GET, &format!("messages/{}", id(&second)), json!({}))
        .await;
    assert_eq!((http, &message["status"]), (200, &json!("sent")));
    online(true).await;
    stage.settle().await;
    assert_eq!(shown().await, (vec![id(&first), id(&second)], json!(1)));
}

#[tokio::test]
async fn who_was_added_is_listed_at_once() {
    let stage = stage().await;
    let phone = stage.account.phone_number_id.clone();
    stage.opens_window(ANA).await;
    let kai = json!({"name": "Kai", "wa_id": "+44 7700 900777"});
    let (http, kai) = stage.control(Method::POST, "users", kai).await;
    assert_eq!(http, 200, "{kai}");
    let names = async |query: &str| {
        let (_, threads) = stage
            .control(Method::GET, &format!("threads{query}"), json!({}))
            .await;
        let items = threads["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|t| t["wa_id"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let of_number = format!("?phone_id={phone}");
    assert_eq!(names(&of_number).await, ["447700900777", ANA]);
    assert_eq!(names("").await, [ANA], "without a number there are threads only");
    let inbound = json!({"phone_id": phone, "from": "447700900777", "type": "text", "text": {"body": "hi"}});
    stage.sim.inbound(&inbound).unwrap();
    assert_eq!(names(&of_number).await.len(), 2);
}

#[tokio::test]
async fn a_number_that_cannot_be_read_is_named_by_the_requests_field() {
    let stage = stage().await;
    for (path, field, value, sentence) in [
        (
            "users",
            "wa_id",
            "123",
            "A phone number with its country code has at least 7 digits.",
        ),
        (
            "users",
            "user_id",
            "xx",
            "A WhatsApp user ID is two capital letters, a dot, then letters and digits, such as GB.91827364550192.",
        ),
        (
            "phones",
            "digits",
            "07700900123",
            "A phone number starts with its country code, not with 0.",
        ),
        (
            "provision",
            "phone_number",
            "12345",
            "A phone number with its country code has at least 7 digits.",
        ),
    ] {
        let (http, answer) = stage.control(Method::POST, path, json!({(field): value})).await;
        let told = (
            &answer["error"]["message"],
            &answer["errors"][0]["field"],
            &answer["errors"][0]["message"],
        );
        let sentence = json!(sentence);
        assert_eq!(
            (http, told),
            (400, (&sentence, &json!(field), &sentence)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn callbacks_move_with_the_server_that_they_point_at() {
    let stage = stage().await;
    let simulator = &stage.sim;
    let app = &stage.account.app_id;
    let url = |text: &str| Url::parse(text).unwrap();
    let (before, now) = (url("http://127.0.0.1:8080/"), url("https://wa.example.com/"));
    simulator
        .set_callback(app, "http://127.0.0.1:8080/webhooks/x?y=1")
        .unwrap();
    assert_eq!(
        simulator.move_callbacks(&url("http://127.0.0.1:8081/"), &now),
        0,
        "another server's"
    );
    assert_eq!(simulator.move_callbacks(&before, &now), 1);
    let (_, shown) = stage
        .control(Method::GET, &format!("apps/{app}"), json!({}))
        .await;
    assert_eq!(shown["callback_url"], "https://wa.example.com/webhooks/x?y=1");
    let lost = simulator.callbacks_out_of_reach();
    assert_eq!(
        lost.into_iter().collect::<Vec<_>>(),
        ["https://wa.example.com/webhooks/x?y=1"]
    );
}

#[tokio::test]
async fn the_phone_shows_the_version_that_is_sent() {
    let stage = stage().await;
    let buttons = json!({"type": "BUTTONS", "buttons": [
        {"type": "QUICK_REPLY", "text": "Stop"},
        {"type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}"},
        {"type": "COPY_CODE", "text": "Copy", "example": "SAVE5"}]});
    let template = |text: &str| json!([{"type": "BODY", "text": text}, buttons]);
    let in_review = json!({"id": "660000000007777", "waba_id": stage.account.waba_id, "name": "order", "language": "en",
        "status": "PENDING", "components": template("New words for {{1}}."), "live": template("Hello {{1}}, it left.")});
    assert_eq!(stage.control(Method::POST, "templates", in_review).await.0, 200);
    let content = json!({"name": "order", "language": {"code": "en"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "A-77"}]},
        {"type": "button", "sub_type": "copy_code", "index": 2, "parameters": [{"type": "coupon_code", "coupon_code": "SAVE10"}]}]});
    let (http, sent) = stage.post(ANA, "template", content).await;
    assert_eq!(http, 200, "{sent}");
    let wamid = sent["messages"][0]["id"].as_str().unwrap();
    let (_, shown) = stage
        .control(Method::GET, &format!("messages/{wamid}"), json!({}))
        .await;
    let rendered = &shown["rendered"];
    assert_eq!(rendered["body"], "Hello Ana, it left.");
    assert_eq!(rendered["buttons"][0]["text"], "Stop");
    assert_eq!(rendered["buttons"][1]["url"], "https://shop.example/t/A-77");
    assert_eq!(rendered["buttons"][2]["example"], "SAVE10");
}
