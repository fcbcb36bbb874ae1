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
