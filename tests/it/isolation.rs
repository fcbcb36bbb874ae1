//! Every operation of the OpenAPI document: 401 without credentials, 403 without the permission, and for another tenant's ids
//! exactly the response of unknown ids. Each case is derived from the document: the body from the operation's example, the id from the
//! list that its path starts with. An operation for which that is impossible is named.

use std::collections::BTreeSet;

use host::openapi::{Operation, operations};
use kernel::{TenantId, id::Id};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use testkit::{Answer, Tenant, TestApp, on_both_profiles};
use uuid::Uuid;

/// The body of an operation, after its example in the document; none for operations that take none.
///
/// # Panics
/// When none can be derived; the message names the operation and the field.
fn body(document: &Value, operation: &Operation) -> Option<Value> {
    let described = &document["paths"][&operation.path][operation.method.to_lowercase()];
    let content = described["requestBody"]["content"].as_object()?;
    let Some((_, json)) = content
        .iter()
        .find(|(kind, _)| kind.starts_with("application/json"))
    else {
        // A file. That this is none is found after the right was asked.
        return Some(json!({}));
    };
    let schema = resolved(document, &json["schema"]);
    let example = [&json["example"], &schema["example"]]
        .into_iter()
        .find(|it| !it.is_null());
    let mut body = example.cloned().unwrap_or_else(|| json!({}));
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap();
        if body[name].is_null() {
            let value = plain(resolved(document, &schema["properties"][name]));
            body[name] = value.unwrap_or_else(|| {
                panic!(
                    "{} has no example for `{name}`: add one to its body (`#[oai(example)]`)",
                    operation.id
                )
            });
        }
    }
    Some(body)
}

/// A value of a property that needs no example.
fn plain(schema: &Value) -> Option<Value> {
    match schema["type"].as_str()? {
        "string" if schema["pattern"].is_null() && schema["format"].is_null() => Some(json!("something")),
        "boolean" => Some(json!(true)),
        _ => None,
    }
}

fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => &document["components"]["schemas"][reference.rsplit('/').next().unwrap()],
        None => schema,
    }
}

/// An operation's path for the portal's feature `contacts`: a word, no id.
fn path(operation: &Operation) -> String {
    operation.path.replace("{feature}", "contacts")
}

/// The list in which an operation's path parameter is found: `/contacts` of `/contacts/{contact_id}`.
fn list_of(operation: &Operation) -> Option<String> {
    let path = path(operation);
    let (list, _) = path.split_once("/{")?;
    Some(list.to_owned())
}

/// The id of a real thing of the tenant, for an operation's path parameter. What has no id is known by its name. None for what is a
/// person's, such as sessions: no key may list it, and identity's own tests have the cases.
async fn real(tenant: &Tenant, list: &str) -> Option<String> {
    if list.starts_with("/me/") {
        return None;
    }
    let page = tenant.get(list).await.expect(200);
    let first = &page["items"][0];
    let id = first["id"].as_str().or(first["name"].as_str());
    let id = id.unwrap_or_else(|| panic!("the tenant has nothing under {list}: furnish it"));
    Some(id.to_owned())
}

/// An id of the same kind that never existed; none for names.
fn absent(real: &str) -> Option<String> {
    let (prefix, digits) = real.split_once('_')?;
    Uuid::try_parse(digits).ok()?;
    Some(format!("{prefix}_{}", Uuid::now_v7().simple()))
}

async fn call(tenant: &Tenant, key: &str, document: &Value, operation: &Operation, id: &str) -> Answer {
    let path = path(operation);
    let path = match path.split_once('{') {
        Some((before, rest)) => format!("{before}{id}{}", rest.split_once('}').unwrap().1),
        None => path,
    };
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    tenant
        .call_with(key, method, &path, body(document, operation))
        .await
}

/// Gives the tenant at least one of everything. What can be created is created by its example.
async fn furnish(app: &TestApp, tenant: &Tenant) {
    tenant.customer_writes("447700900123", "Hello");
    tenant.upload("text/plain", b"A file").await.expect(201);
    app.settled().await;
    let document = document(app).await;
    let all = operations(&document);
    for list in all.iter().filter_map(list_of).collect::<BTreeSet<_>>() {
        if list.starts_with("/me/") || tenant.get(&list).await.expect(200)["items"] != json!([]) {
            continue;
        }
        let creates = |it: &&Operation| ["POST", "PUT"].contains(&it.method.as_str()) && path(it) == list;
        if let Some(create) = all.iter().find(creates) {
            let made = call(tenant, &tenant.key, &document, create, "").await;
            assert!([200, 201].contains(&made.status), "{}: {}", create.id, made.json);
        }
    }
}

/// A real id for an operation's path, if it has a parameter.
async fn id(tenant: &Tenant, operation: &Operation) -> String {
    match list_of(operation) {
        Some(list) => real(tenant, &list).await.unwrap_or_else(|| "none".to_owned()),
        None => String::new(),
    }
}

async fn document(app: &TestApp) -> Value {
    app.http
        .get(format!("{}/api/openapi.json", app.base))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

async fn limited_key(app: &TestApp, tenant: TenantId, scope: &str) -> String {
    let key = app
        .identity
        .create_api_key(&app.system.tenant(tenant), "Limited", &[scope], None)
        .await
        .unwrap();
    key.secret.expose_secret().to_owned()
}

on_both_profiles! {
    async fn nobody_is_answered_401(app: &TestApp) {
        furnish(app, &app.acme).await;
        let document = document(app).await;
        for operation in operations(&document) {
            let id = id(&app.acme, &operation).await;
            let answer = call(&app.acme, "", &document, &operation, &id).await;
            let expected = if operation.id == "sign_in" { "invalid_credentials" } else { "unauthenticated" };
            assert_eq!((answer.status, answer.code()), (401, expected), "{}", operation.id);
            assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", operation.id);
        }
    }

    async fn somebody_without_the_right_is_answered_403_which_names_it(app: &TestApp) {
        furnish(app, &app.acme).await;
        let document = document(app).await;
        let keys = [
            ("modules:read", limited_key(app, app.acme.id, "modules:read").await),
            ("contacts:read", limited_key(app, app.acme.id, "contacts:read").await),
        ];
        for operation in operations(&document) {
            let described = &document["paths"][&operation.path][operation.method.to_lowercase()];
            let Some(permission) = described["x-permission"].as_str() else { continue };
            let (_, key) = keys.iter().find(|(scope, _)| *scope != permission).unwrap();
            let id = id(&app.acme, &operation).await;
            let answer = call(&app.acme, key, &document, &operation, &id).await;
            assert_eq!((answer.status, answer.code()), (403, "permission_denied"), "{}", operation.id);
            let detail = answer.json["detail"].as_str().unwrap();
            assert!(detail.contains(permission), "{}: {detail}", operation.id);
        }
    }

    async fn the_ids_of_another_tenant_answer_what_absent_ids_answer(app: &TestApp) {
        furnish(app, &app.acme).await;
        furnish(app, &app.globex).await;
        let mut walked = 0;
        let document = document(app).await;
        for operation in operations(&document) {
            let Some(list) = list_of(&operation) else { continue };
            let Some(foreign) = real(&app.acme, &list).await else { continue };
            let Some(absent) = absent(&foreign) else { continue };
            let to_foreign = call(&app.globex, &app.globex.key, &document, &operation, &foreign).await;
            let to_absent = call(&app.globex, &app.globex.key, &document, &operation, &absent).await;
            assert_eq!(to_foreign.status, 404, "{}: {}", operation.id, String::from_utf8_lossy(&to_foreign.bytes));
            assert_eq!(to_foreign.bytes, to_absent.bytes, "{}", operation.id);
            assert_eq!(real(&app.acme, &list).await.unwrap(), foreign, "{} touched the other tenant's", operation.id);
            walked += 1;
        }
        assert!(walked >= 14, "only {walked} operations have ids");
    }

    async fn ids_in_bodies_and_queries_do_not_reach_across_either(app: &TestApp) {
        furnish(app, &app.acme).await;
        furnish(app, &app.globex).await;
        let channel = &app.acme.channel_id;
        let contact = real(&app.acme, "/contacts").await.unwrap();
        let conversation = real(&app.acme, "/conversations").await.unwrap();
        let message = real(&app.acme, "/messages").await.unwrap();
        let media = real(&app.acme, "/media").await.unwrap();
        let text = json!({ "body": "Hi" });
        for (body, wanted) in [
            (json!({ "channel_id": channel, "to": { "phone": "+447700900123" }, "type": "text", "text": text }), 404),
            (json!({ "to": { "contact_id": contact }, "type": "text", "text": text }), 404),
            (json!({ "to": { "phone": "+447700900123" }, "type": "text", "text": text, "reply_to": message }), 404),
            (json!({ "to": { "phone": "+447700900123" }, "type": "image", "image": { "media_id": media } }), 404),
            (json!({ "to": { "phone": "+447700900123" }, "type": "reaction", "reaction": { "message_id": message, "emoji": "👍" } }), 404),
            (json!({ "to": { "phone": "+447700900123" }, "type": "image", "image": { "id": media } }), 404),
        ] {
            app.globex.post("/messages", body).await.expect(wanted);
        }
        for path in [
            format!("/messages?conversation_id={conversation}"),
            format!("/conversations?channel_id={channel}"),
        ] {
            assert_eq!(app.globex.get(&path).await.expect(200)["items"], json!([]), "{path}");
        }
        let wamid = app.acme.get(&format!("/messages/{message}")).await.expect(200)["wamid"].as_str().unwrap().to_owned();
        assert_eq!(app.globex.get(&format!("/messages?wamid={wamid}")).await.expect(200)["items"], json!([]));
    }

    async fn a_key_names_its_tenant_and_no_header_changes_that(app: &TestApp) {
        let request = app.http.get(format!("{}/api/v1/contacts", app.base)).bearer_auth(&app.globex.key);
        let answer = Answer::read(request.header("x-tenant-id", app.acme.id.to_string()).send().await.unwrap()).await;
        assert_eq!(answer.status, 404);
        let stranger = app.http.get(format!("{}/api/v1/contacts", app.base)).bearer_auth(&app.globex.key);
        let nobody = TenantId::from_uuid(Uuid::now_v7()).to_string();
        let absent = Answer::read(stranger.header("x-tenant-id", nobody).send().await.unwrap()).await;
        assert_eq!(answer.bytes, absent.bytes);
    }
}
