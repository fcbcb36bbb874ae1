//! What is measured.

use std::time::{Duration, Instant};

use cloud_api::{
    client::{Client, Connection},
    ids::{Msisdn, PhoneNumberId},
    message::{Content, Recipient, SendMessage},
};
use futures_util::{StreamExt, stream};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;
use testkit::{Tenant, TestApp};
use url::Url;

/// Requests on the wire at a time.
const CONCURRENCY: usize = 64;
/// Messages sent, webhooks posted.
const COUNT: usize = 4_000;

/// One measured rate.
#[derive(Debug, Serialize)]
pub struct Measured {
    /// What.
    pub name: &'static str,
    /// On what.
    pub profile: String,
    /// How many.
    pub count: usize,
    /// Of them a second, until the last was through.
    pub per_second: f64,
    /// Milliseconds until one was answered: the median.
    pub p50_ms: f64,
    /// Milliseconds until one was answered: the slowest of a hundred.
    pub p99_ms: f64,
}

impl Measured {
    fn new(name: &'static str, app: &TestApp, whole: Duration, mut each: Vec<Duration>) -> Self {
        each.sort_unstable();
        let at = |share: f64| {
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "an index"
            )]
            let index = ((each.len() as f64 - 1.0) * share) as usize;
            each.get(index).map_or(0.0, |one| one.as_secs_f64() * 1000.0)
        };
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let per_second = each.len() as f64 / whole.as_secs_f64();
        Self {
            name,
            profile: format!("{:?}", app.profile).to_lowercase(),
            count: each.len(),
            per_second,
            p50_ms: at(0.5),
            p99_ms: at(0.99),
        }
    }
}

fn customer(number: usize) -> String {
    format!("4477{number:08}")
}

/// Runs `one` for every number and says how long each took and all together.
async fn run<F: Future<Output = ()>>(one: impl Fn(usize) -> F) -> (Duration, Vec<Duration>) {
    let started = Instant::now();
    let each = stream::iter(0..COUNT)
        .map(|number| {
            let future = one(number);
            async move {
                let started = Instant::now();
                future.await;
                started.elapsed()
            }
        })
        .buffer_unordered(CONCURRENCY)
        .collect()
        .await;
    (started.elapsed(), each)
}

/// The bound of sending: the bare client against the simulator, nothing written anywhere.
///
/// # Errors
/// When the simulator cannot be reached.
pub async fn raw_client(app: &TestApp) -> anyhow::Result<Measured> {
    let tenant = &app.acme;
    let simulated = app.sim.provision(&cloud_sim_provision(tenant))?;
    let connection = Connection::new(
        Url::parse(&app.base)?,
        SecretString::from(simulated.access_token),
        // The token belongs to an app of its own, whose secret nobody asks for.
        None,
    );
    let client = Client::new(app.http.clone(), connection);
    let from = PhoneNumberId::from(tenant.phone_id.clone());
    let (whole, each) = run(|number| {
        let (client, from) = (client.clone(), from.clone());
        async move {
            let to = Msisdn::parse(&customer(number)).expect("made of digits");
            let template = Content::Template {
                name: "hello_world".into(),
                language: "en_US".into(),
                components: vec![],
            };
            client
                .send(&from, &SendMessage::new(Recipient::Phone(to), template))
                .await
                .expect("the simulator takes it");
        }
    })
    .await;
    app.settled().await;
    Ok(Measured::new(
        "bare client to simulator (bound)",
        app,
        whole,
        each,
    ))
}

fn cloud_sim_provision(tenant: &Tenant) -> cloud_sim::Provision {
    cloud_sim::Provision {
        waba_id: Some(tenant.waba_id.clone()),
        phone_number_id: Some(tenant.phone_id.clone()),
        ..cloud_sim::Provision::default()
    }
}

/// One API call a message, until WhatsApp has taken the last.
///
/// # Errors
/// When a message is refused.
pub async fn send(app: &TestApp) -> anyhow::Result<Measured> {
    let tenant = &app.acme;
    let before = app.sim.ledger().accepted_total;
    let started = Instant::now();
    let (_, each) = run(|number| async move {
        let to = json!({ "phone": customer(number) });
        let body = json!({ "to": to, "type": "template", "template": { "name": "hello_world", "language": "en_US" } });
        tenant.post("/messages", body).await.expect(202);
    })
    .await;
    while app.sim.ledger().accepted_total < before + COUNT as u64 {
        app.idle().await;
    }
    let whole = started.elapsed();
    app.settled().await;
    Ok(Measured::new(
        "POST /messages until WhatsApp took it",
        app,
        whole,
        each,
    ))
}

/// One webhook a message, until all are in the inbox.
///
/// # Errors
/// When a webhook is refused.
pub async fn ingest(app: &TestApp) -> anyhow::Result<Measured> {
    let tenant = &app.globex;
    let started = Instant::now();
    let (_, each) = run(|number| async move {
        let (body, _) = tenant.text_webhook(&customer(number), "Hello");
        tenant.webhook(&body).await.expect(200);
    })
    .await;
    app.idle().await;
    Ok(Measured::new(
        "webhook until it is a message",
        app,
        started.elapsed(),
        each,
    ))
}
