//! What an event costs: nothing where nobody listens, one row in the log otherwise, and live clients get no more than they need.

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
}
