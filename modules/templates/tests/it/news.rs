//! What WhatsApp's webhooks tell: in any order, twice, late, of templates that nobody knows, and of somebody else's account.

use chrono::TimeDelta;
use contracts::{
    messaging::{TemplateContent, TemplateNewsItem},
    templates::{Category, TemplatePart, TemplateStatus},
};
use poem::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::{Number, World, opened};

const ID: &str = "660000000001";

/// A number with one more template of the simulator, read a minute ago.
async fn with_template(profile: Profile) -> (World, Number, Number) {
    let (world, acme, globex) = opened(profile).await;
    for number in [&acme, &globex] {
        world
            .make(
                number,
                if number.id == acme.id { ID } else { "660000000002" },
                "order_sent",
                json!({}),
            )
            .await;
    }
    world.sync(&world.world.acme.clone()).await;
    world.sync(&world.world.globex.clone()).await;
    world.world.clock.advance(TimeDelta::minutes(1));
    world.told();
    (world, acme, globex)
}

fn item(world: &World, number: &Number, seconds: i64) -> TemplateNewsItem {
    TemplateNewsItem {
        waba_id: number.secrets.waba_id.clone(),
        template_id: Some(ID.to_owned()),
        name: "order_sent".to_owned(),
        language: "en_US".to_owned(),
        change: "status".to_owned(),
        at: world.now() + TimeDelta::seconds(seconds),
        ..TemplateNewsItem::default()
    }
}

fn status(
    world: &World,
    number: &Number,
    seconds: i64,
    status: &str,
    word: Option<&str>,
) -> TemplateNewsItem {
    TemplateNewsItem {
        status: Some(status.to_owned()),
        reason_word: word.map(ToOwned::to_owned),
        ..item(world, number, seconds)
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_counts_in_any_order_and_twice(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, globex) = with_template(profile).await;
    let (ours, theirs) = (world.world.acme.clone(), world.world.globex.clone());
    let before = world.named(&theirs, "order_sent").await;
    let paused = status(&world, &acme, 2, "PAUSED", Some("FIRST_PAUSE"));
    let approved = status(&world, &acme, 1, "APPROVED", None);
    let yellow = TemplateNewsItem {
        change: "quality".to_owned(),
        quality: Some("yellow".to_owned()),
        ..item(&world, &acme, 0)
    };
    // The older event comes last, and everything comes twice.
    let all = vec![paused, approved, yellow];
    world.news(&ours, all.clone()).await;
    world.news(&ours, all.into_iter().rev().collect()).await;
    let template = world.named(&ours, "order_sent").await;
    assert_eq!(
        (&template["status"], &template["reason"]),
        (&json!("PAUSED"), &json!("FIRST_PAUSE"))
    );
    assert_eq!(template["quality"], "YELLOW");
    assert_eq!(template["reason_terms"][0]["term"], "paused_three_hours");
    let kinds: Vec<Value> = world
        .events(&ours, &template)
        .await
        .iter()
        .map(|it| it["kind"].clone())
        .collect();
    assert_eq!(kinds, ["added", "quality", "status"].map(Value::from));
    let told = world.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].changed, [TemplatePart::Status, TemplatePart::Quality]);
    assert_eq!(
        (told[0].status, told[0].quality.as_deref()),
        (TemplateStatus::Paused, Some("YELLOW"))
    );
    // What is older than the list that was read last changes nothing.
    world
        .news(&ours, vec![status(&world, &acme, -3_700, "DISABLED", None)])
        .await;
    assert_eq!(world.named(&ours, "order_sent").await["status"], "PAUSED");
    assert_eq!(world.named(&theirs, "order_sent").await, before);
    assert!(world.account(&theirs, &globex).await["problem"].is_null());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_has_its_meaning(#[values(Profile::Embedded, Profile::Production)] profile: Profile) {
    let (world, acme, _) = with_template(profile).await;
    let ours = world.world.acme.clone();
    for (second, event, expected, severity) in [
        (1, "FLAGGED", "APPROVED", "warning"),
        (2, "REJECTED", "REJECTED", "warning"),
        (3, "IN_APPEAL", "IN_APPEAL", "info"),
        (4, "REINSTATED", "APPROVED", "info"),
        (5, "ARCHIVED", "ARCHIVED", "warning"),
        (6, "UNARCHIVED", "APPROVED", "info"),
        (7, "LOCKED", "LOCKED", "warning"),
        (8, "LIMIT_EXCEEDED", "LIMIT_EXCEEDED", "warning"),
        (9, "PENDING", "PENDING", "info"),
        (10, "DISABLED", "DISABLED", "critical"),
        (11, "PUT_IN_A_DRAWER", "UNKNOWN", "warning"),
        (12, "PENDING_DELETION", "PENDING_DELETION", "info"),
    ] {
        world
            .news(&ours, vec![status(&world, &acme, second, event, None)])
            .await;
        let template = world.named(&ours, "order_sent").await;
        assert_eq!(template["status"], expected, "{event}");
        let events = world.events(&ours, &template).await;
        let last = events.last().unwrap();
        assert_eq!(
            (&last["kind"], &last["severity"]),
            (&json!("status"), &json!(severity)),
            "{event}: {last}"
        );
        if event == "FLAGGED" {
            assert_eq!(template["reason"], "FLAGGED");
        }
    }
    world
        .news(&ours, vec![status(&world, &acme, 13, "DELETED", None)])
        .await;
    let deleted = &world.list(&ours, "status=DELETED").await[0];
    assert_eq!(deleted["name"], "order_sent");
    assert!(deleted["gone_at"].is_string());
    assert!(
        world
            .told()
            .last()
            .unwrap()
            .changed
            .contains(&TemplatePart::Removed)
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn categories_are_announced_changed_and_left_alone(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = with_template(profile).await;
    let ours = world.world.acme.clone();
    let filed = |second: i64, now: &str, correct: Option<&str>, before: Option<&str>| TemplateNewsItem {
        change: "category".to_owned(),
        category: Some(now.to_owned()),
        correct_category: correct.map(ToOwned::to_owned),
        previous_category: before.map(ToOwned::to_owned),
        effective_at: correct.map(|_| world.now() + TimeDelta::days(1)),
        ..item(&world, &acme, second)
    };
    let parts = |template: &Value| {
        ["category", "pending_category", "previous_category"]
            .map(|key| template[key].as_str().map(ToOwned::to_owned))
    };
    let some = |word: &str| Some(word.to_owned());
    world
        .news(&ours, vec![filed(1, "UTILITY", Some("MARKETING"), None)])
        .await;
    let template = world.named(&ours, "order_sent").await;
    assert_eq!(parts(&template), [some("UTILITY"), some("MARKETING"), None]);
    assert!(template["pending_category_at"].is_string());
    // WhatsApp tells of the same by another field, without a date.
    let detected = TemplateNewsItem {
        change: "correct_category".to_owned(),
        effective_at: None,
        ..filed(1, "UTILITY", Some("MARKETING"), None)
    };
    world.news(&ours, vec![detected]).await;
    assert_eq!(
        world.named(&ours, "order_sent").await["pending_category_at"],
        template["pending_category_at"]
    );
    // A review was won: it stays.
    world.news(&ours, vec![filed(2, "UTILITY", None, None)]).await;
    assert_eq!(
        parts(&world.named(&ours, "order_sent").await),
        [some("UTILITY"), None, None]
    );
    world.told();
    world
        .news(&ours, vec![filed(4, "MARKETING", None, Some("UTILITY"))])
        .await;
    let change = &world.told()[0];
    assert_eq!(
        (change.previous_category, change.category),
        (Some(Category::Utility), Some(Category::Marketing))
    );
    // The notice arrives when all is done.
    world
        .news(&ours, vec![filed(3, "UTILITY", Some("MARKETING"), None)])
        .await;
    let template = world.named(&ours, "order_sent").await;
    assert_eq!(parts(&template), [some("MARKETING"), None, some("UTILITY")]);
    let kinds: Vec<Value> = world
        .events(&ours, &template)
        .await
        .iter()
        .map(|it| it["kind"].clone())
        .collect();
    assert_eq!(
        kinds,
        ["added", "pending_category", "pending_category", "category"].map(Value::from)
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_content_says_whether_variables_changed(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = with_template(profile).await;
    let ours = world.world.acme.clone();
    let edited = |second: i64, body: &str| TemplateNewsItem {
        change: "components".to_owned(),
        content: Some(TemplateContent {
            body: Some(body.to_owned()),
            ..TemplateContent::default()
        }),
        ..item(&world, &acme, second)
    };
    world
        .news(&ours, vec![edited(1, "Hello {{1}}, it is on its way.")])
        .await;
    assert_eq!(world.told()[0].changed, [TemplatePart::Components]);
    world
        .news(&ours, vec![edited(3, "Hello {{1}}, {{2}} is on its way.")])
        .await;
    // Whether it is sent so already only the list tells.
    assert_eq!(world.told()[0].changed, [TemplatePart::Components]);
    world.news(&ours, vec![edited(2, "Older")]).await;
    assert!(world.told().is_empty());
    let template = world.named(&ours, "order_sent").await;
    assert_eq!(
        template["components"][0]["text"],
        "Hello {{1}}, {{2}} is on its way."
    );
    assert_eq!(
        world
            .list(&ours, "search=hello%20%7B%7B1%7D%7D%2C%20%7B%7B2")
            .await
            .len(),
        1,
        "it is found by its new words"
    );
    // Webhooks do not tell all of it, so it is read from WhatsApp a moment later.
    let whole = json!({ "components": [{ "type": "BODY", "text": "Hello {{1}}, {{2}} is here.", "example": { "body_text": [["Ana", "A"]] } }] });
    world.make(&acme, ID, "order_sent", whole).await;
    world.world.clock.advance(TimeDelta::seconds(10));
    world.world.settled().await;
    let template = world.named(&ours, "order_sent").await;
    assert_eq!(
        template["components"][0]["text"], "Hello {{1}}, {{2}} is here.",
        "{template}"
    );
    assert_eq!(
        world.told()[0].changed,
        [TemplatePart::Components, TemplatePart::Variables]
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_templates_are_kept_and_read(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, globex) = with_template(profile).await;
    let (ours, theirs) = (world.world.acme.clone(), world.world.globex.clone());
    world
        .make(&acme, "669", "made_elsewhere", json!({ "language": "pt_BR" }))
        .await;
    let news = |name: &str, language: &str, id: Option<&str>| TemplateNewsItem {
        template_id: id.map(ToOwned::to_owned),
        name: name.to_owned(),
        language: language.to_owned(),
        category: Some("UTILITY".to_owned()),
        ..status(&world, &acme, 0, "APPROVED", None)
    };
    // Of an account of somebody else nothing is taken, whatever its ids.
    world
        .news(
            &theirs,
            vec![
                news("made_elsewhere", "pt_BR", Some("669")),
                status(&world, &acme, 0, "DISABLED", None),
            ],
        )
        .await;
    assert!(world.list(&theirs, "name=made_elsewhere").await.is_empty());
    assert_eq!(world.named(&theirs, "order_sent").await["status"], "APPROVED");
    assert_eq!(world.named(&ours, "order_sent").await["status"], "APPROVED");
    world.told();
    world
        .news(&ours, vec![news("made_elsewhere", "pt-BR", Some("669"))])
        .await;
    let template = world.named(&ours, "made_elsewhere").await;
    assert_eq!(
        (&template["language"], &template["status"]),
        (&json!("pt_BR"), &json!("APPROVED"))
    );
    assert!(
        !template["components"].as_array().unwrap().is_empty(),
        "it was read: {template}"
    );
    assert!(world.told()[0].changed.contains(&TemplatePart::Added));
    // News without an id are found by name, and cannot be taken without either.
    world
        .news(
            &ours,
            vec![TemplateNewsItem {
                status: Some("PAUSED".to_owned()),
                ..news("made_elsewhere", "pt_BR", None)
            }],
        )
        .await;
    world.news(&ours, vec![news("", "", None)]).await;
    assert_eq!(world.named(&ours, "made_elsewhere").await["status"], "PAUSED");
    // One that was deleted and made again has another id: the end of the old one is not the new one's.
    world.sim(Method::DELETE, "templates/669", Value::Null).await;
    world
        .make(&acme, "670", "made_elsewhere", json!({ "language": "pt_BR" }))
        .await;
    world.sync(&ours).await;
    world
        .news(
            &ours,
            vec![TemplateNewsItem {
                status: Some("DELETED".to_owned()),
                ..news("made_elsewhere", "pt_BR", Some("669"))
            }],
        )
        .await;
    let template = world.named(&ours, "made_elsewhere").await;
    assert_eq!(
        (&template["whatsapp_id"], &template["status"]),
        (&json!("670"), &json!("APPROVED"))
    );
    assert!(world.account(&theirs, &globex).await["problem"].is_null());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_deleted_elsewhere_is_locked_from_then_on(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = with_template(profile).await;
    let ours = world.world.acme.clone();
    let deleted = status(&world, &acme, 0, "PENDING_DELETION", None);
    let until = (deleted.at + TimeDelta::days(30)).to_rfc3339();
    world.news(&ours, vec![deleted]).await;
    let template = json!({"name": "order_sent", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order has left our warehouse."}]});
    let (_, answer) = world
        .world
        .post(&ours, "/templates/check", json!({"template": template}))
        .await;
    assert_eq!(answer["findings"][0]["code"], "name_locked", "{answer}");
    assert_eq!(answer["findings"][0]["parameters"]["until"], until);
}
