//! Addresses from which users have signed in: attempts from other addresses are counted for the account as a whole.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, table, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("identity_usual_addresses")
                    .col(id("user_id"))
                    .col(text("address_hash", 64))
                    .col(instant(db, "seen_at"))
                    .primary_key(Index::create().primary().col("user_id").col("address_hash"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("identity_usual_addresses").to_owned())
            .await
    }
}
