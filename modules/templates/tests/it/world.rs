//! The module with two tenants, each with a number of the simulator.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger, Provisioned};
use contracts::{
    channels::{ChannelChange, ChannelId, ChannelsChanged},
    messaging::{TemplateNews, TemplateNewsItem},
    templates::{TemplateCatalog, TemplateChange, TemplatesChanged},
};
use kernel::{Event, Listener, Result, TenantDb, TenantTx};
use poem::http::Method;
use serde_json::{Value, json};
use templates::{Needs, Templates};
use testkit::{
    Profile,
    fakes::{FakeChannels, FakeContacts, FakeMedia},
};
use url::Url;

/// The world, and what its tests hold.
pub struct World {
    pub world: testkit::World,
    pub channels: Arc<FakeChannels>,
    pub catalog: Arc<dyn TemplateCatalog>,
    http: reqwest::Client,
    graph: Url,
    told: Told,
}

/// What was told of templates since the test last looked.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Vec<TemplateChange>>>);

#[async_trait::async_trait]
impl Listener<TemplatesChanged> for Told {
    async fn handle(&self, _: &mut TenantTx, events: &[TemplatesChanged]) -> Result<()> {
        let items = events.iter().flat_map(Event::items).cloned();
        self.0.lock().unwrap().extend(items);
        Ok(())
    }
}

/// The module, listening to itself.
struct Overheard(Templates, Told);

impl kernel::Module for Overheard {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn title(&self) -> &'static str {
        self.0.title()
    }
    fn description(&self) -> &'static str {
        self.0.description()
    }
    fn api(&self) -> kernel::Api {
        self.0.api()
    }
    fn permissions(&self) -> &'static [kernel::PermissionInfo] {
        self.0.permissions()
    }
    fn jobs(&self, jobs: &mut kernel::Jobs) {
        self.0.jobs(jobs);
    }
    fn events(&self, events: &mut kernel::Events) {
        self.0.events(events);
        events.on::<TemplatesChanged>(self.1.clone());
    }
}

/// A number of a tenant.
pub struct Number {
    pub id: ChannelId,
    pub secrets: Provisioned,
}

impl World {
    pub async fn open(profile: Profile) -> Self {
        let told = Told::default();
        let overhearing = told.clone();
        let (world, (channels, catalog, http, graph)) = testkit::World::open(profile, |parts| {
            let channels = Arc::new(FakeChannels::new(parts));
            let needs = Needs {
                channels: channels.clone(),
                contacts: Arc::new(FakeContacts::default()),
                media: Arc::new(FakeMedia::default()),
                store: parts.store.clone(),
            };
            let module = Templates::new(needs);
            let catalog = module.catalog();
            let held = (channels, catalog, parts.http.clone(), parts.graph.clone());
            (
                Box::new(Overheard(module, overhearing)) as Box<dyn kernel::Module>,
                held,
            )
        })
        .await;
        Self {
            world,
            channels,
            catalog,
            http,
            graph,
            told,
        }
    }

    /// Connects a number, as channels would tell it.
    pub async fn connect(&self, db: &TenantDb, phone: &str) -> Number {
        let (id, secrets) = self.channels.connect(db, phone).await;
        self.tested(db, id).await;
        Number { id, secrets }
    }

    /// A number's connection test has passed.
    pub async fn tested(&self, db: &TenantDb, channel_id: ChannelId) {
        self.changed(db, channel_id, true).await;
    }

    /// Something of a number has changed.
    pub async fn changed(&self, db: &TenantDb, channel_id: ChannelId, connection: bool) {
        let mut tx = db.begin().await.unwrap();
        let items = vec![ChannelChange {
            channel_id,
            connection,
        }];
        tx.publish(&ChannelsChanged { items }).unwrap();
        tx.commit().await.unwrap();
        self.world.settled().await;
    }

    /// WhatsApp's news, as messaging would tell them.
    pub async fn news(&self, db: &TenantDb, items: Vec<TemplateNewsItem>) {
        let mut tx = db.begin().await.unwrap();
        tx.publish(&TemplateNews { items }).unwrap();
        tx.commit().await.unwrap();
        self.world.settled().await;
    }

    /// What was told of templates since the last call.
    pub fn told(&self) -> Vec<TemplateChange> {
        std::mem::take(&mut *self.told.0.lock().unwrap())
    }

    /// A call of the simulator's control API.
    pub async fn sim(&self, method: Method, path: &str, body: Value) -> Value {
        let url = self.graph.join(&format!("/_sim/{path}")).unwrap();
        let method = reqwest::Method::from_bytes(method.as_str().as_bytes()).unwrap();
        let answer = self.http.request(method, url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or_default()
    }

    /// Puts a template into an account of the simulator, without webhooks.
    pub async fn make(&self, number: &Number, id: &str, name: &str, more: Value) {
        let mut template = json!({
            "id": id, "waba_id": number.secrets.waba_id, "name": name, "language": "en_US", "category": "UTILITY",
            "status": "APPROVED", "parameter_format": "POSITIONAL", "rejected_reason": "NONE", "quality": "UNKNOWN",
            "components": [{ "type": "BODY", "text": "Dear {{1}}, it is on its way.", "example": { "body_text": [["Ana"]] } }],
        });
        for (key, value) in more.as_object().unwrap() {
            template[key] = value.clone();
        }
        self.sim(Method::POST, "templates", template).await;
    }

    /// Has a tenant's templates read, some seconds later.
    pub async fn sync(&self, db: &TenantDb) {
        self.world.clock.advance(chrono::TimeDelta::seconds(5));
        let (status, answer) = self.world.post(db, "/templates/sync", json!({})).await;
        assert_eq!(status.as_u16(), 202, "{answer}");
        self.world.settled().await;
    }

    /// One account of a tenant.
    pub async fn account(&self, db: &TenantDb, number: &Number) -> Value {
        let (_, answer) = self.world.get(db, "/templates/accounts").await;
        let of_number = |account: &&Value| account["waba_id"] == number.secrets.waba_id.as_str();
        answer["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(of_number)
            .unwrap()
            .clone()
    }

    /// All templates of a tenant that fit, by name.
    pub async fn list(&self, db: &TenantDb, query: &str) -> Vec<Value> {
        let (status, answer) = self.world.get(db, &format!("/templates?limit=200&{query}")).await;
        assert_eq!(status.as_u16(), 200, "{answer}");
        let mut items = answer["items"].as_array().unwrap().clone();
        items.sort_by_key(|item| item["name"].as_str().unwrap().to_owned());
        items
    }

    /// The template of this name.
    pub async fn named(&self, db: &TenantDb, name: &str) -> Value {
        let found = self.list(db, &format!("name={name}")).await;
        assert_eq!(found.len(), 1, "{name}");
        found[0].clone()
    }

    /// The kinds of a template's events, oldest first.
    pub async fn events(&self, db: &TenantDb, template: &Value) -> Vec<Value> {
        let path = format!("/templates/{}/events?limit=200", template["id"].as_str().unwrap());
        let (status, answer) = self.world.get(db, &path).await;
        assert_eq!(status.as_u16(), 200, "{answer}");
        let mut events = answer["items"].as_array().unwrap().clone();
        events.reverse();
        events
    }

    /// Requests for templates that the simulator answers with this error.
    pub fn refuse(&self, trigger: FaultTrigger, response: FaultResponse) {
        self.world.sim.add_fault(Fault {
            r#match: FaultMatch {
                path: Some("/message_templates".to_owned()),
                ..FaultMatch::default()
            },
            trigger,
            response,
            ..Fault::default()
        });
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.world.acme.clock().now()
    }
}

/// The beginnings of all tests: a world with a number for each of its tenants.
pub async fn opened(profile: Profile) -> (World, Number, Number) {
    let world = World::open(profile).await;
    let acme = world.connect(&world.world.acme.clone(), "+447700900801").await;
    let globex = world.connect(&world.world.globex.clone(), "+447700900802").await;
    (world, acme, globex)
}
