//! Simulated numbers get their own kind of route: a test in the simulator, where a number may have any id, proves nothing about a
//! real number. Routes of the old kind stay for processes of the previous version.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let simulated = Query::select()
            .expr(Expr::value("phone_simulated"))
            .column("phone_number_id")
            .column("tenant_id")
            .column("created_at")
            .from("messaging_channels")
            .and_where(Expr::col("kind").eq("simulated"))
            .to_owned();
        let mut routes = Query::insert();
        routes
            .into_table("identity_routes")
            .columns(["kind", "key", "tenant_id", "created_at"])
            .select_from(simulated)
            .map_err(|error| DbErr::Migration(error.to_string()))?;
        schema.execute(routes).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let routes = Query::delete()
            .from_table("identity_routes")
            .and_where(Expr::col("kind").eq("phone_simulated"))
            .to_owned();
        schema.execute(routes).await
    }
}
