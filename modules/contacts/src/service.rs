//! The verbs of contacts. Each takes the tenant's door and is one transaction.

mod book;
mod change;
mod consent;
mod directory;
mod doubles;
mod export;
mod fields;
mod guess;
mod key;
mod known;
mod learn;
mod merge;
mod read;
mod rekey;
mod tags;
mod typed;

use std::collections::BTreeMap;

pub(crate) use change::{create_contact, delete_contact, update_contact};
pub(crate) use consent::STOPPED;
pub(crate) use directory::Directory;
pub(crate) use export::{
    Format as ExportFormat, csv as export_csv, fields as export_fields, xlsx as export_xlsx,
};
pub(crate) use read::{Contact, Filter, get_contact, list_contacts};
pub(crate) use rekey::{Reached, rekey};
pub(crate) use tags::{TagCount, create_tag, delete_tag, list_tags};

/// The longest name, in characters.
pub(crate) const MAX_NAME: usize = 200;
/// The most tags a contact may have.
pub(crate) const MAX_TAGS: usize = 50;
/// The longest name of a tag, in characters.
pub(crate) const MAX_TAG_NAME: usize = 64;
const MAX_ATTRIBUTES: usize = 50;
const MAX_ATTRIBUTE_KEY: usize = 64;
const MAX_ATTRIBUTE_VALUE: usize = 1_024;
/// Values in one `IN` list: far below the databases' limits, and a plan they still like.
const IN_LIST: usize = 500;

/// Free fields of a contact, by name.
pub(crate) type Attributes = BTreeMap<String, String>;

/// A contact as somebody wants it.
#[derive(Debug, Default)]
pub(crate) struct NewContact {
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) bsuid: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) attributes: Attributes,
    pub(crate) note: Option<String>,
}

/// What shall become of a field.
#[derive(Debug, Default)]
pub(crate) enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is emptied.
    Clear,
    /// It gets this value.
    Set(T),
}

/// Changes to a contact.
#[derive(Debug, Default)]
pub(crate) struct ContactChanges {
    pub(crate) name: Change<String>,
    pub(crate) phone: Change<String>,
    pub(crate) bsuid: Change<String>,
    pub(crate) username: Change<String>,
    pub(crate) tags: Change<Vec<String>>,
    pub(crate) attributes: Change<Attributes>,
    pub(crate) note: Change<String>,
}
