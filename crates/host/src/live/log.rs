//! The per-tenant log of live events.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Result, SystemDb, TenantId};
use sea_orm::{QueryOrder, QuerySelect, entity::prelude::*};

/// How long the log is kept: a client that was away longer starts afresh.
pub(crate) const KEPT: TimeDelta = TimeDelta::hours(24);

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "host_live_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Grows within the tenant; microseconds of the Unix epoch or a little more, exact in a JavaScript number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub name: String,
    /// The permission needed to receive it.
    pub permission: String,
    #[sea_orm(column_type = "Text")]
    pub payload: String,
    pub created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The newest sequence number, 0 for an empty log.
pub(crate) async fn last_seq<C: ConnectionTrait>(on: &C, tenant: TenantId) -> Result<i64> {
    let newest = Entity::find()
        .filter(Column::TenantId.eq(tenant))
        .order_by_desc(Column::Seq)
        .limit(1);
    let seq: Option<i64> = newest
        .select_only()
        .column(Column::Seq)
        .into_tuple()
        .one(on)
        .await?;
    Ok(seq.unwrap_or_default())
}

/// The newest sequence number of each tenant whose log is not empty: one step in the key for each.
pub(crate) async fn last_seqs<C: ConnectionTrait>(
    on: &C,
    tenants: impl IntoIterator<Item = TenantId>,
) -> Result<HashMap<TenantId, i64>> {
    let newest: Vec<(TenantId, i64)> = Entity::find()
        .filter(Column::TenantId.is_in(tenants))
        .select_only()
        .column(Column::TenantId)
        .column_as(Column::Seq.max(), "newest")
        .group_by(Column::TenantId)
        .into_tuple()
        .all(on)
        .await?;
    Ok(newest.into_iter().collect())
}

/// What came after `seq`, oldest first.
pub(crate) async fn after(system: &SystemDb, tenant: TenantId, seq: i64, limit: u64) -> Result<Vec<Model>> {
    let on = system.across_tenants("the live log is read for one tenant, named here");
    let newer = Entity::find()
        .filter(Column::TenantId.eq(tenant))
        .filter(Column::Seq.gt(seq));
    Ok(newer.order_by_asc(Column::Seq).limit(limit).all(on).await?)
}

/// Deletes what is older than `before`, up to `most` rows of each tenant. Whether a tenant has more.
pub(crate) async fn forget(system: &SystemDb, before: DateTime<Utc>, most: u64) -> Result<bool> {
    let why = "all logs are kept equally long";
    let on = system.across_tenants(why);
    let old = || Column::Seq.lt(before.timestamp_micros());
    let (mut behind, mut more) = (None, false);
    // From one tenant to the next in the key, however many rows each has.
    while let Some(tenant) = next_behind(on, behind).await? {
        let seqs = Entity::find()
            .filter(Column::TenantId.eq(tenant))
            .filter(old())
            .order_by_asc(Column::Seq)
            .limit(most)
            .select_only()
            .column(Column::Seq);
        let seqs: Vec<i64> = seqs.into_tuple().all(on).await?;
        if let Some(last) = seqs.last() {
            let gone = Entity::delete_many()
                .filter(Column::TenantId.eq(tenant))
                .filter(Column::Seq.lte(*last));
            let alone = system.alone_across_tenants(why).await;
            gone.exec(alone.connection()).await?;
        }
        more |= seqs.len() as u64 == most;
        behind = Some(tenant);
    }
    Ok(more)
}

/// The first tenant after this one with a log.
async fn next_behind<C: ConnectionTrait>(on: &C, behind: Option<TenantId>) -> Result<Option<TenantId>> {
    let mut tenants = Entity::find().order_by_asc(Column::TenantId).limit(1);
    if let Some(behind) = behind {
        tenants = tenants.filter(Column::TenantId.gt(behind));
    }
    let first = tenants.select_only().column(Column::TenantId);
    Ok(first.into_tuple().one(on).await?)
}
