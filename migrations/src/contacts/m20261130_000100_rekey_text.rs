//! Enqueues the rewriting of text keys, once per tenant: search and tags now compare by `text_key`, not by lower case. The work
//! itself is the job `contacts.rekey`, in batches.

use sea_orm_migration::prelude::*;

use crate::job::enqueue_for_tenants;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        enqueue_for_tenants(schema, "contacts.rekey", "default").await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        // Keys of either form are understood.
        Ok(())
    }
}
