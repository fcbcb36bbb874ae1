//! The three states of a field in a change: absent, null, a value; and what stands below a name.

use chrono::TimeDelta;
use contracts::contacts::BookEntry;
use rstest::rstest;
use serde_json::{Value, json};

use testkit::Profile;

use crate::world::{World, named, seen};

#[rstest]
#[tokio::test]
async fn null_empties_every_field_and_absent_keeps_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let full = json!({
        "name": "Full", "phone": "+447700900123", "bsuid": "GB.1", "username": "full", "tags": ["t1"], "attributes": {"k": "v"},
        "note": "n"
    });
    let id = world.contact(&world.acme, full.clone()).await;
    let path = format!("/contacts/{id}");
    let empty = |field: &str| match field {
        "tags" => json!([]),
        "attributes" => json!({}),
        _ => Value::Null,
    };
    let (_, mut expected) = world.get(&world.acme, &path).await;
    for field in ["note", "attributes", "tags", "username", "bsuid", "phone"] {
        let (status, changed) = world.patch(&world.acme, &path, json!({field: null})).await;
        assert_eq!(status.as_u16(), 200, "{field} {changed}");
        match empty(field) {
            Value::Null => _ = expected.as_object_mut().unwrap().remove(field),
            empty => expected[field] = empty,
        }
        expected["updated_at"] = changed["updated_at"].clone();
        assert_eq!(changed, expected, "{field}");
    }
    let (status, changed) = world.patch(&world.acme, &path, full.clone()).await;
    assert_eq!(status.as_u16(), 200);
    for (field, value) in full.as_object().unwrap() {
        assert_eq!(&changed[field], value, "{field}");
    }
}

#[rstest]
#[tokio::test]
async fn a_change_that_changes_nothing_tells_nothing(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let full = json!({
        "name": "Full", "phone": "+447700900123", "bsuid": "GB.1", "username": "full", "tags": ["t1", "t2"],
        "attributes": {"k": "v"}, "note": "n"
    });
    let id = world.contact(&world.acme, full.clone()).await;
    let path = format!("/contacts/{id}");
    let (_, before) = world.get(&world.acme, &path).await;
    let told = world.told().await.len();
    let same = [
        json!({}),
        full,
        json!({"tags": ["T2", "t1"]}),
        json!({"phone": "+44 7700 900123"}),
        json!({"name": " Full "}),
    ];
    for same in same {
        world.clock.advance(TimeDelta::seconds(5));
        let (status, after) = world.patch(&world.acme, &path, same.clone()).await;
        assert_eq!((status.as_u16(), &after), (200, &before), "{same}");
    }
    assert_eq!(world.told().await.len(), told);
    world.patch(&world.acme, &path, json!({"note": "other"})).await;
    assert_eq!(world.told().await.len(), told + 1);
}

#[rstest]
#[tokio::test]
async fn an_emptied_name_shows_what_is_below_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let id = world
        .resolve(&world.acme, &[named(seen("447700987020", ""), "Own Name")])
        .await[0];
    let path = format!("/contacts/{id}");
    for empty in [json!(null), json!(""), json!(" \u{200b}")] {
        let (_, given) = world.patch(&world.acme, &path, json!({"name": "Given"})).await;
        assert_eq!(given["name"], "Given");
        let (_, emptied) = world.patch(&world.acme, &path, json!({"name": empty})).await;
        assert_eq!(emptied["name"], "Own Name");
        assert_eq!(world.names(&world.acme, "search=own+name").await, ["Own Name"]);
        assert!(world.names(&world.acme, "search=given").await.is_empty());
    }
    // It follows the profile from then on.
    world.clock.advance(TimeDelta::seconds(5));
    world
        .resolve(&world.acme, &[named(seen("447700987020", ""), "Newer Name")])
        .await;
    assert_eq!(world.get(&world.acme, &path).await.1["name"], "Newer Name");

    // The address book's name stands above the profile's, also after somebody's choice is taken back.
    let book = async |name: Option<&str>, minutes| {
        let entry = BookEntry {
            wa_id: "447700987020".into(),
            name: name.map(ToOwned::to_owned),
            at: world.acme.clock().now() + TimeDelta::minutes(minutes),
        };
        let mut tx = world.acme.begin().await.unwrap();
        world
            .directory
            .note_address_book(&mut tx, &[entry])
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    book(Some("From the Book"), 1).await;
    world.patch(&world.acme, &path, json!({"name": "Given"})).await;
    let (_, emptied) = world.patch(&world.acme, &path, json!({"name": null})).await;
    assert_eq!(emptied["name"], "From the Book");
    book(None, 2).await;
    assert_eq!(world.get(&world.acme, &path).await.1["name"], "Newer Name");
    book(Some("\u{3164}"), 3).await;
    assert_eq!(world.get(&world.acme, &path).await.1["name"], "Newer Name");

    // Nothing below: the number is shown, and a book that forgets somebody leaves no name behind.
    let other = world
        .contact(&world.acme, json!({"name": "Given", "phone": "+447700987021"}))
        .await;
    let (_, emptied) = world
        .patch(&world.acme, &format!("/contacts/{other}"), json!({"name": null}))
        .await;
    assert_eq!(
        (emptied.get("name"), &emptied["phone"]),
        (None, &json!("+447700987021"))
    );
}
