//! One call that sets up everything a platform needs to talk to the simulator.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::Core;
use crate::entities::{App, Phone, Template, Token, Waba};
use crate::ids;
use crate::sim::ControlError;

/// What should exist; absent values are generated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provision {
    /// App id.
    pub app_id: Option<String>,
    /// App secret, the key of the signatures.
    pub app_secret: Option<String>,
    /// Verify token of the app's callback.
    pub verify_token: Option<String>,
    /// Where webhooks go. No handshake is made: the receiver may not be up yet.
    pub callback_url: Option<String>,
    /// Account id.
    pub waba_id: Option<String>,
    /// Name of the account.
    pub waba_name: Option<String>,
    /// Phone number id.
    pub phone_number_id: Option<String>,
    /// Number with its country code.
    pub phone_number: Option<String>,
    /// Name people see.
    pub verified_name: Option<String>,
    /// Access token.
    pub access_token: Option<String>,
    /// Approved templates of a new account, besides those that every account starts with, each as the body of a creation.
    pub templates: Vec<Value>,
}

/// What was set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provisioned {
    /// App id.
    pub app_id: String,
    /// App secret (of a simulated app: worth nothing elsewhere).
    pub app_secret: String,
    /// Verify token.
    pub verify_token: String,
    /// Account id.
    pub waba_id: String,
    /// Phone number id.
    pub phone_number_id: String,
    /// Formatted number.
    pub display_phone_number: String,
    /// Access token.
    pub access_token: String,
}

/// Creates what does not exist yet.
pub(crate) fn provision(core: &mut Core, wanted: &Provision) -> Result<Provisioned, ControlError> {
    let world = &mut core.world;
    let digits = match &wanted.phone_number {
        Some(number) => Some(
            cloud_api::Msisdn::parse(number)
                .map_err(|e| ControlError::invalid("phone_number", &e))?
                .as_str()
                .to_owned(),
        ),
        None => None,
    };

    let app_id = wanted.app_id.clone().unwrap_or_else(|| world.id(11));
    let made = ids::hex_id(&mut world.dice);
    let made_verify = ids::hex_id(&mut world.dice);
    let app = world.apps.entry(app_id.clone()).or_insert_with(|| App {
        id: app_id.clone(),
        name: "Simulated app".into(),
        secret: made,
        verify_token: made_verify,
        ..App::default()
    });
    set(&mut app.secret, &wanted.app_secret);
    set(&mut app.verify_token, &wanted.verify_token);
    set(&mut app.callback_url, &wanted.callback_url);
    let (app_secret, verify_token) = (app.secret.clone(), app.verify_token.clone());

    let waba_id = wanted.waba_id.clone().unwrap_or_else(|| world.id(22));
    let waba = world.wabas.entry(waba_id.clone()).or_insert_with(|| Waba {
        id: waba_id.clone(),
        ..Waba::default()
    });
    set(&mut waba.name, &wanted.waba_name);
    waba.subscriptions.entry(app_id.clone()).or_default();

    let phone_number_id = wanted.phone_number_id.clone().unwrap_or_else(|| world.id(33));
    let count = world.phones.len();
    let phone = world
        .phones
        .entry(phone_number_id.clone())
        .or_insert_with(|| Phone {
            id: phone_number_id.clone(),
            // 44 7700 900000 to 900999 is reserved for drama in the United Kingdom.
            digits: format!("447700900{:03}", 555 + count % 400),
            ..Phone::default()
        });
    phone.waba_id.clone_from(&waba_id);
    if let Some(digits) = digits {
        phone.digits = digits;
        phone.display_phone_number.clear();
    }
    set(&mut phone.verified_name, &wanted.verified_name);
    if phone.display_phone_number.is_empty() {
        phone.display_phone_number = display(&phone.digits);
    }
    let display_phone_number = phone.display_phone_number.clone();

    let access_token = wanted
        .access_token
        .clone()
        .unwrap_or_else(|| ids::token(&mut world.dice));
    let token = world.tokens.entry(access_token.clone()).or_insert_with(|| Token {
        value: access_token.clone(),
        ..Token::default()
    });
    token.app_id = Some(app_id.clone());
    token.assets.insert(waba_id.clone());

    if !world.templates.values().any(|t| t.waba_id == waba_id) {
        for (name, language, category, components) in samples() {
            let id = world.id(66);
            let template = Template {
                id: id.clone(),
                waba_id: waba_id.clone(),
                name: name.into(),
                language: language.into(),
                category: category.into(),
                components,
                ..Template::default()
            };
            world.templates.insert(id, template);
        }
        for wanted in &wanted.templates {
            let text = |key: &str| wanted[key].as_str().unwrap_or_default().to_owned();
            let id = world.id(66);
            let template = Template {
                id: id.clone(),
                waba_id: waba_id.clone(),
                name: text("name"),
                language: text("language"),
                category: text("category"),
                components: wanted["components"].as_array().cloned().unwrap_or_default(),
                parameter_format: match wanted["parameter_format"].as_str() {
                    Some(format) => format.to_owned(),
                    None => Template::default().parameter_format,
                },
                ..Template::default()
            };
            world.templates.insert(id, template);
        }
    }
    Ok(Provisioned {
        app_id,
        app_secret,
        verify_token,
        waba_id,
        phone_number_id,
        display_phone_number,
        access_token,
    })
}

fn set(field: &mut String, value: &Option<String>) {
    if let Some(value) = value {
        field.clone_from(value);
    }
}

/// `447700900555` → `+44 7700 900555`, in the way Meta shows numbers (approximately).
pub(crate) fn display(digits: &str) -> String {
    let country = ids::COUNTRIES
        .iter()
        .map(|(code, _)| *code)
        .find(|code| digits.starts_with(code))
        .unwrap_or("");
    let rest = &digits[country.len()..];
    let (first, second) = rest.split_at(rest.len().saturating_sub(6).min(rest.len()));
    let parts: Vec<&str> = [country, first, second]
        .into_iter()
        .filter(|p| !p.is_empty())
        .collect();
    format!("+{}", parts.join(" "))
}

/// Templates that every new account starts with.
fn samples() -> Vec<(&'static str, &'static str, &'static str, Vec<Value>)> {
    vec![
        (
            "hello_world",
            "en_US",
            "UTILITY",
            vec![
                json!({"type": "HEADER", "format": "TEXT", "text": "Hello World"}),
                json!({"type": "BODY", "text": "Welcome and congratulations! This message shows that your number can send."}),
                json!({"type": "FOOTER", "text": "Simulated WhatsApp"}),
            ],
        ),
        (
            "order_update",
            "en",
            "UTILITY",
            vec![
                json!({"type": "BODY", "text": "Hi {{1}}, your order {{2}} is on its way.",
                       "example": {"body_text": [["Ana", "A-77"]]}}),
                json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track",
                       "url": "https://shop.example/t/{{1}}", "example": ["A-77"]}]}),
            ],
        ),
        (
            "spring_offer",
            "en",
            "MARKETING",
            vec![
                json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}}),
                json!({"type": "BODY", "text": "Hello {{1}}, something new has arrived for you.",
                       "example": {"body_text": [["Ana"]]}}),
                json!({"type": "FOOTER", "text": "Reply STOP to opt out"}),
                json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Show me"},
                       {"type": "QUICK_REPLY", "text": "Stop"}]}),
            ],
        ),
        (
            "login_code",
            "en",
            "AUTHENTICATION",
            vec![
                json!({"type": "BODY", "text": "*{{1}}* is your verification code.",
                       "example": {"body_text": [["123456"]]}}),
                json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code",
                       "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                       "example": ["123456"]}]}),
            ],
        ),
    ]
}
