//! Conversations, messages, and the chunks in which messages are sent.

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
                table("messaging_conversations")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(id("channel_id"))
                    .col(id("contact_id"))
                    .col(instant(db, "last_at"))
                    .col(id_null("last_message_id"))
                    .col(text("preview", 200))
                    .col(text("last_direction", 16))
                    .col(ColumnDef::new("unread").integer().not_null().default(0))
                    .col(instant_null(db, "last_inbound_at"))
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        // One conversation for a number and a contact, however many messages arrive at once.
        schema
            .create_index(tenant_index(
                "messaging_conversations",
                &["channel_id", "contact_id"],
                true,
            ))
            .await?;
        schema
            .create_index(tenant_index("messaging_conversations", &["last_at", "id"], false))
            .await?;
        schema
            .create_index(tenant_index("messaging_conversations", &["contact_id"], false))
            .await?;
        schema
            .create_table(
                table("messaging_messages")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(id("conversation_id"))
                    .col(id("channel_id"))
                    .col(id("contact_id"))
                    .col(text("direction", 16))
                    .col(text("kind", 32))
                    .col(text("status", 16))
                    // The status as a number that only grows: see `status.rs` of the module.
                    .col(ColumnDef::new("status_rank").integer().not_null())
                    .col(long_text(db, "content").not_null())
                    .col(text("preview", 200))
                    .col(text_null("wamid", 256))
                    .col(text_null("reply_to", 256))
                    .col(long_text(db, "sent_by").null())
                    .col(long_text(db, "error").null())
                    .col(long_text(db, "raw").null())
                    .col(id_null("chunk_id"))
                    .col(instant_null(db, "sent_at"))
                    .col(instant_null(db, "delivered_at"))
                    .col(instant_null(db, "read_at"))
                    .col(instant_null(db, "failed_at"))
                    .col(instant(db, "at"))
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_messages", &["wamid"], true))
            .await?;
        schema
            .create_index(tenant_index(
                "messaging_messages",
                &["conversation_id", "at", "id"],
                false,
            ))
            .await?;
        schema
            .create_index(tenant_index("messaging_messages", &["chunk_id"], false))
            .await?;
        schema
            .create_table(
                table("messaging_chunks")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(id("channel_id"))
                    .col(text("lane", 16))
                    .col(ColumnDef::new("messages").integer().not_null())
                    // Grows with every runner that takes the chunk: an older runner may no longer write.
                    .col(ColumnDef::new("fence").big_integer().not_null().default(0))
                    .col(ColumnDef::new("done").boolean().not_null().default(false))
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "messaging_chunks",
            "messaging_messages",
            "messaging_conversations",
        ] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
