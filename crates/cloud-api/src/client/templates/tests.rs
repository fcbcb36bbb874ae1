use serde_json::json;

use super::*;
use crate::client::tests::{client, once};

/// A whole answer of the API.
macro_rules! ok {
    ($body:literal) => {
        concat!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n",
            $body
        )
    };
}

fn waba() -> WabaId {
    "220000000000101".into()
}

#[tokio::test]
async fn a_creation_tells_the_id_the_status_and_the_category() {
    let (url, asked) = once(ok!(
        r#"{"id":"660000000000601","status":"APPROVED","category":"MARKETING"}"#
    ))
    .await;
    let body = json!({"name": "winter", "language": "en", "category": "UTILITY", "components": []});
    let created = client(url).create_template(&waba(), &body).await.unwrap();
    assert_eq!(created.id, "660000000000601");
    assert_eq!(created.status.as_deref(), Some("APPROVED"));
    assert_eq!(created.category.as_deref(), Some("MARKETING"));
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("POST /v25.0/220000000000101/message_templates?appsecret_proof="));
    assert!(asked.ends_with(&body.to_string()), "{asked}");
}

#[tokio::test]
async fn a_refused_creation_keeps_what_was_said_to_people() {
    let (url, _asked) = once(concat!(
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n",
        r#"{"error":{"message":"(#100) Invalid parameter","type":"OAuthException","code":100,"error_subcode":2388023,"#,
        r#""error_user_title":"The template cannot be created","error_user_msg":"The name is locked.","fbtrace_id":"A"}}"#
    ))
    .await;
    let error = client(url)
        .create_template(&waba(), &json!({}))
        .await
        .unwrap_err();
    let graph = error.graph().unwrap();
    assert_eq!((graph.code, graph.subcode), (100, Some(2_388_023)));
    assert_eq!(graph.user_msg.as_deref(), Some("The name is locked."));
}

#[tokio::test]
async fn an_edit_and_a_deletion_on_the_wire() {
    let (url, asked) = once(ok!(
        r#"{"success":true,"id":"66","name":"winter","category":"UTILITY"}"#
    ))
    .await;
    let edited = client(url)
        .edit_template("66", &json!({"components": []}))
        .await
        .unwrap();
    assert_eq!(edited.category.as_deref(), Some("UTILITY"));
    assert!(asked.await.unwrap().starts_with("POST /v25.0/66?"));

    let (url, asked) = once(ok!(r#"{"success":true}"#)).await;
    client(url)
        .delete_template(&waba(), "winter", Some("66"))
        .await
        .unwrap();
    let asked = asked.await.unwrap();
    assert!(
        asked.starts_with("DELETE /v25.0/220000000000101/message_templates?name=winter&hsm_id=66&"),
        "{asked}"
    );

    let (url, asked) = once(ok!(r#"{"success":true}"#)).await;
    client(url)
        .delete_template(&waba(), "winter", None)
        .await
        .unwrap();
    assert!(!asked.await.unwrap().contains("hsm_id"));

    let (url, _asked) = once(ok!(r#"{"success":false}"#)).await;
    let unclear = client(url)
        .delete_template(&waba(), "winter", None)
        .await
        .unwrap_err();
    assert!(unclear.is_ambiguous());
}

#[tokio::test]
async fn a_pause_that_is_not_ended_has_a_reason() {
    let (url, _asked) = once(ok!(r#"{"success":false,"reason":"Not paused by pacing."}"#)).await;
    let answer = client(url).unpause_template("66").await.unwrap();
    assert_eq!(answer, Err("Not paused by pacing.".to_owned()));
    let (url, asked) = once(ok!(r#"{"success":true}"#)).await;
    assert_eq!(client(url).unpause_template("66").await.unwrap(), Ok(()));
    assert!(asked.await.unwrap().starts_with("POST /v25.0/66/unpause?"));
}

#[tokio::test]
async fn names_that_only_contain_the_name_are_not_found() {
    let (url, asked) = once(ok!(
        r#"{"data":[{"id":"1","name":"winter_sale","language":"en"},{"id":"2","name":"winter","language":"en_US"},
            {"id":"3","name":"winter","language":"en"}],"paging":{"cursors":{"after":"x"},"next":"https://…"}}"#
    ))
    .await;
    let found = client(url)
        .templates_named(&waba(), "winter", Some("en"))
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, "3");
    let asked = asked.await.unwrap();
    assert!(
        asked.contains("fields=id%2Cname%2Clanguage&name=winter&limit=200&language=en"),
        "{asked}"
    );
}

#[tokio::test]
async fn the_app_of_a_token() {
    let (url, asked) = once(ok!(r#"{"id":"440000000000301","name":"Acme"}"#)).await;
    let app = client(url).app().await.unwrap();
    assert_eq!(
        (app.id.as_str(), app.name.as_deref()),
        ("440000000000301", Some("Acme"))
    );
    assert!(
        asked
            .await
            .unwrap()
            .starts_with("GET /v25.0/app?fields=id%2Cname&")
    );
}

#[tokio::test]
async fn an_upload_is_opened_sent_and_resumed() {
    let (url, asked) = once(ok!(r#"{"id":"upload:MTphdHRh?sig=ARa-b"}"#)).await;
    let session = client(url)
        .open_upload("44", "a.png", 12, "image/png")
        .await
        .unwrap();
    let asked = asked.await.unwrap();
    assert!(
        asked.starts_with("POST /v25.0/44/uploads?file_name=a.png&file_length=12&file_type=image%2Fpng&"),
        "{asked}"
    );
    assert!(!format!("{session:?}").contains("ARa"));

    let (url, asked) = once(ok!(r#"{"h":"4::aW1hZ2U=:ARb:e:1790000000:44:…"}"#)).await;
    let done = client(url)
        .upload(&session, 0, Body::from("twelve bytes"), 12)
        .await
        .unwrap();
    assert_eq!(
        done,
        Uploaded::Handle("4::aW1hZ2U=:ARb:e:1790000000:44:…".to_owned())
    );
    let asked = asked.await.unwrap();
    assert!(
        asked.starts_with("POST /v25.0/upload:MTphdHRh?sig=ARa-b&"),
        "{asked}"
    );
    assert!(asked.contains("authorization: OAuth TOKEN"), "{asked}");
    assert!(asked.contains("file_offset: 0"), "{asked}");
    assert!(asked.ends_with("twelve bytes"), "{asked}");

    let (url, _asked) = once(ok!(r#"{"id":"upload:MTphdHRh","file_offset":"5"}"#)).await;
    assert_eq!(client(url).uploaded(&session).await.unwrap(), 5);
}
