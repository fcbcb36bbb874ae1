//! API keys that are made with other keys.

use chrono::TimeDelta;
use identity::Role;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;

use testkit::Profile;

use crate::world::{World, answer, refusal};

/// Makes a key with another one, or as the person of a cookie. Answers status and body.
async fn make_with(world: &World, key: &str, wish: serde_json::Value) -> (u16, serde_json::Value) {
    let (status, body) = answer(world.program(Method::POST, "/api-keys", key).body_json(&wish)).await;
    (status.as_u16(), body)
}

#[rstest]
#[tokio::test]
async fn a_key_makes_none_that_outlives_or_outscopes_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let scopes = ["api_keys:manage", "notes:read"];
    let end = world.clock.now() + TimeDelta::hours(1);
    let made = world
        .identity
        .create_api_key(&world.acme, "brief", &scopes, Some(end))
        .await
        .unwrap();
    let brief = made.secret.expose_secret();
    let wish = |expires_at: Option<chrono::DateTime<chrono::Utc>>, scopes: &[&str]| {
        let mut wish = json!({"name": "child", "scopes": scopes});
        if let Some(end) = expires_at {
            wish["expires_at"] = json!(end);
        }
        wish
    };
    for (until, status) in [
        (None, 422),
        (Some(end + TimeDelta::microseconds(1)), 422),
        (Some(end + TimeDelta::days(400)), 422),
        (Some(end), 201),
        (Some(end - TimeDelta::minutes(1)), 201),
    ] {
        let (answered, body) = make_with(&world, brief, wish(until, &["notes:read"])).await;
        assert_eq!(answered, status, "{until:?} {body}");
        if status == 422 {
            assert_eq!(body["errors"][0]["field"], "expires_at");
        }
    }
    let (status, body) = make_with(&world, brief, wish(Some(end), &["notes:read", "messages:send"])).await;
    assert_eq!((status, body["code"].as_str()), (403, Some("scope_not_held")));

    // So does what it made: nothing outlives the first.
    let (_, child) = make_with(&world, brief, wish(Some(end - TimeDelta::minutes(30)), &scopes)).await;
    let child = child["key"].as_str().unwrap();
    assert_eq!(
        make_with(&world, child, wish(Some(end), &["notes:read"])).await.0,
        422
    );
    assert_eq!(
        make_with(
            &world,
            child,
            wish(Some(end - TimeDelta::minutes(30)), &["notes:read"])
        )
        .await
        .0,
        201
    );

    // A key without an end makes keys with and without one.
    let endless = world
        .identity
        .create_api_key(&world.acme, "endless", &scopes, None)
        .await
        .unwrap();
    for until in [None, Some(end)] {
        assert_eq!(
            make_with(
                &world,
                endless.secret.expose_secret(),
                wish(until, &["notes:read"])
            )
            .await
            .0,
            201
        );
    }
}

#[rstest]
#[tokio::test]
async fn what_a_key_made_is_revoked_with_it(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in("ada@example.com").await;
    let wish =
        |name: &str| json!({"name": name, "scopes": ["api_keys:manage", "api_keys:read", "notes:read"]});
    let (_, root) = answer(
        world
            .portal(Method::POST, "/api-keys", &cookie)
            .body_json(&wish("root")),
    )
    .await;
    let (_, beside) = answer(
        world
            .portal(Method::POST, "/api-keys", &cookie)
            .body_json(&wish("beside")),
    )
    .await;
    let key = |made: &serde_json::Value| made["key"].as_str().unwrap().to_owned();
    let mut family = vec![root.clone()];
    // Two children, of which one has two children, of which one has one.
    for (parent, name) in [(0, "a"), (0, "b"), (1, "aa"), (1, "ab"), (3, "aaa")] {
        let (status, made) = make_with(&world, &key(&family[parent]), wish(name)).await;
        assert_eq!(status, 201);
        family.push(made);
    }
    let theirs = world
        .identity
        .create_api_key(&world.globex, "theirs", &["notes:read"], None)
        .await
        .unwrap();

    let (_, listed) = answer(world.portal(Method::GET, "/api-keys", &cookie)).await;
    let of = |name: &str| {
        let items = listed["items"].as_array().unwrap();
        items.iter().find(|key| key["name"] == name).unwrap().clone()
    };
    let made: Vec<_> = ["root", "beside", "a", "b", "aa", "ab", "aaa"]
        .map(|name| of(name)["made_keys"].as_u64().unwrap())
        .into();
    assert_eq!(made, [5, 0, 3, 0, 1, 0, 0]);
    assert_eq!(
        of("root")["created_by"],
        json!({"type": "user", "id": world.ada.to_string(), "name": "Ada"})
    );
    assert_eq!(
        of("aa")["created_by"],
        json!({"type": "api_key", "id": family[1]["id"], "name": "a"})
    );

    // A branch, then the rest.
    let revoke = |made: &serde_json::Value| format!("/api-keys/{}", made["id"].as_str().unwrap());
    let works = async |made: &serde_json::Value| {
        refusal(world.program(Method::GET, "/notes", &key(made))).await.0 == 200
    };
    world
        .program(Method::DELETE, &revoke(&family[1]), &key(&beside))
        .send()
        .await
        .assert_status(StatusCode::NO_CONTENT);
    let mut working = Vec::new();
    for made in &family {
        working.push(works(made).await);
    }
    assert_eq!(working, [true, false, true, false, false, false]);
    world
        .portal(Method::DELETE, &revoke(&root), &cookie)
        .send()
        .await
        .assert_status(StatusCode::NO_CONTENT);
    for made in &family {
        assert!(!works(made).await);
    }
    assert!(works(&beside).await);
    assert_eq!(
        refusal(world.program(Method::GET, "/notes", theirs.secret.expose_secret()))
            .await
            .0,
        200
    );
}

#[rstest]
#[tokio::test]
async fn a_person_who_leaves_or_loses_rights_revokes_nothing(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    use identity::entity::membership;
    use sea_orm::{ActiveValue::Set, EntityTrait};
    let world = World::open(profile).await;
    let dev = world
        .user("dev@example.com", &[(world.acme.tenant(), Role::Developer)])
        .await;
    let cookie = world.sign_in("dev@example.com").await;
    let wish = json!({"name": "shop", "scopes": ["messages:send", "api_keys:read"]});
    let (_, made) = answer(world.portal(Method::POST, "/api-keys", &cookie).body_json(&wish)).await;
    let key = made["key"].as_str().unwrap();

    let system = world.database.system(world.clock.clone());
    let on = system.across_tenants("a person is let go");
    let members = world.acme.find::<membership::Entity>().all().await.unwrap();
    let member = members.into_iter().find(|member| member.user_id == dev).unwrap();
    let mut row = membership::ActiveModel::from(member);
    row.role = Set(Role::Agent);
    membership::Entity::update(row).exec(on).await.unwrap();
    assert_eq!(
        refusal(world.program(Method::GET, "/permissions", key)).await.0,
        200
    );
    membership::Entity::delete_by_id((world.acme.tenant(), dev))
        .exec(on)
        .await
        .unwrap();
    assert_eq!(
        refusal(world.portal(Method::GET, "/permissions", &cookie))
            .await
            .0,
        403
    );
    let (status, listed) = answer(world.program(Method::GET, "/api-keys", key)).await;
    assert_eq!(status, StatusCode::OK, "the key is the tenant's");
    assert_eq!(
        listed["items"][0]["created_by"],
        json!({"type": "user", "id": dev.to_string(), "name": "Somebody"})
    );
}

#[rstest]
#[tokio::test]
async fn nothing_is_made_with_a_key_that_is_being_revoked(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for _ in 0..5 {
        let scopes = ["api_keys:manage", "notes:read"];
        let made = world
            .identity
            .create_api_key(&world.acme, "thief's", &scopes, None)
            .await
            .unwrap();
        let key = made.secret.expose_secret();
        let wish = json!({"name": "hidden", "scopes": scopes});
        let making = (0..4).map(|_| make_with(&world, key, wish.clone()));
        let path = format!("/api-keys/{}", made.row.id);
        let cookie = world.sign_in("ada@example.com").await;
        let revoking = async {
            tokio::task::yield_now().await;
            world
                .portal(Method::DELETE, &path, &cookie)
                .send()
                .await
                .assert_status(StatusCode::NO_CONTENT);
        };
        let (made, ()) = tokio::join!(futures_util::future::join_all(making), revoking);
        for (status, body) in made {
            assert!(matches!(status, 201 | 401), "{status} {body}");
            if status == 201 {
                let child = body["key"].as_str().unwrap();
                assert_eq!(refusal(world.program(Method::GET, "/notes", child)).await.0, 401);
            }
        }
        world.hand.advance(TimeDelta::minutes(1));
    }
}
