//! Documented errors of every operation: values beyond a limit, the headers that a status needs, and no error that repeats the
//! request.

use std::collections::BTreeSet;

use host::openapi::{Operation, operations};
use reqwest::Method;
use serde_json::{Map, Value, json};
use server::Platform;
use testkit::{Answer, on_both_profiles};

async fn document() -> Value {
    Platform::described().await.unwrap().document.value
}

fn described<'a>(document: &'a Value, operation: &Operation) -> &'a Value {
    &document["paths"][&operation.path][operation.method.to_lowercase()]
}

/// The path with the description's examples in it, and `value` for the parameter `name`.
fn filled(document: &Value, path: &str, name: &str, value: &str) -> String {
    let item = document["paths"][path].as_object().unwrap();
    let parameters: Vec<&Value> = item
        .values()
        .flat_map(|operation| operation["parameters"].as_array().into_iter().flatten())
        .collect();
    let segments = path.split('/').map(|segment| {
        let Some(parameter) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
            return segment;
        };
        let described = parameters.iter().find(|described| described["name"] == parameter);
        match described {
            _ if parameter == name => value,
            Some(described) => described["schema"]["example"].as_str().unwrap_or("contacts"),
            None => "contacts",
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

/// The schema behind references.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = schema["$ref"]
        .as_str()
        .or_else(|| schema["allOf"][0]["$ref"].as_str());
    match reference {
        Some(reference) => {
            let name = reference.rsplit('/').next().unwrap();
            resolved(document, &document["components"]["schemas"][name])
        }
        None => schema,
    }
}

/// A value that keeps the rules.
fn good(document: &Value, schema: &Value) -> Value {
    let own = schema;
    let schema = resolved(document, schema);
    let rule = |name: &str| own[name].as_u64().or_else(|| schema[name].as_u64());
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str().unwrap_or("string") {
        "integer" | "number" => json!(1),
        "boolean" => json!(true),
        "array" => json!(vec![
            good(document, &schema["items"]);
            usize::from(rule("minItems").unwrap_or(0) > 0)
        ]),
        "object" => json!({}),
        _ if own["pattern"]
            .as_str()
            .or(schema["pattern"].as_str())
            .is_some_and(|it| it.starts_with("^[0-9]")) =>
        {
            json!("1234567")
        }
        _ => json!("x".repeat(usize::try_from(rule("minLength").unwrap_or(1)).unwrap())),
    }
}

/// Values that break one rule each.
fn bad(document: &Value, schema: &Value) -> Vec<Value> {
    let own = schema;
    let schema = resolved(document, schema);
    let rule = |name: &str| own[name].as_u64().or_else(|| schema[name].as_u64());
    let text = |length: u64| Value::from("x".repeat(usize::try_from(length).unwrap()));
    let mut values = Vec::new();
    if let Some(most) = rule("maxLength") {
        values.push(text(most + 1));
    }
    if let Some(least @ 1..) = rule("minLength") {
        values.push(text(least - 1));
    }
    if own["pattern"].is_string() || schema["pattern"].is_string() {
        values.push(json!("no such pattern"));
    }
    if let Some(most) = rule("maxItems") {
        let items: Vec<_> = (0..=most).map(|number| format!("x{number}")).collect();
        values.push(json!(items));
    }
    if rule("minItems").is_some_and(|least| least > 0) {
        values.push(json!([]));
    }
    values
}

fn assert_named(answer: &Answer, field: &str, case: &str) {
    let text = String::from_utf8_lossy(&answer.bytes);
    assert_eq!(answer.status, 422, "{case}: {text}");
    assert_eq!(answer.json["errors"][0]["field"], field, "{case}: {text}");
    for internal in ["verification", "parse", "maxLength", "integer_"] {
        assert!(!text.contains(internal), "{case}: {text}");
    }
}

on_both_profiles! {
    async fn every_value_beyond_a_limit_is_422_with_its_field(app: &TestApp) {
        let document = document().await;
        let mut tried = BTreeSet::new();
        for operation in operations(&document) {
            let described = described(&document, &operation);
            // An API key is nobody's account: identity's tests try these.
            if operation.path.starts_with("/me") {
                continue;
            }
            let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
            let path = filled(&document, &operation.path, "", "");
            for parameter in described["parameters"].as_array().into_iter().flatten() {
                let (name, place) = (parameter["name"].as_str().unwrap(), parameter["in"].as_str().unwrap());
                let mut values = bad(&document, &parameter["schema"]);
                if resolved(&document, &parameter["schema"])["type"] == "integer" {
                    values.extend([json!("-1"), json!("4294967296000000000000000")]);
                }
                for value in values {
                    let value = value.as_str().unwrap();
                    let asked = match place {
                        "query" => format!("{path}?{name}={value}"),
                        "path" => filled(&document, &operation.path, name, value),
                        _ => continue,
                    };
                    let answer = app.acme.call(method.clone(), &asked, None).await;
                    assert_named(&answer, name, &format!("{} {asked}", operation.id));
                    tried.insert(format!("{} {name}", operation.id));
                }
            }
            let body = resolved(&document, &described["requestBody"]["content"]["application/json; charset=utf-8"]["schema"]);
            let link = resolved(&document, &described["requestBody"]["content"]["application/json"]["schema"]);
            let body = if body.is_null() { link } else { body };
            let Some(properties) = body["properties"].as_object() else { continue };
            // Messages are read by other code, which names every field; see `beyond_whatsapps_limits_the_field_is_named`.
            if operation.path.ends_with("/messages") {
                continue;
            }
            let required: Map<String, Value> = body["required"].as_array().into_iter().flatten()
                .map(|name| (name.as_str().unwrap().to_owned(), good(&document, &properties[name.as_str().unwrap()])))
                .collect();
            for (name, schema) in properties {
                for value in bad(&document, schema) {
                    let mut fields = required.clone();
                    fields.insert(name.clone(), value);
                    let case = format!("{} {name}", operation.id);
                    let answer = app.acme.call(method.clone(), &path, Some(Value::Object(fields))).await;
                    assert_named(&answer, name, &case);
                    tried.insert(case);
                }
            }
        }
        assert!(tried.len() >= 30, "only these were tried: {tried:?}");
        assert_eq!(app.acme.all("/contacts").await, [] as [Value; 0]);
        assert_eq!(app.globex.all("/contacts").await, [] as [Value; 0]);
    }

    async fn a_body_of_another_shape_is_422_and_names_no_type_of_ours(app: &TestApp) {
        for (path, body, field) in [
            ("/contacts", json!({ "name": ["Ana"] }), "name"),
            ("/contacts", json!({ "name": 5 }), "name"),
            ("/contacts", json!({ "name": "Ana", "tags": ["a", false] }), "tags[1]"),
            ("/contacts", json!({ "name": "Ana", "admin": true }), "admin"),
            ("/contacts", json!({ "name": "Ana", "tags": ["a", ["b"]] }), "tags[1]"),
            ("/contacts", json!({ "name": "Ana", "attributes": { "k": [] } }), "attributes.k"),
            ("/contacts", json!([1]), "body"),
            ("/tags", json!({ "color": "#ffffff" }), "name"),
            ("/api-keys", json!({ "name": "x", "scopes": "contacts:read" }), "scopes"),
            ("/api-keys", json!({ "name": "x", "permissions": ["contacts:read"] }), "scopes"),
            ("/api-keys", json!({ "name": "x", "scopes": ["contacts:read"], "expires_at": "soon" }), "expires_at"),
            ("/media", json!({ "link": ["https://example.com/a.png"], "more": 2 }), "link"),
        ] {
            let answer = app.acme.post(path, body.clone()).await;
            let text = String::from_utf8_lossy(&answer.bytes);
            assert_eq!((answer.status, answer.code()), (422, "invalid_request"), "{path} {body}: {text}");
            let told = answer.json["detail"].as_str().unwrap();
            assert!(answer.json["errors"][0]["field"] == field && told.contains(&format!("`{field}`")), "{path} {body}: {text}");
            for internal in ["ContactIn", "TagIn", "ApiKeyIn", "MediaLinkIn", "failed to parse"] {
                assert!(!text.contains(internal), "{path} {body}: {text}");
            }
        }
        let number = app.globex.get("/contacts?limit=ten").await;
        assert_eq!((number.status, number.code()), (400, "malformed_parameter"));
    }

    async fn no_error_repeats_the_request(app: &TestApp) {
        let long = "k".repeat(15_000);
        let larger = "k".repeat(900_000);
        let document = document().await;
        for operation in operations(&document) {
            if described(&document, &operation)["requestBody"].is_null() {
                continue;
            }
            let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
            let path = filled(&document, &operation.path, "", "");
            let text = if operation.path == "/session" || operation.path == "/media" || operation.path == "/templates/samples" || operation.path.starts_with("/me") { &long } else { &larger };
            for body in [
                json!({ text.as_str(): 1 }),
                json!({ "type": text }),
                json!({ "name": text, "to": { text.as_str(): text }, "type": "text", "text": { text.as_str(): 1 } }),
                json!({ "name": { text.as_str(): text }, "link": [text], "email": [text], "channel_id": text }),
                json!(vec!["aaaaaaaaaa"; text.len() / 14]),
                json!(text),
            ] {
                let answer = app.acme.call(method.clone(), &path, Some(body)).await;
                let size = answer.bytes.len();
                assert!((400..500).contains(&answer.status), "{} {}", operation.id, answer.status);
                assert!(size < 4_000, "{}: {size} bytes: {}", operation.id, answer.json["detail"]);
            }
        }
        for path in ["/contacts?limit=", "/contacts?after=", "/messages?direction=", "/messages/", "/modules/"] {
            let answer = app.globex.get(&format!("{path}{}", "9".repeat(20_000))).await;
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
            assert!(answer.bytes.len() < 4_000, "{path}: {}", answer.bytes.len());
        }
    }

    async fn a_405_says_which_methods_there_are(app: &TestApp) {
        let document = document().await;
        let mut paths: Vec<(String, BTreeSet<String>)> = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let mut methods: BTreeSet<String> = item.as_object().unwrap().keys().map(|it| it.to_uppercase()).collect();
            if methods.contains("GET") {
                methods.insert("HEAD".to_owned());
            }
            paths.push((format!("/api/v1{}", filled(&document, path, "", "")), methods));
        }
        let set = |methods: &str| methods.split(", ").map(ToOwned::to_owned).collect::<BTreeSet<_>>();
        for path in ["/", "/contacts", "/healthz", "/readyz", "/api/config", "/api/openapi.json", "/api/docs/", "/api/v1/live", "/media/x"] {
            paths.push((path.to_owned(), set("GET, HEAD")));
        }
        paths.push(("/webhooks/whatsapp/x".to_owned(), set("GET, HEAD, POST")));
        for (path, methods) in paths {
            for method in ["GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "BREW"] {
                if methods.contains(method) {
                    continue;
                }
                let asked = Method::from_bytes(method.as_bytes()).unwrap();
                let answer = app.http.request(asked, format!("{}{path}", app.base)).bearer_auth(&app.acme.key).send();
                let answer = Answer::read(answer.await.unwrap()).await;
                assert_eq!((answer.status, answer.code()), (405, "method_not_allowed"), "{method} {path}");
                let allow = answer.headers["allow"].to_str().unwrap();
                assert_eq!(set(allow), methods, "{method} {path}");
            }
        }
        // HEAD is among them and works.
        let head = app.globex.call(Method::HEAD, "/contacts", None).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
    }

    async fn a_401_and_a_415_say_what_would_do(app: &TestApp) {
        for answer in [
            app.acme.call_with("", Method::GET, "/contacts", None).await,
            app.acme.call_with("wapro_wrong", Method::GET, "/contacts", None).await,
            app.acme.webhook_signed(b"{}", None).await,
            app.globex.call_with("", Method::POST, "/session", Some(json!({ "email": "a@b.example", "password": "wrong" }))).await,
        ] {
            assert_eq!(answer.status, 401);
            assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        }
        for path in ["/contacts", "/tags", "/api-keys", "/messages", "/session"] {
            let post = app.http.post(format!("{}/api/v1{path}", app.base)).bearer_auth(&app.acme.key);
            let answer = Answer::read(post.header("content-type", "text/csv").body("a").send().await.unwrap()).await;
            assert_eq!((answer.status, answer.code()), (415, "unsupported_media_type"), "{path}");
            assert_eq!(answer.headers["accept"], "application/json", "{path}");
        }
    }
}
