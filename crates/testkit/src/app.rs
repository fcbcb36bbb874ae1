//! The platform, running in the test's own process.

use std::{sync::Arc, time::Duration};

use cloud_sim::{Provision, SimConfig, Simulator, Wall};
use futures_util::FutureExt;
use host::{Roles, runtime::Idle};
use identity::{Identity, PasswordCost, Role};
use kernel::{Clock, ManualClock, SystemDb};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use server::{Config, Platform, Setup};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{Profile, Services, Tenant};

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
        let mut services = Services::make(profile).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        services.config.listen = listener.local_addr().unwrap();
        configure(&mut services.config);
        let config = services.config.clone();
        let (clock, hand) = Clock::shifted();
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
        let (idle, sim) = (platform.runtime.idle(), platform.simulator.clone().unwrap());
        let metrics = platform
            .metrics
            .map(|address| format!("http://{address}/metrics"));
        let (end, ended) = oneshot::channel::<()>();
        let server = tokio::spawn(platform.serve(listener, ended.map(|_| ())));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let reseller = identity.create_reseller("Northwind").await.unwrap();
        let make = Make {
            identity: &identity,
            system: &system,
            sim: &sim,
            base: &base,
            http: &http,
            clock: &clock,
            reseller,
        };
        let acme = make.tenant("Acme", "+447700900555").await;
        let globex = make.tenant("Globex", "+447700900666").await;
        let app = Self {
            profile,
            acme,
            globex,
            sim,
            clock: hand,
            base,
            metrics: metrics.unwrap_or_default(),
            http,
            identity,
            system,
            config,
            services,
            idle,
            end,
            server,
        };
        app.settled().await;
        app
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
