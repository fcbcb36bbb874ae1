//! Numbers and the accounts' timeline. Their tables were messaging's before they became a module.

use sea_orm_migration::prelude::*;

mod m20261130_000200_tables_of_their_own;
mod m20261130_000201_switch_of_their_own;
mod m20261130_000202_template_categories;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261130_000200_tables_of_their_own::Migration),
        Box::new(m20261130_000201_switch_of_their_own::Migration),
        Box::new(m20261130_000202_template_categories::Migration),
    ]
}
