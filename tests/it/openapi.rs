//! The documented API is the served one, and the committed document is current.

use host::openapi::operations;
use server::{
    Platform,
    commands::describe::{operations_text, roles_text},
};

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
    let permissions = Platform::permissions().await.unwrap();
    assert_eq!(
        committed("roles.txt"),
        roles_text(&permissions),
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
        let title = described["summary"].as_str().unwrap();
        assert!(
            !title.ends_with('.') && title.starts_with(char::is_uppercase),
            "{}: {title}",
            operation.id
        );
        for parameter in described["parameters"].as_array().into_iter().flatten() {
            let is_filter = parameter["in"] == "query" && parameter["required"] != true;
            let prefilled = ["example", "examples", "default"]
                .iter()
                .find(|key| !parameter[*key].is_null() || !parameter["schema"][*key].is_null());
            assert!(
                !is_filter || prefilled.is_none(),
                "{}: trying it out would send {} by itself",
                operation.id,
                parameter["name"]
            );
        }
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

/// A file of the portal's words that its features share.
fn words(file: &str) -> serde_json::Value {
    read_json(format!("{}/../web/src/i18n/{file}.json", env!("CARGO_MANIFEST_DIR")).as_ref())
}

/// The portal's words for the codes of problems in one language: the shared ones, and those of each feature.
fn problem_words(language: &str) -> serde_json::Map<String, serde_json::Value> {
    let features = format!("{}/../web/src/features", env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    named(features.as_ref(), &format!("{language}.json"), &mut files);
    let features = files.iter().map(|file| read_json(file));
    std::iter::once(words(language))
        .chain(features)
        .filter_map(|words| words["errors"].as_object().cloned())
        .flatten()
        .collect()
}

/// All files of this name below a folder.
fn named(folder: &std::path::Path, name: &str, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            named(&path, name, files);
        } else if path.file_name().is_some_and(|own| own == name) {
            files.push(path);
        }
    }
}

fn read_json(file: &std::path::Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

/// The portal says what WhatsApp's codes mean from one table a language, with every code of ours in it.
#[test]
fn every_error_code_has_words_in_both_languages() {
    /// Said of codes that no table has.
    const GENERAL: [&str; 2] = ["permission", "unknown"];
    let arabic = |text: &str| text.chars().any(|c| ('\u{0600}'..='\u{06ff}').contains(&c));
    for language in ["en", "ar"] {
        let words = words(&format!("codes.{language}"));
        let words = words.as_object().unwrap();
        let codes = cloud_api::codes::CODES.iter().map(|row| row.code.to_string());
        for code in codes.chain(GENERAL.map(ToOwned::to_owned)) {
            let said = words
                .get(&code)
                .unwrap_or_else(|| panic!("{code} is not in codes.{language}.json"));
            for part in ["title", "advice"] {
                let text = said[part].as_str();
                assert!(
                    text.is_some_and(|text| arabic(text) == (language == "ar")),
                    "{language}: {code}: {part}"
                );
            }
        }
        assert_eq!(
            words.len(),
            cloud_api::codes::CODES.len() + GENERAL.len(),
            "{language}: words for a code that is not there"
        );
    }
}

/// Each thing that the platform does by itself about an error is in the portal's words.
#[test]
fn every_action_about_an_error_has_words() {
    let document: serde_json::Value = serde_json::from_str(&committed("openapi.json")).unwrap();
    let actions = document["components"]["schemas"]["FailureAction"]["enum"]
        .as_array()
        .unwrap();
    for language in ["en", "ar"] {
        let words = words(language);
        for action in actions {
            assert!(
                words["failure"]["actions"][action.as_str().unwrap()].is_string(),
                "{language}: {action}"
            );
        }
    }
}

/// Whatever a problem's `code` may be, the portal has words for it. The codes are read off the sources: they are literals in the
/// calls that make an error.
#[test]
fn every_problem_code_has_words() {
    const MAKERS: [&str; 6] = [
        "conflict(",
        "unauthenticated(",
        "forbidden(",
        "with_code(",
        "Error::new(",
        "Self::new(StatusCode",
    ];
    let mut codes = std::collections::BTreeSet::new();
    for folder in ["crates/kernel", "crates/host", "crates/identity", "modules"] {
        let folder = format!("{}/../{folder}", env!("CARGO_MANIFEST_DIR"));
        for source in sources(folder.as_ref()) {
            // Its first text is a field and no code.
            let source = source.replace("FieldError::new(", "");
            for maker in MAKERS {
                for call in source.split(maker).skip(1) {
                    // The first text of a call is its code, if it looks like one.
                    let code = call.split(['"', ';', '{']).nth(1).unwrap_or_default();
                    let before = call.split('"').next().unwrap_or_default();
                    let is_code =
                        !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                    if is_code && !before.contains([';', '{', '}']) {
                        codes.insert(code.to_owned());
                    }
                }
            }
        }
    }
    assert!(codes.len() > 30, "only these codes were found: {codes:?}");
    for language in ["en", "ar"] {
        let words = problem_words(language);
        let known = |code: &str| words.contains_key(code) || words.contains_key(&format!("{code}_other"));
        let unknown: Vec<_> = codes.iter().filter(|code| !known(code)).collect();
        assert!(
            unknown.is_empty(),
            "no errors.* of the portal's {language}.json files says {unknown:?}"
        );
    }
}

/// Every Rust file of the `src` folders below.
fn sources(folder: &std::path::Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            all.push(std::fs::read_to_string(&path).unwrap());
        }
    }
    all
}

#[tokio::test]
async fn every_text_parameter_of_an_address_has_a_bound() {
    let document = Platform::described().await.unwrap().document.value;
    for operation in operations(&document) {
        let described = &document["paths"][&operation.path][operation.method.to_lowercase()];
        for parameter in described["parameters"].as_array().into_iter().flatten() {
            let mut schema = &parameter["schema"];
            while let Some(name) = schema["$ref"].as_str() {
                schema = document.pointer(name.trim_start_matches('#')).unwrap();
            }
            let bounded = ["enum", "format", "maxLength", "pattern"]
                .iter()
                .any(|rule| !schema[*rule].is_null());
            let in_address = ["query", "path"].contains(&parameter["in"].as_str().unwrap());
            assert!(
                schema["type"] != "string" || bounded || !in_address,
                "{} {} may be of any length",
                operation.id,
                parameter["name"]
            );
        }
    }
}
