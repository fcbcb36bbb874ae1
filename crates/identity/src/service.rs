//! The operations of identity, by topic.

mod admin;
mod api_key;
mod listing;
mod module;
mod session;

use std::sync::{Arc, OnceLock};

use kernel::{Limiter, SystemDb};
use secrecy::SecretString;

use crate::{Catalogue, Options, Random, catalogue, entity::api_key as key, password::Passwords};

pub use admin::UserCard;
pub(crate) use api_key::{ListedApiKey, MAX_SCOPES, Maker};
pub use listing::{LISTED, ListedReseller, ListedTenant, ListedUser};
pub(crate) use module::Switch;
pub(crate) use session::{ABSOLUTE, SessionView, TenantCard};

/// A new API key. `secret` is shown now and never again.
#[derive(Debug)]
pub struct NewApiKey {
    /// The whole key: `wapro_` and 64 hexadecimal digits.
    pub secret: SecretString,
    /// The stored row.
    pub row: key::Model,
}

/// Shared by all operations.
pub(crate) struct Service {
    pub(crate) system: SystemDb,
    pub(crate) limiter: Arc<dyn Limiter>,
    pub(crate) passwords: Passwords,
    pub(crate) random: Random,
    pub(crate) options: Options,
    pub(crate) learned: OnceLock<Catalogue>,
}

impl Service {
    /// The known modules: only identity until the composition root has registered the others.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        static IDENTITY_ALONE: OnceLock<Catalogue> = OnceLock::new();
        self.learned
            .get()
            .unwrap_or_else(|| IDENTITY_ALONE.get_or_init(|| catalogue::Catalogue::of(&[])))
    }
}
