//! Message templates: a copy of what WhatsApp has, drafts, submissions, and what the templates are filled with.
//!
//! Architecture invariant: sends no message. What is known of templates is read from the copy; WhatsApp is asked in jobs and where a
//! person waits for it, never in a transaction and never per message.

mod api;
mod entity;
mod error;
mod event;
mod job;
mod permission;
mod service;

use std::sync::Arc;

use contracts::{
    channels::{ChannelDirectory, ChannelsChanged},
    contacts::ContactDirectory,
    messaging::{MediaLibrary, TemplateNews},
    templates::TemplateCatalog,
};
use kernel::{Api, BlobStore, Events, Jobs, Module, PermissionInfo};

pub use error::TemplateError;

/// What the module is made of.
pub struct Needs {
    /// The numbers whose accounts have the templates, and a Graph client for each.
    pub channels: Arc<dyn ChannelDirectory>,
    /// Who templates are filled for.
    pub contacts: Arc<dyn ContactDirectory>,
    /// The files that mappings name.
    pub media: Arc<dyn MediaLibrary>,
    /// Where samples lie while they are uploaded.
    pub store: Arc<dyn BlobStore>,
}

/// The module.
#[derive(Clone, Debug)]
pub struct Templates {
    service: service::Service,
}

impl Templates {
    /// The module over what it needs.
    pub fn new(needs: Needs) -> Self {
        Self {
            service: service::Service::new(needs),
        }
    }

    /// What is known of templates, for the other modules.
    pub fn catalog(&self) -> Arc<dyn TemplateCatalog> {
        Arc::new(self.service.clone())
    }
}

impl Module for Templates {
    fn name(&self) -> &'static str {
        "templates"
    }

    fn title(&self) -> &'static str {
        "Templates"
    }

    fn description(&self) -> &'static str {
        "Message templates: write, submit and watch them."
    }

    fn requires(&self) -> &'static [&'static str] {
        &["channels"]
    }

    fn api(&self) -> Api {
        let service = &self.service;
        Api::new((
            api::TemplatesApi {
                service: service.clone(),
            },
            api::AccountsApi {
                service: service.clone(),
            },
            api::WritingApi {
                service: service.clone(),
            },
            api::DraftsApi {
                service: service.clone(),
            },
            api::SamplesApi {
                service: service.clone(),
            },
            api::FillingApi {
                service: service.clone(),
            },
        ))
    }

    fn streamed_bodies(&self) -> &'static [(&'static str, u64)] {
        // WhatsApp's largest sample, and a little for what a form wraps around it.
        &[("/templates/samples", (100 << 20) + (64 << 10))]
    }

    fn permissions(&self) -> &'static [PermissionInfo] {
        permission::ALL
    }

    fn events(&self, events: &mut Events) {
        events.on::<TemplateNews>(event::Applying(self.service.clone()));
        events.on::<ChannelsChanged>(event::Connecting(self.service.clone()));
    }

    fn jobs(&self, jobs: &mut Jobs) {
        let service = self.service.clone();
        jobs.on(move |context, job: job::SyncAccount| {
            let service = service.clone();
            async move { service.sync_account(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, _: job::SyncAll| {
            let service = service.clone();
            async move { service.sync_all(context).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, _: job::Start| {
            let service = service.clone();
            async move { service.start(context).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::Submit| {
            let service = service.clone();
            async move { service.submit(context, job).await }
        });
        let service = self.service.clone();
        jobs.on(move |context, job: job::DropSample| {
            let service = service.clone();
            async move { service.drop_left_over(context, job).await }
        });
    }
}
