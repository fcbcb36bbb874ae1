//! Reads and writes inside one tenant's transaction.

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseExecutor, DatabaseTransaction, DbBackend,
    IntoActiveModel, QueryFilter, QueryTrait, sea_query::OnConflict,
};

use super::{TenantDb, TenantDelete, TenantEntity, TenantSelect, TenantTx, TenantUpdate, batches};
use crate::{Clock, Event, Job, Result, TenantId, padded};

impl TenantTx {
    /// Whose rows.
    pub fn tenant(&self) -> TenantId {
        self.db.tenant
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        self.db.clock()
    }

    /// The transaction without its fence, for the crates that own cross-tenant tables.
    pub fn across_tenants(&self, _why: &'static str) -> &DatabaseTransaction {
        &self.inner.tx
    }

    /// Reads inside the transaction.
    pub fn find<E: TenantEntity>(&self) -> TenantSelect<'_, E> {
        TenantSelect::new(
            DatabaseExecutor::Transaction(&self.inner.tx),
            self.db.tenant,
            None,
        )
    }

    /// Inserts rows; their tenant is written here, whatever they say.
    ///
    /// # Errors
    /// 409 `already_exists` when a unique key is taken.
    pub async fn insert_many<E>(&self, rows: Vec<E::ActiveModel>) -> Result<()>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        for batch in batches(self.owned::<E>(rows)) {
            E::insert_many(batch)
                .exec_without_returning(&self.inner.tx)
                .await?;
        }
        Ok(())
    }

    /// Inserts one row.
    ///
    /// # Errors
    /// As [`TenantTx::insert_many`].
    pub async fn insert<E>(&self, row: impl IntoActiveModel<E::ActiveModel>) -> Result<()>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        self.insert_many::<E>(vec![row.into_active_model()]).await
    }

    /// Inserts rows, resolving conflicts as told: the same row twice must end as once. On MySQL any unique key fires, so give
    /// the row one besides its id at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn upsert<E>(&self, rows: Vec<E::ActiveModel>, on_conflict: OnConflict) -> Result<()>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        for batch in batches(self.owned::<E>(rows)) {
            E::insert_many(padded(batch))
                .on_conflict(on_conflict.clone())
                .exec_without_returning(&self.inner.tx)
                .await?;
        }
        Ok(())
    }

    /// Inserts rows and skips those whose unique key is taken. Returns how many were new.
    ///
    /// # Errors
    /// The database's. Check lengths before: MySQL would cut an over-long value here instead of refusing it.
    pub async fn insert_new<E>(&self, rows: Vec<E::ActiveModel>) -> Result<u64>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let backend = self.inner.tx.get_database_backend();
        let verb = if backend == DbBackend::Sqlite {
            "INSERT OR IGNORE INTO"
        } else {
            "INSERT IGNORE INTO"
        };
        let mut new = 0;
        for batch in batches(self.owned::<E>(rows)) {
            let mut statement = E::insert_many(padded(batch)).build(backend);
            // sea-query spells it as an upsert, whose row count MySQL inflates; the native form counts only new rows.
            statement.sql = statement.sql.replacen("INSERT INTO", verb, 1);
            new += self.inner.tx.execute_raw(statement).await?.rows_affected();
        }
        Ok(new)
    }

    /// An update of this tenant's rows; nothing happens before [`TenantUpdate::exec`].
    pub fn update<E: TenantEntity>(&self) -> TenantUpdate<'_, E> {
        TenantUpdate::new(DatabaseExecutor::Transaction(&self.inner.tx), self.db.tenant)
    }

    /// A deletion of this tenant's rows; nothing happens before [`TenantDelete::exec`].
    pub fn delete<E: TenantEntity>(&self) -> TenantDelete<'_, E> {
        let mine = E::tenant_column().eq(self.db.tenant);
        TenantDelete {
            tx: &self.inner.tx,
            delete: E::delete_many().filter(mine),
        }
    }

    /// Whether a listener may want `E`: what only listeners get need not be gathered otherwise.
    pub fn is_listened_to<E: Event>(&self) -> bool {
        self.db.system.is_listened_to(E::NAME)
    }

    /// Tells the others, once this commits. An event without live clients and
    /// [listeners](crate::Listener) costs nothing.
    ///
    /// # Errors
    /// 500 when the event does not serialise.
    pub fn publish<E: Event>(&mut self, event: &E) -> Result<()> {
        self.publish_live(event, E::LIVE)
    }

    /// As [`TenantTx::publish`], but tells modules only: the live stream is spared, whatever [`Event::LIVE`] says. For what is sent
    /// in bulk, which would flood every open portal.
    ///
    /// # Errors
    /// 500 when the event does not serialise.
    pub fn publish_to_modules<E: Event>(&mut self, event: &E) -> Result<()> {
        self.publish_live(event, None)
    }

    fn publish_live<E: Event>(&mut self, event: &E, live: Option<&str>) -> Result<()> {
        let system = &self.db.system;
        let listened = system.is_listened_to(E::NAME);
        self.pending
            .publish(&system.clock, self.db.tenant, event, live, listened)
    }

    /// Has work done, once this commits.
    ///
    /// # Errors
    /// 500 when the job does not serialise.
    pub fn enqueue<J: Job>(&mut self, job: &J) -> Result<()> {
        self.enqueue_at(job, self.clock().now())
    }

    /// Has work done not before `run_at`.
    ///
    /// # Errors
    /// As [`TenantTx::enqueue`].
    pub fn enqueue_at<J: Job>(&mut self, job: &J, run_at: DateTime<Utc>) -> Result<()> {
        self.pending
            .enqueue(&self.db.system.clock, self.db.tenant, job, run_at)
    }

    /// Has work done by another tenant, once this commits. Its door is the proof that the work is this tenant's to ask for: it
    /// comes from [`TenantRoutes`].
    ///
    /// # Errors
    /// As [`TenantTx::enqueue`].
    pub fn enqueue_for<J: Job>(&mut self, other: &TenantDb, job: &J) -> Result<()> {
        let clock = &self.db.system.clock;
        self.pending.enqueue(clock, other.tenant, job, clock.now())
    }

    /// Commits state, events and jobs together and wakes those that wait for them.
    ///
    /// # Errors
    /// The database's; nothing was written then.
    pub async fn commit(mut self) -> Result<()> {
        let (events, jobs) = self.pending.flush(&self.inner.tx).await?;
        let wake = self.db.system.wake.clone();
        self.inner.commit().await?;
        if events {
            wake.events();
        }
        if jobs {
            wake.jobs();
        }
        Ok(())
    }

    fn owned<E>(&self, rows: Vec<E::ActiveModel>) -> Vec<E::ActiveModel>
    where
        E: TenantEntity,
        E::ActiveModel: ActiveModelTrait<Entity = E>,
    {
        let tenant: sea_orm::Value = self.db.tenant.into();
        rows.into_iter()
            .map(|mut row| {
                row.set(E::tenant_column(), tenant.clone());
                row
            })
            .collect()
    }
}
