//! The inbox's search: right however many contacts fit, and within its tenant.

use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles};

/// A message of somebody with this profile name.
fn message(tenant: &Tenant, wa_id: &str, name: &str) -> Vec<u8> {
    let text = json!({
        "from": wa_id, "id": format!("wamid.{wa_id}"), "timestamp": chrono::Utc::now().timestamp().to_string(), "type": "text",
        "text": { "body": "Hello" }
    });
    tenant.envelope(
        json!({ "contacts": [{ "wa_id": wa_id, "profile": { "name": name } }], "messages": [text] }),
    )
}

async fn names(tenant: &Tenant, query: &str) -> Vec<String> {
    let rows = tenant.all(&format!("/conversations?{query}")).await;
    rows.iter()
        .map(|row| row["contact"]["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

on_both_profiles! {
    async fn a_conversation_is_found_however_many_contacts_fit(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            tenant.webhook(&message(tenant, "447700930001", "Zqmaría Old")).await.expect(200);
        }
        app.idle().await;
        // Newer contacts that fit as well, most of them without a conversation.
        for n in 0..450 {
            let contact = json!({ "name": format!("Zqmaria {n}") });
            app.acme.post("/contacts", contact).await.expect(201);
        }
        app.acme.webhook(&message(&app.acme, "447700930002", "Zqmaria New")).await.expect(200);
        app.acme.webhook(&message(&app.acme, "447700930003", "Somebody Else")).await.expect(200);
        app.idle().await;
        assert_eq!(names(&app.acme, "search=zqmaria").await, ["Zqmaria New", "Zqmaría Old"]);
        assert_eq!(names(&app.acme, "search=zqmaria&limit=1").await, ["Zqmaria New", "Zqmaría Old"]);
        assert_eq!(names(&app.acme, "search=ZQMAR%C3%8DA%20old").await, ["Zqmaría Old"]);
        assert_eq!(names(&app.acme, "search=zqmaria&unread=true").await.len(), 2);
        assert_eq!(names(&app.acme, "search=930003").await, ["Somebody Else"]);
        assert!(names(&app.acme, "search=nobody").await.is_empty());
        assert_eq!(names(&app.acme, "search=%E2%80%8B").await.len(), 3);
        assert_eq!(names(&app.globex, "search=zqmaria").await, ["Zqmaría Old"]);
    }

    async fn conversations_of_a_contact_are_found_on_every_number(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            tenant.webhook(&message(tenant, "447700930011", "Nadia Berg")).await.expect(200);
            tenant.webhook(&message(tenant, "447700930012", "Otto Falk")).await.expect(200);
        }
        app.idle().await;
        for (tenant, other) in [(&app.acme, &app.globex), (&app.globex, &app.acme)] {
            let rows = tenant.all("/conversations?search=nadia").await;
            let contact = rows[0]["contact"]["id"].as_str().expect("an id").to_owned();
            assert_eq!(names(tenant, &format!("contact_id={contact}")).await, ["Nadia Berg"]);
            assert!(names(other, &format!("contact_id={contact}")).await.is_empty());
        }
    }

    async fn a_text_beyond_its_bound_is_refused_with_the_field(app: &TestApp) {
        let long = "a".repeat(50_001);
        let texts: [(&str, &[&str]); 8] = [
            ("/contacts", &["search", "tag", "after"]),
            ("/tags", &["after"]),
            ("/conversations", &["search", "after"]),
            ("/messages", &["wamid", "after"]),
            ("/account-events", &["field", "after"]),
            ("/media", &["after"]),
            ("/channels", &["after"]),
            ("/api-keys", &["after"]),
        ];
        for (path, parameters) in texts {
            for parameter in parameters {
                let answer = app.acme.get(&format!("{path}?{parameter}={long}")).await;
                let field = answer.json["errors"][0]["field"].clone();
                assert_eq!((answer.status, field), (422, Value::from(*parameter)), "{path} {parameter} {}", answer.json);
            }
        }
    }

    async fn a_number_keeps_what_a_change_does_not_name(app: &TestApp) {
        let path = format!("/channels/{}", app.acme.channel_id);
        let before = app.acme.get(&path).await.expect(200);
        assert_eq!(app.acme.patch(&path, json!({})).await.expect(200), before);
        assert_eq!(app.acme.patch(&path, json!({ "name": before["name"] })).await.expect(200), before);
        for field in ["name", "waba_id", "access_token", "app_secret", "verify_token"] {
            let answer = app.acme.patch(&path, json!({ field: null })).await;
            assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (422, &json!(field)), "{}", answer.json);
        }
        for name in ["\u{3164}", "\u{200b}", "two\nlines"] {
            let answer = app.acme.patch(&path, json!({ "name": name })).await;
            assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (422, &json!("name")), "{name:?} {}", answer.json);
            let key = json!({ "name": name, "scopes": ["contacts:read"] });
            let answer = app.acme.post("/api-keys", key).await;
            assert_eq!((answer.status, &answer.json["errors"][0]["field"]), (422, &json!("name")), "{name:?} {}", answer.json);
        }
        let changed = app.acme.patch(&path, json!({ "name": " Front desk " })).await.expect(200);
        assert_eq!(changed["name"], "Front desk");
    }
}

/// Contacts and tags that an earlier version wrote, in a tenant that was there before the migration.
async fn as_before(app: &TestApp) {
    use sea_orm::ConnectionTrait;
    let connection = app
        .system
        .across_tenants("a test goes back to an earlier version");
    for sql in [
        "UPDATE contacts_contacts SET search = LOWER(name)",
        "UPDATE contacts_tags SET folded = 'café bh'",
        "DELETE FROM seaql_migrations WHERE version LIKE '%rekey_text'",
    ] {
        let done = connection.execute_unprepared(sql).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
    }
}

on_both_profiles! {
    async fn keys_of_tenants_that_were_there_before_are_renewed_after_the_migration(app: &TestApp) {
        use sea_orm::EntityTrait;
        for tenant in [&app.acme, &app.globex] {
            let contact = json!({ "name": "josé Álvarez", "tags": ["Café bh"] });
            tenant.post("/contacts", contact).await.expect(201);
        }
        app.settled().await;
        as_before(app).await;
        assert!(app.acme.all("/contacts?search=jose").await.is_empty());
        assert_eq!(app.acme.all("/contacts?search=jos%C3%A9").await.len(), 1);
        app.config.database().migrate::<migrations::Migrator>().await.unwrap();
        app.settled().await;
        for tenant in [&app.acme, &app.globex] {
            assert_eq!(tenant.all("/contacts?search=jose").await.len(), 1);
            assert_eq!(tenant.all("/contacts?tag=cafe%20BH").await.len(), 1);
            assert_eq!(tenant.post("/tags", json!({ "name": "cafe bh" })).await.status, 409);
        }
        let left = kernel::outbox::job::Entity::find().all(app.system.across_tenants("no job is left behind")).await.unwrap();
        assert!(left.iter().all(|job| job.kind != "contacts.rekey"), "{left:?}");
    }
}
