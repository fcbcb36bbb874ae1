//! Tenants that had switched messaging off have numbers switched off too: numbers were a part of it.

use sea_orm_migration::prelude::*;

use crate::switch;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        switch::follow(schema, "channels", "messaging").await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        switch::forget(schema, "channels").await
    }
}
