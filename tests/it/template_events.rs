//! What the copy of a template is after webhooks of its account, as cases: `{"id", "kind": "event", "input": {"before", "webhooks"},
//! "expect": {"template"}}`, one per line.
//!
//! `fixtures/template_events.jsonl` is ours. `TEMPLATE_CASES=<file>` runs another file of the same form instead, prints what differs and
//! how many pass; cases with `"confidence": "low"` are counted by themselves.

use chrono::{DateTime, Utc};
use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger};
use kernel::id::Id;
use sea_orm::{ConnectionTrait, Statement, Value as Bound};
use serde_json::{Value, json};
use testkit::{TestApp, on_both_profiles};

fn read(path: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let cases = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    cases.filter(|case| case["kind"] == "event").collect()
}

on_both_profiles! {
    async fn cases_come_out_right(app: &TestApp) {
        let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/template_events.jsonl");
        let given = std::env::var("TEMPLATE_CASES").ok();
        let cases = read(given.as_deref().unwrap_or(ours));
        // WhatsApp is asked after some of the cases, and must not answer: the cases say what webhooks alone come to.
        app.sim.add_fault(Fault {
            r#match: FaultMatch {
                path: Some("/message_templates".to_owned()),
                ..FaultMatch::default()
            },
            trigger: FaultTrigger::Always,
            response: FaultResponse {
                code: Some(80_008),
                ..FaultResponse::default()
            },
            ..Fault::default()
        });
        let (mut passed, mut sure, mut wrong) = ([0, 0], [0, 0], Vec::new());
        for case in &cases {
            let low = usize::from(case["confidence"] == "low");
            sure[low] += 1;
            match run(app, case).await {
                Ok(()) => passed[low] += 1,
                Err(why) => wrong.push((low, format!("{}: {why}", case["id"]))),
            }
        }
        println!(
            "template events, {:?}: {} of {} cases pass, and {} of {} of low confidence",
            app.profile, passed[0], sure[0], passed[1], sure[1]
        );
        for (_, why) in &wrong {
            println!("  {why}");
        }
        let certain: Vec<&String> = wrong.iter().filter(|(low, _)| *low == 0).map(|(_, why)| why).collect();
        assert!(certain.is_empty(), "{certain:#?}");
        assert!(cases.len() >= 20, "{} cases", cases.len());
    }
}

/// Everything that cases leave behind.
async fn clear(app: &TestApp) {
    for sql in [
        "DELETE FROM templates_templates",
        "DELETE FROM templates_events",
        "DELETE FROM templates_accounts",
        "DELETE FROM host_jobs WHERE kind = 'templates.sync_account'",
        // Otherwise the same webhook in two cases would be the same event twice.
        "DELETE FROM channels_account_events",
    ] {
        execute(app, sql, Vec::new()).await;
    }
}

async fn execute(app: &TestApp, sql: &str, values: Vec<Bound>) {
    let on = app.system.across_tenants("a case begins with what it says");
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    on.execute_raw(statement).await.unwrap();
}

/// What differs from the expectation, if anything.
async fn run(app: &TestApp, case: &Value) -> Result<(), String> {
    clear(app).await;
    let first = &case["input"]["webhooks"][0]["entry"][0]["id"];
    let before = &case["input"]["before"]["template"];
    let account = before["waba_id"].as_str().or(first.as_str()).unwrap();
    let case: Value = serde_json::from_str(&case.to_string().replace(account, &app.acme.waba_id)).unwrap();
    let before = &case["input"]["before"]["template"];
    if before.is_object() {
        insert(app, before).await;
    }
    for webhook in case["input"]["webhooks"].as_array().unwrap() {
        app.acme.webhook(webhook.to_string().as_bytes()).await;
        app.settled().await;
    }
    let mut templates = app.acme.all("/templates").await;
    templates.extend(app.acme.all("/templates?status=DELETED").await);
    let expect = &case["expect"];
    let many = expect["templates"].as_array().cloned();
    for wanted in many.unwrap_or_else(|| vec![expect["template"].clone()]) {
        let id = wanted["id"].as_str().or(before["id"].as_str());
        let found = templates.iter().find(|it| it["whatsapp_id"].as_str() == id);
        let found = found.ok_or_else(|| format!("no template {id:?} in {templates:?}"))?;
        let asks = asked(app).await;
        for (key, value) in wanted.as_object().unwrap() {
            let is = shown(found, key, asks).ok_or_else(|| format!("nobody knows what {key} is"))?;
            if is != *value {
                return Err(format!("{key} is {is} and should be {value}: {found}"));
            }
        }
    }
    match app.globex.all("/templates").await.as_slice() {
        [] => Ok(()),
        some => Err(format!("somebody else has them: {some:?}")),
    }
}

/// Whether WhatsApp is, or will be, asked for the account's templates.
async fn asked(app: &TestApp) -> bool {
    let on = app.system.across_tenants("looks for work");
    let sql = "SELECT id FROM host_jobs WHERE kind = 'templates.sync_account'";
    let query = Statement::from_string(on.get_database_backend(), sql);
    on.query_one_raw(query).await.unwrap().is_some()
}

/// What a template is, by the word that cases have for it.
fn shown(template: &Value, key: &str, asked: bool) -> Option<Value> {
    let components = template["components"].as_array().unwrap();
    let part = |kind: &str| components.iter().find(|part| part["type"] == kind);
    let seconds = |value: &Value| match value.as_str() {
        Some(at) => json!(at.parse::<DateTime<Utc>>().unwrap().timestamp()),
        None => Value::Null,
    };
    let said = || {
        let terms = template["reason_terms"].as_array().into_iter().flatten();
        let said = terms
            .filter(|it| it["term"] == "said")
            .find_map(|it| it["params"][0]["value"].as_str());
        said.map_or(Value::Null, Value::from)
    };
    Some(match key {
        "id" => template["whatsapp_id"].clone(),
        "name" | "language" | "status" | "category" | "quality" | "reason" | "recommendation"
        | "previous_category" | "pending_category" => template[key].clone(),
        "pending_category_at" | "disabled_at" => seconds(&template[key]),
        "sendable" => json!(template["status"] == "APPROVED"),
        "reason_text" => said(),
        "pause_kind" => template["reason"].clone(),
        "flagged" => json!(template["reason"] == "FLAGGED"),
        "created" => json!(true),
        "resync" => json!(asked),
        "variables" => {
            let text = part("BODY")?["text"].as_str()?;
            json!(cloud_api::template::variables::names(text).len())
        }
        "footer" => part("FOOTER").map_or(Value::Null, |part| part["text"].clone()),
        "buttons_kept" => {
            let buttons = part("BUTTONS")?["buttons"].as_array()?;
            buttons.iter().map(|button| button["type"].clone()).collect()
        }
        _ => return None,
    })
}

/// Writes what a case begins with.
async fn insert(app: &TestApp, template: &Value) {
    let text = |key: &str| template[key].as_str().map(ToOwned::to_owned);
    let at = |key: &str| {
        template[key]
            .as_i64()
            .and_then(|at| DateTime::from_timestamp(at, 0))
    };
    let mut components = Vec::new();
    if let Some(header) = template["header"].as_object() {
        components.push(json!({ "type": "HEADER", "format": header["format"], "text": header["text"] }));
    }
    if let Some(body) = text("body") {
        components.push(json!({ "type": "BODY", "text": body }));
    }
    if let Some(footer) = text("footer") {
        components.push(json!({ "type": "FOOTER", "text": footer }));
    }
    if template["buttons"].is_array() {
        components.push(json!({ "type": "BUTTONS", "buttons": template["buttons"] }));
    }
    let (id, now) = (app.system.clock().new_uuid(), app.system.clock().now());
    let row: Vec<(&str, Bound)> = vec![
        ("tenant_id", app.acme.id.uuid().into()),
        ("id", id.into()),
        ("waba_id", text("waba_id").into()),
        ("whatsapp_id", text("id").into()),
        ("name", text("name").into()),
        ("language", text("language").into()),
        ("status", text("status").into()),
        ("category", text("category").into()),
        ("quality", text("quality").into()),
        ("named", false.into()),
        ("components", Value::from(components).to_string().into()),
        ("mapping", "{}".into()),
        ("pending_category", text("pending_category").into()),
        ("pending_category_at", at("pending_category_at").into()),
        ("status_at", at("status_at").into()),
        ("category_at", at("category_at").into()),
        ("created_at", now.into()),
        ("updated_at", now.into()),
    ];
    let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql = format!(
        "INSERT INTO templates_templates ({}) VALUES ({marks})",
        names.join(", ")
    );
    execute(app, &sql, row.into_iter().map(|(_, value)| value).collect()).await;
}
