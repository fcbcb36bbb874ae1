//! Tables of identity: who may sign in, to which tenant, and which outside resources a tenant owns.
//!
//! Six of them belong to no tenant and are reached only through identity's own code: resellers, tenants, users, their
//! usual addresses, sessions and routes. The others start their key with `tenant_id` like every tenant table; columns that are used
//! to find a tenant (an API key's hash, a user's memberships) have an index across tenants.

use sea_orm_migration::prelude::*;

mod m20261122_000010_people_and_tenants;
mod m20261122_000011_credentials_and_routes;
mod m20261130_000120_usual_addresses;
mod m20261130_000220_settings;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261122_000010_people_and_tenants::Migration),
        Box::new(m20261122_000011_credentials_and_routes::Migration),
        Box::new(m20261130_000120_usual_addresses::Migration),
        Box::new(m20261130_000220_settings::Migration),
    ]
}
