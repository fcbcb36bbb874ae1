//! Reads, updates and deletions that already know whose rows they mean.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction,
    DbBackend, DeleteMany, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select, UpdateMany,
    sea_query::{Expr, ExprTrait, IntoCondition, LockBehavior, LockType, SimpleExpr},
};

use super::{TenantEntity, list::Lists};
use crate::{Result, TenantId};

/// A read of one tenant's rows.
#[derive(Debug)]
pub struct TenantSelect<'c, E: EntityTrait> {
    pub(super) on: DatabaseExecutor<'c>,
    pub(super) select: Select<E>,
    /// How a list is read; none inside a transaction, which is ours and short.
    pub(super) lists: Option<(&'c Lists, &'c DatabaseConnection, TenantId)>,
    /// Whether it looks for text within text.
    pub(super) search: bool,
}

impl<'c, E: TenantEntity> TenantSelect<'c, E> {
    pub(super) fn new(
        on: DatabaseExecutor<'c>,
        tenant: TenantId,
        lists: Option<(&'c Lists, &'c DatabaseConnection, TenantId)>,
    ) -> Self {
        Self {
            on,
            lists,
            search: false,
            select: E::find().filter(E::tenant_column().eq(tenant)),
        }
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.select = self
            .select
            .filter(Condition::all().add(condition.into_condition()));
        self
    }

    /// Adds a condition when there is one.
    #[must_use]
    pub fn filter_some<C: IntoCondition>(self, condition: Option<C>) -> Self {
        match condition {
            Some(condition) => self.filter(condition),
            None => self,
        }
    }

    /// Sorts.
    #[must_use]
    pub fn order_by(mut self, column: E::Column, order: Order) -> Self {
        self.select = self.select.order_by(column, order);
        self
    }

    /// At most this many rows.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.select = self.select.limit(rows);
        self
    }

    /// Locks the rows until the transaction ends. SQLite has one writer, so there the clause is left out.
    #[must_use]
    pub fn for_update(mut self) -> Self {
        if self.on.get_database_backend() != DbBackend::Sqlite {
            self.select = self.select.lock_exclusive();
        }
        self
    }

    /// As [`TenantSelect::for_update`], but what another transaction has locked is left out instead of waited for.
    #[must_use]
    pub fn for_update_if_free(mut self) -> Self {
        if self.on.get_database_backend() != DbBackend::Sqlite {
            self.select = self
                .select
                .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        }
        self
    }

    /// The first row.
    ///
    /// # Errors
    /// The database's.
    pub async fn one(self) -> Result<Option<E::Model>> {
        Ok(self.select.limit(1).one(&self.on).await?)
    }

    /// All rows. Bound it with [`TenantSelect::limit`] or by an `IN` list. A list that somebody asked for is read by
    /// [`TenantSelect::page`] instead.
    ///
    /// # Errors
    /// The database's.
    pub async fn all(self) -> Result<Vec<E::Model>> {
        Ok(self.select.all(&self.on).await?)
    }

    /// Some columns only, as tuples or any other row type.
    ///
    /// # Errors
    /// The database's.
    pub async fn columns<T: sea_orm::TryGetableMany + Send + Sync>(
        self,
        columns: &[E::Column],
    ) -> Result<Vec<T>> {
        let select = columns
            .iter()
            .fold(self.select.select_only(), |select, column| select.column(*column));
        Ok(select.into_tuple::<T>().all(&self.on).await?)
    }

    /// Some columns of each row and of the row of another of the tenant's tables whose `theirs` is this one's `ours`, in one
    /// journey. Columns of a row that is not there are null.
    ///
    /// # Errors
    /// The database's.
    pub async fn columns_beside<F, T>(
        self,
        (ours, theirs): (E::Column, F::Column),
        columns: &[E::Column],
        their_columns: &[F::Column],
    ) -> Result<Vec<T>>
    where
        F: TenantEntity + Default,
        T: sea_orm::TryGetableMany + Send + Sync,
    {
        // Both sides name the tenant: the fence stands around the joined table too.
        let beside: sea_orm::RelationDef = E::belongs_to(F::default())
            .from((E::tenant_column(), ours))
            .to((F::tenant_column(), theirs))
            .into();
        let select = self
            .select
            .join(sea_orm::JoinType::LeftJoin, beside)
            .select_only();
        let select = columns
            .iter()
            .fold(select, |select, column| select.column(*column));
        let select = their_columns
            .iter()
            .fold(select, |select, column| select.column(*column));
        Ok(select.into_tuple::<T>().all(&self.on).await?)
    }

    /// The sum of a column of whole numbers; 0 without rows.
    ///
    /// # Errors
    /// The database's.
    pub async fn sum(self, column: E::Column) -> Result<i64> {
        // Of integers MySQL makes a decimal.
        let sum = Expr::expr(column.sum()).cast_as("SIGNED");
        let select = self.select.select_only().column_as(sum, "total");
        let sum = select.into_tuple::<Option<i64>>().one(&self.on).await?;
        Ok(sum.flatten().unwrap_or_default())
    }

    /// `GROUP BY key`, counted.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_by<T>(self, key: E::Column) -> Result<Vec<(T, i64)>>
    where
        T: sea_orm::TryGetable + Send + Sync,
        (T, i64): sea_orm::TryGetableMany,
    {
        let select = self
            .select
            .select_only()
            .column(key)
            .column_as(key.count(), "rows_counted")
            .group_by(key);
        Ok(select.into_tuple::<(T, i64)>().all(&self.on).await?)
    }
}

/// An update of one tenant's rows.
#[derive(Debug)]
pub struct TenantUpdate<'c, E: EntityTrait> {
    on: DatabaseExecutor<'c>,
    update: UpdateMany<E>,
}

impl<'c, E: TenantEntity> TenantUpdate<'c, E> {
    pub(super) fn new(on: DatabaseExecutor<'c>, tenant: TenantId) -> Self {
        Self {
            on,
            update: E::update_many().filter(E::tenant_column().eq(tenant)),
        }
    }

    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.update = self
            .update
            .filter(Condition::all().add(condition.into_condition()));
        self
    }

    /// Sets the changed values of an active model.
    #[must_use]
    pub fn set(mut self, row: E::ActiveModel) -> Self {
        self.update = self.update.set(row);
        self
    }

    /// Sets a column to an expression.
    #[must_use]
    pub fn col_expr(mut self, column: E::Column, value: SimpleExpr) -> Self {
        self.update = self.update.col_expr(column, value);
        self
    }

    /// Runs it and says how many rows matched.
    ///
    /// # Errors
    /// 409 `already_exists` when a unique key is taken.
    pub async fn exec(self) -> Result<u64> {
        Ok(self.update.exec(&self.on).await?.rows_affected)
    }
}

/// A deletion of one tenant's rows.
#[derive(Debug)]
pub struct TenantDelete<'c, E: EntityTrait> {
    pub(super) tx: &'c DatabaseTransaction,
    pub(super) delete: DeleteMany<E>,
}

impl<E: TenantEntity> TenantDelete<'_, E> {
    /// Adds a condition.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.delete = self
            .delete
            .filter(Condition::all().add(condition.into_condition()));
        self
    }

    /// Runs it and says how many rows went.
    ///
    /// # Errors
    /// The database's.
    pub async fn exec(self) -> Result<u64> {
        Ok(self.delete.exec(self.tx).await?.rows_affected)
    }
}
