//! Tables of identity: who may sign in, to which tenant, and what a tenant owns of the outside world.
//!
//! Six of them belong to no tenant and are reached only through identity's own code: resellers, tenants, users, where they
//! signed in, sessions and routes. The others start their key with `tenant_id` like every tenant table; what finds a tenant in the first place
//! (an API key's hash, a user's memberships) has an index of its own across tenants.

use sea_orm_migration::prelude::*;

mod m20261122_000010_people_and_tenants;
mod m20261122_000011_credentials_and_routes;
mod m20261130_000120_usual_addresses;

pub(crate) fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20261122_000010_people_and_tenants::Migration),
        Box::new(m20261122_000011_credentials_and_routes::Migration),
        Box::new(m20261130_000120_usual_addresses::Migration),
    ]
}
