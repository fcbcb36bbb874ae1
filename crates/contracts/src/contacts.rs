//! What contacts offers and tells.

use chrono::{DateTime, Utc};
use kernel::{Event, Result, TenantDb, TenantTx, id};
use serde::{Deserialize, Serialize};

id!(
    /// A person or business the tenant talks to.
    ContactId,
    "con"
);

/// Someone seen on WhatsApp: at least one of `phone` and `bsuid` is present, either may be missing.
///
/// Cloud API: BSUID and usernames. A user with a username may write without showing a phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sighting {
    /// The business portfolio that the BSUID belongs to, empty when not known: a BSUID means nothing outside its portfolio.
    pub portfolio: String,
    /// WhatsApp's phone id (`wa_id`): digits with the country code, no plus.
    pub wa_id: Option<String>,
    /// Business-scoped user id, for example `GB.91827364550192`.
    pub bsuid: Option<String>,
    /// Username without the `@`.
    pub username: Option<String>,
    /// The profile name, used as the contact's name until a person gives it one.
    pub profile_name: Option<String>,
}

/// What others may know of a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactCard {
    /// The contact.
    pub id: ContactId,
    /// Given or profile name.
    pub name: Option<String>,
    /// E.164 with the plus.
    pub phone: Option<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
    /// Username without the `@`.
    pub username: Option<String>,
}

/// Who is who.
#[async_trait::async_trait]
pub trait ContactDirectory: Send + Sync {
    /// Finds or creates the contact of each sighting, in the caller's transaction, and learns new identities on the way
    /// (a BSUID for a known phone, a phone for a known BSUID). Answers in the order asked; equal sightings get one contact.
    ///
    /// # Errors
    /// The database's.
    async fn resolve(&self, tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Vec<ContactId>>;

    /// The cards of these contacts; absent ones are left out.
    ///
    /// # Errors
    /// The database's.
    async fn cards(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactCard>>;

    /// Contacts whose name, phone or username contains `text`, at most `limit`, newest first.
    ///
    /// # Errors
    /// The database's.
    async fn search(&self, db: &TenantDb, text: &str, limit: u64) -> Result<Vec<ContactId>>;
}

/// Contacts were created, changed or deleted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContactsChanged {
    /// Which.
    pub items: Vec<ContactChange>,
}

/// One changed contact.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContactChange {
    /// Which.
    pub contact_id: ContactId,
    /// Whether it is gone.
    pub deleted: bool,
    /// When.
    pub at: DateTime<Utc>,
}

impl Event for ContactsChanged {
    const NAME: &'static str = "contacts_changed";
    const LIVE: Option<&'static str> = Some("contacts:read");
}
