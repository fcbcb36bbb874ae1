//! Work that a migration leaves to the workers.

use std::time::SystemTime;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, Statement, prelude::DateTimeUtc},
};
use uuid::Uuid;

/// Enqueues a job without parameters once for every tenant, also when the migration was interrupted and runs again.
#[expect(
    clippy::disallowed_methods,
    reason = "a migration is handed no clock; any time and any new id will do"
)]
pub(crate) async fn enqueue_for_tenants(
    schema: &SchemaManager<'_>,
    kind: &str,
    queue: &str,
) -> Result<(), DbErr> {
    let db = schema.get_connection();
    let backend = db.get_database_backend();
    let now = DateTimeUtc::from(SystemTime::now());
    let tenants = Query::select().column("id").from("identity_tenants").to_owned();
    for row in db.query_all(&tenants).await? {
        let tenant: Uuid = row.try_get("", "id")?;
        let known = "SELECT id FROM host_jobs WHERE tenant_id = ? AND kind = ? LIMIT 1";
        let known = Statement::from_sql_and_values(backend, known, [tenant.into(), kind.into()]);
        if db.query_one_raw(known).await?.is_some() {
            continue;
        }
        // As `kernel::outbox::new_job` writes it.
        let sql = "INSERT INTO host_jobs (id, tenant_id, queue, share, kind, payload, again, run_at, fence, attempts, \
                   max_attempts, dead, created_at) VALUES (?, ?, ?, ?, ?, '{}', 0, ?, 0, 0, 2147483647, ?, ?)";
        let values: [Value; 8] = [
            Uuid::now_v7().into(),
            tenant.into(),
            queue.into(),
            tenant.simple().to_string().into(),
            kind.into(),
            now.into(),
            false.into(),
            now.into(),
        ];
        db.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
    }
    Ok(())
}
