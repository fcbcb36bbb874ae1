//! State and assignment of conversations, by people and by other modules.

use chrono::TimeDelta;
use contracts::messaging::{Change, ConversationRefusal, ConversationState, ConversationUpdate};
use kernel::TenantDb;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Profile;

use crate::world::World;

const ANA: &str = "447700900301";

/// The tenant's conversation, as the API shows it.
async fn only(world: &World, db: &TenantDb) -> Value {
    let (_, list) = world.get(db, "/conversations").await;
    let [conversation] = list["items"].as_array().unwrap().as_slice() else {
        panic!("{list}")
    };
    conversation.clone()
}

#[rstest]
#[tokio::test]
async fn a_conversation_is_assigned_snoozed_and_opened_by_an_answer(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.writes(&world.ours, ANA, "Hello").await;
    world.writes(&world.theirs, ANA, "Hello").await;
    let path = format!(
        "/conversations/{}",
        only(&world, &world.acme).await["id"].as_str().unwrap()
    );
    let maya = world.agent(&world.acme, "maya@acme.example").await;
    let omar = world.agent(&world.globex, "omar@globex.example").await;
    let until = world.acme.clock().now() + TimeDelta::hours(2);
    let body = json!({"state": "snoozed", "snoozed_until": until, "assignee_id": maya});
    let (status, changed) = world.patch(&world.acme, &path, body.clone()).await;
    assert_eq!(
        (status.as_u16(), &changed["assignee_id"]),
        (200, &json!(maya)),
        "{changed}"
    );
    let (status, refused) = world
        .patch(&world.acme, &path, json!({"assignee_id": omar}))
        .await;
    assert_eq!(
        (status.as_u16(), &refused["errors"][0]["field"]),
        (422, &json!("assignee_id"))
    );
    assert_eq!(world.patch(&world.globex, &path, body).await.0.as_u16(), 404);

    // It sleeps until its time, or until the customer writes.
    world.settled().await;
    assert_eq!(only(&world, &world.acme).await["state"], "snoozed");
    world.clock.advance(TimeDelta::minutes(121));
    world.settled().await;
    assert_eq!(only(&world, &world.acme).await["state"], "open");
    world
        .patch(&world.acme, &path, json!({"state": "resolved"}))
        .await;
    world.writes(&world.ours, ANA, "One more thing").await;
    let opened = only(&world, &world.acme).await;
    assert_eq!(
        (&opened["state"], &opened["assignee_id"]),
        (&json!("open"), &json!(maya))
    );
    assert_eq!(only(&world, &world.globex).await["assignee_id"], Value::Null);
}

#[rstest]
#[tokio::test]
async fn the_port_makes_each_update_or_says_why_not(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.writes(&world.ours, ANA, "Hello").await;
    world.writes(&world.theirs, ANA, "Hello").await;
    let ours = only(&world, &world.acme).await["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let theirs = only(&world, &world.globex).await["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let now = world.acme.clock().now();
    let updates = [
        ConversationUpdate {
            state: Some(ConversationState::Pending),
            ..ConversationUpdate::of(ours)
        },
        ConversationUpdate {
            state: Some(ConversationState::Resolved),
            ..ConversationUpdate::of(theirs)
        },
        ConversationUpdate {
            assignee: Change::Set(world.acme.clock().new_id()),
            ..ConversationUpdate::of(ours)
        },
        ConversationUpdate {
            state: Some(ConversationState::Snoozed { until: now }),
            ..ConversationUpdate::of(ours)
        },
    ];
    let mut tx = world.acme.begin().await.unwrap();
    let made = world.conversations.update(&mut tx, &updates).await.unwrap();
    assert_eq!(
        made,
        [
            Ok(()),
            Err(ConversationRefusal::NoConversation),
            Err(ConversationRefusal::NotAMember),
            Err(ConversationRefusal::SnoozePast),
        ]
    );
    let locked = world.conversations.lock(&tx, &[ours, theirs]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(locked.len(), 1, "another tenant's is none");
    assert_eq!(locked[0].state, ConversationState::Pending);
    let told = world.told().await;
    let [(name, event)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(name, "conversations_changed");
    assert_eq!(event["items"][0]["conversation_id"], json!(ours));
    assert_eq!(only(&world, &world.globex).await["state"], "open");
}
