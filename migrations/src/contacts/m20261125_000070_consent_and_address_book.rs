//! Whether a contact wants marketing, and their name in the business phone's address book.

use sea_orm_migration::prelude::*;

use crate::column::{instant_null, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        // SQLite adds one column a statement.
        for column in [
            text_null("marketing", 16),
            instant_null(db, "marketing_at"),
            text_null("marketing_source", 32),
            text_null("marketing_detail", 500),
            text_null("book_name", 200),
            instant_null(db, "book_at"),
        ] {
            let table = Table::alter()
                .table("contacts_contacts")
                .add_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            "book_at",
            "book_name",
            "marketing_detail",
            "marketing_source",
            "marketing_at",
            "marketing",
        ] {
            let table = Table::alter()
                .table("contacts_contacts")
                .drop_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
