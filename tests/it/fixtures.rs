//! Webhook cases as files: `tests/fixtures/webhooks/*.json` has the body and what the API must show. A new case is a
//! new file.

use serde_json::{Value, json};
use testkit::{Tenant, on_both_profiles};

/// Whether the response contains everything that is expected.
fn fits(expected: &Value, shown: &Value) -> bool {
    expected
        .as_object()
        .unwrap()
        .iter()
        .all(|(key, value)| shown[key] == *value)
}

fn cases() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/webhooks");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            serde_json::from_str(&text).unwrap(),
        )
    };
    files.into_iter().map(read).collect()
}

fn body(tenant: &Tenant, case: &Value) -> Vec<u8> {
    match case["field"].as_str() {
        None => tenant.envelope(case["value"].clone()),
        Some(field) => {
            let change = json!({ "field": field, "value": case["value"] });
            let entry = json!({ "id": tenant.waba_id, "time": 1_790_000_100, "changes": [change] });
            json!({ "object": "whatsapp_business_account", "entry": [entry] })
                .to_string()
                .into_bytes()
        }
    }
}

on_both_profiles! {
    async fn every_case_is_shown_as_its_file_says(app: &TestApp) {
        let cases = cases();
        assert!(cases.len() >= 15);
        for (name, case) in cases {
            let before = app.acme.all("/messages").await.len();
            // Twice: WhatsApp delivers at least once.
            for _ in 0..2 {
                app.acme.webhook(&body(&app.acme, &case)).await.expect(200);
            }
            app.settled().await;
            let expected = |list: &str| case[list].as_array().cloned().unwrap_or_default();
            let messages = app.acme.all("/messages").await;
            assert_eq!(messages.len() - before, expected("messages").len(), "{name}: {}", case["about"]);
            for (shown, expected) in messages.iter().zip(expected("messages")) {
                assert!(fits(&expected, shown), "{name}: expected {expected}, shown {shown:#}");
            }
            for (list, path) in [
                ("statuses", "/statuses"),
                ("events", "/webhook-events"),
                ("timeline", "/account-events"),
            ] {
                let shown = app.acme.all(path).await;
                for expected in expected(list) {
                    let found = shown.iter().filter(|one| fits(&expected, one)).count();
                    assert!(found >= 1, "{name}: {expected} is not among {list}: {shown:#?}");
                }
            }
        }
        assert_eq!(app.globex.all("/messages").await, [] as [Value; 0]);
        assert_eq!(app.globex.all("/webhook-events").await, [] as [Value; 0]);
        assert_eq!(app.globex.all("/account-events").await, [] as [Value; 0]);
    }
}
