//! Tokens: code exchange, app tokens, inspection; and an app's own webhook subscription
//! (Cloud API: Embedded Signup and tokens; webhook subscription).

use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::nodes::unknown_edge;
use super::phone::callback_shape;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::{App, Token};

/// A code of Embedded Signup is good for 30 seconds, once.
pub(crate) const CODE_MS: i64 = 30_000;
/// Codes remembered.
const MAX_CODES: usize = 10_000;
/// Tokens kept.
const MAX_TOKENS: usize = 20_000;
const SCOPES: [&str; 2] = ["whatsapp_business_management", "whatsapp_business_messaging"];

/// A code for a customer's consent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The app it was given to.
    pub app_id: String,
    /// Accounts the customer shared.
    pub wabas: BTreeSet<String>,
    /// Virtual Unix ms.
    pub expires_at: i64,
    /// Whether it was exchanged.
    pub used: bool,
}

/// `GET` and `POST /oauth/access_token`: no token is needed, the app's secret is.
pub(super) fn access_token(core: &mut Core, call: &Call) -> Result<Reply, Refusal> {
    let field = |key: &str| call.field(key).filter(|v| !v.is_empty());
    let required =
        |key: &str| field(key).ok_or_else(|| Refusal::parameter(format!("The parameter {key} is required.")));
    let app_id = required("client_id")?;
    let Some(app) = core.world.apps.get(&app_id).cloned() else {
        return Err(Refusal::plain(
            400,
            101,
            "Error validating application. Invalid application ID.",
        ));
    };
    if required("client_secret")? != app.secret {
        return Err(Refusal::plain(400, 1, "Error validating client secret."));
    }
    if field("grant_type").as_deref() == Some("client_credentials") {
        let token = format!("{app_id}|{}", app.secret);
        return Ok(Reply::Ok(json!({"access_token": token, "token_type": "bearer"})));
    }
    let wanted = required("code")?;
    let now = core.now();
    let Some(code) = core.world.codes.get_mut(&wanted).filter(|c| c.app_id == app_id) else {
        return Err(Refusal::plain(400, 100, "Invalid verification code format."));
    };
    if code.used {
        return Err(Refusal::plain(400, 100, "This authorization code has been used.").subcode(36_009));
    }
    if code.expires_at <= now {
        return Err(Refusal::plain(400, 100, "This authorization code has expired.").subcode(36_007));
    }
    code.used = true;
    let assets = code.wabas.clone();
    if core.world.tokens.len() >= MAX_TOKENS {
        return Err(Refusal::plain(
            400,
            1,
            "There are as many tokens as the simulator keeps.",
        ));
    }
    let value = crate::ids::token(&mut core.world.dice);
    let ttl = core.config.token_ttl_s;
    let token = Token {
        value: value.clone(),
        app_id: Some(app_id),
        assets,
        scopes: SCOPES.iter().map(|s| (*s).to_owned()).collect(),
        expires_at: ttl.map(|ttl| now / 1_000 + i64::try_from(ttl).unwrap_or(i64::MAX / 4)),
        issued_at: now / 1_000,
        revoked: false,
    };
    core.world.tokens.insert(value.clone(), token);
    let mut body = json!({"access_token": value, "token_type": "bearer"});
    if let Some(ttl) = ttl {
        body["expires_in"] = json!(ttl);
    }
    Ok(Reply::Ok(body))
}

/// `GET /debug_token?input_token=…`, asked with the app's token or another token of the same app.
pub(super) fn debug_token(core: &Core, call: &Call, app_id: Option<&str>) -> Result<Reply, Refusal> {
    let asked = call.query.get("input_token").filter(|t| !t.is_empty());
    let asked = asked.ok_or_else(|| Refusal::parameter("You must provide an input token"))?;
    let Some(app) = app_id.and_then(|id| core.world.apps.get(id)) else {
        return Err(Refusal::plain(
            400,
            100,
            "(#100) You must provide an app access token, or a user access token that is an \
                                             owner or developer of the app",
        ));
    };
    let now = core.now() / 1_000;
    if *asked == format!("{}|{}", app.id, app.secret) {
        return Ok(Reply::Ok(
            json!({"data": {"app_id": app.id, "type": "APP", "application": app.name, "is_valid": true,
                                            "scopes": []}}),
        ));
    }
    let Some(token) = core.world.tokens.get(asked) else {
        return Ok(Reply::Ok(
            json!({"data": {"error": {"code": 190, "message": "Invalid OAuth access token."},
                                            "is_valid": false, "scopes": []}}),
        ));
    };
    if token.app_id.as_deref() != Some(app.id.as_str()) {
        return Err(Refusal::plain(
            400,
            100,
            "(#100) The App_id in the input_token did not match the Viewing App",
        ));
    }
    let valid = !token.revoked && token.expires_at.is_none_or(|e| e > now);
    let scopes: Vec<&str> = match token.scopes.is_empty() {
        true => SCOPES.to_vec(),
        false => token.scopes.iter().map(String::as_str).collect(),
    };
    let granular: Vec<Value> = scopes
        .iter()
        .map(|scope| match token.assets.is_empty() {
            true => json!({"scope": scope}),
            false => json!({"scope": scope, "target_ids": token.assets}),
        })
        .collect();
    Ok(Reply::Ok(json!({"data": {
        "app_id": app.id, "type": "SYSTEM_USER", "application": app.name,
        "expires_at": token.expires_at.unwrap_or(0), "data_access_expires_at": 0, "is_valid": valid,
        "issued_at": token.issued_at, "scopes": scopes, "granular_scopes": granular, "user_id": "100000000000001",
    }})))
}

/// The app itself: name, webhook subscription, uploads.
pub(super) fn of_app(core: &mut Core, call: &Call, app: &App, edge: &str) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("GET", "") => Ok(Reply::Ok(json!({"id": app.id, "name": app.name,
            "link": format!("https://www.facebook.com/games/?app_id={}", app.id)}))),
        ("POST", "uploads") => super::upload::open(core, call, &app.id),
        ("GET", "subscriptions") => {
            let fields: Vec<Value> = app
                .fields
                .iter()
                .map(|(name, version)| json!({"name": name, "version": version}))
                .collect();
            let rows = match app.callback_url.is_empty() {
                true => json!([]),
                false => {
                    json!([{"object": "whatsapp_business_account", "callback_url": app.callback_url, "active": true,
                                 "fields": fields}])
                }
            };
            Ok(Reply::Ok(json!({"data": rows})))
        }
        ("POST", "subscriptions") => subscribe(call, app),
        ("DELETE", "subscriptions") => {
            if let Some(app) = core.world.apps.get_mut(&app.id) {
                app.callback_url.clear();
                app.fields.clear();
            }
            Ok(Reply::Ok(json!({"success": true})))
        }
        (method, edge) => Err(unknown_edge(edge, method)),
    }
}

/// With the app's own token only; the callback answers the handshake first.
fn subscribe(call: &Call, app: &App) -> Result<Reply, Refusal> {
    let own = call
        .token
        .as_ref()
        .is_some_and(|t| t.expose_secret() == format!("{}|{}", app.id, app.secret));
    if !own {
        return Err(Refusal::plain(
            400,
            15,
            "(#15) This method must be called with an app access_token.",
        ));
    }
    if call.field("object").as_deref() != Some("whatsapp_business_account") {
        return Err(Refusal::parameter(
            "Param object must be whatsapp_business_account.",
        ));
    }
    let url = call.field("callback_url").unwrap_or_default();
    callback_shape(&url)?;
    let version = call.version.clone();
    let fields: BTreeMap<String, String> = call
        .field("fields")
        .unwrap_or_default()
        .split(',')
        .map(|f| f.trim().trim_matches(['[', ']', '"']).to_owned())
        .filter(|f| !f.is_empty())
        .map(|f| (f, version.clone()))
        .collect();
    let (id, verify_token) = (app.id.clone(), call.field("verify_token").unwrap_or_default());
    let stored = (url.clone(), verify_token.clone());
    Ok(Reply::Handshake {
        url,
        verify_token,
        commit: Box::new(move |core| {
            if let Some(app) = core.world.apps.get_mut(&id) {
                (app.callback_url, app.verify_token) = stored;
                app.fields.extend(fields);
            }
            json!({"success": true})
        }),
    })
}

impl Core {
    /// A code for these accounts.
    pub fn make_code(&mut self, app_id: &str, wabas: BTreeSet<String>) -> String {
        let value = format!("AQD{}", crate::ids::hex_id(&mut self.world.dice));
        let now = self.now();
        if self.world.codes.len() >= MAX_CODES {
            self.world.codes.retain(|_, c| c.expires_at > now);
        }
        let code = Code {
            app_id: app_id.to_owned(),
            wabas,
            expires_at: now + CODE_MS,
            used: false,
        };
        self.world.codes.insert(value.clone(), code);
        value
    }

    /// The app of an app token, `{id}|{secret}`.
    pub fn app_of_token(&self, value: &str) -> Option<&App> {
        let (id, secret) = value.split_once('|')?;
        self.world.apps.get(id).filter(|a| a.secret == secret)
    }
}
