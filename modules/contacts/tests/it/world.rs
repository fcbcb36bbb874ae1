//! The module behind a stand-in for identity: the header `x-test-tenant` says whose caller it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use chrono::DateTime;
use contacts::{Contacts, Needs};
use contracts::{
    contacts::{ContactDirectory, ContactId, Sighting},
    settings::{Calendar, Hours, Settings, TenantSettings, Tz},
};
use kernel::{
    Actor, Authenticator, Caller, Clock, Error, JobContext, Jobs, ManualClock, Module, Result, SystemDb,
    TenantDb, TenantId, TenantTx, UserId, id::Id, job::Handler,
};
use poem::{
    EndpointExt, Request, Route,
    endpoint::BoxEndpoint,
    http::{Method, StatusCode},
    test::TestClient,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use uuid::Uuid;

use testkit::{Profile, TestDatabase};

struct ByHeader(SystemDb);

#[async_trait::async_trait]
impl Authenticator for ByHeader {
    async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
        let tenant: TenantId = header("x-test-tenant")
            .parse()
            .map_err(|_| Error::unauthenticated("unauthenticated", "Who?"))?;
        let rights = header("x-test-rights");
        let rights = if rights.is_empty() {
            "contacts:read contacts:write".to_owned()
        } else {
            rights
        };
        Ok(Caller {
            actor: Actor::User {
                id: UserId::from_uuid(Uuid::nil()),
                name: "Ada".into(),
            },
            db: self.0.tenant(tenant),
            permissions: rights.split(' ').map(ToOwned::to_owned).collect::<BTreeSet<_>>(),
            modules: BTreeSet::from(["contacts".to_owned()]),
        })
    }
}

/// A tenant's country: Acme's is set by tests, no other has one.
#[derive(Default)]
pub struct AcmesCountry(std::sync::Mutex<Option<&'static str>>);

impl AcmesCountry {
    pub fn set(&self, country: &'static str) {
        *self.0.lock().unwrap() = Some(country);
    }

    fn of(&self, tenant: TenantId) -> Settings {
        let acme = TenantId::from_uuid(Uuid::from_u128(1));
        let country = self.0.lock().unwrap().filter(|_| tenant == acme);
        Settings {
            language: "en".to_owned(),
            time_zone: Tz::UTC,
            default_country: country.map(ToOwned::to_owned),
            default_channel: None,
        }
    }
}

#[async_trait::async_trait]
impl TenantSettings for AcmesCountry {
    async fn settings(&self, db: &TenantDb) -> Result<Settings> {
        Ok(self.of(db.tenant()))
    }

    async fn settings_in(&self, tx: &TenantTx) -> Result<Settings> {
        Ok(self.of(tx.tenant()))
    }

    async fn calendar(&self, _db: &TenantDb) -> Result<Calendar> {
        Ok(Calendar::new(Tz::UTC, Hours::default()))
    }
}

pub struct World {
    pub acmes_country: Arc<AcmesCountry>,
    pub directory: Arc<dyn ContactDirectory>,
    pub acme: TenantDb,
    pub globex: TenantDb,
    system: SystemDb,
    pub hand: ManualClock,
    pub client: TestClient<BoxEndpoint<'static>>,
    handlers: BTreeMap<String, Handler>,
    // Last: everything above has let go of it then.
    pub database: TestDatabase,
}

impl World {
    pub async fn open(profile: Profile) -> Self {
        // A busy machine is no reason for a list to fail.
        Self::open_with(profile, |system| system.with_list_limit(Duration::from_secs(20))).await
    }

    pub async fn open_with(profile: Profile, set: impl FnOnce(SystemDb) -> SystemDb) -> Self {
        let database = TestDatabase::open(profile).await;
        let (clock, hand) = Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let system = set(database.system(clock));
        let acmes_country = Arc::<AcmesCountry>::default();
        let module = Contacts::new(Needs {
            settings: acmes_country.clone(),
            simulator: false,
        });
        let mut jobs = Jobs::default();
        module.jobs(&mut jobs);
        let authenticator: Arc<dyn Authenticator> = Arc::new(ByHeader(system.clone()));
        let app = Route::new()
            .nest("/", module.api().endpoint())
            .data(authenticator)
            .boxed();
        let tenant = |n: u128| system.tenant(TenantId::from_uuid(Uuid::from_u128(n)));
        Self {
            acmes_country,
            directory: module.directory(),
            acme: tenant(1),
            globex: tenant(2),
            system: system.clone(),
            hand,
            client: TestClient::new(app),
            handlers: jobs.into_handlers(),
            database,
        }
    }

    /// A further tenant.
    pub fn tenant(&self, n: u128) -> TenantDb {
        self.system.tenant(TenantId::from_uuid(Uuid::from_u128(n)))
    }

    pub async fn send(&self, db: &TenantDb, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let mut request = self
            .client
            .request(method, path)
            .header("x-test-tenant", db.tenant().to_string());
        if !body.is_null() {
            request = request.body_json(&body);
        }
        read(request.send().await).await
    }

    pub async fn get(&self, db: &TenantDb, path: &str) -> (StatusCode, Value) {
        self.send(db, Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, db: &TenantDb, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(db, Method::POST, path, body).await
    }

    pub async fn patch(&self, db: &TenantDb, path: &str, body: Value) -> (StatusCode, Value) {
        self.send(db, Method::PATCH, path, body).await
    }

    pub async fn delete(&self, db: &TenantDb, path: &str) -> (StatusCode, Value) {
        self.send(db, Method::DELETE, path, Value::Null).await
    }

    /// Creates a contact and returns its id.
    pub async fn contact(&self, db: &TenantDb, body: Value) -> String {
        let (status, made) = self.post(db, "/contacts", body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// Names of the contacts that a list shows.
    pub async fn names(&self, db: &TenantDb, query: &str) -> Vec<String> {
        let (status, page) = self.get(db, &format!("/contacts?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let name = |it: &Value| it["name"].as_str().unwrap_or_default().to_owned();
        page["items"].as_array().unwrap().iter().map(name).collect()
    }

    /// Ids of the contacts that a search finds.
    pub async fn found(&self, db: &TenantDb, text: &str) -> Vec<ContactId> {
        let (status, page) = self.get(db, &format!("/contacts?search={text}")).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let id = |it: &Value| it["id"].as_str().unwrap().parse().unwrap();
        page["items"].as_array().unwrap().iter().map(id).collect()
    }

    /// Resolves in its own transaction.
    pub async fn resolve(&self, db: &TenantDb, sightings: &[Sighting]) -> Vec<ContactId> {
        let mut tx = db.begin().await.unwrap();
        let resolved = self.directory.resolve(&mut tx, sightings).await.unwrap();
        tx.commit().await.unwrap();
        resolved.contacts
    }

    pub async fn count(&self, db: &TenantDb) -> usize {
        let sql = format!(
            "SELECT COUNT(*) FROM contacts_contacts WHERE tenant_id = X'{}'",
            db.tenant().uuid().simple()
        );
        let backend = self.database.connection.get_database_backend();
        let row = self
            .database
            .connection
            .query_one_raw(Statement::from_string(backend, sql))
            .await;
        let count: i64 = row.unwrap().unwrap().try_get_by_index(0).unwrap();
        usize::try_from(count).unwrap()
    }

    /// Writes a column of a row as an earlier version would have.
    pub async fn write(&self, table: &str, id: &str, column: &str, value: &str) {
        let sql = format!("UPDATE {table} SET {column} = ? WHERE id = X'{}'", hex_of(id));
        let backend = self.database.connection.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, [value.into()]);
        let done = self.database.connection.execute_raw(statement).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    }

    /// Gives contacts a tag, behind the API's back.
    pub async fn give(&self, db: &TenantDb, tag: &str, contacts: &[ContactId]) {
        for some in contacts.chunks(400) {
            let row = |contact: &ContactId| {
                let (tenant, contact) = (
                    db.tenant().uuid().simple().to_string(),
                    contact.uuid().simple().to_string(),
                );
                format!("(X'{tenant}', X'{contact}', X'{}')", hex_of(tag))
            };
            let rows: Vec<String> = some.iter().map(row).collect();
            let sql = format!(
                "INSERT INTO contacts_taggings (tenant_id, contact_id, tag_id) VALUES {}",
                rows.join(", ")
            );
            self.database.connection.execute_unprepared(&sql).await.unwrap();
        }
    }

    /// Runs the job that renews keys, and those that it leaves behind, to their end.
    pub async fn rekey(&self, db: &TenantDb) {
        use sea_orm::EntityTrait;
        let mut payloads = vec!["{}".to_owned()];
        for attempt in 1.. {
            let Some(payload) = payloads.pop() else { break };
            assert!(attempt < 50, "it goes round in circles: {payload}");
            let context = JobContext {
                db: db.clone(),
                job_id: Uuid::nil(),
                attempt: 1,
                clock: db.clock().clone(),
                stop: Default::default(),
            };
            (self.handlers["contacts.rekey"].run)(context, payload)
                .await
                .unwrap();
            let left = kernel::outbox::job::Entity::find()
                .all(&self.database.connection)
                .await
                .unwrap();
            payloads.extend(left.into_iter().map(|job| job.payload));
            let all = kernel::outbox::job::Entity::delete_many();
            all.exec(&self.database.connection).await.unwrap();
        }
    }

    /// The events written so far, as `(name, payload)`.
    pub async fn told(&self) -> Vec<(String, Value)> {
        use sea_orm::{EntityTrait, QueryOrder};
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

/// The hexadecimal digits of a prefixed id.
fn hex_of(id: &str) -> &str {
    id.split_once('_').unwrap().1
}

pub async fn read(response: poem::test::TestResponse) -> (StatusCode, Value) {
    let status = response.0.status();
    let body = response.0.into_body().into_string().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// A sighting by phone, by BSUID, or both; empty text means absent.
pub fn seen(wa_id: &str, bsuid: &str) -> Sighting {
    let some = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
    Sighting {
        portfolio: "900".into(),
        wa_id: some(wa_id),
        bsuid: some(bsuid),
        ..Sighting::default()
    }
}

pub fn named(mut sighting: Sighting, name: &str) -> Sighting {
    sighting.profile_name = Some(name.to_owned());
    sighting
}

pub fn called(mut sighting: Sighting, username: &str) -> Sighting {
    sighting.username = Some(username.to_owned());
    sighting
}
