//! A list that takes too long is stopped, and harms neither its connection nor others.

use std::time::Duration;

use kernel::{PageQuery, TenantDb, TenantEntity};
use rstest::rstest;
use sea_orm::sea_query::{Expr, SimpleExpr};
use serde_json::json;

use testkit::Profile;

use crate::world::World;

/// Enough of the module's table to read it in ways that the module does not.
mod tag {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "contacts_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: kernel::TenantId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

const _: fn() = || {
    fn is_a_tenants<E: TenantEntity>() {}
    is_a_tenants::<tag::Entity>();
};

/// True, after `seconds` on MariaDB, and after as many times a million rows on SQLite.
fn slow(profile: Profile, seconds: f64) -> SimpleExpr {
    match profile {
        Profile::Production => Expr::cust(format!("SLEEP({seconds}) = 0")),
        Profile::Embedded => Expr::cust(format!(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT COUNT(*) FROM n) > 0",
            seconds * 1_000_000.0
        )),
    }
}

fn page() -> PageQuery {
    PageQuery::new("contacts", None, None).unwrap()
}

async fn search(db: &TenantDb, condition: SimpleExpr) -> kernel::Result<usize> {
    let rows = db
        .find::<tag::Entity>()
        .search_some(Some(condition))
        .page(&page())
        .await?;
    Ok(rows.len())
}

async fn world(profile: Profile, limit: Duration) -> World {
    let world = World::open_with(profile, |system| system.with_list_limit(limit)).await;
    for db in [&world.acme, &world.globex] {
        world.post(db, "/tags", json!({"name": "one"})).await;
    }
    world
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_search_is_stopped_and_others_are_served_meanwhile(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = world(profile, Duration::from_secs(2)).await;
    let slow_one = || {
        let db = world.acme.clone();
        tokio::spawn(async move { search(&db, slow(profile, 600.0)).await })
    };
    let running = [slow_one(), slow_one()];
    // Another tenant's searches and lists do not wait for them, nor do this one's lists without a search.
    assert_eq!(search(&world.globex, Expr::cust("1 = 1")).await.unwrap(), 1);
    assert_eq!(
        world.get(&world.globex, "/tags").await.1["items"][0]["name"],
        "one"
    );
    assert_eq!(world.get(&world.acme, "/tags").await.1["items"][0]["name"], "one");
    assert_eq!(world.get(&world.acme, "/contacts").await.0.as_u16(), 200);
    for running in running {
        let error = running.await.unwrap().unwrap_err();
        assert_eq!((error.status().as_u16(), error.code()), (503, "search_too_slow"));
        assert!(error.detail().contains("narrow"), "{}", error.detail());
    }
    // A third found a place once they had ended.
    assert_eq!(search(&world.acme, Expr::cust("1 = 1")).await.unwrap(), 1);
}

/// A tenant has two searches at a time; a few more wait, the others are refused.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_further_searches_wait_or_are_refused(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = world(profile, Duration::from_secs(1)).await;
    let many = (0..20).map(|_| search(&world.acme, slow(profile, 600.0)));
    let mut codes: Vec<String> = futures_util::future::join_all(many)
        .await
        .into_iter()
        .map(|found| found.unwrap_err().code().to_owned())
        .collect();
    codes.sort();
    let stopped = codes.iter().filter(|code| *code == "search_too_slow").count();
    let refused = codes.iter().filter(|code| *code == "too_many_requests").count();
    assert_eq!(stopped + refused, 20, "{codes:?}");
    // Two run, and two more after each limit, until the others have waited for two limits.
    assert!((2..=8).contains(&stopped), "{codes:?}");
    assert_eq!(search(&world.globex, Expr::cust("1 = 1")).await.unwrap(), 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_the_statements_and_not_its_connections(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = world(profile, Duration::from_millis(20)).await;
    for _ in 0..8 {
        let error = search(&world.acme, slow(profile, 600.0)).await.unwrap_err();
        assert_eq!(error.code(), "search_too_slow");
        // Longer than the limit, on the connection that was just given back.
        let rows = world
            .acme
            .find::<tag::Entity>()
            .filter(slow(profile, 1.0))
            .all()
            .await;
        assert_eq!(rows.unwrap().len(), 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_leaves_a_whole_connection(
    #[values(Profile::Embedded, Profile::Production)] profile: Profile,
) {
    let world = world(profile, Duration::from_millis(300)).await;
    for _ in 0..6 {
        let gone = tokio::time::timeout(
            Duration::from_millis(20),
            search(&world.acme, slow(profile, 600.0)),
        );
        assert!(gone.await.is_err());
        // Any connection, any number of times: none still has somebody else's answer on it.
        for n in 0..8 {
            assert_eq!(
                search(&world.globex, Expr::cust(format!("{n} = {n}")))
                    .await
                    .unwrap(),
                1
            );
        }
        // Its place is free when the statement has ended, and not before.
        assert_eq!(search(&world.acme, Expr::cust("1 = 1")).await.unwrap(), 1);
    }
}

/// Only the embedded database looks at the clock within so short a statement; that lists answer alike is the kernel's matter.
#[tokio::test]
async fn every_list_answers_503_with_advice() {
    let world = World::open_with(Profile::Embedded, |system| system.with_list_limit(Duration::ZERO)).await;
    let many: Vec<_> = (0..600)
        .map(|n| crate::world::seen(&format!("4477009{n:05}"), ""))
        .collect();
    world.resolve(&world.acme, &many).await;
    for path in ["/contacts?search=nobody", "/contacts?limit=200"] {
        let (status, body) = world.get(&world.acme, path).await;
        assert_eq!(
            (status.as_u16(), body["code"].as_str()),
            (503, Some("search_too_slow")),
            "{path} {body}"
        );
    }
}
