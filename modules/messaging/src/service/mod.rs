//! The verbs, by what they are about.

mod assignment;
mod cards;
mod coalescer;
mod conversations;
mod drain;
pub(crate) mod figures;
mod filled;
mod gate;
mod idempotency;
mod joining;
mod kept;
mod media;
mod messages;
mod preview;
mod reactions;
mod read_receipt;
mod repair;
mod resend;
mod sender;
mod sending;
mod sweep;
mod tell;
mod texts;
mod thread;
mod typing;
mod unread;
mod updates;
mod webhook;

use std::{sync::Arc, time::Duration};

use contracts::{
    channels::{ChannelDirectory, ChannelWebhooks},
    contacts::ContactDirectory,
    settings::TenantSettings,
    templates::TemplateCatalog,
};
use kernel::{Members, TenantId, TenantRoutes, Vault};
use moka::future::Cache;
use url::Url;

pub use conversations::{Assignee, ConversationFilter, Listed};
pub use filled::Said;
pub(crate) use filled::fields;
pub use idempotency::Idempotency;
pub use kept::KeptCount;
pub(crate) use media::{Library, clean_name};
pub use media::{MediaParts, MediaView, NewMedia, Wanted};
pub use messages::{Address, MessageFilter, NewMessage};
pub use sender::{origin_of, sender_of};
pub(crate) use texts::used;
pub use webhook::Handshake;

use crate::Needs;
use coalescer::Coalescer;

/// What the verbs work with. Cloning shares it.
#[derive(Clone)]
pub struct Service {
    channels: Arc<dyn ChannelDirectory>,
    webhooks: Arc<dyn ChannelWebhooks>,
    routes: Arc<dyn TenantRoutes>,
    vault: Arc<dyn Vault>,
    directory: Arc<dyn ContactDirectory>,
    catalog: Arc<dyn TemplateCatalog>,
    settings: Arc<dyn TenantSettings>,
    members: Arc<dyn Members>,
    public: Url,
    simulator: bool,
    coalescer: Coalescer,
    sending: sending::Sending,
    files: media::Files,
    tried: Arc<drain::Tried>,
    // Tenants whose sweep was asked for today.
    swept: Cache<TenantId, ()>,
    // Tenants whose conversations are repaired today.
    repaired: Cache<TenantId, ()>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "messaging::Service({})", self.public)
    }
}

impl Service {
    /// Needs a running tokio runtime: the coalescer is a task.
    pub fn new(needs: Needs) -> Self {
        let Needs {
            wire,
            routes,
            vault,
            limiter,
            contacts,
            members,
            catalog,
            settings,
            channels,
            webhooks,
            media,
            public,
            simulator,
        } = needs;
        Self {
            channels,
            webhooks,
            routes,
            vault,
            directory: contacts,
            catalog,
            settings,
            members,
            public,
            simulator,
            coalescer: Coalescer::start(),
            sending: sending::Sending::new(limiter, wire),
            files: media::Files::new(media),
            tried: Arc::default(),
            swept: of_a_day(),
            repaired: of_a_day(),
        }
    }
}

/// Remembers for a day for which tenants something was done.
fn of_a_day() -> Cache<TenantId, ()> {
    Cache::builder()
        .max_capacity(10_000)
        .time_to_live(Duration::from_secs(24 * 3600))
        .build()
}
