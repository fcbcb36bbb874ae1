use chrono::TimeDelta;
use poem::http::{Method, StatusCode, header};
use rstest::rstest;

use identity::Role;

use testkit::Profile;

use crate::world::{PASSWORD, World, answer, read, refusal};

#[rstest]
#[tokio::test]
async fn a_person_signs_in_and_sees_tenants_rights_and_modules(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (status, session) = read(world.try_sign_in(" ADA@example.com ", PASSWORD).await).await;

    assert_eq!(status, StatusCode::OK);
    assert_eq!(session["user"]["email"], "ada@example.com");
    assert_eq!(session["tenants"].as_array().unwrap().len(), 2);
    assert_eq!(session["tenant"]["name"], "Acme");
    assert_eq!(session["tenant"]["role"], "owner");
    assert_eq!(session["tenant"]["reseller"], "Cable & Sons");
    assert_eq!(session["modules"], serde_json::json!(["identity", "notes"]));
    assert!(
        session["permissions"]
            .as_array()
            .unwrap()
            .contains(&"notes:read".into())
    );
}

#[rstest]
#[tokio::test]
async fn wrong_unknown_and_overlong_passwords_are_the_same_refusal(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let wrong = read(world.try_sign_in("ada@example.com", "wrong").await).await;
    let unknown = read(world.try_sign_in("nobody@example.com", PASSWORD).await).await;
    let long = read(world.try_sign_in("ada@example.com", &"x".repeat(5_000)).await).await;

    assert_eq!(wrong.0, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.1["code"], "invalid_credentials");
    assert_eq!(wrong, unknown);
    assert_eq!(wrong, long);
}

#[rstest]
#[tokio::test]
async fn five_attempts_a_minute_for_an_account_and_twenty_for_an_address(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for _ in 0..5 {
        assert_eq!(
            world.try_sign_in("ada@example.com", "wrong").await.0.status(),
            StatusCode::UNAUTHORIZED
        );
    }
    let refused = world.try_sign_in("ada@example.com", PASSWORD).await;
    refused.assert_status(StatusCode::TOO_MANY_REQUESTS);
    refused.assert_header(header::RETRY_AFTER, "12");

    for n in 0..14 {
        let response = world
            .try_sign_in(&format!("nobody{n}@example.com"), "wrong")
            .await;
        response.assert_status(StatusCode::UNAUTHORIZED);
    }
    world
        .try_sign_in("nobody99@example.com", "wrong")
        .await
        .assert_status(StatusCode::TOO_MANY_REQUESTS);

    world.hand.advance(TimeDelta::minutes(1));
    world
        .try_sign_in("ada@example.com", PASSWORD)
        .await
        .assert_status_is_ok();
}

#[rstest]
#[tokio::test]
async fn the_cookie_has_its_flags(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
    #[values(false, true)] secure: bool,
) {
    let world = World::with(profile, |options| options.secure_cookie = secure).await;
    let response = world.try_sign_in("ada@example.com", PASSWORD).await;
    let cookie = response.0.headers()[header::SET_COOKIE].to_str().unwrap();
    let (token, flags) = cookie.split_once(';').unwrap();

    // A name with `__Host-` and `Secure` go together: browsers refuse the one without the other.
    let name = if secure {
        "__Host-wapro_session="
    } else {
        "wapro_session="
    };
    assert!(token.starts_with(name), "{cookie}");
    assert_eq!(token.len(), name.len() + 64);
    let expected = " Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(
        flags,
        if secure {
            format!("{expected}; Secure")
        } else {
            expected.to_owned()
        }
    );
}

/// `Set-Cookie` of an answer, without what comes behind the value.
fn cookies(response: &poem::test::TestResponse) -> Vec<String> {
    let set = response.0.headers().get_all(header::SET_COOKIE).iter();
    set.map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect()
}

#[rstest]
#[tokio::test]
async fn over_https_the_cookie_has_another_name_and_the_old_one_goes_on_for_thirty_days(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::with(profile, |options| options.secure_cookie = true).await;
    world
        .user("bob@example.com", &[(world.globex.tenant(), Role::Admin)])
        .await;
    let ask = async |cookie: &str, path: &str| refusal(world.portal(Method::GET, path, cookie)).await.0;

    // What was handed out before the upgrade.
    let old = "wapro_session=0123456789abcdef";
    world.open_old_session(world.ada, "0123456789abcdef").await;
    assert_eq!((ask(old, "/session").await, ask(old, "/notes").await), (200, 200));

    // A new session has the new name only: another host of the domain can plant a cookie of the old name.
    let new = world.sign_in("bob@example.com").await;
    let planted = new.strip_prefix("__Host-").unwrap();
    assert_eq!(
        (ask(&new, "/session").await, ask(&new, "/notes").await),
        (200, 200)
    );
    assert_eq!(
        (ask(planted, "/session").await, ask(planted, "/notes").await),
        (401, 401)
    );
    let renamed = format!("__Host-{old}");
    assert_eq!(ask(&renamed, "/session").await, 401);
    let (_, seen) = answer(world.portal(Method::GET, "/session", &format!("{old}; {new}"))).await;
    assert_eq!(seen["user"]["email"], "bob@example.com");

    // It ends when it would have ended.
    for _ in 0..65 {
        world.hand.advance(TimeDelta::hours(11));
        assert_eq!(ask(old, "/notes").await, 200);
    }
    world.hand.advance(TimeDelta::hours(6));
    assert_eq!(ask(old, "/notes").await, 401);
}

#[rstest]
#[tokio::test]
async fn a_bad_cookie_of_the_same_name_hides_no_session(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let good = world.sign_in("ada@example.com").await;
    let ask = async |cookie: &str, path: &str| refusal(world.portal(Method::GET, path, cookie)).await.0;
    for both in [
        format!("wapro_session=bad; {good}"),
        format!("__Host-wapro_session=bad; {good}"),
        format!("{good}; wapro_session=bad"),
    ] {
        assert_eq!(
            (ask(&both, "/session").await, ask(&both, "/notes").await),
            (200, 200),
            "{both}"
        );
    }
    let none = "wapro_session=bad; wapro_session=worse";
    assert_eq!(
        (ask(none, "/session").await, ask(none, "/notes").await),
        (401, 401)
    );
    let both = format!("wapro_session=bad; {good}");
    assert_eq!(
        refusal(world.portal(Method::DELETE, "/session", &both)).await.0,
        204
    );
    assert_eq!(ask(&good, "/session").await, 401);
}

#[rstest]
#[tokio::test]
async fn signing_in_and_out_knows_both_names(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::with(profile, |options| options.secure_cookie = true).await;
    let old = "wapro_session=0123456789abcdef";
    world.open_old_session(world.ada, "0123456789abcdef").await;
    let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD});
    let signed_in = world
        .portal(Method::POST, "/session", old)
        .body_json(&body)
        .send()
        .await;
    signed_in.assert_status_is_ok();
    let set = cookies(&signed_in);
    assert!(set[0].starts_with("__Host-wapro_session="), "{set:?}");
    assert_eq!(set[1..], ["wapro_session="], "the old one is forgotten");

    let both = format!("{old}; {}", set[0]);
    let out = world.portal(Method::DELETE, "/session", &both).send().await;
    out.assert_status(StatusCode::NO_CONTENT);
    assert_eq!(cookies(&out), ["__Host-wapro_session=", "wapro_session="]);
    for cookie in [old, &set[0], &both] {
        assert_eq!(
            refusal(world.portal(Method::GET, "/notes", cookie)).await.0,
            401,
            "{cookie}"
        );
    }

    // With the old one alone, too.
    world.open_old_session(world.ada, "fedcba9876543210").await;
    let old = "wapro_session=fedcba9876543210";
    let out = world.portal(Method::DELETE, "/session", old).send().await;
    out.assert_status(StatusCode::NO_CONTENT);
    assert_eq!(cookies(&out), ["wapro_session="]);
    assert_eq!(refusal(world.portal(Method::GET, "/notes", old)).await.0, 401);
}

#[rstest]
#[tokio::test]
async fn signing_out_ends_the_session_on_the_server(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in("ada@example.com").await;
    world
        .portal(Method::GET, "/session", &cookie)
        .send()
        .await
        .assert_status_is_ok();

    let out = world.portal(Method::DELETE, "/session", &cookie).send().await;
    out.assert_status(StatusCode::NO_CONTENT);
    assert!(
        out.0.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .starts_with("wapro_session=; Max-Age=0;")
    );
    let again = refusal(world.portal(Method::GET, "/session", &cookie)).await;
    assert_eq!(again, (401, "unauthenticated".to_owned()));
    assert_eq!(
        refusal(world.client.get("/session")).await,
        (401, "unauthenticated".to_owned())
    );
    assert_eq!(
        refusal(world.client.get("/notes")).await,
        (401, "unauthenticated".to_owned())
    );
}

#[rstest]
#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_after_thirty_days(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let idle = world.sign_in("ada@example.com").await;
    let busy = world.sign_in("ada@example.com").await;
    for _ in 0..65 {
        world.hand.advance(TimeDelta::hours(11));
        world
            .portal(Method::GET, "/notes", &busy)
            .send()
            .await
            .assert_status_is_ok();
    }
    assert_eq!(refusal(world.portal(Method::GET, "/notes", &idle)).await.0, 401);
    world.hand.advance(TimeDelta::hours(6));
    assert_eq!(refusal(world.portal(Method::GET, "/notes", &busy)).await.0, 401);
}

#[rstest]
#[tokio::test]
async fn a_person_without_a_tenant_is_told_so(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.user("eve@example.com", &[]).await;
    let (status, body) = read(world.try_sign_in("eve@example.com", PASSWORD).await).await;
    assert_eq!(
        (status, body["code"].as_str()),
        (StatusCode::FORBIDDEN, Some("no_membership"))
    );
}

#[rstest]
#[tokio::test]
async fn a_new_password_ends_every_session(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in("ada@example.com").await;
    world
        .identity
        .set_password(world.ada, "another long one".into())
        .await
        .unwrap();
    assert_eq!(refusal(world.portal(Method::GET, "/notes", &cookie)).await.0, 401);
    assert_eq!(
        world.try_sign_in("ada@example.com", PASSWORD).await.0.status(),
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        world
            .try_sign_in("ada@example.com", "another long one")
            .await
            .0
            .status(),
        StatusCode::OK
    );
}

#[rstest]
#[tokio::test]
async fn a_caller_over_its_rate_waits_and_others_do_not(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let quota = kernel::Quota {
        per_second: 1.0,
        burst: 3,
    };
    let world = World::with(profile, |options| options.api_quota = quota).await;
    world
        .user("bob@example.com", &[(world.acme.tenant(), Role::Admin)])
        .await;
    let ada = world.sign_in("ada@example.com").await;
    let bob = world.sign_in("bob@example.com").await;
    for _ in 0..3 {
        world
            .portal(Method::GET, "/notes", &ada)
            .send()
            .await
            .assert_status_is_ok();
    }
    let refused = world.portal(Method::GET, "/notes", &ada).send().await;
    refused.assert_status(StatusCode::TOO_MANY_REQUESTS);
    refused.assert_header(header::RETRY_AFTER, "1");
    world
        .portal(Method::GET, "/notes", &bob)
        .send()
        .await
        .assert_status_is_ok();
    world.hand.advance(TimeDelta::seconds(1));
    world
        .portal(Method::GET, "/notes", &ada)
        .send()
        .await
        .assert_status_is_ok();
}

#[rstest]
#[tokio::test]
async fn nobody_exists_twice_and_addresses_are_checked(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    assert!(!world.identity.is_empty().await.unwrap());
    let twice = world
        .identity
        .create_user("ADA@example.com", "Ada", PASSWORD.into())
        .await
        .unwrap_err();
    assert_eq!(twice.code(), "user_exists");
    let again = world
        .identity
        .add_member(world.acme.tenant(), world.ada, Role::Agent)
        .await
        .unwrap_err();
    assert_eq!(again.code(), "already_exists");
    for (email, password) in [
        ("ada", PASSWORD),
        ("a b@c", PASSWORD),
        ("@c", PASSWORD),
        ("c@example.com", "short"),
    ] {
        assert!(
            world
                .identity
                .create_user(email, "C", password.into())
                .await
                .is_err(),
            "{email}"
        );
    }
    let found = world
        .identity
        .find_user_by_email("Ada@example.com")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.id, found.name.as_str()), (world.ada, "Ada"));
    assert!(
        world
            .identity
            .find_user_by_email("zed@example.com")
            .await
            .unwrap()
            .is_none()
    );
}
