//! Tables of contacts.

use sea_orm_migration::prelude::*;

mod m20261122_000020_contacts_and_tags;
mod m20261125_000070_consent_and_address_book;
mod m20261125_000080_profile_names;
mod m20261129_000090_identities_by_contact;
mod m20261130_000100_rekey_text;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261122_000020_contacts_and_tags::Migration),
        Box::new(m20261125_000070_consent_and_address_book::Migration),
        Box::new(m20261125_000080_profile_names::Migration),
        Box::new(m20261129_000090_identities_by_contact::Migration),
        Box::new(m20261130_000100_rekey_text::Migration),
    ]
}
