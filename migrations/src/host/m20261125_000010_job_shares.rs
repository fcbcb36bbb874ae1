//! Shares: jobs are fed round robin over the shares of all tenants.

use sea_orm_migration::prelude::*;

use crate::column::text;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let share = text("share", 80).default("").to_owned();
        let table = Table::alter().table("host_jobs").add_column(share).to_owned();
        schema.alter_table(table).await?;
        schema
            .create_index(
                Index::create()
                    .name("host_jobs_turns")
                    .table("host_jobs")
                    .col("queue")
                    .col("dead")
                    .col("share")
                    .col("run_at")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_index(
                Index::drop()
                    .name("host_jobs_turns")
                    .table("host_jobs")
                    .to_owned(),
            )
            .await?;
        let table = Table::alter().table("host_jobs").drop_column("share").to_owned();
        schema.alter_table(table).await
    }
}
