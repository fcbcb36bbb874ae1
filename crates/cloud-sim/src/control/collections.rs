//! Lists, creates, changes and deletes entities.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Outcome, parse};
use crate::core::Core;
use crate::entities::{Entity, User};
use crate::people;
use crate::sim::ControlError;

/// At most this many of one kind, except people.
const MAX_ROWS: usize = 20_000;
/// At most this many in one answer.
const MAX_LIST: usize = 1_000;

/// One request for a collection.
pub fn handle(core: &mut Core, method: &str, name: &str, id: Option<&str>, body: Value) -> Outcome {
    match name {
        "users" => users(core, method, id, body),
        "tokens" => {
            let mut body = body;
            if method == "POST" && body.get("value").is_none() && body.is_object() {
                body["value"] = json!(crate::ids::token(&mut core.world.dice));
            }
            crud(&mut core.world.tokens, &mut core.world.next_id, method, id, body)
        }
        "apps" => crud(&mut core.world.apps, &mut core.world.next_id, method, id, body),
        "portfolios" => crud(
            &mut core.world.portfolios,
            &mut core.world.next_id,
            method,
            id,
            body,
        ),
        "wabas" => crud(&mut core.world.wabas, &mut core.world.next_id, method, id, body),
        "templates" => crud(
            &mut core.world.templates,
            &mut core.world.next_id,
            method,
            id,
            body,
        ),
        "phones" => {
            let mut body = body;
            if method != "GET"
                && let Some(digits) = body.get("digits").and_then(Value::as_str)
            {
                let digits =
                    cloud_api::Msisdn::parse(digits).map_err(|e| ControlError::invalid("digits", &e))?;
                body["digits"] = json!(digits.as_str());
            }
            let outcome = crud(&mut core.world.phones, &mut core.world.next_id, method, id, body);
            for phone in core
                .world
                .phones
                .values_mut()
                .filter(|p| p.display_phone_number.is_empty())
            {
                phone.display_phone_number = crate::provision::display(&phone.digits);
            }
            outcome
        }
        _ => Err(ControlError::missing(format!("there is no collection {name}"))),
    }
}

fn crud<T: Entity>(
    rows: &mut BTreeMap<String, T>,
    next_id: &mut u64,
    method: &str,
    id: Option<&str>,
    body: Value,
) -> Outcome {
    let missing = |id: &str| ControlError::missing(format!("there is no {} {id} here", T::KEY));
    match (method, id) {
        ("GET", None) => {
            Ok(json!({"items": rows.values().take(MAX_LIST).collect::<Vec<_>>(), "total": rows.len()}))
        }
        ("GET", Some(id)) => Ok(json!(rows.get(id).ok_or_else(|| missing(id))?)),
        ("POST", None) => {
            let Value::Object(mut object) = body else {
                return Err(ControlError::bad("the body must be an object"));
            };
            if rows.len() >= MAX_ROWS {
                return Err(ControlError::bad(format!(
                    "there are {MAX_ROWS} already; remove some first"
                )));
            }
            let given = object
                .get(T::KEY)
                .and_then(Value::as_str)
                .filter(|s| !s.is_empty())
                .map(str::to_owned);
            let key = given.unwrap_or_else(|| {
                *next_id += 1;
                (T::ID_KIND * 10_000_000_000_000 + *next_id - 1).to_string()
            });
            object.insert(T::KEY.into(), json!(key));
            let row: T = parse(Value::Object(object), "such an object")?;
            let shown = json!(row);
            rows.insert(key, row);
            Ok(shown)
        }
        ("PATCH" | "PUT", Some(id)) => {
            let row = rows.get(id).ok_or_else(|| missing(id))?;
            let merged = merge(json!(row), body, T::KEY)?;
            let row: T = parse(merged, "such an object")?;
            let shown = json!(row);
            rows.insert(id.to_owned(), row);
            Ok(shown)
        }
        ("DELETE", Some(id)) => {
            rows.remove(id).ok_or_else(|| missing(id))?;
            Ok(json!({"success": true}))
        }
        _ => Err(ControlError::bad(
            "GET and POST go to the collection; GET, PATCH and DELETE to one of its ids",
        )),
    }
}

/// Top-level fields are replaced; nested objects are merged one level deep; the key stays.
fn merge(old: Value, change: Value, key: &str) -> Result<Value, ControlError> {
    let (Value::Object(mut old), Value::Object(change)) = (old, change) else {
        return Err(ControlError::bad("the body must be an object"));
    };
    for (name, value) in change {
        if name == key {
            continue;
        }
        match (old.get_mut(&name), value) {
            (Some(Value::Object(inner)), Value::Object(new)) => inner.extend(new),
            (_, value) => drop(old.insert(name, value)),
        }
    }
    Ok(Value::Object(old))
}

/// `online` and `reads` may be given at the top level for convenience; they belong to the persona.
fn into_persona(body: Value) -> Value {
    let Value::Object(mut object) = body else {
        return body;
    };
    let mut persona = match object.remove("persona") {
        Some(Value::Object(persona)) => persona,
        _ => Map::new(),
    };
    for key in [
        "online",
        "reads",
        "read_ms",
        "on_whatsapp",
        "marketing_opt_out",
        "blocks_marketing",
    ] {
        if let Some(value) = object.remove(key) {
            persona.insert(key.into(), value);
        }
    }
    if !persona.is_empty() {
        object.insert("persona".into(), Value::Object(persona));
    }
    Value::Object(object)
}

fn users(core: &mut Core, method: &str, id: Option<&str>, body: Value) -> Outcome {
    let body = into_persona(body);
    let found = |core: &Core, id: &str| {
        core.world
            .user(id)
            .cloned()
            .ok_or_else(|| ControlError::missing(format!("there is no person {id}")))
    };
    match (method, id) {
        ("GET", None) => {
            let newest: Vec<&User> = core
                .world
                .user_order
                .iter()
                .rev()
                .filter_map(|id| core.world.users.get(id))
                .take(MAX_LIST)
                .collect();
            Ok(json!({"items": newest, "total": core.world.users.len()}))
        }
        ("GET", Some(id)) => Ok(json!(found(core, id)?)),
        ("POST", None) => {
            let text = |key: &str| {
                body.get(key)
                    .and_then(Value::as_str)
                    .filter(|s| !s.is_empty())
                    .map(str::to_owned)
            };
            let wa_id = match text("wa_id") {
                Some(number) => {
                    let number =
                        cloud_api::Msisdn::parse(&number).map_err(|e| ControlError::invalid("wa_id", &e))?;
                    Some(people::canonical(number.as_str()))
                }
                None => None,
            };
            if let Some(id) = text("user_id") {
                cloud_api::Bsuid::parse(&id).map_err(|e| ControlError::invalid("user_id", &e))?;
            }
            let known = wa_id
                .as_deref()
                .or(text("user_id").as_deref())
                .and_then(|k| core.world.user(k))
                .cloned();
            if let Some(user) = known {
                return change_user(core, &user, body);
            }
            let user_id = match (text("user_id"), &wa_id) {
                (Some(id), _) => id,
                (None, Some(wa_id)) => crate::ids::bsuid(&mut core.world.dice, wa_id),
                (None, None) => {
                    return Err(ControlError::bad("give wa_id (phone digits) or user_id (BSUID)"));
                }
            };
            let fresh = User {
                user_id: user_id.clone(),
                wa_id,
                name: text("name").unwrap_or_else(|| user_id.clone()),
                ..User::default()
            };
            let mut change = body.clone();
            if let Some(object) = change.as_object_mut() {
                object.remove("wa_id");
            }
            let user: User = parse(merge(json!(fresh), change, "user_id")?, "a person")?;
            let shown = json!(user);
            let max = core.config.max_users;
            core.world.add_user(user, max);
            tell(core, &user_id);
            Ok(shown)
        }
        ("PATCH" | "PUT", Some(id)) => {
            let user = found(core, id)?;
            change_user(core, &user, body)
        }
        ("DELETE", Some(id)) => {
            let user = found(core, id)?;
            core.world.users.remove(&user.user_id);
            core.world.user_order.retain(|u| *u != user.user_id);
            core.world.threads.retain(|_, t| t.user_id != user.user_id);
            core.world.reindex();
            tell(core, &user.user_id);
            Ok(json!({"success": true}))
        }
        _ => Err(ControlError::bad(
            "GET and POST go to /_sim/users; GET, PATCH and DELETE to /_sim/users/{wa_id or BSUID}",
        )),
    }
}

fn change_user(core: &mut Core, user: &User, body: Value) -> Outcome {
    let changed: User = parse(merge(json!(user), body, "user_id")?, "a person")?;
    let came_online = changed.persona.online && !user.persona.online;
    let shown = json!(changed);
    core.world.users.insert(changed.user_id.clone(), changed);
    core.world.reindex();
    if came_online {
        core.came_online(&user.user_id);
    }
    tell(core, &user.user_id);
    Ok(shown)
}

/// A person was added, changed or deleted: open phone pages list people anew.
fn tell(core: &mut Core, user_id: &str) {
    core.tell(|| json!({"kind": "user", "user": user_id}));
}
