//! A number belongs to the tenant whose connection test passed last. What that means for webhooks and messages is in
//! `tests/it/ownership.rs` of the workspace.

use cloud_sim::Provision;
use futures_util::future::join_all;
use rstest::rstest;
use serde_json::json;
use testkit::Profile;

use crate::world::World;

#[rstest]
#[tokio::test]
async fn a_race_for_a_number_ends_with_one_owner(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (acme, globex) = (&world.acme, &world.globex);
    let number = world.number();
    let ours = world.connect(acme, &number, &number.access_token).await;
    let theirs = world.connect(globex, &number, &number.access_token).await;
    for _ in 0..3 {
        let racing = (0..6).map(|n| match n % 2 {
            0 => world.test(acme, &ours),
            _ => world.test(globex, &theirs),
        });
        assert!(join_all(racing).await.into_iter().all(|passed| passed));
        world.settled().await;
        let at_acme = world.shown(acme, &ours).await;
        let at_globex = world.shown(globex, &theirs).await;
        assert_ne!(
            at_acme["held"].is_object(),
            at_globex["held"].is_object(),
            "{at_acme}\n{at_globex}"
        );
        let owner = world
            .routes
            .resolve("phone_simulated", &number.phone_number_id)
            .await;
        let owns = if at_acme["held"].is_object() { globex } else { acme };
        assert_eq!(owner.unwrap().unwrap().tenant(), owns.tenant());
    }
}

#[rstest]
#[tokio::test]
async fn what_is_proven_in_the_simulator_says_nothing_about_a_number_of_whatsapps(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    // Acme owns the number at WhatsApp; in the simulator anybody may make one with the same id.
    let id = "330000000007777";
    let tx = world.acme.begin().await.unwrap();
    world.routes.claim(&tx, "phone", id).await.unwrap();
    tx.commit().await.unwrap();
    let wanted = Provision {
        phone_number_id: Some(id.to_owned()),
        ..Provision::default()
    };
    let number = world.sim.provision(&wanted).unwrap();
    let path = world.connect(&world.globex, &number, &number.access_token).await;
    assert!(world.test(&world.globex, &path).await);
    world.settled().await;
    let owner = world.routes.resolve("phone", id).await.unwrap().unwrap();
    assert_eq!(owner.tenant(), world.acme.tenant());
}

#[rstest]
#[tokio::test]
async fn who_loses_a_number_is_told_and_keeps_it_held(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (acme, globex) = (&world.acme, &world.globex);
    let number = world.number();
    let ours = world.connect(acme, &number, &number.access_token).await;
    assert!(world.test(acme, &ours).await);
    let theirs = world.connect(globex, &number, &number.access_token).await;
    // A claim alone changes nothing.
    world.settled().await;
    assert_eq!(world.shown(acme, &ours).await.get("held"), None);
    assert!(world.test(globex, &theirs).await);
    world.settled().await;
    let lost = world.shown(acme, &ours).await;
    assert_eq!(lost["held"]["terms"][0]["term"], "held_lost", "{lost}");
    let (status, refused) = world.post(acme, &format!("{ours}/resume"), json!({})).await;
    assert_eq!((status.as_u16(), &refused["code"]), (409, &json!("number_lost")));
    let (_, events) = world.get(acme, "/account-events?field=number_ownership").await;
    assert_eq!(events["items"].as_array().unwrap().len(), 1, "{events}");
    let (_, events) = world.get(globex, "/account-events?field=number_ownership").await;
    assert_eq!(events["items"], json!([]));
}
