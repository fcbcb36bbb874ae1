//! Sessions, API keys, module switches and "which tenant owns this?".

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, instant_null, long_text, table, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        sessions(schema).await?;
        api_keys(schema).await?;
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("identity_tenant_modules")
                    .col(id("tenant_id"))
                    .col(text("module", 32))
                    .col(ColumnDef::new("enabled").boolean().not_null())
                    .col(instant(db, "updated_at"))
                    .primary_key(&mut tenant_key(["module"]))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("identity_routes")
                    .col(text("kind", 32))
                    .col(text("key", 190))
                    .col(id("tenant_id"))
                    .col(instant(db, "created_at"))
                    .primary_key(Index::create().primary().col("kind").col("key"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(
                Index::create()
                    .name("identity_routes_by_tenant_id")
                    .table("identity_routes")
                    .col("tenant_id")
                    .col("kind")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "identity_routes",
            "identity_tenant_modules",
            "identity_api_keys",
            "identity_sessions",
        ] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}

async fn sessions(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    schema
        .create_table(
            table("identity_sessions")
                .col(text("token_hash", 64).primary_key())
                .col(id("user_id"))
                .col(instant(db, "created_at"))
                .col(instant(db, "last_seen_at"))
                .col(instant(db, "expires_at"))
                .to_owned(),
        )
        .await?;
    for column in ["user_id", "expires_at"] {
        schema
            .create_index(
                Index::create()
                    .name(format!("identity_sessions_by_{column}"))
                    .table("identity_sessions")
                    .col(column)
                    .to_owned(),
            )
            .await?;
    }
    Ok(())
}

async fn api_keys(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = schema.get_database_backend();
    schema
        .create_table(
            table("identity_api_keys")
                .col(id("tenant_id"))
                .col(id("id"))
                .col(text("name", 100))
                .col(text("prefix", 16))
                // A request shows its key before its tenant is known: the hash is unique across tenants.
                .col(text("hash", 64).unique_key())
                .col(long_text(db, "scopes").not_null())
                .col(text("created_by", 64))
                .col(instant(db, "created_at"))
                .col(instant_null(db, "expires_at"))
                .col(instant_null(db, "last_used_at"))
                .primary_key(&mut tenant_key(["id"]))
                .to_owned(),
        )
        .await
}
