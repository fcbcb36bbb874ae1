//! Webhook data: raw bodies waiting to be applied, statuses, and other events.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::column::{id, id_null, instant, long_text, table, tenant_index, tenant_key, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let mut body = ColumnDef::new("body");
        match db {
            DbBackend::Sqlite => body.blob(),
            // BLOB ends at 64 KiB, a webhook at 3 MB.
            _ => body.custom("LONGBLOB"),
        };
        schema
            .create_table(
                table("messaging_inbox")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(body.not_null())
                    // Whether it came by this tenant's own path, or by that of a tenant that shares its Meta app.
                    .col(ColumnDef::new("own_path").boolean().not_null())
                    .col(instant(db, "received_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("messaging_statuses")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(text("wamid", 256))
                    .col(text("status", 32))
                    .col(text("recipient", 160))
                    .col(id_null("message_id"))
                    .col(instant(db, "at"))
                    .col(long_text(db, "payload").not_null())
                    .col(instant(db, "received_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        // WhatsApp delivers at least once: the second time is not news.
        schema
            .create_index(tenant_index(
                "messaging_statuses",
                &["wamid", "status", "recipient"],
                true,
            ))
            .await?;
        schema
            .create_table(
                table("messaging_webhook_events")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(text("digest", 64))
                    .col(text("field", 128))
                    .col(text("reason", 32))
                    .col(text_null("waba_id", 64))
                    .col(text_null("phone_number_id", 64))
                    .col(long_text(db, "payload").not_null())
                    .col(instant(db, "received_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_webhook_events", &["digest"], true))
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "messaging_webhook_events",
            "messaging_statuses",
            "messaging_inbox",
        ] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
