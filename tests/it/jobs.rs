//! Background work survives the loss of its carrier.

use kernel::outbox::{event, job};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use testkit::{Profile, TestApp, on_both_profiles};

on_both_profiles! {
    async fn done_work_leaves_nothing_behind(app: &TestApp) {
        for tenant in [&app.acme, &app.globex] {
            tenant.customer_writes("447700900123", "Hi");
            app.settled().await;
            tenant.sends("447700900123", "Hello").await.expect(202);
        }
        app.settled().await;
        // Figures are told at most once a second, so the next telling may be planned.
        app.clock.advance(chrono::TimeDelta::seconds(2));
        app.settled().await;
        let on = app.system.across_tenants("looks whether anything was left");
        // What recurs is always planned.
        let recurring = ["templates.sync_all", "messaging.repair_conversations"];
        let left = job::Entity::find().filter(job::Column::Kind.is_not_in(recurring));
        assert_eq!(left.count(on).await.unwrap(), 0);
        assert_eq!(event::Entity::find().count(on).await.unwrap(), 0);
    }

    async fn a_server_error_is_tried_again_and_the_message_leaves_once(app: &TestApp) {
        let tenant = &app.acme;
        // The simulator answers this number with a 500 once, and takes the message the second time.
        let to = "999003000007";
        tenant.customer_writes(to, "Hi");
        app.settled().await;
        let queued = tenant.sends(to, "Hello").await.expect(202);
        let id = queued["id"].as_str().unwrap();
        let path = format!("/messages/{id}");
        app.until(tenant, &path, |message| message["status"] == "queued" && message["timestamps"]["queued_at"].is_string()).await;
        let waiting = async {
            loop {
                let on = app.system.across_tenants("waits for the second try to be planned");
                let later = app.system.clock().now() + chrono::TimeDelta::seconds(1);
                let planned = job::Entity::find()
                    .filter(job::Column::Kind.eq("messaging.send_chunk"))
                    .filter(job::Column::Fence.eq(0))
                    .filter(job::Column::RunAt.gt(later))
                    .one(on)
                    .await
                    .unwrap();
                if planned.is_some() {
                    break;
                }
                app.until(tenant, &path, |_| true).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.unwrap();
        app.clock.advance(chrono::TimeDelta::seconds(30));
        app.until(tenant, &path, |message| message["status"] == "read").await;
        let ledger = app.sim.ledger();
        assert_eq!(ledger.accepted().filter(|accepted| accepted.callback_data.as_deref() == Some(id)).count(), 1);
        assert_eq!(app.globex.all("/messages").await.len(), 0);
    }
}

/// Redis forgets everything while messages are on their way. On the production profile only: the other has no Redis.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_forgets_everything_loses_no_message() {
    let redis = testkit::RedisServer::start().await;
    let app = TestApp::start_with(
        Profile::Production,
        |config| config.redis_url = redis.url().into(),
        |_| {},
    )
    .await;
    let customers: Vec<String> = (0..60).map(|number| format!("4477009001{number:02}")).collect();
    for customer in &customers {
        app.acme.customer_writes(customer, "Hi");
    }
    app.settled().await;
    let mut sent = Vec::new();
    for (index, customer) in customers.iter().enumerate() {
        sent.push(
            app.acme.sends(customer, "Hello").await.expect(202)["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        if index % 10 == 5 {
            redis.flush_all().await;
        }
    }
    app.acme.customer_writes("447700900199", "Is anybody there?");
    redis.flush_all().await;
    app.settled().await;
    for id in &sent {
        let message = app.acme.get(&format!("/messages/{id}")).await.expect(200);
        assert_eq!(message["status"], "read", "{message}");
        let ledger = app.sim.ledger();
        assert_eq!(
            ledger
                .accepted()
                .filter(|accepted| accepted.callback_data.as_ref() == Some(id))
                .count(),
            1
        );
    }
    assert_eq!(app.acme.all("/messages?direction=inbound").await.len(), 61);
    assert_eq!(app.globex.all("/messages").await.len(), 0);
    app.stop().await;
}
