//! The demo's templates: in the simulator's account from the start, filled from contacts.

use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::Api;

/// The picture of an order's header.
const PICTURE: &[u8] = include_bytes!("../../demo/order.png");

/// How often, every 100 ms, the demo looks whether the account's templates were read.
const LOOKS: usize = 30;

/// The templates of the coffee shop, each in WhatsApp's own form.
pub(super) fn of_the_shop() -> Vec<Value> {
    vec![
        order_shipped(
            "en",
            "Hi {{1}}, your order {{2}} has left our roastery. It arrives on {{3}}.",
            &["Ana", "A-77", "Monday"],
            ["Track parcel", "Change delivery"],
        ),
        order_shipped(
            "ar",
            "مرحباً {{1}}، غادر طلبك {{2}} محمصتنا وسيصل يوم {{3}}.",
            &["سارة", "A-77", "الاثنين"],
            ["تتبع الطرد", "تغيير موعد التسليم"],
        ),
        json!({"name": "tasting_reminder", "language": "en", "category": "UTILITY", "parameter_format": "NAMED", "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Your tasting"},
            {"type": "BODY", "text": "Hello {{first_name}}, we expect you on {{day}} at {{time}}. Ask for Maya at the counter.",
             "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Ana"},
                {"param_name": "day", "example": "Tuesday"}, {"param_name": "time", "example": "10:30"}]}},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "I will be there"},
                {"type": "QUICK_REPLY", "text": "Another day"}]}]}),
        json!({"name": "we_miss_you", "language": "en", "category": "MARKETING", "components": [
            {"type": "BODY", "text": "Hello {{1}}, it has been a while. Until Sunday your next bag of beans is {{2}} off: just enter the code.",
             "example": {"body_text": [["Ana", "15 %"]]}},
            {"type": "FOOTER", "text": "Reply STOP to get no more offers"},
            {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "text": "Copy offer code", "example": "BEANS15"},
                {"type": "URL", "text": "Choose beans", "url": "https://shop.example/beans"}]}]}),
        json!({"name": "account_code", "language": "en", "category": "AUTHENTICATION", "components": [
            {"type": "BODY", "text": "*{{1}}* is your verification code. For your security, do not share this code.",
             "add_security_recommendation": true, "example": {"body_text": [["123456"]]}},
            {"type": "FOOTER", "text": "This code expires in 10 minutes.", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code",
                "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp{{1}}",
                "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code_expiration_minutes=10&code=otp123456"]}]}]}),
    ]
}

/// The templates of the travel agency.
pub(super) fn of_the_agency() -> Vec<Value> {
    vec![
        json!({"name": "booking_confirmed", "language": "en", "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Booking {{1}}", "example": {"header_text": ["GX-1042"]}},
        {"type": "BODY", "text": "Dear {{1}}, your trip to {{2}} is confirmed. The documents follow by email.",
         "example": {"body_text": [["Lena", "Lisbon"]]}},
        {"type": "FOOTER", "text": "Globex Travel"},
        {"type": "BUTTONS", "buttons": [{"type": "PHONE_NUMBER", "text": "Call us", "phone_number": "+447700900666"},
            {"type": "QUICK_REPLY", "text": "I have a question"}]}]}),
    ]
}

fn order_shipped(language: &str, body: &str, sample: &[&str], buttons: [&str; 2]) -> Value {
    json!({"name": "order_shipped", "language": language, "category": "UTILITY", "components": [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
        {"type": "BODY", "text": body, "example": {"body_text": [sample]}},
        {"type": "FOOTER", "text": "Acme Coffee"},
        {"type": "BUTTONS", "buttons": [
            {"type": "URL", "text": buttons[0], "url": "https://shop.example/t/{{1}}", "example": ["https://shop.example/t/A-77"]},
            {"type": "QUICK_REPLY", "text": buttons[1]}]}]})
}

/// What the slots of a template are filled with; none for templates whose defaults do.
fn mapping(name: &str, language: &str, picture: &str) -> Option<Value> {
    let first_name = |fallback: &str| json!({"from": "contact", "field": "first_name", "fallback": fallback});
    match (name, language) {
        ("order_shipped", language) => {
            let fallback = if language == "ar" {
                "عميلنا العزيز"
            } else {
                "there"
            };
            Some(json!({
                "header_media": {"from": "fixed", "value": {"media_id": picture}},
                "body_1": first_name(fallback),
                "body_2": {"from": "contact", "field": "attribute:last_order"},
                "body_3": {"from": "ask"},
                "button_0": {"from": "contact", "field": "attribute:last_order"},
            }))
        }
        ("tasting_reminder", _) => Some(json!({"body_first_name": first_name("there")})),
        ("we_miss_you", _) => Some(json!({
            "body_1": first_name("there"),
            "body_2": {"from": "text", "text": "15 %"},
            "button_0": {"from": "text", "text": "BEANS15"},
        })),
        ("booking_confirmed", _) => Some(json!({"body_1": first_name("traveller")})),
        _ => None,
    }
}

/// Fills the business's templates from its contacts, once they were read from the account.
pub(super) async fn fill(api: &Api, templates: &[Value]) -> anyhow::Result<()> {
    let picture = upload(api).await?;
    if let Err(error) = api.call(Method::POST, "/templates/sync", json!({})).await {
        tracing::warn!(%error, "the demo's templates are read later");
    }
    for _ in 0..LOOKS {
        let page = api.call(Method::GET, "/templates?limit=100", Value::Null).await?;
        let known = page["items"].as_array().cloned().unwrap_or_default();
        let one = |wanted: &Value| {
            let is_it =
                |known: &&Value| known["name"] == wanted["name"] && known["language"] == wanted["language"];
            known.iter().find(is_it)
        };
        let Some(all) = templates.iter().map(one).collect::<Option<Vec<_>>>() else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        for template in all {
            let text = |key: &str| template[key].as_str().unwrap_or_default();
            if let Some(mapping) = mapping(text("name"), text("language"), &picture) {
                let path = format!("/templates/{}/mapping", text("id"));
                api.call(Method::PUT, &path, json!({ "mapping": mapping }))
                    .await?;
            }
        }
        return Ok(());
    }
    tracing::warn!("the demo's templates were not read in time, so they are not filled from contacts");
    Ok(())
}

async fn upload(api: &Api) -> anyhow::Result<String> {
    let request = api
        .http
        .post(format!("{}/media", api.base))
        .bearer_auth(api.key.expose_secret())
        .header("content-type", "image/png")
        .body(PICTURE);
    let response = request.send().await?;
    ensure!(
        response.status().is_success(),
        "the picture was answered {}",
        response.status()
    );
    let file: Value = response.json().await?;
    file["id"]
        .as_str()
        .map(str::to_owned)
        .context("the picture has no id")
}
