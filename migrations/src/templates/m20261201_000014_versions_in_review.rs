//! While a change of an approved template is in review, WhatsApp sends the version before: it is kept beside the new one.

use sea_orm_migration::prelude::*;

use crate::column::{add, long_text, take_away};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        // JSON: components, whether the variables have names, and the mapping where the change brings another.
        let live = long_text(db, "live").null().to_owned();
        add(schema, "templates_templates", [live]).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        take_away(schema, "templates_templates", ["live"]).await
    }
}
