//! Indexes for merging contacts: rows are found by their conversation or contact.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Index, table, column.
const INDEXES: [(&str, &str, &str); 2] = [
    (
        "messaging_media_by_conversation",
        "messaging_media",
        "conversation_id",
    ),
    (
        "messaging_amendments_by_contact",
        "messaging_amendments",
        "contact_id",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, column) in INDEXES {
            let index = Index::create()
                .name(name)
                .table(table)
                .col("tenant_id")
                .col(column)
                .to_owned();
            schema.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in INDEXES {
            schema
                .drop_index(Index::drop().name(name).table(table).to_owned())
                .await?;
        }
        Ok(())
    }
}
