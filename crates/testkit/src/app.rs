//! The platform, running in the test's own process.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use cloud_sim::{Provision, SimConfig, Simulator, Wall};
use futures_util::FutureExt;
use host::{Roles, runtime::Idle};
use identity::{Identity, PasswordCost, Role};
use kernel::{Clock, ManualClock, SystemDb, outbox};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use server::{Config, Platform, Setup, modules::Ports};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{Dump, Profile, Services, Tenant, dump};

/// A running platform with two tenants of one reseller.
#[derive(Debug)]
pub struct TestApp {
    /// Its profile.
    pub profile: Profile,
    /// One tenant.
    pub acme: Tenant,
    /// The other.
    pub globex: Tenant,
    /// The simulator inside.
    pub sim: Simulator,
    /// Advances the platform's clock, and the simulator's with it.
    pub clock: ManualClock,
    /// Its base address.
    pub base: String,
    /// The address of its metrics.
    pub metrics: String,
    /// An HTTP client that keeps no cookies.
    pub http: reqwest::Client,
    /// People, keys and tenants.
    pub identity: Identity,
    /// What the modules offer each other.
    pub ports: Ports,
    /// Unscoped access to the database, for looking at tables.
    pub system: SystemDb,
    /// What it was configured with.
    pub config: Config,
    services: Services,
    idle: Idle,
    end: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
}

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery";

impl TestApp {
    /// Starts one.
    pub async fn start(profile: Profile) -> Self {
        Self::start_with(profile, |_| {}, |_| {}).await
    }

    /// Starts one with other knobs.
    pub async fn start_with(
        profile: Profile,
        configure: impl FnOnce(&mut Config),
        simulate: impl FnOnce(&mut SimConfig),
    ) -> Self {
        let services = Services::make(profile).await;
        let booted = Booted::boot(services, configure, simulate, Clock::shifted(), None).await;
        let reseller = booted.identity.create_reseller("Northwind").await.unwrap();
        let make = Make {
            identity: &booted.identity,
            system: &booted.system,
            sim: &booted.sim,
            base: &booted.base,
            http: &booted.http,
            clock: &booted.clock,
            reseller,
        };
        let acme = make.tenant("Acme", "+447700900555").await;
        let globex = make.tenant("Globex", "+447700900666").await;
        let app = booted.with(acme, globex);
        app.settled().await;
        app
    }

    /// Starts one over the database that an earlier version left, a minute after that. What was left to do may not be done yet.
    ///
    /// # Panics
    /// When the database cannot be migrated.
    pub async fn upgraded(profile: Profile, dump: &Dump) -> Self {
        let mut services = Services::make(profile).await;
        services.config.encryption_keys = vec![dump.vault()];
        dump.load(&services.config).await;
        let (clock, hand) = Clock::shifted();
        hand.advance(dump.made_at() - clock.now() + TimeDelta::minutes(1));
        // The simulator is a new one: it does not know that customers have written.
        let simulate = |sim: &mut SimConfig| sim.csw = false;
        let booted = Booted::boot(services, |_| {}, simulate, (clock, hand), Some(dump)).await;
        let acme = booted.known("Acme", &dump.known["acme"]);
        let globex = booted.known("Globex", &dump.known["globex"]);
        booted.with(acme, globex)
    }

    /// Resolves once nothing is left to do: no event to relay, no job to run, no webhook to deliver.
    ///
    /// # Panics
    /// When that does not come about within half a minute.
    pub async fn settled(&self) {
        let settling = async {
            loop {
                self.sim.settled().await;
                self.idle.settled().await.unwrap();
                if self.sim.settled().now_or_never().is_some() && self.idle.is_settled().await.unwrap() {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(30), settling)
            .await
            .expect("the platform comes to rest");
    }

    /// Resolves once the platform has nothing left to do, whatever the simulator has scheduled.
    pub async fn idle(&self) {
        self.idle.settled().await.unwrap();
    }

    /// Resolves with the tenant's response at `path` once `wanted` accepts it. Tries again whenever the platform has made
    /// progress.
    ///
    /// # Panics
    /// When that does not come about within half a minute.
    pub async fn until(&self, tenant: &Tenant, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let looking = async {
            loop {
                let answer = tenant.get(path).await.json;
                if wanted(&answer) {
                    return answer;
                }
                self.idle.moved().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), looking)
            .await
            .expect("the wanted state in time")
    }

    /// Has a job without arguments run for a tenant, and resolves once nothing is left to do.
    pub async fn run_job(&self, tenant: &Tenant, queue: &str, kind: &str) {
        let clock = self.system.clock();
        let share = outbox::share(tenant.id, None);
        let payload = "{}".to_owned();
        let job = outbox::new_job(
            clock,
            tenant.id,
            queue,
            share,
            kind,
            payload,
            1,
            clock.now(),
            None,
        );
        let on = self.system.across_tenants("a test asks for a job");
        outbox::insert_jobs(on, vec![job]).await.unwrap();
        self.system.wake().jobs();
        self.settled().await;
    }

    /// A person of a tenant, who can sign in with [`PASSWORD`]. Answers the e-mail address.
    pub async fn person(&self, tenant: &Tenant, role: Role) -> String {
        let email = format!(
            "{}@{}.example",
            uuid::Uuid::new_v4().simple(),
            tenant.name.to_lowercase()
        );
        let user = self
            .identity
            .create_user(&email, "A Person", SecretString::from(PASSWORD))
            .await
            .unwrap();
        self.identity.add_member(tenant.id, user, role).await.unwrap();
        email
    }

    /// Signs a person in with [`PASSWORD`] and answers their session cookie.
    ///
    /// # Panics
    /// When they may not.
    pub async fn signed_in(&self, email: &str) -> String {
        let body = json!({ "email": email, "password": PASSWORD });
        let session = format!("{}/api/v1/session", self.base);
        let answer = self.http.post(session).json(&body).send().await.unwrap();
        let answer = answer.error_for_status().unwrap();
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Stops it and deletes its data.
    ///
    /// # Panics
    /// When it does not stop cleanly.
    pub async fn stop(self) {
        let Self {
            end,
            server,
            services,
            system,
            http,
            acme,
            globex,
            ..
        } = self;
        // Idle connections of our own clients would otherwise delay the server's graceful shutdown.
        drop((http, acme, globex));
        let _ = end.send(());
        server.await.unwrap().unwrap();
        drop(system);
        services.remove().await;
    }
}

/// The platform before its tenants are known.
struct Booted {
    profile: Profile,
    sim: Simulator,
    clock: Clock,
    hand: ManualClock,
    base: String,
    metrics: String,
    http: reqwest::Client,
    identity: Identity,
    ports: Ports,
    system: SystemDb,
    config: Config,
    services: Services,
    idle: Idle,
    end: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
}

impl Booted {
    async fn boot(
        mut services: Services,
        configure: impl FnOnce(&mut Config),
        simulate: impl FnOnce(&mut SimConfig),
        (clock, hand): (Clock, ManualClock),
        dump: Option<&Dump>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        services.config.listen = listener.local_addr().unwrap();
        configure(&mut services.config);
        let config = services.config.clone();
        let base = format!("http://{}", config.listen);
        let wall = clock.clone();
        let mut sim = SimConfig {
            public_url: base.clone(),
            wall: Wall::new(move || wall.now().timestamp_millis()),
            ..SimConfig::profile(cloud_sim::Profile::Fast)
        };
        simulate(&mut sim);
        let setup = Setup {
            clock: clock.clone(),
            simulator: Some(sim),
            password_cost: PasswordCost::FOR_TESTS,
            live_ping: Duration::from_millis(200),
            ..Setup::new(Roles {
                serve: true,
                work: true,
            })
        };
        let platform = Platform::start(&config, setup).await.unwrap();
        let (identity, system) = (platform.identity.clone(), platform.system.clone());
        let ports = platform.ports.clone();
        let (idle, sim) = (platform.runtime.idle(), platform.simulator.clone().unwrap());
        // What waits is sent as soon as the simulator answers, which must know the numbers by then.
        for number in dump.map(|dump| dump.numbers(&base)).unwrap_or_default() {
            sim.provision(&number).unwrap();
        }
        let metrics = platform
            .metrics
            .map(|address| format!("http://{address}/metrics"));
        let (end, ended) = oneshot::channel::<()>();
        let server = tokio::spawn(platform.serve(listener, ended.map(|_| ())));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            profile: services.profile,
            sim,
            clock,
            hand,
            base,
            metrics: metrics.unwrap_or_default(),
            http,
            identity,
            ports,
            system,
            config,
            services,
            idle,
            end,
            server,
        }
    }

    /// A tenant of a dump, with the first of its numbers.
    fn known(&self, name: &'static str, known: &Value) -> Tenant {
        let text = |of: &Value, key: &str| of[key].as_str().unwrap().to_owned();
        let channel = &known["channels"][0];
        Tenant {
            id: text(known, "id").parse().unwrap(),
            name,
            key: text(known, "key"),
            channel_id: text(channel, "id"),
            phone_id: text(channel, "phone_number_id"),
            waba_id: text(channel, "waba_id"),
            access_token: text(channel, "access_token"),
            app_secret: text(channel, "app_secret"),
            verify_token: text(channel, "verify_token"),
            webhook_url: dump::webhook_url(channel, &self.base),
            base: self.base.clone(),
            http: self.http.clone(),
            sim: self.sim.clone(),
            clock: self.clock.clone(),
            serial: Arc::default(),
        }
    }

    fn with(self, acme: Tenant, globex: Tenant) -> TestApp {
        TestApp {
            profile: self.profile,
            acme,
            globex,
            sim: self.sim,
            clock: self.hand,
            base: self.base,
            metrics: self.metrics,
            http: self.http,
            identity: self.identity,
            ports: self.ports,
            system: self.system,
            config: self.config,
            services: self.services,
            idle: self.idle,
            end: self.end,
            server: self.server,
        }
    }
}

pub(crate) struct Make<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) system: &'a SystemDb,
    pub(crate) sim: &'a Simulator,
    pub(crate) base: &'a str,
    pub(crate) http: &'a reqwest::Client,
    pub(crate) clock: &'a Clock,
    pub(crate) reseller: identity::ResellerId,
}

impl Make<'_> {
    pub(crate) async fn tenant(&self, name: &'static str, number: &str) -> Tenant {
        let id = self.identity.create_tenant(self.reseller, name).await.unwrap();
        let scopes: Vec<&str> = self
            .identity
            .permissions()
            .iter()
            .map(|permission| permission.name)
            .collect();
        let key = self
            .identity
            .create_api_key(&self.system.tenant(id), "Everything", &scopes, None)
            .await
            .unwrap();
        let wanted = Provision {
            phone_number: Some(number.to_owned()),
            verified_name: Some(name.to_owned()),
            waba_name: Some(name.to_owned()),
            ..Provision::default()
        };
        let simulated = self.sim.provision(&wanted).unwrap();
        let mut tenant = Tenant {
            id,
            name,
            key: key.secret.expose_secret().to_owned(),
            channel_id: String::new(),
            phone_id: simulated.phone_number_id.clone(),
            waba_id: simulated.waba_id.clone(),
            access_token: simulated.access_token.clone(),
            app_secret: simulated.app_secret.clone(),
            verify_token: simulated.verify_token.clone(),
            webhook_url: String::new(),
            base: self.base.to_owned(),
            http: self.http.clone(),
            sim: self.sim.clone(),
            clock: self.clock.clone(),
            serial: Arc::default(),
        };
        let channel = json!({
            "name": "Main line", "kind": "simulated",
            "phone_number_id": simulated.phone_number_id, "waba_id": simulated.waba_id,
            "access_token": simulated.access_token, "app_secret": simulated.app_secret, "verify_token": simulated.verify_token,
        });
        let channel = tenant.post("/channels", channel).await.expect(201);
        tenant.channel_id = channel["id"].as_str().unwrap().to_owned();
        tenant.webhook_url = channel["webhook_url"].as_str().unwrap().to_owned();
        let test = tenant
            .post(&format!("/channels/{}/test", tenant.channel_id), Value::Null)
            .await
            .expect(200);
        assert_eq!(test["ok"], true, "{test}");
        tenant
    }
}
