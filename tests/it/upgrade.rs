//! An upgrade from the version before numbers, origins and ordered events: everything is kept, and work goes on. The dumps in
//! `tests/upgrade/` were made by that version (`tests/upgrade/make.py`).

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::resume_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::TimeDelta;
use host::database::DatabaseOptions;
use migrations::{Migrator, MigratorTrait};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::{Map, Value, json};
use testkit::{Answer, Dump, Profile, Services, Tenant, TestApp};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("upgrade/40a3432")
}

/// What the earlier version showed under a path.
fn shown<'a>(known: &'a Value, path: &str) -> &'a [Value] {
    known["shown"][path].as_array().unwrap()
}

/// Fields that may differ afterwards: work went on, and new webhooks came.
fn moves(path: &str, before: &Value) -> &'static [&'static str] {
    match path {
        "/conversations" => &[
            "last_at",
            "last_direction",
            "last_status",
            "preview",
            "unread",
            "window_closes_at",
        ],
        "/contacts" => &["updated_at"],
        "/api-keys" => &["last_used_at"],
        "/channels" => &["webhook_url"],
        _ if before["status"] == "queued" => &["status", "timestamps", "wamid"],
        _ => &[],
    }
}

/// Whether a field is the English of terms that stand beside it: a version may put that into other words.
fn is_english(fields: &Map<String, Value>, name: &str) -> bool {
    match name {
        "status_reason" => fields.contains_key("status_terms"),
        "reason" | "title" | "detail" | "advice" => {
            fields.contains_key("terms") || fields.contains_key(&format!("{name}_terms"))
        }
        _ => false,
    }
}

/// Whether a field promises what no code ever did about an error: a newer version says that nothing is done.
fn is_empty_promise(name: &str, value: &Value) -> bool {
    name == "action" && (value == "count_undeliverable" || value == "fail")
}

/// Without the addresses of files, which end after minutes, and without English.
fn lasting(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_file = fields.contains_key("url_expires_at");
            let ends = |name: &str| is_file && ["url", "url_expires_at"].contains(&name);
            let lasting_fields = fields.iter().filter(|(name, value)| {
                !ends(name) && !is_english(fields, name) && !is_empty_promise(name, value)
            });
            lasting_fields
                .map(|(name, value)| (name.clone(), lasting(value)))
                .collect()
        }
        other => other.clone(),
    }
}

/// Whatever the earlier version showed is shown still, field by field.
async fn compare(tenant: &Tenant, known: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, before) in known["shown"].as_object().unwrap() {
        let now = tenant.all(path).await;
        let name = |row: &Value| row["id"].as_str().or(row["name"].as_str()).unwrap().to_owned();
        let now: BTreeMap<String, &Value> = now.iter().map(|row| (name(row), row)).collect();
        for row in before.as_array().unwrap() {
            let Some(now) = now.get(&name(row)).map(|now| lasting(now)) else {
                wrong.push(format!("{path} lost {row}"));
                continue;
            };
            for (field, value) in lasting(row).as_object().unwrap() {
                if !moves(path, row).contains(&field.as_str()) && now.get(field) != Some(value) {
                    wrong.push(format!("{path} {}: {field} was {value}, now {now}", name(row)));
                }
            }
        }
    }
    wrong
}

/// Ids of the messages that waited for a number, newest first.
fn waited(known: &Value, channel: usize) -> Vec<&str> {
    let channel = &known["channels"][channel]["id"];
    shown(known, "/messages")
        .iter()
        .filter(|row| row["status"] == "queued" && row["channel_id"] == *channel)
        .map(|row| row["id"].as_str().unwrap())
        .collect()
}

/// How often WhatsApp has taken each message.
fn taken(app: &TestApp) -> BTreeMap<String, usize> {
    let mut taken = BTreeMap::new();
    for accepted in app.sim.ledger().accepted() {
        *taken
            .entry(accepted.callback_data.clone().unwrap_or_default())
            .or_default() += 1;
    }
    taken
}

async fn went(app: &TestApp, tenant: &Tenant, messages: &[&str]) {
    for id in messages {
        app.until(tenant, &format!("/messages/{id}"), |row| row["status"] == "read")
            .await;
        assert_eq!(taken(app).get(*id), Some(&1), "{id}");
    }
}

async fn nothing_is_lost(profile: Profile) {
    let dump = Dump::read(&folder(), profile);
    let app = TestApp::upgraded(profile, &dump).await;
    app.settled().await;
    for (tenant, key) in [(&app.acme, "acme"), (&app.globex, "globex")] {
        let known = &dump.known[key];
        let wrong = compare(tenant, known).await;
        assert!(wrong.is_empty(), "{}:\n  {}", tenant.name, wrong.join("\n  "));

        // What waited leaves, once, whatever the lane; what had left does not leave again.
        let waited = waited(known, 0);
        assert!(waited.len() >= 2, "{waited:?}");
        went(&app, tenant, &waited).await;
        // What the earlier version stored without applying it.
        let nadia = tenant.all("/contacts?search=Nadia").await;
        assert_eq!((nadia.len(), &nadia[0]["phone"]), (1, &json!("+447700900128")));
        let conversation = tenant.all("/conversations?search=Nadia").await.remove(0);
        assert_eq!(conversation["preview"], "Stored by the version before");
    }
    assert_eq!(waited(&dump.known["acme"], 0).len(), 5);
    held_numbers_keep_their_campaigns(&app, &dump.known["acme"]).await;
    people_and_programs_come_back(&app, &dump).await;
    messages_come_and_go(&app).await;
    app.stop().await;
}

async fn held_numbers_keep_their_campaigns(app: &TestApp, known: &Value) {
    let campaign = waited(known, 1);
    assert_eq!(campaign.len(), 3);
    let number = format!("/channels/{}", known["channels"][1]["id"].as_str().unwrap());
    let held = app.acme.get(&number).await.expect(200);
    assert!(
        held["held"]["reason"].as_str().unwrap().contains("disabled"),
        "{held}"
    );
    for id in &campaign {
        let waits = app.acme.get(&format!("/messages/{id}")).await.expect(200);
        assert_eq!(waits["status"], "queued", "{waits}");
    }
    app.acme
        .post(&format!("{number}/resume"), json!({}))
        .await
        .expect(200);
    app.clock.advance(TimeDelta::minutes(10));
    went(app, &app.acme, &campaign).await;
    let before: BTreeSet<&str> = campaign.into_iter().chain(waited(known, 0)).collect();
    let known = [shown(known, "/messages")].concat();
    for row in &known {
        let id = row["id"].as_str().unwrap();
        assert!(
            before.contains(id) || !taken(app).contains_key(id),
            "{id} left twice"
        );
    }
}

async fn people_and_programs_come_back(app: &TestApp, dump: &Dump) {
    for (tenant, key) in [(&app.acme, "acme"), (&app.globex, "globex")] {
        let known = &dump.known[key];
        let session = app
            .http
            .post(format!("{}/api/v1/session", app.base))
            .json(&json!({ "email": known["email"], "password": dump.known["password"] }));
        let signed_in = Answer::read(session.send().await.unwrap()).await.expect(200);
        assert!(
            signed_in.to_string().contains(known["id"].as_str().unwrap()),
            "{signed_in}"
        );
        let limited = known["limited_key"].as_str().unwrap();
        let with = async |path: &str| tenant.call_with(limited, Method::GET, path, None).await.status;
        assert_eq!((with("/contacts").await, with("/messages").await), (200, 403));
        // A request that a program made before, again.
        let order = shown(known, "/messages")
            .iter()
            .find(|row| row["contact_id"] == contact(known, "+447700900126"));
        let request = app
            .http
            .post(format!("{}/api/v1/messages", app.base))
            .bearer_auth(&tenant.key)
            .header("idempotency-key", "order-7")
            .json(&json!({ "channel_id": tenant.channel_id, "to": { "phone": "+447700900126" }, "type": "template",
                "template": { "name": "hello_world", "language": "en_US" } }));
        let again = Answer::read(request.send().await.unwrap()).await.expect(202);
        assert_eq!(again["id"], order.unwrap()["id"]);
    }
    // No key opens the other's rows.
    let theirs = &shown(&dump.known["globex"], "/messages")[0]["id"];
    app.acme
        .get(&format!("/messages/{}", theirs.as_str().unwrap()))
        .await
        .expect(404);
}

fn contact(known: &Value, phone: &str) -> Value {
    let found = shown(known, "/contacts").iter().find(|row| row["phone"] == phone);
    found.unwrap()["id"].clone()
}

/// A customer writes, by a webhook of WhatsApp. The new simulator would give the person another BSUID.
async fn writes(app: &TestApp, tenant: &Tenant, from: &str, text: &str) {
    let (body, _) = tenant.text_webhook(from, text);
    tenant.webhook(&body).await.expect(200);
    app.settled().await;
}

async fn messages_come_and_go(app: &TestApp) {
    for tenant in [&app.acme, &app.globex] {
        // The secrets open.
        let test = format!("/channels/{}/test", tenant.channel_id);
        assert_eq!(tenant.post(&test, Value::Null).await.expect(200)["ok"], true);
        let before = tenant.all("/conversations").await.len();
        writes(app, tenant, "447700900123", "And after the upgrade").await;
        assert_eq!(tenant.all("/conversations").await.len(), before);
        let answer = json!({ "channel_id": tenant.channel_id, "to": { "phone": "+447700900123" }, "type": "text",
            "text": { "body": "All the same" } });
        let answer = tenant.post("/messages", answer).await.expect(202);
        went(app, tenant, &[answer["id"].as_str().unwrap()]).await;
        // Luz, whose number was typed otherwise than WhatsApp writes it, is one person still.
        writes(app, tenant, "5215550000009", "Gracias").await;
        assert_eq!(tenant.all("/contacts?search=5550000009").await.len(), 1);
        let luz = tenant.all("/conversations?search=5550000009").await;
        assert_eq!((luz.len(), &luz[0]["preview"]), (1, &json!("Gracias")));
    }
}

mod an_upgrade_keeps_everything_and_work_goes_on {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn embedded() {
        nothing_is_lost(Profile::Embedded).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn production() {
        nothing_is_lost(Profile::Production).await;
    }
}

/// Applies what is missing, up to the first statement that changes something and is not among `done`. Returns whether there was one.
async fn one_step(options: &DatabaseOptions, done: &Arc<Mutex<BTreeSet<String>>>) -> bool {
    let mut connection = options.connect().await.unwrap();
    let stopped = Arc::new(AtomicBool::new(false));
    let (stop, done) = (stopped.clone(), done.clone());
    connection.set_metric_callback(move |info| {
        let sql = info.statement.sql.trim_start();
        let reads = ["SELECT", "PRAGMA", "SHOW"]
            .iter()
            .any(|read| sql.starts_with(read));
        assert!(!info.failed, "{sql}");
        if !reads && done.lock().unwrap().insert(info.statement.to_string()) {
            stop.store(true, Ordering::SeqCst);
            // As if the process had ended here.
            resume_unwind(Box::new("stopped"));
        }
    });
    let connection = Arc::new(connection);
    let shared = connection.clone();
    let ended = tokio::spawn(async move { Migrator::up(&*shared, None).await }).await;
    let stopped = stopped.load(Ordering::SeqCst);
    match ended {
        Ok(result) => result.unwrap(),
        Err(error) => assert!(stopped, "{error}"),
    }
    connection.close_by_ref().await.unwrap();
    stopped
}

/// Tables, columns, indexes and views, and the rows that migrations write.
async fn schema(on: &DatabaseConnection) -> Vec<String> {
    let queries: &[&str] = match on.get_database_backend() {
        DbBackend::Sqlite => {
            &["SELECT type || ' ' || name || ' ' || COALESCE(sql, '') AS line FROM sqlite_master ORDER BY 1"]
        }
        _ => &[
            "SELECT CONCAT_WS(' ', table_name, column_name, ordinal_position, column_type, is_nullable, extra) AS line \
             FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY 1",
            "SELECT CONCAT_WS(' ', table_name, index_name, seq_in_index, column_name, non_unique) AS line \
             FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY 1",
            "SELECT CONCAT_WS(' ', table_name, table_type) AS line FROM information_schema.tables \
             WHERE table_schema = DATABASE() ORDER BY 1",
        ],
    };
    let rows = [
        "SELECT version AS line FROM seaql_migrations ORDER BY 1",
        "SELECT module AS line FROM identity_tenant_modules ORDER BY 1",
        "SELECT kind AS line FROM host_jobs ORDER BY 1",
    ];
    let mut lines = Vec::new();
    for query in queries.iter().chain(&rows) {
        let query = Statement::from_string(on.get_database_backend(), *query);
        for row in on.query_all_raw(query).await.unwrap() {
            lines.push(row.try_get::<String>("", "line").unwrap());
        }
    }
    lines
}

/// A process may end after any statement of a migration, and no database here rolls all of it back: the next start goes on.
async fn resumes(profile: Profile) {
    let dump = Dump::read(&folder(), profile);
    let mut schemas = Vec::new();
    for interrupted in [false, true] {
        let services = Services::make(profile).await;
        dump.load(&services.config).await;
        let options = DatabaseOptions {
            max_connections: 1,
            ..services.config.database()
        };
        let (mut steps, done) = (0, Arc::default());
        while interrupted && one_step(&options, &done).await {
            steps += 1;
        }
        assert!(
            !interrupted || (20..200).contains(&steps),
            "stopped {steps} times"
        );
        options.migrate::<Migrator>().await.unwrap();
        let connection = options.connect().await.unwrap();
        schemas.push(schema(&connection).await);
        connection.close().await.unwrap();
        services.remove().await;
    }
    assert_eq!(schemas[0], schemas[1]);
}

mod a_migration_that_is_interrupted_after_any_statement_goes_on {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn embedded() {
        resumes(Profile::Embedded).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn production() {
        resumes(Profile::Production).await;
    }
}
