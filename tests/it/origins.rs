//! What is sent in bulk can be stopped by its origin, and does not live in the inbox.

use std::time::Duration;

use contracts::{
    contacts::ContactId,
    messaging::{MessageId, Origin, RefusalCode},
};
use serde_json::{Value, json};
use testkit::{Fleet, LiveSocket, Profile, eventually};

fn customers(from: usize, count: usize) -> Vec<String> {
    let digits = (from..from + count).map(|number| format!("447700{number:06}"));
    digits.collect()
}

/// Stops a campaign in the middle: what WhatsApp took is told by it, all else is cancelled, and nothing leaves afterwards.
async fn stopped_under_way(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    fleet.throughput(20).await;
    // A messaging limit that is not reached: it counts whom a campaign writes to first.
    let limit = "UPDATE channels_channels SET messaging_limit = 1000";
    fleet.execute(limit, Vec::new()).await;
    let process = fleet.run().await;
    let sent = fleet.campaign(&fleet.acme, &customers(900_000, 200), 60).await;
    let other = fleet.campaign(&fleet.globex, &customers(900_000, 10), 10).await;
    let ledger = || fleet.sim.ledger().accepted_total;
    eventually("it is under way", Duration::from_secs(20), async || ledger() > 5).await;
    assert!(fleet.stop_campaign(&fleet.acme).await > 0);
    fleet.settled(Duration::from_secs(60)).await;
    let states = fleet.states().await;
    let cancelled = sent
        .iter()
        .filter(|id| states[&id.to_string()] == "cancelled")
        .count();
    assert!(cancelled > 0, "{states:?}");
    let taken = fleet.taken();
    for id in &sent {
        let times = taken.get(&id.to_string()).copied().unwrap_or_default();
        let state = states[&id.to_string()].as_str();
        assert_eq!(times, usize::from(state != "cancelled"), "{id} is {state}");
        assert!(!["queued", "unknown"].contains(&state), "{id} is {state}");
    }
    let mut others = other.iter().map(|id| states[&id.to_string()].as_str());
    assert!(
        others.all(|state| state != "cancelled"),
        "another tenant's campaign goes on"
    );
    let in_state = |wanted: &[&str]| {
        let states = sent.iter().map(|id| states[&id.to_string()].as_str());
        i64::try_from(states.filter(|state| wanted.contains(state)).count()).unwrap()
    };
    let (arrived, failed) = (in_state(&["delivered", "read"]), in_state(&["failed"]));
    figures_become(&fleet, [0, arrived + in_state(&["sent"]), arrived, failed]).await;
    // Those who got nothing do not count towards the limit.
    let places = fleet.count("SELECT COUNT(*) FROM messaging_openings").await;
    let written = sent.len() + other.len() - cancelled;
    assert_eq!(usize::try_from(places), Ok(written));
    // Stopping again stops nothing, and what is queued for it afterwards leaves.
    assert_eq!(fleet.stop_campaign(&fleet.acme).await, 0);
    let more = fleet.campaign(&fleet.acme, &customers(901_000, 2), 2).await;
    fleet.settled(Duration::from_secs(60)).await;
    let states = fleet.states().await;
    assert!(
        more.iter().all(|id| states[&id.to_string()] != "cancelled"),
        "{states:?}"
    );
    process.kill().await;
    fleet.remove().await;
}

/// Stops what waits for a number that may not send: it is told at once, not when the number may send again.
async fn stopped_while_it_waits(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    fleet
        .execute(
            "UPDATE channels_channels SET held_reason = 'Paused by hand.'",
            Vec::new(),
        )
        .await;
    let process = fleet.run().await;
    let sent = fleet.campaign(&fleet.acme, &customers(902_000, 30), 10).await;
    let other = fleet.campaign(&fleet.globex, &customers(902_000, 3), 3).await;
    assert_eq!(fleet.stop_campaign(&fleet.acme).await, 3);
    eventually("all are cancelled", Duration::from_secs(20), async || {
        let states = fleet.states().await;
        sent.iter().all(|id| states[&id.to_string()] == "cancelled")
            && other.iter().all(|id| states[&id.to_string()] == "queued")
    })
    .await;
    assert_eq!(fleet.sim.ledger().accepted_total, 0);
    process.kill().await;
    fleet.remove().await;
}

/// Waits until today's figures are these: waiting, sent, delivered, failed.
async fn figures_become(fleet: &Fleet, wanted: [i64; 4]) {
    eventually("today's figures", Duration::from_secs(20), async || {
        let home = fleet.acme.get("/home").await.expect(200);
        ["waiting", "sent", "delivered", "failed"].map(|name| home[name].as_i64().unwrap()) == wanted
    })
    .await;
}

/// Messages that are not a campaign's are told to live clients, so each can be counted.
async fn each_told_once(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    fleet.throughput(20).await;
    let process = fleet.run().await;
    let mut live = fleet.acme.live(None).await;
    let rule = Origin::rule("rul_1").unwrap();
    let contacts = fleet.contacts(&fleet.acme, &customers(904_000, 120)).await;
    let mut sent = Vec::new();
    for contacts in contacts.chunks(40) {
        sent.extend(fleet.queue(&fleet.acme, contacts, &rule).await);
    }
    let sent: Vec<MessageId> = sent.into_iter().map(|id| id.expect("it may leave")).collect();
    let ledger = || fleet.sim.ledger().accepted_total;
    eventually("it is under way", Duration::from_secs(20), async || ledger() > 5).await;
    assert!(fleet.stop(&fleet.acme, &rule).await > 0);
    fleet.stop(&fleet.acme, &rule).await;
    fleet.settled(Duration::from_secs(60)).await;
    let states = fleet.states().await;
    let mut cancelled: Vec<String> = sent
        .iter()
        .map(ToString::to_string)
        .filter(|id| states[id] == "cancelled")
        .collect();
    assert!(
        !cancelled.is_empty() && cancelled.len() < sent.len(),
        "{states:?}"
    );
    let mut told: Vec<String> = frames_until_now(&fleet, &mut live)
        .await
        .iter()
        .filter(|frame| frame["name"] == "message_statuses_changed")
        .flat_map(|frame| frame["payload"]["items"].as_array().unwrap().clone())
        .filter(|item| item["status"] == "cancelled")
        .map(|item| item["message_id"].as_str().unwrap().to_owned())
        .collect();
    cancelled.sort_unstable();
    told.sort_unstable();
    assert_eq!(told, cancelled, "each stopped message is told exactly once");
    process.kill().await;
    fleet.remove().await;
}

/// Half of a large batch is refused: each answer is its own message's, and the other half arrives.
async fn half_is_refused(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let process = fleet.run().await;
    let known = fleet.contacts(&fleet.acme, &customers(905_000, 300)).await;
    // Another tenant's contacts are no contacts here.
    let theirs = fleet.contacts(&fleet.globex, &customers(905_000, 300)).await;
    let contacts: Vec<ContactId> = known
        .iter()
        .zip(&theirs)
        .flat_map(|(one, other)| [*one, *other])
        .collect();
    let origin = Origin::campaign("cmp_half").unwrap();
    let answers = fleet.queue(&fleet.acme, &contacts, &origin).await;
    assert_eq!(answers.len(), 600);
    let mut sent = Vec::new();
    for (index, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(id) if index % 2 == 0 => sent.push(id),
            Err(refusal) if index % 2 == 1 => assert_eq!(refusal.code, RefusalCode::NoAddress),
            answer => panic!("{index}: {answer:?}"),
        }
    }
    fleet.settled(Duration::from_secs(60)).await;
    let states = fleet.states().await;
    assert_eq!(states.len(), 300, "nothing is written of those that were refused");
    assert!(
        sent.iter().all(|id| states[&id.to_string()] == "read"),
        "{states:?}"
    );
    assert!(fleet.globex.all("/messages").await.is_empty());
    process.kill().await;
    fleet.remove().await;
}

/// The events that come before a contact is made, which is asked for now.
async fn frames_until_now(fleet: &Fleet, live: &mut LiveSocket) -> Vec<Value> {
    let body = json!({ "phone": "+447700900999", "name": "Marker" });
    let made = fleet.acme.post("/contacts", body).await.expect(201);
    let mut events = Vec::new();
    loop {
        let frame = live.frame().await;
        let items = frame["payload"]["items"].as_array().cloned().unwrap_or_default();
        if items.iter().any(|item| item["contact_id"] == made["id"]) {
            return events;
        }
        events.push(frame);
    }
}

async fn not_in_the_inbox(profile: Profile) {
    let fleet = Fleet::make(profile).await;
    let process = fleet.run().await;
    // Somebody has written before.
    fleet.acme.customer_writes("447700903000", "Hello");
    fleet.settled(Duration::from_secs(30)).await;
    let before = fleet.acme.all("/conversations").await;
    let mut live = fleet.acme.live(None).await;
    let mut people = customers(903_000, 20);
    people.reverse();
    let sent = fleet.campaign(&fleet.acme, &people, 20).await;
    fleet.settled(Duration::from_secs(60)).await;
    let states = fleet.states().await;
    assert!(
        sent.iter().all(|id| states[&id.to_string()] == "read"),
        "{states:?}"
    );
    let events = frames_until_now(&fleet, &mut live).await;
    // Figures are told at most once a second, however much is sent.
    let may_come = |event: &Value| {
        matches!(
            event["name"].as_str(),
            Some("contacts_changed" | "figures_changed")
        )
    };
    assert!(events.iter().all(may_come), "{events:?}");
    figures_become(&fleet, [0, 20, 20, 0]).await;
    // The conversation that was there stands first as it was; the new ones need nobody and stand behind it.
    let after = fleet.acme.all("/conversations").await;
    let shown = |row: &Value| (row["id"].clone(), row["last_at"].clone(), row["preview"].clone());
    assert_eq!(shown(&after[0]), shown(&before[0]));
    assert_eq!(after[0]["state"], "open");
    assert_eq!(after.len(), 20);
    assert!(
        after[1..].iter().all(|row| row["state"] == "resolved"),
        "{after:?}"
    );
    let open = fleet.acme.all("/conversations?state=open").await;
    assert_eq!(open.len(), 1);
    // An answer brings its conversation up.
    fleet.acme.customer_writes("447700903007", "Yes, please");
    fleet.settled(Duration::from_secs(30)).await;
    let first = fleet.acme.all("/conversations?state=open").await.remove(0);
    assert_eq!(first["contact"]["phone"], "+447700903007", "{first}");
    assert_eq!(first["preview"], "Yes, please");
    assert!(fleet.globex.all("/conversations").await.is_empty());
    process.kill().await;
    fleet.remove().await;
}

macro_rules! on_each_profile {
    ($($story:ident: $embedded:ident, $production:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $embedded() {
                $story(Profile::Embedded).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $production() {
                $story(Profile::Production).await;
            }
        )*
    };
}

on_each_profile! {
    stopped_under_way: a_campaign_is_stopped_under_way_embedded, a_campaign_is_stopped_under_way_production;
    stopped_while_it_waits: a_campaign_is_stopped_while_it_waits_embedded, a_campaign_is_stopped_while_it_waits_production;
    each_told_once: each_stopped_message_is_told_once_embedded, each_stopped_message_is_told_once_production;
    half_is_refused: half_of_a_batch_is_refused_embedded, half_of_a_batch_is_refused_production;
    not_in_the_inbox: bulk_does_not_live_in_the_inbox_embedded, bulk_does_not_live_in_the_inbox_production;
}
