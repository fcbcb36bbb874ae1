//! Background work of this module.

use contracts::templates::TemplateId;
use kernel::Job;
use serde::{Deserialize, Serialize};

/// Brings the copy of an account up to date, some pages a job; each leaves the next behind.
#[derive(Debug, Serialize, Deserialize)]
pub struct SyncAccount {
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// Whether it also asks for a sync: the others go on with what was asked for.
    #[serde(default)]
    pub anew: bool,
    /// Whether a person waits for it: then it does not wait behind one that waits for its next try.
    #[serde(default)]
    pub urgent: bool,
}

impl SyncAccount {
    /// Goes on with a sync that was asked for.
    pub fn of(waba_id: String) -> Self {
        Self {
            waba_id,
            anew: false,
            urgent: false,
        }
    }

    /// Asks for a sync when its time has come.
    pub fn anew(waba_id: String) -> Self {
        Self {
            anew: true,
            ..Self::of(waba_id)
        }
    }

    /// Goes on at once with a sync that was asked for.
    pub fn urgent(waba_id: String) -> Self {
        Self {
            urgent: true,
            ..Self::of(waba_id)
        }
    }
}

impl Job for SyncAccount {
    const NAME: &'static str = "templates.sync_account";
    // It decides itself when it has tried often enough.
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One an account, one that waits for its time, and one for a person: all of them look where the sync is.
    fn dedup_key(&self) -> Option<String> {
        let which = match (self.anew, self.urgent) {
            (true, _) => "/anew",
            (_, true) => "/urgent",
            _ => "",
        };
        Some(format!("{}{which}", self.waba_id))
    }
}

/// Asks for a sync of each of the tenant's accounts, removes what is long gone, and comes back in six hours.
#[derive(Debug, Serialize, Deserialize)]
pub struct SyncAll {}

impl Job for SyncAll {
    const NAME: &'static str = "templates.sync_all";
    // Nothing else starts it again.
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// One a tenant.
    fn dedup_key(&self) -> Option<String> {
        Some(String::new())
    }
}

/// Starts [`SyncAll`] for a tenant of an earlier version, whose templates nobody has read yet. Left by a migration.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start {}

impl Job for Start {
    const NAME: &'static str = "templates.start";
    const MAX_ATTEMPTS: u32 = u32::MAX;
}

/// Hands in what waits of a template: a creation, a change or a deletion.
#[derive(Debug, Serialize, Deserialize)]
pub struct Submit {
    /// Which.
    pub template_id: TemplateId,
}

impl Job for Submit {
    const NAME: &'static str = "templates.submit";
    // It counts its tries itself, and then tells a person.
    const MAX_ATTEMPTS: u32 = u32::MAX;

    fn dedup_key(&self) -> Option<String> {
        Some(self.template_id.to_string())
    }
}

/// Removes the file of a sample whose upload was interrupted.
#[derive(Debug, Serialize, Deserialize)]
pub struct DropSample {
    /// Its place in the file store.
    pub name: String,
}

impl Job for DropSample {
    const NAME: &'static str = "templates.drop_sample";
}
