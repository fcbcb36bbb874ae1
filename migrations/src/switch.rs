//! Switches of modules that were a part of another one before. Modules without a row are on.

use sea_orm_migration::prelude::*;

const TABLE: &str = "identity_tenant_modules";

/// Tenants that have switched `whole` get the same switch for `part`.
pub(crate) async fn follow(schema: &SchemaManager<'_>, part: &str, whole: &str) -> Result<(), DbErr> {
    // An attempt that was interrupted may have written them.
    let written = Query::select()
        .column("module")
        .from(TABLE)
        .and_where(Expr::col("module").eq(part))
        .to_owned();
    let switches = Query::select()
        .column("tenant_id")
        .expr(Expr::value(part))
        .column("enabled")
        .column("updated_at")
        .from(TABLE)
        .and_where(Expr::col("module").eq(whole))
        .and_where(Expr::exists(written).not())
        .to_owned();
    let mut insert = Query::insert()
        .into_table(TABLE)
        .columns(["tenant_id", "module", "enabled", "updated_at"])
        .to_owned();
    insert
        .select_from(switches)
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    schema.exec_stmt(insert).await
}

/// Forgets the switches of a module.
pub(crate) async fn forget(schema: &SchemaManager<'_>, module: &str) -> Result<(), DbErr> {
    let switches = Query::delete()
        .from_table(TABLE)
        .and_where(Expr::col("module").eq(module))
        .to_owned();
    schema.exec_stmt(switches).await
}
