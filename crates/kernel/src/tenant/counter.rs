//! A count that a tenant has one of, changed and read in one statement.

use sea_orm::{ConnectionTrait, DbBackend, IdenStatic, Statement};

use super::{TenantEntity, TenantTx};
use crate::Result;

impl TenantTx {
    /// Adds to the count in `column` of the tenant's row, in a table with one row a tenant, and answers what it is then; none while
    /// there is no row. It does not fall below 0. The row stays locked until the transaction ends, so do it last.
    ///
    /// # Errors
    /// The database's.
    pub async fn add<E: TenantEntity>(&self, column: E::Column, by: i64) -> Result<Option<i64>> {
        let on = &self.inner.tx;
        let backend = on.get_database_backend();
        let table = E::default();
        let (table, column) = (table.table_name(), column.as_str());
        let tenant = E::tenant_column().as_str().to_owned();
        let statement = |sql: String| {
            let values: [sea_orm::Value; 2] = [by.into(), self.db.tenant.into()];
            Statement::from_sql_and_values(backend, sql, values)
        };
        if backend == DbBackend::Sqlite {
            let sql = format!(
                "UPDATE {table} SET {column} = MAX({column} + ?, 0) WHERE {tenant} = ? RETURNING {column}"
            );
            let row = on.query_one_raw(statement(sql)).await?;
            return Ok(row.map(|row| row.try_get_by_index(0)).transpose()?);
        }
        // MySQL returns no rows of an update; what LAST_INSERT_ID is given comes back with its result.
        let sql = format!(
            "UPDATE {table} SET {column} = LAST_INSERT_ID(GREATEST({column} + ?, 0)) WHERE {tenant} = ?"
        );
        let done = on.execute_raw(statement(sql)).await?;
        Ok((done.rows_affected() > 0).then(|| done.last_insert_id().cast_signed()))
    }
}
