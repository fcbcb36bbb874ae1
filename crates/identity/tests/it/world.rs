//! A running identity with two tenants, Acme and Globex, over one database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::DateTime;
use cloud_sim::Provisioned;
use contracts::channels::ChannelId;
use identity::{Identity, Needs, Options, PasswordCost, Random, Role, VaultKey, VaultKeys};
use kernel::{
    Api, Authenticator, Bucket, Can, Clock, Level, Limiter, ManualClock, Module, PermissionInfo, Result,
    Sealed, Taken, TenantDb, TenantId, UserId, Wait,
};
use poem::{
    EndpointExt, Route,
    endpoint::BoxEndpoint,
    http::{Method, StatusCode, header},
    test::{TestClient, TestRequestBuilder, TestResponse},
};
use poem_openapi::{OpenApi, payload::PlainText};

use testkit::{Profile, TestDatabase, fakes::FakeChannels};

use crate::files::Files;

pub const PASSWORD: &str = "correct horse battery";

/// Token buckets on the test's clock.
struct Buckets {
    clock: Clock,
    used: Mutex<HashMap<String, (f64, DateTime<chrono::Utc>)>>,
}

impl Buckets {
    fn take_one(&self, Bucket { key, quota }: Bucket<'_>, n: u32) -> (Level, Option<Wait>) {
        let now = self.clock.now();
        let mut used = self.used.lock().unwrap();
        let (level, since) = used
            .entry(key.to_owned())
            .or_insert((f64::from(quota.burst), now));
        let rested = (now - *since).as_seconds_f64() * quota.per_second;
        *level = (*level + rested).min(f64::from(quota.burst));
        *since = now;
        let missing = f64::from(n) - *level;
        if missing > 0.0 {
            let wait = Duration::from_secs_f64(missing / quota.per_second);
            return (Level::of(quota, *level as u32), Some(Wait(wait)));
        }
        *level -= f64::from(n);
        (Level::of(quota, *level as u32), None)
    }
}

#[async_trait::async_trait]
impl Limiter for Buckets {
    async fn take_each(&self, buckets: &[Bucket<'_>], n: u32) -> Taken {
        let mut taken = Taken {
            refused: None,
            levels: Vec::new(),
        };
        for bucket in buckets {
            let (level, refused) = self.take_one(*bucket, n);
            taken.levels.push(level);
            if refused.is_some() {
                taken.refused = refused;
                break;
            }
        }
        taken
    }
}

kernel::permissions!("notes"; ReadNotes = "notes:read", "Read notes", [Admin]; SendMessages = "messages:send", "Send messages", [Admin, Agent, Developer];);

/// A module whose one operation says whose it is.
pub struct Notes;

struct NotesApi;

#[OpenApi]
impl NotesApi {
    #[oai(path = "/notes", method = "get", operation_id = "list_notes")]
    async fn list_notes(&self, can: Can<ReadNotes>) -> Result<PlainText<String>> {
        Ok(PlainText(can.tenant().to_string()))
    }

    #[oai(path = "/notes", method = "post", operation_id = "create_note")]
    async fn create_note(&self, can: Can<ReadNotes>) -> Result<PlainText<String>> {
        Ok(PlainText(can.tenant().to_string()))
    }
}

impl Module for Notes {
    fn name(&self) -> &'static str {
        "notes"
    }
    fn title(&self) -> &'static str {
        "Notes"
    }
    fn description(&self) -> &'static str {
        "Notes."
    }
    fn api(&self) -> Api {
        Api::new(NotesApi)
    }
    fn permissions(&self) -> &'static [PermissionInfo] {
        ALL
    }
    fn sealed(&self) -> &'static [Sealed] {
        // Where the vault's tests seal.
        &[Sealed {
            table: "channels_channels",
            sealed_as: "messaging_channels",
            id_prefix: "chn",
            columns: &["access_token"],
        }]
    }
}

pub struct World {
    pub numbers: Arc<FakeChannels>,
    pub store: Files,
    pub identity: Identity,
    pub hand: ManualClock,
    pub clock: Clock,
    pub acme: TenantDb,
    pub globex: TenantDb,
    /// Owner of Acme, agent of Globex.
    pub ada: UserId,
    pub client: TestClient<BoxEndpoint<'static>>,
    // Last: everything above has let go of it then.
    pub database: TestDatabase,
}

pub fn vault_keys() -> VaultKeys {
    VaultKeys::new(VaultKey::new("k1", [7; 32]).unwrap(), vec![]).unwrap()
}

impl World {
    pub async fn open(profile: Profile) -> Self {
        Self::with(profile, |_| {}).await
    }

    pub async fn with(profile: Profile, choose: impl FnOnce(&mut Options)) -> Self {
        let database = TestDatabase::open(profile).await;
        let (clock, hand) = Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let system = database.system(clock.clone());
        let limiter = Arc::new(Buckets {
            clock: clock.clone(),
            used: Mutex::default(),
        });
        let mut options = Options {
            password_cost: PasswordCost::FOR_TESTS,
            secure_cookie: false,
            ..Options::default()
        };
        choose(&mut options);
        let identity = Identity::new(system.clone(), &vault_keys(), limiter, Random::seeded(1), options);
        let modules: Vec<Box<dyn Module>> = vec![Box::new(identity.clone()), Box::new(Notes)];
        identity.learn_modules(&modules);
        let numbers = Arc::new(FakeChannels::without_whatsapp(clock.clone()));
        let store = Files::default();
        identity.connect(Needs {
            channels: numbers.clone(),
            store: Arc::new(store.clone()),
            public: "https://wa.example/".parse().unwrap(),
            link_minutes: 60,
        });

        let reseller = identity.create_reseller("Cable & Sons").await.unwrap();
        let acme = identity.create_tenant(reseller, "Acme").await.unwrap();
        let globex = identity.create_tenant(reseller, "Globex").await.unwrap();
        let ada = identity
            .create_user("Ada@Example.com", "Ada", PASSWORD.into())
            .await
            .unwrap();
        identity.add_member(acme, ada, Role::Owner).await.unwrap();
        identity.add_member(globex, ada, Role::Agent).await.unwrap();

        let authenticator: Arc<dyn Authenticator> = identity.authenticator();
        let routes = modules.iter().fold(Route::new(), |routes, module| {
            // One route a path prefix: `Api` erases its own.
            let api = module.api();
            let paths: Vec<String> = api.spec()["paths"].as_object().unwrap().keys().cloned().collect();
            paths.into_iter().fold(routes, |routes, path| {
                routes.at(
                    path.replace('{', ":").replace('}', ""),
                    poem::EndpointExt::boxed(api.endpoint()),
                )
            })
        });
        let public = modules.iter().flat_map(|module| module.public_routes());
        let routes = public.fold(routes, |routes, public| routes.at(public.path, public.endpoint));
        let app = routes.data(authenticator).boxed();
        Self {
            numbers,
            store,
            acme: system.tenant(acme),
            globex: system.tenant(globex),
            identity,
            hand,
            clock,
            ada,
            client: TestClient::new(app),
            database,
        }
    }

    pub async fn user(&self, email: &str, roles: &[(TenantId, Role)]) -> UserId {
        let user = self
            .identity
            .create_user(email, "Somebody", PASSWORD.into())
            .await
            .unwrap();
        for (tenant, role) in roles {
            self.identity.add_member(*tenant, user, *role).await.unwrap();
        }
        user
    }

    /// A number of a tenant.
    pub fn number(&self, db: &TenantDb) -> ChannelId {
        let number = Provisioned {
            app_id: "1".to_owned(),
            app_secret: "an app secret".to_owned(),
            verify_token: "a verify token".to_owned(),
            waba_id: "2".to_owned(),
            phone_number_id: "3".to_owned(),
            display_phone_number: "+44 7700 900555".to_owned(),
            access_token: "an access token".to_owned(),
        };
        self.numbers.add(db, &number, true)
    }

    pub async fn try_sign_in(&self, email: &str, password: &str) -> TestResponse {
        let body = serde_json::json!({"email": email, "password": password});
        self.client.post("/session").body_json(&body).send().await
    }

    /// A session as it was stored before cookies had another name over https.
    pub async fn open_old_session(&self, user: UserId, token: &str) {
        use sea_orm::{EntityTrait, IntoActiveModel};
        use sha2::Digest;
        let now = self.clock.now();
        let row = identity::entity::session::Model {
            token_hash: hex::encode(sha2::Sha256::digest(token)),
            user_id: user,
            created_at: now,
            last_seen_at: now,
            expires_at: now + chrono::TimeDelta::hours(12),
            user_agent: None,
        };
        let tx = self.database.system(self.clock.clone());
        let tx = tx
            .begin_across_tenants("sessions belong to people")
            .await
            .unwrap();
        identity::entity::session::Entity::insert(row.into_active_model())
            .exec_without_returning(tx.connection())
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Signs in and returns the cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        let response = self.try_sign_in(email, PASSWORD).await;
        response.assert_status_is_ok();
        let cookie = response.0.headers()[header::SET_COOKIE]
            .to_str()
            .unwrap()
            .to_owned();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A request as the portal sends it.
    pub fn portal(
        &self,
        method: Method,
        path: &str,
        cookie: &str,
    ) -> TestRequestBuilder<'_, BoxEndpoint<'static>> {
        self.client
            .request(method, path)
            .header("cookie", cookie)
            .header("sec-fetch-site", "same-origin")
    }

    /// A request as a program sends it.
    pub fn program(
        &self,
        method: Method,
        path: &str,
        key: &str,
    ) -> TestRequestBuilder<'_, BoxEndpoint<'static>> {
        self.client
            .request(method, path)
            .header("authorization", format!("Bearer {key}"))
    }
}

/// Status and body of an answer.
pub async fn answer(
    request: TestRequestBuilder<'_, BoxEndpoint<'static>>,
) -> (StatusCode, serde_json::Value) {
    read(request.send().await).await
}

pub async fn read(response: TestResponse) -> (StatusCode, serde_json::Value) {
    let status = response.0.status();
    let body = response.0.into_body().into_string().await.unwrap();
    (
        status,
        serde_json::from_str(&body).unwrap_or(serde_json::Value::String(body)),
    )
}

/// Status and stable code.
pub async fn refusal(request: TestRequestBuilder<'_, BoxEndpoint<'static>>) -> (u16, String) {
    let (status, body) = answer(request).await;
    (
        status.as_u16(),
        body["code"].as_str().unwrap_or_default().to_owned(),
    )
}
