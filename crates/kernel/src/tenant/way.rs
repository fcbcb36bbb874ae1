//! Which way a statement finds its rows, where the database may not choose.
//!
//! MariaDB and MySQL weigh an index against a walk through the whole table, by statistics that lag behind: of a queue, which is
//! empty most of the time, and of a young tenant they know next to nothing. A read that does not lock loses little by a wrong guess.
//! One that locks looks at rows that somebody is just writing, another tenant's too, and waits for each of them.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IdenStatic, QueryFilter,
    QueryTrait, Statement, Value,
    sea_query::extension::mysql::{IndexHintScope, MySqlSelectStatementExt},
};
use uuid::Uuid;

use super::{SystemTx, TenantEntity, TenantSelect, TenantTx};
use crate::{Result, TenantId, id::Id};

impl SystemTx {
    /// Deletes rows by their primary key and looks at no others. Answers how many went.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_by_key<E: EntityTrait>(
        &self,
        key: E::Column,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<u64> {
        delete::<E>(&self.tx, None, key, ids.into_iter().collect()).await
    }
}

impl TenantTx {
    /// Deletes rows of this tenant by their key and looks at no others. Answers how many went.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_by_key<E: TenantEntity>(
        &self,
        key: E::Column,
        ids: impl IntoIterator<Item = impl Id>,
    ) -> Result<u64> {
        let of = (E::tenant_column(), self.db.tenant);
        let ids = ids.into_iter().map(Id::uuid).collect();
        delete::<E>(&self.inner.tx, Some(of), key, ids).await
    }
}

async fn delete<E: EntityTrait>(
    on: &DatabaseTransaction,
    of: Option<(E::Column, TenantId)>,
    key: E::Column,
    ids: Vec<Uuid>,
) -> Result<u64> {
    // One key leaves MariaDB no choice, and is what an idle system has.
    if on.get_database_backend() == DbBackend::Sqlite || ids.len() == 1 {
        let mut delete = E::delete_many().filter(key.is_in(ids));
        if let Some((column, tenant)) = of {
            delete = delete.filter(column.eq(tenant));
        }
        return Ok(delete.exec(on).await?.rows_affected);
    }
    // Row by row from a list of keys: no hint keeps MariaDB from walking through the table for `IN`.
    let table = E::default();
    let (table, key) = (table.table_name(), key.as_str());
    let named: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    let mut values: Vec<Value> = vec![serde_json::Value::from(named).to_string().into()];
    let mine = of.map(|(column, tenant)| {
        values.push(tenant.into());
        format!(" AND {table}.{} = ?", column.as_str())
    });
    let sql = format!(
        "DELETE {table} FROM JSON_TABLE(?, '$[*]' COLUMNS (id CHAR(32) PATH '$')) named \
         STRAIGHT_JOIN {table} ON {table}.{key} = UNHEX(named.id){}",
        mine.unwrap_or_default(),
    );
    let statement = Statement::from_sql_and_values(DbBackend::MySql, sql, values);
    Ok(on.execute_raw(statement).await?.rows_affected())
}

impl<E: TenantEntity> TenantSelect<'_, E> {
    /// Finds its rows through the primary key. SQLite chooses for itself.
    #[must_use]
    pub fn through_key(mut self) -> Self {
        QueryTrait::query(&mut self.select).force_index("PRIMARY", IndexHintScope::All);
        self
    }

    /// Finds its rows through the tenant's index over these columns, in this order. Where none exists, MariaDB refuses the
    /// statement; SQLite chooses for itself.
    #[must_use]
    pub fn through_index(mut self, columns: &[E::Column]) -> Self {
        let table = E::default();
        let name = columns
            .iter()
            .fold(format!("{}_by", table.table_name()), |name, column| {
                format!("{name}_{}", column.as_str())
            });
        QueryTrait::query(&mut self.select).force_index(name, IndexHintScope::All);
        self
    }
}
