//! Who the tenant talks to: contacts, what identifies them on WhatsApp, their tags.
//!
//! Architecture invariant: a phone number is not an identity. A contact may have none, and everything here works without.

mod api;
mod entity;
mod error;
mod job;
mod permission;
mod service;

use std::sync::Arc;

use contracts::contacts::ContactDirectory;
use kernel::{Api, JobContext, Jobs, Module, PermissionInfo, id};
use text::phone::Rules;

pub use error::ContactError;

id!(
    /// A label on contacts.
    TagId,
    "tag"
);

/// The contacts module.
#[derive(Debug)]
pub struct Contacts {
    rules: Rules<'static>,
}

impl Contacts {
    /// Contacts need nothing of others. With a `simulator`, its phone numbers (+999 …) are numbers too.
    pub fn new(simulator: bool) -> Self {
        Self {
            rules: Rules {
                simulator,
                ..Rules::default()
            },
        }
    }

    /// Who is who, for the other modules.
    pub fn directory(&self) -> Arc<dyn ContactDirectory> {
        Arc::new(service::Directory { rules: self.rules })
    }
}

impl Module for Contacts {
    fn name(&self) -> &'static str {
        "contacts"
    }

    fn title(&self) -> &'static str {
        "Contacts"
    }

    fn description(&self) -> &'static str {
        "The people you talk to, with tags, attributes and notes."
    }

    fn api(&self) -> Api {
        Api::new(api::ContactsApi { rules: self.rules })
    }

    fn permissions(&self) -> &'static [PermissionInfo] {
        permission::ALL
    }

    fn jobs(&self, jobs: &mut Jobs) {
        jobs.on(|context: JobContext, job: job::Rekey| async move {
            Ok(service::rekey(&context.db, job.start()).await?)
        });
    }
}
