//! What simulated people write (Cloud API: messages – inbound), and how they respond to messages.

use serde_json::{Map, Value, json};

use crate::agenda::{Event, Update};
use crate::core::Core;
use crate::ids;
use crate::moving::Move;
use crate::people;
use crate::world::{Direction, Msg, Plan};

const DAY_MS: i64 = 86_400_000;

/// Types a person can send.
const TYPES: &[&str] = &[
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "button",
    "interactive",
    "order",
    "system",
    "unsupported",
    "edit",
    "revoke",
    "request_welcome",
];

/// Sample contents that the talking recipient cycles through.
const TURNS: &[&str] = &[
    "text",
    "image",
    "audio",
    "location",
    "contacts",
    "order",
    "unsupported",
    "reaction",
];

impl Core {
    /// Lets a person write: `{phone_id, from, name?, type?, <type>: {…}, context?, referral?, errors?, group_id?}`.
    /// Unknown people are created. Opens the 24-hour window. A `system` message about a new number or id moves the person
    /// there. Returns the message id.
    ///
    /// # Errors
    /// A sentence that says what the request lacks.
    pub fn inbound(&mut self, spec: &Value) -> Result<String, String> {
        let text = |key: &str| spec.get(key).and_then(Value::as_str).filter(|s| !s.is_empty());
        let phone_id =
            text("phone_id").ok_or("phone_id is missing: the business number the person writes to")?;
        let Some(phone) = self.world.phones.get(phone_id).cloned() else {
            let known: Vec<&str> = self.world.phones.keys().map(String::as_str).collect();
            return Err(format!(
                "there is no phone {phone_id}; known: {}",
                known.join(", ")
            ));
        };
        let from = text("from").ok_or("from is missing: phone digits or BSUID of the person")?;
        if cloud_api::Recipient::parse(from).is_err() {
            return Err(format!(
                "from {from:?} is neither a phone number with its country code nor a BSUID"
            ));
        }
        let kind = text("type").unwrap_or("text");
        if !TYPES.contains(&kind) {
            return Err(format!("type {kind:?} is unknown; one of {}", TYPES.join(", ")));
        }
        let moves = match (kind, spec.get("system")) {
            ("system", Some(system)) => Move::read(system)?,
            _ => Move::default(),
        };
        let config = self.config.clone();
        if let Ok(number) = cloud_api::Msisdn::parse(from) {
            self.world.in_use(&people::canonical(number.as_str()));
        }
        let user_id = people::find_or_create(&mut self.world, &config, from, text("name"));
        let now = self.now();
        let user = self.world.users.get(&user_id).cloned().unwrap_or_default();
        let (wire, shown) = self.content(kind, spec, phone_id, now)?;
        if matches!(kind, "edit" | "revoke") {
            self.rewrite(kind, &shown)?;
        }
        // In and out count together, but a person is never refused.
        self.take_throughput(phone_id);

        let person = user.wa_id.clone().unwrap_or_else(|| user_id.clone());
        let counter = self.world.next_seq;
        let wamid = ids::wamid(&mut self.world.dice, &person, false, counter);
        let mut message = Map::new();
        if let Some(wa_id) = user.wa_id.as_ref().filter(|_| !user.hide_phone) {
            message.insert("from".into(), json!(wa_id));
        }
        if config.bsuid || !message.contains_key("from") {
            message.insert("from_user_id".into(), json!(user_id));
            if self.config.parent_bsuid {
                message.insert("from_parent_user_id".into(), json!(people::parent(&user_id)));
            }
        }
        message.insert("id".into(), json!(wamid));
        message.insert("timestamp".into(), json!((now / 1_000).to_string()));
        message.insert("type".into(), json!(kind));
        if let Some(wire) = wire {
            message.insert(kind.into(), wire);
        }
        for key in ["referral", "errors", "group_id", "identity"] {
            if let Some(value) = spec.get(key) {
                message.insert(key.into(), value.clone());
            }
        }
        let context = context(spec, &phone.digits);
        if let Some(context) = &context {
            message.insert("context".into(), context.clone());
        }
        if kind == "unsupported" && !message.contains_key("errors") {
            message.insert(
                "errors".into(),
                json!([{"code": 131_051, "title": "Message type unknown", "message": "Message type unknown",
                        "error_data": {"details": "Message type is currently not supported."}}]),
            );
        }

        let pressed = spec
            .pointer("/button/text")
            .or_else(|| spec.pointer("/interactive/button_reply/title"));
        let answered = context.as_ref().and_then(|c| c.get("id")).and_then(Value::as_str);
        self.meter_inbound(phone_id, &user_id, answered, pressed.and_then(Value::as_str));
        let thread = self.world.thread(phone_id, &user_id);
        thread.csw_until = now + DAY_MS;
        if spec.get("referral").is_some() {
            thread.fep_offer_until = now + DAY_MS;
        }
        let quoted = context
            .as_ref()
            .and_then(|c| c.get("id"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let msg = Msg {
            seq: 0,
            wamid: wamid.clone(),
            phone_id: phone_id.to_owned(),
            user_id: user_id.clone(),
            direction: Direction::FromUser,
            kind: kind.to_owned(),
            content: shown,
            context: quoted,
            callback: None,
            by_bsuid: user.wa_id.is_none() || user.hide_phone,
            category: String::new(),
            pricing: String::new(),
            status: "received".into(),
            error: None,
            at: now,
            plan: Plan::default(),
            template_id: None,
        };
        self.world.add_message(msg, config.max_messages);
        // System messages come without contacts.
        let contact = (kind != "system").then(|| {
            let mut contact = people::contact(&user, &self.config, true, true);
            if phone.checks_identity() {
                contact["identity_key_hash"] = json!(user.identity_hash());
            }
            contact
        });
        self.post_noisily(Update {
            field: "messages".into(),
            waba_id: phone.waba_id,
            phone_id: Some(phone_id.to_owned()),
            list: Some("messages".into()),
            item: Value::Object(message),
            contact,
            wamid: Some(wamid.clone()),
            status: None,
            at: now,
        });
        self.tell(|| json!({"kind": "message", "phone_id": phone_id, "user": person, "wamid": wamid}));
        self.count("messages_inbound");
        // The message itself still comes from the old number and id.
        self.world.relocate(&user_id, &moves);
        Ok(wamid)
    }

    /// The object under the type's key as it goes out, and as the phone page shows it.
    fn content(
        &mut self,
        kind: &str,
        spec: &Value,
        phone_id: &str,
        now: i64,
    ) -> Result<(Option<Value>, Value), String> {
        let given = spec.get(kind).cloned();
        let (mime, object) = match kind {
            "image" => ("image/jpeg", given),
            "video" => ("video/mp4", given),
            "audio" => ("audio/ogg; codecs=opus", given),
            "document" => ("application/pdf", given),
            "sticker" => ("image/webp", given),
            "text" => {
                let body = given.as_ref().and_then(|t| t.get("body")).and_then(Value::as_str);
                let Some(body) = body else {
                    return Err("text.body is missing: what the person writes".into());
                };
                let value = json!({"body": body});
                return Ok((Some(value.clone()), value));
            }
            "unsupported" | "request_welcome" => {
                return Ok((given.clone(), given.unwrap_or_else(|| json!({}))));
            }
            _ => {
                let value = match given {
                    Some(value @ (Value::Object(_) | Value::Array(_))) => value,
                    _ => sample(kind).ok_or_else(|| format!("{kind} is missing: the object of this type"))?,
                };
                return Ok((Some(value.clone()), value));
            }
        };
        let shown = match object {
            Some(Value::Object(object)) => object,
            None => Map::new(),
            Some(_) => return Err(format!("{kind} must be an object")),
        };
        let (wire, shown) = self.inbound_media(kind, mime, shown, phone_id, now)?;
        Ok((Some(wire), shown))
    }

    /// What a magic recipient does after reading.
    pub fn react(&mut self, msg: &Msg, what: u32, now: i64) {
        let Some(user) = self.world.users.get_mut(&msg.user_id) else {
            return;
        };
        user.turn += 1;
        let turn = user.turn as usize;
        let from = user.wa_id.clone().unwrap_or_else(|| user.user_id.clone());
        let spec = match what {
            10 => json!({"type": "text", "text": {"body": "STOP"}}),
            11 => tap(msg),
            12 => {
                user.persona.marketing_opt_out = true;
                self.preference(msg, "stop", now);
                return;
            }
            15 if turn == 3 => {
                // The person gets a new number and says so; the old id stays the sender of this message.
                let new = format!("9993{:08}", self.world.dice.below(100_000_000));
                if let Some(user) = self.world.users.get(&msg.user_id) {
                    let body = format!("User {} changed from {from} to {new}", user.name);
                    json!({"type": "system", "system": {"body": body, "type": "user_changed_number", "wa_id": new}})
                } else {
                    return;
                }
            }
            15 => return,
            _ => {
                let kind = TURNS[(turn - 1) % TURNS.len()];
                let mut spec = json!({"type": kind});
                match kind {
                    "text" => spec["text"] = json!({"body": "Here is a text."}),
                    "reaction" => spec["reaction"] = json!({"message_id": msg.wamid, "emoji": "👍"}),
                    _ => {}
                }
                spec
            }
        };
        let mut spec = spec;
        spec["phone_id"] = json!(msg.phone_id);
        // Not the number: until then the person may have another one.
        spec["from"] = json!(msg.user_id);
        let due = now + self.around(self.config.delays.reply_ms);
        self.plan(due, Event::Inbound(spec));
    }

    /// The person changes the marketing preference: `stop` or `resume`.
    pub fn preference(&mut self, msg: &Msg, value: &str, now: i64) {
        let Some(user) = self.world.users.get(&msg.user_id).cloned() else {
            return;
        };
        let Some(phone) = self.world.phones.get(&msg.phone_id).cloned() else {
            return;
        };
        let detail = match value {
            "stop" => "User requested to stop marketing messages",
            _ => "User requested to resume marketing messages",
        };
        let mut item = json!({"user_id": user.user_id, "detail": detail, "category": "marketing_messages",
                              "value": value, "timestamp": now / 1_000});
        if let Some(wa_id) = user.wa_id.as_ref().filter(|_| !user.hide_phone) {
            item["wa_id"] = json!(wa_id);
        }
        self.post(Update {
            field: "user_preferences".into(),
            waba_id: phone.waba_id,
            phone_id: Some(msg.phone_id.clone()),
            list: Some("user_preferences".into()),
            item,
            contact: Some(people::contact(&user, &self.config, true, true)),
            wamid: None,
            status: None,
            at: now,
        });
    }
}

fn context(spec: &Value, business: &str) -> Option<Value> {
    let given = spec.get("context")?.as_object()?;
    let mut context = given.clone();
    if let Some(id) = context.remove("message_id") {
        context.entry("id").or_insert(id);
    }
    if context.contains_key("id") {
        context.entry("from").or_insert(json!(business));
    }
    Some(Value::Object(context))
}

/// Presses the first thing that can be pressed.
fn tap(msg: &Msg) -> Value {
    let context = json!({"id": msg.wamid});
    let string = |v: Option<&Value>| v.and_then(Value::as_str).unwrap_or_default().to_owned();
    let reply = match msg.kind.as_str() {
        "interactive" => {
            let button = msg.content.pointer("/action/buttons/0/reply");
            let row = msg.content.pointer("/action/sections/0/rows/0");
            button
                .map(|b| json!({"type": "button_reply", "button_reply": {"id": b["id"], "title": b["title"]}}))
                .or_else(|| {
                    row.map(|r| {
                        let mut reply = json!({"id": r["id"], "title": r["title"]});
                        if let Some(description) = r.get("description") {
                            reply["description"] = description.clone();
                        }
                        json!({"type": "list_reply", "list_reply": reply})
                    })
                })
                .map(|interactive| json!({"type": "interactive", "interactive": interactive, "context": context}))
        }
        "template" => msg
            .content
            .get("components")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .find(|c| c.get("sub_type").and_then(Value::as_str) == Some("quick_reply"))
            .map(|c| {
                let payload = string(c.pointer("/parameters/0/payload"));
                json!({"type": "button", "button": {"payload": payload, "text": payload}, "context": context})
            }),
        _ => None,
    };
    reply.unwrap_or_else(|| json!({"type": "text", "text": {"body": "OK"}}))
}

/// Sample content for types that are requested without one.
fn sample(kind: &str) -> Option<Value> {
    Some(match kind {
        "location" => {
            json!({"latitude": 51.5033, "longitude": -0.1196, "name": "Wheel", "address": "Riverside Building"})
        }
        "contacts" => json!([{"name": {"formatted_name": "Bo Li", "first_name": "Bo"},
            "phones": [{"phone": "+44 7700 900777", "wa_id": "447700900777", "type": "CELL"}]}]),
        "order" => json!({"catalog_id": "440000000000303", "text": "gift wrap", "product_items":
            [{"product_retailer_id": "SKU-9", "quantity": 2, "item_price": 12.5, "currency": "EUR"}]}),
        _ => return None,
    })
}
