//! kill -9: nothing that was answered is lost.

use std::{collections::BTreeSet, os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use reqwest::Client;
use serde_json::{Value, json};
use testkit::{Process, Profile, Services, signed};
use tokio::task::JoinSet;

/// What is needed to send webhooks to the demo's first tenant as WhatsApp would.
struct Receiver {
    http: Client,
    key: String,
    phone_id: String,
    webhook_path: String,
    secret: String,
}

impl Receiver {
    async fn of(process: &Process, services: &Services) -> Self {
        let http = Client::builder()
            .timeout(Duration::from_secs(10))
            .build()
            .unwrap();
        let key = Process::demo_key(&services.config);
        let get = async |path: &str| -> Value {
            let request = http.get(format!("{}{path}", process.base)).bearer_auth(&key);
            request.send().await.unwrap().json().await.unwrap()
        };
        let channel = get("/api/v1/channels").await["items"][0].clone();
        let state = get("/_sim/export").await;
        let url = channel["webhook_url"].as_str().unwrap();
        let path = url.split("/webhooks/").nth(1).unwrap();
        let phone_id = channel["phone_number_id"].as_str().unwrap().to_owned();
        Self {
            secret: secret_of(&state, &phone_id),
            key,
            phone_id,
            webhook_path: format!("/webhooks/{path}"),
            http,
        }
    }

    fn body(&self, wamid: &str) -> Vec<u8> {
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "phone_number_id": self.phone_id, "display_phone_number": "447700900555" },
            "contacts": [{ "wa_id": "447700900123" }],
            "messages": [{ "from": "447700900123", "id": wamid, "timestamp": "1790000000", "type": "text", "text": { "body": wamid } }],
        });
        let change = json!({ "field": "messages", "value": value });
        json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [change] }] })
            .to_string()
            .into_bytes()
    }

    /// Whether it was answered 200.
    async fn post(&self, base: &str, wamid: &str) -> bool {
        let body = self.body(wamid);
        let request = self
            .http
            .post(format!("{base}{}", self.webhook_path))
            .header("x-hub-signature-256", signed(&self.secret, &body));
        request
            .body(body)
            .send()
            .await
            .is_ok_and(|response| response.status() == 200)
    }

    async fn has(&self, base: &str, wamid: &str) -> usize {
        let request = self
            .http
            .get(format!("{base}/api/v1/messages?wamid={wamid}"))
            .bearer_auth(&self.key);
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        page["items"].as_array().unwrap().len()
    }
}

/// A number's app secret, from the simulator's world.
fn secret_of(world: &Value, phone_id: &str) -> String {
    let waba = find(world, &|value| {
        value["id"] == phone_id && value["waba_id"].is_string()
    })
    .unwrap()["waba_id"]
        .clone();
    let token = find(world, &|value| {
        value["assets"]
            .as_array()
            .is_some_and(|assets| assets.contains(&waba))
    })
    .unwrap();
    let app = token["app_id"].clone();
    let app = find(world, &|value| value["id"] == app && value["secret"].is_string()).unwrap();
    app["secret"].as_str().unwrap().to_owned()
}

fn find<'a>(value: &'a Value, wanted: &dyn Fn(&Value) -> bool) -> Option<&'a Value> {
    if value.is_object() && wanted(value) {
        return Some(value);
    }
    match value {
        Value::Object(map) => map.values().find_map(|inner| find(inner, wanted)),
        Value::Array(items) => items.iter().find_map(|inner| find(inner, wanted)),
        _ => None,
    }
}

/// The process is killed while webhooks arrive, and another starts: every body that was answered 200 is a message, once;
/// unanswered ones are sent again, as WhatsApp does, and are a message once too.
async fn nothing_answered_is_lost(profile: Profile) {
    let services = Services::make(profile).await;
    let process = Process::run(&services.config).await;
    let receiver = Arc::new(Receiver::of(&process, &services).await);
    let base = process.base.clone();
    let mut posts = JoinSet::new();
    for worker in 0..8 {
        let (receiver, base) = (receiver.clone(), base.clone());
        posts.spawn(async move {
            let mut answered = Vec::new();
            for number in 0..500 {
                let wamid = format!("wamid.KILL{worker:02}{number:04}");
                if !receiver.post(&base, &wamid).await {
                    return (answered, Some(wamid));
                }
                answered.push(wamid);
            }
            (answered, None)
        });
    }
    // Killed in the middle: as soon as some of the first bodies have become messages.
    while receiver.has(&base, "wamid.KILL000020").await == 0 {
        tokio::task::yield_now().await;
    }
    process.kill().await;
    let ended = posts.join_all().await;
    let answered: BTreeSet<String> = ended.iter().flat_map(|(answered, _)| answered.clone()).collect();
    let refused: Vec<String> = ended.into_iter().filter_map(|(_, refused)| refused).collect();
    assert!(!refused.is_empty(), "the kill came after the last post");

    let process = Process::run(&services.config).await;
    for wamid in &refused {
        assert!(receiver.post(&process.base, wamid).await);
    }
    let all: BTreeSet<String> = answered.iter().cloned().chain(refused).collect();
    let applied = async {
        for wamid in &all {
            while receiver.has(&process.base, wamid).await == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(receiver.has(&process.base, wamid).await, 1, "{wamid}");
        }
    };
    tokio::time::timeout(Duration::from_secs(60), applied)
        .await
        .expect("every answered webhook becomes a message");
    process.kill().await;
    services.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_embedded() {
    nothing_answered_is_lost(Profile::Embedded).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_production() {
    nothing_answered_is_lost(Profile::Production).await;
}

/// A second start keeps the data, and is quick because there is nothing to seed. Embedded only: it is a new user's start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_start_keeps_the_data() {
    let services = Services::make(Profile::Embedded).await;
    let process = Process::run(&services.config).await;
    let receiver = Receiver::of(&process, &services).await;
    assert!(receiver.post(&process.base, "wamid.BEFORE").await);
    let key = Process::demo_key(&services.config);
    process.kill().await;
    for file in services.dir.path().read_dir().unwrap().map(|file| file.unwrap()) {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} can be read by others", file.file_name());
    }
    let process = Process::run(&services.config).await;
    assert_eq!(Process::demo_key(&services.config), key);
    let kept = async {
        while receiver.has(&process.base, "wamid.BEFORE").await == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), kept).await.unwrap();
    process.kill().await;
}

/// Killed while a file waits to be fetched: the next process fetches it. Embedded only: the job's row is the same on both, and
/// the simulator's world, which survives the kill too, is a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_goes_on_fetching() {
    let services = Services::make(Profile::Embedded).await;
    let process = Process::run(&services.config).await;
    let receiver = Receiver::of(&process, &services).await;
    let sim = async |base: &str, path: &str, body: Value| {
        let answer = receiver
            .http
            .post(format!("{base}/_sim/{path}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(
            answer.status().is_success(),
            "{path}: {}",
            answer.text().await.unwrap()
        );
    };
    let get = async |url: String| -> Value {
        let answer = receiver
            .http
            .get(url)
            .bearer_auth(&receiver.key)
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap()
    };
    let patient = async |looking: &mut (dyn Future<Output = ()> + Unpin)| {
        tokio::time::timeout(Duration::from_secs(60), looking)
            .await
            .expect("in time");
    };
    // A file that the simulator stores, and that is fetched at once.
    let image = json!({ "mime_type": "image/png", "data": "iVBORw0KGgoAAAANSUhEUg==" });
    let message =
        json!({ "phone_id": receiver.phone_id, "from": "447700900123", "type": "image", "image": image });
    sim(&process.base, "inbound", message).await;
    let mut known = String::new();
    patient(&mut Box::pin(async {
        while known.is_empty() {
            let page = get(format!("{}/api/v1/media?state=ready&limit=1", process.base)).await;
            known = page["items"][0]["whatsapp_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
        }
        let world = services.config.data_dir.join("simulator.json");
        while !std::fs::read_to_string(&world)
            .unwrap_or_default()
            .contains(&known)
        {
            tokio::task::yield_now().await;
        }
    }))
    .await;
    // The same file again, but now WhatsApp cannot serve it.
    let fault =
        json!({ "match": { "method": "GET", "path": known }, "response": { "status": 503, "code": 2 } });
    sim(&process.base, "faults", fault).await;
    let mut body: Value = serde_json::from_slice(&receiver.body("wamid.WAITS")).unwrap();
    let now = chrono::Utc::now().timestamp().to_string();
    body["entry"][0]["changes"][0]["value"]["messages"][0] = json!({
        "from": "447700900123", "id": "wamid.WAITS", "timestamp": now, "type": "image", "image": { "id": known, "mime_type": "image/png" },
    });
    let body = body.to_string().into_bytes();
    let post = receiver
        .http
        .post(format!("{}{}", process.base, receiver.webhook_path))
        .header("x-hub-signature-256", signed(&receiver.secret, &body));
    assert_eq!(post.body(body).send().await.unwrap().status(), 200);
    patient(&mut Box::pin(async {
        while get(format!("{}/_sim/faults", process.base)).await["items"][0]["fired"].as_u64() < Some(1) {
            tokio::task::yield_now().await;
        }
    }))
    .await;
    process.kill().await;

    let process = Process::run(&services.config).await;
    let state = async || {
        let page = get(format!("{}/api/v1/messages?wamid=wamid.WAITS", process.base)).await;
        page["items"][0]["media"]["state"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let gone = receiver
        .http
        .delete(format!("{}/_sim/faults", process.base))
        .send()
        .await
        .unwrap();
    assert!(gone.status().is_success());
    patient(&mut Box::pin(async {
        while state().await != "ready" {
            tokio::task::yield_now().await;
        }
    }))
    .await;
    process.kill().await;
}
