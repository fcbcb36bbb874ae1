use poem::http::StatusCode;
use rstest::rstest;
use serde_json::json;

use testkit::Profile;

use crate::world::World;

#[rstest]
#[tokio::test]
async fn tags_are_made_by_use_counted_and_deleted(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let a = world
        .contact(&world.acme, json!({"name": "A", "tags": ["VIP", "north"]}))
        .await;
    world
        .contact(&world.acme, json!({"name": "B", "tags": ["vip"]}))
        .await;
    world
        .contact(&world.globex, json!({"name": "C", "tags": ["vip"]}))
        .await;
    let (_, listed) = world.get(&world.acme, "/tags").await;
    let counts: std::collections::BTreeMap<&str, u64> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| (tag["name"].as_str().unwrap(), tag["contacts"].as_u64().unwrap()))
        .collect();
    assert_eq!(counts, [("VIP", 2), ("north", 1)].into());
    assert_eq!(world.names(&world.acme, "tag=Vip").await, ["B", "A"]);
    assert_eq!(world.names(&world.acme, "tag=vip&search=a").await, ["A"]);
    assert!(world.names(&world.acme, "tag=none").await.is_empty());

    let vip = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|tag| tag["name"] == "VIP")
        .unwrap();
    let path = format!("/tags/{}", vip["id"].as_str().unwrap());
    let before = world.told().await.len();
    assert_eq!(world.delete(&world.acme, &path).await.0, StatusCode::NO_CONTENT);
    assert_eq!(world.delete(&world.acme, &path).await.0, StatusCode::NOT_FOUND);
    let told = world.told().await;
    assert_eq!(told.len(), before + 1);
    assert_eq!(told[before].1["items"].as_array().unwrap().len(), 2);
    assert_eq!(
        world.get(&world.acme, &format!("/contacts/{a}")).await.1["tags"],
        json!(["north"])
    );
    assert_eq!(world.names(&world.globex, "tag=vip").await, ["C"]);
}

#[rstest]
#[tokio::test]
async fn a_tag_is_created_once(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let world = World::open(profile).await;
    let (status, tag) = world
        .post(
            &world.acme,
            "/tags",
            json!({"name": " Gold ", "color": "#FFcc00"}),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        (&tag["name"], &tag["color"], &tag["contacts"]),
        (&json!("Gold"), &json!("#ffcc00"), &json!(0))
    );
    let (status, body) = world.post(&world.acme, "/tags", json!({"name": "gold"})).await;
    assert_eq!(
        (status.as_u16(), body["code"].as_str()),
        (409, Some("tag_exists"))
    );
    assert_eq!(
        world
            .post(&world.globex, "/tags", json!({"name": "gold"}))
            .await
            .0,
        StatusCode::CREATED
    );
    for (body, expected) in [
        (json!({"name": "x", "color": "red"}), 422),
        (json!({"name": ""}), 422),
        (json!({"name": "  "}), 422),
        (json!({"name": "x", "size": 1}), 422),
    ] {
        assert_eq!(world.post(&world.acme, "/tags", body).await.0.as_u16(), expected);
    }
    let (_, made) = world
        .post(&world.acme, "/tags", json!({"name": "no colour"}))
        .await;
    assert_eq!(made["color"].as_str().unwrap().len(), 7);
}

#[rstest]
#[tokio::test]
async fn a_contact_has_at_most_fifty_tags(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let tags = |n: usize| (0..n).map(|n| format!("tag {n}")).collect::<Vec<_>>();
    let id = world
        .contact(&world.acme, json!({"name": "A", "tags": tags(50)}))
        .await;
    let path = format!("/contacts/{id}");
    assert_eq!(
        world
            .patch(&world.acme, &path, json!({"tags": tags(51)}))
            .await
            .0
            .as_u16(),
        422
    );
    let (_, shown) = world.get(&world.acme, &path).await;
    assert_eq!(shown["tags"].as_array().unwrap().len(), 50);
    let (_, emptied) = world.patch(&world.acme, &path, json!({"tags": []})).await;
    assert_eq!(emptied["tags"], json!([]));
    // The tags themselves stay, and are paged.
    let (_, first) = world.get(&world.acme, "/tags?limit=30").await;
    let (_, rest) = world
        .get(
            &world.acme,
            &format!("/tags?limit=30&after={}", first["next"].as_str().unwrap()),
        )
        .await;
    assert_eq!(
        (
            first["items"].as_array().unwrap().len(),
            rest["items"].as_array().unwrap().len()
        ),
        (30, 20)
    );
    assert_eq!(world.get(&world.globex, "/tags").await.1["items"], json!([]));
}

#[rstest]
#[tokio::test]
async fn one_new_tag_given_by_many_at_once_is_one_tag(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world
        .contact(&world.globex, json!({"name": "Z", "tags": ["rush"]}))
        .await;
    let one = |n: usize| world.contact_in_acme(n);
    futures_join((0..16).map(one)).await;
    let (_, tags) = world.get(&world.acme, "/tags").await;
    assert_eq!(tags["items"].as_array().unwrap().len(), 1);
    assert_eq!(tags["items"][0]["contacts"], 16);
}

impl World {
    async fn contact_in_acme(&self, n: usize) -> String {
        self.contact(&self.acme, json!({"name": format!("N{n}"), "tags": ["Rush"]}))
            .await
    }
}

/// All at once, in one task.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) {
    let mut running: Vec<_> = futures.map(Box::pin).collect();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if running.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
