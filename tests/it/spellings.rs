//! One person under two spellings of a phone number: WhatsApp's, and the one that was typed.

use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles};

async fn template(tenant: &Tenant, to: &str) -> Value {
    let body = json!({
        "to": { "phone": to }, "type": "template",
        "template": { "name": "hello_world", "language": "en_US" },
    });
    tenant.post("/messages", body).await.expect(202)
}

/// Sends a template and waits until it was read.
async fn sent(app: &TestApp, tenant: &Tenant, to: &str) -> Value {
    let queued = template(tenant, to).await;
    let path = format!("/messages/{}", queued["id"].as_str().unwrap());
    app.until(tenant, &path, |message| message["status"] == "read")
        .await
}

/// The contact that a search finds, and its only conversation.
async fn only(tenant: &Tenant, search: &str) -> (Value, Value) {
    let contacts = tenant.all(&format!("/contacts?search={search}")).await;
    assert_eq!(contacts.len(), 1, "{search}: {contacts:?}");
    let conversations = tenant.all(&format!("/conversations?search={search}")).await;
    assert_eq!(conversations.len(), 1, "{search}: {conversations:?}");
    (contacts[0].clone(), conversations[0].clone())
}

async fn messages_of(tenant: &Tenant, conversation: &Value) -> usize {
    let id = conversation["id"].as_str().unwrap();
    tenant.all(&format!("/conversations/{id}/messages")).await.len()
}

/// A text as WhatsApp tells it: `from` and the entry's `wa_id` may be two spellings.
fn text(tenant: &Tenant, wamid: &str, from: &str, wa_id: &str) -> Vec<u8> {
    let (body, _) = tenant.text_webhook(from, "Oi");
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    let value = &mut body["entry"][0]["changes"][0]["value"];
    value["contacts"][0]["wa_id"] = json!(wa_id);
    value["messages"][0]["id"] = json!(wamid);
    serde_json::to_vec(&body).unwrap()
}

on_both_profiles! {
    async fn who_answers_under_another_spelling_answers_in_the_same_conversation(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            sent(app, tenant, "+52 1 55 5000 0009").await;
            tenant.customer_writes("5215550000009", "Hola");
            app.settled().await;
            let (contact, conversation) = only(tenant, "5550000009").await;
            assert_eq!(contact["phone"], "+525550000009");
            assert_eq!(messages_of(tenant, &conversation).await, 2);
            // The window that the answer opened is found under either spelling.
            for to in ["+52 1 55 5000 0009", "+52 55 5000 0009", "525550000009"] {
                let answer = tenant.sends(to, "Gracias").await.expect(202);
                assert_eq!(answer["contact_id"], contact["id"], "{to}");
            }
        }
    }

    async fn the_spelling_in_the_answer_of_a_send_is_learned(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            let first = sent(app, tenant, "+999 003 000 013").await;
            app.settled().await;
            let (contact, _) = only(tenant, "3000013").await;
            assert_eq!(contact["phone"], "+99903000013");
            tenant.customer_writes("999003000013", "Hi");
            app.settled().await;
            let (same, conversation) = only(tenant, "3000013").await;
            assert_eq!(same["id"], contact["id"]);
            assert_eq!(first["contact_id"], contact["id"]);
            assert_eq!(messages_of(tenant, &conversation).await, 2);
            tenant.sends("+999003000013", "Hello").await.expect(202);
        }
    }

    async fn brazil_and_argentina_are_known_under_both(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            for (n, typed, wa_id) in [
                (1, "+55 31 98888-8801", "553188888801"),
                (2, "+55 31 8888-8802", "5531988888802"),
                (3, "+54 11 2345-6777", "5491123456777"),
                (4, "+54 9 11 2345-6778", "541123456778"),
            ] {
                let contact = tenant.post("/contacts", json!({ "phone": typed })).await.expect(201);
                tenant.webhook(&text(tenant, &format!("wamid.SPELL{n}"), wa_id, wa_id)).await.expect(200);
                app.settled().await;
                let (found, _) = only(tenant, wa_id).await;
                assert_eq!(found["id"], contact["id"], "{typed}");
                assert_eq!(found["phone"], format!("+{wa_id}"));
                let answer = tenant.sends(typed, "Hello").await.expect(202);
                assert_eq!(answer["contact_id"], contact["id"]);
            }
        }
    }

    async fn two_spellings_in_one_webhook_and_in_a_status_are_one_person(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            tenant.webhook(&text(tenant, "wamid.TWO1", "447700900001", "44700900001")).await.expect(200);
            tenant.webhook(&text(tenant, "wamid.TWO2", "447700900001", "447700900001")).await.expect(200);
            tenant.webhook(&text(tenant, "wamid.TWO3", "44700900001", "44700900001")).await.expect(200);
            app.settled().await;
            let (contact, conversation) = only(tenant, "0900001").await;
            assert_eq!(contact["phone"], "+44700900001");
            assert_eq!(messages_of(tenant, &conversation).await, 3);

            let message = sent(app, tenant, "+44 7700 900002").await;
            let wamid = message["wamid"].as_str().unwrap();
            let status = String::from_utf8(tenant.status_webhook(wamid, "delivered", None)).unwrap();
            tenant.webhook(status.replace("447700900123", "44700900002").as_bytes()).await.expect(200);
            // Somebody else's number is no spelling of this one.
            tenant.webhook(&tenant.status_webhook(wamid, "read", None)).await.expect(200);
            tenant.webhook(&text(tenant, "wamid.TWO4", "44700900002", "44700900002")).await.expect(200);
            app.settled().await;
            let (found, conversation) = only(tenant, "0900002").await;
            assert_eq!(found["id"], message["contact_id"]);
            assert_eq!(messages_of(tenant, &conversation).await, 2);
            assert_eq!(tenant.all("/contacts?search=447700900123").await.len(), 0);
        }
    }

    async fn contacts_and_conversations_that_are_doubled_become_one(app: &TestApp) {
        use sea_orm::ConnectionTrait;
        let tenant = &app.acme;
        let first = sent(app, tenant, "+55 31 98888-8801").await;
        tenant.webhook(&text(tenant, "wamid.DOUBLE1", "447700900999", "447700900999")).await.expect(200);
        app.globex.webhook(&text(&app.globex, "wamid.DOUBLE1", "447700900999", "447700900999")).await.expect(200);
        app.settled().await;
        let (second, _) = only(tenant, "447700900999").await;
        tenant.patch(&format!("/contacts/{}", second["id"].as_str().unwrap()), json!({ "tags": ["vip"], "note": "likes tea" })).await.expect(200);
        // As earlier versions left it.
        let on = app.system.across_tenants("two spellings that made two contacts");
        on.execute_unprepared("UPDATE contacts_identities SET value = '+553188888801' WHERE value = '+447700900999'").await.unwrap();
        on.execute_unprepared("UPDATE messaging_conversations SET window_phone = REPLACE(window_phone, '447700900999', '553188888801')").await.unwrap();

        // The next message, in either direction, finds that they are one.
        let answer = tenant.sends("+55 31 8888-8801", "Olá").await;
        let answer = answer.expect(202);
        assert_eq!(answer["contact_id"], first["contact_id"]);
        let (contact, conversation) = only(tenant, "88888801").await;
        assert_eq!(contact["id"], first["contact_id"]);
        assert_eq!(contact["tags"], json!(["vip"]));
        assert_eq!(contact["note"], "likes tea");
        assert_eq!(messages_of(tenant, &conversation).await, 3);
        assert_eq!(tenant.get(&format!("/contacts/{}", second["id"].as_str().unwrap())).await.status, 404);
        // Another tenant's are its own.
        assert_eq!(app.globex.all("/conversations").await.len(), 1);
    }

    /// When two conversations become one, the state that needs a person more is kept, and the assignee.
    async fn a_joined_conversation_keeps_state_and_assignee(app: &TestApp) {
        use sea_orm::{ConnectionTrait, Statement};
        let tenant = &app.acme;
        let (ours, theirs) = ("X'00000000000070008000000000000001'", "X'00000000000070008000000000000002'");
        let none = "NULL";
        for (case, (kept, kept_by, gone, gone_by, state, by)) in [
            ("resolved", none, "snoozed", theirs, "snoozed", theirs),
            ("pending", ours, "resolved", theirs, "pending", ours),
            ("open", none, "pending", none, "open", none),
        ].into_iter().enumerate() {
            let (long, short, other) = (format!("+55 31 98888-881{case}"), format!("55318888881{case}"), format!("44770090098{case}"));
            sent(app, tenant, &long).await;
            let wamid = format!("wamid.STATES{case}");
            for tenant in [tenant, &app.globex] {
                tenant.webhook(&text(tenant, &wamid, &other, &other)).await.expect(200);
            }
            app.settled().await;
            // As earlier versions left it: two spellings of one number, two contacts.
            let on = app.system.across_tenants("two spellings that made two contacts");
            let run = |sql: String| Statement::from_sql_and_values(on.get_database_backend(), sql, [tenant.id.into()]);
            for sql in [
                format!("UPDATE contacts_identities SET value = '+{short}' WHERE value = '+{other}' AND tenant_id = ?"),
                format!("UPDATE messaging_conversations SET state = '{kept}', assignee_id = {kept_by} WHERE window_phone IS NULL AND tenant_id = ?"),
                format!(
                    "UPDATE messaging_conversations SET state = '{gone}', assignee_id = {gone_by}, snoozed_until = '2035-01-01 00:00:00', \
                     window_phone = '+{short}' WHERE window_phone = '+{other}' AND tenant_id = ?"
                ),
            ] {
                on.execute_raw(run(sql)).await.unwrap();
            }
            // A message to the number finds that they are one.
            template(tenant, &format!("+{short}")).await;
            let (_, conversation) = only(tenant, &short[4..]).await;
            assert_eq!(conversation["state"], state, "{case}: {conversation}");
            let sql = format!(
                "SELECT COUNT(*) AS n FROM messaging_conversations WHERE tenant_id = ? AND window_phone = '+{short}' AND state = '{state}' AND \
                 (assignee_id = {by} OR (assignee_id IS NULL AND {by} IS NULL)) AND (snoozed_until IS NOT NULL) = {}",
                i32::from(state == "snoozed"),
            );
            let row = on.query_one_raw(run(sql)).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), 1, "{case}");
            app.settled().await;
        }
        assert_eq!(app.globex.all("/conversations?state=open").await.len(), 3, "another tenant's are its own");
    }

    async fn a_window_is_found_open_while_its_contact_is_joined(app: &TestApp) {
        use sea_orm::ConnectionTrait;
        let tenant = &app.acme;
        // The older of the two has the number as it was typed, the younger one has written.
        let older = sent(app, tenant, "+55 31 98888-8802").await;
        tenant.webhook(&text(tenant, "wamid.JOIN1", "447700900998", "447700900998")).await.expect(200);
        app.globex.webhook(&text(&app.globex, "wamid.JOIN1", "447700900998", "447700900998")).await.expect(200);
        app.settled().await;
        let (younger, conversation) = only(tenant, "447700900998").await;
        let on = app.system.across_tenants("two spellings that made two contacts");
        on.execute_unprepared("UPDATE contacts_identities SET value = '+553188888802' WHERE value = '+447700900998'").await.unwrap();
        on.execute_unprepared("UPDATE messaging_conversations SET window_phone = REPLACE(window_phone, '447700900998', '553188888802')").await.unwrap();
        let reply = json!({ "to": { "contact_id": younger["id"] }, "type": "text", "text": { "body": "Olá" } });
        let answer = tenant.post("/messages", reply).await.expect(202);
        assert_eq!(answer["contact_id"], older["contact_id"], "{conversation}");
        let (_, conversation) = only(tenant, "88888802").await;
        assert_eq!(answer["conversation_id"], conversation["id"]);
        assert_eq!(messages_of(tenant, &conversation).await, 3);
        assert_eq!(app.globex.all("/conversations").await.len(), 1);
    }
}
