//! What the copy of the templates also keeps, and the indexes of its list.

use sea_orm_migration::prelude::*;

use crate::column::{add, add_index, index_name, instant_null, long_text, take_away, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Each with the id: the list is read newest first.
const FILTERS: [&str; 5] = ["waba_id", "status", "category", "language", "quality"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let of_templates = [
            long_text(db, "reason_text").null().to_owned(),
            instant_null(db, "disabled_at"),
            // Missing from one sync; from two in a row it is gone.
            instant_null(db, "missed_at"),
            // Name and texts as they are compared.
            text_null("search_key", 512),
        ];
        add(schema, "templates_templates", of_templates).await?;
        add(schema, "templates_accounts", [instant_null(db, "wanted_at")]).await?;
        for column in FILTERS {
            add_index(schema, "templates_templates", &[column, "id"], false).await?;
        }
        add_index(schema, "templates_templates", &["id", "search_key"], false).await?;
        add_index(schema, "templates_templates", &["gone_at"], false).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut indexes: Vec<Vec<&str>> = FILTERS.iter().map(|column| vec![*column, "id"]).collect();
        indexes.extend([vec!["id", "search_key"], vec!["gone_at"]]);
        for columns in indexes {
            let name = index_name("templates_templates", &columns);
            let index = Index::drop().table("templates_templates").name(name).to_owned();
            schema.drop_index(index).await?;
        }
        take_away(schema, "templates_accounts", ["wanted_at"]).await?;
        let columns = ["reason_text", "disabled_at", "missed_at", "search_key"];
        take_away(schema, "templates_templates", columns).await
    }
}
