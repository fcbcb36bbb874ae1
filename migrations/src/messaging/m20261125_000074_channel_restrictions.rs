//! Why and until when a number may not write to people first.

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
            long_text(db, "restricted_reason").null().to_owned(),
            instant_null(db, "restricted_until"),
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
        for column in ["restricted_until", "restricted_reason"] {
            let table = Table::alter()
                .table("messaging_channels")
                .drop_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
