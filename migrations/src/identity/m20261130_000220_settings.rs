//! What a tenant chooses for itself, with its opening hours; saved views and preferences; the language of a person, and the browser
//! of a session.

use sea_orm_migration::prelude::*;

use crate::column::{
    add, add_index, id, id_null, instant, long_text, table, take_away, tenant_key, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("identity_settings")
                    .if_not_exists()
                    .col(id("tenant_id"))
                    .col(text_null("language", 8))
                    .col(text_null("time_zone", 64))
                    .col(text_null("default_country", 2))
                    .col(id_null("default_channel_id"))
                    .col(id_null("logo_id"))
                    .col(text_null("logo_mime", 32))
                    .col(long_text(db, "hours").null())
                    .col(instant(db, "updated_at"))
                    .primary_key(Index::create().primary().col("tenant_id"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("identity_preferences")
                    .if_not_exists()
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(id("owner_id"))
                    .col(text("feature", 64))
                    .col(text("name", 100))
                    .col(long_text(db, "value").not_null())
                    .col(instant(db, "created_at"))
                    .col(instant(db, "updated_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        add_index(
            schema,
            "identity_preferences",
            &["owner_id", "feature", "name"],
            true,
        )
        .await?;
        add(schema, "identity_users", [text_null("language", 8)]).await?;
        add(schema, "identity_sessions", [text_null("user_agent", 200)]).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        take_away(schema, "identity_sessions", ["user_agent"]).await?;
        take_away(schema, "identity_users", ["language"]).await?;
        for name in ["identity_preferences", "identity_settings"] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
