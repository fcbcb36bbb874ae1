//! Message templates.

use sea_orm_migration::prelude::*;

mod m20261201_000010_templates;
mod m20261201_000011_template_lists;
mod m20261201_000012_first_sync;
mod m20261201_000013_switch_of_their_own;
mod m20261201_000014_versions_in_review;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261201_000010_templates::Migration),
        Box::new(m20261201_000011_template_lists::Migration),
        Box::new(m20261201_000012_first_sync::Migration),
        Box::new(m20261201_000013_switch_of_their_own::Migration),
        Box::new(m20261201_000014_versions_in_review::Migration),
    ]
}
