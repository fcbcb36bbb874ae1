//! A person's own account: name, language, password, sessions.

use identity::Role;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{PASSWORD, World, answer, refusal};

const ADA: &str = "ada@example.com";
const NEW: &str = "an even better password";

impl World {
    async fn sessions(&self, cookie: &str) -> Vec<Value> {
        let (status, list) = answer(self.portal(Method::GET, "/me/sessions", cookie)).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        list["items"].as_array().unwrap().clone()
    }

    async fn change_password(&self, cookie: &str, old: &str, new: &str) -> (u16, String) {
        let body = json!({ "old_password": old, "new_password": new });
        refusal(self.portal(Method::PUT, "/me/password", cookie).body_json(&body)).await
    }

    async fn is_signed_in(&self, cookie: &str) -> bool {
        answer(self.portal(Method::GET, "/me", cookie)).await.0 == StatusCode::OK
    }
}

#[rstest]
#[tokio::test]
async fn a_person_changes_their_name_and_language(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in(ADA).await;
    let patch =
        async |body: Value| answer(world.portal(Method::PATCH, "/me", &cookie).body_json(&body)).await;
    let (_, profile) = answer(world.portal(Method::GET, "/me", &cookie)).await;
    assert_eq!(
        profile,
        json!({ "id": world.ada.to_string(), "name": "Ada", "email": ADA })
    );
    let (_, changed) = patch(json!({ "name": " Ada L. ", "language": "ar" })).await;
    assert_eq!(
        (&changed["name"], &changed["language"]),
        (&json!("Ada L."), &json!("ar"))
    );
    let (_, changed) = patch(json!({ "language": null })).await;
    assert_eq!(
        (&changed["name"], &changed["language"]),
        (&json!("Ada L."), &Value::Null)
    );
    let (_, session) = answer(world.portal(Method::GET, "/session", &cookie)).await;
    assert_eq!(session["user"]["name"], "Ada L.");
    for (body, field) in [(json!({ "name": null }), "name"), (json!({ "name": "" }), "name")] {
        let (status, refused) = patch(body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}: {refused}");
        assert!(refused["detail"].as_str().unwrap().contains(field), "{refused}");
    }
}

#[rstest]
#[tokio::test]
async fn a_new_password_ends_the_other_sessions(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (here, elsewhere) = (world.sign_in(ADA).await, world.sign_in(ADA).await);
    world
        .user("bob@example.com", &[(world.acme.tenant(), Role::Agent)])
        .await;
    let bob = world.sign_in("bob@example.com").await;
    let refused = |code: &str| (422, code.to_owned());
    assert_eq!(
        world.change_password(&here, "wrong", NEW).await,
        refused("wrong_password")
    );
    assert_eq!(
        world.change_password(&here, PASSWORD, "short").await,
        refused("invalid_request")
    );
    assert_eq!(
        world.change_password(&here, PASSWORD, PASSWORD).await,
        refused("invalid_request")
    );
    assert!(world.is_signed_in(&here).await && world.is_signed_in(&elsewhere).await);
    assert_eq!(world.change_password(&here, PASSWORD, NEW).await.0, 204);
    assert!(world.is_signed_in(&here).await && !world.is_signed_in(&elsewhere).await);
    assert!(world.is_signed_in(&bob).await);
    assert_eq!(
        world.try_sign_in(ADA, PASSWORD).await.0.status(),
        StatusCode::UNAUTHORIZED
    );
    world.try_sign_in(ADA, NEW).await.assert_status_is_ok();
}

#[rstest]
#[tokio::test]
async fn the_old_password_cannot_be_guessed(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in(ADA).await;
    for attempt in 0..20 {
        if attempt % 5 == 0 && attempt > 0 {
            assert_eq!(world.change_password(&cookie, "wrong", NEW).await.0, 429);
            world.hand.advance(chrono::TimeDelta::minutes(1));
        }
        assert_eq!(
            world.change_password(&cookie, "wrong", NEW).await.0,
            422,
            "{attempt}"
        );
    }
    world.hand.advance(chrono::TimeDelta::minutes(1));
    // One more may have been earned back meanwhile.
    let late = [
        world.change_password(&cookie, "wrong", NEW).await.0,
        world.change_password(&cookie, "wrong", NEW).await.0,
        world.change_password(&cookie, PASSWORD, NEW).await.0,
    ];
    assert_eq!(late[2], 429, "{late:?}");
    // Somebody else is not slowed down.
    world
        .user("bob@example.com", &[(world.acme.tenant(), Role::Agent)])
        .await;
    let bob = world.sign_in("bob@example.com").await;
    assert_eq!(world.change_password(&bob, PASSWORD, NEW).await.0, 204);
}

#[rstest]
#[tokio::test]
async fn a_person_sees_their_sessions_and_signs_out_of_them(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world
        .user("bob@example.com", &[(world.acme.tenant(), Role::Agent)])
        .await;
    let bob = world.sign_in("bob@example.com").await;
    let bobs = world.sessions(&bob).await[0]["id"].as_str().unwrap().to_owned();
    let phone = json!({ "email": ADA, "password": PASSWORD });
    let phone = world
        .client
        .post("/session")
        .header("user-agent", "Phone/1")
        .body_json(&phone)
        .send()
        .await;
    let phone = phone.0.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    world.hand.advance(chrono::TimeDelta::minutes(5));
    let (laptop, desk) = (world.sign_in(ADA).await, world.sign_in(ADA).await);
    let listed = world.sessions(&desk).await;
    assert_eq!(listed.len(), 3);
    assert_eq!(listed.iter().filter(|it| it["current"] == true).count(), 1);
    // The last used comes first.
    assert_eq!(listed[2]["user_agent"], "Phone/1");
    let end = async |cookie: &str, id: &str| {
        refusal(world.portal(Method::DELETE, &format!("/me/sessions/{id}"), cookie)).await
    };
    assert_eq!(end(&desk, listed[2]["id"].as_str().unwrap()).await.0, 204);
    assert!(!world.is_signed_in(&phone).await && world.is_signed_in(&laptop).await);
    // One that is over, and another person's, are not there.
    let never = format!("ses_{}", uuid::Uuid::new_v4().simple());
    for id in [listed[2]["id"].as_str().unwrap(), &bobs, &never] {
        assert_eq!(end(&desk, id).await, (404, "not_found".to_owned()));
    }
    let (status, _) = answer(world.portal(Method::DELETE, "/me/sessions", &desk)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert!(world.is_signed_in(&desk).await && !world.is_signed_in(&laptop).await);
    assert!(world.is_signed_in(&bob).await);
    assert_eq!(world.sessions(&desk).await.len(), 1);
    let own = world.sessions(&desk).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(end(&desk, &own).await.0, 204);
    assert!(!world.is_signed_in(&desk).await);
}

#[rstest]
#[tokio::test]
async fn an_account_is_a_persons_and_of_this_site(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    use secrecy::ExposeSecret;
    let world = World::open(profile).await;
    let cookie = world.sign_in(ADA).await;
    let key = world
        .identity
        .create_api_key(&world.acme, "Key", &["notes:read"], None)
        .await
        .unwrap();
    for (method, path) in [
        (Method::GET, "/me"),
        (Method::PATCH, "/me"),
        (Method::PUT, "/me/password"),
        (Method::GET, "/me/sessions"),
        (Method::DELETE, "/me/sessions"),
    ] {
        let program = world
            .program(method.clone(), path, key.secret.expose_secret())
            .body_json(&json!({}));
        assert_eq!(
            refusal(program).await,
            (401, "unauthenticated".to_owned()),
            "{path}"
        );
        if method != Method::GET {
            let other = world.client.request(method, path).header("cookie", &cookie);
            let other = other.header("sec-fetch-site", "cross-site").body_json(&json!({}));
            assert_eq!(
                refusal(other).await,
                (403, "cross_site_request".to_owned()),
                "{path}"
            );
        }
    }
}
