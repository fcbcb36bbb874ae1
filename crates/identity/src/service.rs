//! The operations of identity, by topic.

mod admin;
mod api_key;
mod listing;
mod logo;
mod me;
mod member;
mod module;
mod preference;
mod session;
mod settings;

use std::sync::{Arc, OnceLock};

use contracts::channels::ChannelDirectory;
use kernel::{BlobStore, Limiter, SystemDb};
use secrecy::SecretString;
use url::Url;

use crate::{
    Catalogue, Options, Random, catalogue, entity::api_key as key, error::IdentityError, password::Passwords,
    vault::AesVault,
};

pub use admin::UserCard;
pub(crate) use api_key::{ListedApiKey, MAX_SCOPES, Maker};
pub use listing::{LISTED, ListedReseller, ListedTenant, ListedUser};
pub(crate) use logo::MAX_LOGO;
pub(crate) use me::{OwnSession, ProfileChanges};
pub(crate) use member::Member;
pub(crate) use module::Switch;
pub(crate) use preference::{MAX_PREFERENCES, MAX_VALUE, is_shared};
pub(crate) use session::{ABSOLUTE, SessionView, TenantCard};
pub(crate) use settings::{Change, SettingsChanges, SettingsView};

/// A new API key. `secret` is shown now and never again.
#[derive(Debug)]
pub struct NewApiKey {
    /// The whole key: `wapro_` and 64 hexadecimal digits.
    pub secret: SecretString,
    /// The stored row.
    pub row: key::Model,
}

/// The ports that the settings use. They are made after identity, so they come later: see [`crate::Identity::connect`].
pub struct Needs {
    /// The tenants' numbers.
    pub channels: Arc<dyn ChannelDirectory>,
    /// Where logos are kept.
    pub store: Arc<dyn BlobStore>,
    /// How the world reaches us; addresses of logos are made from it.
    pub public: Url,
    /// Minutes for which an address of a logo works at most.
    pub link_minutes: u32,
}

impl std::fmt::Debug for Needs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Needs")
    }
}

/// Shared by all operations.
pub(crate) struct Service {
    pub(crate) system: SystemDb,
    pub(crate) limiter: Arc<dyn Limiter>,
    pub(crate) passwords: Passwords,
    pub(crate) random: Random,
    pub(crate) options: Options,
    pub(crate) learned: OnceLock<Catalogue>,
    pub(crate) needs: OnceLock<Needs>,
    pub(crate) vault: Arc<AesVault>,
}

impl Service {
    /// The ports that the settings use.
    fn needs(&self) -> Result<&Needs, IdentityError> {
        let learned = self.needs.get();
        learned.ok_or_else(|| kernel::Error::internal("identity was not connected to the modules").into())
    }

    /// The known modules: only identity until the composition root has registered the others.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        static IDENTITY_ALONE: OnceLock<Catalogue> = OnceLock::new();
        self.learned
            .get()
            .unwrap_or_else(|| IDENTITY_ALONE.get_or_init(|| catalogue::Catalogue::of(&[])))
    }
}
