//! Why a number is held, restricted or in trouble, in sentences that any language can say.

use sea_orm_migration::prelude::*;

use crate::column::long_text;

const TABLE: &str = "messaging_channels";
const COLUMNS: [&str; 3] = ["status_terms", "held_terms", "restricted_terms"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        // SQLite adds one column a statement.
        for column in COLUMNS {
            let column = long_text(db, column).null().to_owned();
            let table = Table::alter().table(TABLE).add_column(column).to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let table = Table::alter().table(TABLE).drop_column(column).to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
