use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use contracts::contacts::{ContactId, Sighting};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use rstest::rstest;
use serde_json::json;

use testkit::Profile;

use crate::world::{World, called, named, seen};

#[rstest]
#[tokio::test]
async fn somebody_seen_twice_is_one_contact_and_what_is_new_is_learned(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let first = world
        .resolve(&world.acme, &[named(seen("447700900123", ""), "Zoe")])
        .await[0];
    let both = world.resolve(&world.acme, &[seen("447700900123", "GB.1")]).await[0];
    let hidden = world
        .resolve(&world.acme, &[called(seen("", "GB.1"), "@Zoe.K")])
        .await[0];
    assert_eq!([first, both], [both, hidden]);

    let cards = world.directory.cards(&world.acme, &[first]).await.unwrap();
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].name.as_deref(), Some("Zoe"));
    assert_eq!(cards[0].phone.as_deref(), Some("+447700900123"));
    assert_eq!(cards[0].bsuid.as_deref(), Some("GB.1"));
    assert_eq!(cards[0].username.as_deref(), Some("zoe.k"));
    for text in ["zoe", "gb.1", "900123", "zoe.k"] {
        assert_eq!(world.found(&world.acme, text).await, [first], "{text}");
    }
    // Another tenant knows nothing of it.
    assert!(
        world
            .directory
            .cards(&world.globex, &[first])
            .await
            .unwrap()
            .is_empty()
    );
    let theirs = world
        .resolve(&world.globex, &[seen("447700900123", "GB.1")])
        .await[0];
    assert_ne!(theirs, first);
}

#[rstest]
#[tokio::test]
async fn somebody_without_a_phone_number_is_a_contact_like_any_other(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let id = world
        .resolve(&world.acme, &[named(seen("", "GB.91827364550192"), "Hidden")])
        .await[0];
    world
        .resolve(&world.globex, &[seen("", "GB.91827364550192")])
        .await;
    let (_, shown) = world.get(&world.acme, &format!("/contacts/{id}")).await;
    assert_eq!(shown["bsuid"], "GB.91827364550192");
    assert!(shown.get("phone").is_none());
    assert_eq!(world.names(&world.acme, "search=hidden").await, ["Hidden"]);
    // A BSUID means nothing in another portfolio, unless nobody said which portfolio it is of.
    let elsewhere = Sighting {
        portfolio: "901".into(),
        ..seen("", "GB.91827364550192")
    };
    assert_ne!(world.resolve(&world.acme, &[elsewhere]).await[0], id);
    let typed = world
        .contact(&world.acme, json!({"name": "Typed", "bsuid": "GB.7"}))
        .await;
    assert_eq!(
        world.resolve(&world.acme, &[seen("", "GB.7")]).await[0].to_string(),
        typed
    );
}

#[rstest]
#[tokio::test]
async fn a_name_given_by_a_person_stays_and_a_profile_name_follows_the_profile(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let given = world
        .contact(
            &world.acme,
            json!({"name": "Mrs Smith", "phone": "+447700900001"}),
        )
        .await;
    world
        .contact(&world.globex, json!({"phone": "+447700900001"}))
        .await;
    let name_of = async |id: &str| world.get(&world.acme, &format!("/contacts/{id}")).await.1["name"].clone();

    let kept = world
        .resolve(&world.acme, &[named(seen("447700900001", ""), "smithy")])
        .await[0];
    assert_eq!(kept.to_string(), given);
    assert_eq!(name_of(&given).await, "Mrs Smith");

    let id = world
        .resolve(&world.acme, &[named(seen("447700900002", ""), "first")])
        .await[0]
        .to_string();
    world.clock.advance(TimeDelta::seconds(1));
    world
        .resolve(&world.acme, &[named(seen("447700900002", ""), "second")])
        .await;
    world.resolve(&world.acme, &[seen("447700900002", "")]).await;
    assert_eq!(name_of(&id).await, "second");
    assert_eq!(
        world.names(&world.acme, "search=first").await,
        Vec::<String>::new()
    );

    world
        .patch(&world.acme, &format!("/contacts/{id}"), json!({"name": "Chosen"}))
        .await;
    world
        .resolve(&world.acme, &[named(seen("447700900002", ""), "third")])
        .await;
    assert_eq!(name_of(&id).await, "Chosen");
    world.clock.advance(TimeDelta::seconds(1));
    // Emptied by a person, it is the profile's again.
    world
        .patch(&world.acme, &format!("/contacts/{id}"), json!({"name": ""}))
        .await;
    world
        .resolve(&world.acme, &[named(seen("447700900002", ""), "fourth")])
        .await;
    assert_eq!(name_of(&id).await, "fourth");
}

#[rstest]
#[tokio::test]
async fn a_username_belongs_to_who_was_last_seen_with_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let a = world
        .resolve(&world.acme, &[called(seen("", "GB.1"), "star")])
        .await[0];
    let theirs = world
        .resolve(&world.globex, &[called(seen("", "GB.1"), "star")])
        .await[0];
    world.clock.advance(TimeDelta::seconds(1));
    let b = world
        .resolve(&world.acme, &[called(seen("", "GB.2"), "star")])
        .await[0];
    assert_ne!(a, b);
    let username = async |id: ContactId| {
        let (_, shown) = world.get(&world.acme, &format!("/contacts/{id}")).await;
        shown["username"].as_str().map(ToOwned::to_owned)
    };
    assert_eq!(
        (username(a).await, username(b).await),
        (None, Some("star".into()))
    );
    assert_eq!(world.found(&world.acme, "star").await, [b]);
    world.clock.advance(TimeDelta::seconds(1));
    world
        .resolve(&world.acme, &[called(seen("", "GB.2"), "moon")])
        .await;
    assert_eq!(username(b).await.as_deref(), Some("moon"));
    assert_eq!(world.found(&world.globex, "star").await, [theirs]);
    // What they were called before leads to them still, but is not shown.
    assert_eq!(world.found(&world.acme, "star").await, [b]);
    // Nothing else known: the username has to do.
    let alone = world
        .resolve(
            &world.acme,
            &[called(seen("", ""), "moon"), called(seen("", ""), "new.one")],
        )
        .await;
    assert_eq!(alone[0], b);
    assert_eq!(
        world
            .resolve(&world.acme, &[called(seen("", ""), "New.One")])
            .await[0],
        alone[1]
    );
}

#[rstest]
#[tokio::test]
async fn the_bsuid_is_believed_before_the_phone(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let by_phone = world.resolve(&world.acme, &[seen("447700900123", "")]).await[0];
    let by_bsuid = world.resolve(&world.acme, &[seen("", "GB.1")]).await[0];
    world
        .resolve(&world.globex, &[seen("447700900123", "GB.1")])
        .await;
    assert_ne!(by_phone, by_bsuid);
    let asked = [
        seen("447700900123", ""),
        seen("447700900123", "GB.1"),
        seen("", "GB.1"),
    ];
    assert_eq!(
        world.resolve(&world.acme, &asked).await,
        [by_phone, by_bsuid, by_bsuid]
    );
    assert_eq!(world.count(&world.acme).await, 2);
}

#[rstest]
#[tokio::test]
async fn nothing_is_written_or_told_when_nothing_is_new(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let batch: Vec<Sighting> = (0..600)
        .map(|n| {
            called(
                named(
                    seen(&format!("4477009{n:05}"), &format!("GB.{n}")),
                    &format!("N{n}"),
                ),
                &format!("u{n}"),
            )
        })
        .collect();
    let first = world.resolve(&world.acme, &batch).await;
    world.resolve(&world.globex, &batch[..3]).await;
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 600);
    let told = world.told().await.len();
    assert_eq!(world.resolve(&world.acme, &batch).await, first);
    assert_eq!(world.told().await.len(), told);
    assert_eq!(world.count(&world.acme).await, 600);
    assert!(world.resolve(&world.acme, &[]).await.is_empty());

    let mut tx = world.acme.begin().await.unwrap();
    let nobody = world
        .directory
        .resolve(&mut tx, &[Sighting::default()])
        .await
        .unwrap_err();
    assert_eq!(nobody.code(), "internal");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_first_messages_at_once_make_one_contact(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let mut running = tokio::task::JoinSet::new();
    for n in 0..64 {
        let (directory, db) = (world.directory.clone(), world.acme.clone());
        // Some show the phone, some the BSUID, some both; each meets the others half way.
        let sighting = match n % 4 {
            0 => seen("447700900123", ""),
            _ => seen("447700900123", "GB.1"),
        };
        running.spawn(async move {
            let mut tx = db.begin().await.unwrap();
            let id = directory
                .resolve(&mut tx, &[named(sighting, "Zoe")])
                .await
                .unwrap()
                .contacts[0];
            tx.commit().await.unwrap();
            id
        });
    }
    let ids: BTreeSet<ContactId> = running.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(world.count(&world.acme).await, 1);
    let cards = world
        .directory
        .cards(&world.acme, &[*ids.first().unwrap()])
        .await
        .unwrap();
    assert_eq!(
        (cards[0].phone.as_deref(), cards[0].bsuid.as_deref()),
        (Some("+447700900123"), Some("GB.1"))
    );
    assert_eq!(world.count(&world.globex).await, 0);
}

/// Sightings of few people in all shapes: phones and BSUIDs overlap in every way.
fn sightings() -> impl Strategy<Value = Vec<Sighting>> {
    let one = (0u8..5, 0u8..5, 0u8..4).prop_filter_map("somebody", |(phone, bsuid, username)| {
        let text = |n: u8, make: &dyn Fn(u8) -> String| if n == 0 { String::new() } else { make(n) };
        let sighting = seen(
            &text(phone, &|n| format!("44770090000{n}")),
            &text(bsuid, &|n| format!("GB.{n}")),
        );
        let sighting = if username == 0 {
            sighting
        } else {
            called(sighting, &format!("user{username}"))
        };
        (phone + bsuid > 0).then_some(sighting)
    });
    prop::collection::vec(one, 1..9)
}

/// Which sightings are the same contact, by position.
fn partition(ids: &[ContactId]) -> Vec<usize> {
    let mut first = BTreeMap::new();
    ids.iter()
        .enumerate()
        .map(|(at, id)| *first.entry(*id).or_insert(at))
        .collect()
}

#[rstest]
#[tokio::test]
async fn a_batch_means_the_same_people_in_any_order_and_any_number_of_times(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(Default::default()),
    );
    let tenants = std::iter::from_fn({
        let system = world.database.system(world.acme.clock().clone());
        move || Some(system.tenant(system.clock().new_id()))
    });
    let mut tenants = tenants;
    for _ in 0..30 {
        let batch = sightings().new_tree(&mut runner).unwrap().current();
        let shuffled: Vec<usize> = Just((0..batch.len()).collect::<Vec<_>>())
            .prop_shuffle()
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let (one, two) = (tenants.next().unwrap(), tenants.next().unwrap());

        let straight = world.resolve(&one, &batch).await;
        let reordered: Vec<Sighting> = shuffled.iter().map(|at| batch[*at].clone()).collect();
        let answered = world.resolve(&two, &reordered).await;
        let mut back = straight.clone();
        for (position, at) in shuffled.iter().enumerate() {
            back[*at] = answered[position];
        }
        assert_eq!(partition(&straight), partition(&back), "{batch:?} {shuffled:?}");
        assert_eq!(world.count(&one).await, world.count(&two).await);
        // Equal sightings are equal people, and asking again changes nothing.
        assert_eq!(world.resolve(&one, &batch).await, straight);
        for (a, b) in batch.iter().zip(&straight) {
            for (c, d) in batch.iter().zip(&straight) {
                if a == c || (a.bsuid.is_some() && a.bsuid == c.bsuid) {
                    assert_eq!(b, d);
                }
            }
        }
    }
}
