//! Numbers are connected, shown, changed and removed; their secrets are used and never shown.

use poem::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{World, claim};

#[rstest]
#[tokio::test]
async fn a_number_is_connected_shown_changed_and_removed(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let number = world.number();
    let path = world.connect(&world.acme, &number, &number.access_token).await;
    assert!(world.test(&world.acme, &path).await);
    let shown = world.shown(&world.acme, &path).await;
    assert_eq!(
        (&shown["name"], &shown["status"]),
        (&json!("A line"), &json!("connected"))
    );
    for secret in [&number.access_token, &number.app_secret, &number.verify_token] {
        assert!(!shown.to_string().contains(secret.as_str()), "{shown}");
    }
    let change = json!({"name": "Front desk"});
    let (status, changed) = world.patch(&world.acme, &path, change).await;
    assert_eq!((status.as_u16(), &changed["name"]), (200, &json!("Front desk")));
    let (_, list) = world.get(&world.acme, "/channels").await;
    assert_eq!(list["items"], json!([changed]));

    // Another tenant neither sees nor changes it.
    assert_eq!(world.get(&world.globex, &path).await.0.as_u16(), 404);
    assert_eq!(world.delete(&world.globex, &path).await.0.as_u16(), 404);
    assert!(world.known(&world.globex, &path).await.is_none());
    assert_eq!(world.get(&world.globex, "/channels").await.1["items"], json!([]));

    assert_eq!(world.delete(&world.acme, &path).await.0.as_u16(), 204);
    assert!(world.known(&world.acme, &path).await.is_none());
    let told = world.told().await;
    assert!(
        told.iter().all(|(name, _)| name == "channels_changed"),
        "{told:?}"
    );
}

#[rstest]
#[tokio::test]
async fn a_wrong_token_fails_the_test_and_a_new_one_passes_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let number = world.number();
    let path = world
        .connect(&world.acme, &number, "no-token-of-that-number")
        .await;
    assert!(!world.test(&world.acme, &path).await);
    let change = json!({"access_token": number.access_token});
    assert_eq!(world.patch(&world.acme, &path, change).await.0.as_u16(), 200);
    assert!(world.test(&world.acme, &path).await);
}

#[rstest]
#[tokio::test]
async fn rights_are_asked_for(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let reader = world.key(&world.acme, &["channels:read"]).await;
    let body = claim(&world.number(), "a-token");
    let (status, refused) = world.send_as(&reader, Method::POST, "/channels", body).await;
    assert_eq!(
        (status.as_u16(), &refused["code"]),
        (403, &json!("permission_denied"))
    );
    let (status, _) = world.send_as("", Method::GET, "/channels", Value::Null).await;
    assert_eq!(status.as_u16(), 401);
    assert_eq!(
        world
            .send_as(&reader, Method::GET, "/channels", Value::Null)
            .await
            .1["items"],
        json!([])
    );
}
