//! Why and until when a number is held, and how many people it may write to first in a day.

use sea_orm_migration::prelude::*;

use crate::column::{instant_null, long_text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        // SQLite adds one column a statement.
        for column in [
            long_text(db, "held_reason").null().to_owned(),
            instant_null(db, "held_until"),
            ColumnDef::new("messaging_limit").integer().null().to_owned(),
        ] {
            let table = Table::alter()
                .table("messaging_channels")
                .add_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in ["messaging_limit", "held_until", "held_reason"] {
            let table = Table::alter()
                .table("messaging_channels")
                .drop_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
