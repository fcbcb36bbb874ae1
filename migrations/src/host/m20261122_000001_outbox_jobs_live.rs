//! The outbox, jobs and the live log.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, long_text, table, tenant_key, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("host_outbox")
                    .col(id("id").primary_key())
                    .col(id("tenant_id"))
                    .col(text("name", 64))
                    .col(long_text(db, "payload").not_null())
                    .col(text_null("live", 64))
                    .col(instant(db, "created_at"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("host_jobs")
                    .col(id("id").primary_key())
                    .col(id("tenant_id"))
                    .col(text("queue", 32))
                    .col(text("kind", 96))
                    .col(long_text(db, "payload").not_null())
                    .col(text_null("dedup_key", 190).unique_key())
                    .col(ColumnDef::new("again").integer().not_null().default(0))
                    .col(instant(db, "run_at"))
                    .col(ColumnDef::new("fence").big_integer().not_null().default(0))
                    .col(ColumnDef::new("attempts").integer().not_null().default(0))
                    .col(ColumnDef::new("max_attempts").integer().not_null())
                    .col(ColumnDef::new("dead").boolean().not_null().default(false))
                    .col(long_text(db, "last_error").null())
                    .col(instant(db, "created_at"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(
                Index::create()
                    .name("host_jobs_due")
                    .table("host_jobs")
                    .col("queue")
                    .col("dead")
                    .col("run_at")
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("host_live_events")
                    .col(id("tenant_id"))
                    .col(ColumnDef::new("seq").big_integer().not_null())
                    .col(text("name", 64))
                    .col(text("permission", 64))
                    .col(long_text(db, "payload").not_null())
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["seq"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("host_leases")
                    .col(text("name", 64).primary_key())
                    .col(text("owner", 64))
                    .col(instant(db, "until"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in ["host_leases", "host_live_events", "host_jobs", "host_outbox"] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
