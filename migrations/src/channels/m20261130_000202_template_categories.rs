//! What templates are filed under.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, table, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("channels_template_categories")
                    .if_not_exists()
                    .col(id("tenant_id"))
                    .col(text("waba_id", 32))
                    .col(text("name", 512))
                    .col(text("language", 16))
                    .col(text("category", 16))
                    .col(instant(db, "at"))
                    .primary_key(&mut tenant_key(["waba_id", "name", "language"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::drop().table("channels_template_categories").to_owned();
        schema.drop_table(table).await
    }
}
