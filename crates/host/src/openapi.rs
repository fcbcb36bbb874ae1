//! Merges the modules' OpenAPI documents into one.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Api, PermissionInfo};
use serde_json::{Map, Value, json};

/// The merged document, and which module serves which path.
#[derive(Clone, Debug)]
pub struct Document {
    /// The document itself; its keys are sorted, so that a diff shows only what changed.
    pub value: Value,
    /// Path as poem writes it (`/contacts/:contact_id`) → index of the module's API.
    pub paths: BTreeMap<String, usize>,
}

/// A conflict between modules.
#[derive(Debug, thiserror::Error)]
pub enum Conflict {
    /// Two operations with one name.
    #[error("two operations are called {0}")]
    OperationId(String),
    /// One path in two modules.
    #[error("two modules answer {0}")]
    Path(String),
    /// Two schemas with one name.
    #[error("two different schemas are called {0}; rename one with #[oai(rename)]")]
    Schema(String),
    /// An operation without a name.
    #[error("{0} has no operation_id")]
    Unnamed(String),
}

const INTRODUCTION: &str = "\
The public API of the platform: everything the portal does, it does through these operations.

**Authentication.** `Authorization: Bearer wapro_…` with an API key of the tenant (create one in the portal under Developers), \
or the portal's session cookie.

**Errors** are problem details (RFC 9457) with a stable `code` to branch on and a `detail` for people. 400: the request could not \
be read (the body is not JSON: `malformed_body`; a parameter of path or query has no value of its type: `malformed_parameter`). 422: \
it was read and is not acceptable (a field that is missing, unknown, of a wrong type or beyond a limit), and `errors` names the field. \
Numbers and booleans are not read as text. No error repeats more than a little of the request. A query parameter that an operation does not have, or one that \
is given twice, is 422, and so is a header with a meaning here that cannot be read.

**Lists** are pages: pass `next` of a page as `after` for the following one; `limit` is 1 to 200, 50 by default. There are no totals.

**Limits.** JSON bodies up to 1 MiB, 16 KiB to sign in; more is 413. Bodies are sent as they are: one with a `Content-Encoding` is \
415. A body that stands still for 30 seconds, or is not there after 60, is 408; an upload has longer by its size, up to ten \
minutes. Over the rate: 429 with `Retry-After`. With too many request bodies in memory: 503 with `Retry-After`.

**Rates.** There is one quota for each person or key in a tenant (`caller`) and one for all of a tenant together (`tenant`). \
Every answer to a caller says what is left of both, in the form of the IETF draft *RateLimit header fields for HTTP*: `RateLimit-Policy: \"caller\";q=200;w=4, \"tenant\";q=800;w=4` (`q` \
requests at once, filled again in `w` seconds) and `RateLimit: \"caller\";r=199;t=1, \"tenant\";r=731;t=1` (`r` are left, full \
again in `t` seconds).

**Browsers.** Pages of other origins cannot use the API: there is no CORS, and `OPTIONS` is 405. Call it from a server.

**Live.** `GET /api/v1/live` is a WebSocket: `{\"type\":\"hello\",\"cursor\":…}` first, then an `event` frame for whatever happens in \
the tenant, `resync` when the client must fetch afresh, `ping` every 20 seconds. Reconnect with `?cursor=` of the last `seq` to \
hear what was missed. A person or an API key may have 20 connections at a time in one server process, and a tenant 500 (429 \
`too_many_live_connections`; 503 `live_connections_full` when the process has all it takes). The server closes with 1008 when the \
credentials no longer hold, 1001 when it stops, 1002, 1007 or 1009 when the client breaks the protocol.

**Host.** The server answers under its own host name, `localhost` and IP addresses: any other is 421 `unknown_host`.";

/// Merges the documents of all modules.
///
/// # Errors
/// When two modules conflict.
pub fn merge(apis: &[Api]) -> Result<Document, Conflict> {
    let mut paths = Map::new();
    let mut components: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags: BTreeMap<String, Value> = BTreeMap::new();
    let mut operations = BTreeSet::new();
    let mut routes = BTreeMap::new();
    for (index, api) in apis.iter().enumerate() {
        let spec = api.spec();
        for (path, item) in spec["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let Some(id) = operation["operationId"].as_str() else {
                    return Err(Conflict::Unnamed(format!("{} {path}", method.to_uppercase())));
                };
                if !operations.insert(id.to_owned()) {
                    return Err(Conflict::OperationId(id.to_owned()));
                }
            }
            let item = for_readers(with_common_answers(with_permissions(item)));
            if paths.insert(path.clone(), item).is_some() {
                return Err(Conflict::Path(path.clone()));
            }
            routes.insert(path.replace('{', ":").replace('}', ""), index);
        }
        for kind in ["schemas", "securitySchemes"] {
            let known = components.entry(kind).or_default();
            for (name, schema) in spec["components"][kind].as_object().into_iter().flatten() {
                match known.insert(name.clone(), schema.clone()) {
                    Some(other) if other != *schema => return Err(Conflict::Schema(name.clone())),
                    _ => {}
                }
            }
        }
        for tag in spec["tags"].as_array().into_iter().flatten() {
            tags.insert(tag["name"].as_str().unwrap_or_default().to_owned(), tag.clone());
        }
    }
    let value = json!({
        "openapi": "3.0.3",
        "info": { "title": "WhatsApp Pro API", "version": "1.0", "description": INTRODUCTION },
        "servers": [{ "url": "/api/v1" }],
        "tags": tags.into_values().collect::<Vec<_>>(),
        "paths": paths,
        "components": components,
    });
    Ok(Document {
        value: sorted(value),
        paths: routes,
    })
}

/// Adds an operation's permission: as `x-permission`, as the API key's scope, and in words.
///
/// The extractor [`kernel::Can`] puts the permission among the security schemes, where the framework allows any name.
fn with_permissions(item: &Value) -> Value {
    let mut item = item.clone();
    for (_, operation) in item.as_object_mut().into_iter().flatten() {
        let schemes = operation["security"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_object);
        let Some(permission) = schemes
            .flat_map(Map::keys)
            .find(|name| name.contains(':'))
            .cloned()
        else {
            continue;
        };
        let described = operation["description"].as_str().unwrap_or_default();
        let described = format!("{described}\n\nNeeds the permission `{permission}`.");
        operation["description"] = Value::String(described.trim().to_owned());
        operation["security"] = json!([{ "api_key": [permission] }, { "session": [] }]);
        operation["x-permission"] = Value::String(permission);
    }
    item
}

/// Responses that any operation may give, because the host responds for all of them.
const COMMON_ANSWERS: [(&str, &str); 7] = [
    ("408", "The body did not come in time."),
    (
        "413",
        "The body is larger than this operation accepts; `detail` names the limit where it depends on what was sent.",
    ),
    (
        "415",
        "The body has a `Content-Type` that this operation does not accept, or a `Content-Encoding`.",
    ),
    (
        "421",
        "The `Host` is not one under which this installation is reached.",
    ),
    (
        "500",
        "A fault of the platform. Its log says more under the answer's `X-Request-Id`.",
    ),
    (
        "502",
        "WhatsApp refused (`whatsapp_refused`), or what was to be fetched was not given; only where an operation asks others.",
    ),
    (
        "503",
        "The database, the file store or WhatsApp is away, or has no time; try again, after `Retry-After` where it is told.",
    ),
];

/// Describes [`COMMON_ANSWERS`] where an operation does not describe them itself.
fn with_common_answers(mut item: Value) -> Value {
    let content =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    for (_, operation) in item.as_object_mut().into_iter().flatten() {
        let Some(answers) = operation["responses"].as_object_mut() else {
            continue;
        };
        for (status, description) in COMMON_ANSWERS {
            answers
                .entry(status)
                .or_insert_with(|| json!({ "description": description, "content": content }));
        }
    }
    item
}

/// Titles without a full stop, and optional query parameters without examples: the page that tries an operation out would send
/// them as filters. Their examples go into the description.
fn for_readers(mut item: Value) -> Value {
    for (_, operation) in item.as_object_mut().into_iter().flatten() {
        if let Some(title) = operation["summary"].as_str() {
            operation["summary"] = title.trim_end_matches('.').into();
        }
        let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if parameter["in"] == "query" && parameter["required"] != true {
                without_example(parameter);
            }
        }
    }
    item
}

fn without_example(parameter: &mut Value) {
    let Some(fields) = parameter.as_object_mut() else {
        return;
    };
    let own = fields.remove("example");
    let of_schema = fields
        .get_mut("schema")
        .and_then(Value::as_object_mut)
        .and_then(|schema| schema.remove("example"));
    if let Some(Value::String(example)) = own.or(of_schema) {
        let described = fields
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let described = format!("{described} For example `{example}`.");
        fields.insert("description".to_owned(), described.trim().into());
    }
}

/// A path as poem writes it (`/contacts/:contact_id`) as the document writes it (`/contacts/{contact_id}`).
pub(crate) fn braced(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: BTreeMap<String, Value> =
                map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// One operation, for the tests that walk all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// `GET`, `POST`, …
    pub method: String,
    /// `/contacts/{contact_id}`
    pub path: String,
    /// `get_contact`
    pub id: String,
}

/// Every operation of the document, sorted by path and method.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id,
            });
        }
    }
    all.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    all
}

/// All permissions of all modules, sorted by name.
pub fn permissions(lists: impl IntoIterator<Item = &'static [PermissionInfo]>) -> Vec<PermissionInfo> {
    let mut all: Vec<PermissionInfo> = lists.into_iter().flatten().copied().collect();
    all.sort_by_key(|permission| permission.name);
    all
}
