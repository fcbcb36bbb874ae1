//! The log of events that have listeners, and each listener's cursor in it.

use std::collections::{BTreeSet, HashMap};

use kernel::{
    Result, SystemDb, TenantDb, TenantId, TenantTx, listener::Logged, outbox, padded, tenant::SystemTx,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, Order, QueryFilter,
    QuerySelect, Statement,
};

use super::{WHY, registry::Known};

/// Events of one batch at most.
const BATCH_EVENTS: u64 = 200;
/// Bytes of one batch at most, unless its first event has more.
pub(super) const BATCH_BYTES: i64 = 1 << 20;

/// Events that a listener still has to handle.
pub mod event {
    use kernel::TenantId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_events")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: TenantId,
        /// [`Event::NAME`](kernel::Event::NAME).
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// Grows from one to the next, of all tenants together.
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
        /// The event as JSON.
        #[sea_orm(column_type = "Text")]
        pub payload: String,
        /// Of the payload.
        pub bytes: i64,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// How far a listener of a tenant is. Created by the relay, with the first event.
pub mod cursor {
    use kernel::TenantId;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "host_event_cursors")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: TenantId,
        /// `<module>.on.<event>`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub listener: String,
        /// What it listens to.
        pub event: String,
        /// The last event it is past.
        pub seq: i64,
        /// How often the batch behind it has failed.
        pub attempts: i32,
        /// When that batch is due again; none if now.
        pub retry_at: Option<DateTimeUtc>,
        /// Why it failed.
        #[sea_orm(column_type = "Text", nullable)]
        pub error: Option<String>,
        pub updated_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    kernel::tenant_entity!();
}

/// What was appended to the log.
#[derive(Debug, Default)]
pub(crate) struct Appended {
    /// The tenants of the events.
    pub(crate) tenants: BTreeSet<TenantId>,
    /// The cursors that are known to exist once the transaction has committed.
    pub(crate) cursors: Vec<(TenantId, String)>,
}

/// Appends those of `events` that have listeners, in their order, and gives listeners that have no cursor yet one before
/// them. `known` says which have. Without such an event no statement is run.
pub(crate) async fn append(
    tx: &SystemTx,
    listeners: &[Known],
    events: &[outbox::event::Model],
    known: impl Fn(&(TenantId, String)) -> bool,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Appended> {
    let listened: BTreeSet<&str> = listeners.iter().map(|listener| listener.event.as_str()).collect();
    let events: Vec<&outbox::event::Model> = events
        .iter()
        .filter(|event| listened.contains(event.name.as_str()))
        .collect();
    if events.is_empty() {
        return Ok(Appended::default());
    }
    let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let before = take_numbers(tx.connection(), count).await? - count;
    let cursors = place(tx, listeners, &events, known, (before, now)).await?;
    let rows = (before + 1..).zip(&events).map(|(seq, event)| {
        let payload = event.full_payload.as_ref().unwrap_or(&event.payload);
        event::ActiveModel {
            tenant_id: Set(event.tenant_id),
            name: Set(event.name.clone()),
            seq: Set(seq),
            payload: Set(payload.clone()),
            bytes: Set(i64::try_from(payload.len()).unwrap_or(i64::MAX)),
            created_at: Set(now),
        }
    });
    event::Entity::insert_many(rows)
        .exec_without_returning(tx.connection())
        .await?;
    Ok(Appended {
        tenants: events.iter().map(|event| event.tenant_id).collect(),
        cursors,
    })
}

/// Takes `count` numbers and returns the last. The row stays locked until the transaction ends, so the next numbers are taken only
/// after these are committed.
async fn take_numbers(on: &DatabaseTransaction, count: i64) -> Result<i64> {
    let backend = on.get_database_backend();
    let take = "UPDATE host_event_head SET seq = seq + ? WHERE id = 1";
    on.execute_raw(Statement::from_sql_and_values(backend, take, [count.into()]))
        .await?;
    let read = Statement::from_string(backend, "SELECT seq FROM host_event_head WHERE id = 1");
    let row = on.query_one_raw(read).await?;
    let row = row.ok_or_else(|| kernel::Error::internal("host_event_head has no row"))?;
    Ok(row.try_get("", "seq")?)
}

/// Creates missing cursors, before the event numbered `before + 1`. Existing ones are not touched: a worker may hold the
/// row lock for as long as its turn lasts.
async fn place(
    tx: &SystemTx,
    listeners: &[Known],
    events: &[&outbox::event::Model],
    known: impl Fn(&(TenantId, String)) -> bool,
    (before, now): (i64, chrono::DateTime<chrono::Utc>),
) -> Result<Vec<(TenantId, String)>> {
    let mut wanted: HashMap<(TenantId, String), &str> = HashMap::new();
    for event in events {
        for listener in listeners.iter().filter(|listener| listener.event == event.name) {
            let place = (event.tenant_id, listener.name.clone());
            if !known(&place) {
                wanted.insert(place, &listener.event);
            }
        }
    }
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let cursors: Vec<(TenantId, String)> = wanted.keys().cloned().collect();
    let tenants: BTreeSet<TenantId> = cursors.iter().map(|(tenant, _)| *tenant).collect();
    let there: Vec<(TenantId, String)> = cursor::Entity::find()
        .filter(cursor::Column::TenantId.is_in(padded(tenants)))
        .select_only()
        .column(cursor::Column::TenantId)
        .column(cursor::Column::Listener)
        .into_tuple()
        .all(tx.connection())
        .await?;
    for place in &there {
        wanted.remove(place);
    }
    if !wanted.is_empty() {
        let rows = wanted
            .into_iter()
            .map(|((tenant, listener), event)| cursor::ActiveModel {
                tenant_id: Set(tenant),
                listener: Set(listener),
                event: Set(event.to_owned()),
                seq: Set(before),
                attempts: Set(0),
                retry_at: Set(None),
                error: Set(None),
                updated_at: Set(now),
            });
        cursor::Entity::insert_many(rows)
            .exec_without_returning(tx.connection())
            .await?;
    }
    Ok(cursors)
}

/// The next events of this name behind `seq`, as many as fit into a batch.
pub(super) async fn next(tx: &TenantTx, name: &str, seq: i64) -> Result<Vec<Logged>> {
    let behind = || {
        let of_name = tx.find::<event::Entity>().filter(event::Column::Name.eq(name));
        of_name
            .filter(event::Column::Seq.gt(seq))
            .order_by(event::Column::Seq, Order::Asc)
    };
    let sizes: Vec<(i64, i64)> = behind()
        .limit(BATCH_EVENTS)
        .columns(&[event::Column::Seq, event::Column::Bytes])
        .await?;
    let Some(last) = fitting(&sizes, BATCH_BYTES) else {
        return Ok(Vec::new());
    };
    let rows: Vec<(i64, String)> = behind()
        .filter(event::Column::Seq.lte(last))
        .columns(&[event::Column::Seq, event::Column::Payload])
        .await?;
    Ok(rows
        .into_iter()
        .map(|(seq, payload)| Logged { seq, payload })
        .collect())
}

/// The last of these places and sizes up to which all together have at most `most` bytes; the first at least.
pub(super) fn fitting(sizes: &[(i64, i64)], most: i64) -> Option<i64> {
    let mut bytes = 0;
    let mut last = None;
    for (seq, size) in sizes {
        bytes += size;
        if bytes > most && last.is_some() {
            break;
        }
        last = Some(*seq);
    }
    last
}

/// Deletes the tenant's events of this name that all their listeners are past.
///
/// # Errors
/// The database's; what was left behind goes with the next batch.
pub(super) async fn sweep(db: &TenantDb, name: &str) -> Result<()> {
    let places: Vec<i64> = db
        .find::<cursor::Entity>()
        .filter(cursor::Column::Event.eq(name))
        .columns(&[cursor::Column::Seq])
        .await?;
    let Some(past) = places.into_iter().min() else {
        return Ok(());
    };
    let tx = db.begin().await?;
    tx.delete::<event::Entity>()
        .filter(event::Column::Name.eq(name))
        .filter(event::Column::Seq.lte(past))
        .exec()
        .await?;
    tx.commit().await
}

/// Removes up to `most` cursors of a listener. Answers how many.
pub(super) async fn remove_cursors(system: &SystemDb, listener: &str, most: u64) -> Result<u64> {
    use cursor::{Column, Entity};
    let tenants: Vec<TenantId> = Entity::find()
        .filter(Column::Listener.eq(listener))
        .limit(most)
        .select_only()
        .column(Column::TenantId)
        .into_tuple()
        .all(system.across_tenants(WHY))
        .await?;
    if tenants.is_empty() {
        return Ok(0);
    }
    let gone = Entity::delete_many()
        .filter(Column::Listener.eq(listener))
        .filter(Column::TenantId.is_in(padded(tenants)));
    let alone = system.alone_across_tenants(WHY).await;
    Ok(gone.exec(alone.connection()).await?.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_a_megabyte_unless_one_event_has_more() {
        let last =
            |sizes: &[i64]| fitting(&(1..).zip(sizes.iter().copied()).collect::<Vec<_>>(), BATCH_BYTES);
        assert_eq!(last(&[]), None);
        assert_eq!(last(&[10, 20]), Some(2));
        assert_eq!(last(&[BATCH_BYTES, 1]), Some(1));
        assert_eq!(last(&[2 * BATCH_BYTES, 1]), Some(1));
        assert_eq!(last(&[1, BATCH_BYTES]), Some(1));
    }
}
