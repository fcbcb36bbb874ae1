//! Which way a statement finds its rows, where the database may not choose.
//!
//! MariaDB and MySQL weigh an index against a walk through the whole table, by statistics that lag behind: of a queue, which is
//! empty most of the time, and of a young tenant they know next to nothing. A read that does not lock loses little by a wrong guess.
//! One that locks looks at rows that somebody is just writing, another tenant's too, and waits for each of them.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DeleteMany, EntityName, EntityTrait, QueryTrait,
    sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt},
};

use super::{TenantDelete, TenantEntity, TenantSelect};
use crate::Result;

/// Deletes rows that are named by their primary key, and looks at no others. Answers how many went.
///
/// # Errors
/// The database's.
pub async fn delete_by_key<E: EntityTrait>(on: &DatabaseTransaction, delete: DeleteMany<E>) -> Result<u64> {
    let backend = on.get_database_backend();
    let mut statement = delete.build(backend);
    if backend == DbBackend::MySql {
        let table = E::default();
        let table = table.table_name();
        // The form for one table knows no hints.
        statement.sql = statement.sql.replacen(
            &format!("DELETE FROM `{table}`"),
            &format!("DELETE `{table}` FROM `{table}` FORCE INDEX (PRIMARY)"),
            1,
        );
    }
    Ok(on.execute_raw(statement).await?.rows_affected())
}

impl<E: TenantEntity> TenantDelete<'_, E> {
    /// As [`TenantDelete::exec`], for rows that are named by their primary key: no others are looked at.
    ///
    /// # Errors
    /// The database's.
    pub async fn exec_by_key(self) -> Result<u64> {
        delete_by_key(self.tx, self.delete).await
    }
}

impl<E: TenantEntity + EntityName> TenantSelect<'_, E> {
    /// Finds its rows through the tenant's index over these columns, in this order. Where none exists, MariaDB refuses the
    /// statement; SQLite chooses for itself.
    #[must_use]
    pub fn through_index(mut self, columns: &[E::Column]) -> Self {
        let table = E::default();
        let name = columns
            .iter()
            .fold(format!("{}_by", table.table_name()), |name, column| {
                format!("{name}_{}", sea_orm::IdenStatic::as_str(column))
            });
        self.select.query().force_index(name, IndexHintScope::All);
        self
    }
}
