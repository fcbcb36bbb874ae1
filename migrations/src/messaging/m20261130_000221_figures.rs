//! Figures of each day: what was sent, delivered and failed, and what waits.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant_null, table, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().to_owned();
        schema
            .create_table(
                table("messaging_figures")
                    .if_not_exists()
                    .col(id("tenant_id"))
                    .col(text("day", 10))
                    .col(number("waiting"))
                    .col(number("sent"))
                    .col(number("delivered"))
                    .col(number("failed"))
                    .col(instant_null(db, "told_at"))
                    .primary_key(&mut tenant_key(["day"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_figures").to_owned())
            .await
    }
}
