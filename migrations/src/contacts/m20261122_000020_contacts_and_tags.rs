//! Contacts, their WhatsApp identities, tags.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, long_text, table, tenant_index, tenant_key, text, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("contacts_contacts")
                    .col(id("tenant_id"))
                    .col(id("id"))
                    .col(text_null("name", 200))
                    .col(ColumnDef::new("name_from_profile").boolean().not_null())
                    .col(long_text(db, "note").null())
                    .col(long_text(db, "attributes").not_null())
                    // What is searched, lower-cased: the collation compares bytes.
                    .col(text("search", 1000))
                    .col(instant(db, "created_at"))
                    .col(instant(db, "updated_at"))
                    .primary_key(&mut tenant_key(["id"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("contacts_identities")
                    .col(id("tenant_id"))
                    .col(text("kind", 16))
                    .col(text("scope", 64))
                    .col(text("value", 190))
                    .col(id("contact_id"))
                    .col(instant(db, "learned_at"))
                    .primary_key(&mut tenant_key(["kind", "scope", "value"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(tenant_index("contacts_identities", &["contact_id"], false))
            .await?;
        tags(schema).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "contacts_taggings",
            "contacts_tags",
            "contacts_identities",
            "contacts_contacts",
        ] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}

async fn tags(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    schema
        .create_table(
            table("contacts_tags")
                .col(id("tenant_id"))
                .col(id("id"))
                .col(text("name", 64))
                // The name in lower case: `VIP` and `vip` are one tag. Some letters grow when lowered, hence the width.
                .col(text("folded", 190))
                .col(text("color", 9))
                .col(instant(db, "created_at"))
                .primary_key(&mut tenant_key(["id"]))
                .to_owned(),
        )
        .await?;
    schema
        .create_index(tenant_index("contacts_tags", &["folded"], true))
        .await?;
    schema
        .create_table(
            table("contacts_taggings")
                .col(id("tenant_id"))
                .col(id("contact_id"))
                .col(id("tag_id"))
                .primary_key(&mut tenant_key(["contact_id", "tag_id"]))
                .to_owned(),
        )
        .await?;
    schema
        .create_index(tenant_index(
            "contacts_taggings",
            &["tag_id", "contact_id"],
            false,
        ))
        .await
}
