//! The platform as child processes that a test may kill, around a simulator in the test's own process, whose ledger
//! survives every kill and decides what is right.
//!
//! On the production profile the children are `serve` and `worker`; on the embedded profile one `run` is both.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use cloud_api::message::Content;
use cloud_sim::{SimConfig, Simulator};
use contracts::{
    contacts::{ContactDirectory, ContactId, Sighting},
    messaging::{Lane, MessageId, MessageSender, Origin, OutgoingMessage, Refusal},
};
use futures_util::FutureExt;
use host::Roles;
use identity::PasswordCost;
use kernel::{Clock, SystemDb, TenantDb, TenantTx, retrying};
use poem::{Server, listener::TcpAcceptor};
use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use secrecy::ExposeSecret;
use serde_json::json;
use server::{Config, Platform, Setup};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{Profile, Running, Services, Tenant, app::Make};

/// A deployment with two tenants. No child process runs at first.
pub struct Fleet {
    /// Its profile.
    pub profile: Profile,
    /// One tenant.
    pub acme: Tenant,
    /// The other.
    pub globex: Tenant,
    /// The simulator.
    pub sim: Simulator,
    /// Unscoped access to the database, for looking at tables.
    pub system: SystemDb,
    /// The children's configuration.
    pub config: Config,
    services: Services,
    environment: Vec<(String, String)>,
    /// Where the metrics of the process that answers HTTP are.
    pub metrics: String,
    platform: Platform,
    sender: Arc<dyn MessageSender>,
    directory: Arc<dyn ContactDirectory>,
    http: reqwest::Client,
    end: oneshot::Sender<()>,
    simulated: JoinHandle<std::io::Result<()>>,
}

impl Fleet {
    /// Makes one.
    ///
    /// # Panics
    /// When the profile's services are not there.
    pub async fn make(profile: Profile) -> Self {
        Self::make_with(profile, |_| {}, |_| {}).await
    }

    /// Makes one with other knobs.
    ///
    /// # Panics
    /// As [`Fleet::make`].
    pub async fn make_with(
        profile: Profile,
        configure: impl FnOnce(&mut Config),
        simulate: impl FnOnce(&mut SimConfig),
    ) -> Self {
        let mut services = Services::make(profile).await;
        services.config.listen = free_address();
        services.config.metrics_listen = Some(free_address());
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // Killed processes leave dead connections behind.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sim_base = format!("http://{}", listener.local_addr().unwrap());
        let mut sim = SimConfig {
            public_url: sim_base.clone(),
            mps_default: 1_000,
            portfolio_limit: false,
            batch_max: 20,
            ..SimConfig::profile(cloud_sim::Profile::Fast)
        };
        simulate(&mut sim);
        let sim = Simulator::new(sim.with_http(http.clone()));
        let (end, ended) = oneshot::channel::<()>();
        let simulated = tokio::spawn(
            Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap()).run_with_graceful_shutdown(
                sim.routes(),
                ended.map(|_| ()),
                Some(Duration::from_secs(1)),
            ),
        );
        services.config.simulator.url = sim_base;
        services.config.demo = false;
        configure(&mut services.config);
        let config = services.config.clone();
        let setup = Setup {
            password_cost: PasswordCost::FOR_TESTS,
            ..Setup::new(Roles {
                serve: false,
                work: false,
            })
        };
        let platform = Platform::start(&config, setup).await.unwrap();
        let system = platform.system.clone();
        let (directory, sender) = (platform.ports.contacts.clone(), platform.ports.sender.clone());
        let environment = environment(&config);
        let metrics = config
            .metrics_listen
            .map(|address| format!("http://{address}/metrics"));
        let metrics = metrics.unwrap_or_default();
        let log = services.dir.path().join("first.log");
        let mut first = Running::start(front(profile), &environment, &log);
        let base = format!("http://{}", config.listen);
        ready(&http, &base, &mut first).await;
        let clock = Clock::system();
        let make = Make {
            identity: &platform.identity,
            system: &system,
            sim: &sim,
            base: &base,
            http: &http,
            clock: &clock,
            reseller: platform.identity.create_reseller("Northwind").await.unwrap(),
        };
        let acme = make.tenant("Acme", "+447700900555").await;
        let globex = make.tenant("Globex", "+447700900666").await;
        first.kill().await;
        let fleet = Self {
            profile,
            acme,
            globex,
            sim,
            system,
            config,
            services,
            environment,
            metrics,
            platform,
            sender,
            directory,
            http,
            end,
            simulated,
        };
        fleet.throughput(1_000).await;
        fleet
    }

    /// The rate per second that the platform has stored for each number.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn throughput(&self, per_second: i32) {
        let statement = "UPDATE channels_channels SET throughput = ?";
        self.execute(statement, vec![per_second.into()]).await;
    }

    /// Starts the child that serves HTTP (on the embedded profile it also runs jobs) and waits until it is ready.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn serve(&self, failpoints: &str) -> Running {
        let mut child = self.start(front(self.profile), failpoints, &[]);
        ready(&self.http, &self.acme.base, &mut child).await;
        child
    }

    /// Starts one process that serves HTTP and runs jobs, on either profile, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn run(&self) -> Running {
        let mut child = self.start("run", "", &[]);
        ready(&self.http, &self.acme.base, &mut child).await;
        child
    }

    /// Starts a worker. On the embedded profile that is the only process.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn work(&self, failpoints: &str) -> Running {
        match self.profile {
            Profile::Embedded => self.serve(failpoints).await,
            // The other process uses the configured address.
            Profile::Production => {
                let metrics = ("WAPRO_METRICS_LISTEN", "127.0.0.1:0".to_owned());
                self.start("worker", failpoints, &[metrics])
            }
        }
    }

    /// Starts `wapro ROLE` with failpoints and additional environment, without waiting.
    pub fn start(&self, role: &str, failpoints: &str, more: &[(&str, String)]) -> Running {
        let mut environment = self.environment.clone();
        environment.extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
        if !failpoints.is_empty() {
            environment.push(("FAILPOINTS".to_owned(), failpoints.to_owned()));
        }
        Running::start(role, &environment, &self.log(role))
    }

    /// The log file of a role's children.
    pub fn log(&self, role: &str) -> PathBuf {
        self.services.dir.path().join(format!("{role}.log"))
    }

    /// Queues one template to each of these customers, in chunks of `chunk`, as a campaign does.
    ///
    /// # Panics
    /// When the platform refuses.
    pub async fn campaign(&self, tenant: &Tenant, customers: &[String], chunk: usize) -> Vec<MessageId> {
        let contacts = self.contacts(tenant, customers).await;
        let mut queued = Vec::new();
        for contacts in contacts.chunks(chunk) {
            let answers = self.queue(tenant, contacts, &campaign()).await;
            queued.extend(answers.into_iter().map(|id| id.expect("the gate lets it leave")));
        }
        queued
    }

    /// The contacts of these customers, made where they are missing.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn contacts(&self, tenant: &Tenant, customers: &[String]) -> Vec<ContactId> {
        let db = self.system.tenant(tenant.id);
        let sightings: Vec<Sighting> = customers
            .iter()
            .map(|wa_id| Sighting {
                wa_id: Some(wa_id.clone()),
                ..Sighting::default()
            })
            .collect();
        retrying(|| async {
            let mut tx = begin(&db).await;
            let ids = self.directory.resolve(&mut tx, &sightings).await?.contacts;
            tx.commit().await?;
            Ok(ids)
        })
        .await
        .unwrap()
    }

    /// Queues one template to each of these contacts in bulk, in one call. Answers in their order.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn queue(
        &self,
        tenant: &Tenant,
        contacts: &[ContactId],
        origin: &Origin,
    ) -> Vec<Result<MessageId, Refusal>> {
        let db = self.system.tenant(tenant.id);
        let template = json!({ "name": "hello_world", "language": { "code": "en_US" } });
        let content = Content::from_wire("template", &template).unwrap();
        let messages: Vec<OutgoingMessage> = contacts
            .iter()
            .map(|contact| OutgoingMessage {
                channel_id: tenant.channel_id.parse().unwrap(),
                contact_id: *contact,
                content: content.clone(),
                reply_to: None,
                sent_by: None,
                template: None,
            })
            .collect();
        let answers = retrying(|| async {
            let mut tx = begin(&db).await;
            let answers = self.sender.queue(&mut tx, &messages, Lane::Bulk, origin).await?;
            tx.commit().await?;
            Ok(answers)
        });
        answers.await.unwrap()
    }

    /// Stops what [`Fleet::campaign`] queued; answers how many chunks that concerns.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn stop_campaign(&self, tenant: &Tenant) -> u64 {
        self.stop(tenant, &campaign()).await
    }

    /// Stops what was queued for an origin; answers how many chunks that concerns.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn stop(&self, tenant: &Tenant, origin: &Origin) -> u64 {
        let db = self.system.tenant(tenant.id);
        let chunks = retrying(|| async {
            let mut tx = begin(&db).await;
            let chunks = self.sender.cancel(&mut tx, origin).await?;
            tx.commit().await?;
            Ok(chunks)
        });
        chunks.await.unwrap()
    }

    /// How many sends the simulator has accepted for each of our message ids.
    pub fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for accepted in self.sim.ledger().accepted() {
            let id = accepted.callback_data.clone().unwrap_or_default();
            *taken.entry(id).or_default() += 1;
        }
        taken
    }

    /// The state of every outgoing message, by our id.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn states(&self) -> BTreeMap<String, String> {
        let sql = "SELECT id, status FROM messaging_messages WHERE direction = 'outbound'";
        let rows = self.rows(sql).await;
        rows.iter()
            .map(|row| {
                let id: MessageId = row.try_get_by_index(0).unwrap();
                (id.to_string(), row.try_get_by_index(1).unwrap())
            })
            .collect()
    }

    /// A count.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn count(&self, sql: &str) -> i64 {
        self.rows(sql).await[0].try_get_by_index(0).unwrap()
    }

    /// Rows of any statement. A connection that died with its server is replaced by the next attempt.
    ///
    /// # Panics
    /// When the database does not answer for half a minute.
    pub async fn rows(&self, sql: &str) -> Vec<QueryResult> {
        let on = self.system.across_tenants("a test looks at tables");
        let began = Instant::now();
        loop {
            let statement = Statement::from_string(on.get_database_backend(), sql);
            match on.query_all_raw(statement).await {
                Ok(rows) => return rows,
                Err(error) => assert!(began.elapsed() < Duration::from_secs(30), "{sql}: {error}"),
            }
            pause().await;
        }
    }

    /// Runs a statement.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn execute(&self, sql: &str, values: Vec<Value>) {
        let on = self.system.across_tenants("a test changes a row");
        let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
        on.execute_raw(statement).await.unwrap();
    }

    /// Resolves once nothing is left to do anywhere; the simulator's clock is advanced past its delays.
    ///
    /// # Panics
    /// When that does not come about within `timeout`; the panic says what is left.
    pub async fn settled(&self, timeout: Duration) {
        let began = Instant::now();
        loop {
            let calm = async {
                self.sim.run_out(Duration::from_secs(7_200)).await;
                self.sim.caught_up().await;
            };
            let calm = tokio::time::timeout(Duration::from_secs(5), calm).await.is_ok();
            let left = self.left().await;
            if calm && left.is_empty() && self.sim.settled().now_or_never().is_some() {
                // The simulator's last webhook may have arrived while we counted.
                if self.left().await.is_empty() {
                    return;
                }
            }
            assert!(
                began.elapsed() < timeout,
                "not settled after {timeout:?}: {left:?}, simulator {calm}"
            );
            pause().await;
        }
    }

    async fn left(&self) -> BTreeMap<&'static str, i64> {
        let mut left = BTreeMap::new();
        for (what, sql) in [
            ("events", "SELECT COUNT(*) FROM host_outbox"),
            // What recurs is due long after a test.
            (
                "jobs",
                "SELECT COUNT(*) FROM host_jobs WHERE dead = 0 AND kind NOT IN ('templates.sync_all', 'messaging.repair_conversations')",
            ),
            ("inbox", "SELECT COUNT(*) FROM messaging_inbox"),
        ] {
            let count = self.count(sql).await;
            if count > 0 {
                left.insert(what, count);
            }
        }
        left
    }

    /// Stops the simulator and removes the database. No child may be running.
    ///
    /// # Panics
    /// When something does not end.
    pub async fn remove(self) {
        self.platform.runtime.stop().await;
        let _ = self.end.send(());
        self.sim.shutdown().await;
        self.simulated.await.unwrap().unwrap();
        drop(self.system);
        self.services.remove().await;
    }
}

/// Where the messages of [`Fleet::campaign`] come from.
fn campaign() -> Origin {
    Origin::campaign("cmp_test").expect("a short id")
}

/// Polls until the condition holds.
///
/// # Panics
/// When it has not come about within `timeout`.
pub async fn eventually(what: &str, timeout: Duration, mut come: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !come().await {
        assert!(began.elapsed() < timeout, "not within {timeout:?}: {what}");
        pause().await;
    }
}

/// Waits before the next poll: other processes do not signal their progress.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// Begins a transaction, on a new connection if the pooled ones died with their server.
async fn begin(db: &TenantDb) -> TenantTx {
    let began = Instant::now();
    loop {
        match db.begin().await {
            Ok(tx) => return tx,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(30), "{error}"),
        }
        pause().await;
    }
}

fn front(profile: Profile) -> &'static str {
    match profile {
        Profile::Embedded => "run",
        Profile::Production => "serve",
    }
}

/// A free address, below the range of outgoing connections, so that it stays free between two starts.
fn free_address() -> std::net::SocketAddr {
    loop {
        let port = 10_000 + uuid::Uuid::new_v4().as_u128() % 10_000;
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()));
        if std::net::TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

async fn ready(http: &reqwest::Client, base: &str, child: &mut Running) {
    let url = format!("{base}/readyz");
    let asking = async {
        loop {
            let answer = http.get(&url).timeout(Duration::from_secs(2)).send().await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            assert!(child.runs(), "it ended: {}", child.last_words());
            pause().await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(60), asking)
        .await
        .is_err()
    {
        panic!("it does not become ready: {}", child.last_words());
    }
}

fn environment(config: &Config) -> Vec<(String, String)> {
    let of = |key: &str, value: String| (format!("WAPRO_{key}"), value);
    vec![
        of("LISTEN", config.listen.to_string()),
        of(
            "METRICS_LISTEN",
            config
                .metrics_listen
                .map_or_else(String::new, |address| address.to_string()),
        ),
        of("DATA_DIR", config.data_dir.display().to_string()),
        of("DATABASE_URL", config.database_url.expose_secret().to_owned()),
        of("DATABASE_CONNECTIONS", config.database_connections.to_string()),
        of("LIST_LIMIT_MS", config.list_limit_ms.to_string()),
        of("REDIS_URL", config.redis_url.expose_secret().to_owned()),
        of("REDIS_PREFIX", config.redis_prefix.clone()),
        of("API_RATE", config.api_rate.to_string()),
        of("API_BURST", config.api_burst.to_string()),
        of("SIMULATOR__URL", config.simulator.url.clone()),
        of("DEMO", "false".to_owned()),
        of(
            "LOG",
            std::env::var("WAPRO_TEST_LOG").unwrap_or_else(|_| "warn".to_owned()),
        ),
    ]
}
