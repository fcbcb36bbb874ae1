//! Drafts: saved as they are, by version.

use poem::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::writing_world::{Writing, utility};

#[rstest]
#[tokio::test]
async fn half_a_template_is_kept_as_it_is(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let half =
        json!({"name": "Not yet a name", "components": [{"type": "BODY", "text": "Hello {{"}], "own": 7});
    let made = it
        .post(
            "/template-drafts",
            json!({"template": half, "mapping": {"body_1": {"from": "ask"}}}),
            201,
        )
        .await;
    assert_eq!(
        (&made["template"], &made["name"], &made["language"]),
        (&half, &json!("Not yet a name"), &json!(""))
    );
    assert_eq!(
        (&made["version"], &made["saved_by"]),
        (&json!(1), &json!("A key"))
    );
    let path = format!("/template-drafts/{}", made["id"].as_str().unwrap());
    assert_eq!(it.get(&path).await, made);
    assert_eq!(it.get("/template-drafts").await["items"], json!([made]));
    it.post("/template-drafts", json!({"template": {}}), 201).await;
    let long = json!({"template": {"name": "n".repeat(2_000), "language": "much_too_long_for_a_language"}});
    let long = it.post("/template-drafts", long, 201).await;
    assert_eq!(long["name"].as_str().unwrap().len(), 512);
    it.delete(&path, 204).await;
    it.delete(&path, 404).await;
}

#[rstest]
#[tokio::test]
async fn an_older_version_does_not_overwrite_a_newer_one(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let made = it
        .post("/template-drafts", json!({"template": {"name": "a"}}), 201)
        .await;
    let path = format!("/template-drafts/{}", made["id"].as_str().unwrap());
    let save = async |version: i32, name: &str, wanted: u16| {
        let body = json!({"version": version, "template": {"name": name}});
        it.call(&it.world.acme, Method::PUT, &path, body, wanted).await
    };
    let second = save(1, "b", 200).await;
    assert_eq!((&second["version"], &second["name"]), (&json!(2), &json!("b")));
    let late = save(1, "c", 409).await;
    assert_eq!(late["code"], "draft_changed");
    assert_eq!(
        (&late["errors"][0]["field"], &late["errors"][0]["value"]),
        (&json!("version"), &json!(2))
    );
    assert_eq!(it.get(&path).await["name"], "b");
    save(2, "d", 200).await;
}

#[rstest]
#[tokio::test]
async fn there_are_limits(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let it = Writing::open(profile).await;
    let large = json!({"template": {"name": "x".repeat(70_000)}});
    let answer = it.post("/template-drafts", large, 422).await;
    assert_eq!(
        (&answer["errors"][0]["field"], &answer["errors"][0]["limit"]),
        (&json!("template"), &json!(65_536))
    );
    let mapping = json!({"template": {}, "mapping": {"body_1": "x".repeat(70_000)}});
    let answer = it.post("/template-drafts", mapping, 422).await;
    assert_eq!(answer["errors"][0]["field"], "mapping");
    for _ in 0..200 {
        it.post("/template-drafts", json!({"template": {}}), 201).await;
    }
    let full = it.post("/template-drafts", json!({"template": {}}), 409).await;
    assert_eq!(full["code"], "drafts_full");
    // Another tenant's drafts are not counted.
    it.call(
        &it.world.globex,
        Method::POST,
        "/template-drafts",
        json!({"template": {}}),
        201,
    )
    .await;
    let page = it.get("/template-drafts?limit=200").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 200);
}

#[rstest]
#[tokio::test]
async fn drafts_are_their_tenants_alone(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let it = Writing::open(profile).await;
    let template = it.created(utility("mine")).await;
    let made = it
        .post(
            "/template-drafts",
            json!({"template": {}, "template_id": template["id"], "channel_id": it.acme.0}),
            201,
        )
        .await;
    let path = format!("/template-drafts/{}", made["id"].as_str().unwrap());
    let globex = &it.world.globex;
    it.call(globex, Method::GET, &path, Value::Null, 404).await;
    let body = json!({"version": 1, "template": {}});
    it.call(globex, Method::PUT, &path, body, 404).await;
    it.call(globex, Method::DELETE, &path, Value::Null, 404).await;
    for named in [
        json!({"template_id": template["id"]}),
        json!({"channel_id": it.acme.0}),
    ] {
        let mut body = named;
        body["template"] = json!({});
        it.call(globex, Method::POST, "/template-drafts", body, 404).await;
    }
    let uses = it
        .get(&format!("/templates/{}/uses", template["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        uses["items"],
        json!([{"kind": "draft", "id": made["id"], "name": ""}])
    );
}
