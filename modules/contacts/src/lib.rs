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

use contracts::{contacts::ContactDirectory, settings::TenantSettings};
use kernel::{Api, JobContext, Jobs, Module, PermissionInfo, id};
use text::phone::Rules;

pub use error::ContactError;

id!(
    /// A label on contacts.
    TagId,
    "tag"
);

/// What contacts is made of.
pub struct Needs {
    /// The tenants' countries: numbers without a country code are read as theirs.
    pub settings: Arc<dyn TenantSettings>,
    /// The simulator's phone numbers (+999 …) are numbers too.
    pub simulator: bool,
}

/// The contacts module.
pub struct Contacts {
    settings: Arc<dyn TenantSettings>,
    rules: Rules<'static>,
}

impl std::fmt::Debug for Contacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contacts")
    }
}

impl Contacts {
    /// The module, not yet running.
    pub fn new(needs: Needs) -> Self {
        Self {
            settings: needs.settings,
            rules: Rules {
                simulator: needs.simulator,
                ..Rules::default()
            },
        }
    }

    /// Who is who, for the other modules.
    pub fn directory(&self) -> Arc<dyn ContactDirectory> {
        Arc::new(service::Directory {
            settings: self.settings.clone(),
            rules: self.rules,
        })
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
        Api::new((
            api::ContactsApi {
                settings: self.settings.clone(),
                rules: self.rules,
            },
            api::ExportApi,
            api::TagsApi,
        ))
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
