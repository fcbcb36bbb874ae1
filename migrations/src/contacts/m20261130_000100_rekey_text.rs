//! Enqueues the rewriting of text keys, once per tenant: search and tags now compare by `text_key`, not by lower case. The work
//! itself is the job `contacts.rekey`, in batches.

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
            // As `kernel::outbox::new_job` writes it.
            let sql = "INSERT INTO host_jobs (id, tenant_id, queue, share, kind, payload, again, run_at, fence, attempts, \
                       max_attempts, dead, created_at) VALUES (?, ?, 'default', ?, 'contacts.rekey', '{}', 0, ?, 0, 0, \
                       2147483647, ?, ?)";
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
        // Keys of either form are understood.
        Ok(())
    }
}
