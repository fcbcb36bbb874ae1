//! A contact's profile name, and when WhatsApp last reported it.

use sea_orm_migration::prelude::*;

use crate::column::{add, instant_null, take_away, text_null};

const TABLE: &str = "contacts_contacts";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        let columns = [text_null("profile_name", 200), instant_null(db, "profile_at")];
        add(schema, TABLE, columns).await?;
        let known = Query::update()
            .table(TABLE)
            .value("profile_name", Expr::col("name"))
            .and_where(Expr::col("name_from_profile").eq(true))
            .and_where(Expr::col("book_name").is_null())
            .to_owned();
        schema.execute(known).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        take_away(schema, TABLE, ["profile_at", "profile_name"]).await
    }
}
