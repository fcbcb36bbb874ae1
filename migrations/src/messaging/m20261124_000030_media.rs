//! Files of messages, and WhatsApp's copies of those we uploaded.

use sea_orm_migration::prelude::*;

use crate::column::{
    id, id_null, instant, instant_null, long_text, table, tenant_index, tenant_key, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("messaging_media")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(text("direction", 16))
                    .col(text("kind", 16))
                    .col(text("mime", 128))
                    .col(ColumnDef::new("size").big_integer().null())
                    .col(text_null("sha256", 64))
                    .col(text_null("file_name", 255))
                    .col(text("state", 16))
                    .col(text_null("reason", 500))
                    .col(text_null("whatsapp_id", 128))
                    .col(instant_null(db, "whatsapp_until"))
                    .col(text_null("claimed_sha256", 128))
                    .col(long_text(db, "url").null().to_owned())
                    .col(id_null("channel_id"))
                    .col(id_null("conversation_id"))
                    .col(id_null("message_id"))
                    .col(instant_null(db, "used_at"))
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_media", &["message_id"], false))
            .await?;
        schema
            .create_index(tenant_index("messaging_media", &["state"], false))
            .await?;
        schema
            .create_table(
                table("messaging_media_copies")
                    .col(id("tenant_id"))
                    .col(id("media_id"))
                    .col(id("channel_id"))
                    .col(text("whatsapp_id", 128))
                    .col(instant(db, "until"))
                    .primary_key(&mut tenant_key(["media_id", "channel_id"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in ["messaging_media_copies", "messaging_media"] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
