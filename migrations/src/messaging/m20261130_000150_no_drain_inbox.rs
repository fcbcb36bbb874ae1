//! The inbox is drained by a pump; jobs that earlier versions wrote for it have no handler any more.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let jobs = Query::delete()
            .from_table("host_jobs")
            .and_where(Expr::col("kind").eq("messaging.drain_inbox"))
            .to_owned();
        schema.execute(jobs).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
