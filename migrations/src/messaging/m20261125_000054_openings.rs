//! People that a portfolio wrote to first within a day: WhatsApp limits their number.

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
                table("messaging_openings")
                    .col(id("tenant_id"))
                    .col(text("portfolio", 32))
                    .col(id("contact_id"))
                    .col(instant(db, "at"))
                    .primary_key(&mut tenant_key(["portfolio", "contact_id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_openings", &["portfolio", "at"], false))
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_openings").to_owned())
            .await
    }
}
