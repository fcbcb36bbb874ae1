//! The texts of templates as they were when messages were made from them.

use sea_orm_migration::prelude::*;

use crate::column::{instant, long_text, table, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("messaging_template_texts")
                    .if_not_exists()
                    .col(crate::column::id("tenant_id"))
                    .col(text("digest", 32))
                    .col(long_text(db, "source").not_null())
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["digest"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_template_texts").to_owned())
            .await
    }
}
