//! By how much a chunk's messages moved the figures, until that is published once for all of them.

use sea_orm_migration::prelude::*;

use crate::column::{add, take_away, text_null};

const TABLE: &str = "messaging_chunks";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        add(schema, TABLE, [text_null("moved", 200)]).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        take_away(schema, TABLE, ["moved"]).await
    }
}
