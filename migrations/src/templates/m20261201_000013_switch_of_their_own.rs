//! Tenants that had switched numbers off have templates switched off too: templates were a part of them, and would switch them on again.

use sea_orm_migration::prelude::*;

use crate::switch;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        switch::follow(schema, "templates", "channels").await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        switch::forget(schema, "templates").await
    }
}
