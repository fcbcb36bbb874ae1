//! What cannot be applied is parked by key, with what follows it, and nothing else waits for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use chrono::TimeDelta;
use host::events::parked::{self, MOST, Wanted};
use kernel::TenantDb;
use proptest::prelude::*;
use sea_orm::{ConnectionTrait, Statement, Value};
use testkit::Profile;

use crate::{
    on_both,
    world::{Note, World, note},
};

const LISTENER: &str = "recorder.on.noted";

on_both! {
    /// One key fails at its second event: it waits with what follows, for one listener of one tenant. After the cause is mended,
    /// a retry goes on in order.
    async fn a_poisoned_key_parks_itself_and_what_follows(world: &World) {
        let (acme, globex) = (&world.acme, &world.globex);
        world.poison(acme, "b", 2);
        world.work(&world.modules()).await;
        for db in [acme, globex] {
            world.publish(db, &[note("a", 1), note("b", 1), note("b", 2), note("c", 1)]).await;
            world.publish(db, &[note("a", 2)]).await;
            world.publish(db, &[note("b", 3)]).await;
        }
        // Nobody but the listener whose batch fails waits for it, not even for its next try.
        world.settled().await;
        assert_eq!(world.handled(globex, "recorder").await.len(), 6);
        assert_eq!(world.handled(acme, "mirror").await.len(), 6);

        world.give_up().await;
        // What came before it in the same event is not applied either: an event's items of one key stay together.
        assert_eq!(world.numbers(acme, "recorder", "a").await, [1, 2]);
        assert_eq!(world.numbers(acme, "recorder", "b").await, [0_i64; 0]);
        assert_eq!(world.numbers(acme, "recorder", "c").await, [1]);

        world.publish(acme, &[note("a", 3), note("b", 4)]).await;
        world.publish(acme, &[note("c", 2)]).await;
        world.settled().await;
        assert_eq!(world.numbers(acme, "recorder", "a").await, [1, 2, 3]);
        assert_eq!(world.numbers(acme, "recorder", "c").await, [1, 2]);
        let parked = world.parked().await;
        let [one] = parked.as_slice() else { panic!("{parked:?}") };
        assert_eq!((one.tenant, one.listener.as_str(), one.key.as_deref()), (acme.tenant(), LISTENER, Some("b")));
        assert_eq!((one.waiting, one.retry_at), (3, None));
        assert!(one.error.as_deref().unwrap().contains("poison b2"), "{one:?}");

        // Asked for while the cause is still there, it fails once more and says so.
        let wanted = Wanted { tenant: Some(acme.tenant()), listener: Some(LISTENER.to_owned()), key: Some("b".to_owned()) };
        assert_eq!(parked::retry(&world.system, &wanted).await.unwrap(), 1);
        world.give_up().await;
        assert_eq!(world.parked().await[0].waiting, 3);

        world.poison.lock().unwrap().clear();
        let others = Wanted { tenant: Some(globex.tenant()), ..Wanted::default() };
        assert_eq!(parked::retry(&world.system, &others).await.unwrap(), 0);
        assert_eq!(parked::retry(&world.system, &wanted).await.unwrap(), 1);
        world.pass(TimeDelta::zero()).await;
        assert_eq!(world.numbers(acme, "recorder", "b").await, [1, 2, 3, 4]);
        assert_eq!(world.parked().await, []);
        for table in ["host_events", "host_parked_events", "host_parked_keys"] {
            assert_eq!(world.count(table).await, 0, "{table}");
        }
        world.publish(acme, &[note("b", 5)]).await;
        world.settled().await;
        assert_eq!(world.numbers(acme, "recorder", "b").await, [1, 2, 3, 4, 5]);
    }

    /// A batch that fails for a moment is tried again as it is: nothing is parked.
    async fn what_fails_for_a_moment_is_tried_again(world: &World) {
        world.poison(&world.acme, "a", 1);
        world.work(&world.modules()).await;
        world.publish(&world.acme, &[note("a", 1), note("b", 1)]).await;
        world.settled().await;
        let parked = world.parked().await;
        assert_eq!((parked.len(), parked[0].key.as_deref()), (1, None));
        assert!(parked[0].error.as_deref().unwrap().contains("poison a1"), "{parked:?}");
        world.poison.lock().unwrap().clear();
        world.pass(TimeDelta::seconds(2)).await;
        assert_eq!(world.handled(&world.acme, "recorder").await, [("a".to_owned(), 1), ("b".to_owned(), 1)]);
        assert_eq!(world.parked().await, []);
    }

    /// While something that a parked key needs is away, its tries are not counted: it is not given up.
    async fn a_parked_key_waits_for_what_is_away(world: &World) {
        let acme = &world.acme;
        world.poison(acme, "a", 1);
        world.work(&world.modules()).await;
        world.publish(acme, &[note("a", 1), note("b", 1)]).await;
        world.publish(&world.globex, &[note("a", 1)]).await;
        // Long enough to take the batch apart and for the key to fail on its own.
        let failed = |one: &parked::Parked| one.key.is_some() && one.attempts > 0;
        while !world.parked().await.iter().any(failed) {
            world.pass(TimeDelta::seconds(3)).await;
        }
        let before = world.parked().await.remove(0);
        world.away.store(true, Ordering::SeqCst);
        for _ in 0..12 {
            world.pass(TimeDelta::minutes(11)).await;
        }
        let after = world.parked().await.remove(0);
        assert_eq!((after.key.as_deref(), after.attempts), (Some("a"), before.attempts));
        assert!(after.retry_at.is_some(), "{after:?}");
        assert_eq!(world.numbers(acme, "recorder", "b").await, [1]);
        assert_eq!(world.numbers(&world.globex, "recorder", "a").await, [1]);
        world.poison.lock().unwrap().clear();
        world.pass(TimeDelta::minutes(11)).await;
        assert_eq!(world.numbers(acme, "recorder", "a").await, [1]);
        assert_eq!(world.parked().await, []);
    }

    /// An event that cannot be read is parked alone: its key is unknown.
    async fn what_cannot_be_read_is_parked_alone(world: &World) {
        world.work(&world.modules()).await;
        world.publish(&world.acme, &[note("a", 1)]).await;
        world.settled().await;
        let on = &world.database.connection;
        let values: [Value; 2] = [world.system.clock().new_uuid().into(), world.acme.tenant().into()];
        let sql = "INSERT INTO host_outbox (id, tenant_id, name, payload, created_at) VALUES (?, ?, 'noted', '{\"things\":7}', '2026-11-30 12:00:00')";
        on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await.unwrap();
        world.publish(&world.acme, &[note("a", 2)]).await;
        world.give_up().await;
        for listener in ["recorder", "mirror"] {
            assert_eq!(world.numbers(&world.acme, listener, "a").await, [1, 2]);
        }
        let keys: Vec<_> = world.parked().await.into_iter().map(|one| (one.key, one.waiting)).collect();
        assert_eq!(keys, vec![(Some("unreadable".to_owned()), 1); 2]);
    }

    /// There is room for so many parked events. When it is full, the listener waits, says so, and loses nothing.
    async fn a_listener_waits_when_the_room_is_full(world: &World) {
        let acme = &world.acme;
        world.poison(acme, "a", 1);
        world.work(&world.modules()).await;
        fill(world, acme, MOST - 1).await;
        world.publish(acme, &[note("a", 1), note("b", 1)]).await;
        world.publish(&world.globex, &[note("a", 1)]).await;
        for _ in 0..3 {
            world.pass(TimeDelta::seconds(10)).await;
        }
        let parked = world.parked().await;
        assert_eq!((parked.len(), parked[0].key.as_deref()), (1, None), "{parked:?}");
        assert!(parked[0].error.as_deref().unwrap().contains("9999 events are parked"), "{parked:?}");
        assert_eq!(world.handled(acme, "recorder").await, []);
        assert_eq!(world.handled(acme, "mirror").await.len(), 2);
        assert_eq!(world.numbers(&world.globex, "recorder", "a").await, [1]);

        world.database.connection.execute_unprepared("DELETE FROM host_parked_events").await.unwrap();
        world.give_up().await;
        assert_eq!(world.numbers(acme, "recorder", "b").await, [1]);
        assert_eq!(world.parked().await[0].key.as_deref(), Some("a"));
    }
}

/// Parked events of a key that is not due.
async fn fill(world: &World, db: &TenantDb, count: u64) {
    let on = &world.database.connection;
    let rows: Vec<u64> = (0..count).collect();
    for some in rows.chunks(500) {
        let values: Vec<String> = some
            .iter()
            .map(|n| format!("(?, '{LISTENER}', 'full', {n}, '{{}}', 2)"))
            .collect();
        let sql = format!(
            "INSERT INTO host_parked_events (tenant_id, listener, event_key, seq, payload, bytes) VALUES {}",
            values.join(", ")
        );
        let tenants = some.iter().map(|_| Value::from(db.tenant()));
        on.execute_raw(Statement::from_sql_and_values(
            on.get_database_backend(),
            sql,
            tenants,
        ))
        .await
        .unwrap();
    }
}

/// What may happen: notes of some keys are published together, a future note is made poison, all causes are removed, time passes.
#[derive(Clone, Debug)]
enum Step {
    Publish(Vec<u8>),
    Poison(u8),
    Mend,
    Pass,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(0_u8..4, 1..5).prop_map(Step::Publish),
        2 => (0_u8..4).prop_map(Step::Poison),
        1 => Just(Step::Mend),
        2 => Just(Step::Pass),
    ]
}

fn name(key: u8) -> String {
    format!("k{key}")
}

/// Whatever fails and is repaired in whatever order: of each key a prefix of what was published is handled, in order and once, and in
/// the end all of it.
async fn story(steps: Vec<Step>) {
    let world = World::new(Profile::Embedded).await;
    world.work(&world.modules()).await;
    let mut published: BTreeMap<u8, i64> = BTreeMap::new();
    let check = async |published: &BTreeMap<u8, i64>, whole: bool| {
        for (key, count) in published {
            let handled = world.numbers(&world.acme, "recorder", &name(*key)).await;
            let beginning: Vec<i64> = (1..).take(handled.len()).collect();
            assert_eq!(handled, beginning, "k{key}");
            let poisoned = world
                .poison
                .lock()
                .unwrap()
                .iter()
                .any(|(_, of, n)| *of == name(*key) && n <= count);
            assert!(handled.len() as i64 <= *count);
            assert!(
                !whole || poisoned || handled.len() as i64 == *count,
                "k{key}: {handled:?} of {count}"
            );
            assert_eq!(
                world.numbers(&world.globex, "recorder", &name(*key)).await.len() as i64,
                *count
            );
        }
    };
    for step in steps {
        match step {
            Step::Publish(keys) => {
                let mut notes: Vec<Note> = Vec::new();
                for key in keys {
                    let n = published.entry(key).or_default();
                    *n += 1;
                    notes.push(note(&name(key), *n));
                }
                world.publish(&world.acme, &notes).await;
                world.publish(&world.globex, &notes).await;
                world.settled().await;
                check(&published, false).await;
            }
            Step::Poison(key) => {
                let next = published.get(&key).copied().unwrap_or_default() + 1;
                world.poison(&world.acme, &name(key), next);
            }
            Step::Mend => {
                world.poison.lock().unwrap().clear();
                parked::retry(&world.system, &Wanted::default()).await.unwrap();
                world.give_up().await;
                check(&published, true).await;
            }
            Step::Pass => world.pass(TimeDelta::seconds(3)).await,
        }
    }
    // Keys without poison are whole before anything is mended.
    world.give_up().await;
    check(&published, true).await;
    world.poison.lock().unwrap().clear();
    parked::retry(&world.system, &Wanted::default()).await.unwrap();
    world.give_up().await;
    let mended: BTreeSet<i64> = world
        .parked()
        .await
        .iter()
        .map(|one| one.waiting as i64)
        .collect();
    assert_eq!(mended, BTreeSet::new());
    check(&published, true).await;
    world.end().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 40, ..ProptestConfig::default() })]
    #[test]
    fn whatever_fails_each_key_is_heard_in_order(steps in prop::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(story(steps));
    }
}
