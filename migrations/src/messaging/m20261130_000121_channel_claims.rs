//! Whether a number is the tenant's. Null in rows of earlier versions, which accepted only numbers that no other tenant had.

use sea_orm_migration::prelude::*;

use crate::column::text_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("messaging_channels")
            .add_column(text_null("claim", 16))
            .to_owned();
        schema.alter_table(table).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("messaging_channels")
            .drop_column("claim")
            .to_owned();
        schema.alter_table(table).await
    }
}
