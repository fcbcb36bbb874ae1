//! What an event costs: nothing where nobody listens, one row in the log otherwise, and live clients get no more than they need.

use std::time::Duration;

use chrono::TimeDelta;
use host::{events::Registry, tidying::Tidying};
use kernel::Event;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

use crate::{
    on_both,
    world::{World, note},
};

/// Stays inside the server.
#[derive(Serialize, Deserialize)]
struct Whispered {
    items: Vec<u8>,
}

impl Event for Whispered {
    const NAME: &'static str = "whispered";
    kernel::event_items!(u8);
}

async fn payloads(world: &World, sql: &str) -> Vec<String> {
    let on = &world.database.connection;
    let rows = on.query_all_raw(Statement::from_string(on.get_database_backend(), sql));
    let read = |row: sea_orm::QueryResult| row.try_get::<Option<String>>("", "payload").unwrap();
    rows.await
        .unwrap()
        .into_iter()
        .map(|row| read(row).unwrap_or_default())
        .collect()
}

on_both! {
    /// Nobody listens: an event for live clients is what live clients get, one that stays inside is no row at all.
    async fn what_nobody_listens_to_costs_no_more_than_its_live_frame(world: &World) {
        world.work(&[]).await;
        for db in [&world.acme, &world.globex] {
            let mut tx = db.begin().await.unwrap();
            assert!(!tx.is_listened_to::<Whispered>());
            tx.publish(&Whispered { items: vec![1] }).unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(world.count("host_outbox").await, 0);
        world.publish(&world.acme, &[note("a", 1)]).await;
        world.settled().await;
        assert_eq!(payloads(world, "SELECT payload FROM host_live_events").await, [r#"{"items":[{"key":"a","n":1}]}"#]);
        for table in ["host_events", "host_event_cursors"] {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
        assert_eq!(payloads(world, "SELECT CAST(seq AS CHAR) AS payload FROM host_event_head").await, ["0"]);
    }

    /// Listeners get all of an event, live clients what they are meant to.
    async fn live_clients_get_the_shorter_form(world: &World) {
        world.work(&world.modules()).await;
        let tx = world.acme.begin().await.unwrap();
        assert!(tx.is_listened_to::<crate::world::Noted>() && !tx.is_listened_to::<Whispered>());
        drop(tx);
        for db in [&world.acme, &world.globex] {
            world.publish(db, &[note("a", 1)]).await;
        }
        // The recorder refuses a note without its secret.
        world.settled().await;
        assert_eq!(world.handled(&world.acme, "recorder").await.len(), 1);
        assert_eq!(world.handled(&world.globex, "mirror").await.len(), 1);
        let live = payloads(world, "SELECT payload FROM host_live_events").await;
        assert_eq!(live, vec![r#"{"items":[{"key":"a","n":1}]}"#; 2]);
        assert_eq!(world.count("host_event_cursors").await, 4, "a place for each listener of each tenant");
    }

    /// A listener that is added later gets what is published from then on.
    async fn a_new_listener_begins_with_what_comes(world: &World) {
        let mut modules = world.modules();
        let late = modules.pop().unwrap();
        world.work(&modules).await;
        world.publish(&world.acme, &[note("a", 1)]).await;
        world.settled().await;
        world.stop().await;
        modules.push(late);
        world.work(&modules).await;
        world.publish(&world.acme, &[note("a", 2)]).await;
        world.settled().await;
        assert_eq!(world.numbers(&world.acme, "recorder", "a").await, [1, 2]);
        assert_eq!(world.numbers(&world.acme, "mirror", "a").await, [2]);
    }

    /// A worker of an older version does not know a listener of a newer one. It logs the listener's events and leaves them, also
    /// when the newer version is taken back, and nothing is missing when that comes again.
    async fn an_older_version_leaves_the_events_of_a_newer_ones_listener(world: &World) {
        let mut modules = world.modules();
        let newer = modules.pop().unwrap();
        let older = modules;
        // It holds the relay's lease.
        world.work(&[]).await;
        world.settled().await;
        let both: Vec<Box<dyn kernel::Module>> = older.into_iter().chain([newer]).collect();
        world.work(&both).await;
        // It learns of them in a moment.
        let mut n = 0;
        let known = async {
            while world.numbers(&world.acme, "mirror", "a").await.is_empty() {
                n += 1;
                world.publish(&world.acme, &[note("a", n)]).await;
                world.settled().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), known).await.expect("the newer listener gets events");
        world.stop_newest().await;
        let first = world.numbers(&world.acme, "mirror", "a").await[0];
        for _ in 0..3 {
            n += 1;
            world.publish(&world.acme, &[note("a", n)]).await;
        }
        world.settled().await;
        assert_eq!(world.count("host_outbox").await, 0);
        assert_eq!(world.count("host_events").await, 3);
        world.work(&both).await;
        world.settled().await;
        let all: Vec<i64> = (first..=n).collect();
        for listener in ["recorder", "mirror"] {
            assert_eq!(world.numbers(&world.acme, listener, "a").await, all, "{listener}");
        }
        assert_eq!(world.count("host_events").await, 0);
    }

    /// A release is taken back for a long time, and nothing happens meanwhile. Where its listeners were stays known for 90 days.
    async fn the_place_of_an_unknown_listener_is_kept_for_a_long_time(world: &World) {
        world.poison(&world.acme, "b", 1);
        world.work(&world.modules()).await;
        world.publish(&world.acme, &[note("a", 1), note("b", 1)]).await;
        world.publish(&world.globex, &[note("a", 1)]).await;
        world.give_up().await;
        world.stop().await;
        let counts = async || [
            world.count("host_event_listeners").await,
            world.count("host_event_cursors").await,
            world.count("host_parked_keys").await,
            world.count("host_parked_events").await,
        ];
        assert_eq!(counts().await, [2, 4, 1, 1]);
        // Parked events that nobody retries are kept for 30 days, whatever the version.
        world.clock.advance(TimeDelta::days(29));
        tidied(world).await;
        assert_eq!(counts().await, [2, 4, 1, 1]);
        world.clock.advance(TimeDelta::days(30));
        tidied(world).await;
        assert_eq!(counts().await, [2, 4, 0, 0]);
        // It comes again, with something parked since.
        world.poison(&world.acme, "c", 2);
        world.work(&world.modules()).await;
        world.publish(&world.acme, &[note("a", 2), note("c", 2)]).await;
        world.give_up().await;
        assert_eq!(world.numbers(&world.acme, "recorder", "a").await, [1, 2]);
        world.stop().await;
        world.clock.advance(TimeDelta::days(89));
        tidied(world).await;
        assert_eq!(counts().await[..2], [2, 4]);
        world.clock.advance(TimeDelta::days(2));
        tidied(world).await;
        assert_eq!(counts().await, [0, 0, 0, 0]);
    }
}

/// Has a worker without listeners remove what is old.
async fn tidied(world: &World) {
    let owner = world.system.clock().new_uuid().simple().to_string();
    let tidying = Tidying::new(world.system.clone(), Registry::new(&[]), owner);
    while tidying.round().await.unwrap() {}
    tidying.end().await;
}
