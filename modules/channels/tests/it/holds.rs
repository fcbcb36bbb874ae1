//! A number is held with a reason, until its time has passed or somebody releases it.

use chrono::TimeDelta;
use kernel::TenantDb;
use rstest::rstest;
use sentences::Term;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{World, id};

/// Holds a number through the port, as a sender does.
async fn hold(world: &World, db: &TenantDb, path: &str, minutes: Option<i64>) {
    let until = minutes.map(|minutes| db.clock().now() + TimeDelta::minutes(minutes));
    let mut tx = db.begin().await.unwrap();
    let why = Term::HeldDisabled.into();
    world
        .directory
        .hold(&mut tx, id(path), &why, until)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[rstest]
#[tokio::test]
async fn a_held_number_says_why_and_is_released_by_hand(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (ours, theirs) = (world.number(), world.number());
    let path = world.connect(&world.acme, &ours, &ours.access_token).await;
    let other = world.connect(&world.globex, &theirs, &theirs.access_token).await;
    hold(&world, &world.acme, &path, None).await;
    let shown = world.shown(&world.acme, &path).await;
    assert_eq!(shown["held"]["terms"][0]["term"], "held_disabled", "{shown}");
    assert!(world.known(&world.acme, &path).await.unwrap().held.is_some());
    assert!(world.known(&world.globex, &other).await.unwrap().held.is_none());
    world.clock.advance(TimeDelta::days(30));
    assert!(world.known(&world.acme, &path).await.unwrap().held.is_some());

    let resume = format!("{path}/resume");
    assert_eq!(
        world.post(&world.globex, &resume, json!({})).await.0.as_u16(),
        404
    );
    let (status, resumed) = world.post(&world.acme, &resume, Value::Null).await;
    assert_eq!((status.as_u16(), resumed.get("held")), (200, None), "{resumed}");
    assert!(world.known(&world.acme, &path).await.unwrap().held.is_none());
}

#[rstest]
#[tokio::test]
async fn a_hold_with_an_end_ends_by_itself(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let number = world.number();
    let path = world.connect(&world.acme, &number, &number.access_token).await;
    hold(&world, &world.acme, &path, Some(5)).await;
    world.clock.advance(TimeDelta::minutes(4));
    assert!(world.known(&world.acme, &path).await.unwrap().held.is_some());
    world.clock.advance(TimeDelta::minutes(2));
    assert!(world.known(&world.acme, &path).await.unwrap().held.is_none());
    assert_eq!(world.shown(&world.acme, &path).await.get("held"), None);
}
