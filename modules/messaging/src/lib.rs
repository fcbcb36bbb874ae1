//! Messages in and out, conversations, delivery statuses, WhatsApp's webhook.
//!
//! Architecture invariant: the only module that sends; it knows contacts and numbers only through their ports.

mod api;
mod entity;
mod error;
mod event;
mod job;
mod permission;
mod service;

use std::sync::Arc;

use cloud_api::client::Wire;
use contracts::{
    channels::{ChannelDirectory, ChannelWebhooks},
    contacts::ContactDirectory,
    messaging::{Conversations, MediaLibrary, MessageSender},
    settings::TenantSettings,
    templates::TemplateCatalog,
};
use kernel::{
    Api, Events, Jobs, Limiter, Members, Module, PermissionInfo, PublicRoute, Pump, TenantRoutes, Vault,
};
use poem::{EndpointExt, get};
use url::Url;

pub use service::MediaParts;

/// What messaging needs.
pub struct Needs {
    /// The connections that messages leave on.
    pub wire: Wire,
    /// The tenant behind a webhook's or a file's address.
    pub routes: Arc<dyn TenantRoutes>,
    /// Signs the addresses of files.
    pub vault: Arc<dyn Vault>,
    /// The numbers' rates.
    pub limiter: Arc<dyn Limiter>,
    /// The contacts.
    pub contacts: Arc<dyn ContactDirectory>,
    /// The numbers to send by.
    pub channels: Arc<dyn ChannelDirectory>,
    /// Where the tenants' days begin, and the number that they send by.
    pub settings: Arc<dyn TenantSettings>,
    /// Who may be assigned.
    pub members: Arc<dyn Members>,
    /// The templates' categories and states.
    pub catalog: Arc<dyn TemplateCatalog>,
    /// Which tenant a webhook is for, and where account news goes.
    pub webhooks: Arc<dyn ChannelWebhooks>,
    /// Where files are kept, and how links are fetched.
    pub media: MediaParts,
    /// Our public address; addresses of files are made from it.
    pub public: Url,
    /// The simulator's phone numbers are numbers too.
    pub simulator: bool,
}

/// The module.
#[derive(Clone, Debug)]
pub struct Messaging {
    service: service::Service,
}

impl Messaging {
    /// Needs a running tokio runtime.
    pub fn new(needs: Needs) -> Self {
        Self {
            service: service::Service::new(needs),
        }
    }

    /// Sends messages, for other modules.
    pub fn sender(&self) -> Arc<dyn MessageSender> {
        Arc::new(self.service.clone())
    }

    /// The files of messages, for other modules. It needs nothing: modules that this one needs may have it.
    pub fn library() -> Arc<dyn MediaLibrary> {
        Arc::new(service::Library)
    }

    /// State and assignment of conversations, for other modules.
    pub fn conversations(&self) -> Arc<dyn Conversations> {
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
        "The inbox, messages and their delivery."
    }

    fn requires(&self) -> &'static [&'static str] {
        &["channels"]
    }

    fn api(&self) -> Api {
        let service = &self.service;
        Api::new((
            api::ConversationsApi {
                service: service.clone(),
            },
            api::MessagesApi {
                service: service.clone(),
            },
            api::MediaApi {
                service: service.clone(),
            },
            api::WebhookEventsApi {
                service: service.clone(),
            },
            api::HomeApi {
                service: service.clone(),
            },
        ))
    }

    fn permissions(&self) -> &'static [PermissionInfo] {
        permission::ALL
    }

    fn jobs(&self, jobs: &mut Jobs) {
        let service = self.service.clone();
        jobs.on(move |context, job: job::SendChunk| {
            let service = service.clone();
            async move { service.send_chunk(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::CancelMessages| {
            let service = service.clone();
            async move { service.cancel_messages(context, job).await }
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
        jobs.on(move |context, job: job::WakeConversations| {
            let service = service.clone();
            async move { service.wake_conversations(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, _: job::RepairConversations| {
            let service = service.clone();
            async move { service.repair_conversations(context).await }
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
        jobs.on(move |context, _: job::TellFigures| {
            let service = service.clone();
            async move { service.tell_figures(context).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, _: job::SweepStatuses| {
            let service = service.clone();
            async move { service.sweep_statuses(context).await }
        });
    }

    fn events(&self, events: &mut Events) {
        events.on(self.service.adding());
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
