//! Where messages come from, what stops them, and what people do with a conversation.

use sea_orm_migration::prelude::*;

use crate::column::{add, add_index, id_null, index_name, instant_null, long_text, take_away, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEXES: [(&str, &[&str]); 3] = [
    ("messaging_chunks", &["origin"]),
    ("messaging_conversations", &["state", "last_at", "id"]),
    ("messaging_conversations", &["assignee_id", "last_at", "id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let chunks = [text_null("origin", 64), instant_null(db, "cancelled_at")];
        add(schema, "messaging_chunks", chunks).await?;
        let messages = [
            text_null("origin", 64),
            long_text(db, "template").null().to_owned(),
        ];
        add(schema, "messaging_messages", messages).await?;
        let conversations = [
            text_null("state", 16),
            instant_null(db, "snoozed_until"),
            id_null("assignee_id"),
        ];
        add(schema, "messaging_conversations", conversations).await?;
        for (table, columns) in INDEXES {
            add_index(schema, table, columns, false).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            let index = Index::drop()
                .name(index_name(table, columns))
                .table(table)
                .to_owned();
            schema.drop_index(index).await?;
        }
        let conversations = ["state", "snoozed_until", "assignee_id"];
        take_away(schema, "messaging_conversations", conversations).await?;
        take_away(schema, "messaging_messages", ["origin", "template"]).await?;
        take_away(schema, "messaging_chunks", ["origin", "cancelled_at"]).await
    }
}
