//! WhatsApp numbers: credentials, ownership, holds and restrictions, and WhatsApp's news about numbers and accounts.
//!
//! Architecture invariant: the only module that opens a number's secrets; it sends no message and knows no conversation.

mod api;
mod entity;
mod error;
mod job;
mod permission;
mod service;

use std::sync::Arc;

use contracts::channels::{ChannelDirectory, ChannelId, ChannelWebhooks};
use kernel::{Api, Jobs, Module, PermissionInfo, Sealed, TenantRoutes, Vault, id::Id};

pub use error::ChannelError;
pub use service::Addresses;

/// The numbers' secrets.
const SEALED: &[Sealed] = &[Sealed {
    table: "channels_channels",
    sealed_as: service::SEALED_AS,
    id_prefix: <ChannelId as Id>::PREFIX,
    columns: &["access_token", "app_secret", "verify_token"],
}];

/// What channels need.
pub struct Needs {
    /// For the Graph API.
    pub http: reqwest::Client,
    /// Which tenant owns a number, and the tenant's webhook address.
    pub routes: Arc<dyn TenantRoutes>,
    /// Seals the numbers' secrets.
    pub vault: Arc<dyn Vault>,
    /// The addresses of Meta, of the simulator and of this platform.
    pub addresses: Addresses,
}

/// The module.
#[derive(Clone, Debug)]
pub struct Channels {
    service: service::Service,
}

impl Channels {
    /// The module over what it needs.
    pub fn new(needs: Needs) -> Self {
        Self {
            service: service::Service::new(needs),
        }
    }

    /// The port of senders.
    pub fn directory(&self) -> Arc<dyn ChannelDirectory> {
        Arc::new(self.service.clone())
    }

    /// The port of the webhook.
    pub fn webhooks(&self) -> Arc<dyn ChannelWebhooks> {
        Arc::new(self.service.clone())
    }
}

impl Module for Channels {
    fn name(&self) -> &'static str {
        "channels"
    }

    fn title(&self) -> &'static str {
        "Numbers"
    }

    fn description(&self) -> &'static str {
        "WhatsApp numbers, their credentials and what WhatsApp says of them."
    }

    fn api(&self) -> Api {
        let service = &self.service;
        Api::new((
            api::ChannelsApi {
                service: service.clone(),
            },
            api::AccountEventsApi {
                service: service.clone(),
            },
        ))
    }

    fn permissions(&self) -> &'static [PermissionInfo] {
        permission::ALL
    }

    fn jobs(&self, jobs: &mut Jobs) {
        let service = self.service.clone();
        jobs.on(move |context, job: job::LoseNumber| {
            let service = service.clone();
            async move { service.lose_number(context, job).await }
        });
    }

    fn sealed(&self) -> &'static [Sealed] {
        SEALED
    }
}
