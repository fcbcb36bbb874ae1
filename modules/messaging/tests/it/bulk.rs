//! What other modules send through the port: in bulk, stopped by its origin, each message decided by itself.

use chrono::TimeDelta;
use contracts::{
    contacts::ContactId,
    messaging::{Lane, MessageId, Origin, OutgoingMessage, RefusalCode},
};
use kernel::TenantDb;
use rstest::rstest;
use serde_json::json;
use testkit::Profile;

use crate::world::{Number, World};

const ANA: &str = "447700900301";

/// Contacts that have been sent a template, and that have written nothing.
async fn strangers(world: &World, db: &TenantDb, count: usize) -> Vec<ContactId> {
    let mut contacts = Vec::new();
    for n in 0..count {
        let (status, sent) = world.template(db, &format!("447700901{n:03}")).await;
        assert_eq!(status, 202, "{sent}");
        contacts.push(sent["contact_id"].as_str().unwrap().parse().unwrap());
    }
    world.settled().await;
    contacts
}

fn to(number: &Number, contact_id: ContactId, content: serde_json::Value) -> OutgoingMessage {
    let kind = if content.get("body").is_some() {
        "text"
    } else {
        "template"
    };
    OutgoingMessage {
        channel_id: number.id,
        contact_id,
        content: cloud_api::message::Content::from_wire(kind, &content).unwrap(),
        reply_to: None,
        sent_by: None,
        template: None,
    }
}

fn hello() -> serde_json::Value {
    json!({"name": "hello_world", "language": {"code": "en_US"}})
}

/// Queues a template to each contact for a campaign.
async fn campaign(
    world: &World,
    db: &TenantDb,
    number: &Number,
    contacts: &[ContactId],
    origin: &Origin,
) -> Vec<MessageId> {
    let messages: Vec<OutgoingMessage> = contacts
        .iter()
        .map(|contact| to(number, *contact, hello()))
        .collect();
    let mut tx = db.begin().await.unwrap();
    let queued = world.sender.queue(&mut tx, &messages, Lane::Bulk, origin).await;
    tx.commit().await.unwrap();
    queued.unwrap().into_iter().map(Result::unwrap).collect()
}

async fn states(world: &World, db: &TenantDb, ids: &[MessageId]) -> Vec<String> {
    let mut states = Vec::new();
    for id in ids {
        let message = world.message(db, &json!(id)).await;
        states.push(message["status"].as_str().unwrap().to_owned());
    }
    states
}

#[rstest]
#[tokio::test]
async fn the_port_refuses_each_message_by_itself(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    world.writes(&world.ours, ANA, "Hello").await;
    let (_, written) = world.get(&world.acme, "/messages").await;
    let known = written["items"][0]["contact_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let stranger = strangers(&world, &world.acme, 1).await[0];
    let nobody = world.acme.clock().new_id();
    let text = || json!({"body": "Hi"});
    let messages = [
        to(&world.ours, stranger, text()),
        to(&world.ours, known, text()),
        to(&world.ours, known, json!({"body": "x".repeat(4_097)})),
        to(&world.ours, nobody, hello()),
        to(&world.theirs, known, text()),
    ];
    let mut tx = world.acme.begin().await.unwrap();
    let queued = world
        .sender
        .queue(&mut tx, &messages, Lane::Interactive, &Origin::User)
        .await;
    tx.commit().await.unwrap();
    let queued = queued.unwrap();
    let codes: Vec<Option<RefusalCode>> = queued
        .iter()
        .map(|one| one.as_ref().err().map(|it| it.code))
        .collect();
    assert_eq!(
        codes,
        [
            Some(RefusalCode::WindowClosed),
            None,
            Some(RefusalCode::Invalid),
            Some(RefusalCode::NoAddress),
            Some(RefusalCode::NoChannel),
        ]
    );
    let id = queued[1].as_ref().unwrap();
    world.settled().await;
    assert_eq!(world.message(&world.acme, &json!(id)).await["status"], "read");
    let (status, _) = world.get(&world.globex, &format!("/messages/{id}")).await;
    assert_eq!(status.as_u16(), 404);
}

#[rstest]
#[tokio::test]
async fn a_campaign_is_stopped_by_its_origin_and_no_other_is(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let (one, two) = (
        Origin::campaign("cmp_1").unwrap(),
        Origin::campaign("cmp_2").unwrap(),
    );
    let acmes = strangers(&world, &world.acme, 3).await;
    let globexs = strangers(&world, &world.globex, 1).await;
    let stopped = campaign(&world, &world.acme, &world.ours, &acmes, &one).await;
    let other = campaign(&world, &world.acme, &world.ours, &acmes[..1], &two).await;
    let theirs = campaign(&world, &world.globex, &world.theirs, &globexs, &one).await;
    let cancel = async || {
        let mut tx = world.acme.begin().await.unwrap();
        let chunks = world.sender.cancel(&mut tx, &one).await.unwrap();
        tx.commit().await.unwrap();
        chunks
    };
    assert_eq!(cancel().await, 1);
    world.settled().await;
    assert_eq!(states(&world, &world.acme, &stopped).await, ["cancelled"; 3]);
    assert_eq!(states(&world, &world.acme, &other).await, ["read"]);
    assert_eq!(states(&world, &world.globex, &theirs).await, ["read"]);
    // Nothing is left to stop, and what is queued for the same origin afterwards leaves.
    assert_eq!(cancel().await, 0);
    let more = campaign(&world, &world.acme, &world.ours, &acmes[..1], &one).await;
    world.settled().await;
    assert_eq!(states(&world, &world.acme, &more).await, ["read"]);
    assert_eq!(
        world.sim.ledger().accepted_total,
        7,
        "four templates before, three of campaigns"
    );
}

#[rstest]
#[tokio::test]
async fn bulk_waits_for_a_held_number_and_stays_out_of_the_inbox(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = World::open(profile).await;
    let contacts = strangers(&world, &world.acme, 2).await;
    let (_, list) = world.get(&world.acme, "/conversations").await;
    let before: Vec<(String, String)> = places(&list);
    world.clock.advance(TimeDelta::minutes(5));
    let origin = Origin::campaign("cmp_1").unwrap();
    let until = world.acme.clock().now() + TimeDelta::minutes(30);
    world.hold(&world.ours, Some(until));
    let (status, refused) = world.template(&world.acme, ANA).await;
    assert_eq!((status, &refused["code"]), (409, &json!("number_held")));
    let sent = campaign(&world, &world.acme, &world.ours, &contacts, &origin).await;
    world.settled().await;
    assert_eq!(states(&world, &world.acme, &sent).await, ["queued"; 2]);
    world.clock.advance(TimeDelta::minutes(31));
    world.settled().await;
    assert_eq!(states(&world, &world.acme, &sent).await, ["read"; 2]);
    let (_, list) = world.get(&world.acme, "/conversations").await;
    assert_eq!(places(&list), before, "a campaign moves no conversation");
}

/// Conversations as the list shows them: id and the time they are sorted by.
fn places(list: &serde_json::Value) -> Vec<(String, String)> {
    let place = |row: &serde_json::Value| (row["id"].to_string(), row["last_message_at"].to_string());
    list["items"].as_array().unwrap().iter().map(place).collect()
}
