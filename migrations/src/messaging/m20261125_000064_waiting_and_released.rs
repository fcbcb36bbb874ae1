//! When a number was last released, and until when amendments may wait for messages that have not arrived.

use sea_orm_migration::prelude::*;

use crate::column::instant_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        for name in ["released_at", "amendments_until"] {
            let table = Table::alter()
                .table("messaging_channels")
                .add_column(instant_null(db, name))
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in ["amendments_until", "released_at"] {
            let table = Table::alter()
                .table("messaging_channels")
                .drop_column(name)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
