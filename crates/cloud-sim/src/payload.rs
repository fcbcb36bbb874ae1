//! Webhook bodies byte for byte as Meta writes them (Cloud API: webhooks, envelope and signature): non-ASCII as
//! `\uxxxx` in lower case, `/` as `\/`, signed over exactly these bytes.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::agenda::Update;
use crate::world::World;

/// A receiver is sent bodies up to this size, unless a single update is larger.
pub const MAX_BODY: usize = 3 << 20;

struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0; 2];
        if fragment.is_ascii() && !fragment.contains('/') {
            return writer.write_all(fragment.as_bytes());
        }
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

/// A JSON value as Meta writes it.
fn write(value: &impl Serialize) -> Bytes {
    let mut out = Vec::with_capacity(512);
    let mut serializer = Serializer::with_formatter(&mut out, MetaFormatter);
    // Writing values into a Vec has no way to fail.
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

/// A change of an entry, borrowed from its updates. Keys are in alphabetical order, as everywhere in these bodies.
#[derive(Serialize)]
struct Change<'u> {
    field: &'u str,
    value: Part<'u>,
}

#[derive(Serialize)]
struct Entry<'u> {
    changes: Vec<Change<'u>>,
    id: &'u str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Part<'u> {
    Whole(&'u Value),
    Text(&'static str),
    Own(Value),
    List(Vec<&'u Value>),
    Object(BTreeMap<&'u str, Part<'u>>),
}

/// One body for these updates, in their order. Neighbours of the same account, number and kind share a change.
pub fn body(world: &World, updates: &[Update], entry_time: bool) -> Bytes {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut rest = updates;
    while let Some(first) = rest.first() {
        let same = |u: &&Update| first.list.is_some() && same_change(first, u);
        let count = 1 + rest[1..].iter().take_while(same).count();
        let (group, after) = rest.split_at(count);
        push_change(world, &mut entries, group, entry_time);
        rest = after;
    }
    write(&Body {
        entry: entries,
        object: "whatsapp_business_account",
    })
}

#[derive(Serialize)]
struct Body<'u> {
    entry: Vec<Entry<'u>>,
    object: &'static str,
}

fn same_change(a: &Update, b: &Update) -> bool {
    a.field == b.field && a.waba_id == b.waba_id && a.phone_id == b.phone_id && a.list == b.list
}

/// The contacts of a change, each once.
fn contacts(group: &[Update]) -> Vec<&Value> {
    let name = |c: &Value| -> String {
        let key = c.get("user_id").or_else(|| c.get("wa_id"));
        key.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut known: HashMap<String, Vec<&Value>> = HashMap::new();
    let mut out = Vec::new();
    for contact in group.iter().filter_map(|u| u.contact.as_ref()) {
        let of = known.entry(name(contact)).or_default();
        if !of.contains(&contact) {
            of.push(contact);
            out.push(contact);
        }
    }
    out
}

fn push_change<'u>(world: &'u World, entries: &mut Vec<Entry<'u>>, group: &'u [Update], entry_time: bool) {
    let Some(first) = group.first() else { return };
    let value = match &first.list {
        None => Part::Whole(&first.item),
        Some(list) => {
            let mut value = BTreeMap::new();
            value.insert("messaging_product", Part::Text("whatsapp"));
            value.insert("metadata", Part::Own(metadata(world, first.phone_id.as_deref())));
            let contacts = contacts(group);
            if !contacts.is_empty() {
                value.insert("contacts", Part::List(contacts));
            }
            value.insert(list.as_str(), Part::List(group.iter().map(|u| &u.item).collect()));
            Part::Object(value)
        }
    };
    let change = Change {
        field: &first.field,
        value,
    };
    let id = entry_id(world, first);
    if let Some(entry) = entries.last_mut().filter(|e| e.id == id) {
        entry.changes.push(change);
        return;
    }
    entries.push(Entry {
        changes: vec![change],
        id,
        time: (entry_time || first.list.is_none()).then_some(first.at / 1_000),
    });
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
