//! Text as people compare it: search and tags; names in which there is something to see; keys written anew.

use poem::http::StatusCode;
use rstest::rstest;
use serde_json::{Value, json};

use testkit::Profile;

use crate::world::{World, named, seen};

/// Percent-encoded, for a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[rstest]
#[tokio::test]
async fn search_compares_letters_and_not_code_points(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let stored = [
        "José Álvarez",
        "Zoe\u{308} Noir",
        "İbrahim Test",
        "Işık",
        "Straße 5",
        "Пётр",
        "أحمد",
        "שָׁלוֹם",
        "ม้า",
        "मैं",
        "ΟΔΥΣΣΕΥΣ",
        "Łódź",
        "Room ٣",
        "It’s – ok",
    ];
    for name in stored {
        world.contact(&world.acme, json!({"name": name})).await;
        world
            .contact(&world.globex, json!({"name": format!("{name} of Globex")}))
            .await;
    }
    let cases: [(&str, &[&str]); 24] = [
        ("Jose\u{301}", &["José Álvarez"]),
        ("jose", &["José Álvarez"]),
        ("JOSÉ  ALVAREZ", &["José Álvarez"]),
        ("zoë", &["Zoe\u{308} Noir"]),
        ("ibrahim", &["İbrahim Test"]),
        ("IBRAHIM", &["İbrahim Test"]),
        ("ışık", &["Işık"]),
        ("IŞIK", &["Işık"]),
        ("strasse", &["Straße 5"]),
        ("STRASSE", &["Straße 5"]),
        ("петр", &["Пётр"]),
        ("احمد", &["أحمد"]),
        ("أَحْمَد", &["أحمد"]),
        ("שלום", &["שָׁלוֹם"]),
        ("มา", &[]),
        ("ม้า", &["ม้า"]),
        ("मै", &["मैं"]),
        ("οδυσσεύς", &["ΟΔΥΣΣΕΥΣ"]),
        ("lodz", &["Łódź"]),
        ("room 3", &["Room ٣"]),
        ("ｒｏｏｍ", &["Room ٣"]),
        ("it's - ok", &["It’s – ok"]),
        ("jo\u{200b}sé", &["José Álvarez"]),
        ("jose%", &[]),
    ];
    for (text, expected) in cases {
        let found = world
            .names(&world.acme, &format!("search={}", encoded(text)))
            .await;
        assert_eq!(found, expected, "{text:?}");
    }
    for nothing in ["\u{200b}", " \u{3164} "] {
        let all = world
            .names(&world.acme, &format!("search={}", encoded(nothing)))
            .await;
        assert_eq!(all.len(), stored.len(), "{nothing:?}");
    }
}

#[rstest]
#[tokio::test]
async fn tags_that_look_alike_are_one(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let alike = [
        "Café bh",
        "Cafe\u{301} bh",
        "CAFÉ  BH",
        "Café bh\u{200b}",
        "cafe bh",
    ];
    let (status, _) = world.post(&world.acme, "/tags", json!({"name": alike[0]})).await;
    assert_eq!(status, StatusCode::CREATED);
    for name in alike {
        let (status, body) = world.post(&world.acme, "/tags", json!({"name": name})).await;
        assert_eq!(
            (status.as_u16(), body["code"].as_str()),
            (409, Some("tag_exists")),
            "{name:?}"
        );
        world
            .contact(&world.acme, json!({"name": "x", "tags": [name, alike[0]]}))
            .await;
        let found = world.names(&world.acme, &format!("tag={}", encoded(name))).await;
        assert!(!found.is_empty(), "{name:?}");
    }
    let (_, tags) = world.get(&world.acme, "/tags").await;
    assert_eq!(tags["items"].as_array().unwrap().len(), 1, "{tags}");
    assert_eq!(
        (&tags["items"][0]["name"], &tags["items"][0]["contacts"]),
        (&json!("Café bh"), &json!(5))
    );
    assert_eq!(world.get(&world.globex, "/tags").await.1["items"], json!([]));
    // Other letters are other tags.
    for name in ["มา", "ม้า", "мои", "мой"] {
        assert_eq!(
            world.post(&world.acme, "/tags", json!({"name": name})).await.0,
            StatusCode::CREATED
        );
    }
}

#[rstest]
#[tokio::test]
async fn what_cannot_be_seen_is_no_name(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let nothing = [
        "\u{3164}",
        "\u{200e}",
        "\u{200b}",
        "\u{ad}",
        "\u{0}",
        "\u{1b}",
        "\n",
        "\u{301}",
        "\u{2800}",
        " \u{ffa0}\u{feff}",
        "\u{fe0f}",
    ];
    for (n, name) in nothing.into_iter().enumerate() {
        let (status, body) = world.post(&world.acme, "/contacts", json!({"name": name})).await;
        assert_eq!(
            (status.as_u16(), &body["errors"][0]["field"]),
            (422, &json!("name")),
            "{name:?} {body}"
        );
        let (status, body) = world.post(&world.acme, "/tags", json!({"name": name})).await;
        assert_eq!(
            (status.as_u16(), &body["errors"][0]["field"]),
            (422, &json!("name")),
            "{name:?} {body}"
        );
        let (status, body) = world
            .post(&world.acme, "/contacts", json!({"name": "x", "tags": [name]}))
            .await;
        assert_eq!(
            (status.as_u16(), &body["errors"][0]["field"]),
            (422, &json!("tags")),
            "{name:?} {body}"
        );
        let wa_id = format!("4477009100{n:02}");
        let ids = world.resolve(&world.acme, &[named(seen(&wa_id, ""), name)]).await;
        let (_, shown) = world.get(&world.acme, &format!("/contacts/{}", ids[0])).await;
        assert_eq!(
            (shown.get("name"), &shown["phone"]),
            (None, &json!(format!("+{wa_id}"))),
            "{name:?}"
        );
    }
    for broken in ["Ana\nLima", "Ana\u{0}Lima", "Ana\u{1b}[31m", "Ana\u{2028}Lima"] {
        for (path, body) in [
            ("/contacts", json!({"name": broken})),
            ("/tags", json!({"name": broken})),
        ] {
            let (status, body) = world.post(&world.acme, path, body).await;
            assert_eq!(
                (status.as_u16(), &body["errors"][0]["field"]),
                (422, &json!("name")),
                "{broken:?} {body}"
            );
        }
        // What others tell is not refused.
        let ids = world
            .resolve(&world.acme, &[named(seen("447700920001", ""), broken)])
            .await;
        let (_, shown) = world.get(&world.acme, &format!("/contacts/{}", ids[0])).await;
        assert!(shown["name"].as_str().unwrap().starts_with("Ana "), "{shown}");
        assert!(
            !shown["name"].as_str().unwrap().contains(char::is_control),
            "{shown}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn keys_of_the_form_before_are_renewed_and_everything_is_found_meanwhile(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    // More than one batch, the one that matters in the last.
    let many: Vec<_> = (0..620)
        .map(|n| named(seen(&format!("4477009{n:05}"), ""), "Plain"))
        .collect();
    world.resolve(&world.acme, &many).await;
    let jose = world
        .contact(&world.acme, json!({"name": "José Álvarez", "tags": ["Café bh"]}))
        .await;
    let nora = world
        .contact(&world.acme, json!({"name": "Nora", "tags": ["second"]}))
        .await;
    let both = world
        .contact(
            &world.acme,
            json!({"name": "Both", "tags": ["Café bh", "second"]}),
        )
        .await;
    let blank = world
        .resolve(&world.acme, &[named(seen("447700930001", ""), "Blank")])
        .await[0]
        .to_string();
    world
        .contact(
            &world.globex,
            json!({"name": "José of Globex", "tags": ["Café bh"]}),
        )
        .await;
    let (_, tags) = world.get(&world.acme, "/tags").await;
    let tag = |name: &str| {
        tags["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["name"] == name)
            .unwrap()["id"]
            .clone()
    };
    let (first, second) = (tag("Café bh"), tag("second"));
    // As lower case wrote them.
    let decomposed = "CAFE\u{301}  bh";
    world
        .write("contacts_contacts", &jose, "search", "josé álvarez")
        .await;
    world
        .write("contacts_tags", first.as_str().unwrap(), "folded", "café bh")
        .await;
    world
        .write("contacts_tags", second.as_str().unwrap(), "name", decomposed)
        .await;
    world
        .write(
            "contacts_tags",
            second.as_str().unwrap(),
            "folded",
            "cafe\u{301}  bh",
        )
        .await;
    for column in ["name", "profile_name"] {
        world.write("contacts_contacts", &blank, column, "\u{3164}").await;
    }

    let jose_found = ["José Álvarez"];
    let before = [
        ("search", "José", &jose_found[..]),
        ("search", "álvarez", &jose_found),
        ("tag", "CAFÉ bh", &["Both", "José Álvarez"]),
    ];
    for (what, text, expected) in before {
        assert_eq!(
            world
                .names(&world.acme, &format!("{what}={}", encoded(text)))
                .await,
            expected,
            "{text}"
        );
    }
    // Given again before its turn, a tag is the one that is there.
    let path = format!("/contacts/{nora}");
    world
        .patch(&world.acme, &path, json!({"tags": ["CAFÉ bh", decomposed]}))
        .await;
    assert_eq!(
        world.get(&world.acme, "/tags").await.1["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    world
        .patch(&world.acme, &path, json!({"tags": [decomposed]}))
        .await;

    world.rekey(&world.acme).await;
    let (_, tags) = world.get(&world.acme, "/tags").await;
    let tags = tags["items"].as_array().unwrap();
    assert_eq!(tags.len(), 1, "{tags:?}");
    assert_eq!(
        (&tags[0]["id"], &tags[0]["name"], &tags[0]["contacts"]),
        (&first, &json!("Café bh"), &json!(3))
    );
    for (what, text, expected) in [
        ("search", "jose", &jose_found[..]),
        ("search", "José", &jose_found),
        ("tag", "cafe bh", &["Both", "Nora", "José Álvarez"]),
    ] {
        let mut found = world
            .names(&world.acme, &format!("{what}={}", encoded(text)))
            .await;
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort();
        assert_eq!(found, expected, "{text}");
    }
    assert_eq!(
        world.get(&world.acme, &format!("/contacts/{both}")).await.1["tags"],
        json!(["Café bh"])
    );
    let (_, shown) = world.get(&world.acme, &format!("/contacts/{blank}")).await;
    assert_eq!(
        (shown.get("name"), &shown["phone"]),
        (None, &json!("+447700930001"))
    );

    // Once more, nothing is left to do and nobody is told.
    let told = world.told().await.len();
    world.rekey(&world.acme).await;
    assert_eq!(world.told().await.len(), told);
}

#[rstest]
#[tokio::test]
async fn a_join_of_tags_with_many_contacts_loses_none(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for name in ["old", "new"] {
        world.post(&world.acme, "/tags", json!({"name": name})).await;
    }
    let (_, tags) = world.get(&world.acme, "/tags").await;
    let (new, old) = (tags["items"][0]["id"].clone(), tags["items"][1]["id"].clone());
    let many: Vec<_> = (0..2_300).map(|n| seen(&format!("4477009{n:05}"), "")).collect();
    let contacts = world.resolve(&world.acme, &many).await;
    // Half of them have both.
    world.give(&world.acme, new.as_str().unwrap(), &contacts).await;
    world
        .give(&world.acme, old.as_str().unwrap(), &contacts[..1_150])
        .await;
    // A row that has its key already, and an older one that is found to be the same.
    world
        .write("contacts_tags", old.as_str().unwrap(), "name", "NÉW")
        .await;
    world
        .write("contacts_tags", old.as_str().unwrap(), "folded", "néw")
        .await;
    world.rekey(&world.acme).await;
    let (_, tags) = world.get(&world.acme, "/tags").await;
    let all = json!(2_300);
    let expected: Vec<(&Value, &Value)> = vec![(&old, &all)];
    let found: Vec<(&Value, &Value)> = tags["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (&it["id"], &it["contacts"]))
        .collect();
    assert_eq!(found, expected);
    let (status, _) = world.post(&world.acme, "/tags", json!({"name": "new"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
