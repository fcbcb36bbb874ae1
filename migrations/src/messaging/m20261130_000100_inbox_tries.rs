//! How often a webhook body was tried alone, after a start: one that keeps crashing the process is kept as failed.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("messaging_inbox")
            .add_column(ColumnDef::new("tries").integer().null())
            .to_owned();
        schema.alter_table(table).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("messaging_inbox")
            .drop_column("tries")
            .to_owned();
        schema.alter_table(table).await
    }
}
