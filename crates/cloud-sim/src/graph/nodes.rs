//! Nodes and edges: which object a path names, whether the token may access it, and which handler serves it.

use serde_json::json;

use super::list::pick;
use super::phone::of_phone;
use super::template_node::{TEMPLATE_FIELDS, template_node};
use super::waba::{of_portfolio, of_waba};
use super::{
    Call, Refusal, Reply, business, flows, media, oauth, template_archive, template_library, templates,
    upload,
};
use crate::core::Core;

pub(super) const MANAGEMENT: &str = "whatsapp_business_management";

/// Finds the object, checks that the token may access it, and serves the request.
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
        [id, "message_qrdls", code] if core.world.phones.contains_key(*id) => {
            let phone = core.world.phones.get(*id).cloned().unwrap_or_default();
            if !core.may_see(call, &phone.waba_id) {
                return Err(Refusal::missing(&call.method, id));
            }
            return business::of_code(core, call, &phone, code);
        }
        [id, "message_templates", verb] if core.world.wabas.contains_key(*id) => {
            let waba = core.world.wabas.get(*id).cloned().unwrap_or_default();
            if !core.may_see(call, &waba.id) {
                return Err(Refusal::missing(&call.method, id));
            }
            need(core, call, MANAGEMENT)?;
            // Some clients read a template through its account.
            let template = core.world.templates.get(*verb).filter(|t| t.waba_id == waba.id);
            return match template.filter(|_| call.method == "GET") {
                Some(template) => pick(
                    call,
                    "WhatsAppMessageTemplate",
                    template_node(template),
                    TEMPLATE_FIELDS,
                    &[],
                ),
                None => template_archive::move_templates(core, call, &waba, verb),
            };
        }
        [_, rest @ ..] => {
            return Err(Refusal::plain(
                400,
                2500,
                format!("Unknown path components: /{}", rest.join("/")),
            ));
        }
    };
    let missing = || Refusal::missing(&call.method, id);
    if call.method == "POST" && matches!(edge, "messages" | "marketing_messages") {
        // The hot path: the number is not copied.
        let phone = core.world.phones.get(id).ok_or_else(missing)?;
        if !core.may_see(call, &phone.waba_id) {
            return Err(missing());
        }
        return super::phone::send(core, call, id, edge);
    }
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
            _ => templates::of_template(core, call, &template, edge),
        };
    }
    if let Some(flow) = core.world.flows.get(id).cloned() {
        if !core.may_see(call, &flow.waba_id) {
            return Err(missing());
        }
        need(core, call, MANAGEMENT)?;
        return flows::of_flow(core, call, &flow, edge);
    }
    if core.world.portfolios.contains_key(id) && call.method == "GET" {
        return of_portfolio(core, call, id, edge);
    }
    if let Some(media) = core.world.media.get(id).cloned() {
        return media::of_media(core, call, &media);
    }
    if id.starts_with("upload:") && edge.is_empty() {
        return upload::continue_with(core, call, id);
    }
    if let Some(app) = core.world.apps.get(id).cloned() {
        if app_id != Some(id) {
            return Err(missing());
        }
        return oauth::of_app(core, call, &app, edge);
    }
    if id == "debug_token" && edge.is_empty() && call.method == "GET" {
        return oauth::debug_token(core, call, app_id);
    }
    if id == "message_template_library" && edge.is_empty() && call.method == "GET" {
        return Ok(template_library::list(call));
    }
    // The app that the token was made for.
    if id == "app" && edge.is_empty() && call.method == "GET" {
        let app = app_id.and_then(|id| core.world.apps.get(id)).cloned();
        return oauth::of_app(core, call, &app.ok_or_else(missing)?, "");
    }
    if id == "me" && edge.is_empty() {
        return Ok(Reply::Ok(
            json!({"id": app_id.unwrap_or("0"), "name": "Simulated system user"}),
        ));
    }
    Err(missing())
}

pub(super) fn need(core: &Core, call: &Call, scope: &str) -> Result<(), Refusal> {
    if core.has_scope(call, scope) {
        return Ok(());
    }
    Err(Refusal::plain(
        403,
        200,
        format!("(#200) You do not have the necessary permissions: {scope} is missing"),
    ))
}

pub(super) fn unknown_edge(edge: &str, method: &str) -> Refusal {
    if edge.is_empty() {
        return Refusal::plain(
            400,
            100,
            format!("Unsupported {} request.", method.to_lowercase()),
        );
    }
    Refusal::plain(400, 2500, format!("Unknown path components: /{edge}"))
}
