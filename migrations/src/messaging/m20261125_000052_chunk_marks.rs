//! How far a chunk may have been sent, and how often its messages were tried before.

use sea_orm_migration::prelude::*;

use crate::column::id_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column a statement.
        for column in [
            id_null("mark"),
            ColumnDef::new("attempt")
                .integer()
                .not_null()
                .default(0)
                .to_owned(),
        ] {
            let table = Table::alter()
                .table("messaging_chunks")
                .add_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in ["attempt", "mark"] {
            let table = Table::alter()
                .table("messaging_chunks")
                .drop_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
