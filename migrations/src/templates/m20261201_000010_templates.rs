//! The copy of the accounts' templates, what was told of them, drafts and submissions.

use sea_orm_migration::prelude::*;

use crate::column::{
    add_index, id, id_null, instant, instant_null, long_text, table, tenant_key, text, text_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 5] = [
    "templates_templates",
    "templates_events",
    "templates_accounts",
    "templates_drafts",
    "templates_submissions",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        templates(schema).await?;
        events(schema).await?;
        accounts(schema).await?;
        drafts(schema).await?;
        submissions(schema).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in TABLES {
            schema
                .drop_table(Table::drop().table(name).if_exists().to_owned())
                .await?;
        }
        Ok(())
    }
}

async fn templates(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    let created = table("templates_templates")
        .if_not_exists()
        .col(id("tenant_id"))
        .col(id("id"))
        .col(text("waba_id", 32))
        .col(text_null("whatsapp_id", 32))
        .col(text("name", 512))
        .col(text("language", 16))
        .col(text("status", 24))
        .col(text_null("category", 16))
        .col(text("quality", 16))
        .col(ColumnDef::new("named").boolean().not_null())
        .col(long_text(db, "components").not_null())
        // A digest of body and footer, which no two templates of an account may share.
        .col(text_null("words", 64))
        .col(ColumnDef::new("ttl_seconds").integer().null())
        .col(text_null("reason", 64))
        .col(long_text(db, "recommendation").null())
        .col(text_null("previous_category", 16))
        .col(text_null("pending_category", 16))
        .col(instant_null(db, "pending_category_at"))
        .col(long_text(db, "mapping").not_null())
        // By WhatsApp's clock: of each the newest counts, in whatever order they are told.
        .col(instant_null(db, "status_at"))
        .col(instant_null(db, "quality_at"))
        .col(instant_null(db, "category_at"))
        .col(instant_null(db, "components_at"))
        .col(instant_null(db, "seen_at"))
        .col(instant_null(db, "gone_at"))
        .col(instant_null(db, "locked_until"))
        .col(instant(db, "created_at"))
        .col(instant(db, "updated_at"))
        .primary_key(&mut tenant_key(["id"]))
        .to_owned();
    schema.create_table(created).await?;
    add_index(
        schema,
        "templates_templates",
        &["waba_id", "name", "language"],
        true,
    )
    .await?;
    add_index(schema, "templates_templates", &["waba_id", "whatsapp_id"], false).await?;
    add_index(schema, "templates_templates", &["waba_id", "words"], false).await
}

async fn events(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    let created = table("templates_events")
        .if_not_exists()
        .col(id("tenant_id"))
        .col(id("id"))
        .col(id("template_id"))
        .col(text("kind", 32))
        .col(text("severity", 16))
        .col(long_text(db, "title").not_null())
        .col(long_text(db, "detail").not_null())
        .col(text_null("actor", 200))
        .col(instant(db, "at"))
        .col(instant(db, "created_at"))
        .primary_key(&mut tenant_key(["id"]))
        .to_owned();
    schema.create_table(created).await?;
    add_index(schema, "templates_events", &["template_id", "at", "id"], false).await
}

async fn accounts(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    let created = table("templates_accounts")
        .if_not_exists()
        .col(id("tenant_id"))
        .col(text("waba_id", 32))
        .col(text_null("app_id", 32))
        .col(instant_null(db, "sync_started_at"))
        .col(text_null("sync_after", 512))
        .col(instant_null(db, "synced_at"))
        .col(instant_null(db, "failed_at"))
        .col(long_text(db, "problem").null())
        .primary_key(&mut tenant_key(["waba_id"]))
        .to_owned();
    schema.create_table(created).await
}

async fn drafts(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    let created = table("templates_drafts")
        .if_not_exists()
        .col(id("tenant_id"))
        .col(id("id"))
        .col(id_null("channel_id"))
        .col(id_null("template_id"))
        .col(text("name", 512))
        .col(text("language", 16))
        .col(long_text(db, "body").not_null())
        .col(long_text(db, "mapping").not_null())
        .col(ColumnDef::new("version").integer().not_null())
        .col(text_null("saved_by", 200))
        .col(instant(db, "created_at"))
        .col(instant(db, "updated_at"))
        .primary_key(&mut tenant_key(["id"]))
        .to_owned();
    schema.create_table(created).await
}

/// What was handed in and has no answer yet, or was refused: one a template.
async fn submissions(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    let created = table("templates_submissions")
        .if_not_exists()
        .col(id("tenant_id"))
        .col(id("template_id"))
        .col(id("channel_id"))
        .col(text("kind", 16))
        .col(text("state", 16))
        .col(long_text(db, "body").not_null())
        .col(ColumnDef::new("attempts").integer().not_null())
        .col(long_text(db, "problem").null())
        .col(text_null("submitted_by", 200))
        .col(instant(db, "created_at"))
        .col(instant(db, "updated_at"))
        .primary_key(&mut tenant_key(["template_id"]))
        .to_owned();
    schema.create_table(created).await
}
