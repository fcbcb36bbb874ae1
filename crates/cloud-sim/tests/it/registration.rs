//! Numbers: added, verified, registered, with a PIN.

use reqwest::Method;
use serde_json::json;

use crate::business::{HOUR, code_of, phone_verb};
use crate::stage::{ANA, stage};

#[tokio::test]
async fn a_number_from_nothing_to_connected() {
    let stage = stage().await;
    let path = format!("{}/phone_numbers", stage.account.waba_id);
    let add = json!({"cc": "44", "phone_number": "7700 900777", "verified_name": "Acme"});
    let (http, answer) = stage.graph(Method::POST, &path, add.clone()).await;
    assert_eq!(http, 200, "{answer}");
    let id = answer["id"].as_str().unwrap();
    assert_eq!(code_of(&stage.graph(Method::POST, &path, add).await.1), 100);
    let register = json!({"messaging_product": "whatsapp", "pin": "123456"});
    assert_eq!(
        code_of(&phone_verb(&stage, id, "register", register.clone()).await.1),
        133_006
    );
    assert_eq!(
        code_of(
            &phone_verb(
                &stage,
                id,
                "request_code",
                json!({"code_method": "FAX", "language": "en"})
            )
            .await
            .1
        ),
        100
    );
    let ask = json!({"code_method": "SMS", "language": "en"});
    assert_eq!(phone_verb(&stage, id, "request_code", ask).await.0, 200);
    let (_, phone) = stage
        .control(Method::GET, &format!("phones/{id}"), json!({}))
        .await;
    let right = phone["code"].as_str().unwrap().to_owned();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    assert_eq!(
        code_of(
            &phone_verb(&stage, id, "verify_code", json!({"code": wrong}))
                .await
                .1
        ),
        136_025
    );
    assert_eq!(
        phone_verb(&stage, id, "verify_code", json!({"code": right}))
            .await
            .0,
        200
    );
    assert_eq!(phone_verb(&stage, id, "register", register).await.0, 200);
    stage.settle().await;
    let (_, node) = stage
        .graph(
            Method::GET,
            &format!("{id}?fields=status,name_status,is_pin_enabled"),
            json!({}),
        )
        .await;
    assert_eq!(
        (
            node["status"].as_str(),
            node["name_status"].as_str(),
            node["is_pin_enabled"].as_bool()
        ),
        (Some("CONNECTED"), Some("APPROVED"), Some(true))
    );
    assert_eq!(
        stage.values("phone_number_name_update")[0]["decision"],
        "APPROVED"
    );
}

#[tokio::test]
async fn pins_and_registrations_are_limited() {
    let stage = stage().await;
    let id = stage.account.phone_number_id.clone();
    let register = |pin: &str| json!({"messaging_product": "whatsapp", "pin": pin});
    assert_eq!(
        code_of(&phone_verb(&stage, &id, "register", register("12345")).await.1),
        100
    );
    assert_eq!(
        phone_verb(&stage, &id, "register", register("123456")).await.0,
        200
    );
    for _ in 0..5 {
        assert_eq!(
            code_of(&phone_verb(&stage, &id, "register", register("654321")).await.1),
            133_005
        );
    }
    let (_, locked) = phone_verb(&stage, &id, "register", register("123456")).await;
    assert_eq!(code_of(&locked), 133_008);
    assert!(
        locked["error"]["error_data"]["details"]
            .as_str()
            .unwrap()
            .contains("720 minutes"),
        "{locked}"
    );
    stage.sim.advance(12 * HOUR);
    assert_eq!(phone_verb(&stage, &id, "deregister", json!({})).await.0, 200);
    assert_eq!(
        code_of(&stage.post(ANA, "text", json!({"body": "x"})).await.1),
        133_010
    );
    assert_eq!(
        code_of(&phone_verb(&stage, &id, "deregister", json!({})).await.1),
        133_010
    );
    for _ in 0..3 {
        assert_eq!(
            phone_verb(&stage, &id, "register", register("123456")).await.0,
            200
        );
    }
    assert_eq!(
        code_of(&phone_verb(&stage, &id, "register", register("123456")).await.1),
        133_016
    );
    stage.sim.advance(72 * HOUR);
    assert_eq!(
        phone_verb(&stage, &id, "register", register("123456")).await.0,
        200
    );
    // Set by a call, asked for by the next registration.
    assert_eq!(
        stage.graph(Method::POST, &id, json!({"pin": "222222"})).await.0,
        200
    );
    assert_eq!(
        code_of(&phone_verb(&stage, &id, "register", register("123456")).await.1),
        133_005
    );
    stage
        .control(
            Method::PATCH,
            &format!("phones/{id}"),
            json!({"coexistence": true}),
        )
        .await;
    assert_eq!(
        code_of(&phone_verb(&stage, &id, "deregister", json!({})).await.1),
        100
    );
}
