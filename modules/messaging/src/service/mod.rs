//! The verbs, by what they are about.

mod cards;
mod channels;
mod coalescer;
mod connection_test;
mod conversations;
mod drain;
mod hold;
mod idempotency;
mod joining;
mod media;
mod messages;
mod ownership;
mod passwords;
mod preview;
mod read_receipt;
mod resend;
mod sender;
mod sending;
mod sweep;
mod thread;
mod timeline;
mod typing;
mod webhook;

use std::{sync::Arc, time::Duration};

use contracts::contacts::ContactDirectory;
use kernel::{Limiter, TenantId, TenantRoutes, Vault};
use moka::future::Cache;
use url::Url;

pub(crate) use channels::page;
pub use channels::{ChannelChanges, NewChannel};
pub use connection_test::TestReport;
pub use conversations::{ConversationFilter, Listed};
pub use idempotency::Idempotency;
pub use media::{MediaParts, MediaView, NewMedia, Wanted};
pub use messages::{Address, MessageFilter, NewMessage};
pub use sender::sender_of;
pub use timeline::{AccountEventFilter, KeptCount};
pub use webhook::Handshake;

use coalescer::Coalescer;
use webhook::WebhookKeys;

/// Where Meta is, where the simulator is, where we are.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// `https://graph.facebook.com`, or a stand-in.
    pub graph: Url,
    /// The simulator's Graph address, when simulated numbers are offered.
    pub simulator: Option<Url>,
    /// How WhatsApp reaches us; webhook addresses are made from it.
    pub public: Url,
}

/// What the verbs work with. Cloning shares it.
#[derive(Clone)]
pub struct Service {
    http: reqwest::Client,
    routes: Arc<dyn TenantRoutes>,
    vault: Arc<dyn Vault>,
    directory: Arc<dyn ContactDirectory>,
    addresses: Arc<Addresses>,
    coalescer: Coalescer,
    sending: sending::Sending,
    files: media::Files,
    webhook_keys: Cache<TenantId, Arc<WebhookKeys>>,
    tried: Arc<drain::Tried>,
    // Tenants whose sweep was asked for today.
    swept: Cache<TenantId, ()>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "messaging::Service({:?})", self.addresses)
    }
}

impl Service {
    /// Needs a running tokio runtime: the coalescer is a task.
    #[expect(
        clippy::too_many_arguments,
        reason = "one a port: a missing one must not compile"
    )]
    pub fn new(
        http: reqwest::Client,
        wire: cloud_api::client::Wire,
        routes: Arc<dyn TenantRoutes>,
        vault: Arc<dyn Vault>,
        limiter: Arc<dyn Limiter>,
        directory: Arc<dyn ContactDirectory>,
        addresses: Addresses,
        media: MediaParts,
    ) -> Self {
        Self {
            http,
            routes,
            vault,
            directory,
            addresses: Arc::new(addresses),
            coalescer: Coalescer::start(),
            sending: sending::Sending::new(limiter, wire),
            files: media::Files::new(media),
            // Short: another process may have changed a secret.
            webhook_keys: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(5))
                .build(),
            tried: Arc::default(),
            swept: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(24 * 3600))
                .build(),
        }
    }
}
