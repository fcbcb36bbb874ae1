//! `POST /{PNID}/messages` with its checks in a fixed order (Cloud API: simulator, messages).

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::refusal::HTML;
use super::{Answer, Call, Refusal, Reply, components, flows, marketing, shape};
use crate::core::Core;
use crate::entities::Template;
use crate::ledger;
use crate::magic::{self, Magic};
use crate::outcome::Accept;
use crate::people;
use crate::world::{Direction, Plan};

const DAY_MS: i64 = 86_400_000;

/// Bodies remembered that were answered with their one HTTP 500.
const MAX_FAILED_ONCE: usize = 10_000;

/// Handles a send or a read receipt.
/// `by_marketing_api`: by the Marketing Messages API.
pub fn post(core: &mut Core, call: &Call, phone_id: &str, by_marketing_api: bool) -> Reply {
    match send(core, call, phone_id, by_marketing_api) {
        Ok(reply) => reply,
        Err(refusal) => Reply::Refused(refusal),
    }
}

fn send(core: &mut Core, call: &Call, phone_id: &str, by_marketing_api: bool) -> Result<Reply, Refusal> {
    let body = call
        .body
        .as_ref()
        .map_err(|e| Refusal::parameter(format!("Invalid JSON in the request body: {e}")))?
        .as_object()
        .ok_or_else(|| Refusal::parameter("The request body must be a JSON object."))?;

    // 1. messaging_product
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    // 2. read receipts
    if !by_marketing_api && body.get("status").and_then(Value::as_str) == Some("read") {
        return read_receipt(core, body, phone_id);
    }
    // 3. the number and its account
    let Some(phone) = core.world.phones.get(phone_id) else {
        return Err(Refusal::missing("POST", phone_id));
    };
    let waba_id = phone.waba_id.clone();
    match phone.status.as_str() {
        "CONNECTED" => {}
        "MAINTENANCE" => return Err(Refusal::of(131_057, None)),
        _ => return Err(Refusal::of(133_010, None)),
    }
    if let Some(waba) = core.world.wabas.get(&waba_id) {
        if let Some(code) = waba.restricted {
            return Err(Refusal::of(code, None));
        }
        let template = body.get("type").and_then(Value::as_str) == Some("template");
        if core.is_restricted(waba, "RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
            || (template && core.is_restricted(waba, "RESTRICTED_BIZ_INITIATED_MESSAGING"))
        {
            return Err(Refusal::of(368, None));
        }
    }
    // 4. and 5. the recipient
    let (input, by_bsuid) = recipient(body)?;
    let digits = if by_bsuid {
        input.clone()
    } else {
        input.chars().filter(char::is_ascii_digit).collect()
    };
    let magic = magic::parse(&digits);
    if let Some(Magic::Refuse(code)) = magic {
        let mut refusal = Refusal::of(code, None);
        core.status_by_knob(&mut refusal);
        return Err(refusal);
    }
    // An unknown BSUID is refused; a magic one is created by the send.
    if by_bsuid && magic.is_none() && core.world.user(&input).is_none() {
        return Err(Refusal::missing("POST", &input));
    }
    if let Some(phone) = core.world.phones.get(phone_id) {
        // 6. oneself
        if digits == phone.digits {
            return Err(Refusal::of(131_021, None));
        }
        // 7. test numbers
        if phone.is_test && !phone.allowed.contains(&digits) {
            return Err(Refusal::of(131_030, None));
        }
    }
    // 8. and 9. speed
    if !core.take_throughput(phone_id) {
        core.ledger.tally.throttled(phone_id);
        return Err(core.rate_limited(130_429).subcode(2_494_055));
    }
    let user_id = people::find_or_create(&mut core.world, &core.config, &digits, None);
    if !core.take_pair(phone_id, &user_id) {
        return Err(core.rate_limited(131_056));
    }
    // 10. and 11. type and fields
    let (kind, content) = shape::check(body)?;
    if by_marketing_api {
        marketing::check_body(core, &waba_id, &kind, body)?;
    }
    if kind == "interactive" && content.get("type").and_then(Value::as_str) == Some("flow") {
        flows::check_send(core, &waba_id, &content)?;
    }
    if let Some(data) = body.get("biz_opaque_callback_data") {
        match data.as_str() {
            Some(text) if text.chars().count() <= 512 => {}
            Some(_) => {
                return Err(Refusal::parameter(
                    "Param biz_opaque_callback_data must be at most 512 characters long.",
                ));
            }
            None => {
                return Err(Refusal::parameter(
                    "Param biz_opaque_callback_data must be a string.",
                ));
            }
        }
    }
    // 12. media ids
    check_media(core, &kind, &content, phone_id)?;
    // 13. to 15. templates
    let template = match kind.as_str() {
        "template" => Some(checked_template(
            core,
            &waba_id,
            &content,
            by_bsuid,
            by_marketing_api,
        )?),
        _ => None,
    };
    // 16. refusals that are usually failed statuses
    let now = core.now();
    let payment_ok = core.world.wabas.get(&waba_id).is_none_or(|w| w.payment_ok);
    if core.config.sync_131042 && !payment_ok {
        return Err(Refusal::of(131_042, None));
    }
    if core.config.sync_131047
        && core.config.csw
        && kind != "template"
        && core.world.thread(phone_id, &user_id).csw_until <= now
    {
        return Err(Refusal::of(131_047, None));
    }

    let callback = body
        .get("biz_opaque_callback_data")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let mut plan = magic::plan(magic);
    if core.config.callback_overrides
        && let Some(text) = callback.as_deref().and_then(|c| c.strip_prefix("sim:"))
    {
        overrides(&mut plan, text);
    }
    match magic {
        Some(Magic::Behave(7)) if first_time(core, &call.digest) => return Err(Refusal::of(131_000, None)),
        Some(Magic::Behave(9)) => return Err(Refusal::plain(502, HTML, "")),
        _ => {}
    }
    let context = body
        .get("context")
        .and_then(|c| c.get("message_id"))
        .and_then(Value::as_str)
        .map(str::to_owned);
    let held = template
        .as_ref()
        .is_some_and(|(id, _)| core.takes_from_cohort(id));
    plan.held = held;
    plan.early |= core.world.dice.chance(core.config.p_early);
    let early = plan.early;
    let recipient_row = input.clone();
    let wamid = core.accept(Accept {
        phone_id: phone_id.to_owned(),
        user_id: user_id.clone(),
        by_bsuid,
        kind: kind.clone(),
        content,
        context,
        callback: callback.clone(),
        identity_hash: body
            .get("recipient_identity_key_hash")
            .and_then(Value::as_str)
            .map(str::to_owned),
        category: template.as_ref().map(|(_, category)| match by_marketing_api {
            true => "MARKETING_LITE".to_owned(),
            false => category.clone(),
        }),
        plan,
    });
    if let Some((id, _)) = &template {
        core.template_sent(id, phone_id, &wamid, held);
    }
    core.ledger.accept(ledger::Accepted {
        seq: 0,
        wamid: wamid.clone(),
        phone_id: phone_id.to_owned(),
        recipient: recipient_row,
        callback_data: callback,
        kind: kind.clone(),
        at: now,
        body_digest: call.digest.clone(),
    });
    let wa_id = core.world.users.get(&user_id).and_then(|u| u.wa_id.clone());
    let mut contact = json!({"input": input});
    match wa_id.filter(|_| !by_bsuid) {
        Some(wa_id) => contact["wa_id"] = json!(wa_id),
        None => contact["user_id"] = json!(user_id),
    }
    let mut message = json!({"id": wamid});
    if kind == "template" {
        message["message_status"] = json!(if held {
            "held_for_quality_assessment"
        } else {
            "accepted"
        });
    }
    let answer = match magic {
        _ if early => Answer::AfterStatus,
        Some(Magic::Behave(8)) => Answer::Hang,
        _ => Answer::Plain,
    };
    let body = json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]});
    Ok(Reply::Sent { body, wamid, answer })
}

fn recipient(body: &Map<String, Value>) -> Result<(String, bool), Refusal> {
    let text = |key: &str| match body.get(key) {
        Some(Value::String(s)) if !s.trim().is_empty() => Some(s.trim().to_owned()),
        // Numbers are taken, as Meta takes them.
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => None,
    };
    if body.get("recipient_type").and_then(Value::as_str) == Some("group") {
        return Err(Refusal::of(131_041, Some("Groups are not simulated.".into())));
    }
    // If both are there, `to` wins.
    if let Some(to) = text("to") {
        let bare = to.strip_prefix('+').unwrap_or(&to);
        let shaped = bare
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')'));
        let digits = bare.chars().filter(char::is_ascii_digit).count();
        if !shaped || !(7..=15).contains(&digits) || bare.starts_with("00") {
            return Err(Refusal::invalid("Parameter Invalid"));
        }
        return Ok((to, false));
    }
    match text("recipient") {
        Some(id) if cloud_api::Bsuid::parse(&id).is_ok() => Ok((id, true)),
        Some(_) => Err(Refusal::invalid("Parameter Invalid")),
        None => Err(Refusal::parameter("The parameter to is required.")),
    }
}

fn read_receipt(core: &mut Core, body: &Map<String, Value>, phone_id: &str) -> Result<Reply, Refusal> {
    let Some(wamid) = body.get("message_id").and_then(Value::as_str) else {
        return Err(Refusal::parameter("The parameter message_id is required."));
    };
    let now = core.now();
    let found = core
        .world
        .message(wamid)
        .filter(|m| m.direction == Direction::FromUser && m.phone_id == phone_id)
        .map(|m| (m.user_id.clone(), m.seq, m.at));
    let Some((user_id, seq, at)) = found else {
        return Err(Refusal::invalid("Message ID is not known for this phone number."));
    };
    if at < now - 30 * DAY_MS {
        return Err(Refusal::value("Message is older than 30 days."));
    }
    // That message and all earlier ones of the thread.
    let earlier: Vec<String> = core
        .world
        .thread_messages(phone_id, &user_id)
        .into_iter()
        .filter(|m| m.direction == Direction::FromUser && m.seq <= seq)
        .map(|m| m.wamid.clone())
        .collect();
    for wamid in earlier {
        if let Some(msg) = core.world.message_mut(&wamid) {
            "read".clone_into(&mut msg.status);
        }
    }
    let user = core
        .world
        .users
        .get(&user_id)
        .and_then(|u| u.wa_id.clone())
        .unwrap_or(user_id);
    let typing = body.contains_key("typing_indicator");
    core.tell(|| {
        json!({"kind": "status", "phone_id": phone_id, "user": user, "wamid": wamid, "status": "read",
                          "typing": typing})
    });
    core.count("read_receipts");
    Ok(Reply::Ok(json!({"success": true})))
}

fn check_media(core: &Core, kind: &str, content: &Value, phone_id: &str) -> Result<(), Refusal> {
    let Some(id) = content.get("id").and_then(Value::as_str) else {
        return Ok(());
    };
    if !matches!(kind, "image" | "video" | "audio" | "document" | "sticker") {
        return Ok(());
    }
    let now = core.now();
    match core.world.media.get(id) {
        Some(media) if media.phone_id == phone_id && media.expires_at > now => Ok(()),
        _ => Err(Refusal::parameter(format!(
            "Param {kind}['id'] is not a valid whatsapp business account media attachment ID"
        ))),
    }
}

/// Steps 13 to 15: the template's id and category, when it can be sent like this, without copying it.
fn checked_template(
    core: &Core,
    waba_id: &str,
    content: &Value,
    by_bsuid: bool,
    by_marketing_api: bool,
) -> Result<(String, String), Refusal> {
    let template = find_template(core, waba_id, content)?;
    match by_marketing_api {
        true => marketing::check_template(core, &template)?,
        false => marketing::check_normal(core, waba_id, &template)?,
    }
    components::check(&template, content)?;
    if template.category == "AUTHENTICATION" && by_bsuid {
        return Err(Refusal::of(131_062, None));
    }
    Ok((template.id.clone(), template.category.clone()))
}

fn find_template<'c>(core: &'c Core, waba_id: &str, content: &Value) -> Result<Cow<'c, Template>, Refusal> {
    let text = |pointer: &str| {
        content
            .pointer(pointer)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (name, language) = (text("/name"), text("/language/code"));
    let found = core
        .world
        .templates
        .values()
        .find(|t| t.waba_id == waba_id && t.name == name && t.language == language);
    let missing = || {
        let mut refusal = Refusal::of(
            132_001,
            Some(format!("template name ({name}) does not exist in {language}")),
        );
        refusal.http = core.config.http_132001;
        refusal
    };
    let template = found.ok_or_else(missing)?;
    match template.status.as_str() {
        "APPROVED" => Ok(Cow::Borrowed(template)),
        // An edit is under review; what was approved before can still be sent.
        "PENDING" if template.live.is_some() => Ok(Cow::Owned(Template {
            components: template.live.clone().unwrap_or_default(),
            ..template.clone()
        })),
        "PAUSED" => Err(Refusal::of(132_015, Some(format!("Template {name} is paused.")))),
        "DISABLED" => Err(Refusal::of(
            132_016,
            Some(format!("Template {name} is disabled.")),
        )),
        _ => Err(missing()),
    }
}

/// `sim:{"fail":131026,"delay_ms":500}` in the callback data.
fn overrides(plan: &mut Plan, text: &str) {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return;
    };
    plan.fail = value.get("fail").and_then(Value::as_i64).or(plan.fail);
    plan.fail_after_sent = value
        .get("fail_after_sent")
        .and_then(Value::as_i64)
        .or(plan.fail_after_sent);
    plan.delay_ms = value.get("delay_ms").and_then(Value::as_u64).or(plan.delay_ms);
}

/// True the first time that this body is seen.
fn first_time(core: &mut Core, digest: &str) -> bool {
    if core.world.failed_once.iter().any(|d| d == digest) {
        return false;
    }
    if core.world.failed_once.len() >= MAX_FAILED_ONCE {
        core.world.failed_once.pop_front();
    }
    core.world.failed_once.push_back(digest.to_owned());
    true
}

impl Core {
    pub(super) fn rate_limited(&self, code: i64) -> Refusal {
        let mut refusal = Refusal::of(code, None);
        self.status_by_knob(&mut refusal);
        refusal
    }

    /// Sources disagree about the HTTP status of rate limits and of 132001.
    fn status_by_knob(&self, refusal: &mut Refusal) {
        match refusal.code {
            4 | 17 | 32 | 613 | 80_007 | 80_008 | 130_429 | 131_056 => {
                refusal.http = self.config.http_rate_status
            }
            132_001 => refusal.http = self.config.http_132001,
            _ => {}
        }
    }
}
