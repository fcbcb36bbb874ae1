//! Assembles one process of the platform.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use channels::Addresses;
use cloud_api::client::Wire;
use cloud_sim::{SimConfig, Simulator};
use host::{
    App, AppOptions, BodyLimits, Bus, Roles, Runtime, ServeLimits,
    app::{Brand, DemoLogin, PublicConfig},
    fetch::{PublicFetcher, SystemLookup},
    jobs::carrier::Route,
    redis::Redis,
};
use identity::{Identity, Options, PasswordCost, Random, VaultKey, VaultKeys};
use kernel::{Clock, PermissionInfo, Quota, Sealed, SystemDb};
use messaging::MediaParts;
use migrations::Migrator;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    commands::vault,
    config::{Config, MediaConfig},
    demo,
    modules::{Deps, Ports, modules},
    world,
};

/// Requests that one HTTP/2 connection may have under way.
pub const HTTP2_STREAMS: u32 = 250;

/// What a process is given besides its configuration.
#[derive(Debug)]
pub struct Setup {
    /// What it does.
    pub roles: Roles,
    /// Its clock.
    pub clock: Clock,
    /// The simulator to have inside, if any.
    pub simulator: Option<SimConfig>,
    /// Whether the demo's sign-ins are shown on the first page.
    pub demo: bool,
    /// How often live connections are looked at again.
    pub live_ping: Duration,
    /// What a password's hash costs; tests choose a cheap one.
    pub password_cost: PasswordCost,
}

impl Setup {
    /// As `wapro serve` or `wapro worker`.
    pub fn new(roles: Roles) -> Self {
        Self {
            roles,
            clock: Clock::system(),
            simulator: None,
            demo: false,
            live_ping: Duration::from_secs(20),
            password_cost: PasswordCost::STANDARD,
        }
    }
}

/// A process: everything it needs, started, but not yet answering.
#[derive(Debug)]
pub struct Platform {
    /// Tenants, people, keys.
    pub identity: Identity,
    /// What the modules offer.
    pub ports: Ports,
    /// The unscoped door, for the commands.
    pub system: SystemDb,
    /// Background work and live hub.
    pub runtime: Runtime,
    /// The simulator inside.
    pub simulator: Option<Simulator>,
    /// The HTTP application.
    pub app: App,
    /// Where `/metrics` answers, if it does.
    pub metrics: Option<SocketAddr>,
    stop: CancellationToken,
    serving: ServeLimits,
}

impl Platform {
    /// Connects, brings the schema up to date, and starts what the roles ask for.
    ///
    /// # Errors
    /// A sentence that says what cannot be reached or read.
    pub async fn start(config: &Config, setup: Setup) -> anyhow::Result<Self> {
        let connection = open_database(config).await?;
        let keys = vault_keys(config, &connection).await?;
        Self::over(config, setup, connection, &keys).await
    }

    /// As [`Platform::start`], over a connection whose schema is as it should be.
    async fn over(
        config: &Config,
        setup: Setup,
        connection: sea_orm::DatabaseConnection,
        keys: &VaultKeys,
    ) -> anyhow::Result<Self> {
        if let Some(why) = config.redis_missing() {
            tracing::warn!("{why}");
        }
        let stop = CancellationToken::new();
        let (bus, redis, route) = hints(config, &stop)?;
        let system = SystemDb::new(connection, setup.clock, bus.wake())
            .with_list_limit(Duration::from_millis(config.list_limit_ms.into()));
        system.learn_server().await?;
        let limiter = host::limiter(redis.clone().map(|redis| (redis, config.redis_prefix.clone())));
        let http = http_client()?;
        let identity = Identity::new(
            system.clone(),
            keys,
            limiter.clone(),
            Random::system(),
            identity_options(config, setup.password_cost)?,
        );
        let reach = config.simulator_reach(true)?;
        let simulator = setup
            .simulator
            .map(|sim| Simulator::new(sim.with_http(http.clone()).with_reach(reach)));
        let addresses = addresses(config, simulator.is_some())?;
        let media = media_parts(config)?;
        let (modules, ports) = modules(Deps {
            identity: identity.clone(),
            limiter,
            http,
            wire: wire(&addresses)?,
            addresses,
            media,
        });
        identity.learn_modules(&modules);
        if setup.roles.serve || setup.roles.work {
            vault::refuse_wrong_keys(config, &identity).await?;
        }
        let owner = format!(
            "{}-{}",
            std::process::id(),
            &uuid::Uuid::new_v4().simple().to_string()[..8]
        );
        let runtime = Runtime::start(
            system.clone(),
            bus,
            &modules,
            &route,
            setup.roles,
            &owner,
            stop.clone(),
        )
        .await?;
        let inside = simulator.clone();
        let options = AppOptions {
            config: PublicConfig {
                brand: Brand {
                    name: config.brand.clone(),
                },
                simulator: simulator.is_some(),
                demo_logins: demo_logins(setup.demo, &identity).await?,
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            authenticator: identity.authenticator(),
            more_routes: inside
                .map(|sim| -> host::app::MoreRoutes { Box::new(move |route| sim.mount(route)) }),
            hosts: config.hosts()?,
            https: config.is_https()?,
            live_ping: setup.live_ping,
            live_limits: config.live_limits(),
            redis,
            bodies: BodyLimits {
                memory: config.body_memory_mb.saturating_mul(1024 * 1024),
                ..BodyLimits::default()
            },
        };
        let app = App::build(&modules, &system, runtime.hub(), options)?;
        let metrics = metrics(config, setup.roles, &stop).await?;
        if let (true, Some(why)) = (setup.roles.serve, config.proxies_missing()) {
            tracing::warn!("{why}");
        }
        Ok(Self {
            identity,
            ports,
            system,
            runtime,
            simulator,
            app,
            metrics,
            stop,
            serving: ServeLimits {
                connections: config.http_connections,
                http2_streams: HTTP2_STREAMS,
                ..ServeLimits::default()
            },
        })
    }

    /// Only the application's description, without touching a disk or a network.
    ///
    /// # Errors
    /// When two modules contradict each other.
    pub async fn described() -> anyhow::Result<App> {
        Ok(Self::over_nothing().await?.1)
    }

    /// Every column in which a module seals secrets, without touching a disk or a network.
    ///
    /// # Errors
    /// As [`Platform::described`].
    pub async fn sealed() -> anyhow::Result<Vec<Sealed>> {
        Ok(Self::over_nothing().await?.0.sealed().to_vec())
    }

    /// Every permission of every module, without touching a disk or a network.
    ///
    /// # Errors
    /// As [`Platform::described`].
    pub async fn permissions() -> anyhow::Result<Vec<PermissionInfo>> {
        Ok(Self::over_nothing().await?.0.permissions().to_vec())
    }

    /// A platform that does nothing, for what its modules say of themselves.
    async fn over_nothing() -> anyhow::Result<(Identity, App)> {
        let config = Config {
            media: MediaConfig {
                url: "memory:".to_owned(),
                ..Config::defaults()?.media
            },
            ..Config::defaults()?
        };
        let memory = host::database::DatabaseOptions {
            url: "sqlite::memory:".to_owned(),
            max_connections: 1,
        };
        let setup = Setup {
            password_cost: PasswordCost::FOR_TESTS,
            ..Setup::new(Roles {
                serve: false,
                work: false,
            })
        };
        let platform = Self::over(
            &config,
            setup,
            memory.connect().await?,
            &VaultKeys::unused(&Random::system()),
        )
        .await?;
        platform.runtime.stop().await;
        Ok((platform.identity, platform.app))
    }

    /// Answers on the listener until `signal`, then lets what runs come to its end.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        signal: impl Future<Output = ()> + Send,
    ) -> anyhow::Result<()> {
        let Self {
            app,
            runtime,
            simulator,
            stop,
            serving,
            ..
        } = self;
        // Sockets and the simulator's event streams are told first: the server waits for every open connection.
        let streams = simulator.clone();
        let signal = async move {
            signal.await;
            stop.cancel();
            if let Some(simulator) = streams {
                tokio::spawn(async move { simulator.shutdown().await });
            }
        };
        host::serve(listener, app.endpoint, serving, signal).await?;
        runtime.stop().await;
        if let Some(simulator) = simulator {
            simulator.shutdown().await;
        }
        Ok(())
    }

    /// Works in the background only, until `signal`.
    pub async fn work(self, signal: impl Future<Output = ()>) {
        signal.await;
        self.runtime.stop().await;
    }
}

/// Connects to the database and applies what is missing of its schema.
///
/// # Errors
/// A sentence that says what cannot be reached or made.
pub async fn open_database(config: &Config) -> anyhow::Result<sea_orm::DatabaseConnection> {
    let database = config.database();
    if database.is_sqlite() {
        world::make_folder(&config.data_dir)?;
        world::keep_private(&database.url)?;
    }
    database
        .migrate::<Migrator>()
        .await
        .context("the database cannot be reached or brought up to date")?;
    database.connect().await.context("the database cannot be reached")
}

/// The demo's sign-ins, where it is wanted and there, or about to be made.
async fn demo_logins(wanted: bool, identity: &Identity) -> anyhow::Result<Vec<DemoLogin>> {
    let shown = wanted && (identity.is_empty().await? || demo::is_in(identity).await?);
    Ok(if shown { demo::logins() } else { Vec::new() })
}

/// Bus, Redis and job route of the profile.
fn hints(config: &Config, stop: &CancellationToken) -> anyhow::Result<(Bus, Option<Redis>, Route)> {
    let Some(options) = config.redis() else {
        return Ok((Bus::local(), None, Route::InProcess));
    };
    let prefix = config.redis_prefix.clone();
    let redis = Redis::new(&options).context("redis_url cannot be read")?;
    let bus = Bus::redis(&redis, &prefix, stop.clone());
    let route = Route::Redis {
        redis: redis.clone(),
        prefix,
    };
    Ok((bus, Some(redis), route))
}

/// Starts counting, and serves the metrics on their separate address. An address that is taken keeps no process from its work.
async fn metrics(
    config: &Config,
    roles: Roles,
    stop: &CancellationToken,
) -> anyhow::Result<Option<SocketAddr>> {
    // One that only describes itself must not take the process's only recorder.
    if !roles.serve && !roles.work {
        return Ok(None);
    }
    let recorder = host::metrics::install().context("metrics")?;
    tokio::spawn(host::metrics::keep(recorder.clone(), stop.clone()));
    let Some(address) = config.metrics_listen else {
        return Ok(None);
    };
    match host::metrics::listen(address, recorder, config.hosts()?, stop.clone()).await {
        Ok(address) => {
            tracing::info!(%address, "metrics are at /metrics");
            Ok(Some(address))
        }
        Err(error) => {
            tracing::warn!(
                %address, %error,
                "this process has no metrics: their address is taken or not allowed, most likely by another wapro on this machine. \
                 Choose another with WAPRO_METRICS_LISTEN=127.0.0.1:9465, or none with WAPRO_METRICS_LISTEN="
            );
            Ok(None)
        }
    }
}

fn http_client() -> anyhow::Result<reqwest::Client> {
    // The crates we use leave the choice of the TLS provider to us; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(concat!("wapro/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(5))
        .pool_idle_timeout(Duration::from_secs(60))
        // Graph never redirects, and a webhook that does is a failure.
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    Ok(client)
}

fn addresses(config: &Config, simulator_inside: bool) -> anyhow::Result<Addresses> {
    let simulator = match config.simulator.url.as_str() {
        "" if simulator_inside => Some(Url::parse(&format!("http://{}", config.listen))?),
        "" => None,
        url => Some(Url::parse(url).context("simulator.url is not an address")?),
    };
    Ok(Addresses {
        graph: config.graph_url.clone(),
        simulator,
        public: config.public_url()?,
    })
}

/// The connections that messages leave on. The simulator speaks HTTP/2 at its plain address, which nothing there could say.
///
/// # Errors
/// When TLS cannot be set up.
pub fn wire(addresses: &Addresses) -> anyhow::Result<Wire> {
    let simulator = addresses.simulator.as_ref();
    let http2 = simulator.and_then(|url| url.authority().parse().ok());
    Wire::new(http2).map_err(|error| anyhow::anyhow!("TLS cannot be set up: {error}"))
}

/// The file store, and the fetcher of customers' links.
///
/// # Errors
/// A sentence that names the setting and what is wrong with it.
pub fn media_parts(config: &Config) -> anyhow::Result<MediaParts> {
    let store = config.files()?.open();
    let fetcher = PublicFetcher::new(config.fetch_policy(), Arc::new(SystemLookup))?;
    Ok(MediaParts {
        store: store.map_err(|wrong| anyhow::anyhow!("media.url: {wrong}"))?,
        fetcher: Arc::new(fetcher),
        link_minutes: config.media.link_minutes,
    })
}

pub(crate) fn identity_options(config: &Config, password_cost: PasswordCost) -> anyhow::Result<Options> {
    Ok(Options {
        secure_cookie: config.is_https()?,
        api_quota: Quota {
            per_second: f64::from(config.api_rate),
            burst: config.api_burst,
        },
        tenant_quota: config.tenant_quota(),
        password_cost,
        trusted_proxies: config.trusted_proxies.clone(),
    })
}

/// The configured keys, or one kept in the data folder: an embedded installation needs nothing entered. The first start makes it;
/// never one that would open nothing of what is stored.
async fn vault_keys(config: &Config, database: &sea_orm::DatabaseConnection) -> anyhow::Result<VaultKeys> {
    if let Some(keys) = existing_vault_keys(config)? {
        return Ok(keys);
    }
    vault::refuse_new_key(config, database.clone()).await?;
    world::make_key(&config.data_dir)?;
    existing_vault_keys(config)?.context("the key that was just made is gone")
}

/// The configured keys, or the one in the data folder; none if there is neither, and none is made.
///
/// # Errors
/// Where the key was read, and how a key must look.
pub fn existing_vault_keys(config: &Config) -> anyhow::Result<Option<VaultKeys>> {
    if !config.encryption_keys.is_empty() {
        return read_keys(&config.encryption_keys)
            .map_err(|error| anyhow::anyhow!("encryption_keys: {error}"));
    }
    let Some(key) = world::existing_key(&config.data_dir)? else {
        return Ok(None);
    };
    read_keys(&[key]).map_err(|error| {
        anyhow::anyhow!(
            "{} is damaged: {error}. Restore it from a backup",
            world::key_file(&config.data_dir).display()
        )
    })
}

/// Keys as they are written, newest first; none of an empty list.
///
/// # Errors
/// How a key must look, or that two have the same id. The text is never repeated.
pub(crate) fn read_keys(texts: &[SecretString]) -> Result<Option<VaultKeys>, String> {
    let keys: Vec<VaultKey> = texts.iter().map(VaultKey::parse).collect::<Result<_, _>>()?;
    let mut keys = keys.into_iter();
    let Some(sealing) = keys.next() else {
        return Ok(None);
    };
    VaultKeys::new(sealing, keys.collect()).map(Some)
}

/// Resolves on Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        },
        Err(_) => {
            let _ = interrupt.await;
        }
    }
}
