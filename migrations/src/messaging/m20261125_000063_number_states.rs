//! WhatsApp's states of a number and of its name.

use sea_orm_migration::prelude::*;

use crate::column::text_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in ["phone_status", "name_status"] {
            let table = Table::alter()
                .table("messaging_channels")
                .add_column(text_null(name, 64))
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in ["name_status", "phone_status"] {
            let table = Table::alter()
                .table("messaging_channels")
                .drop_column(name)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
