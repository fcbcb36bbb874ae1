//! Real bodies of public projects, when there is a folder of them: `WAPRO_CORPUS=… make corpus`. Webhooks are here,
//! clients' requests in `requests.rs`.
//!
//! `$WAPRO_CORPUS/expect.py` says what must come out of each body; this posts all of them to a running platform and compares
//! what the API then shows. Nothing else needs the folder, and nothing of it is kept.

mod requests;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use testkit::{Profile, TestApp};

/// The folder that was named, if one was.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var("WAPRO_CORPUS").ok()?;
    let found =
        std::fs::canonicalize(&folder).or_else(|_| std::fs::canonicalize(Path::new("..").join(&folder)));
    Some(found.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corpus_of_real_webhooks_is_understood() {
    let Some(folder) = folder() else {
        return;
    };
    for profile in [Profile::Embedded, Profile::Production] {
        let app = TestApp::start(profile).await;
        let out = tempfile_dir();
        materialise(&folder, &out, &app);
        let manifest = std::fs::read_to_string(out.join("manifest.jsonl")).unwrap();
        let rows: Vec<Value> = manifest
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        for row in &rows {
            let body = std::fs::read(out.join(row["body"].as_str().unwrap())).unwrap();
            assert_eq!(app.acme.webhook(&body).await.status, 200, "{row}");
        }
        app.settled().await;
        let seen = Seen::of(&app).await;
        let wrong: Vec<String> = rows.iter().filter_map(|row| seen.missing(row)).collect();
        println!(
            "corpus: {profile:?}: {} bodies posted, {} as expected",
            rows.len(),
            rows.len() - wrong.len()
        );
        assert!(
            wrong.is_empty(),
            "{} of {} bodies differ:\n{}",
            wrong.len(),
            rows.len(),
            wrong.join("\n")
        );
        assert_eq!(app.globex.all("/messages").await.len(), 0);
        std::fs::remove_dir_all(out).unwrap();
        app.stop().await;
    }
}

fn tempfile_dir() -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("wapro-corpus-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

async fn amendments(app: &TestApp) -> BTreeMap<String, String> {
    let on = app.system.across_tenants("a test looks for amendments");
    let sql = "SELECT wamid, target FROM messaging_amendments WHERE tenant_id = ?";
    let asked = Statement::from_sql_and_values(on.get_database_backend(), sql, [app.acme.id.into()]);
    let rows = on.query_all_raw(asked).await.unwrap();
    rows.iter()
        .map(|row| {
            (
                row.try_get("", "wamid").unwrap(),
                row.try_get("", "target").unwrap(),
            )
        })
        .collect()
}

fn materialise(folder: &Path, out: &Path, app: &TestApp) {
    let status = Command::new("python3")
        .arg(folder.join("expect.py"))
        .arg("--materialise")
        .arg(out)
        .args([
            "--side",
            "given",
            "--uniq",
            "--phone",
            &app.acme.phone_id,
            "--waba",
            &app.acme.waba_id,
        ])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .status()
        .unwrap();
    assert!(status.success());
}

/// What the API shows after all bodies were posted.
struct Seen {
    messages: BTreeMap<String, Value>,
    statuses: Vec<Value>,
    events: Vec<Value>,
    /// What was done to messages: what did it, and to which.
    amendments: BTreeMap<String, String>,
}

impl Seen {
    async fn of(app: &TestApp) -> Self {
        let messages = app.acme.all("/messages").await;
        let messages = messages
            .into_iter()
            .map(|message| (message["wamid"].as_str().unwrap().to_owned(), message))
            .collect();
        // A field has its home in the timeline, or it is kept.
        let mut events = app.acme.all("/webhook-events").await;
        events.extend(app.acme.all("/account-events").await);
        Self {
            messages,
            statuses: app.acme.all("/statuses").await,
            events,
            amendments: amendments(app).await,
        }
    }

    /// What is wrong with one body; none if all of it is there.
    fn missing(&self, row: &Value) -> Option<String> {
        let expected = &row["expect"];
        let list = |key: &str| expected[key].as_array().cloned().unwrap_or_default();
        for message in list("messages") {
            let complete = message["phone_number_id"].is_string()
                && message["wamid"].is_string()
                && (message["from"].is_string() || message["from_user_id"].is_string());
            if complete && let Some(wrong) = self.wrong_message(&message) {
                return Some(format!("{}: {wrong}", row["file"]));
            }
            if !complete && self.events.is_empty() {
                return Some(format!("{}: an incomplete message was not kept", row["file"]));
            }
        }
        for status in list("statuses") {
            let shown =
                |seen: &&Value| seen["wamid"] == status["wamid"] && seen["status"] == status["status"];
            // The states of calls have no home yet: they are among the kept events of their field, checked below.
            let message = status["kind"] != "call";
            let complete = message && status["phone_number_id"].is_string() && status["wamid"].is_string();
            if complete && !self.statuses.iter().any(|seen| shown(&seen)) {
                return Some(format!("{}: the status {status} is not shown", row["file"]));
            }
        }
        for field in list("fields")
            .iter()
            .filter_map(Value::as_str)
            .filter(|field| *field != "messages")
        {
            if !self.events.iter().any(|event| event["field"] == field) {
                return Some(format!("{}: nothing of the field {field} was kept", row["file"]));
            }
        }
        None
    }

    fn wrong_message(&self, expected: &Value) -> Option<String> {
        let wamid = expected["wamid"].as_str()?;
        if let Some(target) = self.amendments.get(wamid) {
            let said = &expected["reaction_to"];
            let other = !said.is_null() && said != target;
            return other.then(|| format!("{wamid} was done to {target} instead of {said}"));
        }
        let Some(shown) = self.messages.get(wamid) else {
            return Some(format!("{wamid} is not shown"));
        };
        if expected["type"].is_string() && shown["type"] != expected["type"] {
            return Some(format!(
                "{wamid} is shown as {} instead of {}",
                shown["type"], expected["type"]
            ));
        }
        let text = |kind: &str| expected["type"] == kind && expected["text"].is_string();
        if (text("text") || text("button")) && shown["text"] != expected["text"] {
            return Some(format!(
                "{wamid} says {} instead of {}",
                shown["text"], expected["text"]
            ));
        }
        for (key, pointer) in [
            ("media_id", "/id"),
            ("caption", "/caption"),
            ("latitude", "/latitude"),
            ("reaction_to", "/message_id"),
        ] {
            let inside = shown["content"].pointer(pointer);
            if !expected[key].is_null() && inside != Some(&expected[key]) {
                return Some(format!(
                    "{wamid}: {key} is {inside:?} instead of {}",
                    expected[key]
                ));
            }
        }
        if expected["context_id"].is_string() && shown["reply_to"] != expected["context_id"] {
            return Some(format!(
                "{wamid} quotes {} instead of {}",
                shown["reply_to"], expected["context_id"]
            ));
        }
        None
    }
}
