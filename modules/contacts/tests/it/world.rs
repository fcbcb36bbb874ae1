//! Contacts by themselves, and what their tests ask of them.

use std::{collections::BTreeMap, ops::Deref, sync::Arc, time::Duration};

use contacts::{Contacts, Needs};
use contracts::contacts::{ContactDirectory, ContactId, Sighting};
use kernel::{JobContext, Jobs, Module, SystemDb, TenantDb, id::Id, job::Handler};
use poem::http::StatusCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use testkit::Profile;
use uuid::Uuid;

pub struct World {
    pub directory: Arc<dyn ContactDirectory>,
    handlers: BTreeMap<String, Handler>,
    world: testkit::World,
}

impl Deref for World {
    type Target = testkit::World;

    fn deref(&self) -> &testkit::World {
        &self.world
    }
}

impl World {
    pub async fn open(profile: Profile) -> Self {
        // A busy machine is no reason for a list to fail.
        Self::open_with(profile, |system| system.with_list_limit(Duration::from_secs(20))).await
    }

    pub async fn open_with(profile: Profile, set: impl FnOnce(SystemDb) -> SystemDb) -> Self {
        let (world, (directory, handlers)) = testkit::World::open_with(profile, set, |parts| {
            let module = Contacts::new(Needs {
                settings: parts.settings.clone(),
                simulator: false,
            });
            let mut jobs = Jobs::default();
            module.jobs(&mut jobs);
            let ports = (module.directory(), jobs.into_handlers());
            (Box::new(module), ports)
        })
        .await;
        Self {
            directory,
            handlers,
            world,
        }
    }

    /// Chooses a tenant's country.
    pub async fn choose_country(&self, db: &TenantDb, country: &str) {
        let (status, settings) = self
            .patch(db, "/settings", json!({"default_country": country}))
            .await;
        assert_eq!(status, StatusCode::OK, "{settings}");
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
}

/// The hexadecimal digits of a prefixed id.
fn hex_of(id: &str) -> &str {
    id.split_once('_').unwrap().1
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
