//! Which messages may leave: decided when they are queued, and again when their turn comes.

use chrono::TimeDelta;
use contracts::templates::Category;
use rstest::rstest;
use serde_json::json;
use testkit::Profile;

use crate::world::World;

const ANA: &str = "447700900301";

#[rstest]
#[tokio::test]
async fn free_text_needs_an_open_window_and_templates_do_not(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (status, refused) = world.text(&world.acme, ANA, "Hello").await;
    assert_eq!((status, &refused["code"]), (409, &json!("window_closed")));
    assert_eq!(world.template(&world.acme, ANA).await.0, 202);
    world.writes(&world.ours, ANA, "Hello").await;
    let (status, sent) = world.text(&world.acme, ANA, "Good morning").await;
    assert_eq!(status, 202, "{sent}");
    // It is open for the number that was written to.
    assert_eq!(world.text(&world.globex, ANA, "Hello").await.0, 409);
    world.settled().await;
    assert_eq!(world.message(&world.acme, &sent["id"]).await["status"], "read");
    world.clock.advance(TimeDelta::hours(25));
    assert_eq!(world.text(&world.acme, ANA, "Still there?").await.0, 409);
}

#[rstest]
#[tokio::test]
async fn a_held_number_sends_nothing_and_a_restricted_one_answers_only(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    for number in [&world.ours, &world.theirs] {
        world.writes(number, ANA, "Hello").await;
    }
    world.hold(&world.ours, None);
    let (status, refused) = world.text(&world.acme, ANA, "Hello").await;
    assert_eq!((status, &refused["code"]), (409, &json!("number_held")));
    assert_eq!(world.template(&world.acme, ANA).await.1["code"], "number_held");
    assert_eq!(world.text(&world.globex, ANA, "Hello").await.0, 202);

    world.channels.change(world.ours.id, |channel| {
        channel.restricted = channel.held.take();
    });
    assert_eq!(world.text(&world.acme, ANA, "Hello").await.0, 202);
    let (status, refused) = world.template(&world.acme, ANA).await;
    assert_eq!((status, &refused["code"]), (409, &json!("number_restricted")));
}

#[rstest]
#[tokio::test]
async fn what_waited_is_asked_again_when_its_turn_comes(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.writes(&world.ours, ANA, "Hello").await;
    world.rests(&world.ours);
    let (_, queued) = world.text(&world.acme, ANA, "Soon").await;
    world.settled().await;
    assert!(world.channels.channel(world.ours.id).held.is_some());
    assert_eq!(
        world.message(&world.acme, &queued["id"]).await["status"],
        "queued"
    );
    // Nothing ran for a day: the window has closed meanwhile.
    world.clock.advance(TimeDelta::hours(25));
    world.settled().await;
    let message = world.message(&world.acme, &queued["id"]).await;
    assert_eq!(message["status"], "failed", "{message}");
    assert_eq!(message["error"]["terms"][0]["term"], "window_closed", "{message}");
    assert_eq!(world.sim.ledger().accepted_total, 0);
}

#[rstest]
#[tokio::test]
async fn a_choice_made_while_a_template_waits_counts(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.rests(&world.ours);
    let (_, queued) = world.template(&world.acme, ANA).await;
    world.settled().await;
    assert_eq!(
        world.message(&world.acme, &queued["id"]).await["status"],
        "queued"
    );
    let contact = queued["contact_id"].as_str().unwrap().parse().unwrap();
    world.contacts.stop_marketing(contact);
    world.clock.advance(TimeDelta::minutes(3));
    world.settled().await;
    let message = world.message(&world.acme, &queued["id"]).await;
    assert_eq!(message["status"], "failed", "{message}");
    assert_eq!(
        message["error"]["terms"][0]["term"], "marketing_not_wanted",
        "{message}"
    );
    let (_, other) = world.template(&world.globex, ANA).await;
    world.settled().await;
    assert_eq!(world.message(&world.globex, &other["id"]).await["status"], "read");
}

#[rstest]
#[tokio::test]
async fn who_wants_no_marketing_gets_other_templates(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (_, sent) = world.template(&world.acme, ANA).await;
    let contact = sent["contact_id"].as_str().unwrap().parse().unwrap();
    world.contacts.stop_marketing(contact);
    // A template that is not known counts as marketing.
    let (status, refused) = world.template(&world.acme, ANA).await;
    assert_eq!((status, &refused["code"]), (409, &json!("marketing_stopped")));
    world.templates.file("hello_world", Category::Utility);
    assert_eq!(world.template(&world.acme, ANA).await.0, 202);
    world.templates.file("hello_world", Category::Marketing);
    assert_eq!(world.template(&world.acme, ANA).await.0, 409);
    // The same person is another contact of the other tenant, and has said nothing there.
    assert_eq!(world.template(&world.globex, ANA).await.0, 202);
}
