//! Jobs about numbers that wait get the names of their module, or nobody would do them.

use sea_orm_migration::prelude::*;

const BEFORE: &str = "messaging.lose_number";
const AFTER: &str = "channels.lose_number";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        rename(schema, BEFORE, AFTER).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        rename(schema, AFTER, BEFORE).await
    }
}

async fn rename(schema: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
    let jobs = Query::update()
        .table("host_jobs")
        .value("kind", to)
        .and_where(Expr::col("kind").eq(from))
        .to_owned();
    schema.exec_stmt(jobs).await
}
