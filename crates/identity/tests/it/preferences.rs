//! Saved views and preferences: of one person, or shared in a tenant.

use identity::Role;
use kernel::TenantDb;
use poem::http::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{World, answer, refusal};

impl World {
    async fn cookie_of(&self, db: &TenantDb, email: &str, role: Role) -> String {
        self.user(email, &[(db.tenant(), role)]).await;
        self.sign_in(email).await
    }

    async fn save(&self, cookie: &str, feature: &str, body: Value) -> (StatusCode, Value) {
        let path = format!("/preferences/{feature}");
        answer(self.portal(Method::PUT, &path, cookie).body_json(&body)).await
    }

    /// Names and values of a list.
    async fn listed(&self, cookie: &str, feature: &str) -> Vec<(String, Value)> {
        let (status, list) =
            answer(self.portal(Method::GET, &format!("/preferences/{feature}"), cookie)).await;
        assert_eq!(status, StatusCode::OK, "{list}");
        let items = list["items"].as_array().unwrap().iter();
        items
            .map(|it| (it["name"].as_str().unwrap().to_owned(), it["value"].clone()))
            .collect()
    }

    async fn delete(&self, cookie: &str, feature: &str, id: &Value) -> (u16, String) {
        let path = format!("/preferences/{feature}/{}", id.as_str().unwrap());
        refusal(self.portal(Method::DELETE, &path, cookie)).await
    }
}

#[rstest]
#[tokio::test]
async fn views_are_ones_own_or_shared_in_the_tenant(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let maya = world
        .cookie_of(&world.acme, "maya@acme.example", Role::Agent)
        .await;
    let alex = world
        .cookie_of(&world.acme, "alex@acme.example", Role::Admin)
        .await;
    let omar = world
        .cookie_of(&world.globex, "omar@globex.example", Role::Admin)
        .await;
    let view =
        |name: &str, shared: bool, value: Value| json!({ "name": name, "shared": shared, "value": value });
    let (status, mine) = world
        .save(&maya, "contacts", view("Mine", false, json!({ "tag": "VIP" })))
        .await;
    assert_eq!(status, StatusCode::OK, "{mine}");
    assert_eq!(
        (&mine["feature"], &mine["shared"]),
        (&json!("contacts"), &json!(false))
    );
    // Sharing is a separate permission.
    let (status, refused) = world.save(&maya, "contacts", view("Team", true, json!(1))).await;
    assert_eq!(
        (status, &refused["code"]),
        (StatusCode::FORBIDDEN, &json!("permission_denied"))
    );
    let (_, team) = world
        .save(&alex, "contacts", view("Team", true, json!([1])))
        .await;
    world
        .save(&alex, "contacts", view("Mine", false, json!("Alex's")))
        .await;
    world
        .save(&alex, "numbers", view("Columns", false, json!(null)))
        .await;
    let of = |name: &str, value: Value| (name.to_owned(), value);
    assert_eq!(
        world.listed(&maya, "contacts").await,
        [of("Mine", json!({ "tag": "VIP" })), of("Team", json!([1]))]
    );
    assert_eq!(
        world.listed(&alex, "contacts").await,
        [of("Mine", json!("Alex's")), of("Team", json!([1]))]
    );
    assert_eq!(world.listed(&omar, "contacts").await, []);
    // Saved again under its name, it is the same with another value.
    let (_, again) = world.save(&maya, "contacts", view("Mine", false, json!(2))).await;
    assert_eq!((&again["id"], &again["value"]), (&mine["id"], &json!(2)));

    let gone = (404, "not_found".to_owned());
    for cookie in [&alex, &omar] {
        assert_eq!(world.delete(cookie, "contacts", &mine["id"]).await, gone);
    }
    assert_eq!(world.delete(&omar, "contacts", &team["id"]).await, gone);
    assert_eq!(world.delete(&maya, "numbers", &mine["id"]).await, gone);
    assert_eq!(world.delete(&maya, "contacts", &team["id"]).await.0, 403);
    assert_eq!(world.delete(&maya, "contacts", &mine["id"]).await.0, 204);
    assert_eq!(world.delete(&alex, "contacts", &team["id"]).await.0, 204);
    assert_eq!(world.listed(&maya, "contacts").await, []);
    assert_eq!(
        world.listed(&alex, "contacts").await,
        [of("Mine", json!("Alex's"))]
    );
}

#[rstest]
#[tokio::test]
async fn their_number_and_size_are_bounded(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    // The owner's rate would end before the limit does.
    let saved = async |cookie: &str, name: &str, value: Value| {
        world.hand.advance(chrono::TimeDelta::seconds(1));
        let (status, answer) = world
            .save(cookie, "contacts", json!({ "name": name, "value": value }))
            .await;
        (
            status.as_u16(),
            answer["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let maya = world
        .cookie_of(&world.acme, "maya@acme.example", Role::Agent)
        .await;
    let alex = world
        .cookie_of(&world.acme, "alex@acme.example", Role::Agent)
        .await;
    for number in 0..100 {
        assert_eq!(saved(&maya, &format!("View {number}"), json!(0)).await.0, 200);
    }
    assert_eq!(
        saved(&maya, "One more", json!(0)).await,
        (409, "too_many_preferences".to_owned())
    );
    assert_eq!(saved(&maya, "View 7", json!(1)).await.0, 200);
    assert_eq!(world.listed(&maya, "contacts").await.len(), 100);
    assert_eq!(
        saved(&alex, "One more", json!("x".repeat(8 * 1024 - 2))).await.0,
        200
    );
    for (name, value) in [("Large", json!("x".repeat(8 * 1024 - 1))), ("\u{200b}", json!(0))] {
        assert_eq!(saved(&alex, name, value).await.0, 422, "{name:?}");
    }
    for feature in ["Contacts", "0", "a".repeat(65).as_str()] {
        let (status, refused) = world
            .save(&alex, feature, json!({ "name": "View", "value": 0 }))
            .await;
        assert!(status.is_client_error(), "{feature}: {refused}");
    }
}

#[rstest]
#[tokio::test]
async fn a_program_has_shared_ones_only(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    use secrecy::ExposeSecret;
    let world = World::open(profile).await;
    let scopes = ["preferences:write", "preferences:share"];
    let key = world
        .identity
        .create_api_key(&world.acme, "Key", &scopes, None)
        .await
        .unwrap();
    let save = async |body: Value| {
        let request = world.program(Method::PUT, "/preferences/contacts", key.secret.expose_secret());
        answer(request.body_json(&body)).await
    };
    let (status, refused) = save(json!({ "name": "View", "value": 0 })).await;
    assert_eq!(
        (status, &refused["errors"][0]["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("shared"))
    );
    assert_eq!(
        save(json!({ "name": "View", "value": 0, "shared": true }))
            .await
            .0,
        StatusCode::OK
    );
    let maya = world
        .cookie_of(&world.acme, "maya@acme.example", Role::Agent)
        .await;
    assert_eq!(world.listed(&maya, "contacts").await.len(), 1);
}
