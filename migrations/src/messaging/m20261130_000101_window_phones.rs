//! Which phone number of the contact opened the customer service window.

use sea_orm_migration::prelude::*;

use crate::column::text_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("messaging_conversations")
            .add_column(text_null("window_phone", 40))
            .to_owned();
        schema.alter_table(table).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::alter()
            .table("messaging_conversations")
            .drop_column("window_phone")
            .to_owned();
        schema.alter_table(table).await
    }
}
