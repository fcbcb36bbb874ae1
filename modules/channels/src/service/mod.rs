//! The verbs, by what they are about.

mod account_events;
mod changed;
mod channels;
mod client;
mod connection_test;
mod credentials;
mod hold;
mod limit;
mod news;
mod ownership;
mod port;
mod read;
mod webhook_keys;

use std::sync::Arc;

use kernel::{TenantRoutes, Vault};

pub use account_events::AccountEventFilter;
pub use channels::{ChannelChanges, NewChannel};
pub use client::Addresses;
pub(crate) use client::SEALED_AS;
pub use connection_test::TestReport;

use crate::Needs;
use webhook_keys::KeyCache;

/// What the verbs work with. Cloning shares it.
#[derive(Clone)]
pub struct Service {
    http: reqwest::Client,
    routes: Arc<dyn TenantRoutes>,
    vault: Arc<dyn Vault>,
    addresses: Arc<Addresses>,
    keys: KeyCache,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "channels::Service({:?})", self.addresses)
    }
}

impl Service {
    /// The verbs over what they need.
    pub fn new(needs: Needs) -> Self {
        let Needs {
            http,
            routes,
            vault,
            addresses,
        } = needs;
        Self {
            http,
            routes,
            vault,
            addresses: Arc::new(addresses),
            keys: KeyCache::new(),
        }
    }
}
