//! The Graph API: order of errors, envelope and headers, nodes, lists.

use cloud_api::{Content, MediaSource, Recipient, SendMessage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, code, stage};

async fn messages(stage: &Stage, body: Value) -> (u16, i64, String) {
    let path = format!("{}/messages", stage.account.phone_number_id);
    let (http, answer) = stage.graph(Method::POST, &path, body).await;
    let error = &answer["error"];
    let details = error["error_data"]["details"]
        .as_str()
        .or(error["message"].as_str())
        .unwrap_or_default();
    (http, error["code"].as_i64().unwrap_or(0), details.to_owned())
}

#[tokio::test]
async fn errors_in_the_stated_order() {
    let stage = stage().await;
    let own = stage.account.display_phone_number.clone();
    for (body, http, code, details) in [
        (
            json!({}),
            400,
            100,
            "(#100) The parameter messaging_product is required.",
        ),
        (
            json!({"messaging_product": "whatsapp"}),
            400,
            100,
            "(#100) The parameter to is required.",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": "0044123"}),
            400,
            100,
            "Parameter Invalid",
        ),
        (
            json!({"messaging_product": "whatsapp", "recipient": "x.1"}),
            400,
            100,
            "Parameter Invalid",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": own}),
            400,
            131_021,
            "Recipient phone number cannot be the sender phone number.",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "poll"}),
            400,
            100,
            "",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "image"}),
            400,
            131_008,
            "The parameter image is required.",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "text": {}}),
            400,
            100,
            "(#100) The parameter text['body'] is required.",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "text": {"body": "x".repeat(4097)}}),
            400,
            100,
            "(#100) Param text['body'] must be at most 4096 characters long.",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "image", "image": {"link": "nope"}}),
            400,
            100,
            "(#100) Param image['link'] is not a valid URI.",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "image", "image": {"id": "1"}}),
            400,
            100,
            "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "interactive", "interactive": {"type": "button",
            "body": {"text": "?"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "x".repeat(21)}}]}}}),
            400,
            131_009,
            "Button title length invalid. Min length: 1, Max length: 20",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "template", "template": {"name": "x", "language": {"code": "en"}}}),
            404,
            132_001,
            "template name (x) does not exist in en",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "template",
            "template": {"name": "order_update", "language": {"code": "en"}}}),
            400,
            132_000,
            "body: number of localizable_params (0) does not match the expected number of params (2)",
        ),
        (
            json!({"messaging_product": "whatsapp", "to": ANA, "type": "template",
            "template": {"name": "order_update", "language": {"code": "en"}, "components": [{"type": "body",
            "parameters": [{"type": "text", "text": "A"}, {"type": "text", "text": "B"}]}]}}),
            400,
            131_008,
            "buttons: Button at index 0 of type Url requires a parameter",
        ),
    ] {
        let got = messages(&stage, body.clone()).await;
        assert_eq!((got.0, got.1), (http, code), "{body} {}", got.2);
        if !details.is_empty() {
            assert_eq!(got.2, details);
        }
    }
    assert_eq!(stage.sim.ledger().accepted_total, 0);
}

#[tokio::test]
async fn templates_that_fit_are_sent() {
    let stage = stage().await;
    let text = |t: &str| json!({"type": "text", "text": t});
    let order = json!([{"type": "body", "parameters": [text("Ana"), text("A-77")]},
                       {"type": "button", "sub_type": "url", "index": "0", "parameters": [text("A-77")]}]);
    stage.send_template(ANA, "order_update", order).await.unwrap();
    let login = |c: &str| {
        json!([{"type": "body", "parameters": [text(c)]},
                       {"type": "button", "sub_type": "url", "index": 0, "parameters": [text(c)]}])
    };
    stage
        .send_template(ANA, "login_code", login("482913"))
        .await
        .unwrap();
    assert_eq!(
        code(
            stage
                .send_template(ANA, "login_code", login("1234567890123456"))
                .await
        ),
        100
    );
    assert_eq!(
        code(
            stage
                .send_template("ZZ.SIM003000001", "login_code", login("482913"))
                .await
        ),
        131_062
    );
    let wrong = json!([{"type": "header", "parameters": [text("no image")]}, {"type": "body", "parameters": [text("Ana")]}]);
    assert_eq!(
        code(stage.send_template(ANA, "spring_offer", wrong).await),
        132_012
    );
    assert_eq!(
        code(
            stage
                .send_template(
                    ANA,
                    "hello_world",
                    json!([{"type": "body", "parameters": [text("x")]}])
                )
                .await
        ),
        132_000
    );
}

#[tokio::test]
async fn envelope_and_headers() {
    let stage = stage().await;
    let url = format!("{}v23.0/{}", stage.base, stage.account.phone_number_id);
    let answer = stage.http.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["facebook-api-version"], "v23.0");
    assert!(
        answer.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .starts_with("OAuth \"Facebook Platform\"")
    );
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["code"], 190);
    assert_eq!(body["error"]["fbtrace_id"].as_str().unwrap().len(), 23);

    let answer = stage
        .http
        .get(&url)
        .bearer_auth(&stage.account.access_token)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.headers()["x-business-use-case-usage"]
            .to_str()
            .unwrap()
            .contains(&stage.account.waba_id)
    );
    assert_eq!(
        answer.headers()["content-type"],
        "application/json; charset=UTF-8"
    );

    let (_, answer) = stage
        .graph(
            Method::GET,
            &format!("{}?fields=id,foo", stage.account.phone_number_id),
            json!({}),
        )
        .await;
    let message = "(#100) Tried accessing nonexisting field (foo) on node type (WhatsAppBusinessPhoneNumber)";
    assert_eq!(answer["error"]["message"], message);
    let (_, answer) = stage.graph(Method::GET, "999999999999999", json!({})).await;
    assert_eq!(
        (
            answer["error"]["code"].as_i64(),
            answer["error"]["error_subcode"].as_i64()
        ),
        (Some(100), Some(33))
    );
    let (_, answer) = stage
        .graph(Method::GET, &format!("{}/nope", stage.account.waba_id), json!({}))
        .await;
    assert_eq!(answer["error"]["code"], 2500);
}

#[tokio::test]
async fn tokens() {
    let stage = stage().await;
    let with = |token: &str| {
        let connection = cloud_api::Connection::new(stage.base.clone(), token.into(), None);
        cloud_api::Client::new(stage.http.clone(), connection)
    };
    let graph = async |token: &str| {
        let error = with(token).phone_number(&stage.phone()).await.unwrap_err();
        let graph = error.graph().unwrap();
        (graph.http_status, graph.code, graph.subcode)
    };
    for token in [
        json!({"value": "expired", "expires_at": 1}),
        json!({"value": "revoked", "revoked": true}),
        json!({"value": "elsewhere", "assets": ["1"]}),
        json!({"value": "narrow", "scopes": ["whatsapp_business_messaging"]}),
    ] {
        assert_eq!(stage.control(Method::POST, "tokens", token).await.0, 200);
    }
    assert_eq!(graph("unknown").await, (401, 190, None));
    assert_eq!(graph("expired").await, (401, 190, Some(463)));
    assert_eq!(graph("revoked").await, (401, 190, Some(460)));
    assert_eq!(graph("elsewhere").await, (400, 100, Some(33)));
    assert_eq!(graph("narrow").await, (403, 200, None));
    // A wrong proof is refused, a missing one only when the app wants it.
    let token = stage.account.access_token.clone();
    let connection =
        cloud_api::Connection::new(stage.base.clone(), token.clone().into(), Some("wrong".into()));
    let wrong = cloud_api::Client::new(stage.http.clone(), connection)
        .phone_number(&stage.phone())
        .await
        .unwrap_err();
    assert!(wrong.graph().unwrap().message.contains("appsecret_proof"));
    with(&token).phone_number(&stage.phone()).await.unwrap();
    stage.sim.configure(|c| c.require_appsecret_proof = true);
    assert_eq!(graph(&token).await, (400, 100, None));
    stage.client().phone_number(&stage.phone()).await.unwrap();
}

#[tokio::test]
async fn lists_are_paged() {
    let stage = stage().await;
    let client = stage.client();
    let waba = stage.account.waba_id.as_str().into();
    let first = client.templates(&waba, None, 3).await.unwrap();
    assert_eq!((first.items.len(), first.unreadable), (3, 0));
    let second = client.templates(&waba, first.after.as_deref(), 3).await.unwrap();
    assert_eq!((second.items.len(), second.after), (1, None));
    assert!(second.items.iter().all(cloud_api::Template::is_sendable));
    assert_eq!(
        client.phone_numbers(&waba, None, 10).await.unwrap().items.len(),
        1
    );
    assert_eq!(client.waba(&waba).await.unwrap().currency.as_deref(), Some("EUR"));
    let path = format!(
        "{}/message_templates?name=order&summary=total_count",
        stage.account.waba_id
    );
    let (_, answer) = stage.graph(Method::GET, &path, json!({})).await;
    assert_eq!(
        (
            answer["data"].as_array().unwrap().len(),
            answer["summary"]["total_count"].as_i64()
        ),
        (1, Some(1))
    );
}

#[tokio::test]
async fn media_comes_and_goes() {
    let stage = stage().await;
    let spec = json!({"phone_id": stage.account.phone_number_id, "from": ANA, "type": "image", "image": {"caption": "receipt"}});
    stage.sim.inbound(&spec).unwrap();
    stage.settle().await;
    let message = stage.messages().remove(0);
    assert_eq!(message.preview(), "📷 receipt");
    let cloud_api::webhook::InboundContent::Image(media) = &message.content else {
        panic!("not an image")
    };
    let id = media.id.clone().unwrap();
    let node = stage.client().media(&id, Some(&stage.phone())).await.unwrap();
    assert_eq!(node.mime_type.as_deref(), Some("image/jpeg"));
    let (_, raw) = stage.graph(Method::GET, id.as_str(), json!({})).await;
    let token = raw["url"].as_str().unwrap().rsplit('/').next().unwrap();
    let url = format!("{}_media/{token}", stage.base);
    assert_eq!(stage.http.get(&url).send().await.unwrap().status(), 401);
    let bytes = stage
        .http
        .get(&url)
        .bearer_auth(&stage.account.access_token)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(Some(bytes.len() as u64), node.file_size);
    // And out again by id.
    let content = Content::Image {
        source: MediaSource::Id(id),
        caption: None,
    };
    let sent = stage
        .client()
        .send(
            &stage.phone(),
            &SendMessage::new(Recipient::parse(ANA).unwrap(), content),
        )
        .await
        .unwrap();
    stage.settle().await;
    assert_eq!(stage.names(&sent), ["sent", "delivered", "read"]);
}

#[tokio::test]
async fn a_number_may_have_its_own_callback() {
    let stage = stage().await;
    let phone = stage.account.phone_number_id.clone();
    let set = |url: String| json!({"webhook_configuration": {"override_callback_uri": url, "verify_token": "verify-me"}});
    let (http, _) = stage
        .graph(
            Method::POST,
            &format!("{phone}/"),
            set(format!("{}/number", stage.hooks_url)),
        )
        .await;
    assert_eq!(http, 200);
    stage
        .sim
        .inbound(&json!({"phone_id": phone, "from": ANA, "text": {"body": "x"}}))
        .unwrap();
    stage.settle().await;
    assert_eq!(stage.hooks()[0].path, "/number");
    let (_, answer) = stage
        .graph(Method::POST, &phone, set("http://127.0.0.1:1/none".into()))
        .await;
    assert_eq!(answer["error"]["code"], 2200);
    stage.graph(Method::POST, &phone, set(String::new())).await;
    stage.inbox.lock().unwrap().hooks.clear();
    stage
        .sim
        .inbound(&json!({"phone_id": phone, "from": ANA, "text": {"body": "x"}}))
        .unwrap();
    stage.settle().await;
    assert_eq!(stage.hooks()[0].path, "/hook");
}

#[tokio::test]
async fn templates_are_reviewed() {
    let stage = stage().await;
    let path = format!("{}/message_templates", stage.account.waba_id);
    let template = |name: &str, text: &str| {
        json!({"name": name, "language": "en", "category": "UTILITY", "components": [
            {"type": "BODY", "text": text, "example": {"body_text": [["Ana"]]}}]})
    };
    let (http, answer) = stage
        .graph(Method::POST, &path, template("visit", "Hi {{1}}, see you."))
        .await;
    assert_eq!((http, answer["status"].as_str()), (200, Some("PENDING")));
    stage.settle().await;
    let hook = stage.hooks().remove(0).envelope();
    assert_eq!(
        hook.entries[0].changes[0].tree().unwrap()["value"]["event"],
        "APPROVED"
    );
    assert_eq!(
        hook.entries[0].changes[0].tree().unwrap()["value"]["message_template_id"].to_string(),
        answer["id"].as_str().unwrap()
    );
    let body = json!([{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}]);
    stage.send_template(ANA, "visit", body).await.unwrap();

    for (template, subcode) in [
        (template("visit", "Hi {{1}}, see you."), 2_388_024),
        (template("leading", "{{1}}, see you."), 2_388_299),
        (template("long", &"x".repeat(1_025)), 2_388_040),
    ] {
        let (http, answer) = stage.graph(Method::POST, &path, template).await;
        assert_eq!((http, answer["error"]["code"].as_i64()), (400, Some(100)));
        assert_eq!(answer["error"]["error_subcode"], subcode);
    }
    stage
        .graph(
            Method::POST,
            &path,
            template("sim_reject_scam", "Hi {{1}}, see you."),
        )
        .await;
    stage.settle().await;
    assert_eq!(
        code(stage.send_template(ANA, "sim_reject_scam", json!([])).await),
        132_001
    );
    assert_eq!(
        stage
            .graph(Method::DELETE, &format!("{path}?name=visit"), json!({}))
            .await
            .0,
        200
    );
    assert_eq!(code(stage.send_template(ANA, "visit", json!([])).await), 132_001);
}
