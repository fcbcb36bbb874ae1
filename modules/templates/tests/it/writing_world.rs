//! The module with a number of each tenant, for the tests of writing.

use std::{collections::BTreeMap, sync::Arc};

use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger, Provisioned};
use contracts::channels::{ChannelDirectory, ChannelId};
use kernel::TenantDb;
use poem::http::Method;
use serde_json::{Value, json};
use templates::{Needs, Templates};
use testkit::{
    Profile, World,
    fakes::{FakeChannels, FakeContacts, FakeMedia},
};

/// A world with two tenants, each with a number of its own account.
pub struct Writing {
    pub world: World,
    pub channels: Arc<FakeChannels>,
    pub acme: (ChannelId, Provisioned),
    pub globex: (ChannelId, Provisioned),
}

impl Writing {
    pub async fn open(profile: Profile) -> Self {
        let (world, channels) = World::open(profile, |parts| {
            let channels = Arc::new(FakeChannels::new(parts));
            let module = Templates::new(Needs {
                channels: channels.clone(),
                contacts: Arc::new(FakeContacts::default()),
                media: Arc::new(FakeMedia::default()),
                store: parts.store.clone(),
            });
            (Box::new(module), channels)
        })
        .await;
        let acme = channels.connect(&world.acme, "+447700900555").await;
        let globex = channels.connect(&world.globex, "+447700900666").await;
        Self {
            world,
            channels,
            acme,
            globex,
        }
    }

    /// Calls the API and expects a status.
    pub async fn call(&self, db: &TenantDb, method: Method, path: &str, body: Value, wanted: u16) -> Value {
        let (status, answer) = self.world.send(db, method.clone(), path, body).await;
        assert_eq!(status.as_u16(), wanted, "{method} {path}: {answer}");
        answer
    }

    pub async fn post(&self, path: &str, body: Value, wanted: u16) -> Value {
        self.call(&self.world.acme, Method::POST, path, body, wanted)
            .await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.call(&self.world.acme, Method::GET, path, Value::Null, 200)
            .await
    }

    pub async fn delete(&self, path: &str, wanted: u16) -> Value {
        self.call(&self.world.acme, Method::DELETE, path, Value::Null, wanted)
            .await
    }

    /// Creates a template of Acme's and lets WhatsApp take it.
    pub async fn created(&self, template: Value) -> Value {
        let made = self.post("/templates", json!({"template": template}), 201).await;
        self.world.settled().await;
        self.template(&made).await
    }

    /// A template as it is now.
    pub async fn template(&self, one: &Value) -> Value {
        self.get(&format!("/templates/{}", one["id"].as_str().unwrap()))
            .await
    }

    /// A template that WhatsApp has approved: it was created there by somebody else, so that the copy learns of it when it looks the
    /// name up.
    pub async fn approved(&self, name: &str) -> Value {
        self.graph_creates(name).await;
        self.world.settled().await;
        let made = self.created(utility(name)).await;
        assert_eq!(made["submission"]["state"], "refused", "{made}");
        let path = format!("/templates/{}/submission/retry", made["id"].as_str().unwrap());
        self.post(&path, Value::Null, 200).await;
        self.world.settled().await;
        let made = self.template(&made).await;
        assert_eq!(made["status"], "APPROVED", "{made}");
        made
    }

    /// Creates a template in Acme's account without us.
    pub async fn graph_creates(&self, name: &str) -> String {
        let channel = self.channels.channel(self.acme.0);
        let client = self.channels.client(&channel).unwrap();
        let waba = channel.waba_id.into();
        client.create_template(&waba, &utility(name)).await.unwrap().id
    }

    /// What WhatsApp has of a name.
    pub fn at_whatsapp(&self, name: &str) -> Vec<Value> {
        let export = self.world.sim.export();
        let templates = export.pointer("/world/templates").unwrap_or(&export["templates"]);
        let templates = templates.as_object().expect("the export has templates");
        let named = templates.values().filter(|it| it["name"] == name);
        named.cloned().collect()
    }

    /// Makes Graph misbehave.
    pub fn fault(&self, method: &str, path: &str, times: u64, response: FaultResponse) {
        self.world.sim.add_fault(Fault {
            r#match: FaultMatch {
                method: Some(method.to_owned()),
                path: Some(path.to_owned()),
                ..FaultMatch::default()
            },
            trigger: FaultTrigger::NextN(times),
            response,
            ..Fault::default()
        });
    }

    /// Moves the time and lets what is due happen.
    pub async fn later(&self, seconds: i64) {
        self.world.clock.advance(chrono::TimeDelta::seconds(seconds));
        self.world.settled().await;
    }

    /// How often a Graph error was answered.
    pub fn refusals(&self, code: i64) -> u64 {
        let refused: BTreeMap<i64, u64> = self.world.sim.ledger().refused_by_code;
        refused.get(&code).copied().unwrap_or_default()
    }
}

/// An answer that is no Graph error.
pub fn spoilt(status: u16, body: &str) -> FaultResponse {
    FaultResponse {
        status: Some(status),
        body: Some(body.to_owned()),
        ..FaultResponse::default()
    }
}

/// A Graph error.
pub fn refusal(code: i64) -> FaultResponse {
    FaultResponse {
        code: Some(code),
        ..FaultResponse::default()
    }
}

/// A template that WhatsApp takes.
pub fn utility(name: &str) -> Value {
    json!({
        "name": name,
        "language": "en",
        "category": "UTILITY",
        "components": [{
            "type": "BODY",
            "text": format!("Hello {{{{1}}}}, your order {{{{2}}}} of {name} has left our warehouse today."),
            "example": {"body_text": [["Ana", "A-77"]]}
        }]
    })
}

/// Its first finding or error field with this code.
pub fn with_code<'a>(list: &'a Value, code: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|it| it["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {list}"))
}
