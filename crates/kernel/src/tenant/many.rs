//! Rows of several tenants in one commit.

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, QueryTrait};

use super::{TenantDb, TenantEntity};
use crate::{Error, Result};

/// Rows of one call at most: they are one statement.
pub const MOST: usize = 500;

/// Inserts rows of several tenants in one statement, which is its own commit, and wakes the [pumps](crate::Pump) of their
/// tenants. For what arrives for many tenants at once and must be on disk before anybody goes on: a commit is most of the
/// price of a row, and here they share it.
///
/// The fence stands: a row goes to the tenant whose door came with it, whatever the row says; nothing can be read,
/// changed or deleted here, and nobody is told anything.
///
/// # Errors
/// 500 for more than [`MOST`] rows; the database's. No row was written then.
pub async fn insert_for_tenants<E>(rows: Vec<(TenantDb, E::ActiveModel)>) -> Result<()>
where
    E: TenantEntity,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    if rows.len() > MOST {
        return Err(Error::internal("more rows than one statement takes"));
    }
    let Some(system) = rows.first().map(|(db, _)| db.system.clone()) else {
        return Ok(());
    };
    let mut tenants = Vec::new();
    let mut stamped = Vec::with_capacity(rows.len());
    for (db, mut row) in rows {
        row.set(E::tenant_column(), db.tenant.into());
        stamped.push(row);
        if !tenants.contains(&db.tenant) {
            tenants.push(db.tenant);
        }
    }
    let statement = E::insert_many(stamped).build(system.connection.get_database_backend());
    // A lone statement commits by itself, which saves the journeys of BEGIN and COMMIT. SQLite's one writer is queued for as
    // everywhere.
    let writer = match &system.writer {
        Some(writer) => Some(writer.clone().lock_owned().await),
        None => None,
    };
    debug_assert!(writer.is_some() || system.connection.get_database_backend() != DbBackend::Sqlite);
    system.connection.execute_raw(statement).await?;
    drop(writer);
    system.wake.arrivals(&tenants);
    Ok(())
}
