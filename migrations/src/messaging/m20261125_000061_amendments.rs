//! Amendments of messages: reactions, edits, revokes. They may arrive before the message.

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
                table("messaging_amendments")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    // The wamid of the message that was reacted to, edited or revoked.
                    .col(text("target", 256))
                    // The wamid of the reaction, edit or revoke.
                    .col(text("wamid", 256))
                    .col(text("kind", 16))
                    .col(id("channel_id"))
                    // Who did it; none for the business.
                    .col(id_null("contact_id"))
                    .col(long_text(db, "content").not_null())
                    .col(instant(db, "at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("messaging_amendments", &["wamid"], true))
            .await?;
        schema
            .create_index(tenant_index("messaging_amendments", &["target"], false))
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_amendments").to_owned())
            .await
    }
}
