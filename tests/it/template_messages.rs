//! Messages made from templates: filled, refused, shown as they were sent.

use chrono::{DateTime, Utc};
use kernel::id::Id;
use reqwest::Method;
use sea_orm::{ConnectionTrait, Statement, Value as Sql};
use serde_json::{Value, json};
use testkit::{Answer, Tenant, TestApp, on_both_profiles};

const CUSTOMER: &str = "447700900123";

/// A template in the simulator's account, and in the copy. Its id here.
async fn template(app: &TestApp, tenant: &Tenant, template: Value) -> String {
    let url = format!("{}/v25.0/{}/message_templates", app.base, tenant.waba_id);
    let request = app
        .http
        .post(url)
        .bearer_auth(&tenant.access_token)
        .json(&template);
    Answer::read(request.send().await.unwrap()).await.expect(200);
    app.settled().await;
    tenant.post("/templates/sync", json!({})).await.expect(202);
    app.settled().await;
    let known = tenant.all("/templates").await;
    let known = known.iter().find(|known| known["name"] == template["name"]);
    known.expect("it was read")["id"].as_str().unwrap().to_owned()
}

/// Writes a template into the copy.
async fn copy(app: &TestApp, tenant: &Tenant, template: &Value, whatsapp_id: &str) -> String {
    let id = app.system.clock().new_uuid();
    let now: DateTime<Utc> = app.system.clock().now();
    let on = app.system.across_tenants("a test makes what it needs");
    let sql = "INSERT INTO templates_templates (tenant_id, id, waba_id, whatsapp_id, name, language, status, category, quality, \
               named, components, mapping, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 'APPROVED', ?, 'GREEN', ?, ?, '{}', ?, ?)";
    let text = |key: &str| Sql::from(template[key].as_str().unwrap());
    let values: [Sql; 11] = [
        tenant.id.uuid().into(),
        id.into(),
        tenant.waba_id.as_str().into(),
        whatsapp_id.into(),
        text("name"),
        text("language"),
        text("category"),
        (template["parameter_format"] == "NAMED").into(),
        template["components"].to_string().into(),
        now.into(),
        now.into(),
    ];
    let made = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    on.execute_raw(made).await.unwrap();
    format!("tpl_{}", id.simple())
}

async fn edit(app: &TestApp, id: &str, components: &Value) {
    let on = app.system.across_tenants("a test makes what it needs");
    let uuid: contracts::templates::TemplateId = id.parse().unwrap();
    let sql = "UPDATE templates_templates SET components = ? WHERE id = ?";
    let values: [Sql; 2] = [components.to_string().into(), uuid.uuid().into()];
    let changed = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    assert_eq!(on.execute_raw(changed).await.unwrap().rows_affected(), 1);
}

fn order(name: &str) -> Value {
    json!({"name": name, "language": "en", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hi {{1}}, your order {{2}} is ready for you.", "example": {"body_text": [["Ana", "A-77"]]}},
        {"type": "FOOTER", "text": "Acme Coffee"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}",
            "example": ["https://shop.example/t/A-77"]}]}]})
}

async fn send(tenant: &Tenant, body: Value) -> Answer {
    let mut message = json!({"to": {"phone": format!("+{CUSTOMER}")}, "type": "template"});
    message
        .as_object_mut()
        .unwrap()
        .extend(body.as_object().unwrap().clone());
    tenant.post("/messages", message).await
}

/// What WhatsApp got.
async fn arrived(app: &TestApp, tenant: &Tenant, message: &Value) -> Value {
    app.settled().await;
    let path = format!("/messages/{}", message["id"].as_str().unwrap());
    let message = tenant.get(&path).await.expect(200);
    let url = format!(
        "{}/_sim/messages/{}",
        app.base,
        message["wamid"].as_str().expect("it left")
    );
    Answer::read(app.http.get(url).send().await.unwrap())
        .await
        .expect(200)["content"]
        .clone()
}

fn fields(error: &Value) -> Vec<&str> {
    let errors = error["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect()
}

on_both_profiles! {
    async fn a_template_is_filled_from_values_and_contact(app: &TestApp) {
        let acme = &app.acme;
        acme.post("/contacts", json!({"name": "Ana Lima", "phone": format!("+{CUSTOMER}")})).await.expect(201);
        let id = template(app, acme, order("order_ready")).await;
        let body = json!({"template_id": id, "values": {"body_2": "A-78", "button_0": "A-78"}});
        let sent = send(acme, body).await.expect(202);
        assert_eq!(sent["preview"], "Hi Ana, your order A-78 is ready for you.");
        assert_eq!(sent["template_id"], id);
        assert_eq!(sent["shown"]["body"], "Hi Ana, your order A-78 is ready for you.");
        assert_eq!(sent["shown"]["footer"], "Acme Coffee");
        assert_eq!(sent["shown"]["buttons"][0]["url"], "https://shop.example/t/A-78");
        let content = arrived(app, acme, &sent).await;
        assert_eq!(
            content["components"],
            json!([
                {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "A-78"}]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A-78"}]},
            ])
        );
        let path = format!("/conversations/{}", sent["conversation_id"].as_str().unwrap());
        let conversation = acme.get(&path).await.expect(200);
        assert_eq!(conversation["preview"], "Hi Ana, your order A-78 is ready for you.");
        // As a reply in the conversation, and sent again.
        let again = json!({"type": "template", "template_id": id, "values": {"body_2": "A-79", "button_0": "A-79"}});
        let reply = acme.post(&format!("{path}/messages"), again).await.expect(202);
        assert_eq!(reply["shown"]["body"], "Hi Ana, your order A-79 is ready for you.");
        app.settled().await;
        assert_eq!(app.sim.ledger().accepted_total, 2);
    }

    async fn a_preview_is_filled_from_a_contact_of_the_tenant(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        let person = json!({"name": "Ana Lima", "phone": format!("+{CUSTOMER}"), "attributes": {"order": "A-80"}});
        let ana = acme.post("/contacts", person.clone()).await.expect(201)["id"].clone();
        let theirs = globex.post("/contacts", person).await.expect(201)["id"].clone();
        let id = template(app, acme, order("order_ready")).await;
        let mapping = json!({"body_2": {"from": "contact", "field": "attribute:order"}});
        let mapped = acme.call(Method::PUT, &format!("/templates/{id}/mapping"), Some(json!({ "mapping": mapping }))).await;
        assert_eq!(mapped.expect(200)["mapping"]["body_1"], json!({"from": "contact", "field": "first_name"}));
        let path = format!("/templates/{id}/preview");
        let preview = acme.post(&path, json!({ "contact_id": ana })).await.expect(200);
        assert_eq!(preview["shown"]["body"], "Hi Ana, your order A-80 is ready for you.");
        assert_eq!(preview["slots"][1]["from"], "contact");
        assert_eq!(preview["missing"][0]["slot"], "button_0");
        acme.post(&path, json!({ "contact_id": theirs })).await.expect(404);
        globex.post(&path, json!({ "contact_id": theirs })).await.expect(404);
    }

    async fn what_is_missing_is_named_and_nothing_leaves(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        let id = template(app, acme, order("order_ready")).await;
        let refused = send(acme, json!({"template_id": id})).await;
        assert_eq!(refused.code(), "template_incomplete");
        let error = refused.expect(422);
        assert_eq!(fields(&error), ["values.body_1", "values.body_2", "values.button_0"]);
        let values = json!({"body_1": "Ana", "body_2": "two\nlines", "button_0": "A-1"});
        let error = send(acme, json!({"template_id": id, "values": values})).await.expect(422);
        assert_eq!(fields(&error), ["values.body_2"]);
        let error = send(acme, json!({"template_id": id, "values": {"body_9": "x"}})).await.expect(422);
        assert_eq!(fields(&error), ["values.body_9"]);
        let error = send(acme, json!({"template_id": id, "template": {"name": "x", "language": "en"}})).await.expect(422);
        assert_eq!(fields(&error), ["template"]);
        // Another tenant's, and one of another account of the same tenant.
        let values = json!({"body_1": "Ana", "body_2": "A-1", "button_0": "A-1"});
        send(globex, json!({"template_id": id, "values": values})).await.expect(404);
        let mut other = order("order_elsewhere");
        other["category"] = "UTILITY".into();
        let mut account = acme.clone();
        "99".clone_into(&mut account.waba_id);
        let elsewhere = copy(app, &account, &other, "98").await;
        let error = send(acme, json!({"template_id": elsewhere, "values": values})).await.expect(422);
        assert_eq!(fields(&error), ["template_id"]);
        assert_eq!(app.sim.ledger().accepted_total, 0);
    }

    async fn what_was_sent_does_not_change_when_the_template_does(app: &TestApp) {
        let acme = &app.acme;
        let id = template(app, acme, order("order_ready")).await;
        let values = json!({"body_1": "Ana", "body_2": "A-1", "button_0": "A-1"});
        let sent = send(acme, json!({"template_id": id, "values": values})).await.expect(202);
        app.settled().await;
        edit(app, &id, &json!([{"type": "BODY", "text": "Now {{1}} and {{2}} are something else."}])).await;
        let path = format!("/messages/{}", sent["id"].as_str().unwrap());
        let message = acme.get(&path).await.expect(200);
        assert_eq!(message["shown"], sent["shown"]);
        assert_eq!(message["preview"], "Hi Ana, your order A-1 is ready for you.");
        // The new text is shown of what is sent from now on.
        let values = json!({"body_1": "this", "body_2": "that"});
        let next = send(acme, json!({"template_id": id, "values": values})).await.expect(202);
        assert_eq!(next["shown"]["body"], "Now this and that are something else.");
    }

    async fn the_version_before_is_sent_while_a_change_is_in_review(app: &TestApp) {
        let acme = &app.acme;
        // No review of such a name ends by itself.
        let id = template(app, acme, order("sim_pending_ready")).await;
        let known = acme.get(&format!("/templates/{id}")).await.expect(200)["whatsapp_id"].clone();
        let url = format!("{}/_sim/templates/{}/approve", app.base, known.as_str().unwrap());
        Answer::read(app.http.post(url).json(&json!({})).send().await.unwrap()).await.expect(200);
        app.clock.advance(chrono::TimeDelta::seconds(5));
        acme.post("/templates/sync", json!({})).await.expect(202);
        app.settled().await;
        let mut components = order("sim_pending_ready")["components"].clone();
        components[0] = json!({"type": "BODY", "text": "Parcel {{1}} for {{2}} and {{3}} is ready for you.",
            "example": {"body_text": [["A-77", "Ana", "Bo"]]}});
        components[2]["buttons"][0]["example"] = json!(["https://shop.example/t/A-77"]);
        acme.post(&format!("/templates/{id}/edit"), json!({"template": {"components": components}})).await.expect(200);
        app.settled().await;
        let changed = acme.get(&format!("/templates/{id}")).await.expect(200);
        assert_eq!((&changed["status"], &changed["components"][0]["text"]), (&json!("PENDING"), &components[0]["text"]));
        let values = json!({"body_1": "Ana", "body_2": "A-1", "button_0": "A-1"});
        let sent = send(acme, json!({"template_id": id, "values": values})).await.expect(202);
        assert_eq!(sent["shown"]["body"], "Hi Ana, your order A-1 is ready for you.");
        arrived(app, acme, &sent).await;
        let path = format!("/messages/{}", sent["id"].as_str().unwrap());
        let message = acme.get(&path).await.expect(200);
        assert_eq!(message["shown"]["body"], "Hi Ana, your order A-1 is ready for you.");
        let refused = send(acme, json!({"template_id": id, "values": {"body_3": "Bo"}})).await.expect(422);
        assert_eq!(fields(&refused), ["values.body_3"]);

        // A new one has no version before.
        let fresh = template(app, acme, order("sim_pending_new")).await;
        let refused = send(acme, json!({"template_id": fresh, "values": values})).await;
        assert_eq!(refused.code(), "template_stopped");
        let error = refused.expect(409);
        assert!(error["detail"].as_str().unwrap().contains("reviewing"), "{error}");
        let raw = json!({"template": {"name": "sim_pending_new", "language": "en", "components": []}});
        assert_eq!(send(acme, raw).await.code(), "template_stopped");
        assert_eq!(app.sim.ledger().accepted_total, 1);
    }

    async fn a_raw_template_is_shown_by_its_text_where_it_is_known(app: &TestApp) {
        let (acme, globex) = (&app.acme, &app.globex);
        template(app, acme, order("order_ready")).await;
        let raw = json!({"template": {"name": "order_ready", "language": "en", "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Tom"}, {"type": "text", "text": "A-2"}]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "A-2"}]}]}});
        let sent = send(acme, raw.clone()).await.expect(202);
        assert_eq!(sent["preview"], "Hi Tom, your order A-2 is ready for you.");
        assert_eq!(sent["shown"]["buttons"][0]["url"], "https://shop.example/t/A-2");
        // Another tenant does not know it.
        let theirs = send(globex, raw).await.expect(202);
        assert_eq!(theirs["preview"], "📋 order_ready");
        assert!(theirs["shown"].is_null());
    }

    async fn a_one_time_password_stays_out_of_lists(app: &TestApp) {
        let acme = &app.acme;
        let code = json!({"name": "sign_in", "language": "en", "category": "AUTHENTICATION", "components": [
            {"type": "BODY", "add_security_recommendation": false},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}]}]});
        let id = template(app, acme, code).await;
        let sent = send(acme, json!({"template_id": id, "values": {"otp": "482913"}})).await.expect(202);
        assert_eq!(sent["preview"], "*••••••* is your verification code.");
        assert_eq!(sent["shown"]["body"], "*482913* is your verification code.");
        let content = arrived(app, acme, &sent).await;
        assert_eq!(content["components"][1]["parameters"][0]["text"], "482913");
    }

    async fn a_test_send_says_so(app: &TestApp) {
        let acme = &app.acme;
        let id = template(app, acme, order("order_ready")).await;
        let values = json!({"body_1": "Ana", "body_2": "A-1", "button_0": "A-1"});
        let sent = send(acme, json!({"template_id": id, "values": values, "test": true})).await.expect(202);
        let on = app.system.across_tenants("a test looks at a row");
        let message: contracts::messaging::MessageId = sent["id"].as_str().unwrap().parse().unwrap();
        let sql = "SELECT origin, template FROM messaging_messages WHERE id = ?";
        let asked = Statement::from_sql_and_values(on.get_database_backend(), sql, [message.uuid().into()]);
        let row = on.query_one_raw(asked).await.unwrap().unwrap();
        assert_eq!(row.try_get::<String>("", "origin").unwrap(), "test");
        let kept: Value = serde_json::from_str(&row.try_get::<String>("", "template").unwrap()).unwrap();
        assert_eq!(kept["values"]["body_2"], "A-1");
        assert_eq!(kept["template_id"], id);
        // Only templates are tried out.
        acme.customer_writes(CUSTOMER, "Hi");
        app.settled().await;
        let body = json!({"to": {"phone": format!("+{CUSTOMER}")}, "type": "text", "text": {"body": "Hi"}, "test": true});
        acme.call(Method::POST, "/messages", Some(body)).await.expect(422);
    }
}
