//! Which listeners there are, whatever the version of the processes that know them.

use sea_orm_migration::prelude::*;

use crate::column::{instant, table, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLE: &str = "host_event_listeners";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let listeners = table(TABLE)
            .if_not_exists()
            .col(text("listener", 96).primary_key())
            .col(text("event", 64))
            .col(instant(db, "seen_at"))
            .to_owned();
        schema.create_table(listeners).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table(TABLE).to_owned()).await
    }
}
