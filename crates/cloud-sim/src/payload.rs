//! Webhook bodies byte for byte as Meta writes them (Cloud API: webhooks, envelope and signature): non-ASCII as
//! `\uxxxx` in lower case, `/` as `\/`, signed over exactly these bytes.

use std::io::{self, Write};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value, json};
use sha1::Sha1;

use crate::agenda::Update;
use crate::world::World;

/// A receiver is sent bodies up to this size, unless a single update is larger.
pub const MAX_BODY: usize = 3 << 20;

struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for c in fragment.chars() {
            match c {
                '/' => writer.write_all(b"\\/")?,
                c if c.is_ascii() => writer.write_all(&[c as u8])?,
                c => {
                    for unit in c.encode_utf16(&mut units) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A JSON value in Meta's way of writing.
pub fn to_meta_json(value: &Value) -> Bytes {
    let mut out = Vec::with_capacity(512);
    let mut serializer = Serializer::with_formatter(&mut out, MetaFormatter);
    // Writing a Value into a Vec has no way to fail.
    value
        .serialize(&mut serializer)
        .expect("a JSON value serialises into memory");
    out.into()
}

/// `sha1=…`, the old signature that is still sent beside the new one.
pub fn sign_sha1(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC accepts keys of every length");
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

/// One body for these updates, in their order. Neighbours of the same account, number and kind share a change.
pub fn body(world: &World, updates: &[Update], entry_time: bool) -> Bytes {
    let mut entries: Vec<Value> = Vec::new();
    let mut open: Option<(&Update, Vec<&Update>)> = None;
    for update in updates {
        match &mut open {
            Some((first, group)) if update.list.is_some() && same_change(first, update) => group.push(update),
            _ => {
                if let Some((first, group)) = open.take() {
                    push_change(world, &mut entries, first, &group, entry_time);
                }
                open = Some((update, vec![update]));
            }
        }
    }
    if let Some((first, group)) = open {
        push_change(world, &mut entries, first, &group, entry_time);
    }
    to_meta_json(&json!({"object": "whatsapp_business_account", "entry": entries}))
}

fn same_change(a: &Update, b: &Update) -> bool {
    a.field == b.field && a.waba_id == b.waba_id && a.phone_id == b.phone_id && a.list == b.list
}

fn push_change(world: &World, entries: &mut Vec<Value>, first: &Update, group: &[&Update], entry_time: bool) {
    let value = match &first.list {
        None => first.item.clone(),
        Some(list) => {
            let mut value = Map::new();
            value.insert("messaging_product".into(), json!("whatsapp"));
            value.insert("metadata".into(), metadata(world, first.phone_id.as_deref()));
            let mut contacts: Vec<&Value> = Vec::new();
            for contact in group.iter().filter_map(|u| u.contact.as_ref()) {
                if !contacts.contains(&contact) {
                    contacts.push(contact);
                }
            }
            if !contacts.is_empty() {
                value.insert("contacts".into(), json!(contacts));
            }
            value.insert(list.clone(), group.iter().map(|u| u.item.clone()).collect());
            Value::Object(value)
        }
    };
    let change = json!({"field": first.field, "value": value});
    let id = entry_id(world, first);
    if let Some(entry) = entries.last_mut().filter(|e| e["id"] == id)
        && let Some(changes) = entry["changes"].as_array_mut()
    {
        changes.push(change);
        return;
    }
    let mut entry = json!({"id": id, "changes": [change]});
    if entry_time || first.list.is_none() {
        entry["time"] = json!(first.at / 1000);
    }
    entries.push(entry);
}

/// The account; of PARTNER_… updates the partner's own business, when an app says which one that is.
fn entry_id<'a>(world: &'a World, update: &'a Update) -> &'a str {
    let event = update
        .item
        .get("event")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let partner = update.field == "account_update" && event.starts_with("PARTNER_");
    let business = world
        .apps
        .values()
        .map(|a| a.business_id.as_str())
        .find(|b| partner && !b.is_empty());
    business.unwrap_or(&update.waba_id)
}

/// `metadata` of a number: bare digits here, unlike in the Graph API.
pub fn metadata(world: &World, phone_id: Option<&str>) -> Value {
    let phone = phone_id.and_then(|id| world.phones.get(id));
    json!({
        "display_phone_number": phone.map(|p| p.digits.as_str()).unwrap_or_default(),
        "phone_number_id": phone_id.unwrap_or_default(),
    })
}
