//! Media with real bytes: upload, download host, inbound files, links, resumable upload.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cloud_sim::SimConfig;
use poem::http::StatusCode;
use poem::{Response, Route};
use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{ANA, Stage, config, serve, stage, stage_with};

async fn upload(stage: &Stage, mime: &str, bytes: Vec<u8>) -> (u16, Value) {
    let part = reqwest::multipart::Part::bytes(bytes)
        .file_name("a file.bin")
        .mime_str(mime)
        .unwrap();
    let form = reqwest::multipart::Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime.to_owned())
        .part("file", part);
    let url = format!("{}v25.0/{}/media", stage.base, stage.account.phone_number_id);
    let request = stage
        .http
        .post(url)
        .bearer_auth(&stage.account.access_token)
        .multipart(form);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Where the download address leads on this stage.
fn local(stage: &Stage, url: &Value) -> String {
    let path = url.as_str().unwrap().split_once("/_media/").unwrap().1;
    format!("{}_media/{path}", stage.base)
}

#[tokio::test]
async fn bytes_come_back_as_they_went_in() {
    let stage = stage().await;
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let (http, answer) = upload(&stage, "image/png", bytes.clone()).await;
    assert_eq!(http, 200, "{answer}");
    let id = answer["id"].as_str().unwrap();
    let (_, node) = stage.graph(Method::GET, id, json!({})).await;
    assert_eq!(node["file_size"], 70_000);
    use sha2::Digest;
    assert_eq!(node["sha256"], hex::encode(sha2::Sha256::digest(&bytes)));

    let url = local(&stage, &node["url"]);
    let get = |range: Option<&str>| {
        let request = stage.http.get(&url).bearer_auth(&stage.account.access_token);
        match range {
            Some(range) => request.header("range", range),
            None => request,
        }
        .send()
    };
    let whole = get(None).await.unwrap();
    assert_eq!(whole.headers()["content-type"], "image/png");
    assert_eq!(
        whole.headers()["content-disposition"],
        "attachment; filename=\"a file.bin\""
    );
    assert_eq!(whole.bytes().await.unwrap(), bytes);
    for (range, status, content_range, expected) in [
        ("bytes=0-9", 206, "bytes 0-9/70000", &bytes[..10]),
        ("bytes=69990-", 206, "bytes 69990-69999/70000", &bytes[69_990..]),
        ("bytes=-5", 206, "bytes 69995-69999/70000", &bytes[69_995..]),
        ("bytes=70000-", 416, "bytes */70000", &[]),
    ] {
        let answer = get(Some(range)).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{range}");
        assert_eq!(answer.headers()["content-range"], content_range);
        assert_eq!(answer.bytes().await.unwrap(), expected, "{range}");
    }

    // Without a token, with a foreign one, and after five minutes.
    assert_eq!(stage.http.get(&url).send().await.unwrap().status(), 401);
    stage
        .control(
            Method::POST,
            "tokens",
            json!({"value": "other", "assets": ["220000000000999"]}),
        )
        .await;
    assert_eq!(
        stage
            .http
            .get(&url)
            .bearer_auth("other")
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    stage.sim.advance(Duration::from_secs(299));
    assert_eq!(get(None).await.unwrap().status(), 200);
    stage.sim.advance(Duration::from_secs(1));
    assert_eq!(get(None).await.unwrap().status(), 404);
    let (_, again) = stage.graph(Method::GET, id, json!({})).await;
    assert_ne!(again["url"], node["url"]);

    // Another number does not own it; deleted it is gone.
    let foreign = format!("{id}?phone_number_id=330000000000999");
    assert_eq!(
        stage.graph(Method::GET, &foreign, json!({})).await.1["error"]["error_subcode"],
        33
    );
    assert_eq!(
        stage.graph(Method::DELETE, id, json!({})).await.1["success"],
        true
    );
    assert_eq!(stage.graph(Method::GET, id, json!({})).await.0, 400);
    let gone = local(&stage, &again["url"]);
    assert_eq!(
        stage
            .http
            .get(gone)
            .bearer_auth(&stage.account.access_token)
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test]
async fn types_and_sizes_are_checked_and_media_expires() {
    let stage = stage().await;
    let (http, refused) = upload(&stage, "image/gif", vec![1]).await;
    assert_eq!((http, refused["error"]["code"].as_i64()), (400, Some(100)));
    let details = refused["error"]["error_data"]["details"].as_str().unwrap();
    assert!(
        details.starts_with("Param file must be a file with one of the following types"),
        "{details}"
    );
    let (http, refused) = upload(&stage, "image/jpeg", vec![0; (5 << 20) + 1]).await;
    assert_eq!((http, refused["error"]["code"].as_i64()), (400, Some(131_053)));

    let (_, answer) = upload(&stage, "image/jpeg", vec![1, 2, 3]).await;
    let id = answer["id"].as_str().unwrap();
    stage.opens_window(ANA).await;
    assert_eq!(stage.post(ANA, "image", json!({"id": id})).await.0, 200);
    stage.settle().await;
    stage.sim.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(
        stage.post(ANA, "image", json!({"id": id})).await.1["error"]["code"],
        100
    );
    assert_eq!(
        stage.graph(Method::GET, id, json!({})).await.1["error"]["error_subcode"],
        33
    );
}

#[tokio::test]
async fn old_bytes_make_room_and_the_rest_survives_an_export() {
    let stage = stage_with(SimConfig {
        max_media_bytes: 2_000,
        ..config()
    })
    .await;
    let mut ids = Vec::new();
    for n in 0..3_u8 {
        let (_, answer) = upload(&stage, "image/png", vec![n; 900]).await;
        ids.push(answer["id"].as_str().unwrap().to_owned());
    }
    let world = stage.sim.export();
    stage.sim.import(world).unwrap();
    for (at, (id, status)) in ids.iter().zip([404, 200, 200]).enumerate() {
        let (_, node) = stage.graph(Method::GET, id, json!({})).await;
        assert_eq!(node["file_size"], 900);
        let request = stage
            .http
            .get(local(&stage, &node["url"]))
            .bearer_auth(&stage.account.access_token);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{at}");
        if status == 200 {
            assert_eq!(
                answer.bytes().await.unwrap(),
                vec![u8::try_from(at).unwrap(); 900]
            );
        }
    }
}

#[tokio::test]
async fn people_send_files() {
    let stage = stage().await;
    let bytes = b"\xFF\xD8 not quite a picture".to_vec();
    let spec = json!({"phone_id": stage.account.phone_number_id, "from": ANA, "type": "document",
        "document": {"data": STANDARD.encode(&bytes), "mime_type": "application/zip", "filename": "a.zip"}});
    assert_eq!(stage.control(Method::POST, "inbound", spec).await.0, 200);
    stage
        .control(
            Method::POST,
            "inbound",
            json!({"phone_id": stage.account.phone_number_id, "from": ANA, "type": "audio"}),
        )
        .await;
    stage.settle().await;
    let wire: Vec<Value> = stage
        .values("messages")
        .iter()
        .map(|v| v["messages"][0].clone())
        .collect();
    let document = wire.iter().find(|m| m["type"] == "document").unwrap()["document"].clone();
    assert_eq!(
        (document["filename"].as_str(), document.get("data")),
        (Some("a.zip"), None)
    );
    use sha2::Digest;
    assert_eq!(document["sha256"], STANDARD.encode(sha2::Sha256::digest(&bytes)));
    let token = &stage.account.access_token;
    let got = stage
        .http
        .get(local(&stage, &document["url"]))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(got.bytes().await.unwrap(), bytes);
    let audio = wire.iter().find(|m| m["type"] == "audio").unwrap()["audio"].clone();
    assert_eq!(
        (audio["voice"].as_bool(), audio["mime_type"].as_str()),
        (Some(true), Some("audio/ogg; codecs=opus"))
    );
    // The phone page needs no token.
    let page = format!("{}_sim/media/{}", stage.base, audio["id"].as_str().unwrap());
    assert!(
        stage
            .http
            .get(page)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap()
            .starts_with(b"OggS")
    );
    let bad = json!({"phone_id": stage.account.phone_number_id, "from": ANA, "type": "image", "image": {"data": "***"}});
    assert_eq!(stage.control(Method::POST, "inbound", bad).await.0, 400);
}

fn shop() -> Route {
    let file = |mime: &'static str, bytes: &'static [u8]| {
        poem::endpoint::make_sync(move |_| Response::builder().content_type(mime).body(bytes))
    };
    let refuse =
        |status: StatusCode| poem::endpoint::make_sync(move |_| Response::builder().status(status).body(""));
    Route::new()
        .at("/ok.png", file("image/png", b"png"))
        .at("/text.png", file("text/html", b"<p>"))
        .at("/missing.png", refuse(StatusCode::NOT_FOUND))
        .at("/forbidden.png", refuse(StatusCode::FORBIDDEN))
        .at("/elsewhere.png", refuse(StatusCode::FOUND))
}

#[tokio::test]
async fn links_are_fetched_when_the_configuration_says_so() {
    let stage = stage_with(SimConfig {
        fetch_links: true,
        ..config()
    })
    .await;
    let shop = serve(shop()).await;
    stage.opens_window(ANA).await;
    for (path, details) in [
        ("ok.png", None),
        (
            "text.png",
            Some("Unsupported image mime type text/html. Please use one of the supported types."),
        ),
        (
            "missing.png",
            Some("Downloading media from weblink failed with http code 404, status message Not Found"),
        ),
        (
            "forbidden.png",
            Some("Downloading media from weblink failed with http code 403, status message Forbidden"),
        ),
        (
            "elsewhere.png",
            Some("Downloading media from weblink failed with http code 302, status message Found"),
        ),
    ] {
        stage.inbox.lock().unwrap().hooks.clear();
        let (_, sent) = stage
            .post(ANA, "image", json!({"link": format!("{shop}/{path}")}))
            .await;
        stage.settle().await;
        let errors: Vec<String> = stage
            .statuses()
            .iter()
            .flat_map(|s| &s.errors)
            .map(|e| e.details.clone().unwrap())
            .collect();
        assert_eq!(
            errors,
            details.map(str::to_owned).into_iter().collect::<Vec<_>>(),
            "{path}"
        );
        let expected: &[&str] = if details.is_none() {
            &["sent", "delivered", "read"]
        } else {
            &["failed"]
        };
        assert_eq!(stage.names_of(&sent), expected, "{path}");
    }
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped() {
    let stage = stage().await;
    let app = &stage.account.app_id;
    let refused = stage
        .graph(
            Method::POST,
            &format!("{app}/uploads?file_length=9&file_type=text/css"),
            json!({}),
        )
        .await;
    assert_eq!(refused.0, 400);
    let path = format!("{app}/uploads?file_name=a.png&file_length=9&file_type=image/png");
    let (_, opened) = stage.graph(Method::POST, &path, json!({})).await;
    let id = opened["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("upload:") && id.contains("?sig="), "{id}");
    let url = format!("{}v25.0/{id}", stage.base);
    let post = |offset: &str, bytes: &'static [u8]| {
        let token = format!("OAuth {}", stage.account.access_token);
        let request = stage
            .http
            .post(&url)
            .header("authorization", token)
            .header("file_offset", offset);
        async move {
            request
                .body(bytes)
                .send()
                .await
                .unwrap()
                .json::<Value>()
                .await
                .unwrap()
        }
    };
    assert_eq!(post("0", b"half").await["file_offset"], 4);
    assert_eq!(post("0", b"again").await["error"]["code"], 100);
    assert_eq!(stage.graph(Method::GET, &id, json!({})).await.1["file_offset"], 4);
    let done = post("4", b"ways.").await;
    assert!(
        done["h"].as_str().unwrap().starts_with("4::aW1hZ2UvcG5n:AR"),
        "{done}"
    );
    assert_eq!(stage.graph(Method::GET, &id, json!({})).await.0, 400);
}
