//! Nodes and edges: numbers, accounts, templates, subscriptions, media (Cloud API: WABA, phone numbers, templates).

use poem::http::StatusCode;
use poem::{Request, Response};
use serde_json::{Map, Value, json};

use super::{Call, Refusal, Reply, messages};
use crate::core::Core;
use crate::entities::{Phone, Subscription, Template, Waba};
use crate::provision::display;
use crate::sim::Simulator;
use crate::world::Media;

const MESSAGING: &str = "whatsapp_business_messaging";
const MANAGEMENT: &str = "whatsapp_business_management";

/// Finds the object, checks that the token may see it, and does what is asked.
pub fn route(core: &mut Core, call: &Call, app_id: Option<&str>) -> Reply {
    match find(core, call, app_id) {
        Ok(reply) => reply,
        Err(refusal) => Reply::Refused(refusal),
    }
}

fn find(core: &mut Core, call: &Call, app_id: Option<&str>) -> Result<Reply, Refusal> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let (id, edge) = match path.as_slice() {
        [] => return Err(Refusal::plain(400, 2500, "Unknown path components: /")),
        [id] => (*id, ""),
        [id, edge] => (*id, *edge),
        [_, rest @ ..] => {
            return Err(Refusal::plain(
                400,
                2500,
                format!("Unknown path components: /{}", rest.join("/")),
            ));
        }
    };
    let missing = || Refusal::missing(&call.method, id);
    if let Some(phone) = core.world.phones.get(id).cloned() {
        if !core.may_see(call, &phone.waba_id) {
            return Err(missing());
        }
        return of_phone(core, call, &phone, edge);
    }
    if let Some(waba) = core.world.wabas.get(id).cloned() {
        if !core.may_see(call, &waba.id) {
            return Err(missing());
        }
        need(core, call, MANAGEMENT)?;
        return of_waba(core, call, &waba, edge, app_id);
    }
    if let Some(template) = core.world.templates.get(id).cloned() {
        if !core.may_see(call, &template.waba_id) {
            return Err(missing());
        }
        need(core, call, MANAGEMENT)?;
        return match (call.method.as_str(), edge) {
            ("GET", "") => pick(
                call,
                "WhatsAppMessageTemplate",
                template_node(&template),
                TEMPLATE_FIELDS,
                &[],
            ),
            _ => Err(unknown_edge(edge, &call.method)),
        };
    }
    if let Some(media) = core.world.media.get(id).cloned() {
        return of_media(core, call, &media);
    }
    if id == "me" && edge.is_empty() {
        return Ok(Reply::Ok(
            json!({"id": app_id.unwrap_or("0"), "name": "Simulated system user"}),
        ));
    }
    Err(missing())
}

fn need(core: &Core, call: &Call, scope: &str) -> Result<(), Refusal> {
    if core.has_scope(call, scope) {
        return Ok(());
    }
    Err(Refusal::plain(
        403,
        200,
        format!("(#200) You do not have the necessary permissions: {scope} is missing"),
    ))
}

fn unknown_edge(edge: &str, method: &str) -> Refusal {
    if edge.is_empty() {
        return Refusal::plain(
            400,
            100,
            format!("Unsupported {} request.", method.to_lowercase()),
        );
    }
    Refusal::plain(400, 2500, format!("Unknown path components: /{edge}"))
}

fn of_phone(core: &mut Core, call: &Call, phone: &Phone, edge: &str) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("POST", "messages" | "marketing_messages") => {
            if !core.has_scope(call, MESSAGING) {
                return Err(Refusal::plain(
                    403,
                    200,
                    "(#200) You do not have the necessary permissions to send messages on behalf of this WhatsApp \
                     Business Account",
                ));
            }
            Ok(messages::post(core, call, &phone.id))
        }
        ("GET", "") => {
            need(core, call, MANAGEMENT)?;
            pick(
                call,
                "WhatsAppBusinessPhoneNumber",
                phone_node(core, phone),
                PHONE_FIELDS,
                PHONE_DEFAULT,
            )
        }
        ("POST", "") => configure_phone(core, call, phone),
        ("POST", "media") => upload(core, call, phone),
        _ => Err(unknown_edge(edge, &call.method)),
    }
}

/// `POST /{PNID}`: the callback of one number, or its PIN.
fn configure_phone(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    need(core, call, MANAGEMENT)?;
    let body = call
        .body
        .as_ref()
        .map_err(|e| Refusal::parameter(format!("Invalid JSON in the request body: {e}")))?;
    if let Some(pin) = body.get("pin") {
        let right = pin
            .as_str()
            .is_some_and(|p| p.len() == 6 && p.bytes().all(|b| b.is_ascii_digit()));
        return if right {
            Ok(Reply::Ok(json!({"success": true})))
        } else {
            Err(Refusal::parameter("Param pin must be 6 digits."))
        };
    }
    let Some(hook) = body.get("webhook_configuration") else {
        return Err(Refusal::parameter(
            "The parameter webhook_configuration is required.",
        ));
    };
    let text = |key: &str| {
        hook.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let url = text("override_callback_uri");
    let id = phone.id.clone();
    if url.is_empty() {
        if let Some(phone) = core.world.phones.get_mut(&id) {
            phone.override_callback_uri = None;
        }
        return Ok(Reply::Ok(json!({"success": true})));
    }
    callback_shape(&url)?;
    let stored = url.clone();
    Ok(Reply::Handshake {
        url,
        verify_token: text("verify_token"),
        commit: Box::new(move |core| {
            if let Some(phone) = core.world.phones.get_mut(&id) {
                phone.override_callback_uri = Some(stored);
            }
            json!({"success": true})
        }),
    })
}

fn callback_shape(url: &str) -> Result<(), Refusal> {
    if url.chars().count() > 200 {
        return Err(Refusal::parameter(
            "Param override_callback_uri must be at most 200 characters long.",
        ));
    }
    if !url::Url::parse(url).is_ok_and(|u| matches!(u.scheme(), "http" | "https")) {
        return Err(Refusal::parameter(
            "Param override_callback_uri is not a valid URI.",
        ));
    }
    Ok(())
}

/// `POST /{PNID}/media`: the file itself is not kept.
fn upload(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let body = call
        .body
        .as_ref()
        .map_err(|e| Refusal::parameter(format!("Invalid JSON in the request body: {e}")))?;
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let Some(file) = body.get("file") else {
        return Err(Refusal::parameter("The parameter file is required."));
    };
    let mime = body
        .get("type")
        .or_else(|| file.get("mime_type"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let known = [
        "audio/",
        "image/jpeg",
        "image/png",
        "image/webp",
        "video/mp4",
        "video/3gp",
        "text/plain",
        "application/",
    ];
    if !known.iter().any(|k| mime.starts_with(k)) {
        return Err(Refusal::invalid(format!(
            "Param file must be a file with one of the following types: audio/aac, audio/mp4, audio/mpeg, audio/amr, \
             audio/ogg, application/pdf, text/plain, image/jpeg, image/png, video/mp4, video/3gpp, image/webp. Received \
             file of type '{mime}'."
        )));
    }
    let id = core.world.id(55);
    let expires_at = core.now() + 30 * 86_400_000;
    core.keep_media(Media {
        id: id.clone(),
        phone_id: phone.id.clone(),
        mime_type: mime,
        expires_at,
    });
    Ok(Reply::Ok(json!({"id": id})))
}

fn of_media(core: &mut Core, call: &Call, media: &Media) -> Result<Reply, Refusal> {
    let missing = || Refusal::missing(&call.method, &media.id);
    let waba = core
        .world
        .phones
        .get(&media.phone_id)
        .map(|p| p.waba_id.clone())
        .unwrap_or_default();
    let foreign = call
        .query
        .get("phone_number_id")
        .is_some_and(|id| *id != media.phone_id);
    if foreign || media.expires_at <= core.now() || !core.may_see(call, &waba) {
        return Err(missing());
    }
    match call.method.as_str() {
        "GET" => Ok(Reply::Ok(json!({
            "messaging_product": "whatsapp",
            "url": format!("{}/_media/{}", core.config.public_url, media.id),
            "mime_type": media.mime_type,
            "sha256": crate::media::sha256_base64(&media.mime_type),
            "file_size": crate::media::bytes(&media.mime_type).len(),
            "id": media.id,
        }))),
        "DELETE" => {
            core.world.media.remove(&media.id);
            Ok(Reply::Ok(json!({"success": true})))
        }
        _ => Err(unknown_edge("", &call.method)),
    }
}

/// `GET /_media/{id}` with the bearer token.
pub fn download(simulator: &Simulator, req: &Request) -> Response {
    let core = simulator.lock();
    let token = req
        .header("authorization")
        .and_then(|h| h.split_once(' '))
        .map(|(_, t)| t.trim().to_owned());
    let known = token.is_some_and(|t| core.world.tokens.contains_key(&t) || !core.config.strict_tokens);
    if !known {
        return Response::builder().status(StatusCode::UNAUTHORIZED).body("");
    }
    let id = req.raw_path_param("id").unwrap_or_default();
    match core.world.media.get(id).filter(|m| m.expires_at > core.now()) {
        Some(media) => Response::builder()
            .content_type(&media.mime_type)
            .body(crate::media::bytes(&media.mime_type)),
        None => Response::builder().status(StatusCode::NOT_FOUND).body(""),
    }
}

const PHONE_FIELDS: &[&str] = &[
    "id",
    "display_phone_number",
    "verified_name",
    "country_code",
    "country_dial_code",
    "quality_rating",
    "quality_score",
    "status",
    "code_verification_status",
    "name_status",
    "new_name_status",
    "platform_type",
    "throughput",
    "account_mode",
    "is_official_business_account",
    "is_pin_enabled",
    "is_on_biz_app",
    "is_preverified_number",
    "messaging_limit_tier",
    "whatsapp_business_manager_messaging_limit",
    "webhook_configuration",
    "health_status",
    "last_onboarded_time",
    "certificate",
    "new_certificate",
    "new_display_name",
    "search_visibility",
    "username",
    "conversational_automation",
    "eligibility_for_api_business_global_search",
];
const PHONE_DEFAULT: &[&str] = &[
    "id",
    "verified_name",
    "display_phone_number",
    "quality_rating",
    "code_verification_status",
    "platform_type",
    "throughput",
    "webhook_configuration",
    "last_onboarded_time",
];

fn phone_node(core: &Core, phone: &Phone) -> Value {
    let shown = match phone.display_phone_number.as_str() {
        "" => display(&phone.digits),
        given => given.to_owned(),
    };
    let mut hooks = Map::new();
    if let Some(url) = &phone.override_callback_uri {
        hooks.insert("phone_number".into(), json!(url));
    }
    let waba = core.world.wabas.get(&phone.waba_id);
    if let Some(app) = waba.and_then(|w| w.subscriptions.iter().next()) {
        if let Some(url) = &app.1.override_callback_uri {
            hooks.insert("whatsapp_business_account".into(), json!(url));
        }
        if let Some(app) = core.world.apps.get(app.0).filter(|a| !a.callback_url.is_empty()) {
            hooks.insert("application".into(), json!(app.callback_url));
        }
    }
    let tier = waba
        .and_then(|w| w.portfolio_id.as_ref())
        .and_then(|id| core.world.portfolios.get(id))
        .map_or("TIER_UNLIMITED", |p| p.limit_tier.as_str());
    let high = phone.throughput_mps.unwrap_or(core.config.mps_default) > 80;
    let usable = phone.status == "CONNECTED";
    json!({
        "id": phone.id,
        "display_phone_number": shown,
        "verified_name": phone.verified_name,
        "quality_rating": phone.quality_rating,
        "quality_score": {"score": phone.quality_rating},
        "status": phone.status,
        "code_verification_status": "VERIFIED",
        "name_status": "APPROVED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": if high { "HIGH" } else { "STANDARD" }},
        "account_mode": if phone.is_test { "SANDBOX" } else { "LIVE" },
        "is_official_business_account": false,
        "is_pin_enabled": true,
        "is_on_biz_app": false,
        "is_preverified_number": false,
        "messaging_limit_tier": tier,
        "whatsapp_business_manager_messaging_limit": tier,
        "webhook_configuration": hooks,
        "last_onboarded_time": "2026-03-04T10:20:30+0000",
        "health_status": {"can_send_message": if usable { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{"entity_type": "PHONE_NUMBER", "id": phone.id,
                          "can_send_message": if usable { "AVAILABLE" } else { "BLOCKED" }}]},
    })
}

const WABA_FIELDS: &[&str] = &[
    "id",
    "name",
    "currency",
    "timezone_id",
    "message_template_namespace",
    "account_review_status",
    "country",
    "status",
    "business_verification_status",
    "ownership_type",
    "health_status",
    "owner_business_info",
    "on_behalf_of_business_info",
    "primary_funding_id",
    "purchase_order_number",
    "marketing_messages_lite_api_status",
    "is_enabled_for_insights",
    "marketing_messages_onboarding_status",
    "auth_international_rate_eligibility",
    "primary_business_location",
];
const WABA_DEFAULT: &[&str] = &[
    "id",
    "name",
    "currency",
    "timezone_id",
    "message_template_namespace",
];

fn waba_node(waba: &Waba) -> Value {
    json!({
        "id": waba.id,
        "name": waba.name,
        "currency": waba.currency,
        "timezone_id": waba.timezone_id,
        "message_template_namespace": format!("sim_{}", waba.id),
        "account_review_status": waba.account_review_status,
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "status": "ACTIVE",
        "health_status": {"can_send_message": if waba.restricted.is_none() { "AVAILABLE" } else { "BLOCKED" },
            "entities": [{"entity_type": "WABA", "id": waba.id, "can_send_message": "AVAILABLE"}]},
    })
}

fn of_waba(
    core: &mut Core,
    call: &Call,
    waba: &Waba,
    edge: &str,
    app_id: Option<&str>,
) -> Result<Reply, Refusal> {
    match (call.method.as_str(), edge) {
        ("GET", "") => pick(
            call,
            "WhatsAppBusinessAccount",
            waba_node(waba),
            WABA_FIELDS,
            WABA_DEFAULT,
        ),
        ("GET", "phone_numbers") => {
            let rows: Vec<Value> = core
                .world
                .phones
                .values()
                .filter(|p| p.waba_id == waba.id)
                .map(|p| phone_node(core, p))
                .collect();
            page(
                core,
                call,
                rows,
                "WhatsAppBusinessPhoneNumber",
                PHONE_FIELDS,
                PHONE_DEFAULT,
            )
        }
        ("GET", "message_templates") => templates(core, call, waba),
        ("GET", "subscribed_apps") => {
            let rows: Vec<Value> = waba
                .subscriptions
                .iter()
                .map(|(id, subscription)| {
                    let name = core
                        .world
                        .apps
                        .get(id)
                        .map(|a| a.name.clone())
                        .unwrap_or_default();
                    let link = format!("https://www.facebook.com/games/?app_id={id}");
                    let mut row =
                        json!({"whatsapp_business_api_data": {"id": id, "name": name, "link": link}});
                    if let Some(url) = &subscription.override_callback_uri {
                        row["override_callback_uri"] = json!(url);
                    }
                    row
                })
                .collect();
            Ok(Reply::Ok(json!({"data": rows})))
        }
        ("POST", "subscribed_apps") => subscribe(core, call, waba, app_id),
        ("DELETE", "subscribed_apps") => {
            let app_id = app_of(app_id)?;
            if let Some(waba) = core.world.wabas.get_mut(&waba.id) {
                waba.subscriptions.remove(&app_id);
            }
            Ok(Reply::Ok(json!({"success": true})))
        }
        _ => Err(unknown_edge(edge, &call.method)),
    }
}

fn app_of(app_id: Option<&str>) -> Result<String, Refusal> {
    app_id.map(str::to_owned).ok_or_else(|| {
        Refusal::parameter("The access token belongs to no app: set app_id of the token in the simulator.")
    })
}

fn subscribe(core: &mut Core, call: &Call, waba: &Waba, app_id: Option<&str>) -> Result<Reply, Refusal> {
    let app_id = app_of(app_id)?;
    let waba_id = waba.id.clone();
    let Some(url) = call.field("override_callback_uri").filter(|u| !u.is_empty()) else {
        // A plain subscription takes an earlier override away.
        if let Some(waba) = core.world.wabas.get_mut(&waba_id) {
            waba.subscriptions.insert(app_id, Subscription::default());
        }
        return Ok(Reply::Ok(json!({"success": true})));
    };
    callback_shape(&url)?;
    let verify_token = call.field("verify_token").unwrap_or_default();
    let subscription = Subscription {
        override_callback_uri: Some(url.clone()),
        verify_token: Some(verify_token.clone()),
    };
    Ok(Reply::Handshake {
        url,
        verify_token,
        commit: Box::new(move |core| {
            if let Some(waba) = core.world.wabas.get_mut(&waba_id) {
                waba.subscriptions.insert(app_id, subscription);
            }
            json!({"success": true})
        }),
    })
}

const TEMPLATE_FIELDS: &[&str] = &[
    "id",
    "name",
    "language",
    "category",
    "sub_category",
    "status",
    "components",
    "parameter_format",
    "rejected_reason",
    "quality_score",
    "previous_category",
    "correct_category",
    "library_template_name",
    "message_send_ttl_seconds",
    "cta_url_link_tracking_opted_out",
    "degrees_of_freedom_spec",
    "health_status",
    "last_updated_time",
    "is_primary_device_delivery_only",
];
const TEMPLATE_DEFAULT: &[&str] = &[
    "id",
    "name",
    "language",
    "category",
    "status",
    "components",
    "parameter_format",
    "sub_category",
    "previous_category",
];

fn template_node(template: &Template) -> Value {
    json!({
        "id": template.id,
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "status": template.status,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "rejected_reason": template.rejected_reason,
        "quality_score": {"score": template.quality, "date": 1_790_000_000},
    })
}

fn templates(core: &Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let is = |key: &str, value: &str| {
        call.query
            .get(key)
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(value))
    };
    let rows: Vec<Value> = core
        .world
        .templates
        .values()
        .filter(|t| t.waba_id == waba.id)
        .filter(|t| call.query.get("name").is_none_or(|n| t.name.contains(n.as_str())))
        .filter(|t| is("status", &t.status) && is("category", &t.category) && is("language", &t.language))
        .map(template_node)
        .collect();
    let count = rows.len();
    let reply = page(
        core,
        call,
        rows,
        "WhatsAppMessageTemplate",
        TEMPLATE_FIELDS,
        TEMPLATE_DEFAULT,
    )?;
    match (reply, call.query.get("summary")) {
        (Reply::Ok(mut body), Some(_)) => {
            body["summary"] = json!({"total_count": count, "message_template_count": count, "message_template_limit": 6_000,
                                     "are_translations_complete": true});
            Ok(Reply::Ok(body))
        }
        (reply, _) => Ok(reply),
    }
}

/// The top-level names of `fields=a,b{c,d}`; an unknown one is an error.
fn fields(call: &Call, node: &str, known: &[&str]) -> Result<Option<Vec<String>>, Refusal> {
    let Some(text) = call.query.get("fields").filter(|f| !f.trim().is_empty()) else {
        return Ok(None);
    };
    let mut names: Vec<String> = vec![String::new()];
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            c if depth == 0 && !c.is_whitespace() => {
                if let Some(last) = names.last_mut() {
                    last.push(c);
                }
            }
            _ => {}
        }
    }
    names.retain(|n| !n.is_empty());
    for name in &names {
        // `name.limit(1)` asks for an edge in place.
        let plain = name.split('.').next().unwrap_or_default();
        if !known.contains(&plain) {
            return Err(Refusal::parameter(format!(
                "Tried accessing nonexisting field ({plain}) on node type ({node})"
            )));
        }
    }
    Ok(Some(names))
}

fn picked(node: Value, wanted: Option<&[String]>, default: &[&str]) -> Value {
    let Value::Object(object) = node else { return node };
    let keep = |key: &str| match wanted {
        Some(names) => key == "id" || names.iter().any(|n| n == key),
        None => default.is_empty() || default.contains(&key),
    };
    Value::Object(object.into_iter().filter(|(key, _)| keep(key)).collect())
}

fn pick(call: &Call, name: &str, node: Value, known: &[&str], default: &[&str]) -> Result<Reply, Refusal> {
    let wanted = fields(call, name, known)?;
    Ok(Reply::Ok(picked(node, wanted.as_deref(), default)))
}

/// A page of rows with opaque cursors; the end of the list has no `next`.
fn page(
    core: &Core,
    call: &Call,
    rows: Vec<Value>,
    name: &str,
    known: &[&str],
    default: &[&str],
) -> Result<Reply, Refusal> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let wanted = fields(call, name, known)?;
    let limit = match call.query.get("limit") {
        None => 25,
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n > 0 => n.min(1_000),
            _ => return Err(Refusal::parameter("Param limit must be a positive integer.")),
        },
    };
    let cursor = |at: usize| URL_SAFE_NO_PAD.encode(format!("sim:{at}"));
    let place = |text: &String| -> Option<usize> {
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?)
            .ok()?
            .strip_prefix("sim:")?
            .parse()
            .ok()
    };
    let bad = || Refusal::parameter("Invalid cursors values. Please make sure you provide a valid cursor.");
    let start = match (call.query.get("after"), call.query.get("before")) {
        (Some(text), _) if !text.is_empty() => place(text).ok_or_else(bad)? + 1,
        (_, Some(text)) if !text.is_empty() => place(text).ok_or_else(bad)?.saturating_sub(limit),
        _ => 0,
    };
    let total = rows.len();
    let data: Vec<Value> = rows
        .into_iter()
        .skip(start)
        .take(limit)
        .map(|row| picked(row, wanted.as_deref(), default))
        .collect();
    let mut body = json!({"data": data});
    if let Some(last) = data.len().checked_sub(1).map(|n| start + n) {
        let mut paging = json!({"cursors": {"before": cursor(start), "after": cursor(last)}});
        let path = format!(
            "{}/{}/{}",
            core.config.public_url,
            call.version,
            call.path.join("/")
        );
        if last + 1 < total {
            paging["next"] = json!(format!("{path}?limit={limit}&after={}", cursor(last)));
        }
        if start > 0 {
            paging["previous"] = json!(format!("{path}?limit={limit}&before={}", cursor(start)));
        }
        body["paging"] = paging;
    }
    Ok(Reply::Ok(body))
}
