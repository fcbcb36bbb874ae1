//! Enqueues the job that gives conversations of earlier versions a state, once per tenant.

use std::time::SystemTime;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, Statement, prelude::DateTimeUtc},
};
use uuid::Uuid;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    #[expect(
        clippy::disallowed_methods,
        reason = "a migration is handed no clock; any time and any new id will do"
    )]
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let db = schema.get_connection();
        let backend = db.get_database_backend();
        let now = DateTimeUtc::from(SystemTime::now());
        let tenants = Query::select().column("id").from("identity_tenants").to_owned();
        for row in db.query_all(&tenants).await? {
            let tenant: Uuid = row.try_get("", "id")?;
            // Run again after an interruption, it asks once all the same.
            let known = "SELECT id FROM host_jobs WHERE tenant_id = ? AND kind = 'messaging.repair_conversations' LIMIT 1";
            let known = Statement::from_sql_and_values(backend, known, [tenant.into()]);
            if db.query_one_raw(known).await?.is_some() {
                continue;
            }
            // As `kernel::outbox::new_job` writes it.
            let sql = "INSERT INTO host_jobs (id, tenant_id, queue, share, kind, payload, again, run_at, fence, attempts, \
                       max_attempts, dead, created_at) VALUES (?, ?, 'bulk', ?, 'messaging.repair_conversations', '{}', 0, ?, 0, \
                       0, 2147483647, ?, ?)";
            let values: [Value; 6] = [
                Uuid::now_v7().into(),
                tenant.into(),
                tenant.simple().to_string().into(),
                now.into(),
                false.into(),
                now.into(),
            ];
            db.execute_raw(Statement::from_sql_and_values(backend, sql, values))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        // Earlier versions understand rows with a state.
        Ok(())
    }
}
