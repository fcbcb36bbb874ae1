use chrono::TimeDelta;
use identity::Role;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use secrecy::ExposeSecret;
use serde_json::json;

use testkit::Profile;

use crate::world::{World, answer, refusal};

#[rstest]
#[tokio::test]
async fn a_key_is_shown_once_works_in_its_tenant_and_ends_when_revoked(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in("ada@example.com").await;
    let wish = json!({"name": " Shop ", "scopes": ["notes:read", "notes:read"]});
    let (status, made) = answer(world.portal(Method::POST, "/api-keys", &cookie).body_json(&wish)).await;
    assert_eq!(status, StatusCode::CREATED);
    let key = made["key"].as_str().unwrap();
    assert_eq!(key.len(), "wapro_".len() + 64);
    assert!(key.starts_with(made["prefix"].as_str().unwrap()));
    assert_eq!(
        (&made["name"], &made["scopes"]),
        (&json!("Shop"), &json!(["notes:read"]))
    );
    assert!(made.get("last_used_at").is_none() && made.get("expires_at").is_none());

    assert_eq!(
        answer(world.program(Method::POST, "/notes", key)).await.1,
        world.acme.tenant().to_string()
    );
    let (_, listed) = answer(world.portal(Method::GET, "/api-keys", &cookie)).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert!(listed["items"][0]["last_used_at"].is_string());
    assert!(!listed.to_string().contains(key));

    let path = format!("/api-keys/{}", made["id"].as_str().unwrap());
    world
        .portal(Method::DELETE, &path, &cookie)
        .send()
        .await
        .assert_status(StatusCode::NO_CONTENT);
    assert_eq!(
        refusal(world.program(Method::GET, "/notes", key)).await,
        (401, "invalid_api_key".into())
    );
    assert_eq!(
        refusal(world.portal(Method::DELETE, &path, &cookie)).await,
        (404, "not_found".into())
    );
}

#[rstest]
#[tokio::test]
async fn a_key_does_only_what_its_scopes_say(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let made = world
        .identity
        .create_api_key(&world.acme, "narrow", &["api_keys:read"], None)
        .await
        .unwrap();
    let key = made.secret.expose_secret();
    world
        .program(Method::GET, "/permissions", key)
        .send()
        .await
        .assert_status_is_ok();
    let (status, body) = answer(world.program(Method::GET, "/notes", key)).await;
    assert_eq!(
        (status.as_u16(), body["code"].as_str()),
        (403, Some("permission_denied"))
    );
    assert!(body["detail"].as_str().unwrap().contains("notes:read"));
    assert_eq!(
        refusal(
            world
                .client
                .get("/session")
                .header("authorization", format!("Bearer {key}"))
        )
        .await
        .0,
        401
    );
}

#[rstest]
#[tokio::test]
async fn scopes_must_exist_and_be_held_by_who_gives_them(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world
        .user("dev@example.com", &[(world.acme.tenant(), Role::Developer)])
        .await;
    let cookie = world.sign_in("dev@example.com").await;
    let wish = |scopes: &[&str]| {
        let body = json!({"name": "x", "scopes": scopes});
        world.portal(Method::POST, "/api-keys", &cookie).body_json(&body)
    };
    assert_eq!(refusal(wish(&["messages:send"])).await.0, 201);
    assert_eq!(
        refusal(wish(&["messages:send", "notes:read"])).await,
        (403, "scope_not_held".into())
    );
    assert_eq!(refusal(wish(&["no:such"])).await, (422, "invalid_request".into()));
    assert_eq!(refusal(wish(&[])).await.0, 400);
    let past = json!({"name": "x", "scopes": ["messages:send"], "expires_at": "2020-01-01T00:00:00Z"});
    assert_eq!(
        refusal(world.portal(Method::POST, "/api-keys", &cookie).body_json(&past))
            .await
            .0,
        422
    );
    let unknown = json!({"name": "x", "scopes": ["messages:send"], "colour": "red"});
    assert_eq!(
        refusal(
            world
                .portal(Method::POST, "/api-keys", &cookie)
                .body_json(&unknown)
        )
        .await
        .0,
        400
    );
    let blank = json!({"name": "   ", "scopes": ["messages:send"]});
    assert_eq!(
        refusal(world.portal(Method::POST, "/api-keys", &cookie).body_json(&blank))
            .await
            .0,
        422
    );
}

#[rstest]
#[tokio::test]
async fn a_key_expires(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let end = world.clock.now() + TimeDelta::hours(1);
    let made = world
        .identity
        .create_api_key(&world.acme, "brief", &["notes:read"], Some(end))
        .await
        .unwrap();
    let key = made.secret.expose_secret();
    world
        .program(Method::GET, "/notes", key)
        .send()
        .await
        .assert_status_is_ok();
    world.hand.advance(TimeDelta::hours(1));
    assert_eq!(
        refusal(world.program(Method::GET, "/notes", key)).await,
        (401, "api_key_expired".into())
    );
}

#[rstest]
#[tokio::test]
async fn a_key_knows_no_other_tenant(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let scopes = ["notes:read", "api_keys:read", "api_keys:manage"];
    let ours = world
        .identity
        .create_api_key(&world.acme, "ours", &scopes, None)
        .await
        .unwrap();
    let theirs = world
        .identity
        .create_api_key(&world.globex, "theirs", &scopes, None)
        .await
        .unwrap();
    let key = ours.secret.expose_secret();

    let own = world
        .program(Method::GET, "/notes", key)
        .header("x-tenant-id", world.acme.tenant().to_string());
    own.send().await.assert_status_is_ok();
    let other = world
        .program(Method::GET, "/notes", key)
        .header("x-tenant-id", world.globex.tenant().to_string());
    assert_eq!(refusal(other).await, (404, "not_found".into()));

    let (_, listed) = answer(world.program(Method::GET, "/api-keys", key)).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let delete = |id: String| world.program(Method::DELETE, &format!("/api-keys/{id}"), key);
    let foreign = answer(delete(theirs.row.id.to_string())).await;
    let absent = answer(delete("key_0199c0a4d2c87b1e9a3f5d6e7f809112".into())).await;
    assert_eq!(foreign.0, StatusCode::NOT_FOUND);
    assert_eq!(foreign, absent);
    world
        .program(Method::GET, "/notes", theirs.secret.expose_secret())
        .send()
        .await
        .assert_status_is_ok();
}

#[rstest]
#[tokio::test]
async fn what_is_no_key_is_refused(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let cookie = world.sign_in("ada@example.com").await;
    for (authorization, code) in [
        ("Bearer wapro_0000", "invalid_api_key"),
        ("Bearer other", "invalid_api_key"),
        ("bearer wapro_", "invalid_api_key"),
        ("Basic YTpi", "unauthenticated"),
        ("Bearer", "unauthenticated"),
    ] {
        // A cookie beside it does not help: a program that says who it is means it.
        let request = world
            .portal(Method::GET, "/notes", &cookie)
            .header("authorization", authorization);
        assert_eq!(refusal(request).await, (401, code.to_owned()), "{authorization}");
    }
}

#[rstest]
#[tokio::test]
async fn keys_are_paged_newest_first(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    for n in 0..5 {
        let name = format!("k{n}");
        world
            .identity
            .create_api_key(&world.acme, &name, &["notes:read"], None)
            .await
            .unwrap();
    }
    world
        .identity
        .create_api_key(&world.globex, "theirs", &["notes:read"], None)
        .await
        .unwrap();
    let cookie = world.sign_in("ada@example.com").await;
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api-keys?limit=2{after}");
        let (_, page) = answer(world.portal(Method::GET, &path, &cookie)).await;
        names.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|key| key["name"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(names, ["k4", "k3", "k2", "k1", "k0"]);
    assert_eq!(
        refusal(world.portal(Method::GET, "/api-keys?limit=201", &cookie))
            .await
            .0,
        422
    );
    assert_eq!(
        refusal(world.portal(Method::GET, "/api-keys?after=rubbish", &cookie))
            .await
            .0,
        422
    );
}

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
