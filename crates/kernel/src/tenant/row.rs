//! Rows with an id: one of them or 404, and pages of them.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, Condition, Order};

use super::{TenantDb, TenantEntity, TenantSelect, TenantTx};
use crate::{Cursor, Error, PageQuery, Result, id::Id};

/// An entity whose primary key is the tenant and an id. Implement it with [`tenant_entity!`](crate::tenant_entity).
pub trait TenantRow: TenantEntity {
    /// The type of the id. Ids are in the order of time.
    type Id: Id + Into<sea_orm::Value>;
    /// What a row is called in "There is no such …".
    const NAME: &'static str;

    /// The column of the id.
    fn id_column() -> Self::Column;
    /// A row's id.
    fn id_of(row: &Self::Model) -> Self::Id;
}

/// A page of rows, and the cursor of the next page if there is one.
pub type RowPage<E> = (Vec<<E as sea_orm::EntityTrait>::Model>, Option<String>);

/// 404 for a row of this entity, the same whether it does not exist or belongs to another tenant.
pub fn not_found<E: TenantRow>() -> Error {
    Error::not_found(E::NAME)
}

impl<E: TenantRow> TenantSelect<'_, E> {
    /// Only the row with this id.
    #[must_use]
    pub fn with_id(self, id: E::Id) -> Self {
        self.filter(E::id_column().eq(id))
    }

    /// The first row, which must exist.
    ///
    /// # Errors
    /// 404 if there is none.
    pub async fn one_or_404(self) -> Result<E::Model> {
        self.one().await?.ok_or_else(not_found::<E>)
    }

    /// A page of a list that somebody asked for, newest first, by id.
    ///
    /// # Errors
    /// As [`TenantSelect::page`].
    pub async fn page_by_id(self, query: &PageQuery) -> Result<RowPage<E>> {
        let after = query.after.map(|cursor| E::id_column().lt(cursor.id));
        let select = self.filter_some(after).order_by(E::id_column(), Order::Desc);
        let mut rows = select.page(query).await?;
        let next = query.cut(&mut rows, |row| Cursor::by_id(E::id_of(row).uuid()));
        Ok((rows, next))
    }

    /// As [`TenantSelect::page_by_id`], for rows whose text in `large` may be long: a page has as many as have `bytes` of it together,
    /// one at least.
    ///
    /// # Errors
    /// As [`TenantSelect::page`].
    pub async fn page_by_id_within(
        self,
        query: &PageQuery,
        large: E::Column,
        bytes: i64,
    ) -> Result<RowPage<E>> {
        let after = query.after.map(|cursor| E::id_column().lt(cursor.id));
        let select = self.filter_some(after).order_by(E::id_column(), Order::Desc);
        let (rows, more) = select.page_within(query, large, bytes).await?;
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| Cursor::by_id(E::id_of(row).uuid()).encode(query.list));
        Ok((rows, next))
    }

    /// A page of a list that somebody asked for, newest first, by the time in `column` and then by id. `at` reads that time from a
    /// row.
    ///
    /// # Errors
    /// As [`TenantSelect::page`].
    pub async fn page_by_time(
        self,
        column: E::Column,
        at: impl Fn(&E::Model) -> DateTime<Utc>,
        query: &PageQuery,
    ) -> Result<RowPage<E>> {
        // Spelled out instead of as a row comparison, which MariaDB answers by scanning.
        let after = query.after.map(|cursor| {
            let older = Condition::any()
                .add(column.lt(cursor.at))
                .add(E::id_column().lt(cursor.id));
            Condition::all().add(column.lte(cursor.at)).add(older)
        });
        let select = self
            .filter_some(after)
            .order_by(column, Order::Desc)
            .order_by(E::id_column(), Order::Desc);
        let mut rows = select.page(query).await?;
        let next = query.cut(&mut rows, |row| Cursor {
            at: at(row),
            id: E::id_of(row).uuid(),
        });
        Ok((rows, next))
    }
}

impl TenantDb {
    /// The row with this id.
    ///
    /// # Errors
    /// 404 if the tenant has none.
    pub async fn get<E: TenantRow>(&self, id: E::Id) -> Result<E::Model> {
        self.find::<E>().with_id(id).one_or_404().await
    }
}

impl TenantTx {
    /// The row with this id.
    ///
    /// # Errors
    /// 404 if the tenant has none.
    pub async fn get<E: TenantRow>(&self, id: E::Id) -> Result<E::Model> {
        self.find::<E>().with_id(id).one_or_404().await
    }

    /// The row with this id, locked until the transaction ends.
    ///
    /// # Errors
    /// 404 if the tenant has none.
    pub async fn lock<E: TenantRow>(&self, id: E::Id) -> Result<E::Model> {
        self.find::<E>().with_id(id).for_update().one_or_404().await
    }

    /// Deletes the row with this id.
    ///
    /// # Errors
    /// 404 if the tenant has none.
    pub async fn delete_one<E: TenantRow>(&self, id: E::Id) -> Result<()> {
        let this = E::id_column().eq(id);
        match self.delete::<E>().filter(this).exec().await? {
            0 => Err(not_found::<E>()),
            _ => Ok(()),
        }
    }
}
