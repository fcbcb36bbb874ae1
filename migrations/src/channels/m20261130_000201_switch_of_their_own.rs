//! Who had messaging switched off has numbers switched off: they were a part of it. Modules without a row are on.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // An attempt that was interrupted may have written them.
        let written = Query::select()
            .column("module")
            .from("identity_tenant_modules")
            .and_where(Expr::col("module").eq("channels"))
            .to_owned();
        let switches = Query::select()
            .column("tenant_id")
            .expr(Expr::value("channels"))
            .column("enabled")
            .column("updated_at")
            .from("identity_tenant_modules")
            .and_where(Expr::col("module").eq("messaging"))
            .and_where(Expr::exists(written).not())
            .to_owned();
        let mut insert = Query::insert()
            .into_table("identity_tenant_modules")
            .columns(["tenant_id", "module", "enabled", "updated_at"])
            .to_owned();
        insert
            .select_from(switches)
            .map_err(|error| DbErr::Custom(error.to_string()))?;
        schema.exec_stmt(insert).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let switches = Query::delete()
            .from_table("identity_tenant_modules")
            .and_where(Expr::col("module").eq("channels"))
            .to_owned();
        schema.exec_stmt(switches).await
    }
}
