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
