//! Tables that are queues.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, ExprTrait, FromQueryResult, QueryFilter,
    QueryOrder, QueryResult, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType, Query},
};

use super::{TenantEntity, TenantTx};
use crate::Result;

impl TenantTx {
    /// The oldest rows of a table that is a queue, by `key`, locked until the transaction ends. `Ok(None)` while another
    /// transaction has the oldest of all and there are more, so that one works at a time, in order, and the others go away
    /// instead of waiting. They look again in a moment: for as long as their transaction lasts they hold what is behind, and
    /// a caller that has just finished the oldest may have found nothing because of that.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_oldest<E: TenantEntity>(
        &self,
        key: E::Column,
        most: u64,
    ) -> Result<Option<Vec<E::Model>>> {
        let mine = || E::tenant_column().eq(self.db.tenant);
        let oldest = E::find().filter(mine()).order_by_asc(key).limit(most);
        if self.inner.tx.get_database_backend() == DbBackend::Sqlite {
            return Ok(Some(oldest.all(&self.inner.tx).await?));
        }
        // The sub-query reads without a lock, what others hold included: the locked rows are ours to work on only if the
        // oldest of all is among them.
        let first = Query::select()
            .expr(Expr::col(key).min())
            .from(E::default().table_ref())
            .cond_where(Condition::all().add(mine()))
            .to_owned();
        let rows: Vec<Oldest<E::Model>> = oldest
            .column_as(
                Expr::col((E::default(), key)).eq(Expr::SubQuery(None, Box::new(first.into()))),
                "is_oldest",
            )
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .into_model()
            .all(&self.inner.tx)
            .await?;
        let ours = rows.first().is_none_or(|first| first.is_oldest);
        Ok(ours.then(|| rows.into_iter().map(|row| row.row).collect()))
    }
}

/// A row, and whether it is the oldest of all.
struct Oldest<M> {
    row: M,
    is_oldest: bool,
}

impl<M: FromQueryResult> FromQueryResult for Oldest<M> {
    fn from_query_result(result: &QueryResult, prefix: &str) -> std::result::Result<Self, DbErr> {
        Ok(Self {
            row: M::from_query_result(result, prefix)?,
            // The sub-query sees what was committed when the statement began, which may be nothing; a locked row may be younger.
            is_oldest: result.try_get::<Option<i64>>(prefix, "is_oldest")? == Some(1),
        })
    }
}
