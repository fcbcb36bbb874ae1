//! Messaging by itself: people and numbers are fakes, WhatsApp is the simulator.

use std::{ops::Deref, sync::Arc};

use chrono::{DateTime, Utc};
use cloud_api::signature::sign;
use cloud_sim::{Fault, FaultMatch, FaultResponse, FaultTrigger, Provisioned};
use contracts::{
    channels::{ChannelId, Stop},
    messaging::{Conversations, MessageSender},
};
use kernel::TenantDb;
use messaging::{MediaParts, Messaging, Needs};
use poem::http::Method;
use secrecy::SecretString;
use sentences::Term;
use serde_json::{Value, json};
use testkit::{
    Profile,
    fakes::{FakeChannels, FakeContacts, FakeTemplates},
    world::read,
};

/// A tenant's number.
pub struct Number {
    pub id: ChannelId,
    pub secrets: Provisioned,
}

pub struct World {
    pub contacts: Arc<FakeContacts>,
    pub channels: Arc<FakeChannels>,
    pub templates: Arc<FakeTemplates>,
    pub sender: Arc<dyn MessageSender>,
    pub conversations: Arc<dyn Conversations>,
    /// Acme's number.
    pub ours: Number,
    /// The number of Globex.
    pub theirs: Number,
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
        let (world, (contacts, channels, templates, sender, conversations)) =
            testkit::World::open(profile, |parts| {
                let contacts = Arc::new(FakeContacts::default());
                let channels = Arc::new(FakeChannels::new(parts));
                let templates = Arc::new(FakeTemplates::default());
                let module = Messaging::new(Needs {
                    wire: parts.wire(),
                    routes: parts.routes.clone(),
                    vault: parts.vault.clone(),
                    limiter: parts.limiter.clone(),
                    contacts: contacts.clone(),
                    channels: channels.clone(),
                    settings: parts.settings.clone(),
                    members: parts.members.clone(),
                    catalog: templates.clone(),
                    webhooks: channels.clone(),
                    media: MediaParts {
                        store: parts.store.clone(),
                        fetcher: parts.fetcher.clone(),
                        link_minutes: 15,
                    },
                    public: parts.public.clone(),
                    simulator: true,
                });
                let ports = (
                    contacts,
                    channels,
                    templates,
                    module.sender(),
                    module.conversations(),
                );
                (Box::new(module), ports)
            })
            .await;
        let connect = async |db: &TenantDb, phone_number: &str| {
            let (id, secrets) = channels.connect(db, phone_number).await;
            Number { id, secrets }
        };
        Self {
            ours: connect(&world.acme, "+447700900555").await,
            theirs: connect(&world.globex, "+447700900666").await,
            contacts,
            channels,
            templates,
            sender,
            conversations,
            world,
        }
    }

    /// A customer writes to a number, and the message has come in.
    pub async fn writes(&self, to: &Number, from: &str, text: &str) {
        let message = json!({
            "phone_id": to.secrets.phone_number_id, "from": from, "type": "text", "text": {"body": text},
        });
        self.sim.inbound(&message).unwrap();
        self.settled().await;
    }

    /// Posts a webhook that this secret has signed. Returns the status.
    pub async fn webhook(&self, path: &str, secret: &str, body: &Value) -> u16 {
        let body = body.to_string();
        let signature = sign(&SecretString::from(secret), body.as_bytes());
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signature)
            .body(body);
        read(request.send().await).await.0.as_u16()
    }

    /// Holds a number, until a time or until it is released.
    pub fn hold(&self, number: &Number, until: Option<DateTime<Utc>>) {
        let why = Term::HeldDisabled.into();
        let stop = Stop { why, until };
        self.channels
            .change(number.id, |channel| channel.held = Some(stop));
    }

    /// Sends a text to a phone number. Returns status and body.
    pub async fn text(&self, db: &TenantDb, to: &str, text: &str) -> (u16, Value) {
        let body = json!({"to": {"phone": to}, "type": "text", "text": {"body": text}});
        let (status, answer) = self.post(db, "/messages", body).await;
        (status.as_u16(), answer)
    }

    /// Sends a template to a phone number. Returns status and body.
    pub async fn template(&self, db: &TenantDb, to: &str) -> (u16, Value) {
        let template = json!({"name": "hello_world", "language": "en_US"});
        let body = json!({"to": {"phone": to}, "type": "template", "template": template});
        let (status, answer) = self.post(db, "/messages", body).await;
        (status.as_u16(), answer)
    }

    /// A message as the API shows it.
    pub async fn message(&self, db: &TenantDb, id: &Value) -> Value {
        let (status, message) = self.get(db, &format!("/messages/{}", id.as_str().unwrap())).await;
        assert_eq!(status.as_u16(), 200, "{message}");
        message
    }

    /// WhatsApp says once that a number is being changed (Cloud API: code 131057): it rests for two minutes.
    pub fn rests(&self, number: &Number) {
        self.sim.add_fault(Fault {
            r#match: FaultMatch {
                path: Some("/messages".to_owned()),
                phone: Some(number.secrets.phone_number_id.clone()),
                ..FaultMatch::default()
            },
            trigger: FaultTrigger::NextN(1),
            response: FaultResponse {
                code: Some(131_057),
                ..FaultResponse::default()
            },
            ..Fault::default()
        });
    }
}
