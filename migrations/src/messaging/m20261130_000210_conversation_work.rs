//! The team of a conversation, the total of unread messages, and the indexes by which snoozes end and unread messages are counted.

use sea_orm_migration::prelude::*;

use crate::column::{add, add_index, id, id_null, table, take_away};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const CONVERSATIONS: &str = "messaging_conversations";
const INDEXES: [&[&str]; 2] = [&["snoozed_until"], &["unread"]];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        add(schema, CONVERSATIONS, [id_null("team_id")]).await?;
        for columns in INDEXES {
            add_index(schema, CONVERSATIONS, columns, false).await?;
        }
        // One row a tenant, made when its unread messages are first counted.
        let totals = table("messaging_unread")
            .if_not_exists()
            .col(id("tenant_id").primary_key())
            .col(ColumnDef::new("unread").big_integer().not_null())
            .to_owned();
        schema.create_table(totals).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema
            .drop_table(Table::drop().table("messaging_unread").to_owned())
            .await?;
        for columns in INDEXES {
            let name = format!("{CONVERSATIONS}_by_{}", columns.join("_"));
            schema
                .drop_index(Index::drop().name(name).table(CONVERSATIONS).to_owned())
                .await?;
        }
        take_away(schema, CONVERSATIONS, ["team_id"]).await
    }
}
