//! Every schema change, in one global order: a folder per owner, both dialects from one source.
//!
//! Expand, then contract: an applied migration is never edited, and the code before a migration must run on the schema
//! after it. MySQL cannot roll DDL back, so a migration does one thing.

pub mod column;

mod channels;
mod contacts;
mod host;
mod identity;
mod job;
mod messaging;
mod switch;
mod templates;

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::MigratorTrait;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all: Vec<Box<dyn MigrationTrait>> = Vec::new();
        all.extend(host::migrations());
        all.extend(identity::migrations());
        all.extend(contacts::migrations());
        all.extend(channels::migrations());
        all.extend(messaging::migrations());
        all.extend(templates::migrations());
        // Names start with their date, so the order is global whatever folder they live in.
        all.sort_by(|a, b| a.name().cmp(b.name()));
        all
    }
}
