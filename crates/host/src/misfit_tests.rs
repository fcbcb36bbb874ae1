use poem_openapi::{Enum, Object, OpenApi, OpenApiService, Union, payload::Json, types::ParseFromJSON};
use serde_json::json;

use super::*;

#[derive(Debug, Enum)]
#[oai(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

#[derive(Debug, Object)]
struct Dog {
    barks: bool,
}

#[derive(Debug, Object)]
struct Cat {
    lives: u8,
}

#[derive(Debug, Union)]
#[oai(discriminator_name = "type")]
enum Pet {
    #[oai(mapping = "cat")]
    Cat(Cat),
    #[oai(mapping = "dog")]
    Dog(Dog),
}

/// Without a separate name for the type: a code, or an object.
#[derive(Debug, Union)]
enum Place {
    Code(String),
    Dog(Dog),
}

#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct InnerIn {
    title: String,
}

#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
struct OrderIn {
    name: String,
    /// What it may do.
    scopes: Vec<String>,
    size: Option<Size>,
    count: Option<u16>,
    inner: Option<InnerIn>,
    pets: Option<Vec<Pet>>,
    place: Option<Place>,
    at: Option<chrono::DateTime<chrono::Utc>>,
    labels: Option<std::collections::HashMap<String, String>>,
    is_open: Option<bool>,
}

struct Orders;

#[OpenApi]
impl Orders {
    #[oai(path = "/orders", method = "post")]
    #[expect(clippy::unused_async, reason = "a handler is async")]
    async fn order(&self, _body: Json<OrderIn>) {}
}

fn schema() -> BodySchema {
    let spec: Value = serde_json::from_str(&OpenApiService::new(Orders, "", "").spec()).unwrap();
    let schemas = Arc::new(spec["components"]["schemas"].clone());
    BodySchema::of(&spec["paths"]["/orders"]["post"], &schemas).unwrap()
}

fn order(more: Value) -> Value {
    let mut body = json!({ "name": "n", "scopes": ["s"] });
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

#[test]
fn every_field_that_does_not_fit_is_named_by_its_path() {
    let schema = schema();
    for (body, expected) in [
        (
            json!({ "name": "n", "permissions": ["a"] }),
            vec![("scopes", "is missing (`permissions` is not a field here)")],
        ),
        (
            json!({ "scopes": null, "name": null }),
            vec![("name", "must not be null"), ("scopes", "must not be null")],
        ),
        (json!([]), vec![("body", "must be an object, and is a list")]),
        (json!(null), vec![("body", "is missing")]),
        (
            order(json!({ "name": ["Ana"] })),
            vec![("name", "must be a string, and is a list")],
        ),
        (
            order(json!({ "scopes": ["a", ["b"]] })),
            vec![("scopes[1]", "must be a string, and is a list")],
        ),
        (
            order(json!({ "size": "huge" })),
            vec![("size", "must be one of `small`, `large`")],
        ),
        (
            order(json!({ "size": 3 })),
            vec![("size", "must be a string, and is a number")],
        ),
        (
            order(json!({ "count": 65_536 })),
            vec![("count", "must be from 0 to 65535")],
        ),
        (
            order(json!({ "count": -1 })),
            vec![("count", "must be from 0 to 65535")],
        ),
        (
            order(json!({ "count": 1.5 })),
            vec![("count", "must be a whole number")],
        ),
        (order(json!({ "inner": {} })), vec![("inner.title", "is missing")]),
        (
            order(json!({ "inner": 3 })),
            vec![("inner", "must be an object, and is a number")],
        ),
        (
            order(json!({ "pets": [{ "type": "dog", "barks": true }, { "type": "cat" }] })),
            vec![("pets[1].lives", "is missing")],
        ),
        (
            order(json!({ "pets": [{ "type": "fish" }, {}] })),
            vec![
                ("pets[0].type", "must be one of `cat`, `dog`"),
                ("pets[1].type", "is missing; must be one of `cat`, `dog`"),
            ],
        ),
        (
            order(json!({ "place": { "barks": "loud" } })),
            vec![("place.barks", "must be true or false, and is a string")],
        ),
        (
            order(json!({ "place": [] })),
            vec![("place", "has none of the forms that are allowed here")],
        ),
        (
            order(json!({ "at": "tomorrow" })),
            vec![("at", "must be a time such as 2026-01-31T09:30:00Z")],
        ),
        (
            order(json!({ "labels": { "a": "b", "c": {} } })),
            vec![("labels.c", "must be a string, and is an object")],
        ),
        (
            order(json!({ "is_open": "yes" })),
            vec![("is_open", "must be true or false, and is a string")],
        ),
    ] {
        assert!(OrderIn::parse_from_json(Some(body.clone())).is_err(), "{body}");
        let found = schema.misfits(&body);
        let found: Vec<_> = found
            .iter()
            .map(|misfit| (misfit.field.as_str(), misfit.message.as_str()))
            .collect();
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn what_the_framework_reads_fits() {
    let schema = schema();
    for body in [
        order(json!({})),
        order(
            json!({ "size": "small", "count": 65_535, "at": "2026-01-31T09:30:00+02:00", "labels": { "any": "text" } }),
        ),
        order(json!({ "inner": { "title": "t" }, "place": "GB", "is_open": false, "size": null })),
        order(json!({ "place": { "barks": true }, "pets": [{ "type": "cat", "lives": 9 }] })),
    ] {
        OrderIn::parse_from_json(Some(body.clone())).unwrap();
        assert!(schema.misfits(&body).is_empty(), "{body}");
    }
}

#[test]
fn numbers_and_booleans_are_no_text() {
    let schema = schema();
    let body = order(json!({ "name": 7, "scopes": ["a", true], "labels": { "k": 1 }, "count": "3" }));
    let found = schema.misread(&body);
    let found: Vec<_> = found
        .iter()
        .map(|misfit| (misfit.field.as_str(), misfit.message.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("labels.k", "must be a string, and is a number"),
            ("name", "must be a string, and is a number"),
            ("scopes[1]", "must be a string, and is true or false"),
        ]
    );
    assert!(schema.misread(&order(json!({ "name": ["Ana"] }))).is_empty());
    // This one is in the year 10000.
    let late = schema.misread(&order(json!({ "at": "9999-12-31T23:59:59-01:00" })));
    assert_eq!(
        (late[0].field.as_str(), late[0].message.as_str()),
        ("at", NO_YEAR)
    );
    let last = order(json!({ "at": "9999-12-31T23:59:59Z" }));
    assert!(schema.misread(&last).is_empty());
}

#[test]
fn an_unknown_field_is_named_where_it_stands() {
    let schema = schema();
    let unknown = schema.unknown(
        &order(json!({ "inner": { "title": "t", "colour": "red" } })),
        "colour",
    );
    assert_eq!(unknown.len(), 1);
    assert_eq!(
        (unknown[0].field.as_str(), unknown[0].message.as_str()),
        ("inner.colour", "is not a field here; there are `title`")
    );
    let long = "k\u{7}".repeat(5_000);
    let unknown = schema.unknown(&order(json!({ (&long): 1 })), &long);
    assert!(unknown[0].field.len() < 100 && unknown[0].field.starts_with("kkk"));
}

#[test]
fn a_body_full_of_mistakes_names_a_few() {
    let pets = vec![json!({ "type": "fish" }); 1_000];
    assert_eq!(schema().misfits(&order(json!({ "pets": pets }))).len(), MOST);
}
