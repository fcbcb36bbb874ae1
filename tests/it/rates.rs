//! Rate limits: a quota per caller, one per tenant above it, and header fields with what is left.

use identity::Role;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use testkit::{Answer, PASSWORD, Profile, TestApp};

/// What a header field says of a policy: its parameters by name.
fn said(headers: &HeaderMap, field: &str, policy: &str) -> Option<std::collections::BTreeMap<String, u64>> {
    let text = headers.get(field)?.to_str().unwrap();
    let item = text
        .split(", ")
        .find_map(|item| item.strip_prefix(&format!("\"{policy}\";")))?;
    let pairs = item.split(';').map(|pair| pair.split_once('=').unwrap());
    Some(
        pairs
            .map(|(name, value)| (name.to_owned(), value.parse().unwrap()))
            .collect(),
    )
}

fn left(answer: &Answer, policy: &str) -> u64 {
    said(&answer.headers, "ratelimit", policy).unwrap_or_else(|| panic!("{policy}: {:?}", answer.headers))["r"]
}

async fn key(app: &TestApp) -> String {
    let made = app
        .acme
        .post(
            "/api-keys",
            json!({ "name": "Another", "scopes": ["contacts:read"] }),
        )
        .await;
    made.expect(201)["key"].as_str().unwrap().to_owned()
}

/// A request that is refused before any operation looks at it.
async fn early(
    app: &TestApp,
    headers: &[(&'static str, &'static str)],
    body: Vec<u8>,
    query: &str,
) -> Answer {
    let mut given = HeaderMap::new();
    given.insert("content-type", "application/json".parse().unwrap());
    for (name, value) in headers {
        given.insert(*name, value.parse().unwrap());
    }
    let url = format!("{}/api/v1/tags{query}", app.base);
    let request = app
        .http
        .post(url)
        .bearer_auth(&app.acme.key)
        .headers(given)
        .body(body);
    Answer::read(request.send().await.unwrap()).await
}

async fn tags(app: &TestApp, key: &str) -> Answer {
    app.acme.call_with(key, reqwest::Method::GET, "/tags", None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_has_one_quota_above_those_of_its_keys() {
    for profile in [Profile::Embedded, Profile::Production] {
        let slow = |config: &mut server::Config| {
            (config.api_rate, config.api_burst) = (1, 40);
            (config.tenant_rate, config.tenant_burst) = (1, 60);
        };
        let app = TestApp::start_with(profile, slow, |_| {}).await;
        let (one, other) = (key(&app).await, key(&app).await);
        let mut answers = Vec::new();
        for key in [&one, &other] {
            for _ in 0..35 {
                answers.push(tags(&app, key).await);
            }
        }
        // Neither used up its own quota of forty; sixty together, and a little that came back meanwhile, were served.
        let served = answers.iter().filter(|answer| answer.status == 200).count();
        assert!((45..70).contains(&served), "{served}");
        let refused = answers
            .iter()
            .find(|answer| answer.status == 429)
            .expect("a refusal");
        assert_eq!(refused.code(), "too_many_requests");
        assert_eq!(left(refused, "tenant"), 0);
        let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        app.globex.get("/tags").await.expect(200);
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_to_a_caller_says_what_is_left() {
    for profile in [Profile::Embedded, Profile::Production] {
        let app = TestApp::start_with(
            profile,
            |config| (config.api_rate, config.api_burst) = (1, 100),
            |_| {},
        )
        .await;
        let (policy, acme) = ("ratelimit-policy", &app.acme);
        let first = acme.get("/tags").await;
        assert_eq!(
            said(&first.headers, policy, "caller").unwrap(),
            [("q".to_owned(), 100), ("w".to_owned(), 100)].into()
        );
        assert_eq!(
            said(&first.headers, policy, "tenant").unwrap(),
            [("q".to_owned(), 400), ("w".to_owned(), 100)].into()
        );
        let second = acme.get("/tags").await;
        assert!(left(&second, "caller") <= left(&first, "caller") && left(&second, "caller") < 100);
        let until_full = said(&second.headers, "ratelimit", "caller").unwrap()["t"];
        assert!((1..=100).contains(&until_full), "{until_full}");

        // Whatever became of the request.
        let narrow = key(&app).await;
        for (answer, status) in [
            (
                acme.get("/contacts/con_0199c0a4d2c87b1e9a3f5d6e7f809112").await,
                404,
            ),
            (acme.post("/tags", json!({ "name": "" })).await, 422),
            (acme.post("/tags", json!({ "name": "Twice" })).await, 201),
            (acme.post("/tags", json!({ "name": "Twice" })).await, 409),
            (acme.get("/contacts?limit=5000").await, 422),
            (
                acme.call_with(&narrow, reqwest::Method::GET, "/messages", None)
                    .await,
                403,
            ),
            (acme.get("/no-such-path").await, 404),
            (acme.post("/no-such-path", json!({})).await, 404),
            (acme.call(reqwest::Method::PUT, "/tags", None).await, 405),
            (acme.call(reqwest::Method::DELETE, "/messages", None).await, 405),
            (early(&app, &[], Vec::new(), "?no_such_parameter=1").await, 422),
            (
                early(&app, &[("content-type", "text/plain")], b"x".to_vec(), "").await,
                415,
            ),
            (
                early(&app, &[("content-encoding", "gzip")], b"x".to_vec(), "").await,
                415,
            ),
            (early(&app, &[], vec![b'x'; 1024 * 1024 + 1], "").await, 413),
            (
                early(&app, &[("host", "elsewhere.example")], Vec::new(), "").await,
                421,
            ),
        ] {
            assert_eq!(answer.status, status, "{}", answer.json);
            assert!(left(&answer, "caller") < 100 && left(&answer, "tenant") < 400);
        }

        // A person, too, whose session they show and end.
        let email = app.person(acme, Role::Owner).await;
        let session = format!("{}/api/v1/session", app.base);
        let signed_in = app
            .http
            .post(&session)
            .json(&json!({ "email": email, "password": PASSWORD }))
            .send()
            .await
            .unwrap();
        let cookie = signed_in.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let ask = |method: reqwest::Method| {
            let request = app.http.request(method, &session).header("cookie", &cookie);
            request.header("sec-fetch-site", "same-origin").send()
        };
        let shown = Answer::read(ask(reqwest::Method::GET).await.unwrap()).await;
        assert_eq!(
            (shown.status, left(&shown, "caller")),
            (200, 99),
            "its own bucket"
        );
        let ended = Answer::read(ask(reqwest::Method::DELETE).await.unwrap()).await;
        assert_eq!(ended.status, 204);
        assert!(left(&ended, "caller") <= 99);

        // A request without a known caller has no quota.
        let nobody = acme.call_with("", reqwest::Method::GET, "/tags", None).await;
        assert_eq!((nobody.status, nobody.headers.get("ratelimit")), (401, None));
        for (method, path, status) in [
            (reqwest::Method::GET, "/no-such-path", 404),
            (reqwest::Method::PUT, "/tags", 405),
        ] {
            let nobody = acme.call_with("", method, path, None).await;
            assert_eq!((nobody.status, nobody.headers.get("ratelimit")), (status, None));
        }
        assert_eq!(nobody.json["retry_after"], Value::Null);
        app.stop().await;
    }
}
