//! What contacts offers and tells.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
pub use cloud_api::Bsuid;
use kernel::{Event, Result, TenantDb, TenantIds, TenantTx, id};
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
    /// Another spelling of the same phone, where WhatsApp tells two.
    pub other_wa_id: Option<String>,
    /// `wa_id` was typed by somebody: if the contact is known under another spelling, nothing is learned from it, since WhatsApp
    /// has not confirmed this one.
    pub typed: bool,
    /// Business-scoped user id, for example `GB.91827364550192`.
    pub bsuid: Option<String>,
    /// Username without the `@`.
    pub username: Option<String>,
    /// The profile name, used as the contact's name until a person gives it one.
    pub profile_name: Option<String>,
    /// When WhatsApp saw them so: of names and usernames the newest by this time counts, in whatever order they are told. Now
    /// where it is not known.
    pub seen_at: Option<DateTime<Utc>>,
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
    /// All numbers they are known by, `phone` and earlier ones.
    pub phones: Vec<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
    /// Username without the `@`.
    pub username: Option<String>,
    /// They asked for no more marketing: a marketing template to them is refused by WhatsApp (Cloud API: code 131050).
    pub marketing_stopped: bool,
}

/// Where a contact is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactAddress {
    /// The contact.
    pub id: ContactId,
    /// E.164 with the plus.
    pub phone: Option<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
    /// They asked for no more marketing.
    pub marketing_stopped: bool,
}

/// Something of a contact that messages are filled with. Written as `name`, `first_name`, `phone`, `username` or `attribute:<key>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ContactField {
    /// The name.
    Name,
    /// The first word of the name.
    FirstName,
    /// E.164 with the plus.
    Phone,
    /// Username without the `@`.
    Username,
    /// The attribute of this key.
    Attribute(String),
}

impl std::fmt::Display for ContactField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name => f.write_str("name"),
            Self::FirstName => f.write_str("first_name"),
            Self::Phone => f.write_str("phone"),
            Self::Username => f.write_str("username"),
            Self::Attribute(key) => write!(f, "attribute:{key}"),
        }
    }
}

impl From<ContactField> for String {
    fn from(field: ContactField) -> Self {
        field.to_string()
    }
}

/// A text that names no field of a contact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is none of `name`, `first_name`, `phone`, `username` and `attribute:<key>`")]
pub struct UnknownField;

impl std::str::FromStr for ContactField {
    type Err = UnknownField;

    fn from_str(text: &str) -> std::result::Result<Self, UnknownField> {
        match text {
            "name" => Ok(Self::Name),
            "first_name" => Ok(Self::FirstName),
            "phone" => Ok(Self::Phone),
            "username" => Ok(Self::Username),
            _ => match text.strip_prefix("attribute:") {
                Some(key) if !key.trim().is_empty() => Ok(Self::Attribute(key.to_owned())),
                _ => Err(UnknownField),
            },
        }
    }
}

impl TryFrom<String> for ContactField {
    type Error = UnknownField;

    fn try_from(text: String) -> std::result::Result<Self, UnknownField> {
        text.parse()
    }
}

/// Fields of contacts that have a value, on one line each, without blanks around it.
pub type FieldsOfContacts = BTreeMap<ContactId, BTreeMap<ContactField, String>>;

/// What somebody chose about marketing (Cloud API: `user_preferences`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketingChoice {
    /// Who.
    pub contact: ContactId,
    /// Whether they want it.
    pub allowed: bool,
    /// When they chose: the newest choice counts, in whatever order they are told.
    pub at: DateTime<Utc>,
    /// Where they chose, a word of at most 32 characters such as `whatsapp`.
    pub source: String,
    /// A sentence about it.
    pub detail: Option<String>,
}

/// What a person is known by: a phone number, a BSUID, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownBy {
    /// WhatsApp's phone id: digits.
    pub wa_id: Option<String>,
    /// Business-scoped user id.
    pub bsuid: Option<String>,
}

/// Somebody has another phone number or BSUID now (Cloud API: `user_id_update`, system messages).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityChange {
    /// The business portfolio of the BSUIDs, empty when not known.
    pub portfolio: String,
    /// Before.
    pub previous: KnownBy,
    /// From now on.
    pub current: KnownBy,
    /// When, by WhatsApp.
    pub at: DateTime<Utc>,
}

/// Two contacts turned out to be one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMerge {
    /// The contact that is gone.
    pub from: ContactId,
    /// The contact that has all of it now.
    pub into: ContactId,
}

/// Who sightings are of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved<C = ContactId> {
    /// The contact of each sighting, in the order asked.
    pub contacts: Vec<C>,
    /// Contacts that turned out to be one person, in the order in which they were joined: a caller that stores a `from` must
    /// change it to `into` in the same transaction.
    pub merges: Vec<ContactMerge>,
}

/// WhatsApp's own spelling of a contact's phone number, as it answers a send or tells of a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// Whose.
    pub contact: ContactId,
    /// WhatsApp's phone id: digits.
    pub wa_id: String,
    /// Whether it differs from what the message was sent to: from now on this one is written to.
    pub differs: bool,
}

/// Somebody in the address book of the business's own phone (Cloud API: `smb_app_state_sync`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookEntry {
    /// Phone digits.
    pub wa_id: String,
    /// What the address book calls them; none when they were taken out of it.
    pub name: Option<String>,
    /// When, by the phone: the newest entry counts.
    pub at: DateTime<Utc>,
}

/// Who is who.
#[async_trait::async_trait]
pub trait ContactDirectory: Send + Sync {
    /// Whether the sighting says who it is of: a phone number, a BSUID or a username that can be kept. Callers leave out what is
    /// not: [`resolve`](ContactDirectory::resolve) takes it for their mistake.
    fn is_usable(&self, sighting: &Sighting) -> bool;

    /// Finds or creates the contact of each sighting, in the caller's transaction, and learns new identities on the way
    /// (a BSUID for a known phone, a phone for a known BSUID). Answers in the order asked; equal sightings get one contact. A phone
    /// number is found under every spelling that WhatsApp may use for it; two contacts that have one of them each become one.
    ///
    /// # Errors
    /// The database's.
    async fn resolve(&self, tx: &mut TenantTx, sightings: &[Sighting]) -> Result<Resolved>;

    /// As [`resolve`](ContactDirectory::resolve), but makes nobody: who is not known has no contact in the answer.
    ///
    /// # Errors
    /// The database's.
    async fn recognise(
        &self,
        tx: &mut TenantTx,
        sightings: &[Sighting],
    ) -> Result<Resolved<Option<ContactId>>>;

    /// Finds or creates the contact whose phone number somebody typed, in any usual spelling. Digits alone are first looked up as
    /// they stand, then read as inside the tenant's country, then as a whole number with its country code. `field` is named in errors.
    ///
    /// # Errors
    /// 422 `invalid_phone` with the reason; the database's.
    async fn addressed(
        &self,
        tx: &mut TenantTx,
        portfolio: &str,
        field: &'static str,
        text: &str,
    ) -> Result<Resolved>;

    /// Learns WhatsApp's spellings of phone numbers. Those that are known cost one read for all; contacts that turn out to be one
    /// person become one: see [`Resolved::merges`].
    ///
    /// # Errors
    /// The database's.
    async fn learn_spellings(&self, tx: &mut TenantTx, spellings: &[Spelling]) -> Result<Vec<ContactMerge>>;

    /// The cards of these contacts; absent ones are left out.
    ///
    /// # Errors
    /// The database's.
    async fn cards(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactCard>>;

    /// Where these contacts are written to; those that are absent or have no address are left out. One read of what a campaign
    /// needs, where [`ContactDirectory::cards`] is for people's eyes.
    ///
    /// # Errors
    /// The database's.
    async fn addresses(&self, db: &TenantDb, contacts: &[ContactId]) -> Result<Vec<ContactAddress>>;

    /// As [`ContactDirectory::addresses`], in a transaction: it sees contacts that the transaction has made.
    ///
    /// # Errors
    /// The database's.
    async fn addresses_in(&self, tx: &TenantTx, contacts: &[ContactId]) -> Result<Vec<ContactAddress>>;

    /// These fields of these contacts; contacts that are absent and fields without a value are left out. At most one read of
    /// contacts and one of identities for 500 contacts, none where no field of theirs is asked for.
    ///
    /// # Errors
    /// The database's.
    async fn fields(
        &self,
        db: &TenantDb,
        contacts: &[ContactId],
        wanted: &[ContactField],
    ) -> Result<FieldsOfContacts>;

    /// As [`ContactDirectory::fields`], in a transaction: it sees contacts that the transaction has made.
    ///
    /// # Errors
    /// The database's.
    async fn fields_in(
        &self,
        tx: &TenantTx,
        contacts: &[ContactId],
        wanted: &[ContactField],
    ) -> Result<FieldsOfContacts>;

    /// The contacts whose name, phone or username contains `text`, however many they are, as a condition for a list of another
    /// module ([`kernel::tenant::TenantSelect::among`]). None where the text has nothing to look for: all fit then.
    fn matching(&self, db: &TenantDb, text: &str) -> Option<TenantIds>;

    /// Records what people chose about marketing and tells by [`ContactConsentChanged`]. A choice older than the one that is
    /// known changes nothing, and neither does the same one again.
    ///
    /// # Errors
    /// The database's.
    async fn choose_marketing(&self, tx: &mut TenantTx, choices: &[MarketingChoice]) -> Result<()>;

    /// Teaches contacts their new identities; the old ones stay known, the new ones are shown and written to. Contacts that
    /// turn out to be one person become one: a caller that stores a `from` must change it to `into` in the same transaction.
    ///
    /// # Errors
    /// The database's.
    async fn change_identities(
        &self,
        tx: &mut TenantTx,
        changes: &[IdentityChange],
    ) -> Result<Vec<ContactMerge>>;

    /// Takes over names from the address book of the business's phone, and people whom nobody knew. A name that somebody gave
    /// here stays. Answers which contacts turned out to be one: see [`Resolved::merges`].
    ///
    /// # Errors
    /// The database's.
    async fn note_address_book(&self, tx: &mut TenantTx, entries: &[BookEntry]) -> Result<Vec<ContactMerge>>;
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
    kernel::event_items!(ContactChange);

    fn key(item: &Self::Item) -> String {
        item.contact_id.to_string()
    }
}

/// Contacts changed their mind about marketing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContactConsentChanged {
    /// Which.
    pub items: Vec<ContactConsent>,
}

/// What one contact wants now.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContactConsent {
    /// Who.
    pub contact_id: ContactId,
    /// `allowed` or `stopped`.
    pub marketing: String,
    /// When they chose.
    pub at: DateTime<Utc>,
    /// Where they chose, for example `whatsapp`.
    pub source: String,
}

impl Event for ContactConsentChanged {
    const NAME: &'static str = "contact_consent_changed";
    const LIVE: Option<&'static str> = Some("contacts:read");
    kernel::event_items!(ContactConsent);

    fn key(item: &Self::Item) -> String {
        item.contact_id.to_string()
    }
}

/// Contacts turned out to be one person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContactsMerged {
    /// Which went into which.
    pub items: Vec<ContactMerge>,
}

impl Event for ContactsMerged {
    const NAME: &'static str = "contacts_merged";
    const LIVE: Option<&'static str> = Some("contacts:read");
    kernel::event_items!(ContactMerge);
}
