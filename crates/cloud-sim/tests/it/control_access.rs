//! Who may reach the control API, and what it may reach.

use cloud_sim::{Reach, SimConfig};
use reqwest::Method;
use serde_json::json;

use crate::stage::{ANA, VERIFY, config, stage, stage_with};

/// A client of the control surface may change the simulated world, but not make the simulator call other servers.
#[tokio::test]
async fn nobody_can_send_it_elsewhere() {
    let stage = stage_with(SimConfig {
        fetch_links: true,
        webhook_retry_hours: 0,
        ..config()
    })
    .await;
    // What was reachable before is not any more: the receiver of the stage is no part of the simulator.
    stage
        .sim
        .configure(|config| config.reach = Reach::new(&[], &[]).unwrap());
    let (elsewhere, account) = (format!("{}/hook", stage.hooks_url), &stage.account);
    let (status, shaken) = stage
        .control(
            Method::POST,
            "handshake",
            json!({"url": elsewhere, "verify_token": VERIFY}),
        )
        .await;
    assert_eq!((status, &shaken["ok"]), (200, &json!(false)), "{shaken}");
    let app = format!("apps/{}", account.app_id);
    let phone = format!("phones/{}", account.phone_number_id);
    let waba = format!("wabas/{}", account.waba_id);
    let subscription = json!({"subscriptions": {"app": {"override_callback_uri": elsewhere}}});
    for (method, path, body) in [
        (Method::PATCH, app.as_str(), json!({"callback_url": elsewhere})),
        (
            Method::POST,
            "apps",
            json!({"callback_url": "http://169.254.169.254/"}),
        ),
        (
            Method::PATCH,
            phone.as_str(),
            json!({"override_callback_uri": elsewhere}),
        ),
        (Method::PATCH, waba.as_str(), subscription),
        (Method::POST, "provision", json!({"callback_url": elsewhere})),
    ] {
        let (status, answer) = stage.control(method, path, body).await;
        assert_eq!(status, 400, "{path}: {answer}");
    }
    let hook = json!({"webhook_configuration": {"override_callback_uri": elsewhere, "verify_token": VERIFY}});
    let (status, answer) = stage.graph(Method::POST, &account.phone_number_id, hook).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!(2200)),
        "{answer}"
    );

    // Neither knobs nor another profile nor an imported world open the way.
    let knobs =
        json!({"link_hosts": ["127.0.0.1", "localhost"], "fetch_links": true, "public_url": stage.hooks_url});
    stage.control(Method::PATCH, "config", knobs).await;
    let exported = stage.sim.export();
    stage
        .control(Method::POST, "reset", json!({"profile": "fast"}))
        .await;
    let (status, answer) = stage.control(Method::POST, "import", exported).await;
    assert_eq!(status, 200, "{answer}");
    let inbound = json!({"phone_id": account.phone_number_id, "from": ANA, "text": {"body": "hi"}});
    stage.control(Method::POST, "inbound", inbound).await;
    stage
        .control(
            Method::PATCH,
            "config",
            json!({"fetch_links": true, "link_hosts": ["127.0.0.1"]}),
        )
        .await;
    stage
        .post(
            ANA,
            "image",
            json!({"link": format!("{}/x.png", stage.hooks_url)}),
        )
        .await;
    stage.sim.caught_up().await;
    assert_eq!(stage.hooks().len(), 0, "nothing has arrived");
    let attempts: Vec<_> = stage
        .sim
        .deliveries()
        .into_iter()
        .flat_map(|delivery| delivery.attempts)
        .collect();
    assert!(!attempts.is_empty());
    for attempt in attempts {
        let error = attempt.error.unwrap_or_default();
        assert!(error.contains("simulator.reach"), "{error}");
    }
}

#[tokio::test]
async fn another_site_cannot_steer_it_through_a_browser() {
    let stage = stage().await;
    let own = stage.base.origin().ascii_serialization();
    for (name, value, status) in [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("origin", own.as_str(), 200),
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
    ] {
        let url = format!("{}_sim/state", stage.base);
        let answer = stage.http.get(url).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), status, "{name}: {value}");
    }
}

#[tokio::test]
async fn it_lives_at_the_root_of_another_server() {
    let stage = stage().await;
    let other = |text: &'static str| poem::endpoint::make_sync(move |_| text);
    let route = poem::Route::new()
        .at("/api/v1/x", other("api"))
        .at("/*path", other("page"));
    let base = crate::stage::serve(stage.sim.mount(route)).await;
    let phone = &stage.account.phone_number_id;
    for (path, part) in [
        ("/api/v1/x", "api"),
        // poem gives `/` to a catch-all, with or without the simulator.
        ("/", "page"),
        ("/assets/app.js", "page"),
        ("/visits/v1", "page"),
        ("/_sim/health", "\"status\":\"ok\""),
        (&format!("/v26.0/{phone}"), "An access token is required"),
    ] {
        let text = stage
            .http
            .get(format!("{base}{path}"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(text.contains(part), "{path}: {text}");
    }
}
