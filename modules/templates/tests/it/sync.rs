//! The copy of an account: read whole, in pages, again, and after trouble.

use chrono::TimeDelta;
use cloud_sim::{FaultResponse, FaultTrigger};
use contracts::templates::{Category, TemplateKey, TemplatePart, TemplateStatus};
use poem::http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::opened;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connecting_a_number_reads_its_account(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, globex) = opened(profile).await;
    let (ours, theirs) = (world.world.acme.clone(), world.world.globex.clone());
    let account = world.account(&ours, &acme).await;
    assert_eq!(account["syncing"], false, "{account}");
    assert!(
        account["synced_at"].is_string() && account["problem"].is_null(),
        "{account}"
    );
    assert_eq!(account["channel_ids"], json!([acme.id.to_string()]));
    let all = world.list(&ours, "").await;
    assert_eq!(account["templates"], all.len());
    let hello = world.named(&ours, "hello_world").await;
    assert_eq!(
        (&hello["status"], &hello["category"]),
        (&json!("APPROVED"), &json!("UTILITY"))
    );
    assert_eq!(hello["waba_id"], acme.secrets.waba_id.as_str());
    assert!(!hello["components"].as_array().unwrap().is_empty());
    let events = world.events(&ours, &hello).await;
    assert_eq!(events[0]["kind"], "added", "{events:?}");
    // Somebody else's is not there.
    let id = hello["id"].as_str().unwrap();
    for path in [format!("/templates/{id}"), format!("/templates/{id}/events")] {
        assert_eq!(world.world.get(&theirs, &path).await.0.as_u16(), 404, "{path}");
        assert_eq!(world.world.get(&ours, &path).await.0.as_u16(), 200, "{path}");
    }
    let unpause = format!("/templates/{id}/unpause");
    assert_eq!(
        world.world.post(&theirs, &unpause, Value::Null).await.0.as_u16(),
        404
    );
    let key = |waba_id: &str| TemplateKey {
        waba_id: waba_id.to_owned(),
        name: "hello_world".to_owned(),
        language: hello["language"].as_str().unwrap().to_owned(),
    };
    let known = world
        .catalog
        .known(
            &theirs,
            &[key(&acme.secrets.waba_id), key(&globex.secrets.waba_id)],
        )
        .await
        .unwrap();
    assert!(known[0].is_none());
    let known = known[1].unwrap();
    assert_eq!(
        (known.category, known.status),
        (Some(Category::Utility), TemplateStatus::Approved)
    );
    assert!(
        world
            .told()
            .iter()
            .all(|change| change.changed.contains(&TemplatePart::Added))
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_templates_are_read_in_pages_and_what_disappears_is_gone(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, globex) = opened(profile).await;
    let (ours, theirs) = (world.world.acme.clone(), world.world.globex.clone());
    let before = world.list(&theirs, "").await;
    // More pages than one job reads.
    for number in 0..1_150 {
        let (id, name) = (format!("66{number:010}"), format!("many_{number:04}"));
        world.make(&acme, &id, &name, json!({ "quality": "GREEN" })).await;
    }
    world.told();
    world.sync(&ours).await;
    assert_eq!(
        world.account(&ours, &acme).await["templates"].as_i64().unwrap(),
        1_150 + before.len() as i64
    );
    assert_eq!(world.told().len(), 1_150);
    // Nothing has changed, so nothing is told.
    world.sync(&ours).await;
    assert!(world.told().is_empty());
    for number in [7, 450] {
        world
            .sim(Method::DELETE, &format!("templates/66{number:010}"), Value::Null)
            .await;
    }
    let change = json!({ "status": "PAUSED", "quality": "RED" });
    world.make(&acme, "660000000008", "many_0008", change).await;
    let template = world.named(&ours, "many_0007").await;
    world.sync(&ours).await;
    let mut told = world.told();
    told.sort_by(|a, b| a.name.cmp(&b.name));
    let parts: Vec<_> = told
        .iter()
        .map(|change| (change.name.as_str(), change.changed.as_slice()))
        .collect();
    assert_eq!(
        parts,
        [
            ("many_0007", &[TemplatePart::Removed, TemplatePart::Status][..]),
            ("many_0008", &[TemplatePart::Status, TemplatePart::Quality][..]),
            ("many_0450", &[TemplatePart::Removed, TemplatePart::Status][..]),
        ]
    );
    assert!(world.list(&ours, "name=many_0007").await.is_empty());
    let gone = world.list(&ours, "status=DELETED").await;
    assert_eq!(gone.len(), 2, "{gone:?}");
    assert_eq!(gone[0]["id"], template["id"]);
    assert!(gone[0]["gone_at"].is_string());
    assert_eq!(
        world.events(&ours, &template).await.last().unwrap()["kind"],
        "removed"
    );
    assert_eq!(world.list(&theirs, "").await, before);
    assert_eq!(
        world.account(&theirs, &globex).await["templates"]
            .as_u64()
            .unwrap(),
        before.len() as u64
    );
    // Thirty days later nothing uses them. All accounts are read every six hours meanwhile.
    world.world.clock.advance(TimeDelta::days(31));
    world.world.settled().await;
    let path = format!("/templates/{}", template["id"].as_str().unwrap());
    assert_eq!(world.world.get(&ours, &path).await.0.as_u16(), 404);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_accounts_are_read_every_six_hours(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    world.make(&acme, "660000000001", "new_here", json!({})).await;
    world.world.clock.advance(TimeDelta::hours(5));
    world.world.settled().await;
    assert!(world.list(&ours, "name=new_here").await.is_empty());
    world.world.clock.advance(TimeDelta::hours(1));
    world.world.settled().await;
    world.named(&ours, "new_here").await;
    // A template that is made anew under the name of one that is gone is another one.
    world
        .sim(Method::DELETE, "templates/660000000001", Value::Null)
        .await;
    world
        .make(&acme, "660000000002", "new_here", json!({ "status": "PENDING" }))
        .await;
    world.sync(&ours).await;
    let again = world.named(&ours, "new_here").await;
    assert_eq!(
        (&again["whatsapp_id"], &again["status"]),
        (&json!("660000000002"), &json!("PENDING"))
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_leaves_a_sentence_and_ends_by_itself(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    let throttled = FaultResponse {
        code: Some(80_008),
        ..FaultResponse::default()
    };
    world.refuse(FaultTrigger::NextN(1), throttled);
    world.make(&acme, "660000000001", "new_here", json!({})).await;
    world.sync(&ours).await;
    let account = world.account(&ours, &acme).await;
    assert_eq!(account["syncing"], true, "{account}");
    let terms: Vec<&str> = account["problem_terms"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["term"].as_str().unwrap())
        .collect();
    assert_eq!(
        (terms[0], *terms.last().unwrap()),
        ("templates_not_read", "tried_again"),
        "{account}"
    );
    assert!(
        account["problem"]
            .as_str()
            .unwrap()
            .contains("too many management requests"),
        "{account}"
    );
    assert!(
        account["synced_at"].is_string(),
        "what was read before is still there"
    );
    world.world.clock.advance(TimeDelta::hours(1));
    world.world.settled().await;
    let account = world.account(&ours, &acme).await;
    assert_eq!(
        (&account["syncing"], &account["problem"]),
        (&json!(false), &Value::Null),
        "{account}"
    );
    world.named(&ours, "new_here").await;
    // A page of HTML is no answer either.
    let html = FaultResponse {
        status: Some(502),
        body: Some("<html><h1>Bad gateway</h1></html>".to_owned()),
        ..FaultResponse::default()
    };
    world.refuse(FaultTrigger::NextN(1), html);
    world.sync(&ours).await;
    assert!(world.account(&ours, &acme).await["problem"].is_string());
    world.world.clock.advance(TimeDelta::minutes(2));
    world.world.settled().await;
    assert!(world.account(&ours, &acme).await["problem"].is_null());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_that_somebody_has_to_mend_is_not_repeated(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    let invalid = FaultResponse {
        code: Some(190),
        ..FaultResponse::default()
    };
    world.refuse(FaultTrigger::NextN(1), invalid);
    world.sync(&ours).await;
    let account = world.account(&ours, &acme).await;
    assert_eq!(account["syncing"], false, "{account}");
    let last = account["problem_terms"].as_array().unwrap().last().unwrap();
    assert_eq!(last["term"], "try_again_when_mended", "{account}");
    // The next test of the connection reads the account again.
    world.tested(&ours, acme.id).await;
    assert!(world.account(&ours, &acme).await["problem"].is_null());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_without_a_number_is_forgotten(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, globex) = opened(profile).await;
    let (ours, theirs) = (world.world.acme.clone(), world.world.globex.clone());
    world.channels.change(acme.id, |channel| channel.lost = true);
    world.world.clock.advance(TimeDelta::hours(6));
    world.world.settled().await;
    assert!(world.list(&ours, "").await.is_empty());
    assert!(!world.list(&ours, "status=DELETED").await.is_empty());
    assert!(
        !world
            .list(&theirs, &format!("waba_id={}", globex.secrets.waba_id))
            .await
            .is_empty()
    );
    world.channels.change(acme.id, |channel| channel.lost = false);
    world.world.clock.advance(TimeDelta::minutes(1));
    world.tested(&ours, acme.id).await;
    assert!(!world.list(&ours, "").await.is_empty());
    assert!(world.list(&ours, "status=DELETED").await.is_empty());
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_of_pacing_is_ended_by_hand(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    let now = world.now().timestamp_millis();
    let paused = json!({ "status": "PAUSED", "pacing_paused": true, "paused_at": now });
    world.make(&acme, "660000000001", "paced", paused).await;
    world.sync(&ours).await;
    let template = world.named(&ours, "paced").await;
    let path = format!("/templates/{}/unpause", template["id"].as_str().unwrap());
    let (status, answer) = world.world.post(&ours, &path, Value::Null).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (409, &json!("unpause_refused")),
        "{answer}"
    );
    assert!(
        answer["detail"].as_str().unwrap().contains("five minutes"),
        "{answer}"
    );
    world.world.clock.advance(TimeDelta::minutes(6));
    let (status, answer) = world.world.post(&ours, &path, Value::Null).await;
    assert_eq!(
        (status.as_u16(), &answer["status"]),
        (200, &json!("APPROVED")),
        "{answer}"
    );
    let events = world.events(&ours, &answer).await;
    let by = events.iter().find(|event| event["kind"] == "unpaused").unwrap();
    assert_eq!(by["actor"], "A key");
    let (status, answer) = world.world.post(&ours, &path, Value::Null).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (409, &json!("not_paused")),
        "{answer}"
    );
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_else_changes_about_a_number_reads_nothing(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let (world, acme, _) = opened(profile).await;
    let ours = world.world.acme.clone();
    let before = world.account(&ours, &acme).await["synced_at"].clone();
    world.world.clock.advance(TimeDelta::hours(1));
    // Its messaging limit, say.
    world.changed(&ours, acme.id, false).await;
    assert_eq!(world.account(&ours, &acme).await["synced_at"], before);
    world.tested(&ours, acme.id).await;
    assert_ne!(world.account(&ours, &acme).await["synced_at"], before);
}
