//! What a contact's own profile calls them, and when WhatsApp last said so.

use sea_orm_migration::prelude::*;

use crate::column::{instant_null, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        // SQLite adds one column a statement.
        for column in [text_null("profile_name", 200), instant_null(db, "profile_at")] {
            let table = Table::alter()
                .table("contacts_contacts")
                .add_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        let known = Query::update()
            .table("contacts_contacts")
            .value("profile_name", Expr::col("name"))
            .and_where(Expr::col("name_from_profile").eq(true))
            .and_where(Expr::col("book_name").is_null())
            .to_owned();
        schema.execute(known).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in ["profile_at", "profile_name"] {
            let table = Table::alter()
                .table("contacts_contacts")
                .drop_column(column)
                .to_owned();
            schema.alter_table(table).await?;
        }
        Ok(())
    }
}
