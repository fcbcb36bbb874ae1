//! Phone numbers: one reading for all who write them, and WhatsApp's other spellings of them.

use contracts::contacts::{ContactId, ContactMerge, Resolved, Sighting, Spelling};
use kernel::TenantDb;
use poem::http::StatusCode;
use rstest::rstest;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use testkit::Profile;

use crate::world::{World, named, seen};

/// For the query of an address.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl World {
    async fn phone_of(&self, db: &TenantDb, id: impl ToString) -> Value {
        let (status, shown) = self.get(db, &format!("/contacts/{}", id.to_string())).await;
        assert_eq!(status, StatusCode::OK, "{shown}");
        shown["phone"].clone()
    }

    async fn addressed(&self, db: &TenantDb, text: &str) -> Result<ContactId, kernel::Error> {
        let mut tx = db.begin().await.unwrap();
        let Resolved { contacts, merges } =
            self.directory.addressed(&mut tx, "900", "to.phone", text).await?;
        assert!(merges.is_empty());
        tx.commit().await.unwrap();
        Ok(contacts[0])
    }

    async fn learn(
        &self,
        db: &TenantDb,
        contact: ContactId,
        wa_id: &str,
        differs: bool,
    ) -> Vec<ContactMerge> {
        let spelling = Spelling {
            contact,
            wa_id: wa_id.to_owned(),
            differs,
        };
        let mut tx = db.begin().await.unwrap();
        let merges = self
            .directory
            .learn_spellings(&mut tx, &[spelling])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        merges
    }

    /// As earlier versions left it: a separate contact under another spelling.
    async fn respell(&self, from: &str, to: &str) {
        let change = format!("UPDATE contacts_identities SET value = '{to}' WHERE value = '{from}'");
        self.database
            .connection
            .execute_unprepared(&change)
            .await
            .unwrap();
    }
}

#[rstest]
#[tokio::test]
async fn no_digit_is_lost_and_every_spelling_is_one_number(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for (written, expected, again) in [
        ("+7 812 640 00 77", "+78126400077", "007 8 (812) 640-00-77"),
        ("+7 800 555 35 35", "+78005553535", "+78005553535"),
        ("+375 800 111 11 11", "+3758001111111", "00375 800 111 11 11"),
        ("+44 (0)7700 985001", "+447700985001", "+44 07700 985001"),
        ("+690 7290", "+6907290", "00690 7290"),
        (
            "\u{202a}+44 7700\u{2011}985002\u{202c}",
            "+447700985002",
            "0044 7700 985002",
        ),
        ("+٤٤ ٧٧٠٠ ٩٨٥٠٠٣", "+447700985003", "tel:+44-7700-985003"),
        ("+55 31 98888-8801", "+5531988888801", "+55 31 8888-8801"),
        ("+52 1 55 5000 0009", "+5215550000009", "+52 55 5000 0009"),
        ("+54 11 2345-6777", "+541123456777", "+54 9 11 2345-6777"),
    ] {
        let id = world.contact(&world.acme, json!({"phone": written})).await;
        assert_eq!(world.phone_of(&world.acme, &id).await, expected, "{written}");
        let (status, refused) = world
            .post(&world.acme, "/contacts", json!({"phone": again}))
            .await;
        assert_eq!(status, StatusCode::CONFLICT, "{again}: {refused}");
        assert_eq!(refused["code"], "contact_exists");
        // The same number of another tenant is nobody's business here.
        world.contact(&world.globex, json!({"phone": again})).await;
    }
}

#[rstest]
#[tokio::test]
async fn what_is_no_certain_number_is_refused_with_the_reason(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let id = world.contact(&world.acme, json!({"name": "Ana"})).await;
    for (written, reason) in [
        ("(202) 555-0143", "no country code"),
        ("612 345 678", "no country code"),
        ("8 (812) 640-00-77", "no country code"),
        ("447700985003", "has no plus; if 44 is its country code"),
        ("+44 7700", "4 digits after the country code"),
        ("+999 003 000 013", "country code that does not exist"),
        ("+44 7700 ***123", "hidden digits"),
        ("+1 111 111 1111", "placeholder"),
        ("+447700985001 / +447700985002", "more than one"),
    ] {
        for (status, refused) in [
            world
                .post(&world.acme, "/contacts", json!({"phone": written}))
                .await,
            world
                .patch(&world.acme, &format!("/contacts/{id}"), json!({"phone": written}))
                .await,
        ] {
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{written}: {refused}");
            assert_eq!(refused["code"], "invalid_phone");
            assert_eq!(refused["errors"][0]["field"], "phone", "{refused}");
            let message = refused["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains(reason), "{written}: {message}");
        }
    }
    assert_eq!(world.count(&world.acme).await, 1);
}

#[rstest]
#[tokio::test]
async fn a_number_that_has_not_changed_is_not_read_anew(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    // No reader takes the last ones: WhatsApp taught them.
    for (wa_id, shown) in [
        ("78126400099", "+7 812 640 00 99"),
        ("6907291", "+690 7291"),
        ("999003000013", "+999 003 000 013"),
        ("12345", "+12345"),
    ] {
        let id = world
            .resolve(&world.acme, &[named(seen(wa_id, ""), "Piter")])
            .await[0];
        world.resolve(&world.globex, &[seen(wa_id, "")]).await;
        for phone in [format!("+{wa_id}"), shown.to_owned()] {
            let form = json!({"name": "Piter", "phone": phone, "tags": ["vip"]});
            let (status, changed) = world.patch(&world.acme, &format!("/contacts/{id}"), form).await;
            assert_eq!(status, StatusCode::OK, "{changed}");
            assert_eq!(changed["phone"], format!("+{wa_id}"));
            assert_eq!(changed["tags"], json!(["vip"]));
        }
        assert_eq!(world.resolve(&world.acme, &[seen(wa_id, "")]).await, [id]);
    }
}

#[rstest]
#[tokio::test]
async fn a_search_finds_a_number_under_every_spelling(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let ana = json!({"name": "Ana Lima", "phone": "+44 7700 900123"});
    world.contact(&world.acme, ana).await;
    world
        .resolve(&world.acme, &[named(seen("553188888801", ""), "Bia")])
        .await;
    world
        .contact(&world.globex, json!({"name": "Other", "phone": "+447700900123"}))
        .await;
    for (search, name) in [
        ("+44 7700 900123", "Ana Lima"),
        ("07700 900123", "Ana Lima"),
        ("+44 (0)7700 900123", "Ana Lima"),
        ("00447700900123", "Ana Lima"),
        ("0044 (0)7700-900123", "Ana Lima"),
        ("447700900123", "Ana Lima"),
        ("7700 900", "Ana Lima"),
        ("\u{202a}+44 7700 900123\u{202c}", "Ana Lima"),
        ("+44\u{2011}7700\u{2011}900123", "Ana Lima"),
        ("٠٧٧٠٠ ٩٠٠١٢٣", "Ana Lima"),
        ("https://wa.me/447700900123", "Ana Lima"),
        ("+55 31 98888-8801", "Bia"),
        ("5531988888801", "Bia"),
        ("+55 31 8888-8801", "Bia"),
    ] {
        let found = world
            .names(&world.acme, &format!("search={}", encoded(search)))
            .await;
        assert_eq!(found, [name], "{search}");
    }
}

#[rstest]
#[tokio::test]
async fn a_writer_under_whatsapps_spelling_is_the_contact_that_was_typed(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for (typed, wa_id) in [
        ("+55 31 98888-8801", "553188888801"),
        ("+55 31 8888-8802", "5531988888802"),
        ("+52 1 55 5000 0009", "525550000009"),
        ("+52 55 5000 0010", "5215550000010"),
        ("+54 11 2345-6777", "5491123456777"),
        ("+54 9 11 2345-6778", "541123456778"),
    ] {
        let id = world.contact(&world.acme, json!({"phone": typed})).await;
        world.contact(&world.globex, json!({"phone": typed})).await;
        world.clock.advance(chrono::TimeDelta::seconds(1));
        let writes = world.resolve(&world.acme, &[seen(wa_id, "")]).await[0];
        assert_eq!(writes.to_string(), id, "{typed}");
        // WhatsApp's spelling is the one to write to; the other one still finds the contact, and changes nothing.
        assert_eq!(world.phone_of(&world.acme, &id).await, format!("+{wa_id}"));
        assert_eq!(world.addressed(&world.acme, typed).await.unwrap(), writes);
        assert_eq!(world.phone_of(&world.acme, &id).await, format!("+{wa_id}"));
    }
    // And where WhatsApp was first, what is typed teaches nothing.
    let first = world.resolve(&world.acme, &[seen("553188888803", "BR.1")]).await[0];
    assert_eq!(
        world.addressed(&world.acme, "+55 31 98888-8803").await.unwrap(),
        first
    );
    assert_eq!(world.phone_of(&world.acme, first).await, "+553188888803");
    // Landlines have one spelling.
    let landline = world.resolve(&world.acme, &[seen("553133334444", "")]).await[0];
    let mobile = world.resolve(&world.acme, &[seen("5531933334444", "")]).await[0];
    assert_ne!(landline, mobile);
}

#[rstest]
#[tokio::test]
async fn contacts_that_are_doubled_already_become_one(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let first = json!({"name": "Bia", "phone": "+55 31 98888-8801", "tags": ["a"], "note": "one"});
    let first = world.contact(&world.acme, first).await;
    let second = json!({"phone": "+44 7700 900999", "tags": ["b"], "note": "two", "username": "bia"});
    let second = world.contact(&world.acme, second).await;
    let theirs = world
        .contact(&world.globex, json!({"phone": "+44 7700 900999"}))
        .await;
    world.respell("+447700900999", "+553188888801").await;

    let mut tx = world.acme.begin().await.unwrap();
    let sighting = named(seen("553188888801", ""), "bia!");
    let resolved = world.directory.resolve(&mut tx, &[sighting]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(resolved.contacts[0].to_string(), first);
    let merges: Vec<(String, String)> = resolved
        .merges
        .iter()
        .map(|merge| (merge.from.to_string(), merge.into.to_string()))
        .collect();
    assert_eq!(merges, [(second.clone(), first.clone())]);
    let (_, one) = world.get(&world.acme, &format!("/contacts/{first}")).await;
    assert_eq!(one["phone"], "+553188888801");
    assert_eq!(one["name"], "Bia");
    assert_eq!(one["username"], "bia");
    assert_eq!(one["tags"], json!(["a", "b"]));
    assert_eq!(one["note"], "one\n\ntwo");
    let (status, _) = world.get(&world.acme, &format!("/contacts/{second}")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for search in ["5531988888801", "553188888801"] {
        assert_eq!(
            world.names(&world.acme, &format!("search={search}")).await,
            ["Bia"]
        );
    }
    assert_eq!(world.phone_of(&world.globex, &theirs).await, "+553188888801");
    let told = world.told().await;
    assert!(told.iter().any(|(name, _)| name == "contacts_merged"));
}

#[rstest]
#[tokio::test]
async fn what_whatsapp_answers_is_learned_and_joins(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (acme, globex) = (&world.acme, &world.globex);
    let typed = world.resolve(acme, &[seen("447700900001", "")]).await[0];
    let other = world.resolve(globex, &[seen("447700900001", "")]).await[0];
    world.clock.advance(chrono::TimeDelta::seconds(1));
    assert!(world.learn(acme, typed, "44700900001", true).await.is_empty());
    assert_eq!(world.phone_of(acme, typed).await, "+44700900001");
    assert_eq!(world.resolve(acme, &[seen("44700900001", "")]).await, [typed]);
    assert_ne!(world.resolve(globex, &[seen("44700900001", "")]).await, [other]);
    // Twice is once, and a number that ends otherwise is somebody else's.
    assert!(world.learn(acme, typed, "44700900001", false).await.is_empty());
    assert!(world.learn(acme, typed, "447700900002", true).await.is_empty());
    assert_ne!(world.resolve(acme, &[seen("447700900002", "")]).await, [typed]);

    // Somebody has that spelling already: they are one, the older one.
    let newer = world
        .resolve(acme, &[named(seen("4410900001", "GB.2"), "Zoe")])
        .await[0];
    let merged = ContactMerge {
        from: newer,
        into: typed,
    };
    assert_eq!(world.learn(acme, typed, "4410900001", true).await, [merged]);
    assert_eq!(world.resolve(acme, &[seen("", "GB.2")]).await, [typed]);
    assert_eq!(world.phone_of(acme, typed).await, "+4410900001");

    // Two BSUIDs are two people, whatever their numbers look like.
    let stranger = world.resolve(acme, &[seen("4420900001", "GB.3")]).await[0];
    assert!(world.learn(acme, typed, "4420900001", true).await.is_empty());
    assert_eq!(world.resolve(acme, &[seen("4420900001", "")]).await, [stranger]);

    // A contact that is gone learns nothing.
    let (status, _) = world.delete(acme, &format!("/contacts/{stranger}")).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(world.learn(acme, stranger, "4430900001", true).await.is_empty());
    assert_ne!(world.resolve(acme, &[seen("4430900001", "")]).await, [stranger]);
}

#[rstest]
#[tokio::test]
async fn two_spellings_of_one_sighting_are_one_contact(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let both = |wa_id: &str, other: &str| Sighting {
        other_wa_id: Some(other.to_owned()),
        ..seen(wa_id, "")
    };
    let one = world
        .resolve(&world.acme, &[both("44700900001", "447700900001")])
        .await[0];
    world
        .resolve(&world.globex, &[both("44700900001", "447700900001")])
        .await;
    for wa_id in ["44700900001", "447700900001"] {
        assert_eq!(world.resolve(&world.acme, &[seen(wa_id, "")]).await, [one]);
    }
    assert_eq!(world.phone_of(&world.acme, one).await, "+44700900001");
    // Somebody else's entry says nothing.
    let two = world
        .resolve(&world.acme, &[both("447700900002", "447700900003")])
        .await[0];
    assert_ne!(
        world.resolve(&world.acme, &[seen("447700900003", "")]).await,
        [two]
    );
}

/// Two numbers that are spellings of each other, in each country that has them.
const SPELT_TWICE: [(&str, &str); 3] = [
    ("5531988888801", "553188888801"),
    ("5215550000009", "525550000009"),
    ("5491123456777", "541123456777"),
];

#[rstest]
#[tokio::test]
async fn people_with_different_bsuids_stay_two_whatever_their_numbers(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
    #[values(0, 1, 2)] country: usize,
) {
    let world = World::open(profile).await;
    let (long, short) = SPELT_TWICE[country];
    let batches: [&[(&str, &str)]; 7] = [
        &[(long, "X.1"), (short, "X.2")],
        &[(short, "X.2"), (long, "X.1")],
        &[(long, ""), (long, "X.1"), (short, "X.2")],
        &[(short, "X.2"), (long, ""), (long, "X.1")],
        &[(short, ""), (long, "X.1"), (short, "X.2")],
        &[(long, "X.1"), ("", "X.2"), (short, "X.2")],
        &[(long, "X.1"), (short, "X.2"), (long, ""), (short, "")],
    ];
    for (n, batch) in batches.into_iter().enumerate() {
        for at_once in [false, true] {
            // Each in a separate tenant.
            let tenant = world.tenant(&format!("Tenant {n} {at_once}")).await;
            // Sometimes one is known by the number alone already.
            if n == 0 {
                world.resolve(&tenant, &[seen(long, "")]).await;
            }
            let sightings: Vec<Sighting> = batch.iter().map(|(wa_id, bsuid)| seen(wa_id, bsuid)).collect();
            if at_once {
                world.resolve(&tenant, &sightings).await;
            } else {
                for sighting in &sightings {
                    world.resolve(&tenant, std::slice::from_ref(sighting)).await;
                }
            }
            let what = format!("{batch:?}, at once: {at_once}");
            let one = world.resolve(&tenant, &[seen("", "X.1")]).await;
            let two = world.resolve(&tenant, &[seen("", "X.2")]).await;
            assert_ne!(one, two, "{what}");
            assert_eq!(world.resolve(&tenant, &[seen(long, "")]).await, one, "{what}");
            assert_eq!(world.resolve(&tenant, &[seen(short, "")]).await, two, "{what}");
            assert_eq!(world.count(&tenant).await, 2, "{what}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_guess_moves_nothing_of_somebody_with_another_bsuid(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    use contracts::contacts::{IdentityChange, KnownBy};
    let world = World::open(profile).await;
    let acme = &world.acme;
    let one = world.resolve(acme, &[seen("5531988888801", "X.1")]).await;
    let other = world.resolve(acme, &[seen("447700900123", "X.2")]).await;
    let known = |wa_id: &str, bsuid: &str| KnownBy {
        wa_id: Some(wa_id.to_owned()),
        bsuid: Some(bsuid.to_owned()).filter(|it| !it.is_empty()),
    };
    // The other person has a new number, which is a spelling of the first one's.
    for bsuid in ["", "X.2"] {
        let mut tx = acme.begin().await.unwrap();
        let change = IdentityChange {
            portfolio: "900".into(),
            previous: known("447700900123", bsuid),
            current: known("553188888801", bsuid),
            at: tx.clock().now(),
        };
        let merges = world
            .directory
            .change_identities(&mut tx, &[change])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(merges.is_empty(), "{merges:?}");
        assert_eq!(world.resolve(acme, &[seen("5531988888801", "")]).await, one);
        assert_eq!(world.resolve(acme, &[seen("", "X.1")]).await, one);
        assert_eq!(world.resolve(acme, &[seen("553188888801", "")]).await, other);
    }
    // What WhatsApp tells is no guess: nobody else is known by this spelling.
    let third = world.resolve(acme, &[seen("5215550000009", "X.3")]).await;
    assert!(world.learn(acme, third[0], "525550000009", true).await.is_empty());
    assert_eq!(world.resolve(acme, &[seen("525550000009", "")]).await, third);
    assert_eq!(world.count(acme).await, 3);
    assert_eq!(world.count(&world.globex).await, 0);
}

#[rstest]
#[tokio::test]
async fn digits_alone_are_first_somebody_known_then_a_whole_number(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let known = world.resolve(&world.acme, &[seen("447700900123", "")]).await[0];
    let odd = world.resolve(&world.acme, &[seen("999003000013", "")]).await[0];
    for text in [
        "447700900123",
        "44 7700 900123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
    ] {
        assert_eq!(world.addressed(&world.acme, text).await.unwrap(), known, "{text}");
    }
    for text in ["999003000013", "+999 003 000 013"] {
        assert_eq!(world.addressed(&world.acme, text).await.unwrap(), odd, "{text}");
    }
    let mobile = world.addressed(&world.acme, "4915123456789").await.unwrap();
    assert_eq!(world.phone_of(&world.acme, mobile).await, "+4915123456789");
    for text in ["447700900124", "07700 900123", "612345678", "2025550143", "hello"] {
        let refused = world.addressed(&world.acme, text).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert_eq!(refused.code(), "invalid_phone");
    }
    // What is known to others is not known here.
    assert!(world.addressed(&world.globex, "447700900123").await.is_err());
    assert_eq!(world.count(&world.acme).await, 3);
}

#[rstest]
#[tokio::test]
async fn numbers_without_a_country_code_are_read_as_those_of_the_tenants_country(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.choose_country(&world.acme, "GB").await;
    let id = world.contact(&world.acme, json!({"phone": "07911 123456"})).await;
    assert_eq!(world.phone_of(&world.acme, &id).await, "+447911123456");
    let path = format!("/contacts/{id}");
    let (status, changed) = world
        .patch(&world.acme, &path, json!({"phone": "020 7946 0018"}))
        .await;
    assert_eq!(
        (status, &changed["phone"]),
        (StatusCode::OK, &json!("+442079460018"))
    );
    // A plus says which country it is of.
    let (status, changed) = world
        .patch(&world.acme, &path, json!({"phone": "+34 612 345 678"}))
        .await;
    assert_eq!(
        (status, &changed["phone"]),
        (StatusCode::OK, &json!("+34612345678"))
    );
    let (status, refused) = world
        .patch(&world.acme, &path, json!({"phone": "07911 12345"}))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("not a valid number in GB"),
        "{refused}"
    );
    // The other tenant has chosen none.
    let (status, refused) = world
        .post(&world.globex, "/contacts", json!({"phone": "07911 123456"}))
        .await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("invalid_phone"))
    );
}

#[rstest]
#[tokio::test]
async fn who_is_written_to_may_be_typed_as_inside_the_country_or_as_whatsapp_writes(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.choose_country(&world.acme, "DE").await;
    for (typed, phone) in [
        ("0151 23456789", Some("+4915123456789")),
        ("4915123456789", Some("+4915123456789")),
        ("+4915123456789", Some("+4915123456789")),
        // One of another country, as a program writes it.
        ("12025550143", Some("+12025550143")),
        ("0151", None),
    ] {
        let found = world.addressed(&world.acme, typed).await;
        let Some(phone) = phone else {
            assert_eq!(found.unwrap_err().code(), "invalid_phone", "{typed}");
            continue;
        };
        assert_eq!(
            world.phone_of(&world.acme, found.unwrap()).await,
            phone,
            "{typed}"
        );
    }
}
