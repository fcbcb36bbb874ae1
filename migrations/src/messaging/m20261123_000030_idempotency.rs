//! Idempotency keys.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, table, tenant_index, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("messaging_idempotency_keys")
                    .col(id("tenant_id"))
                    .col(text("key", 200))
                    .col(text("digest", 64))
                    .col(id("message_id"))
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["key"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_idempotency_keys", &["created_at"], false))
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_idempotency_keys").to_owned())
            .await
    }
}
