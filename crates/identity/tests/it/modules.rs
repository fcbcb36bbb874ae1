use poem::http::Method;
use rstest::rstest;
use serde_json::json;

use testkit::Profile;

use crate::world::{World, answer, refusal};

#[rstest]
#[tokio::test]
async fn a_switch_bites_at_once_and_in_one_tenant_only(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world
        .user(
            "bob@example.com",
            &[(world.globex.tenant(), identity::Role::Owner)],
        )
        .await;
    let ada = world.sign_in("ada@example.com").await;
    let bob = world.sign_in("bob@example.com").await;
    let switch = |to: bool| {
        world
            .portal(Method::PUT, "/modules/notes", &ada)
            .body_json(&json!({"enabled": to}))
    };

    let expected = json!({"name": "notes", "title": "Notes", "description": "Notes.", "enabled": true});
    assert_eq!(
        answer(world.portal(Method::GET, "/modules", &ada)).await.1,
        json!({"items": [expected]})
    );
    for _ in 0..2 {
        assert_eq!(answer(switch(false)).await.1["enabled"], false);
        assert_eq!(
            refusal(world.portal(Method::GET, "/notes", &ada)).await,
            (403, "module_disabled".into())
        );
        world
            .portal(Method::GET, "/notes", &bob)
            .send()
            .await
            .assert_status_is_ok();
        let (_, session) = answer(world.portal(Method::GET, "/session", &ada)).await;
        assert_eq!(session["modules"], json!(["identity"]));
        assert_eq!(answer(switch(true)).await.1["enabled"], true);
        world
            .portal(Method::GET, "/notes", &ada)
            .send()
            .await
            .assert_status_is_ok();
    }
}

#[rstest]
#[tokio::test]
async fn identity_stays_on_and_unknown_modules_are_not_found(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let ada = world.sign_in("ada@example.com").await;
    let switch = |name: &str| {
        world
            .portal(Method::PUT, &format!("/modules/{name}"), &ada)
            .body_json(&json!({"enabled": false}))
    };
    assert_eq!(refusal(switch("identity")).await, (409, "module_required".into()));
    assert_eq!(refusal(switch("nothing")).await, (404, "not_found".into()));
    world
        .portal(Method::GET, "/modules", &ada)
        .send()
        .await
        .assert_status_is_ok();

    // An agent may not.
    let globex = world.globex.tenant().to_string();
    let denied = refusal(switch("notes").header("x-tenant-id", globex)).await;
    assert_eq!(denied, (403, "permission_denied".into()));
}

#[rstest]
#[tokio::test]
async fn permissions_of_all_modules_are_listed(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let ada = world.sign_in("ada@example.com").await;
    let (_, listed) = answer(world.portal(Method::GET, "/permissions", &ada)).await;
    let names: Vec<&str> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "api_keys:read",
            "api_keys:manage",
            "modules:read",
            "modules:manage",
            "members:read",
            "settings:read",
            "settings:manage",
            "preferences:write",
            "preferences:share",
            "notes:read",
            "messages:send"
        ]
    );
}
