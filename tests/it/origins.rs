//! What is sent in bulk can be stopped by its origin, and does not live in the inbox.

use std::time::Duration;

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

/// The events that come before a contact is made, which is asked for now.
async fn events_until_now(fleet: &Fleet, live: &mut LiveSocket) -> Vec<String> {
    let body = json!({ "phone": "+447700900999", "name": "Marker" });
    let made = fleet.acme.post("/contacts", body).await.expect(201);
    let mut events = Vec::new();
    loop {
        let frame = live.frame().await;
        let items = frame["payload"]["items"].as_array().cloned().unwrap_or_default();
        if items.iter().any(|item| item["contact_id"] == made["id"]) {
            return events;
        }
        events.push(frame["name"].as_str().unwrap_or_default().to_owned());
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
    let events = events_until_now(&fleet, &mut live).await;
    assert!(events.iter().all(|name| name == "contacts_changed"), "{events:?}");
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
    not_in_the_inbox: bulk_does_not_live_in_the_inbox_embedded, bulk_does_not_live_in_the_inbox_production;
}
