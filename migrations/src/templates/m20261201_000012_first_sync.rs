//! Has every tenant's templates read: earlier versions kept none. The work itself is the job `templates.start`.

use sea_orm_migration::prelude::*;

use crate::job::enqueue_for_tenants;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        enqueue_for_tenants(schema, "templates.start", "default").await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
