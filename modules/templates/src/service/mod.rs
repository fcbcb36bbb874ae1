//! The verbs, by what they are about.

mod accounts;
mod catalog;
mod check;
mod content;
mod deleting;
mod drafts;
mod fill;
mod filling;
mod limits;
mod list;
mod listed;
mod live;
mod mapping;
mod news;
mod notes;
mod numbers;
mod parts;
mod samples;
mod store;
mod submit;
mod sweep;
mod sync;
mod timeline;

use std::sync::Arc;

use contracts::{channels::ChannelDirectory, contacts::ContactDirectory, messaging::MediaLibrary};
use kernel::BlobStore;

pub use accounts::Account;
pub use deleting::UseKind;
pub use drafts::Written;
pub use fill::{Filled, FilledSlot, From};
pub use filling::Previewed;
pub use limits::Editing;
pub use list::TemplateFilter;
pub use live::Live;
pub use samples::{Kept, SampleKind};
pub use submit::Wanted;

use crate::{Needs, entity::template};

/// What the verbs work with. Cloning shares it.
#[derive(Clone)]
pub struct Service {
    channels: Arc<dyn ChannelDirectory>,
    contacts: Arc<dyn ContactDirectory>,
    media: Arc<dyn MediaLibrary>,
    store: Arc<dyn BlobStore>,
    places: samples::Places,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("templates::Service")
    }
}

impl Service {
    /// The verbs over what they need.
    pub fn new(needs: Needs) -> Self {
        let Needs {
            channels,
            contacts,
            media,
            store,
        } = needs;
        Self {
            channels,
            contacts,
            media,
            store,
            places: samples::Places::default(),
        }
    }
}

/// Why a template is in its state, in plain words.
pub fn reason(row: &template::Model) -> sentences::Sentences {
    notes::reason(row)
}
