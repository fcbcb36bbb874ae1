//! What channels offers and tells.

use std::{collections::HashSet, fmt, sync::Arc};

use chrono::{DateTime, Utc};
use cloud_api::{
    client::Client,
    signature::Verifier,
    webhook::{HistoryChunk, Update, WebhookError},
};
use kernel::{Event, Result, TenantDb, TenantId, TenantTx, id};
use sentences::Sentences;
use serde::{Deserialize, Serialize};
use url::Url;

id!(
    /// One of the tenant's WhatsApp Business phone numbers, with its credentials.
    ChannelId,
    "chn"
);

/// One of the tenant's numbers, as it was when it was read.
#[derive(Clone, Debug)]
pub struct Channel {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Its id.
    pub id: ChannelId,
    /// It lives in the simulator.
    pub simulated: bool,
    /// Phone number id.
    pub phone_number_id: String,
    /// WhatsApp Business Account id.
    pub waba_id: String,
    /// Business portfolio id, if known: it gives BSUIDs their meaning.
    pub portfolio_id: Option<String>,
    /// The number as people read it.
    pub display_phone_number: Option<String>,
    /// It was the tenant's and is another tenant's now.
    pub lost: bool,
    /// Messages a second that WhatsApp takes from it.
    pub throughput: i32,
    /// People of the portfolio who may be written to first in 24 hours; -1 without limit, none while unknown.
    pub messaging_limit: Option<i32>,
    /// Why nothing may leave by it; none if it may send.
    pub held: Option<Stop>,
    /// Why no templates and no campaigns may leave by it; none if they may.
    pub restricted: Option<Stop>,
    /// Its status says that something is wrong.
    pub needs_attention: bool,
    /// Its status says that the messaging limit is reached.
    pub says_limit_reached: bool,
    /// Until when edits or revokes wait for messages of it that have not come yet.
    pub amendments_until: Option<DateTime<Utc>>,
    /// For [`ChannelDirectory::client`].
    pub credentials: SealedCredentials,
}

/// What stops a number, wholly or from writing first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Why and what to do. [`Display`](std::fmt::Display) gives the English.
    pub why: Sentences,
    /// When it ends by itself; none means that somebody, or WhatsApp, has to do something first.
    pub until: Option<DateTime<Utc>>,
}

/// A number's secrets as the vault sealed them: only channels can open them.
#[derive(Clone)]
pub struct SealedCredentials {
    /// The access token.
    pub access_token: String,
    /// The app secret.
    pub app_secret: String,
}

impl fmt::Debug for SealedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedCredentials")
    }
}

/// The tenant's numbers, for code that sends from them.
#[async_trait::async_trait]
pub trait ChannelDirectory: Send + Sync {
    /// One number; none if it is not the tenant's.
    ///
    /// # Errors
    /// The database's.
    async fn by_id(&self, db: &TenantDb, id: ChannelId) -> Result<Option<Channel>>;

    /// These numbers, in no order; those that are not the tenant's are left out.
    ///
    /// # Errors
    /// The database's.
    async fn by_ids(&self, tx: &TenantTx, ids: &[ChannelId]) -> Result<Vec<Channel>>;

    /// All numbers of the tenant: 200 at most.
    ///
    /// # Errors
    /// The database's.
    async fn all(&self, tx: &TenantTx) -> Result<Vec<Channel>>;

    /// Speaks to the Graph API as this number.
    ///
    /// # Errors
    /// 422 for a simulated number where no simulator runs; 500 when its secrets cannot be opened.
    fn client(&self, channel: &Channel) -> Result<Client>;

    /// Where to ask for a file that WhatsApp, or a webhook, names by `url`; none if the number's token may not go there. A
    /// webhook is signed with a secret that its tenant knows, so what it says of addresses is not to be trusted.
    fn download_address(&self, channel: &Channel, url: &str) -> Option<Url>;

    /// Stops a number's sending, in the caller's transaction; `until` none means that somebody has to act. A number that may
    /// only answer is not held because a template of it was blocked, and one that another tenant owns keeps that reason.
    ///
    /// # Errors
    /// The database's.
    async fn hold(
        &self,
        tx: &mut TenantTx,
        id: ChannelId,
        why: &Sentences,
        until: Option<DateTime<Utc>>,
    ) -> Result<()>;

    /// Shows on the number why its portfolio's messaging limit is reached, or (none) that it no longer is. It is no hold. Does
    /// nothing where `channel` shows the same already.
    ///
    /// # Errors
    /// The database's.
    async fn show_limit(&self, db: &TenantDb, channel: &Channel, reached: Option<&Sentences>) -> Result<()>;
}

/// The tenants' numbers, for code that receives WhatsApp's webhooks.
#[async_trait::async_trait]
pub trait ChannelWebhooks: Send + Sync {
    /// What the tenant's webhooks are checked against. Kept for some seconds; a change in this process is seen at once.
    ///
    /// # Errors
    /// The database's; 500 when a secret cannot be opened.
    async fn keys(&self, db: &TenantDb) -> Result<Arc<WebhookKeys>>;

    /// Whether this is the verify token of one of the tenant's numbers. Takes the same time however much of it fits.
    ///
    /// # Errors
    /// As [`ChannelWebhooks::keys`].
    async fn is_verify_token(&self, db: &TenantDb, token: &str) -> Result<bool>;

    /// Who has proven that a number is theirs: one tenant at most among WhatsApp's numbers, and one among the simulated ones.
    ///
    /// # Errors
    /// The database's.
    async fn owners(&self, phone_number_id: &str) -> Result<Vec<NumberOwner>>;

    /// Of these numbers of a tenant those (by phone number id) that it has lost to another.
    ///
    /// # Errors
    /// The database's.
    async fn lost_numbers(&self, tenant: TenantId, channels: &[Arc<Channel>]) -> Result<HashSet<String>>;

    /// Takes what WhatsApp told besides messages, in the caller's transaction: writes it into the timeline and does to the
    /// numbers what it says. Answers what is new, oldest first: what was told before has had its effect.
    ///
    /// # Errors
    /// The database's.
    async fn take_news(
        &self,
        tx: &mut TenantTx,
        news: Vec<AccountNews>,
        failures: Vec<NumberFailure>,
    ) -> Result<Vec<AccountNews>>;

    /// Keeps until when edits or revokes wait for messages of these numbers that have not come yet.
    ///
    /// # Errors
    /// The database's.
    async fn await_amended(&self, tx: &TenantTx, ids: &[ChannelId], until: DateTime<Utc>) -> Result<()>;
}

/// What a tenant's webhooks are checked against.
pub struct WebhookKeys {
    /// One an app secret: the numbers of one Meta app share theirs.
    pub apps: Vec<Verifier>,
    /// The tenant's numbers.
    pub numbers: Vec<WebhookNumber>,
}

/// One of the tenant's numbers, as webhooks name it.
#[derive(Clone, Debug)]
pub struct WebhookNumber {
    /// Phone number id.
    pub phone_number_id: String,
    /// WhatsApp Business Account id.
    pub waba_id: String,
    /// The tenant has proven that it is theirs. One that is only claimed may be another tenant's.
    pub owned: bool,
    /// It lives in the simulator.
    pub simulated: bool,
    /// Which of [`WebhookKeys::apps`] is its app's; none if no secret is stored.
    pub app: Option<usize>,
}

/// Who has proven that a number is theirs.
#[derive(Clone, Debug)]
pub struct NumberOwner {
    /// The number lives in the simulator.
    pub simulated: bool,
    /// Whose it is.
    pub db: TenantDb,
}

/// Something WhatsApp told of accounts, numbers, templates or people's choices.
#[derive(Debug)]
pub struct AccountNews {
    /// WhatsApp's webhook field.
    pub field: String,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// The number it is about, if not the whole account.
    pub channel: Option<Arc<Channel>>,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
    /// Whether WhatsApp says when: it tells two equal events apart.
    pub dated: bool,
    /// What.
    pub told: Told,
    /// The webhook's change as it came.
    pub raw: String,
}

/// What a webhook's change tells that is not a message.
#[derive(Debug)]
pub enum Told {
    /// Something changed.
    Update(Update),
    /// Parts of a history came, or the business declined to share it.
    History {
        /// The parts.
        chunks: Vec<HistoryChunk>,
        /// Why there are none.
        declined: Option<WebhookError>,
    },
    /// Errors that belong to no message.
    Errors(Vec<WebhookError>),
}

/// A message could not be sent, perhaps because of its number or account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFailure {
    /// By which number.
    pub channel_id: ChannelId,
    /// WhatsApp's error code.
    pub code: i64,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
}

/// Channels were connected, changed, tested or removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChannelsChanged {
    /// Which.
    pub items: Vec<ChannelChange>,
}

/// One changed channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ChannelChange {
    /// Which.
    pub channel_id: ChannelId,
    /// It was connected, got another account or access token, or has passed its connection test: what is known by it may be another.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub connection: bool,
}

impl Event for ChannelsChanged {
    const NAME: &'static str = "channels_changed";
    const LIVE: Option<&'static str> = Some("channels:read");
    kernel::event_items!(ChannelChange);

    fn key(item: &Self::Item) -> String {
        item.channel_id.to_string()
    }
}

/// WhatsApp told something about accounts or numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountEventsRecorded {
    /// What, oldest first; at most 50 a batch, the list of account events has all.
    pub items: Vec<AccountEventRecorded>,
}

/// One event of the accounts' timeline.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AccountEventRecorded {
    /// Its id in the list of account events.
    pub account_event_id: String,
    /// The number it is about, if not the whole account.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channel_id: Option<ChannelId>,
    /// WhatsApp's webhook field.
    pub field: String,
    /// `info`, `warning` or `critical`.
    pub severity: String,
    /// A sentence for people.
    pub title: String,
}

impl Event for AccountEventsRecorded {
    const NAME: &'static str = "account_events_recorded";
    const LIVE: Option<&'static str> = Some("channels:read");
    kernel::event_items!(AccountEventRecorded);

    fn key(item: &Self::Item) -> String {
        item.channel_id
            .map_or_else(String::new, |channel| channel.to_string())
    }
}
