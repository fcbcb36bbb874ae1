//! Today's figures: maintained as messages move, a tenant's own, told live at most once a second.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Tenant, TestApp, on_both_profiles};

async fn home(tenant: &Tenant) -> Value {
    tenant.get("/home").await.expect(200)
}

/// Waiting, sent, delivered and failed, as `GET /home` says.
fn figures(home: &Value) -> [i64; 4] {
    ["waiting", "sent", "delivered", "failed"].map(|name| home[name].as_i64().unwrap())
}

/// The same, counted.
async fn counted(tenant: &Tenant) -> [i64; 4] {
    let messages = tenant.all("/messages?direction=outbound").await;
    let in_state = |states: &[&str]| {
        let these = messages
            .iter()
            .filter(|it| states.contains(&it["status"].as_str().unwrap()));
        i64::try_from(these.count()).unwrap()
    };
    [
        in_state(&["queued"]),
        in_state(&["sent", "delivered", "read", "played"]),
        in_state(&["delivered", "read", "played"]),
        in_state(&["failed"]),
    ]
}

async fn open_window(app: &TestApp, tenant: &Tenant, customers: &[&str]) {
    for customer in customers {
        tenant.customer_writes(customer, "Hi");
    }
    app.settled().await;
}

on_both_profiles! {
    async fn todays_figures_are_what_became_of_messages(app: &TestApp) {
        assert_eq!(figures(&home(&app.acme).await), [0; 4]);
        let customers = ["447700900123", "447700900124", "999001000190"];
        open_window(app, &app.acme, &customers).await;
        open_window(app, &app.globex, &customers[..1]).await;
        // The last is refused by the simulator with a code that holds the number, so it comes last.
        for customer in ["447700900123", "447700900123", "447700900124", "447700900123"] {
            app.acme.sends(customer, "Hello").await.expect(202);
        }
        app.globex.sends(customers[0], "Hello").await.expect(202);
        app.settled().await;
        app.acme.sends("999001000190", "Hello").await.expect(202);
        app.settled().await;
        for tenant in [&app.acme, &app.globex] {
            let home = home(tenant).await;
            assert_eq!(figures(&home), counted(tenant).await, "{home}");
        }
        assert_eq!(figures(&home(&app.acme).await), [0, 4, 4, 1]);
        assert_eq!(figures(&home(&app.globex).await), [0, 1, 1, 0]);
    }

    async fn a_day_begins_at_midnight_in_the_tenants_time_zone(app: &TestApp) {
        open_window(app, &app.acme, &["447700900123"]).await;
        app.acme.sends("447700900123", "Hello").await.expect(202);
        app.settled().await;
        let today = home(&app.acme).await;
        assert_eq!((figures(&today), &today["time_zone"]), ([0, 1, 1, 0], &json!("UTC")));
        let zone = |name: &str| json!({ "time_zone": name });
        // At no instant do these two have the same date.
        for far in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
            app.acme.call(Method::PATCH, "/settings", Some(zone(far))).await.expect(200);
            let there = home(&app.acme).await;
            assert_eq!(there["time_zone"], far);
            let is_same_day = there["day"] == today["day"];
            assert_eq!(figures(&there)[1], i64::from(is_same_day), "{there} {today}");
        }
        app.acme.call(Method::PATCH, "/settings", Some(zone("UTC"))).await.expect(200);
        app.clock.advance(TimeDelta::days(1));
        let tomorrow = home(&app.acme).await;
        assert_ne!(tomorrow["day"], today["day"]);
        assert_eq!(figures(&tomorrow), [0; 4]);
    }

    async fn what_waits_is_counted_until_it_is_sent(app: &TestApp) {
        open_window(app, &app.acme, &["447700900123"]).await;
        // WhatsApp says that the number is being changed: it rests for two minutes.
        app.sim.add_fault(resting());
        app.acme.sends("447700900123", "Hello").await.expect(202);
        app.settled().await;
        assert_eq!(figures(&home(&app.acme).await), [1, 0, 0, 0]);
        assert_eq!(figures(&home(&app.globex).await), [0; 4]);
        app.clock.advance(TimeDelta::minutes(3));
        app.until(&app.acme, "/home", |home| figures(home) == [0, 1, 1, 0]).await;
    }

    async fn changes_are_told_live_with_the_figures(app: &TestApp) {
        open_window(app, &app.acme, &["447700900123"]).await;
        let mut acme = app.acme.live(None).await;
        for _ in 0..5 {
            app.acme.sends("447700900123", "Hello").await.expect(202);
        }
        app.settled().await;
        // The first change is told at once, the rest together a second later.
        app.clock.advance(TimeDelta::seconds(2));
        let mut told = 0;
        loop {
            let event = acme.event("figures_changed").await;
            told += 1;
            let item = &event["items"][0];
            if figures(item) == [0, 5, 5, 0] {
                assert_eq!(item["day"], home(&app.acme).await["day"]);
                break;
            }
        }
        assert!(told <= 4, "told {told} times");
        assert_eq!(figures(&home(&app.globex).await), [0; 4]);
    }
}

fn resting() -> cloud_sim::Fault {
    cloud_sim::Fault {
        r#match: cloud_sim::FaultMatch {
            path: Some("/messages".to_owned()),
            ..cloud_sim::FaultMatch::default()
        },
        trigger: cloud_sim::FaultTrigger::NextN(1),
        response: cloud_sim::FaultResponse {
            code: Some(131_057),
            ..cloud_sim::FaultResponse::default()
        },
        ..cloud_sim::Fault::default()
    }
}
