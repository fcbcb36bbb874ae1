//! Numbers that are also used in the WhatsApp Business app: echoes of what is written there, contacts, history
//! (Cloud API: Embedded Signup, coexistence; user and coexistence fields).

use serde_json::{Value, json};

use crate::agenda::Update;
use crate::core::Core;
use crate::entities::Phone;
use crate::ids;
use crate::people;
use crate::world::{Direction, Msg, Plan};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
/// History goes back this far.
const HISTORY_MS: i64 = 180 * DAY_MS;
/// Messages in one chunk of history.
const CHUNK: usize = 50;
/// An edit is possible for 15 minutes, a revoke for 2 days.
const EDIT_MS: i64 = 15 * MINUTE_MS;
const REVOKE_MS: i64 = 2 * DAY_MS;

/// Phase of a message's age: the last day, 90 days, 180 days.
fn phase(age_ms: i64) -> usize {
    match age_ms {
        n if n <= DAY_MS => 0,
        n if n <= 90 * DAY_MS => 1,
        _ => 2,
    }
}

impl Core {
    fn app_phone(&self, phone_id: &str) -> Result<Phone, String> {
        let phone = self
            .world
            .phones
            .get(phone_id)
            .ok_or_else(|| format!("there is no phone {phone_id}"))?;
        if !phone.coexistence {
            return Err(format!(
                "phone {phone_id} is not used in the app: set its coexistence to true"
            ));
        }
        Ok(phone.clone())
    }

    fn app_post(&mut self, phone: &Phone, field: &str, list: &str, item: Value, wamid: Option<String>) {
        let at = self.now();
        self.post_noisily(Update {
            field: field.into(),
            waba_id: phone.waba_id.clone(),
            phone_id: Some(phone.id.clone()),
            list: Some(list.into()),
            item,
            contact: None,
            wamid,
            status: None,
            at,
        });
    }

    /// A message is written in the app: `{to, type?, <type>: {…}}`. With `silent` it is only stored, optionally with
    /// `days_ago` and `from_user`: this gives a number a history.
    ///
    /// # Errors
    /// A sentence that says what the request lacks.
    pub fn app_message(&mut self, phone_id: &str, spec: &Value) -> Result<String, String> {
        let phone = self.app_phone(phone_id)?;
        let text = |key: &str| spec.get(key).and_then(Value::as_str).filter(|s| !s.is_empty());
        let to = text("to").ok_or("to is missing: phone digits or BSUID of the person")?;
        if cloud_api::Recipient::parse(to).is_err() {
            return Err(format!(
                "to {to:?} is neither a phone number with its country code nor a BSUID"
            ));
        }
        let kind = text("type").unwrap_or("text");
        let content = spec
            .get(kind)
            .cloned()
            .ok_or_else(|| format!("{kind} is missing: the object of this type"))?;
        let flag = |key: &str| spec.get(key).and_then(Value::as_bool) == Some(true);
        let silent = flag("silent");
        let from_user = silent && flag("from_user");
        let days = spec
            .get("days_ago")
            .and_then(Value::as_i64)
            .filter(|_| silent)
            .unwrap_or(0)
            .clamp(0, 3_650);
        let at = self.now() - days * DAY_MS;
        let config = self.config.clone();
        let user_id = people::find_or_create(&mut self.world, &config, to, None);
        let user = self.world.users.get(&user_id).cloned().unwrap_or_default();
        let person = user.wa_id.clone().unwrap_or_else(|| user_id.clone());
        let counter = self.world.next_seq;
        let wamid = ids::wamid(&mut self.world.dice, &person, !from_user, counter);
        if matches!(kind, "edit" | "revoke") {
            self.rewrite(kind, &content)?;
        }
        let msg = Msg {
            seq: 0,
            wamid: wamid.clone(),
            phone_id: phone_id.to_owned(),
            user_id,
            direction: if from_user {
                Direction::FromUser
            } else {
                Direction::ToUser
            },
            kind: kind.to_owned(),
            content: content.clone(),
            context: None,
            callback: None,
            by_bsuid: user.wa_id.is_none(),
            category: String::new(),
            pricing: String::new(),
            status: "read".into(),
            error: None,
            at,
            plan: Plan::default(),
            template_id: None,
        };
        self.world.add_message(msg, config.max_messages);
        self.tell(|| json!({"kind": "message", "phone_id": phone_id, "user": person, "wamid": wamid}));
        if silent {
            return Ok(wamid);
        }
        let mut item = json!({"from": phone.digits, "id": wamid, "timestamp": (at / 1_000).to_string(), "type": kind,
                              kind: content});
        if let Some(wa_id) = user.wa_id.as_ref().filter(|_| !user.hide_phone) {
            item["to"] = json!(wa_id);
        }
        if config.bsuid {
            item["to_user_id"] = json!(user.user_id);
        }
        self.app_post(
            &phone,
            "smb_message_echoes",
            "message_echoes",
            item,
            Some(wamid.clone()),
        );
        Ok(wamid)
    }

    /// A contact is added to the app or removed: `{phone_number, full_name?, action?}`.
    ///
    /// # Errors
    /// A sentence that says what the request lacks.
    pub fn app_contact(&mut self, phone_id: &str, spec: &Value) -> Result<(), String> {
        let phone = self.app_phone(phone_id)?;
        let text = |key: &str| spec.get(key).and_then(Value::as_str).filter(|s| !s.is_empty());
        let number = text("phone_number").ok_or("phone_number is missing: the contact's phone digits")?;
        let action = text("action").unwrap_or("add");
        if !matches!(action, "add" | "remove") {
            return Err("action must be add or remove".into());
        }
        let item = self.contact_item(text("full_name"), number, action);
        self.app_post(&phone, "smb_app_state_sync", "state_sync", item, None);
        Ok(())
    }

    fn contact_item(&self, name: Option<&str>, number: &str, action: &str) -> Value {
        let mut contact = json!({"phone_number": number});
        if let Some(name) = name {
            contact["full_name"] = json!(name);
            contact["first_name"] = json!(name.split(' ').next().unwrap_or_default());
        }
        json!({"type": "contact", "contact": contact, "action": action,
               "metadata": {"timestamp": (self.now() / 1_000).to_string()}})
    }

    /// All people with a thread, as contacts of the app.
    pub fn sync_contacts(&mut self, phone: &Phone) {
        let people: Vec<(String, String)> = self
            .world
            .threads
            .values()
            .filter(|t| t.phone_id == phone.id)
            .filter_map(|t| self.world.users.get(&t.user_id))
            .filter_map(|u| Some((u.name.clone(), u.wa_id.clone()?)))
            .collect();
        for (name, wa_id) in people {
            let item = self.contact_item(Some(&name), &wa_id, "add");
            self.app_post(phone, "smb_app_state_sync", "state_sync", item, None);
        }
    }

    /// The number's messages of the last 180 days in chunks by phase; or that the business does not share them.
    pub fn sync_history(&mut self, phone: &Phone) {
        if phone.history_declined {
            let title = "History sync is turned off by the business from the WhatsApp Business App";
            let item = json!({"errors": [{"code": 2_593_109, "title": title, "message": title,
                                          "error_data": {"details": title}}]});
            return self.app_post(phone, "history", "history", item, None);
        }
        let now = self.now();
        let mut phases: [Vec<(String, Value)>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        for msg in self
            .world
            .messages
            .values()
            .filter(|m| m.phone_id == phone.id && m.at > now - HISTORY_MS)
        {
            let Some(wa_id) = self.world.users.get(&msg.user_id).and_then(|u| u.wa_id.clone()) else {
                continue;
            };
            let mut item = json!({"id": msg.wamid, "timestamp": (msg.at / 1_000).to_string(), "type": msg.kind,
                                  "history_context": {"status": msg.status.to_uppercase()}});
            item[msg.kind.as_str()] = msg.content.clone();
            match msg.direction {
                Direction::FromUser => item["from"] = json!(wa_id),
                Direction::ToUser => {
                    item["from"] = json!(phone.digits);
                    item["to"] = json!(wa_id);
                }
            }
            phases[phase(now - msg.at)].push((wa_id, item));
        }
        for (phase, rows) in phases.into_iter().enumerate() {
            let chunks: Vec<&[(String, Value)]> = rows.chunks(CHUNK).collect();
            // A phase without messages still reports that it is complete.
            let count = chunks.len().max(1);
            for order in 0..count {
                let rows = chunks.get(order).copied().unwrap_or_default();
                let progress = if order + 1 == count {
                    100
                } else {
                    (order + 1) * 100 / count
                };
                let item = json!({"metadata": {"phase": phase, "chunk_order": order + 1, "progress": progress},
                                  "threads": threads(rows)});
                self.app_post(phone, "history", "history", item, None);
            }
        }
    }

    /// An edit or revoke changes the message it is about, as the phone page shows it.
    ///
    /// # Errors
    /// When the message is too old.
    pub fn rewrite(&mut self, kind: &str, content: &Value) -> Result<(), String> {
        let now = self.now();
        let original = content.get("original_message_id").and_then(Value::as_str);
        let original = original.ok_or_else(|| format!("{kind}.original_message_id is missing"))?;
        let limit = if kind == "edit" { EDIT_MS } else { REVOKE_MS };
        let Some(msg) = self.world.message_mut(original) else {
            return Ok(());
        };
        if msg.at < now - limit {
            return Err(format!("the message is older than {} minutes", limit / MINUTE_MS));
        }
        if kind == "revoke" {
            msg.kind = "revoked".into();
            msg.content = json!({});
            return Ok(());
        }
        let edited = content.get("message").cloned().unwrap_or_default();
        if let Some(kind) = edited.get("type").and_then(Value::as_str)
            && let Some(new) = edited.get(kind)
        {
            msg.content = new.clone();
        }
        Ok(())
    }
}

/// Rows of a chunk by person, in the order in which the people appear.
fn threads(rows: &[(String, Value)]) -> Vec<Value> {
    let mut out: Vec<(String, Vec<Value>)> = Vec::new();
    for (person, item) in rows {
        match out.iter_mut().find(|(known, _)| known == person) {
            Some((_, items)) => items.push(item.clone()),
            None => out.push((person.clone(), vec![item.clone()])),
        }
    }
    out.into_iter()
        .map(|(id, messages)| json!({"id": id, "messages": messages}))
        .collect()
}
