//! The two tables through which a transaction speaks to the rest of the house: events told, jobs to do.
//!
//! They belong to the host and are the only tables without a tenant at the head of their keys: the relay and the job
//! feeder look across all tenants by time.

use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, sea_query::OnConflict,
};

use crate::tenant::batches;
use crate::{Clock, Error, Event, Job, Result, TenantId};

/// Events written but not yet relayed.
pub mod event {
    use sea_orm::entity::prelude::*;

    use crate::TenantId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_outbox")]
    pub struct Model {
        /// Time-ordered.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: TenantId,
        /// [`Event::NAME`](crate::Event::NAME).
        pub name: String,
        /// The event as JSON: for live clients, and for listeners unless `full_payload` is there.
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// The event as listeners get it, where live clients get less ([`Event::live`](crate::Event::live)) and somebody listens.
        #[sea_orm(column_type = "Text", nullable)]
        pub full_payload: Option<String>,
        /// The permission that hears it live; none for events that stay inside.
        pub live: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Jobs: the truth about background work. apalis only carries pointers to these rows.
pub mod job {
    use sea_orm::entity::prelude::*;

    use crate::TenantId;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_jobs")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: TenantId,
        pub queue: String,
        /// Whose turn it is when it runs: the tenant, or a part of the tenant's work ([`share`](super::share)).
        pub share: String,
        pub kind: String,
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// `<tenant>|<kind>|<key>`, unique; none when the job is not deduplicated or is dead.
        pub dedup_key: Option<String>,
        /// How often it was asked for again since it was last started.
        pub again: i32,
        /// Due from this instant. A claim moves it to the end of its lease, so a crash heals by itself.
        pub run_at: DateTimeUtc,
        /// Grows with every claim: the holder of an older number may no longer write.
        pub fence: i64,
        pub attempts: i32,
        pub max_attempts: i32,
        pub dead: bool,
        #[sea_orm(column_type = "Text", nullable)]
        pub last_error: Option<String>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// What one transaction has to say when it commits.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    events: Vec<event::ActiveModel>,
    jobs: Vec<job::ActiveModel>,
}

impl Pending {
    /// `live` is the permission that hears it, `listened` says whether a listener may want it.
    pub(crate) fn publish<E: Event>(
        &mut self,
        clock: &Clock,
        tenant: TenantId,
        event: &E,
        live: Option<&str>,
        listened: bool,
    ) -> Result<()> {
        if live.is_none() && !listened {
            return Ok(());
        }
        let (payload, full_payload) = match event.live() {
            Some(live) => {
                let full = listened.then(|| serde_json::to_string(event)).transpose()?;
                (serde_json::to_string(&live)?, full)
            }
            None => (serde_json::to_string(event)?, None),
        };
        self.events.push(event::ActiveModel {
            id: Set(clock.new_uuid()),
            tenant_id: Set(tenant),
            name: Set(E::NAME.to_owned()),
            payload: Set(payload),
            full_payload: Set(full_payload),
            live: Set(live.map(ToOwned::to_owned)),
            created_at: Set(clock.now()),
        });
        Ok(())
    }

    pub(crate) fn enqueue<J: Job>(
        &mut self,
        clock: &Clock,
        tenant: TenantId,
        job: &J,
        run_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<()> {
        let dedup_key = job.dedup_key().map(|key| format!("{tenant}|{}|{key}", J::NAME));
        if dedup_key.as_ref().is_some_and(|key| key.len() > 190) {
            return Err(Error::internal(format!(
                "the dedup key of {} is longer than 190 bytes",
                J::NAME
            )));
        }
        self.jobs.push(new_job(
            clock,
            tenant,
            job.queue(),
            share(tenant, job.share().as_deref()),
            J::NAME,
            serde_json::to_string(job)?,
            J::MAX_ATTEMPTS,
            run_at,
            dedup_key,
        ));
        Ok(())
    }

    /// Writes the rows. Returns whether events and whether jobs were among them.
    pub(crate) async fn flush(&mut self, tx: &DatabaseTransaction) -> Result<(bool, bool)> {
        let had = (!self.events.is_empty(), !self.jobs.is_empty());
        for events in batches(std::mem::take(&mut self.events)) {
            event::Entity::insert_many(events)
                .exec_without_returning(tx)
                .await?;
        }
        for jobs in batches(std::mem::take(&mut self.jobs)) {
            insert_jobs(tx, jobs).await?;
        }
        Ok(had)
    }
}

/// The name of a share: the tenant, and which part of its work if it is one of several.
pub fn share(tenant: TenantId, part: Option<&str>) -> String {
    let tenant = crate::id::Id::uuid(tenant).simple();
    match part {
        // The column holds 80 bytes of ASCII.
        Some(part) => format!(
            "{tenant}/{}",
            part.chars().filter(char::is_ascii).take(40).collect::<String>()
        ),
        None => tenant.to_string(),
    }
}

/// A job row that waits for `run_at`.
#[expect(
    clippy::too_many_arguments,
    reason = "one per column; a struct would only repeat the row"
)]
pub fn new_job(
    clock: &Clock,
    tenant: TenantId,
    queue: &str,
    share: String,
    kind: &str,
    payload: String,
    max_attempts: u32,
    run_at: chrono::DateTime<chrono::Utc>,
    dedup_key: Option<String>,
) -> job::ActiveModel {
    job::ActiveModel {
        id: Set(clock.new_uuid()),
        tenant_id: Set(tenant),
        queue: Set(queue.to_owned()),
        share: Set(share),
        kind: Set(kind.to_owned()),
        payload: Set(payload),
        dedup_key: Set(dedup_key),
        again: Set(0),
        run_at: Set(run_at),
        fence: Set(0),
        attempts: Set(0),
        max_attempts: Set(i32::try_from(max_attempts).unwrap_or(i32::MAX)),
        dead: Set(false),
        last_error: Set(None),
        created_at: Set(clock.now()),
    }
}

/// Inserts jobs; one whose dedup key is taken counts the wish in `again` instead.
///
/// # Errors
/// The database's.
pub async fn insert_jobs<C: ConnectionTrait>(connection: &C, jobs: Vec<job::ActiveModel>) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let once_more = OnConflict::column(job::Column::DedupKey)
        .value(
            job::Column::Again,
            sea_orm::sea_query::Expr::col((job::Entity, job::Column::Again)).add(1),
        )
        .to_owned();
    job::Entity::insert_many(jobs)
        .on_conflict(once_more)
        .exec_without_returning(connection)
        .await?;
    Ok(())
}
