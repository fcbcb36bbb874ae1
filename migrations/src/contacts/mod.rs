//! Tables of contacts.

use sea_orm_migration::prelude::*;

mod m20261122_000020_contacts_and_tags;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(m20261122_000020_contacts_and_tags::Migration)]
}
