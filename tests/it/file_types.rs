//! File types, whatever a file is called: accepted types are sent under WhatsApp's name for them, others are refused at once.

use serde_json::{Value, json};
use testkit::{Answer, Tenant, TestApp, on_both_profiles};

const CUSTOMER: &str = "447700900124";
const PDF: &[u8] = b"%PDF-1.4\n%%EOF";
const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const MOV: &[u8] = b"\0\0\0\x14ftypqt  \0\0\0\0qt  ";
const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0";
const M4A: &[u8] = b"\0\0\0\x18ftypM4A \0\0\0\0isomiso2";

/// Sends an upload as a document and answers what reached WhatsApp: the document and the type of its file.
async fn arrived(app: &TestApp, tenant: &Tenant, message: Value) -> (Value, Value) {
    let mut body = json!({ "to": { "phone": format!("+{CUSTOMER}") } });
    body.as_object_mut()
        .unwrap()
        .extend(message.as_object().unwrap().clone());
    let sent = tenant.post("/messages", body).await.expect(202);
    app.settled().await;
    let sent = tenant
        .get(&format!("/messages/{}", sent["id"].as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(sent["status"], "read", "{sent}");
    let world = app.sim.export()["world"].clone();
    let told = app
        .http
        .get(format!(
            "{}/_sim/messages/{}",
            app.base,
            sent["wamid"].as_str().unwrap()
        ))
        .send()
        .await
        .unwrap();
    let content = Answer::read(told).await.expect(200)["content"].clone();
    let file = [&content, &content["header"]["document"]]
        .into_iter()
        .find(|file| file["id"].is_string())
        .unwrap()
        .clone();
    let kept = world["media"][file["id"].as_str().unwrap()]["mime_type"].clone();
    (file, kept)
}

async fn window(app: &TestApp, tenant: &Tenant) {
    tenant.customer_writes(CUSTOMER, "Hi");
    app.settled().await;
}

on_both_profiles! {
    async fn text_of_any_type_arrives_under_its_own_name(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            window(app, tenant).await;
        }
        for (tenant, name, mime, bytes) in [
            (&app.acme, "a.csv", "text/csv", b"a,b\n1,2".as_slice()),
            (&app.acme, "Preise.txt", "text/plain", b"Gr\xf6\xdfe 3 EUR\r\n"),
            (&app.globex, "mail.txt", "text/plain", b"<p>Dear</p> customer"),
            (&app.globex, "page.html", "text/html", b"<!DOCTYPE html><p>Hi</p>"),
            (&app.acme, "a.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n"),
            (&app.acme, "a.vcf", "text/x-vcard", b"BEGIN:VCARD\r\n"),
            (&app.acme, "a.svg", "image/svg+xml", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            (&app.acme, "a.json", "application/json", b"{\"a\":1}"),
        ] {
            let made = tenant.upload_as(&format!("?kind=document&file_name={name}"), mime, bytes).await.expect(201);
            let (document, kept) = arrived(app, tenant, json!({ "type": "document", "document": { "media_id": made["id"] } })).await;
            assert_eq!((&document["filename"], &kept), (&json!(name), &json!("text/plain")), "{mime}");
        }
    }

    async fn what_whatsapp_does_not_take_is_refused_before_the_202(app: &TestApp) {
        window(app, &app.acme).await;
        for (mime, bytes, advice) in [
            ("image/heic", HEIC, "image/jpeg"),
            ("image/gif", GIF, "image/jpeg"),
            ("video/quicktime", MOV, "video/mp4"),
            ("audio/x-wav", WAV, "audio/mpeg"),
            ("application/zip", ZIP, "PDF"),
            ("application/octet-stream", ZIP, "PDF"),
            ("application/octet-stream", b"\0\x01\x02", "PDF"),
        ] {
            for query in ["", "?kind=document"] {
                let answer = app.acme.upload_as(query, mime, bytes).await;
                assert_eq!((answer.status, answer.code()), (422, "media_type"), "{mime}{query}");
                let told = answer.json["errors"][0]["message"].as_str().unwrap();
                assert!(told.contains(advice) && !told.contains("send it as a document"), "{told}");
            }
        }
        assert_eq!(app.acme.all("/media").await, [] as [Value; 0]);
        // The same for a received file that is forwarded, in every part of a message that takes a file.
        let spec = json!({ "phone_id": app.acme.phone_id, "from": CUSTOMER, "type": "document",
            "document": { "data": "UEsDBBQAAAAIAAAA", "mime_type": "application/zip", "filename": "a.zip" } });
        let wamid = app.sim.inbound(&spec).unwrap();
        app.settled().await;
        let got = app.acme.get(&format!("/messages?wamid={wamid}")).await.expect(200)["items"][0]["media"].clone();
        let document = json!({ "media_id": got["id"] });
        let header = json!({ "type": "header", "parameters": [{ "type": "document", "document": document }] });
        for message in [
            json!({ "type": "document", "document": document }),
            json!({ "type": "interactive", "interactive": { "type": "button", "header": { "type": "document", "document": document },
                "body": { "text": "x" }, "action": { "buttons": [{ "type": "reply", "reply": { "id": "1", "title": "x" } }] } } }),
            json!({ "type": "template", "template": { "name": "t", "language": { "code": "en" }, "components": [header] } }),
        ] {
            let mut body = json!({ "to": { "phone": format!("+{CUSTOMER}") } });
            body.as_object_mut().unwrap().extend(message.as_object().unwrap().clone());
            let answer = app.acme.post("/messages", body).await;
            assert_eq!((answer.status, answer.code()), (422, "media_type"), "{}", answer.json);
        }
        // Sound that is no Opus cannot be a voice message.
        let sound = app.acme.upload("audio/x-m4a", M4A).await.expect(201);
        assert_eq!((&sound["kind"], &sound["mime"]), (&json!("audio"), &json!("audio/mp4")));
        let voice = json!({ "to": { "phone": format!("+{CUSTOMER}") }, "type": "audio", "audio": { "media_id": sound["id"], "voice": true } });
        assert_eq!(app.acme.post("/messages", voice).await.code(), "media_type");
        // A sticker that was not uploaded as one may stand still, so it has a still one's limit.
        let mut still = b"RIFF\x24\0\0\0WEBPVP8 ".to_vec();
        still.resize((100 << 10) + 1, 7);
        let webp = app.acme.upload_as("?kind=document", "image/webp", &still).await.expect(201);
        let sticker = json!({ "to": { "phone": format!("+{CUSTOMER}") }, "type": "sticker", "sticker": { "media_id": webp["id"] } });
        assert_eq!(app.acme.post("/messages", sticker).await.code(), "media_type");
        // Nor is a picture larger as a document than its upload may be.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.resize((5 << 20) + 1, 7);
        let large = app.acme.upload_as("?kind=document", "image/png", &png).await;
        assert_eq!((large.status, large.code()), (413, "too_large"));
        assert_eq!(app.sim.ledger().accepted_total, 0);
    }

    async fn a_document_carries_the_name_of_its_file(app: &TestApp) {
        window(app, &app.acme).await;
        let made = app.acme.upload_as("?file_name=Invoice%2042.pdf", "application/pdf", PDF).await.expect(201);
        let id = &made["id"];
        let button = |document: Value| json!({ "type": "interactive", "interactive": { "type": "button",
            "header": { "type": "document", "document": document }, "body": { "text": "x" },
            "action": { "buttons": [{ "type": "reply", "reply": { "id": "1", "title": "x" } }] } } });
        for (message, name) in [
            (json!({ "type": "document", "document": { "media_id": id } }), "Invoice 42.pdf"),
            (json!({ "type": "document", "document": { "media_id": id, "filename": "" } }), "Invoice 42.pdf"),
            (json!({ "type": "document", "document": { "media_id": id, "filename": "Yours.pdf" } }), "Yours.pdf"),
            (button(json!({ "media_id": id })), "Invoice 42.pdf"),
        ] {
            let (document, _) = arrived(app, &app.acme, message).await;
            assert_eq!(document["filename"], name, "{document}");
        }
        // After a month it is uploaded again and still has its name.
        app.clock.advance(chrono::TimeDelta::days(30));
        window(app, &app.acme).await;
        let (document, _) = arrived(app, &app.acme, json!({ "type": "document", "document": { "media_id": id } })).await;
        assert_eq!(document["filename"], "Invoice 42.pdf");
        // A name that is too long keeps its ending.
        let file = reqwest::multipart::Part::bytes(PDF.to_vec()).file_name(format!("{}.pdf", "é".repeat(300))).mime_str("application/pdf").unwrap();
        let form = reqwest::multipart::Form::new().part("file", file);
        let request = app.http.post(format!("{}/api/v1/media", app.base)).bearer_auth(&app.acme.key).multipart(form);
        let long = Answer::read(request.send().await.unwrap()).await.expect(201);
        let (document, _) = arrived(app, &app.acme, json!({ "type": "document", "document": { "media_id": long["id"] } })).await;
        let name = document["filename"].as_str().unwrap();
        assert_eq!((name.chars().count(), name.ends_with("é.pdf")), (255, true));
    }

    async fn a_file_of_json_is_a_file_and_a_link_is_a_link(app: &TestApp) {
        let long = format!("[{}1]", "1,".repeat(20_000));
        for (query, body) in [
            ("?kind=document&file_name=a.json", "{\"a\":1}"),
            ("?file_name=a.json", "{\"link\":\"https://x.example/\"}"),
            ("?file_name=A.JSON", "{\"link\":7}"),
            ("?kind=document", "[1,2]"),
            ("?file_name=a.geojson", "{\"type\":\"Feature\"}"),
            ("?file_name=broken.json", "{\"a\":"),
            ("?file_name=long.json", &long),
        ] {
            let made = app.acme.upload_as(query, "application/json", body.as_bytes()).await.expect(201);
            assert_eq!((&made["mime"], &made["kind"], made["size"].as_u64()), (&json!("application/json"), &json!("document"), Some(body.len() as u64)), "{query}");
        }
        // Nothing says that these are files.
        for (body, status) in [("{\"a\":1}", 422), ("{\"link\":", 400), (&long, 413)] {
            assert_eq!(app.acme.upload("application/json", body.as_bytes()).await.status, status, "{}", &body[..9.min(body.len())]);
        }
        let refused = app.acme.post("/media?kind=document", json!({ "link": "http://169.254.169.254/" })).await;
        assert_eq!((refused.status, refused.code()), (422, "link_refused"));
        assert_eq!(app.globex.all("/media").await, [] as [Value; 0]);
    }
}
