//! Enqueues the job that gives conversations of earlier versions a state, once per tenant.

use sea_orm_migration::prelude::*;

use crate::job::enqueue_for_tenants;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        enqueue_for_tenants(schema, "messaging.repair_conversations", "bulk").await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        // Earlier versions understand rows with a state.
        Ok(())
    }
}
