//! Numbers, messages in and out, delivery statuses, WhatsApp's webhook.
//!
//! Architecture invariant: the only module that sends; it reads contacts only through their directory.

mod api;
mod entity;
mod error;
mod job;
mod permission;
mod service;

use std::sync::Arc;

use contracts::{contacts::ContactDirectory, messaging::MessageSender};
use kernel::{Api, Jobs, Limiter, Module, PermissionInfo, PublicRoute, Pump, Sealed, TenantRoutes, Vault};
use poem::{EndpointExt, get};

pub use cloud_api::client::Wire;
pub use service::{Addresses, MediaParts};

/// The numbers' secrets.
const SEALED: &[Sealed] = &[Sealed {
    table: "messaging_channels",
    id_prefix: <contracts::messaging::ChannelId as kernel::id::Id>::PREFIX,
    columns: &["access_token", "app_secret", "verify_token"],
}];

/// The module.
#[derive(Clone, Debug)]
pub struct Messaging {
    service: service::Service,
}

impl Messaging {
    /// Needs a running tokio runtime.
    #[expect(
        clippy::too_many_arguments,
        reason = "one a port: a missing one must not compile"
    )]
    pub fn new(
        http: reqwest::Client,
        wire: Wire,
        routes: Arc<dyn TenantRoutes>,
        vault: Arc<dyn Vault>,
        limiter: Arc<dyn Limiter>,
        directory: Arc<dyn ContactDirectory>,
        addresses: Addresses,
        media: MediaParts,
    ) -> Self {
        Self {
            service: service::Service::new(http, wire, routes, vault, limiter, directory, addresses, media),
        }
    }

    /// The one way out, for other modules.
    pub fn sender(&self) -> Arc<dyn MessageSender> {
        Arc::new(self.service.clone())
    }
}

impl Module for Messaging {
    fn name(&self) -> &'static str {
        "messaging"
    }

    fn title(&self) -> &'static str {
        "Messaging"
    }

    fn description(&self) -> &'static str {
        "WhatsApp numbers, the inbox, messages and their delivery."
    }

    fn api(&self) -> Api {
        let service = &self.service;
        Api::new((
            api::ChannelsApi {
                service: service.clone(),
            },
            api::ConversationsApi {
                service: service.clone(),
            },
            api::MessagesApi {
                service: service.clone(),
            },
            api::MediaApi {
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
        jobs.on(move |context, _: job::DrainInbox| {
            let service = service.clone();
            async move { service.drain_inbox(context).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::SendChunk| {
            let service = service.clone();
            async move { service.send_chunk(context, job).await }
        });
        let service = self.service.clone();
        jobs.when_new(job::CAMPAIGNS, move || service.step_aside());
        let service = self.service.clone();
        jobs.on(move |context, job: job::LoseNumber| {
            let service = service.clone();
            async move { service.lose_number(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::SendReadReceipt| {
            let service = service.clone();
            async move { service.send_read_receipt(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::ShowTyping| {
            let service = service.clone();
            async move { service.show_typing(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::FetchMedia| {
            let service = service.clone();
            async move { service.fetch_media(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, _: job::SweepMedia| {
            let service = service.clone();
            async move { service.sweep_media(context).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, _: job::SweepStatuses| {
            let service = service.clone();
            async move { service.sweep_statuses(context).await }
        });
    }

    fn sealed(&self) -> &'static [Sealed] {
        SEALED
    }

    fn pumps(&self) -> Vec<Pump> {
        let service = self.service.clone();
        let inbox = Pump::new("messaging_inbox", move |db| {
            let service = service.clone();
            async move { service.drain_turn(&db).await }
        });
        vec![inbox]
    }

    fn streamed_bodies(&self) -> &'static [(&'static str, u64)] {
        // WhatsApp's largest file, and a little for what a form wraps around it.
        &[("/media", (100 << 20) + (64 << 10))]
    }

    fn public_routes(&self) -> Vec<PublicRoute> {
        // Shared as a whole: what is handed to a request is cloned for each.
        let service = Arc::new(self.service.clone());
        let webhook = PublicRoute {
            path: "/webhooks/whatsapp/:path",
            allow: "GET, HEAD, POST",
            endpoint: get(api::verify).post(api::receive).data(service.clone()).boxed(),
        };
        let file = PublicRoute {
            path: "/media/:token",
            allow: "GET, HEAD",
            endpoint: get(api::serve_file).data(service).boxed(),
        };
        vec![webhook, file]
    }
}
