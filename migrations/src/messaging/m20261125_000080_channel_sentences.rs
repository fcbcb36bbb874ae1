//! Why a number is held, restricted or in trouble, as translatable terms.

use sea_orm_migration::prelude::*;

use crate::column::{add, long_text, take_away};

const TABLE: &str = "messaging_channels";
const COLUMNS: [&str; 3] = ["status_terms", "held_terms", "restricted_terms"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let columns = COLUMNS.map(|column| long_text(db, column).null().to_owned());
        add(schema, TABLE, columns).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        take_away(schema, TABLE, COLUMNS).await
    }
}
