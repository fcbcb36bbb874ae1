//! Every operation of the OpenAPI document: 401 without credentials, 403 without the permission, and for another tenant's ids
//! exactly the response of unknown ids. An operation without a case fails.

use host::openapi::{Operation, operations};
use kernel::{TenantId, id::Id};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use testkit::{Answer, Tenant, TestApp, on_both_profiles};
use uuid::Uuid;

/// A body that is acceptable, for every operation that takes one.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "sign_in" => json!({ "email": "nobody@acme.example", "password": "wrong password" }),
        "create_api_key" => json!({ "name": "A key", "scopes": ["contacts:read"] }),
        "create_contact" => json!({ "name": "Ana", "phone": "+447700900321" }),
        "update_contact" => json!({ "name": "Ana" }),
        "create_tag" => json!({ "name": "A tag" }),
        "create_channel" => json!({
            "name": "A number", "kind": "simulated", "phone_number_id": "330000000009999", "waba_id": "220000000009999",
            "access_token": "a token", "app_secret": "an app secret", "verify_token": "a verify token",
        }),
        "update_channel" => json!({ "name": "A number" }),
        "switch_module" => json!({ "enabled": true }),
        "send_message" => {
            json!({ "to": { "phone": "+447700900123" }, "type": "text", "text": { "body": "Hi" } })
        }
        // Bare JSON is a link; one into our own network is refused after the right was asked.
        "upload_media" => json!({ "link": "https://127.0.0.1/invoice.pdf" }),
        "reply_to_conversation" => json!({ "type": "text", "text": { "body": "Hi" } }),
        "list_api_keys"
        | "delete_api_key"
        | "list_channels"
        | "get_channel"
        | "delete_channel"
        | "test_channel"
        | "resume_channel"
        | "list_channel_templates"
        | "list_contacts"
        | "get_contact"
        | "delete_contact"
        | "list_conversations"
        | "get_conversation"
        | "list_conversation_messages"
        | "read_conversation"
        | "type_in_conversation"
        | "list_messages"
        | "get_message"
        | "resend_message"
        | "list_modules"
        | "list_permissions"
        | "get_session"
        | "sign_out"
        | "list_statuses"
        | "list_tags"
        | "delete_tag"
        | "list_media"
        | "get_media"
        | "fetch_media"
        | "list_account_events"
        | "summarize_webhook_events"
        | "list_webhook_events" => return None,
        other => panic!("{other} has no case here: add one"),
    })
}

/// A real thing of the tenant, for every path parameter; none for parameters that are not ids.
async fn real(tenant: &Tenant, parameter: &str) -> Option<String> {
    let first = async |path: &str| {
        tenant.get(path).await.expect(200)["items"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    Some(match parameter {
        "api_key_id" => first("/api-keys").await,
        "channel_id" => tenant.channel_id.clone(),
        "contact_id" => first("/contacts").await,
        "tag_id" => first("/tags").await,
        "conversation_id" => first("/conversations").await,
        "message_id" => first("/messages").await,
        "media_id" => first("/media").await,
        "module" => return None,
        other => panic!("the path parameter {other} has no case here: add one"),
    })
}

/// An id of the same kind that never existed.
fn absent(real: &str) -> String {
    let (prefix, _) = real.split_once('_').unwrap();
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

fn parameter(operation: &Operation) -> Option<&str> {
    operation
        .path
        .split('{')
        .nth(1)
        .and_then(|rest| rest.split('}').next())
}

async fn call(tenant: &Tenant, key: &str, operation: &Operation, id: &str) -> Answer {
    let path = match parameter(operation) {
        Some(name) => operation.path.replace(&format!("{{{name}}}"), id),
        None => operation.path.clone(),
    };
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    tenant.call_with(key, method, &path, body(&operation.id)).await
}

/// Gives the tenant at least one of everything.
async fn furnish(app: &TestApp, tenant: &Tenant) {
    tenant
        .post(
            "/contacts",
            json!({ "name": "Ana", "phone": "+447700900123", "tags": ["VIP"] }),
        )
        .await
        .expect(201);
    tenant.customer_writes("447700900123", "Hello");
    tenant.upload("text/plain", b"A file").await.expect(201);
    app.settled().await;
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
        for operation in operations(&document(app).await) {
            let id = match parameter(&operation) {
                Some(name) => real(&app.acme, name).await.unwrap_or_else(|| "contacts".to_owned()),
                None => String::new(),
            };
            let answer = call(&app.acme, "", &operation, &id).await;
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
            let id = match parameter(&operation) {
                Some(name) => real(&app.acme, name).await.unwrap_or_else(|| "contacts".to_owned()),
                None => String::new(),
            };
            let answer = call(&app.acme, key, &operation, &id).await;
            assert_eq!((answer.status, answer.code()), (403, "permission_denied"), "{}", operation.id);
            let detail = answer.json["detail"].as_str().unwrap();
            assert!(detail.contains(permission), "{}: {detail}", operation.id);
        }
    }

    async fn the_ids_of_another_tenant_answer_what_absent_ids_answer(app: &TestApp) {
        furnish(app, &app.acme).await;
        furnish(app, &app.globex).await;
        let mut walked = 0;
        for operation in operations(&document(app).await) {
            let Some(name) = parameter(&operation) else { continue };
            let Some(foreign) = real(&app.acme, name).await else { continue };
            let to_foreign = call(&app.globex, &app.globex.key, &operation, &foreign).await;
            let to_absent = call(&app.globex, &app.globex.key, &operation, &absent(&foreign)).await;
            assert_eq!(to_foreign.status, 404, "{}: {}", operation.id, String::from_utf8_lossy(&to_foreign.bytes));
            assert_eq!(to_foreign.bytes, to_absent.bytes, "{}", operation.id);
            assert_eq!(real(&app.acme, name).await.unwrap(), foreign, "{} touched the other tenant's", operation.id);
            walked += 1;
        }
        assert!(walked >= 14, "only {walked} operations have ids");
    }

    async fn ids_in_bodies_and_queries_do_not_reach_across_either(app: &TestApp) {
        furnish(app, &app.acme).await;
        furnish(app, &app.globex).await;
        let channel = &app.acme.channel_id;
        let contact = real(&app.acme, "contact_id").await.unwrap();
        let conversation = real(&app.acme, "conversation_id").await.unwrap();
        let message = real(&app.acme, "message_id").await.unwrap();
        let media = real(&app.acme, "media_id").await.unwrap();
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
