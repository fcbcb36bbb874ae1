//! Samples of headers on their way to WhatsApp.

use cloud_sim::FaultResponse;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Profile, world::read};

use crate::writing_world::{Writing, refusal, spoilt};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

/// A field of a form: its name, its file name if it is a file, its bytes.
type Part<'p> = (&'p str, Option<&'p str>, &'p [u8]);

/// A form of fields and files.
fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, file, bytes) in parts {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        body.extend_from_slice(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    body
}

async fn upload(it: &Writing, parts: &[Part<'_>]) -> (StatusCode, Value) {
    let key = it.world.key(&it.world.acme, &["templates:write"]).await;
    let request = it
        .world
        .request(Method::POST, "/api/v1/templates/samples")
        .header("authorization", format!("Bearer {key}"))
        .content_type("multipart/form-data; boundary=edge")
        .body(form(parts));
    read(request.send().await).await
}

#[rstest]
#[tokio::test]
async fn a_picture_becomes_a_handle_that_a_template_may_name(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    // The number may come after the file.
    let number = it.acme.0.to_string();
    let parts = [
        ("file", Some("a.png"), PNG),
        ("channel_id", None, number.as_bytes()),
    ];
    let (status, sample) = upload(&it, &parts).await;
    assert_eq!(status, StatusCode::CREATED, "{sample}");
    assert_eq!(
        (&sample["kind"], &sample["size"]),
        (&json!("image"), &json!(PNG.len()))
    );
    let template = json!({
        "name": "with_picture", "language": "en", "category": "MARKETING",
        "components": [
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [sample["handle"]]}},
            {"type": "BODY", "text": "Our winter collection is here. Come and have a look."}
        ]
    });
    let made = it.created(template).await;
    assert_eq!(made["status"], "PENDING", "{made}");
    // The second sample needs no question about the app.
    it.fault("GET", "/app", 9, refusal(3));
    let (status, sample) = upload(&it, &[("file", Some("b.png"), PNG)]).await;
    assert_eq!(status, StatusCode::CREATED, "{sample}");
}

#[rstest]
#[tokio::test]
async fn an_app_that_the_token_does_not_tell_is_given(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    it.fault("GET", "/app", 9, refusal(3));
    let (status, answer) = upload(&it, &[("file", Some("a.png"), PNG)]).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (422, &json!("app_unknown")),
        "{answer}"
    );
    let app = it.acme.1.app_id.clone();
    let parts = [("app_id", None, app.as_bytes()), ("file", Some("a.png"), PNG)];
    assert_eq!(upload(&it, &parts).await.0, StatusCode::CREATED);
    // It is kept.
    assert_eq!(
        upload(&it, &[("file", Some("a.png"), PNG)]).await.0,
        StatusCode::CREATED
    );
    let (status, answer) = upload(&it, &[("app_id", None, b"acme"), ("file", Some("a.png"), PNG)]).await;
    assert_eq!(
        (status.as_u16(), &answer["errors"][0]["field"]),
        (422, &json!("app_id"))
    );
}

#[rstest]
#[tokio::test]
async fn what_whatsapp_does_not_take_is_refused_here(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let cases: [(&[Part<'_>], u16, &str); 6] = [
        (&[("file", Some("a.gif"), b"GIF89a...")], 422, "media_type"),
        (&[("file", Some("a.png"), b"no picture")], 422, "media_type"),
        (&[("file", Some("a.png"), b"")], 422, "invalid_request"),
        (&[("channel_id", None, b"nonsense")], 422, "invalid_request"),
        (&[], 422, "invalid_request"),
        (
            &[("file", Some("a.png"), PNG), ("file", Some("b.png"), PNG)],
            422,
            "invalid_request",
        ),
    ];
    for (parts, status, code) in cases {
        let (answered, answer) = upload(&it, parts).await;
        assert_eq!(
            (answered.as_u16(), &answer["code"]),
            (status, &json!(code)),
            "{answer}"
        );
    }
    let mut large = PNG.to_vec();
    large.resize((5 << 20) + 1, 0);
    let (status, answer) = upload(&it, &[("file", Some("a.png"), &large)]).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (413, &json!("too_large")),
        "{answer}"
    );
    large.truncate(5 << 20);
    let (status, answer) = upload(&it, &[("file", Some("a.png"), &large)]).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let foreign = it.globex.0.to_string();
    let parts = [
        ("channel_id", None, foreign.as_bytes()),
        ("file", Some("a.png"), PNG),
    ];
    assert_eq!(upload(&it, &parts).await.0, StatusCode::NOT_FOUND);
}

#[rstest]
#[tokio::test]
async fn an_interrupted_upload_goes_on_and_an_error_is_clear(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    // The answer with the handle is lost: the file is uploaded once more.
    let lost = FaultResponse {
        after: true,
        ..spoilt(502, "<html>")
    };
    it.fault("POST", "upload:", 1, lost);
    let (status, answer) = upload(&it, &[("file", Some("a.png"), PNG)]).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    // Nothing arrived: the same upload goes on.
    it.fault("POST", "upload:", 2, spoilt(502, "<html>"));
    let (status, answer) = upload(&it, &[("file", Some("a.png"), PNG)]).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    for response in [refusal(190), spoilt(502, "<html>")] {
        it.fault("POST", "/uploads", 1, response);
        let (status, answer) = upload(&it, &[("file", Some("a.png"), PNG)]).await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (502, &json!("whatsapp_refused")),
            "{answer}"
        );
        assert!(!answer["detail"].as_str().unwrap().contains("html"), "{answer}");
    }
}
