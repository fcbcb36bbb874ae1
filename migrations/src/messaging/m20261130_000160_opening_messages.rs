//! Which message a place of the messaging limit was reserved for, so that it can be given back.

use sea_orm_migration::prelude::*;

use crate::column::{add, id_null, take_away};

const TABLE: &str = "messaging_openings";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        add(schema, TABLE, [id_null("message_id")]).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        take_away(schema, TABLE, ["message_id"]).await
    }
}
