//! What templates offers and tells.

mod shown;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cloud_api::template::render::{Problem, Shown, Source};
use kernel::{Event, Result, TenantDb, TenantTx, id};
use sentences::Term;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use shown::{ShownHeader, ShownHeaderType, ShownTemplate, ShownTemplateButton};

use crate::contacts::{ContactField, ContactId};

id!(
    /// A message template of one account in one language.
    TemplateId,
    "tpl"
);

/// What WhatsApp files a template under (Cloud API: template categories).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Category {
    /// Offers and news. What is not known counts as this.
    Marketing,
    /// About something the person did or asked for.
    Utility,
    /// One-time passwords.
    Authentication,
}

impl Category {
    /// WhatsApp's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Utility => "UTILITY",
            Self::Authentication => "AUTHENTICATION",
        }
    }

    /// Reads WhatsApp's word in any case; none for another word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Marketing, Self::Utility, Self::Authentication]
            .into_iter()
            .find(|category| category.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

/// A template by what WhatsApp knows it by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TemplateKey {
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// Its name.
    pub name: String,
    /// Its language, with an underscore: `en_US`.
    pub language: String,
}

/// Whether a template can be sent, in WhatsApp's words where it has one (Cloud API: template status).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TemplateStatus {
    /// Handed in here; WhatsApp has not answered yet.
    Submitting,
    /// In review.
    Pending,
    /// Can be sent.
    Approved,
    /// Refused in review.
    Rejected,
    /// Stopped for a while because of bad feedback.
    Paused,
    /// Stopped for good.
    Disabled,
    /// Its rejection is being looked at again.
    InAppeal,
    /// Deleted; what was sent before still arrives.
    PendingDeletion,
    /// Deleted, or no longer in the account.
    Deleted,
    /// The account has too many templates.
    LimitExceeded,
    /// Put away by WhatsApp after a year without use.
    Archived,
    /// Locked by WhatsApp.
    Locked,
    /// A word that this version does not know: not sendable.
    Unknown,
}

impl TemplateStatus {
    /// Why WhatsApp certainly refuses messages of it, and what to do; none if it may take them. `has_live` says that a version before
    /// can be sent while this one is in review.
    fn stopped(self, has_live: bool) -> Option<Term> {
        match self {
            Self::Submitting => Some(Term::StoppedSubmitting),
            Self::Pending if !has_live => Some(Term::StoppedPending),
            Self::Paused => Some(Term::StoppedPaused),
            Self::Disabled => Some(Term::StoppedDisabled),
            Self::Rejected => Some(Term::StoppedRejected),
            Self::Deleted | Self::PendingDeletion => Some(Term::StoppedDeleted),
            Self::Archived => Some(Term::StoppedArchived),
            Self::Locked => Some(Term::StoppedLocked),
            Self::Pending | Self::Approved | Self::InAppeal | Self::LimitExceeded | Self::Unknown => None,
        }
    }
}

/// What the gate knows of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownTemplate {
    /// What it is filed under; none while unknown.
    pub category: Option<Category>,
    /// How it is.
    pub status: TemplateStatus,
    /// Whether a version that was approved before can be sent while this one is in review.
    pub has_live: bool,
}

impl KnownTemplate {
    /// Why WhatsApp certainly refuses messages of it, and what to do; none if it may take them.
    pub fn stopped(self) -> Option<Term> {
        self.status.stopped(self.has_live)
    }
}

/// A template, for code that sends it.
#[derive(Clone, Debug, PartialEq)]
pub struct TemplateCard {
    /// Which.
    pub id: TemplateId,
    /// What WhatsApp knows it by.
    pub key: TemplateKey,
    /// WhatsApp's id; none until WhatsApp has answered its submission.
    pub whatsapp_id: Option<String>,
    /// What it is filed under.
    pub category: Option<Category>,
    /// Whether it can be sent.
    pub status: TemplateStatus,
    /// Whether its variables have names.
    pub named: bool,
    /// Header, body, footer and buttons in WhatsApp's own form, as it is sent: while a change is in review the version before.
    pub components: Vec<Value>,
    /// What its slots are filled with. Whoever fills may put another one here, as a campaign does.
    pub mapping: Mapping,
}

impl TemplateCard {
    /// What of it matters for showing and filling it.
    pub fn source(&self) -> Source<'_> {
        Source {
            components: &self.components,
            named: self.named,
            authentication: self.category == Some(Category::Authentication),
        }
    }
}

/// What each slot of a template is filled with, by the slot's key. A slot that is not in it is asked for.
pub type Mapping = BTreeMap<String, SlotSource>;

/// What a slot is filled with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum SlotSource {
    /// A field of the contact.
    Contact {
        /// Which.
        field: ContactField,
        /// The text where the contact has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<String>,
    },
    /// The same text in every message.
    Text {
        /// The text.
        text: String,
    },
    /// The same file, place, product or time in every message.
    Fixed {
        /// As the slot takes it.
        value: Value,
    },
    /// Said for each send.
    Ask {
        /// The text where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fallback: Option<String>,
    },
}

/// Values by slot (`body_1`, `header_media`, `button_0`; see [`cloud_api::template::render::slots`]): a text, or an object for files
/// and places.
pub type Values = BTreeMap<String, Value>;

/// Who and what a template is filled for.
#[derive(Clone, Debug, Default)]
pub struct Filling {
    /// What was said for this send; it goes before the template's own mapping.
    pub values: Values,
    /// Whose fields the mapping reads.
    pub contact: Option<ContactId>,
}

/// A filled template.
#[derive(Clone, Debug, PartialEq)]
pub struct FilledTemplate {
    /// The `components` of the send.
    pub components: Vec<Value>,
    /// What the phone shows.
    pub shown: Shown,
    /// What each slot was filled with.
    pub values: Values,
}

/// What is known of templates without asking WhatsApp.
#[async_trait::async_trait]
pub trait TemplateCatalog: Send + Sync {
    /// What is known of each, in the order asked; none where nothing is.
    ///
    /// # Errors
    /// The database's.
    async fn known(&self, db: &TenantDb, keys: &[TemplateKey]) -> Result<Vec<Option<KnownTemplate>>>;

    /// As [`known`](TemplateCatalog::known), in a transaction.
    ///
    /// # Errors
    /// The database's.
    async fn known_in(&self, tx: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<KnownTemplate>>>;

    /// One template; none if it is not the tenant's.
    ///
    /// # Errors
    /// The database's.
    async fn template(&self, db: &TenantDb, id: TemplateId) -> Result<Option<TemplateCard>>;

    /// Templates by what WhatsApp knows them by, in the order asked; none where nothing is known. One read for 100 of them.
    ///
    /// # Errors
    /// The database's.
    async fn cards_in(&self, tx: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<TemplateCard>>>;

    /// Fills a template for each of these, in their order: values said for this send, then the template's mapping, then its
    /// fallbacks. The inner error lists what is missing or does not fit. Contacts are read once for 500 of these, and not at all
    /// where the mapping needs none of their fields.
    ///
    /// # Errors
    /// The database's.
    async fn fill(
        &self,
        db: &TenantDb,
        template: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>>;

    /// As [`fill`](TemplateCatalog::fill), in a transaction: it sees contacts that the transaction has made.
    ///
    /// # Errors
    /// The database's.
    async fn fill_in(
        &self,
        tx: &TenantTx,
        template: &TemplateCard,
        fillings: &[Filling],
    ) -> Result<Vec<std::result::Result<FilledTemplate, Vec<Problem>>>>;
}

/// Templates were added, changed or removed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TemplatesChanged {
    /// Which.
    pub items: Vec<TemplateChange>,
}

/// What changed about one template, and how it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateChange {
    /// Which.
    pub template_id: TemplateId,
    /// The WhatsApp Business Account.
    pub waba_id: String,
    /// Its name.
    pub name: String,
    /// Its language.
    pub language: String,
    /// What changed.
    pub changed: Vec<TemplatePart>,
    /// Whether it can be sent, now.
    pub status: TemplateStatus,
    /// What it was filed under before, where that changed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous_category: Option<Category>,
    /// What it is filed under now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<Category>,
    /// What WhatsApp has announced to file it under.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pending_category: Option<Category>,
    /// From when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pending_category_at: Option<DateTime<Utc>>,
    /// GREEN, YELLOW, RED or UNKNOWN.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quality: Option<String>,
    /// When, by WhatsApp where it says so.
    pub at: DateTime<Utc>,
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplatePart {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Whether it can be sent, or why not.
    Status,
    /// Its quality.
    Quality,
    /// What it is filed under.
    Category,
    /// What WhatsApp announces or holds to be right.
    PendingCategory,
    /// Its content.
    Components,
    /// Which variables it has.
    Variables,
    /// What its variables are filled with.
    Mapping,
    /// How far handing it in, changing or deleting it has come.
    Submission,
}

impl Event for TemplatesChanged {
    const NAME: &'static str = "templates_changed";
    const LIVE: Option<&'static str> = Some("templates:read");
    kernel::event_items!(TemplateChange);

    fn key(item: &Self::Item) -> String {
        item.template_id.to_string()
    }
}
