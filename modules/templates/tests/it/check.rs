//! What WhatsApp would refuse is known beforehand.

use poem::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::writing_world::{Writing, utility, with_code};

async fn findings(it: &Writing, body: Value) -> Value {
    let answer = it.post("/templates/check", body, 200).await;
    answer["findings"].clone()
}

#[rstest]
#[tokio::test]
async fn findings_name_rule_place_limit_and_value(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let good = it
        .post("/templates/check", json!({"template": utility("fine")}), 200)
        .await;
    assert_eq!(good, json!({"acceptable": true, "findings": []}));
    let mut bad = utility("Not Good");
    bad["components"][0]["text"] = format!("{{{{1}}}} {}", "long ".repeat(300)).into();
    let answer = it.post("/templates/check", json!({"template": bad}), 200).await;
    assert_eq!(answer["acceptable"], false);
    let name = with_code(&answer["findings"], "name_charset");
    assert_eq!(
        (&name["path"], &name["severity"]),
        (&json!("name"), &json!("refused"))
    );
    assert_eq!(name["parameters"], json!({"value": "Not Good"}));
    let long = with_code(&answer["findings"], "body_too_long");
    assert_eq!(long["path"], "components[0].text");
    assert_eq!(long["parameters"]["limit"], 1024);
    assert!(long["message"].as_str().unwrap().contains("1024"));
    // Half a template is no error.
    let half = findings(&it, json!({"template": {}})).await;
    with_code(&half, "name_missing");
}

#[rstest]
#[tokio::test]
async fn the_copy_knows_names_categories_and_words(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    it.created(utility("shipped")).await;
    let taken = findings(&it, json!({"template": utility("shipped")})).await;
    assert_eq!(with_code(&taken, "duplicate_name_language")["path"], "name");

    let mut spanish = utility("shipped");
    spanish["language"] = "es".into();
    assert_eq!(findings(&it, json!({"template": spanish})).await, json!([]));
    spanish["category"] = "MARKETING".into();
    let conflict = findings(&it, json!({"template": spanish})).await;
    assert_eq!(
        with_code(&conflict, "category_conflict")["parameters"],
        json!({"category": "UTILITY"})
    );

    let mut same = utility("shipped");
    same["name"] = "sent_out".into();
    let same_words = findings(&it, json!({"template": same})).await;
    let finding = with_code(&same_words, "duplicate_content");
    assert_eq!(
        (&finding["severity"], &finding["parameters"]["name"]),
        (&json!("likely_refused"), &json!("shipped"))
    );
    // Another tenant's account is another account.
    let other = it
        .call(
            &it.world.globex,
            Method::POST,
            "/templates/check",
            json!({"template": utility("shipped")}),
            200,
        )
        .await;
    assert_eq!(other["findings"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_change_is_checked_against_its_template(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.approved("arrived").await;
    let id = &template["id"];
    let only = json!({"components": utility("new_words")["components"]});
    assert_eq!(
        findings(&it, json!({"template": only, "template_id": id})).await,
        json!([])
    );
    let mut other = utility("other_name");
    other["language"] = "de".into();
    other["category"] = "MARKETING".into();
    let found = findings(&it, json!({"template": other, "template_id": id})).await;
    assert_eq!(with_code(&found, "name_fixed")["parameters"]["value"], "arrived");
    assert_eq!(with_code(&found, "language_fixed")["parameters"]["value"], "en");
    assert_eq!(
        with_code(&found, "category_fixed")["parameters"]["category"],
        "UTILITY"
    );

    let waits = it.created(utility("sim_pending_one")).await;
    let found = findings(&it, json!({"template": only, "template_id": waits["id"]})).await;
    assert_eq!(with_code(&found, "edit_state")["parameters"]["status"], "PENDING");
}

#[rstest]
#[tokio::test]
async fn what_is_not_ones_own_is_not_found(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.created(utility("mine")).await;
    for body in [
        json!({"template": {}, "channel_id": it.acme.0}),
        json!({"template": {}, "template_id": template["id"]}),
        json!({"template": {}, "template_id": template["id"], "channel_id": it.globex.0}),
    ] {
        it.call(&it.world.globex, Method::POST, "/templates/check", body, 404)
            .await;
    }
    for wrong in [json!([]), json!("text"), Value::Null, json!(7)] {
        let answer = it.post("/templates/check", json!({"template": wrong}), 422).await;
        assert_eq!(answer["errors"][0]["field"], "template", "{answer}");
    }
    let large = json!({"template": {"name": "x".repeat(70_000)}});
    let answer = it.post("/templates/check", large, 422).await;
    assert_eq!(answer["errors"][0]["limit"], 65_536);
}

#[rstest]
#[tokio::test]
async fn a_number_is_named_where_there_are_several_accounts(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let (second, _) = it.channels.connect(&it.world.acme, "+447700900777").await;
    let answer = it.post("/templates/check", json!({"template": {}}), 422).await;
    assert_eq!(answer["errors"][0]["field"], "channel_id");
    it.post(
        "/templates/check",
        json!({"template": {}, "channel_id": second}),
        200,
    )
    .await;
    it.channels.change(second, |channel| channel.lost = true);
    let lost = json!({"template": {}, "channel_id": second});
    assert_eq!(
        it.post("/templates/check", lost, 409).await["code"],
        "number_lost"
    );
    it.post("/templates/check", json!({"template": {}}), 200).await;
    it.channels.change(it.acme.0, |channel| channel.lost = true);
    let none = it.post("/templates/check", json!({"template": {}}), 409).await;
    assert_eq!(none["code"], "no_channel");
}

#[rstest]
#[tokio::test]
async fn a_name_in_deletion_says_when_it_is_free(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    let template = it.approved("old_news").await;
    let id = template["id"].as_str().unwrap();
    let until = || (it.world.acme.clock().now() + chrono::TimeDelta::days(30)).to_rfc3339();
    // Its deletion has no answer yet.
    it.delete(&format!("/templates/{id}"), 200).await;
    let found = findings(&it, json!({"template": utility("old_news")})).await;
    let finding = with_code(&found, "name_being_deleted");
    assert_eq!(
        (&finding["path"], &finding["severity"]),
        (&json!("name"), &json!("refused"))
    );
    assert_eq!(finding["parameters"]["until"], until());
    let refused = it
        .post("/templates", json!({"template": utility("old_news")}), 422)
        .await;
    with_code(&refused["errors"], "name_being_deleted");
    let asked = it.world.acme.clock().now();
    it.world.settled().await;
    let found = findings(&it, json!({"template": utility("old_news")})).await;
    let finding = with_code(&found, "name_locked");
    let free = (asked + chrono::TimeDelta::days(30)).to_rfc3339();
    assert_eq!(finding["parameters"], json!({"days": 30, "until": free}));
    // Globex may use the name.
    let theirs = it
        .call(
            &it.world.globex,
            Method::POST,
            "/templates/check",
            json!({"template": utility("old_news")}),
            200,
        )
        .await;
    assert_eq!(theirs["findings"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_sample_that_is_no_handle_is_found(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let it = Writing::open(profile).await;
    for (handle, code) in [
        ("https://shop.example/a.jpg", Some("media_handle_invalid")),
        ("bogus", Some("media_handle_invalid")),
        ("4::", Some("media_handle_invalid")),
        ("", Some("media_handle_missing")),
        ("4::aW1hZ2U=:ARb1", None),
    ] {
        let mut template = utility("pictured");
        let header = json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}});
        template["components"].as_array_mut().unwrap().insert(0, header);
        let found = findings(&it, json!({"template": template})).await;
        let Some(code) = code else {
            assert_eq!(found, json!([]));
            continue;
        };
        let finding = with_code(&found, code);
        assert_eq!(
            (&finding["path"], &finding["severity"]),
            (&json!("components[0].example"), &json!("refused")),
            "{handle}"
        );
    }
}
