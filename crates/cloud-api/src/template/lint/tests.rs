use proptest::prelude::*;
use serde_json::json;

use super::*;

/// Any JSON value of a few levels, with the keys and words of templates among others.
fn anything() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "BODY",
        "HEADER",
        "BUTTONS",
        "CAROUSEL",
        "LIMITED_TIME_OFFER",
        "URL",
        "OTP",
        "IMAGE",
        "TEXT",
        "{{1}} is {{2}}",
        "{{",
        "",
        "🌷 *a*",
        "https://a.example/{{1}}",
        "AUTHENTICATION",
        "NAMED",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "name",
        "language",
        "category",
        "parameter_format",
        "components",
        "type",
        "format",
        "text",
        "example",
        "buttons",
        "url",
        "cards",
        "body_text",
        "header_handle",
        "limited_time_offer",
        "supported_apps",
        "message_send_ttl_seconds",
        "otp_type",
    ]);
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Blanks in a rule's words that the finding has no parameter for.
fn unfilled(finding: &Finding) -> Vec<String> {
    // `{{1}}` is meant as it stands.
    let words = finding.rule.english().replace("{{1}}", "");
    let names = words.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names
        .filter(|name| !finding.parameters.contains_key(*name))
        .map(str::to_owned)
        .collect()
}

proptest! {
    #[test]
    fn anything_is_checked_and_each_finding_has_words(template in anything()) {
        for finding in lint(&template) {
            let blanks = unfilled(&finding);
            prop_assert!(blanks.is_empty(), "{:?} has no {blanks:?}", finding.rule);
            prop_assert!(!finding.path.is_empty());
        }
    }
}

fn advice(template: &Value) -> Vec<&'static str> {
    lint(template)
        .iter()
        .filter(|finding| finding.severity == Severity::Advice)
        .map(|finding| finding.rule.code())
        .collect()
}

#[test]
fn advice_does_not_refuse() {
    let template = json!({"name": "spring", "language": "en", "category": "UTILITY", "allow_category_change": true, "components": [
        {"type": "BODY", "text": "Good morning {{1}}, there is a Discount on your next repair, on {{2}}.", "example": {"body_text": [["Ada", "Friday"]]}},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Open", "url": "https://bit.ly/3x"}]}]});
    assert_eq!(
        advice(&template),
        [
            "field_ignored",
            "var_edge_punctuation",
            "url_shortener",
            "marketing_words"
        ]
    );
    assert!(is_acceptable(&lint(&template)));
}

#[test]
fn wording_is_compared_by_whole_words() {
    let body = |text: &str| json!({"name": "a", "language": "en", "category": "UTILITY", "components": [{"type": "BODY", "text": text}]});
    assert!(advice(&body("The salesman of the dealer was freely offered a chair.")).is_empty());
    assert_eq!(advice(&body("Everything is 20% off today.")), ["marketing_words"]);
    assert_eq!(advice(&body("Bugün indirim var.")), ["marketing_words"]);
}

#[test]
fn a_huge_list_is_not_looked_at() {
    let parts = vec![json!({"type": "BODY", "text": "x"}); 5_000];
    let found = lint(&json!({"name": "a", "language": "en", "category": "UTILITY", "components": parts}));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, Rule::ComponentsInvalid);
}

#[test]
fn what_was_typed_is_never_read_as_a_blank() {
    let found = lint(
        &json!({"name": "a", "language": "{value}{limit}", "category": "UTILITY", "components": [{"type": "BODY", "text": "x"}]}),
    );
    assert_eq!(
        found[0].english(),
        "“{value}{limit}” is not a language of WhatsApp templates."
    );
}
