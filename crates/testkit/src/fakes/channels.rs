//! Numbers that a test connects, holds and restricts in one line.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
};

use chrono::{DateTime, Utc};
use cloud_api::{
    client::{Client, Connection},
    signature::Verifier,
};
use cloud_sim::{Provision, Provisioned, Simulator};
use contracts::channels::{
    AccountNews, Channel, ChannelDirectory, ChannelId, ChannelWebhooks, NumberFailure, NumberOwner,
    SealedCredentials, Stop, WebhookKeys, WebhookNumber,
};
use kernel::{Clock, Result, TenantDb, TenantId, TenantRoutes, TenantTx};
use secrecy::SecretString;
use sentences::Sentences;
use url::Url;

use crate::world::Parts;

struct Number {
    db: TenantDb,
    channel: Channel,
    secrets: Provisioned,
    owned: bool,
}

/// The numbers of all tenants.
pub struct FakeChannels {
    clock: Clock,
    whatsapp: Option<WhatsApp>,
    numbers: Mutex<BTreeMap<ChannelId, Number>>,
}

/// The simulator, and how it and the module reach each other.
struct WhatsApp {
    sim: Simulator,
    routes: Arc<dyn TenantRoutes>,
    public: Url,
    http: reqwest::Client,
    graph: Url,
}

impl FakeChannels {
    /// Over a world's simulator, without numbers.
    pub fn new(parts: &Parts) -> Self {
        let whatsapp = WhatsApp {
            sim: parts.sim.clone(),
            routes: parts.routes.clone(),
            public: parts.public.clone(),
            http: parts.http.clone(),
            graph: parts.graph.clone(),
        };
        Self {
            whatsapp: Some(whatsapp),
            ..Self::without_whatsapp(parts.clock.clone())
        }
    }

    /// Without a simulator and without numbers: for what only asks which numbers a tenant has. [`FakeChannels::add`] adds them.
    pub fn without_whatsapp(clock: Clock) -> Self {
        Self {
            clock,
            whatsapp: None,
            numbers: Mutex::default(),
        }
    }

    /// Connects a new number of the simulator for a tenant, with webhooks to messaging. Returns it with its secrets.
    ///
    /// # Panics
    /// When the simulator refuses.
    pub async fn connect(&self, db: &TenantDb, phone_number: &str) -> (ChannelId, Provisioned) {
        let whatsapp = self.whatsapp();
        let webhook = whatsapp.public.join(&self.webhook_path(db).await).unwrap();
        let wanted = Provision {
            phone_number: Some(phone_number.to_owned()),
            callback_url: Some(webhook.to_string()),
            ..Provision::default()
        };
        let secrets = whatsapp.sim.provision(&wanted).unwrap();
        (self.add(db, &secrets, true), secrets)
    }

    /// Adds a number to a tenant's: one that it owns, or one that it only claims and that may be another tenant's.
    ///
    /// # Panics
    /// Never.
    pub fn add(&self, db: &TenantDb, secrets: &Provisioned, owned: bool) -> ChannelId {
        let id: ChannelId = self.clock.new_id();
        let channel = Channel {
            tenant_id: db.tenant(),
            id,
            simulated: true,
            phone_number_id: secrets.phone_number_id.clone(),
            waba_id: secrets.waba_id.clone(),
            portfolio_id: None,
            display_phone_number: Some(secrets.display_phone_number.clone()),
            lost: false,
            throughput: 80,
            messaging_limit: None,
            held: None,
            restricted: None,
            needs_attention: false,
            says_limit_reached: false,
            amendments_until: None,
            credentials: SealedCredentials {
                access_token: secrets.access_token.clone(),
                app_secret: secrets.app_secret.clone(),
            },
        };
        let number = Number {
            db: db.clone(),
            channel,
            secrets: secrets.clone(),
            owned,
        };
        self.numbers.lock().unwrap().insert(id, number);
        id
    }

    /// Removes a number.
    ///
    /// # Panics
    /// Never.
    pub fn remove(&self, id: ChannelId) {
        self.numbers.lock().unwrap().remove(&id);
    }

    fn whatsapp(&self) -> &WhatsApp {
        self.whatsapp.as_ref().expect("these numbers have a simulator")
    }

    /// The path of a tenant's webhook.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn webhook_path(&self, db: &TenantDb) -> String {
        format!(
            "/webhooks/whatsapp/{}",
            self.whatsapp().routes.path_of(db).await.unwrap()
        )
    }

    /// Changes what is known of a number.
    ///
    /// # Panics
    /// When there is no such number.
    pub fn change(&self, id: ChannelId, change: impl FnOnce(&mut Channel)) {
        change(&mut self.numbers.lock().unwrap().get_mut(&id).unwrap().channel);
    }

    /// One number as it is now.
    ///
    /// # Panics
    /// When there is no such number.
    pub fn channel(&self, id: ChannelId) -> Channel {
        self.as_of_now(&self.numbers.lock().unwrap()[&id].channel)
    }

    /// Without the stops that have ended.
    fn as_of_now(&self, channel: &Channel) -> Channel {
        let now = self.clock.now();
        let lasts = |stop: &Stop| stop.until.is_none_or(|until| until > now);
        Channel {
            held: channel.held.clone().filter(lasts),
            restricted: channel.restricted.clone().filter(lasts),
            ..channel.clone()
        }
    }

    fn of(&self, tenant: TenantId) -> Vec<Channel> {
        let numbers = self.numbers.lock().unwrap();
        let theirs = numbers
            .values()
            .filter(|number| number.channel.tenant_id == tenant);
        theirs.map(|number| self.as_of_now(&number.channel)).collect()
    }
}

#[async_trait::async_trait]
impl ChannelDirectory for FakeChannels {
    async fn by_id(&self, db: &TenantDb, id: ChannelId) -> Result<Option<Channel>> {
        Ok(self.of(db.tenant()).into_iter().find(|channel| channel.id == id))
    }

    async fn by_ids(&self, tx: &TenantTx, ids: &[ChannelId]) -> Result<Vec<Channel>> {
        let mut channels = self.of(tx.tenant());
        channels.retain(|channel| ids.contains(&channel.id));
        Ok(channels)
    }

    async fn all(&self, tx: &TenantTx) -> Result<Vec<Channel>> {
        Ok(self.of(tx.tenant()))
    }

    fn client(&self, channel: &Channel) -> Result<Client> {
        let whatsapp = self.whatsapp();
        let connection = Connection::new(
            whatsapp.graph.clone(),
            SecretString::from(channel.credentials.access_token.clone()),
            Some(SecretString::from(channel.credentials.app_secret.clone())),
        );
        Ok(Client::new(whatsapp.http.clone(), connection))
    }

    fn download_address(&self, _: &Channel, url: &str) -> Option<Url> {
        Url::parse(url).ok()
    }

    async fn hold(
        &self,
        _: &mut TenantTx,
        id: ChannelId,
        why: &Sentences,
        until: Option<DateTime<Utc>>,
    ) -> Result<()> {
        let stop = Stop {
            why: why.clone(),
            until,
        };
        self.change(id, |channel| channel.held = Some(stop));
        Ok(())
    }

    async fn show_limit(&self, _: &TenantDb, channel: &Channel, reached: Option<&Sentences>) -> Result<()> {
        self.change(channel.id, |channel| {
            channel.says_limit_reached = reached.is_some()
        });
        Ok(())
    }
}

#[async_trait::async_trait]
impl ChannelWebhooks for FakeChannels {
    async fn keys(&self, db: &TenantDb) -> Result<Arc<WebhookKeys>> {
        let numbers = self.numbers.lock().unwrap();
        let theirs = numbers
            .values()
            .filter(|number| number.channel.tenant_id == db.tenant());
        let mut keys = WebhookKeys {
            apps: Vec::new(),
            numbers: Vec::new(),
        };
        for Number {
            channel,
            secrets,
            owned,
            ..
        } in theirs
        {
            let secret = SecretString::from(secrets.app_secret.clone());
            keys.numbers.push(WebhookNumber {
                phone_number_id: channel.phone_number_id.clone(),
                waba_id: channel.waba_id.clone(),
                owned: *owned,
                simulated: true,
                app: Some(keys.apps.len()),
            });
            keys.apps.push(Verifier::new(&secret));
        }
        Ok(Arc::new(keys))
    }

    async fn is_verify_token(&self, db: &TenantDb, token: &str) -> Result<bool> {
        let numbers = self.numbers.lock().unwrap();
        let mut theirs = numbers
            .values()
            .filter(|number| number.channel.tenant_id == db.tenant());
        Ok(theirs.any(|number| number.secrets.verify_token == token))
    }

    async fn owners(&self, phone_number_id: &str) -> Result<Vec<NumberOwner>> {
        let numbers = self.numbers.lock().unwrap();
        let owner = |number: &Number| NumberOwner {
            simulated: true,
            db: number.db.clone(),
        };
        let all = numbers
            .values()
            .filter(|number| number.owned && number.channel.phone_number_id == phone_number_id);
        Ok(all.map(owner).collect())
    }

    async fn lost_numbers(&self, _: TenantId, channels: &[Arc<Channel>]) -> Result<HashSet<String>> {
        let lost = channels.iter().filter(|channel| channel.lost);
        Ok(lost.map(|channel| channel.phone_number_id.clone()).collect())
    }

    async fn take_news(
        &self,
        _: &mut TenantTx,
        news: Vec<AccountNews>,
        _: Vec<NumberFailure>,
    ) -> Result<Vec<AccountNews>> {
        Ok(news)
    }

    async fn await_amended(&self, _: &TenantTx, ids: &[ChannelId], until: DateTime<Utc>) -> Result<()> {
        for id in ids {
            self.change(*id, |channel| channel.amendments_until = Some(until));
        }
        Ok(())
    }
}
