//! One simulator, one receiver, one client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_api::webhook::{Envelope, InboundMessage, Status};
use cloud_api::{Client, Connection, Content, PhoneNumberId, Recipient, SendMessage, Sent};
use cloud_sim::{BucketClock, Profile, Provision, Provisioned, SimConfig, Simulator, Wall};
use poem::http::StatusCode;
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Query;
use poem::{Endpoint, EndpointExt, Request, Response, Route, Server};
use reqwest::Method;
use serde_json::Value;
use url::Url;

/// Virtual and real time begin here: 2026-09-28, before service messages cost.
pub const START_MS: i64 = 1_790_600_000_000;

pub const SECRET: &str = "app-secret";
pub const VERIFY: &str = "verify-me";
pub const ANA: &str = "447700900123";

/// One webhook as it arrived.
#[derive(Clone, Debug)]
pub struct Hook {
    pub path: String,
    pub signature: Option<String>,
    pub body: Vec<u8>,
}

impl Hook {
    pub fn envelope(&self) -> Envelope {
        cloud_api::webhook::parse(&self.body).unwrap()
    }

    pub fn is_signed(&self) -> bool {
        cloud_api::signature::verify(&SECRET.into(), self.signature.as_deref(), &self.body)
    }
}

#[derive(Debug, Default)]
pub struct Inbox {
    pub hooks: Vec<Hook>,
    /// Statuses for the next answers; 200 afterwards.
    pub answers: Vec<u16>,
}

pub struct Stage {
    pub sim: Simulator,
    pub account: Provisioned,
    pub base: Url,
    pub hooks_url: String,
    pub http: reqwest::Client,
    pub inbox: Arc<Mutex<Inbox>>,
}

pub async fn serve(app: impl Endpoint + 'static) -> String {
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().unwrap().to_string();
    tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
    format!("http://{address}")
}

#[derive(serde::Deserialize)]
struct Handshake {
    #[serde(rename = "hub.challenge")]
    challenge: String,
    #[serde(rename = "hub.verify_token")]
    token: String,
}

fn receiver(inbox: Arc<Mutex<Inbox>>) -> Route {
    let endpoint = poem::endpoint::make(move |mut req: Request| {
        let inbox = inbox.clone();
        async move {
            if req.method() == poem::http::Method::GET {
                let Query(shake) = Query::<Handshake>::from_request_without_body(&req).await.unwrap();
                return if shake.token == VERIFY {
                    Response::builder().body(shake.challenge)
                } else {
                    Response::builder().status(StatusCode::FORBIDDEN).body("")
                };
            }
            let path = req.uri().path().to_owned();
            let signature = req.header("x-hub-signature-256").map(str::to_owned);
            let body = req.take_body().into_vec().await.unwrap();
            let mut inbox = inbox.lock().unwrap();
            inbox.hooks.push(Hook {
                path,
                signature,
                body,
            });
            let status = if inbox.answers.is_empty() {
                200
            } else {
                inbox.answers.remove(0)
            };
            Response::builder()
                .status(StatusCode::from_u16(status).unwrap())
                .body("")
        }
    });
    Route::new().at("/*path", endpoint)
}

use poem::FromRequest;

#[expect(clippy::disallowed_methods, reason = "a test is its own composition root")]
fn http() -> reqwest::Client {
    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Fast, frozen in time, buckets on the virtual clock.
pub fn config() -> SimConfig {
    SimConfig {
        speed: 0.0,
        start_ms: Some(START_MS),
        bucket_clock: BucketClock::Virtual,
        wall: Wall::new(|| START_MS),
        hang_ms: 1,
        ..SimConfig::profile(Profile::Fast)
    }
}

pub async fn stage() -> Stage {
    stage_with(config()).await
}

pub async fn stage_with(config: SimConfig) -> Stage {
    let http = http();
    let sim = Simulator::new(config.with_http(http.clone()));
    let inbox = Arc::new(Mutex::new(Inbox::default()));
    let hooks_url = serve(receiver(inbox.clone())).await;
    let graph = serve(sim.routes().with(poem::middleware::CatchPanic::new())).await;
    let account = sim
        .provision(&Provision {
            app_secret: Some(SECRET.into()),
            verify_token: Some(VERIFY.into()),
            callback_url: Some(format!("{hooks_url}/hook")),
            ..Provision::default()
        })
        .unwrap();
    Stage {
        sim,
        account,
        base: Url::parse(&graph).unwrap(),
        hooks_url,
        http,
        inbox,
    }
}

impl Stage {
    pub fn client(&self) -> Client {
        let token = self.account.access_token.clone().into();
        Client::new(
            self.http.clone(),
            Connection::new(self.base.clone(), token, Some(SECRET.into())),
        )
    }

    pub fn phone(&self) -> PhoneNumberId {
        self.account.phone_number_id.as_str().into()
    }

    pub async fn send(&self, to: &str, callback: &str) -> Result<Sent, cloud_api::Error> {
        let content = Content::Text {
            body: "Hello 👋 a/b".into(),
            preview_url: false,
        };
        let mut message = SendMessage::new(Recipient::parse(to).unwrap(), content);
        message.callback_data = Some(callback.into());
        self.client().send(&self.phone(), &message).await
    }

    pub async fn send_template(
        &self,
        to: &str,
        name: &str,
        components: Value,
    ) -> Result<Sent, cloud_api::Error> {
        let language = if name == "hello_world" { "en_US" } else { "en" };
        let wire =
            serde_json::json!({"name": name, "language": {"code": language}, "components": components});
        let content = Content::from_wire("template", &wire).unwrap();
        self.client()
            .send(
                &self.phone(),
                &SendMessage::new(Recipient::parse(to).unwrap(), content),
            )
            .await
    }

    /// A person writes, which opens the window.
    pub async fn opens_window(&self, from: &str) -> String {
        let spec = serde_json::json!({"phone_id": self.account.phone_number_id, "from": from, "text": {"body": "hi"}});
        let wamid = self.sim.inbound(&spec).unwrap();
        self.settle().await;
        self.inbox.lock().unwrap().hooks.clear();
        wamid
    }

    /// Waits until nothing is pending; a test that would wait for ever fails instead.
    pub async fn settle(&self) {
        tokio::time::timeout(Duration::from_secs(30), self.sim.settled())
            .await
            .expect("something stays pending");
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}_sim/{path}", self.base);
        let mut request = self.http.request(method.clone(), url);
        if method != Method::GET {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// A raw Graph call.
    pub async fn graph(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}v25.0/{path}", self.base);
        let mut request = self
            .http
            .request(method.clone(), url)
            .bearer_auth(&self.account.access_token);
        if method != Method::GET {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Sends any message; hands back status and answer.
    pub async fn post(&self, to: &str, kind: &str, object: Value) -> (u16, Value) {
        let path = format!("{}/messages", self.account.phone_number_id);
        let body = serde_json::json!({"messaging_product": "whatsapp", "to": to, "type": kind, kind: object});
        self.graph(Method::POST, &path, body).await
    }

    /// Names of the statuses of a message that `post` answered with, in the order of their arrival.
    pub fn names_of(&self, answer: &Value) -> Vec<String> {
        let wamid = answer["messages"][0]["id"].as_str().expect("an accepted message");
        self.statuses()
            .into_iter()
            .filter(|s| s.id.as_ref().is_some_and(|id| id.as_str() == wamid))
            .map(|s| s.status.as_str().to_owned())
            .collect()
    }

    /// The values of a webhook field that have arrived, in their order.
    pub fn values(&self, field: &str) -> Vec<Value> {
        let bodies = self.hooks();
        bodies
            .iter()
            .map(|h| serde_json::from_slice::<Value>(&h.body).unwrap())
            .flat_map(|b| b["entry"].as_array().cloned().unwrap_or_default())
            .flat_map(|e| e["changes"].as_array().cloned().unwrap_or_default())
            .filter(|c| c["field"] == field)
            .map(|c| c["value"].clone())
            .collect()
    }

    pub fn hooks(&self) -> Vec<Hook> {
        self.inbox.lock().unwrap().hooks.clone()
    }

    pub fn statuses(&self) -> Vec<Status> {
        let hooks = self.hooks();
        hooks
            .iter()
            .flat_map(|h| h.envelope().entries)
            .flat_map(|e| e.changes)
            .flat_map(|c| c.value.statuses)
            .collect()
    }

    pub fn messages(&self) -> Vec<InboundMessage> {
        let hooks = self.hooks();
        hooks
            .iter()
            .flat_map(|h| h.envelope().entries)
            .flat_map(|e| e.changes)
            .flat_map(|c| c.value.messages)
            .collect()
    }

    /// Names of the statuses of a message, in the order of their arrival.
    pub fn names(&self, sent: &Sent) -> Vec<String> {
        self.statuses()
            .into_iter()
            .filter(|s| s.id.as_ref() == Some(&sent.wamid))
            .map(|s| s.status.as_str().to_owned())
            .collect()
    }
}

/// The code of a refused call.
pub fn code<T: std::fmt::Debug>(result: Result<T, cloud_api::Error>) -> i64 {
    result.unwrap_err().graph().unwrap().code
}
