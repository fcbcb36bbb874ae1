//! One module by itself, for its own tests: two tenants with keys, its routes, its work, WhatsApp's simulator; other modules are
//! [fakes](crate::fakes).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::DateTime;
use cloud_api::client::Wire;
use cloud_sim::{SimConfig, Simulator, Wall};
use contracts::settings::TenantSettings;
use futures_util::FutureExt;
use host::{
    App, AppOptions, BodyLimits, Bus, Roles, Runtime, app::PublicConfig, host_name::HostNames, jobs::carrier,
};
use identity::{Identity, Options, PasswordCost, Random, Role, VaultKey, VaultKeys};
use kernel::{
    Clock, Limiter, ManualClock, Members, Module, Quota, SystemDb, TenantDb, TenantId, TenantRoutes, UserId,
    Vault, blob::BlobStore, fetch::Fetcher,
};
use poem::{
    Endpoint, Request, Route, Server,
    endpoint::{BoxEndpoint, make_sync},
    get,
    http::{Method, StatusCode},
    listener::TcpAcceptor,
    test::{TestClient, TestRequestBuilder, TestResponse},
};
use sea_orm::{EntityTrait, QueryOrder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use server::Config;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{PASSWORD, Profile, TestDatabase};

/// What a module needs besides the ports of other modules.
pub struct Parts {
    /// The time; [`World::clock`] moves it.
    pub clock: Clock,
    /// The tenant behind an address.
    pub routes: Arc<dyn TenantRoutes>,
    /// Seals secrets.
    pub vault: Arc<dyn Vault>,
    /// What tenants have chosen: identity's own, so a test changes it by `PATCH /settings`.
    pub settings: Arc<dyn TenantSettings>,
    /// Who belongs to a tenant.
    pub members: Arc<dyn Members>,
    /// Rates.
    pub limiter: Arc<dyn Limiter>,
    /// An HTTP client.
    pub http: reqwest::Client,
    /// A file store in memory.
    pub store: Arc<dyn BlobStore>,
    /// Fetches links; none of this machine.
    pub fetcher: Arc<dyn Fetcher>,
    /// WhatsApp.
    pub sim: Simulator,
    /// Where the simulator's Graph API is.
    pub graph: Url,
    /// How WhatsApp reaches us.
    pub public: Url,
    /// One tenant.
    pub acme: TenantDb,
    /// The other.
    pub globex: TenantDb,
}

impl Parts {
    /// The connections that messages leave on.
    ///
    /// # Panics
    /// When TLS cannot be set up.
    pub fn wire(&self) -> Wire {
        Wire::new([self.graph.authority().parse().unwrap()]).unwrap()
    }
}

/// The application: called by the test, and served for the simulator.
type Shared = Arc<BoxEndpoint<'static>>;

/// Where WhatsApp's webhooks come in.
const WEBHOOK: &str = "/webhooks/whatsapp/:path";

/// A module with two tenants on a separate database. The clock stands still until it is advanced, and nothing runs in the background
/// before [`World::settled`].
pub struct World {
    /// One tenant.
    pub acme: TenantDb,
    /// The other.
    pub globex: TenantDb,
    /// Moves the time, the simulator's too.
    pub clock: ManualClock,
    /// People, keys and tenants.
    pub identity: Identity,
    /// WhatsApp.
    pub sim: Simulator,
    system: SystemDb,
    client: TestClient<Shared>,
    // Of each tenant, an API key with every right.
    keys: Mutex<HashMap<TenantId, String>>,
    modules: Arc<Vec<Box<dyn Module>>>,
    bus: Bus,
    reseller: identity::ResellerId,
    stop: CancellationToken,
    _hub: Runtime,
    /// The database. Last: everything above has let go of it then.
    pub database: TestDatabase,
}

impl World {
    /// Opens one around the module that `make` makes, together with the ports or fakes that its tests want to hold.
    ///
    /// # Panics
    /// When the profile's server is not there.
    pub async fn open<P>(profile: Profile, make: impl FnOnce(&Parts) -> (Box<dyn Module>, P)) -> (Self, P) {
        // A busy machine is no reason for a list to fail.
        Self::open_with(
            profile,
            |system| system.with_list_limit(Duration::from_secs(20)),
            make,
        )
        .await
    }

    /// As [`World::open`], with other settings of the database.
    ///
    /// # Panics
    /// As [`World::open`].
    pub async fn open_with<P>(
        profile: Profile,
        set: impl FnOnce(SystemDb) -> SystemDb,
        make: impl FnOnce(&Parts) -> (Box<dyn Module>, P),
    ) -> (Self, P) {
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let database = TestDatabase::open(profile).await;
        let (clock, hand) = Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let (bus, stop) = (Bus::local(), CancellationToken::new());
        let system = set(SystemDb::new(
            database.connection.clone(),
            clock.clone(),
            bus.wake(),
        ));
        system.learn_server().await.unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let limiter = host::limiter(None);
        let identity = identity(&system, limiter.clone());
        let (sim, graph) = simulator(&clock, &http, stop.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public = format!("http://{}", listener.local_addr().unwrap());
        let reseller = identity.create_reseller("Northwind").await.unwrap();
        let acme = identity.create_tenant(reseller, "Acme").await.unwrap();
        let globex = identity.create_tenant(reseller, "Globex").await.unwrap();
        let mut config = Config::defaults().unwrap();
        config.media.url = "memory:".to_owned();
        let media = server::platform::media_parts(&config).unwrap();
        let parts = Parts {
            clock,
            routes: identity.routes(),
            vault: identity.vault(),
            settings: identity.settings(),
            members: identity.members(),
            limiter,
            http,
            store: media.store,
            fetcher: media.fetcher,
            sim: sim.clone(),
            graph,
            public: Url::parse(&public).unwrap(),
            acme: system.tenant(acme),
            globex: system.tenant(globex),
        };
        let (module, ports) = make(&parts);
        let modules: Vec<Box<dyn Module>> = vec![Box::new(identity.clone()), module];
        identity.learn_modules(&modules);
        let hub = run(&system, &bus, &modules, false, stop.clone()).await;
        let options = AppOptions {
            config: PublicConfig::default(),
            authenticator: identity.authenticator(),
            more_routes: stand_in(&modules),
            hosts: HostNames::new(&parts.public, &[]).unwrap(),
            https: false,
            live_ping: Duration::from_secs(20),
            live_limits: config.live_limits(),
            redis: None,
            bodies: BodyLimits::default(),
        };
        let app = App::build(&modules, &system, hub.hub(), options).unwrap();
        let endpoint: Shared = Arc::new(app.endpoint);
        serve(listener, endpoint.clone(), stop.clone());
        let world = Self {
            acme: parts.acme,
            globex: parts.globex,
            clock: hand,
            identity,
            sim,
            system,
            client: TestClient::new(endpoint),
            keys: Mutex::default(),
            modules: Arc::new(modules),
            bus,
            reseller,
            stop,
            _hub: hub,
            database,
        };
        for db in [&world.acme, &world.globex] {
            world.give_key(db).await;
        }
        (world, ports)
    }

    /// One more tenant.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn tenant(&self, name: &str) -> TenantDb {
        let id = self.identity.create_tenant(self.reseller, name).await.unwrap();
        let db = self.system.tenant(id);
        self.give_key(&db).await;
        db
    }

    /// A new agent of the tenant.
    ///
    /// # Panics
    /// When the address is taken.
    pub async fn agent(&self, db: &TenantDb, email: &str) -> UserId {
        self.identity
            .create_member(
                email,
                "An agent",
                SecretString::from(PASSWORD),
                db.tenant(),
                Role::Agent,
            )
            .await
            .unwrap()
    }

    /// An API key of the tenant with these rights only.
    ///
    /// # Panics
    /// When there is no such right.
    pub async fn key(&self, db: &TenantDb, rights: &[&str]) -> String {
        let key = self
            .identity
            .create_api_key(db, "A key", rights, None)
            .await
            .unwrap();
        key.secret.expose_secret().to_owned()
    }

    async fn give_key(&self, db: &TenantDb) {
        let all: Vec<&str> = self.identity.permissions().iter().map(|it| it.name).collect();
        let key = self.key(db, &all).await;
        self.keys.lock().unwrap().insert(db.tenant(), key);
    }

    /// Calls the API with a key; an empty one sends none. `path` starts behind `/api/v1`.
    ///
    /// # Panics
    /// When the body of the response cannot be read.
    pub async fn send_as(&self, key: &str, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let mut request = self.request(method, &format!("/api/v1{path}"));
        if !key.is_empty() {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        if !body.is_null() {
            request = request.body_json(&body);
        }
        read(request.send().await).await
    }

    /// A request to the application, such as to a public route of the module.
    pub fn request(&self, method: Method, path: &str) -> TestRequestBuilder<'_, Shared> {
        self.client.request(method, path).header("host", "localhost")
    }

    /// Calls the API as a program of the tenant that may do everything.
    ///
    /// # Panics
    /// When the tenant is not of this world.
    pub async fn send(&self, db: &TenantDb, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let key = self.keys.lock().unwrap()[&db.tenant()].clone();
        self.send_as(&key, method, path, body).await
    }

    /// `GET`.
    pub async fn get(&self, db: &TenantDb, path: &str) -> (StatusCode, Value) {
        self.send(db, Method::GET, path, Value::Null).await
    }

    /// `GET` of a file.
    ///
    /// # Panics
    /// When the tenant is not of this world.
    pub async fn file(&self, db: &TenantDb, path: &str) -> (StatusCode, Vec<u8>) {
        let key = self.keys.lock().unwrap()[&db.tenant()].clone();
        let request = self.request(Method::GET, &format!("/api/v1{path}"));
        let response = request
            .header("authorization", format!("Bearer {key}"))
            .send()
            .await;
        let status = response.0.status();
        (status, response.0.into_body().into_vec().await.unwrap())
    }

    /// `POST`.
    pub async fn post(&self, db: &TenantDb, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(db, Method::POST, path, body).await
    }

    /// `PATCH`.
    pub async fn patch(&self, db: &TenantDb, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(db, Method::PATCH, path, body).await
    }

    /// `DELETE`.
    pub async fn delete(&self, db: &TenantDb, path: &str) -> (StatusCode, Value) {
        self.send(db, Method::DELETE, path, Value::Null).await
    }

    /// Relays events, lets listeners hear them, runs jobs and pumps, delivers the simulator's webhooks, until nothing is left that
    /// is due.
    ///
    /// # Panics
    /// When that does not come about within half a minute.
    pub async fn settled(&self) {
        let runtime = run(
            &self.system,
            &self.bus,
            &self.modules,
            true,
            CancellationToken::new(),
        )
        .await;
        let idle = runtime.idle();
        let settling = async {
            loop {
                self.sim.caught_up().await;
                idle.settled().await.unwrap();
                if self.sim.caught_up().now_or_never().is_some() && idle.is_settled().await.unwrap() {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), settling)
            .await
            .expect("the module comes to rest");
        runtime.stop().await;
    }

    /// The events that were published since the world last settled, as `(name, payload)`.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn told(&self) -> Vec<(String, Value)> {
        let rows = kernel::outbox::event::Entity::find()
            .order_by_asc(kernel::outbox::event::Column::Id)
            .all(&self.database.connection)
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| (row.name, serde_json::from_str(&row.payload).unwrap()))
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn identity(system: &SystemDb, limiter: Arc<dyn Limiter>) -> Identity {
    let quota = Quota {
        per_second: 100_000.0,
        burst: 100_000,
    };
    let options = Options {
        secure_cookie: false,
        api_quota: quota,
        tenant_quota: quota,
        password_cost: PasswordCost::FOR_TESTS,
        ..Options::default()
    };
    let keys = VaultKeys::new(VaultKey::new("world", [7; 32]).unwrap(), Vec::new()).expect("one key");
    Identity::new(system.clone(), &keys, limiter, Random::system(), options)
}

/// The simulator, served at its own address.
async fn simulator(clock: &Clock, http: &reqwest::Client, stop: CancellationToken) -> (Simulator, Url) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let graph = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let wall = clock.clone();
    let config = SimConfig {
        public_url: graph.to_string().trim_end_matches('/').to_owned(),
        wall: Wall::new(move || wall.now().timestamp_millis()),
        ..SimConfig::profile(cloud_sim::Profile::Fast)
    };
    let sim = Simulator::new(config.with_http(http.clone()));
    serve(listener, sim.routes(), stop);
    (sim, graph)
}

fn serve(listener: TcpListener, endpoint: impl Endpoint + 'static, stop: CancellationToken) {
    let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap())
        .http2_max_concurrent_streams(server::platform::HTTP2_STREAMS);
    let stopped = async move { stop.cancelled().await };
    tokio::spawn(server.run_with_graceful_shutdown(endpoint, stopped, Some(Duration::from_millis(100))));
}

/// For modules without a webhook one that takes everything, so that WhatsApp's handshake succeeds.
fn stand_in(modules: &[Box<dyn Module>]) -> Option<host::app::MoreRoutes> {
    let mut routes = modules.iter().flat_map(|module| module.public_routes());
    if routes.any(|route| route.path == WEBHOOK) {
        return None;
    }
    let challenge = |request: Request| {
        let query: HashMap<String, String> = request.params().unwrap_or_default();
        query.get("hub.challenge").cloned().unwrap_or_default()
    };
    Some(Box::new(move |route: Route| {
        route.at(WEBHOOK, get(make_sync(challenge)).post(make_sync(|_| "")))
    }))
}

async fn run(
    system: &SystemDb,
    bus: &Bus,
    modules: &[Box<dyn Module>],
    work: bool,
    stop: CancellationToken,
) -> Runtime {
    let roles = Roles { serve: false, work };
    Runtime::start(
        system.clone(),
        bus.clone(),
        modules,
        &carrier::Route::InProcess,
        roles,
        "world",
        stop,
    )
    .await
    .unwrap()
}

/// Status and body of a response.
///
/// # Panics
/// When the body cannot be read.
pub async fn read(response: TestResponse) -> (StatusCode, Value) {
    let status = response.0.status();
    let body = response.0.into_body().into_string().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}
