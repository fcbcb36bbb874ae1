//! Requests with a session: from which site, and for which tenant.

use chrono::TimeDelta;
use poem::http::{Method, StatusCode};
use rstest::rstest;

use identity::Role;

use testkit::Profile;

use crate::world::{PASSWORD, World, answer};

#[rstest]
#[tokio::test]
async fn another_site_cannot_use_the_cookie(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let cookie = world.sign_in("ada@example.com").await;
    let table: [(&[(&str, &str)], u16); 10] = [
        (&[("sec-fetch-site", "same-origin")], 200),
        (&[("sec-fetch-site", "none")], 200),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://wapro.example"),
                ("host", "wapro.example"),
            ],
            403,
        ),
        (
            &[("origin", "https://wapro.example"), ("host", "wapro.example")],
            200,
        ),
        (
            &[("origin", "http://localhost:8080"), ("host", "localhost:8080")],
            200,
        ),
        (
            &[("origin", "https://evil.example"), ("host", "wapro.example")],
            403,
        ),
        (&[("origin", "null"), ("host", "wapro.example")], 403),
        (&[("host", "wapro.example")], 403),
    ];
    for (headers, expected) in table {
        let with = |method: Method, path: &str| {
            let request = world.client.request(method, path).header("cookie", &cookie);
            headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, *value))
        };
        let (status, body) = answer(with(Method::POST, "/notes")).await;
        assert_eq!(status.as_u16(), expected, "{headers:?}");
        if expected == 403 {
            assert_eq!(body["code"], "cross_site_request");
        }
        // Reading is open to links from anywhere, a WebSocket's handshake is not.
        assert_eq!(answer(with(Method::GET, "/notes")).await.0, 200, "{headers:?}");
        let handshake = answer(with(Method::GET, "/notes").header("upgrade", "websocket"))
            .await
            .0
            .as_u16();
        assert_eq!(
            handshake == 403,
            expected == 403 && headers.len() + headers[0].0.len() > 5,
            "{headers:?}"
        );

        let body = serde_json::json!({"email": "ada@example.com", "password": PASSWORD});
        world.hand.advance(TimeDelta::minutes(1));
        let sign_in = with(Method::POST, "/session")
            .body_json(&body)
            .send()
            .await
            .0
            .status()
            .as_u16();
        assert_eq!(
            sign_in == 403,
            headers.len() + headers[0].0.len() > 5 && expected == 403,
            "{headers:?}"
        );
    }
}

#[rstest]
#[tokio::test]
async fn the_header_chooses_the_tenant_and_a_foreign_one_does_not_exist(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (acme, globex) = (world.acme.tenant(), world.globex.tenant());
    world.user("bob@example.com", &[(globex, Role::Admin)]).await;
    let ada = world.sign_in("ada@example.com").await;
    let bob = world.sign_in("bob@example.com").await;

    let notes = |cookie: &str, tenant: &str| {
        world
            .portal(Method::GET, "/notes", cookie)
            .header("x-tenant-id", tenant)
    };
    assert_eq!(
        answer(world.portal(Method::GET, "/notes", &ada)).await.1,
        acme.to_string()
    );
    assert_eq!(
        answer(world.portal(Method::GET, "/notes", &bob)).await.1,
        globex.to_string()
    );
    assert_eq!(answer(notes(&ada, &acme.to_string())).await.1, acme.to_string());
    // In Globex Ada is an agent, who may not read notes.
    let denied = answer(notes(&ada, &globex.to_string())).await;
    assert_eq!(
        (denied.0.as_u16(), denied.1["code"].as_str()),
        (403, Some("permission_denied"))
    );
    assert!(denied.1["detail"].as_str().unwrap().contains("notes:read"));

    let foreign = answer(notes(&bob, &acme.to_string())).await;
    let absent = answer(notes(&bob, "ten_0199c0a4d2c87b1e9a3f5d6e7f809112")).await;
    let rubbish = answer(notes(&bob, "rubbish")).await;
    assert_eq!(foreign.0, StatusCode::NOT_FOUND);
    assert_eq!((&foreign, &foreign), (&absent, &rubbish));
    let session = world
        .portal(Method::GET, "/session", &ada)
        .header("x-tenant-id", globex.to_string());
    assert_eq!(answer(session).await.1["tenant"]["name"], "Globex");
}
