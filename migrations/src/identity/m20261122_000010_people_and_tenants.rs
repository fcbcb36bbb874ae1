//! Resellers, tenants, users and memberships.

use sea_orm_migration::prelude::*;

use crate::column::{id, instant, table, tenant_key, text};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_database_backend();
        schema
            .create_table(
                table("identity_resellers")
                    .col(id("id").primary_key())
                    .col(text("name", 200))
                    .col(instant(db, "created_at"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("identity_tenants")
                    .col(id("id").primary_key())
                    .col(id("reseller_id"))
                    .col(text("name", 200))
                    .col(instant(db, "created_at"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_index(
                Index::create()
                    .name("identity_tenants_by_reseller_id")
                    .table("identity_tenants")
                    .col("reseller_id")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("identity_users")
                    .col(id("id").primary_key())
                    .col(text("email", 254).unique_key())
                    .col(text("name", 200))
                    .col(text("password_hash", 255))
                    .col(instant(db, "created_at"))
                    .to_owned(),
            )
            .await?;
        schema
            .create_table(
                table("identity_memberships")
                    .col(id("tenant_id"))
                    .col(id("user_id"))
                    .col(text("role", 16))
                    .col(instant(db, "created_at"))
                    .primary_key(&mut tenant_key(["user_id"]))
                    .to_owned(),
            )
            .await?;
        // A person signs in before a tenant is known.
        schema
            .create_index(
                Index::create()
                    .name("identity_memberships_by_user_id")
                    .table("identity_memberships")
                    .col("user_id")
                    .col("tenant_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for name in [
            "identity_memberships",
            "identity_users",
            "identity_tenants",
            "identity_resellers",
        ] {
            schema.drop_table(Table::drop().table(name).to_owned()).await?;
        }
        Ok(())
    }
}
