//! The tenant's WhatsApp Business phone numbers.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, long_text, table, tenant_index, tenant_key, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("messaging_channels")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(text("name", 120))
                    .col(text("kind", 16))
                    .col(text("phone_number_id", 32))
                    .col(text("waba_id", 32))
                    .col(text_null("portfolio_id", 32))
                    .col(text_null("display_phone_number", 32))
                    .col(text_null("verified_name", 200))
                    .col(text_null("quality_rating", 16))
                    .col(text("status", 16))
                    .col(long_text(db, "status_reason").null())
                    // Sealed by the vault; never leaves the server.
                    .col(long_text(db, "access_token").not_null())
                    .col(long_text(db, "app_secret").not_null())
                    .col(long_text(db, "verify_token").not_null())
                    .col(ColumnDef::new("throughput").integer().not_null())
                    .col(instant(db, "created_at"))
                    .col(instant(db, "updated_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_channels", &["phone_number_id"], true))
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_channels").to_owned())
            .await
    }
}
