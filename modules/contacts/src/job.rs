//! Background work of this module.

use contracts::contacts::ContactId;
use kernel::Job;
use serde::{Deserialize, Serialize};

use crate::{TagId, service::Reached};

/// Renews what [`text::key::text_key`] made of a tenant's tags and contacts, a batch a job; each leaves the next behind. A migration
/// asks for it, once a tenant, whenever [`text::key::VERSION`] has been raised. It may start again anywhere and any number of times:
/// what is right already is not written.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Rekey {
    /// The last tag that is done.
    #[serde(default)]
    pub tag: Option<TagId>,
    /// Whether all tags are done.
    #[serde(default)]
    pub tags_done: bool,
    /// The last contact that is done.
    #[serde(default)]
    pub contact: Option<ContactId>,
}

impl Rekey {
    /// From where the last batch ended.
    pub(crate) fn from(reached: Reached) -> Option<Self> {
        match reached {
            Reached::Tag(tag) => Some(Self {
                tag,
                ..Self::default()
            }),
            Reached::Contact(contact) => Some(Self {
                tag: None,
                tags_done: true,
                contact,
            }),
            Reached::End => None,
        }
    }

    /// Where it begins.
    pub(crate) fn start(&self) -> Reached {
        match self.tags_done {
            true => Reached::Contact(self.contact),
            false => Reached::Tag(self.tag),
        }
    }
}

impl Job for Rekey {
    const NAME: &'static str = "contacts.rekey";
    const MAX_ATTEMPTS: u32 = u32::MAX;

    /// Two that reached the same place are one.
    fn dedup_key(&self) -> Option<String> {
        Some(match (self.tags_done, self.tag, self.contact) {
            (false, None, _) => "tags".to_owned(),
            (false, Some(tag), _) => tag.to_string(),
            (true, _, None) => "contacts".to_owned(),
            (true, _, Some(contact)) => contact.to_string(),
        })
    }
}
