//! The platform as it runs in production, for one part: its own database, `wapro simulator`, `wapro serve` and `wapro worker` as
//! processes, and in this program the ports through which campaigns are queued.

use std::{
    path::PathBuf,
    sync::{Arc, atomic::AtomicUsize},
    time::{Duration, Instant},
};

use anyhow::Context;
use contracts::{contacts::ContactDirectory, messaging::MessageSender};
use host::Roles;
use secrecy::SecretString;
use serde_json::json;
use server::{Config, Platform, Setup};
use sqlx::MySqlPool;
use tempfile::TempDir;

use crate::{
    plan::Plan,
    proc::{Role, Watch},
    process::{Running, Settings, free_port, run, wapro},
    services::{Scratch, Services, pool},
    sim::{Sim, Statuses},
};

/// A running installation.
pub struct World {
    /// What was asked for.
    pub plan: Plan,
    /// MariaDB and Redis.
    pub services: Services,
    /// The simulator.
    pub sim: Sim,
    /// Where `serve` answers.
    pub base: String,
    /// For API calls and control calls.
    pub http: reqwest::Client,
    /// The platform's code in this process, doing nothing by itself: it makes tenants and queues messages.
    pub platform: Platform,
    /// The one way out.
    pub sender: Arc<dyn MessageSender>,
    /// Who is who.
    pub directory: Arc<dyn ContactDirectory>,
    /// For looking at tables.
    pub pool: MySqlPool,
    /// Process id of the simulator.
    pub sim_pid: u32,
    /// Tenants made so far.
    pub made: AtomicUsize,
    serve: Option<Running>,
    worker: Option<Running>,
    simulator: Running,
    settings: Settings,
    wapro: PathBuf,
    scratch: Scratch,
    dir: TempDir,
}

impl World {
    /// Migrates a new database and starts simulator and `serve`. The worker is started by [`World::start_worker`].
    ///
    /// # Errors
    /// When something does not come up.
    pub async fn start(plan: &Plan, services: &Services, purpose: &str) -> anyhow::Result<Self> {
        let wapro = wapro(plan.wapro.as_ref())?;
        let dir = tempfile::tempdir()?;
        let scratch = services.database(purpose).await?;
        let (serve_port, sim_port) = (free_port()?, free_port()?);
        let base = format!("http://127.0.0.1:{serve_port}");
        let sim_base = format!("http://127.0.0.1:{sim_port}");
        let settings: Settings = [
            ("WAPRO_LISTEN", format!("127.0.0.1:{serve_port}")),
            ("WAPRO_PUBLIC_URL", base.clone()),
            // One machine, several processes: each takes a port of the system's choice.
            ("WAPRO_METRICS_LISTEN", "127.0.0.1:0".to_owned()),
            ("WAPRO_DATA_DIR", dir.path().display().to_string()),
            ("WAPRO_DATABASE_URL", scratch.url.clone()),
            ("WAPRO_REDIS_URL", services.redis.clone()),
            ("WAPRO_REDIS_PREFIX", scratch.name.clone()),
            // What one caller may ask is not what is measured here.
            ("WAPRO_API_RATE", "100000".to_owned()),
            ("WAPRO_API_BURST", "100000".to_owned()),
            ("WAPRO_LIVE_SOCKETS", "100000".to_owned()),
            ("WAPRO_LIVE_SOCKETS_PER_CALLER", "100000".to_owned()),
            ("WAPRO_SIMULATOR__REACH", format!(r#"["127.0.0.1:{serve_port}"]"#)),
            ("WAPRO_SIMULATOR__URL", sim_base.clone()),
            ("WAPRO_SIMULATOR__PROFILE", "load".to_owned()),
            ("WAPRO_LOG", "warn".to_owned()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        run(&wapro, &["migrate"], &settings).await?;
        let http = client()?;
        let log = |name: &str| dir.path().join(format!("{name}.log"));
        let mut sim_settings = settings.clone();
        sim_settings.push(("WAPRO_LISTEN".to_owned(), format!("127.0.0.1:{sim_port}")));
        let simulator = Running::start(&wapro, &["simulator"], &sim_settings, &log("simulator"))?
            .ready(&http, &format!("{sim_base}/_sim/health"), &log("simulator"))
            .await?;
        let sim = Sim::at(sim_base, http.clone()).await?;
        sim.weather(100, Statuses::Off).await?;
        let serve = Running::start(&wapro, &["serve"], &settings, &log("serve"))?
            .ready(&http, &format!("{base}/readyz"), &log("serve"))
            .await?;
        let config = config(&settings, &dir, services, &scratch)?;
        let nothing = Roles {
            serve: false,
            work: false,
        };
        let platform = Platform::start(&config, Setup::new(nothing)).await?;
        let (directory, sender) = (platform.ports.contacts.clone(), platform.ports.sender.clone());
        let pool = pool(&scratch.url, 4).await?;
        Ok(Self {
            plan: plan.clone(),
            services: services.clone(),
            sim,
            base,
            http,
            platform,
            sender,
            directory,
            pool,
            sim_pid: simulator.pid,
            made: AtomicUsize::new(0),
            serve: Some(serve),
            worker: None,
            simulator,
            settings,
            wapro,
            scratch,
            dir,
        })
    }

    /// Starts `wapro worker` unless it runs.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start_worker(&mut self) -> anyhow::Result<()> {
        if self.worker.is_none() {
            let log = self.dir.path().join("worker.log");
            self.worker = Some(Running::start(&self.wapro, &["worker"], &self.settings, &log)?);
        }
        Ok(())
    }

    /// Ends the worker as a deployment would and waits for what it was doing.
    ///
    /// # Errors
    /// When it had to be killed.
    pub async fn stop_worker(&mut self) -> anyhow::Result<()> {
        match self.worker.take() {
            Some(worker) => worker.stop().await.map(drop),
            None => Ok(()),
        }
    }

    /// Process id of `serve`.
    pub fn serve_pid(&self) -> Option<u32> {
        self.serve.as_ref().map(|process| process.pid)
    }

    /// Process id of the worker, while it runs.
    pub fn worker_pid(&self) -> Option<u32> {
        self.worker.as_ref().map(|process| process.pid)
    }

    /// Watches the platform's processes and all that serve it.
    pub fn watch(&self) -> Watch {
        let mut watch = self.watch_around();
        for pid in [self.serve_pid(), self.worker_pid()].into_iter().flatten() {
            watch.add(Role::App, pid);
        }
        watch.add(Role::Harness, std::process::id());
        watch
    }

    /// Watches only what every contender shares: database, Redis, simulator.
    pub fn watch_around(&self) -> Watch {
        let mut watch = Watch::default();
        watch.add(Role::Database, self.services.mysql_pid);
        watch.add(Role::Redis, self.services.redis_pid);
        watch.add(Role::Simulator, self.sim_pid);
        watch
    }

    /// The address of this part's database.
    pub fn database_url(&self) -> &str {
        &self.scratch.url
    }

    /// Lines of the platform's logs that speak of trouble, at most three.
    pub fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        for name in ["serve", "worker"] {
            let text =
                std::fs::read_to_string(self.dir.path().join(format!("{name}.log"))).unwrap_or_default();
            let bad: Vec<&str> = text
                .lines()
                .filter(|line| line.contains("ERROR") || line.contains("panicked"))
                .collect();
            if let Some(first) = bad.first() {
                found.push(format!(
                    "{} errors in the log of {name}, the first: {}",
                    bad.len(),
                    first.trim()
                ));
            }
        }
        found
    }

    /// Resolves once no event waits to be relayed and no job waits or runs, or the time is over; says which.
    ///
    /// # Errors
    /// The database's.
    pub async fn idle(&self, timeout: Duration) -> anyhow::Result<bool> {
        let began = Instant::now();
        while began.elapsed() < timeout {
            // A job's row stays until the job is done, whichever process runs it. What recurs is due long after the bench.
            let left = "SELECT EXISTS (SELECT 1 FROM messaging_inbox) OR EXISTS (SELECT 1 FROM host_outbox) OR EXISTS (SELECT 1 FROM host_jobs WHERE dead = 0 AND kind NOT IN ('templates.sync_all', 'messaging.repair_conversations'))";
            if self.count(left).await? == 0 {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(false)
    }

    /// A count from the part's own database.
    ///
    /// # Errors
    /// The database's.
    pub async fn count(&self, statement: &'static str) -> anyhow::Result<u64> {
        let (count,): (i64,) = sqlx::query_as(statement).fetch_one(&self.pool).await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Ends every process and removes the database.
    ///
    /// # Errors
    /// When the database cannot be removed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let _ = self.stop_worker().await;
        if let Some(serve) = self.serve.take() {
            let _ = serve.stop().await;
        }
        let _ = self.simulator.stop().await;
        self.platform.runtime.stop().await;
        self.pool.close().await;
        self.scratch.remove().await
    }
}

/// The same settings as the processes have, for the code in this one.
fn config(
    settings: &Settings,
    dir: &TempDir,
    services: &Services,
    scratch: &Scratch,
) -> anyhow::Result<Config> {
    let of = |key: &str| {
        let found = settings.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut config = Config::defaults()?;
    config.data_dir = dir.path().to_owned();
    config.listen = of("WAPRO_LISTEN").parse()?;
    config.public_url = of("WAPRO_PUBLIC_URL");
    config.database_url = SecretString::from(scratch.url.clone());
    config.redis_url = SecretString::from(services.redis.clone());
    config.redis_prefix.clone_from(&scratch.name);
    config.simulator.url = of("WAPRO_SIMULATOR__URL");
    Ok(config)
}

/// An HTTP client that keeps its connections.
///
/// # Errors
/// When TLS cannot be set up.
#[expect(
    clippy::disallowed_methods,
    reason = "a measuring program is its own composition root"
)]
pub fn client() -> anyhow::Result<reqwest::Client> {
    // A second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(Duration::from_secs(60))
        .timeout(Duration::from_secs(60))
        .build()
        .context("the HTTP client")
}

/// An API call with a key; the answer must be a success.
///
/// # Errors
/// When it is not.
pub async fn post(
    world: &World,
    key: &str,
    path: &str,
    body: serde_json::Value,
) -> anyhow::Result<serde_json::Value> {
    let answer = world
        .http
        .post(format!("{}/api/v1{path}", world.base))
        .bearer_auth(key)
        .json(&body)
        .send()
        .await?;
    let (status, bytes) = (answer.status(), answer.bytes().await?);
    anyhow::ensure!(
        status.is_success(),
        "POST {path} answers {status}: {}",
        String::from_utf8_lossy(&bytes)
    );
    Ok(serde_json::from_slice(&bytes).unwrap_or(json!(null)))
}
