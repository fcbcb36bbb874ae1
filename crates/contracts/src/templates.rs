//! What is known of message templates.

use kernel::{Result, TenantDb, TenantTx};

/// What WhatsApp files a template under (Cloud API: template categories).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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

/// What the platform knows of templates without asking WhatsApp.
#[async_trait::async_trait]
pub trait TemplateCatalog: Send + Sync {
    /// The category of each, in the order asked; none where it is not known.
    ///
    /// # Errors
    /// The database's.
    async fn categories(&self, db: &TenantDb, keys: &[TemplateKey]) -> Result<Vec<Option<Category>>>;

    /// As [`categories`](TemplateCatalog::categories), in a transaction.
    ///
    /// # Errors
    /// The database's.
    async fn categories_in(&self, tx: &TenantTx, keys: &[TemplateKey]) -> Result<Vec<Option<Category>>>;
}
