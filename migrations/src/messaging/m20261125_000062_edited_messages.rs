//! When a message was edited or taken back, and its previous content.

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
            instant_null(db, "edited_at"),
            instant_null(db, "revoked_at"),
            long_text(db, "original").null().to_owned(),
        ] {
            let table = Table::alter()
                .table("messaging_messages")
                .add_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in ["original", "revoked_at", "edited_at"] {
            let table = Table::alter()
                .table("messaging_messages")
                .drop_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
