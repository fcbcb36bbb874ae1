//! The described API is the served one, and the committed description is current.

use host::openapi::operations;
use server::{Platform, commands::describe::operations_text};

fn committed(file: &str) -> String {
    std::fs::read_to_string(format!("{}/../openapi/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[tokio::test]
async fn the_committed_description_is_current() {
    let document = Platform::described().await.unwrap().document.value;
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    assert!(
        committed("openapi.json") == text,
        "openapi/openapi.json is stale: run `make openapi`"
    );
    assert_eq!(
        committed("operations.txt"),
        operations_text(&document),
        "run `make openapi`"
    );
}

#[tokio::test]
async fn every_operation_is_described_for_people() {
    let document = Platform::described().await.unwrap().document.value;
    for operation in operations(&document) {
        let described = &document["paths"][&operation.path][operation.method.to_lowercase()];
        assert!(
            described["summary"].is_string(),
            "{} has no summary",
            operation.id
        );
        assert!(described["tags"][0].is_string(), "{} has no tag", operation.id);
        let (verb, resource) = operation.id.split_once('_').unwrap_or_default();
        assert!(
            !verb.is_empty() && !resource.is_empty(),
            "{} is not <verb>_<resource>",
            operation.id
        );
    }
}

#[tokio::test]
async fn only_listed_operations_are_public() {
    let document = Platform::described().await.unwrap().document.value;
    let public = committed("public.txt");
    for operation in operations(&document) {
        let described = &document["paths"][&operation.path][operation.method.to_lowercase()];
        let line = format!("{} /api/v1{}", operation.method, operation.path);
        let listed = public
            .lines()
            .any(|listed| listed.split('#').next().unwrap_or_default().trim() == line);
        assert_eq!(
            described["x-permission"].is_null(),
            listed,
            "{line}: a permission, or a line in openapi/public.txt"
        );
    }
}

/// What the API says of an error is English; the portal has the same in its other languages, for every code of the table.
#[test]
fn every_error_code_has_words_in_arabic() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../web/src/i18n/codes.ar.json");
    let words: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let words = words.as_object().unwrap();
    let arabic = |text: &str| text.chars().any(|c| ('\u{0600}'..='\u{06ff}').contains(&c));
    for row in cloud_api::codes::CODES {
        let code = row.code;
        let Some(said) = words.get(&code.to_string()) else {
            panic!("{code} ({}) is not in codes.ar.json", row.advice.title);
        };
        for part in ["title", "advice"] {
            assert!(said[part].as_str().is_some_and(arabic), "{code}: {part}");
        }
        let english = row.advice.advice.contains("whatsapp_business_messaging");
        assert_eq!(
            said["advice"]
                .as_str()
                .unwrap()
                .contains("whatsapp_business_messaging"),
            english,
            "{code}: names what must be named"
        );
    }
    assert_eq!(
        words.len(),
        cloud_api::codes::CODES.len(),
        "a word for a code that is not there"
    );
}

/// Each thing that the platform does by itself about an error is in the portal's words.
#[test]
fn every_action_about_an_error_has_words() {
    for language in ["en", "ar"] {
        let file = format!("{}/../web/src/i18n/{language}.json", env!("CARGO_MANIFEST_DIR"));
        let words: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for row in cloud_api::codes::CODES {
            let action = row.action.as_str();
            assert!(
                words["failure"]["actions"][action].is_string(),
                "{language}: {action}"
            );
        }
    }
}
