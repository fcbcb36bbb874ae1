use poem_openapi::{Enum, Object, types::ParseFromJSON};
use serde_json::{Value, json};

use super::*;

#[derive(Debug, Enum)]
#[oai(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct InnerOut {
    #[oai(validator(max_length = 5))]
    title: Option<String>,
}

#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct ThingIn {
    #[oai(validator(min_length = 1, max_length = 4))]
    name: Option<String>,
    #[oai(validator(min_length = 3))]
    code: Option<String>,
    #[oai(validator(pattern = "^#[0-9a-f]{6}$"))]
    color: Option<String>,
    #[oai(validator(min_items = 1, max_items = 2, max_length = 3))]
    tags: Option<Vec<String>>,
    #[oai(validator(minimum(value = "1"), maximum(value = "9")))]
    count: Option<u32>,
    #[oai(validator(maximum(value = "2", exclusive), multiple_of = "0.5"))]
    share: Option<f64>,
    #[oai(validator(unique_items))]
    numbers: Option<Vec<u16>>,
    size: Option<Size>,
    inner: Option<InnerOut>,
}

fn refused(value: Value) -> kernel::Problem {
    let reason = ThingIn::parse_from_json(Some(value)).unwrap_err().into_message();
    body(&reason, None).problem()
}

#[test]
fn every_rule_of_the_description_names_its_field() {
    for (value, field, message, limit) in [
        (
            json!({ "name": "12345" }),
            "name",
            "may have at most 4 characters",
            Some(4),
        ),
        (json!({ "name": "" }), "name", "must not be empty", Some(1)),
        (
            json!({ "code": "ab" }),
            "code",
            "must have at least 3 characters",
            Some(3),
        ),
        (
            json!({ "color": "red" }),
            "color",
            "must match the pattern `^#[0-9a-f]{6}$`",
            None,
        ),
        (
            json!({ "tags": ["a", "b", "c"] }),
            "tags",
            "may have at most 2 elements",
            Some(2),
        ),
        (json!({ "tags": [] }), "tags", "must not be empty", Some(1)),
        (
            json!({ "tags": ["abcd"] }),
            "tags",
            "may have at most 3 characters",
            Some(3),
        ),
        (json!({ "count": 0 }), "count", "must be at least 1", Some(1)),
        (json!({ "count": 10 }), "count", "must be at most 9", Some(9)),
        (json!({ "share": 2.0 }), "share", "must be less than 2", Some(2)),
        (
            json!({ "share": 1.3 }),
            "share",
            "must be a multiple of 0.5",
            None,
        ),
        (
            json!({ "numbers": [1, 1] }),
            "numbers",
            "must not have the same element twice",
            None,
        ),
        (
            json!({ "inner": { "title": "123456" } }),
            "title",
            "may have at most 5 characters",
            Some(5),
        ),
    ] {
        let problem = refused(value.clone());
        assert_eq!(
            (problem.status, problem.code.as_str()),
            (422, "invalid_request"),
            "{value}"
        );
        let errors = problem.errors.unwrap();
        assert_eq!(errors.len(), 1);
        assert_eq!(
            (
                errors[0].field.as_str(),
                errors[0].message.as_str(),
                errors[0].limit
            ),
            (field, message, limit),
            "{value}"
        );
    }
    let beyond_the_type = refused(json!({ "count": 4_294_967_296_u64 }));
    assert_eq!(beyond_the_type.status, 422);
    assert_eq!(
        beyond_the_type.detail,
        "`body`: has a number outside 0 to 4294967295"
    );
}

#[test]
fn what_cannot_be_read_stays_400_and_names_no_type_of_ours() {
    let long = "k".repeat(900_000);
    for (value, words) in [
        (json!({ "admin": true }), "unknown field `admin`"),
        (json!({ (&long): 1 }), "unknown field `kkk"),
        (json!({ "name": ["Ana"] }), "expected a string, found a list"),
        (json!({ "tags": "one" }), "expected a list, found a string"),
        (json!({ "count": "3" }), "expected a whole number, found a string"),
        (json!({ "count": 1.5 }), "expected a whole number"),
        (
            json!({ "size": "huge" }),
            "the string is not one of the allowed values",
        ),
        (json!({ "inner": 3 }), "expected an object, found a number"),
        (
            json!(vec!["aaaaaaaaaa"; 60_000]),
            "expected an object, found a list",
        ),
    ] {
        let problem = refused(value);
        assert_eq!((problem.status, problem.code.as_str()), (400, "malformed_body"));
        assert!(problem.detail.contains(words), "{}", problem.detail);
        assert!(problem.detail.len() < 400, "{}", problem.detail.len());
        for name in ["ThingIn", "InnerOut", "Size", "integer_", "verification", "parse"] {
            assert!(!problem.detail.contains(name), "{name}: {}", problem.detail);
        }
    }
}

#[test]
fn a_parameter_beyond_a_limit_is_422_and_one_that_is_no_number_400() {
    let unsigned = |given: &str| {
        let reason = given.parse::<u32>().unwrap_err().to_string();
        let reason = format!("failed to parse \"integer_uint32\": {reason}");
        parameter("limit", &reason, Some(given)).problem()
    };
    for (given, status) in [
        ("-1", 422),
        ("4294967296", 422),
        ("99999999999999999999999", 422),
        ("ten", 400),
        ("1.5", 400),
        ("", 400),
        ("-", 400),
        ("-ten", 400),
    ] {
        let problem = unsigned(given);
        assert_eq!(problem.status, status, "{given}");
        assert!(!problem.detail.contains("integer_"), "{}", problem.detail);
        assert_eq!(problem.errors.is_some(), status == 422);
    }
    let too_long = parameter("search", "verification failed. maxLength(200)", None).problem();
    assert_eq!(
        (too_long.status, too_long.detail.as_str()),
        (422, "`search`: may have at most 200 characters")
    );
}
