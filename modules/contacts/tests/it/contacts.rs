use chrono::TimeDelta;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use testkit::Profile;

use crate::world::World;

#[rstest]
#[tokio::test]
async fn a_contact_is_created_shown_changed_and_deleted(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let wish = json!({
        "name": " Zoë ", "phone": "+44 (0)7700 900-123", "username": "@Zoe.K", "tags": ["VIP", "new", "vip"],
        "attributes": {"city": "Leeds"}, "note": "likes blue"
    });
    let (status, made) = world.post(&world.acme, "/contacts", wish).await;
    assert_eq!(status, StatusCode::CREATED);
    let path = format!("/contacts/{}", made["id"].as_str().unwrap());
    let at = made["created_at"].clone();
    let expected = json!({
        "id": made["id"], "name": "Zoë", "phone": "+447700900123", "username": "zoe.k", "tags": ["new", "VIP"],
        "attributes": {"city": "Leeds"}, "note": "likes blue", "created_at": at, "updated_at": at
    });
    assert_eq!(made, expected);
    assert_eq!(world.get(&world.acme, &path).await.1, expected);

    world.clock.advance(TimeDelta::seconds(5));
    let change =
        json!({"phone": "+1 202 555 0143", "username": null, "note": "", "tags": ["new"], "attributes": {}});
    let (status, changed) = world.patch(&world.acme, &path, change).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        changed,
        json!({"id": made["id"], "name": "Zoë", "phone": "+12025550143", "tags": ["new"], "attributes": {},
            "created_at": at, "updated_at": changed["updated_at"]})
    );
    assert_ne!(changed["updated_at"], at);
    assert!(world.names(&world.acme, "search=7700900123").await.is_empty());
    assert_eq!(world.names(&world.acme, "search=202+555").await, ["Zoë"]);

    assert_eq!(world.delete(&world.acme, &path).await.0, StatusCode::NO_CONTENT);
    assert_eq!(world.delete(&world.acme, &path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.get(&world.acme, &path).await.0, StatusCode::NOT_FOUND);
    // Its number is free again.
    world.contact(&world.acme, json!({"phone": "+12025550143"})).await;

    let told = world.told().await;
    let deleted: Vec<bool> = told
        .iter()
        .map(|(_, it)| it["items"][0]["deleted"] == true)
        .collect();
    assert_eq!(deleted, [false, false, true, false]);
    assert!(told.iter().all(|(name, _)| name == "contacts_changed"));
}

#[rstest]
#[tokio::test]
async fn one_identity_has_one_contact_in_a_tenant_and_another_elsewhere(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let all = json!({"phone": "+447700900123", "bsuid": "GB.1", "username": "zoe"});
    world.contact(&world.acme, all.clone()).await;
    world.contact(&world.globex, all).await;
    for (field, value) in [
        ("phone", "+44 7700 900123"),
        ("bsuid", "GB.1"),
        ("username", "@ZOE"),
    ] {
        let (status, body) = world
            .post(&world.acme, "/contacts", json!({"name": "X", field: value}))
            .await;
        assert_eq!(
            (status.as_u16(), body["code"].as_str()),
            (409, Some("contact_exists")),
            "{field}"
        );
        let other = world.contact(&world.acme, json!({"name": "Y"})).await;
        let (status, body) = world
            .patch(&world.acme, &format!("/contacts/{other}"), json!({field: value}))
            .await;
        assert_eq!(
            (status.as_u16(), body["code"].as_str()),
            (409, Some("contact_exists")),
            "{field}"
        );
    }
    let (_, body) = world
        .post(&world.acme, "/contacts", json!({"phone": "+447700900123"}))
        .await;
    assert!(body["detail"].as_str().unwrap().contains("+447700900123"));
    // A refusal leaves nothing behind.
    assert_eq!(world.count(&world.acme).await, 4);
}

#[rstest]
#[tokio::test]
async fn a_contact_needs_no_phone_number(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    for body in [
        json!({"name": "Only a name"}),
        json!({"bsuid": "GB.42"}),
        json!({"username": "only.user"}),
    ] {
        let id = world.contact(&world.acme, body.clone()).await;
        let path = format!("/contacts/{id}");
        let (_, shown) = world.get(&world.acme, &path).await;
        assert!(shown.get("phone").is_none());
        let (status, _) = world
            .patch(&world.acme, &path, json!({"note": "n", "tags": ["t"]}))
            .await;
        assert_eq!(status, StatusCode::OK);
        let text = body
            .as_object()
            .unwrap()
            .values()
            .next()
            .unwrap()
            .as_str()
            .unwrap()
            .replace(' ', "+");
        let (_, found) = world.get(&world.acme, &format!("/contacts?search={text}")).await;
        assert_eq!(found["items"][0]["id"], *id);
    }
    world.contact(&world.globex, json!({"bsuid": "GB.42"})).await;
    // Taking the last identity from a contact without a name would leave nobody.
    let id = world.contact(&world.acme, json!({"bsuid": "GB.43"})).await;
    let (status, body) = world
        .patch(&world.acme, &format!("/contacts/{id}"), json!({"bsuid": null}))
        .await;
    assert_eq!(
        (status.as_u16(), body["errors"][0]["field"].as_str()),
        (422, Some("name"))
    );
}

#[rstest]
#[tokio::test]
async fn anothers_contact_answers_the_same_bytes_as_none(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let theirs = world
        .contact(
            &world.globex,
            json!({"name": "Theirs", "phone": "+447700900123", "tags": ["x"]}),
        )
        .await;
    let (_, tags) = world.get(&world.globex, "/tags").await;
    let their_tag = tags["items"][0]["id"].as_str().unwrap().to_owned();
    let absent = "con_0199c0a4d2c87b1e9a3f5d6e7f809112";
    for (foreign, missing) in [
        (
            world.get(&world.acme, &format!("/contacts/{theirs}")).await,
            world.get(&world.acme, &format!("/contacts/{absent}")).await,
        ),
        (
            world
                .patch(
                    &world.acme,
                    &format!("/contacts/{theirs}"),
                    json!({"name": "Mine"}),
                )
                .await,
            world
                .patch(
                    &world.acme,
                    &format!("/contacts/{absent}"),
                    json!({"name": "Mine"}),
                )
                .await,
        ),
        (
            world.delete(&world.acme, &format!("/contacts/{theirs}")).await,
            world.delete(&world.acme, &format!("/contacts/{absent}")).await,
        ),
        (
            world.delete(&world.acme, &format!("/tags/{their_tag}")).await,
            world
                .delete(&world.acme, "/tags/tag_0199c0a4d2c87b1e9a3f5d6e7f809112")
                .await,
        ),
    ] {
        assert_eq!(foreign.0, StatusCode::NOT_FOUND);
        assert_eq!(foreign, missing);
    }
    assert!(world.names(&world.acme, "").await.is_empty());
    assert!(world.names(&world.acme, "tag=x").await.is_empty());
    assert_eq!(world.names(&world.globex, "tag=X").await, ["Theirs"]);
}

#[rstest]
#[tokio::test]
async fn rights_are_asked_for(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let reader = world.key(&world.acme, &["contacts:read"]).await;
    let body = json!({"name": "X"});
    let (status, body) = world.send_as(&reader, Method::POST, "/contacts", body).await;
    assert_eq!(
        (status.as_u16(), body["code"].as_str()),
        (403, Some("permission_denied"))
    );
    assert!(body["detail"].as_str().unwrap().contains("contacts:write"));
    let (status, _) = world.send_as("", Method::GET, "/contacts", Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(world.count(&world.globex).await, 0);
}

#[rstest]
#[tokio::test]
async fn search_takes_every_sign_for_itself(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for name in [
        "100% Wolle",
        "100 Wolle",
        "a_b",
        "axb",
        "wow!",
        r"back\slash",
        "O'Hara",
        "ÉLODIE",
        "محمد",
    ] {
        world.contact(&world.acme, json!({"name": name})).await;
        world.contact(&world.globex, json!({"name": name})).await;
    }
    let cases: [(&str, &[&str]); 10] = [
        ("100%25", &["100% Wolle"]),
        ("%25", &["100% Wolle"]),
        ("a_b", &["a_b"]),
        ("_", &["a_b"]),
        ("!", &["wow!"]),
        ("%5C", &[r"back\slash"]),
        ("'", &["O'Hara"]),
        ("%C3%A9lodie", &["ÉLODIE"]),
        ("WOLLE", &["100 Wolle", "100% Wolle"]),
        ("%D9%85%D8%AD%D9%85%D8%AF", &["محمد"]),
    ];
    for (text, expected) in cases {
        assert_eq!(
            world.names(&world.acme, &format!("search={text}")).await,
            expected,
            "{text}"
        );
    }
    assert_eq!(world.names(&world.acme, "search=+&limit=200").await.len(), 9);
    let (status, _) = world
        .get(&world.acme, &format!("/contacts?search={}", "x".repeat(201)))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[rstest]
#[tokio::test]
async fn a_phone_number_is_found_however_it_is_written(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world
        .contact(&world.acme, json!({"name": "Zoe", "phone": "+447700900123"}))
        .await;
    world
        .contact(&world.globex, json!({"name": "Other", "phone": "+447700900123"}))
        .await;
    for text in [
        "%2B447700900123",
        "%2B44+7700+900123",
        "7700900",
        "900-123",
        "(7700)",
    ] {
        assert_eq!(
            world.names(&world.acme, &format!("search={text}")).await,
            ["Zoe"],
            "{text}"
        );
    }
    assert!(world.names(&world.acme, "search=7700x").await.is_empty());
}

#[rstest]
#[tokio::test]
async fn pages_show_each_of_250_contacts_once_while_others_arrive(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let sightings: Vec<_> = (0..250)
        .map(|n| crate::world::seen(&format!("4477009{n:05}"), ""))
        .collect();
    world.resolve(&world.acme, &sightings).await;
    world.resolve(&world.globex, &sightings[..7]).await;

    let (mut seen, mut after) = (Vec::new(), String::new());
    let mut pages = 0;
    loop {
        let (_, page) = world
            .get(&world.acme, &format!("/contacts?limit=60{after}"))
            .await;
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].as_str().unwrap().to_owned()),
        );
        pages += 1;
        world
            .contact(&world.acme, json!({"name": format!("late {pages}")}))
            .await;
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!((pages, seen.len()), (5, 250));
    let mut sorted = seen.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!(seen, sorted, "newest first, none twice");
    let (_, exact) = world.get(&world.globex, "/contacts?limit=7").await;
    assert!(exact.get("next").is_none());
    for query in ["limit=0", "limit=201", "after=rubbish"] {
        assert_eq!(
            world
                .get(&world.acme, &format!("/contacts?{query}"))
                .await
                .0
                .as_u16(),
            422,
            "{query}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn what_is_not_acceptable_is_named(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let attributes = |n: usize| {
        (0..n)
            .map(|n| (format!("k{n}"), json!("v")))
            .collect::<serde_json::Map<_, _>>()
    };
    let cases: [(Value, &str); 20] = [
        (json!({}), "name"),
        (json!({"name": "  ", "note": "x"}), "name"),
        (json!({"phone": "07700 900123"}), "phone"),
        (json!({"phone": "hello"}), "phone"),
        (json!({"bsuid": "has space"}), "bsuid"),
        (json!({"bsuid": "xx"}), "bsuid"),
        (json!({"bsuid": "gb.918273"}), "bsuid"),
        (json!({"bsuid": "GB."}), "bsuid"),
        (json!({"bsuid": "447700900123"}), "bsuid"),
        (json!({"bsuid": "GB.1-2"}), "bsuid"),
        (json!({"username": "has space"}), "username"),
        (json!({"name": "x", "tags": [" "]}), "tags"),
        (json!({"name": "x", "tags": ["x".repeat(65)]}), "tags"),
        (json!({"name": "x", "attributes": attributes(51)}), "attributes"),
        (
            json!({"name": "x", "attributes": {"k": "v".repeat(1025)}}),
            "attributes.k",
        ),
        (json!({"name": "x", "attributes": {"": "v"}}), "attributes."),
        (json!({"name": "x".repeat(201)}), "name"),
        (json!({"name": "x", "note": "x".repeat(4001)}), "note"),
        (json!({"name": "x", "tags": vec!["x"; 51]}), "tags"),
        (json!({"name": "x", "colour": "red"}), "colour"),
    ];
    for (body, field) in cases {
        let (status, answer) = world.post(&world.acme, "/contacts", body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body} {answer}");
        assert_eq!(answer["errors"][0]["field"], field, "{body}");
    }
    let (_, answer) = world
        .post(&world.acme, "/contacts", json!({"phone": "07700 900123"}))
        .await;
    assert_eq!(answer["code"], "invalid_phone");
    assert_eq!(
        world.count(&world.acme).await + world.count(&world.globex).await,
        0
    );

    let id = world
        .contact(
            &world.acme,
            json!({"name": "x".repeat(200), "attributes": attributes(50)}),
        )
        .await;
    let path = format!("/contacts/{id}");
    assert_eq!(
        world
            .patch(&world.acme, &path, json!({"colour": "red"}))
            .await
            .0
            .as_u16(),
        422
    );
    assert_eq!(
        world
            .patch(&world.acme, &path, json!({"name": null}))
            .await
            .0
            .as_u16(),
        422
    );
    assert_eq!(
        world
            .patch(&world.acme, "/contacts/rubbish", json!({}))
            .await
            .0
            .as_u16(),
        400
    );
}
