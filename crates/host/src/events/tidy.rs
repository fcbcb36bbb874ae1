//! Removes what nobody will handle any more, a little at a time.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Result, SystemDb, TenantId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    WHY, log, parked,
    registry::{Registry, listener},
};

/// How long events are kept for a listener that waits, and parked ones that nobody retries.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How long a listener may be missing, without any process that has it, until its cursors and parked events are removed. A release
/// that was taken back may come again until then.
const LISTENER_KEPT: TimeDelta = TimeDelta::days(90);

/// Removes up to `most` old events of the log and parked keys each, and cursors of listeners that are gone. Lost events are logged.
/// Whether there is more.
///
/// # Errors
/// The database's.
pub(crate) async fn tidy(system: &SystemDb, registry: &Registry, most: u64) -> Result<bool> {
    let now = system.clock().now();
    let unheard = remove_events(system, now - KEPT, most).await?;
    if unheard > 0 {
        tracing::error!(
            unheard,
            "events were removed that a listener had not handled for 30 days"
        );
    }
    let given_up = parked::remove_old(system, now - KEPT, most).await?;
    let gone = remove_listener(system, registry, now - LISTENER_KEPT, most).await?;
    Ok(gone || given_up == most || unheard >= most)
}

/// Removes the first events of the log, in the order of its key, that are older than `before`. Answers how many.
async fn remove_events(system: &SystemDb, before: DateTime<Utc>, most: u64) -> Result<u64> {
    use log::event::{Column, Entity};
    let old: Vec<(TenantId, String, i64)> = Entity::find()
        .filter(Column::CreatedAt.lt(before))
        .order_by_asc(Column::TenantId)
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Seq)
        .limit(most)
        .select_only()
        .columns([Column::TenantId, Column::Name, Column::Seq])
        .into_tuple()
        .all(system.across_tenants(WHY))
        .await?;
    let mut removed = 0;
    for some in old.chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1)) {
        let (Some((tenant, name, first)), Some((_, _, last))) = (some.first(), some.last()) else {
            continue;
        };
        let gone = Entity::delete_many()
            .filter(Column::TenantId.eq(*tenant))
            .filter(Column::Name.eq(name.as_str()))
            .filter(Column::Seq.between(*first, *last))
            .filter(Column::CreatedAt.lt(before));
        let alone = system.alone_across_tenants(WHY).await;
        removed += gone.exec(alone.connection()).await?.rows_affected;
    }
    Ok(removed)
}

/// Removes what is kept for one listener that no process has had since `before`: cursors, parked keys and events, up to `most` of each.
/// Whether there is more of it, or another one.
async fn remove_listener(
    system: &SystemDb,
    registry: &Registry,
    before: DateTime<Utc>,
    most: u64,
) -> Result<bool> {
    let gone = listener::Entity::find()
        .filter(listener::Column::SeenAt.lt(before))
        .filter(listener::Column::Listener.is_not_in(registry.own()))
        .order_by_asc(listener::Column::Listener);
    let Some(gone) = gone.one(system.across_tenants(WHY)).await? else {
        return Ok(false);
    };
    if parked::remove_of(system, &gone.listener, most).await? == most {
        return Ok(true);
    }
    if log::remove_cursors(system, &gone.listener, most).await? == most {
        return Ok(true);
    }
    let alone = system.alone_across_tenants(WHY).await;
    listener::Entity::delete_many()
        .filter(listener::Column::Listener.eq(gone.listener.as_str()))
        .filter(listener::Column::SeenAt.lt(before))
        .exec(alone.connection())
        .await?;
    tracing::warn!(
        listener = gone.listener,
        "a listener that no process has had for 90 days was removed"
    );
    Ok(true)
}
