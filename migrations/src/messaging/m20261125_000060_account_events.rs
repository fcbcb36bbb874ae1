//! WhatsApp's account and number events, as a timeline.

use sea_orm_migration::prelude::*;

use crate::column::{id, id_null, instant, long_text, table, tenant_index, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("messaging_account_events")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(text("digest", 64))
                    .col(text("field", 128))
                    .col(text("event", 128))
                    // What it is about, of which the newest counts: `standing`, `messaging_limit`, …
                    .col(text("topic", 32))
                    .col(id_null("channel_id"))
                    .col(text("waba_id", 64))
                    .col(text("severity", 16))
                    .col(text("title", 255))
                    .col(text("detail", 2000))
                    .col(long_text(db, "payload").not_null())
                    .col(instant(db, "at"))
                    .col(instant(db, "received_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        // WhatsApp delivers at least once: the second time is not news.
        schema
            .create_index(tenant_index("messaging_account_events", &["digest"], true))
            .await?;
        schema
            .create_index(tenant_index(
                "messaging_account_events",
                &["waba_id", "topic", "at"],
                false,
            ))
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_account_events").to_owned())
            .await
    }
}
