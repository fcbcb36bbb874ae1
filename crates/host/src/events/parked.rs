//! Events that a listener could not apply: by key, so that those of other keys go on. What follows of a parked key waits behind
//! it, in order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use kernel::{
    Result, SystemDb, TenantDb, TenantId, TenantTx,
    listener::{Keyed, Logged},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use super::{
    WHY,
    log::{BATCH_BYTES, fitting},
};

/// Events that may be parked for one listener of one tenant. While they are as many, the listener waits.
pub const MOST: u64 = 10_000;
/// Events of a key that are applied together.
const TOGETHER: u64 = 100;

/// Keys with parked events.
pub mod key {
    use kernel::TenantId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_parked_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: TenantId,
        /// `<module>.on.<event>`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub listener: String,
        /// [`Event::key`](kernel::Event::key).
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_key: String,
        /// How often its first event has failed on its own.
        pub attempts: i32,
        /// When it is tried next; none once it waits for [`retry`](super::retry).
        pub retry_at: Option<DateTimeUtc>,
        /// Why it failed first; none as long as it has not failed on its own.
        #[sea_orm(column_type = "Text", nullable)]
        pub error: Option<String>,
        pub parked_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// Their events.
pub mod event {
    use kernel::TenantId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_parked_events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: TenantId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub listener: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_key: String,
        /// Where the event stood in the log.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// The event as JSON, with the items of this key only.
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// Of the payload.
        pub bytes: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// The keys that are parked for this listener.
pub(super) async fn keys(tx: &TenantTx, listener: &str) -> Result<BTreeSet<String>> {
    let keys: Vec<String> = tx
        .find::<key::Entity>()
        .filter(key::Column::Listener.eq(listener))
        .limit(MOST)
        .columns(&[key::Column::EventKey])
        .await?;
    Ok(keys.into_iter().collect())
}

/// The key that is due longest.
pub(super) async fn due(db: &TenantDb, listener: &str) -> Result<Option<String>> {
    let due: Vec<String> = db
        .find::<key::Entity>()
        .filter(key::Column::Listener.eq(listener))
        .filter(key::Column::RetryAt.lte(db.clock().now()))
        .order_by(key::Column::RetryAt, Order::Asc)
        .limit(1)
        .columns(&[key::Column::EventKey])
        .await?;
    Ok(due.into_iter().next())
}

/// The tenants that have a key due, some of them, and for which of these listeners.
pub(super) async fn all_due(
    system: &SystemDb,
    listeners: impl IntoIterator<Item = &str>,
) -> Result<Vec<(TenantId, String)>> {
    let due = key::Entity::find()
        .filter(key::Column::Listener.is_in(listeners))
        .filter(key::Column::RetryAt.lte(system.clock().now()))
        .select_only()
        .column(key::Column::TenantId)
        .column(key::Column::Listener)
        .distinct()
        .limit(100);
    Ok(due.into_tuple().all(system.across_tenants(WHY)).await?)
}

/// Parks events. Keys that are parked already stay as they are; new ones are due at once, each on its own.
///
/// # Errors
/// 503 when there is no room for so many.
pub(super) async fn park(tx: &TenantTx, listener: &str, parts: Vec<Keyed>) -> Result<()> {
    if parts.is_empty() {
        return Ok(());
    }
    let parked = event::Entity::find()
        .filter(event::Column::TenantId.eq(tx.tenant()))
        .filter(event::Column::Listener.eq(listener))
        .count(tx.across_tenants(WHY))
        .await?;
    // One event may have more keys than that: with nothing parked there is room for it.
    if parked > 0 && parked + parts.len() as u64 > MOST {
        return Err(kernel::Error::unavailable(format!(
            "{parked} events are parked, and no more than {MOST} may be: `wapro events retry` applies them once their cause is \
             mended."
        )));
    }
    let now = tx.clock().now();
    let names: BTreeSet<&str> = parts.iter().map(|part| part.key.as_str()).collect();
    let keys = names.into_iter().map(|name| key::ActiveModel {
        listener: Set(listener.to_owned()),
        event_key: Set(name.to_owned()),
        attempts: Set(0),
        retry_at: Set(Some(now)),
        error: Set(None),
        parked_at: Set(now),
        ..key::ActiveModel::default()
    });
    tx.insert_new::<key::Entity>(keys.collect()).await?;
    let rows = parts.into_iter().map(|part| event::ActiveModel {
        listener: Set(listener.to_owned()),
        event_key: Set(part.key),
        seq: Set(part.seq),
        bytes: Set(i64::try_from(part.payload.len()).unwrap_or(i64::MAX)),
        payload: Set(part.payload),
        ..event::ActiveModel::default()
    });
    tx.insert_many::<event::Entity>(rows.collect()).await
}

/// The key's row.
pub(super) async fn one(tx: &TenantTx, listener: &str, name: &str) -> Result<Option<key::Model>> {
    let rows = tx.find::<key::Entity>().filter(of_key(listener, name));
    rows.one().await
}

/// The first events of a key: one if it has just failed, so that what is before the failing one is applied.
pub(super) async fn next(tx: &TenantTx, listener: &str, name: &str, alone: bool) -> Result<Vec<Logged>> {
    use event::Column;
    let rows = || {
        tx.find::<event::Entity>()
            .filter(Column::Listener.eq(listener))
            .filter(Column::EventKey.eq(name))
            .order_by(Column::Seq, Order::Asc)
    };
    let most = if alone { 1 } else { TOGETHER };
    let sizes: Vec<(i64, i64)> = rows().limit(most).columns(&[Column::Seq, Column::Bytes]).await?;
    let Some(last) = fitting(&sizes, BATCH_BYTES) else {
        return Ok(Vec::new());
    };
    let rows: Vec<(i64, String)> = rows()
        .filter(Column::Seq.lte(last))
        .columns(&[Column::Seq, Column::Payload])
        .await?;
    Ok(rows
        .into_iter()
        .map(|(seq, payload)| Logged { seq, payload })
        .collect())
}

/// Takes away what was applied of a key, and the key itself once nothing is left of it.
pub(super) async fn applied(tx: &TenantTx, listener: &str, name: &str, through: i64) -> Result<()> {
    use event::Column;
    tx.delete::<event::Entity>()
        .filter(Column::Listener.eq(listener))
        .filter(Column::EventKey.eq(name))
        .filter(Column::Seq.lte(through))
        .exec()
        .await?;
    let left = tx
        .find::<event::Entity>()
        .filter(Column::Listener.eq(listener))
        .filter(Column::EventKey.eq(name))
        .limit(1);
    if left.columns::<i64>(&[Column::Seq]).await?.is_empty() {
        tx.delete::<key::Entity>()
            .filter(of_key(listener, name))
            .exec()
            .await?;
        return Ok(());
    }
    let due = key::ActiveModel {
        attempts: Set(0),
        retry_at: Set(Some(tx.clock().now())),
        ..key::ActiveModel::default()
    };
    tx.update::<key::Entity>()
        .filter(of_key(listener, name))
        .set(due)
        .exec()
        .await?;
    Ok(())
}

/// Why a key could not be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Its first event failed on its own: counted, and the first error is kept.
    Counted,
    /// Something else was away: not counted, and the latest error is kept.
    Away,
}

/// Stores that a key could not be applied, unless it was retried meanwhile.
pub(super) async fn not_applied(
    db: &TenantDb,
    was: &key::Model,
    failure: Failure,
    error: String,
    retry_at: Option<DateTime<Utc>>,
) -> Result<()> {
    let mut row = key::ActiveModel {
        retry_at: Set(retry_at),
        ..key::ActiveModel::default()
    };
    if failure == Failure::Counted {
        row.attempts = Set(was.attempts + 1);
    }
    if failure == Failure::Away || was.attempts == 0 {
        row.error = Set(Some(error));
    }
    let alone = db.alone().await;
    alone
        .update::<key::Entity>()
        .filter(of_key(&was.listener, &was.event_key))
        .filter(key::Column::Attempts.eq(was.attempts))
        .set(row)
        .exec()
        .await?;
    Ok(())
}

fn of_key(listener: &str, name: &str) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(key::Column::Listener.eq(listener))
        .add(key::Column::EventKey.eq(name))
}

/// A key that is parked, or a whole listener that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// Whose events.
    pub tenant: TenantId,
    /// `<module>.on.<event>`.
    pub listener: String,
    /// What the events are about; none when all events of the listener wait, because their next batch fails.
    pub key: Option<String>,
    /// Why it failed first; none while it has not been tried on its own.
    pub error: Option<String>,
    /// How often it has failed.
    pub attempts: i32,
    /// Parked events. Of a whole listener, none: its events are still in the log.
    pub waiting: u64,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it is tried next; none if it waits for [`retry`].
    pub retry_at: Option<DateTime<Utc>>,
}

/// Lists what is parked, of one tenant or all, at most `most` rows: listeners that wait, then keys, oldest first.
///
/// # Errors
/// The database's.
pub async fn list(system: &SystemDb, tenant: Option<TenantId>, most: u64) -> Result<Vec<Parked>> {
    use super::log::cursor;
    let on = system.across_tenants(WHY);
    let mut waiting = cursor::Entity::find().filter(cursor::Column::Error.is_not_null());
    let mut keys = key::Entity::find();
    if let Some(tenant) = tenant {
        waiting = waiting.filter(cursor::Column::TenantId.eq(tenant));
        keys = keys.filter(key::Column::TenantId.eq(tenant));
    }
    let waiting = waiting.order_by_asc(cursor::Column::UpdatedAt).limit(most);
    let mut all: Vec<Parked> = waiting.all(on).await?.into_iter().map(whole).collect();
    let keys = keys
        .order_by_asc(key::Column::ParkedAt)
        .limit(most.saturating_sub(all.len() as u64));
    let keys = keys.all(on).await?;
    let counts = counts(system, &keys).await?;
    all.extend(keys.into_iter().map(|row| {
        let place = (row.tenant_id, row.listener.clone(), row.event_key.clone());
        Parked {
            waiting: counts.get(&place).copied().unwrap_or_default(),
            tenant: row.tenant_id,
            listener: row.listener,
            key: Some(row.event_key),
            error: row.error,
            attempts: row.attempts,
            since: row.parked_at,
            retry_at: row.retry_at,
        }
    }));
    Ok(all)
}

fn whole(row: super::log::cursor::Model) -> Parked {
    Parked {
        tenant: row.tenant_id,
        listener: row.listener,
        key: None,
        error: row.error,
        attempts: row.attempts,
        waiting: 0,
        since: row.updated_at,
        retry_at: row.retry_at,
    }
}

/// How many events each of these keys has.
async fn counts(system: &SystemDb, keys: &[key::Model]) -> Result<BTreeMap<(TenantId, String, String), u64>> {
    use event::Column;
    let mut counts = BTreeMap::new();
    for some in keys.chunks(200) {
        let these = some.iter().fold(sea_orm::Condition::any(), |any, row| {
            let of_key = Column::TenantId
                .eq(row.tenant_id)
                .and(Column::Listener.eq(row.listener.as_str()))
                .and(Column::EventKey.eq(row.event_key.as_str()));
            any.add(of_key)
        });
        let found: Vec<(TenantId, String, String, i64)> = event::Entity::find()
            .filter(these)
            .select_only()
            .column(Column::TenantId)
            .column(Column::Listener)
            .column(Column::EventKey)
            .column_as(Column::Seq.count(), "waiting")
            .group_by(Column::TenantId)
            .group_by(Column::Listener)
            .group_by(Column::EventKey)
            .into_tuple()
            .all(system.across_tenants(WHY))
            .await?;
        let found = found
            .into_iter()
            .map(|(tenant, listener, key, count)| ((tenant, listener, key), count.unsigned_abs()));
        counts.extend(found);
    }
    Ok(counts)
}

/// What [`retry`] is for. What is none stands for all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Whose events.
    pub tenant: Option<TenantId>,
    /// `<module>.on.<event>`.
    pub listener: Option<String>,
    /// What they are about.
    pub key: Option<String>,
}

/// Has parked keys tried again at once, with what follows them, and listeners that wait. Answers how many. A running worker
/// begins within a second.
///
/// # Errors
/// The database's.
pub async fn retry(system: &SystemDb, wanted: &Wanted) -> Result<u64> {
    use super::log::cursor;
    let mut keys = key::Entity::update_many()
        .col_expr(key::Column::Attempts, Expr::value(0))
        .col_expr(key::Column::RetryAt, Expr::value(system.clock().now()));
    let mut waiting = cursor::Entity::update_many()
        .col_expr(
            cursor::Column::RetryAt,
            Expr::value(Option::<DateTime<Utc>>::None),
        )
        .filter(cursor::Column::Error.is_not_null());
    if let Some(tenant) = wanted.tenant {
        keys = keys.filter(key::Column::TenantId.eq(tenant));
        waiting = waiting.filter(cursor::Column::TenantId.eq(tenant));
    }
    if let Some(listener) = &wanted.listener {
        keys = keys.filter(key::Column::Listener.eq(listener.as_str()));
        waiting = waiting.filter(cursor::Column::Listener.eq(listener.as_str()));
    }
    if let Some(name) = &wanted.key {
        keys = keys.filter(key::Column::EventKey.eq(name.as_str()));
    }
    let alone = system.alone_across_tenants(WHY).await;
    let mut asked = keys.exec(alone.connection()).await?.rows_affected;
    if wanted.key.is_none() {
        asked += waiting.exec(alone.connection()).await?.rows_affected;
    }
    Ok(asked)
}

/// Removes keys that were parked before `before` and wait for [`retry`], with their events, at most `most` of them. Answers how many.
pub(super) async fn remove_old(system: &SystemDb, before: DateTime<Utc>, most: u64) -> Result<u64> {
    let old = key::Entity::find()
        .filter(key::Column::ParkedAt.lt(before))
        .filter(key::Column::RetryAt.is_null());
    remove(system, old, most, "nobody has retried them for 30 days").await
}

/// Removes what is parked for a listener, at most `most` keys with their events. Answers how many.
pub(super) async fn remove_of(system: &SystemDb, listener: &str, most: u64) -> Result<u64> {
    let its = key::Entity::find().filter(key::Column::Listener.eq(listener));
    remove(system, its, most, "no process has had their listener for 90 days").await
}

async fn remove(
    system: &SystemDb,
    keys: sea_orm::Select<key::Entity>,
    most: u64,
    why: &'static str,
) -> Result<u64> {
    use super::log::cursor;
    let mut removed = 0;
    for key in keys.limit(most).all(system.across_tenants(WHY)).await? {
        let db = system.tenant(key.tenant_id);
        let tx = db.begin().await?;
        // Nothing is parked behind the key meanwhile.
        let place = tx.find::<cursor::Entity>();
        place
            .filter(cursor::Column::Listener.eq(key.listener.as_str()))
            .for_update()
            .one()
            .await?;
        let still = tx
            .delete::<key::Entity>()
            .filter(of_key(&key.listener, &key.event_key))
            .filter(key::Column::Attempts.eq(key.attempts))
            .exec()
            .await?;
        if still == 1 {
            let events = tx
                .delete::<event::Entity>()
                .filter(event::Column::Listener.eq(key.listener.as_str()))
                .filter(event::Column::EventKey.eq(key.event_key.as_str()))
                .exec()
                .await?;
            tx.commit().await?;
            tracing::error!(listener = key.listener, key = key.event_key, tenant = %key.tenant_id, events, why, "parked events were removed");
        }
        removed += 1;
    }
    Ok(removed)
}
