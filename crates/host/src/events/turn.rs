//! One turn of one listener for one tenant.

use std::{collections::BTreeSet, panic::AssertUnwindSafe};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use kernel::{
    Error, Pumped, Result, TenantDb, TenantTx,
    job::backoff,
    listener::{Handled, Logged, Registered},
    retrying,
};
use poem::http::StatusCode;
use sea_orm::{ActiveValue::Set, ColumnTrait};

use super::{
    log::{self, cursor, event},
    parked::{self, Failure},
};

/// Tries of a batch before it is taken apart by key: about three seconds.
const BATCH_TRIES: i32 = 3;
/// Tries of a parked key before it waits for an operator: about eight minutes.
const KEY_TRIES: i32 = 9;
/// How long a listener waits when something that it needs is away.
const AWAY: TimeDelta = TimeDelta::seconds(5);
/// Characters of an error that are kept.
const ERROR: usize = 1_000;

/// What a step came to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Nothing was due.
    Idle,
    /// Another worker has this listener and tenant.
    Held,
    /// Something was done, and there may be more.
    Done,
}

/// Applies what is due: events of one parked key, and the next batch of the log. One worker at a time has a listener and tenant;
/// the handler's writes and the cursor are one commit.
///
/// # Errors
/// The database's, or another that is likely to pass. Nothing was applied then, and nothing is lost.
pub async fn turn(db: &TenantDb, listener: &Registered) -> Result<Pumped> {
    let mut steps = Vec::with_capacity(2);
    // Looking first costs no transaction, of which SQLite has one at a time.
    let key = match parked::due(db, &listener.name).await? {
        Some(key) => Some(retrying(|| apply_key(db, listener, &key)).await),
        None => None,
    };
    if is_due(db, listener).await? {
        steps.push(retrying(|| apply_batch(db, listener)).await?);
    }
    // What is wrong with one key keeps no other from its turn.
    steps.extend(key.transpose()?);
    Ok(if steps.contains(&Step::Done) {
        Pumped::More
    } else if steps.contains(&Step::Held) {
        Pumped::Held
    } else {
        Pumped::Dry
    })
}

/// Whether a batch may be applied now.
async fn is_due(db: &TenantDb, listener: &Registered) -> Result<bool> {
    let Some(cursor) = db.find::<cursor::Entity>().filter(place(listener)).one().await? else {
        return Ok(false);
    };
    if cursor.retry_at.is_some_and(|at| at > db.clock().now()) {
        return Ok(false);
    }
    let next = db
        .find::<event::Entity>()
        .filter(event::Column::Name.eq(listener.event))
        .filter(event::Column::Seq.gt(cursor.seq))
        .limit(1);
    Ok(!next.columns::<i64>(&[event::Column::Seq]).await?.is_empty())
}

fn place(listener: &Registered) -> sea_orm::sea_query::SimpleExpr {
    cursor::Column::Listener.eq(listener.name.as_str())
}

/// Locks the listener's cursor until the transaction ends; none while another worker has it.
async fn lock(tx: &TenantTx, listener: &Registered) -> Result<Option<cursor::Model>> {
    let row = tx.find::<cursor::Entity>().filter(place(listener));
    row.for_update_if_free().one().await
}

async fn apply_batch(db: &TenantDb, listener: &Registered) -> Result<Step> {
    let mut tx = db.begin().await?;
    let Some(cursor) = lock(&tx, listener).await? else {
        return Ok(Step::Held);
    };
    if cursor.retry_at.is_some_and(|at| at > db.clock().now()) {
        return Ok(Step::Idle);
    }
    let rows = log::next(&tx, listener.event, cursor.seq).await?;
    if rows.is_empty() {
        return Ok(Step::Idle);
    }
    let parked = parked::keys(&tx, &listener.name).await?;
    let handled = match handle(listener, &mut tx, &rows, &parked).await {
        Ok(mut handled) => {
            let behind = std::mem::take(&mut handled.behind);
            let parked = parked::park(&tx, &listener.name, behind).await;
            parked.map(|()| handled)
        }
        Err(error) => Err(error),
    };
    let handled = match handled {
        Ok(handled) => handled,
        Err(error) if error.is_contention() => return Err(error),
        Err(error) => {
            drop(tx);
            return batch_failed(db, listener, &cursor, &error).await;
        }
    };
    let ended = async {
        advance(&tx, listener, handled.through).await?;
        kernel::failpoint!(try "listener.before_commit");
        tx.commit().await
    };
    match ended.await {
        Ok(()) => {}
        Err(error) if error.is_contention() => return Err(error),
        // Jobs and events of the handler are written by the commit, which may refuse them.
        Err(error) => return batch_failed(db, listener, &cursor, &error).await,
    }
    kernel::failpoint!("listener.committed");
    metrics::counter!("wapro_events_heard_total", "listener" => listener.name.clone())
        .increment(rows.iter().filter(|row| row.seq <= handled.through).count() as u64);
    swept(db, listener).await;
    Ok(Step::Done)
}

/// Runs the handler, with a timeout. A statement of its that still runs then would hold the cursor's lock until it ends: it is ended
/// at the server, so that the failure can be recorded.
async fn handle(
    listener: &Registered,
    tx: &mut TenantTx,
    rows: &[Logged],
    parked: &BTreeSet<String>,
) -> Result<Handled> {
    let session = tx.session().await?;
    let run = AssertUnwindSafe(listener.handle(tx, rows, parked)).catch_unwind();
    match tokio::time::timeout(listener.timeout, run).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(Error::internal("the listener panicked")),
        Err(_elapsed) => {
            if let Err(error) = session.end().await {
                tracing::warn!(%error, listener = listener.name, "the statement of a listener that took too long was not ended");
            }
            Err(Error::internal(format!(
                "the listener took longer than {:?}",
                listener.timeout
            )))
        }
    }
}

/// Moves the listener's cursor.
async fn advance(tx: &TenantTx, listener: &Registered, through: i64) -> Result<()> {
    let row = cursor::ActiveModel {
        seq: Set(through),
        attempts: Set(0),
        retry_at: Set(None),
        error: Set(None),
        updated_at: Set(tx.clock().now()),
        ..cursor::ActiveModel::default()
    };
    tx.update::<cursor::Entity>()
        .filter(place(listener))
        .set(row)
        .exec()
        .await?;
    Ok(())
}

async fn swept(db: &TenantDb, listener: &Registered) {
    if let Err(error) = retrying(|| log::sweep(db, listener.event)).await {
        tracing::debug!(%error, "events that were handled go with the next batch");
    }
}

/// A batch was not applied: it is tried again in a moment, and taken apart after some tries.
async fn batch_failed(
    db: &TenantDb,
    listener: &Registered,
    was: &cursor::Model,
    error: &Error,
) -> Result<Step> {
    let attempts = was.attempts + 1;
    tracing::warn!(listener = listener.name, tenant = %db.tenant(), attempts, error = %describe(error), "a batch of events failed");
    let now = db.clock().now();
    if error.status() == StatusCode::SERVICE_UNAVAILABLE {
        return postpone(db, listener, was, (was.attempts, now + AWAY), error).await;
    }
    if attempts < BATCH_TRIES {
        return postpone(db, listener, was, (attempts, after(now, attempts)), error).await;
    }
    match retrying(|| split(db, listener, was.seq)).await {
        Ok(step) => Ok(step),
        Err(error) => postpone(db, listener, was, (was.attempts, now + AWAY), &error).await,
    }
}

/// Records when the batch after this cursor is due again.
async fn postpone(
    db: &TenantDb,
    listener: &Registered,
    was: &cursor::Model,
    (attempts, retry_at): (i32, DateTime<Utc>),
    error: &Error,
) -> Result<Step> {
    let row = cursor::ActiveModel {
        attempts: Set(attempts),
        retry_at: Set(Some(retry_at)),
        error: Set(Some(describe(error))),
        ..cursor::ActiveModel::default()
    };
    let alone = db.alone().await;
    alone
        .update::<cursor::Entity>()
        .filter(place(listener))
        .filter(cursor::Column::Seq.eq(was.seq))
        .filter(cursor::Column::Attempts.eq(was.attempts))
        .set(row)
        .exec()
        .await?;
    Ok(Step::Idle)
}

fn after(now: DateTime<Utc>, attempts: i32) -> DateTime<Utc> {
    let wait = backoff(u32::try_from(attempts).unwrap_or(1));
    now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::minutes(10))
}

/// Parks the batch behind `seq` by key. Each key is due at once, on its own.
async fn split(db: &TenantDb, listener: &Registered, seq: i64) -> Result<Step> {
    let tx = db.begin().await?;
    let Some(cursor) = lock(&tx, listener).await? else {
        return Ok(Step::Held);
    };
    if cursor.seq != seq {
        return Ok(Step::Done);
    }
    let rows = log::next(&tx, listener.event, seq).await?;
    if rows.is_empty() {
        return Ok(Step::Idle);
    }
    let parts = listener.split(&rows)?;
    parked::park(&tx, &listener.name, parts.behind).await?;
    advance(&tx, listener, parts.through).await?;
    tx.commit().await?;
    swept(db, listener).await;
    Ok(Step::Done)
}

/// Applies what is parked of one key, from the oldest on.
async fn apply_key(db: &TenantDb, listener: &Registered, name: &str) -> Result<Step> {
    let mut tx = db.begin().await?;
    // Nothing is parked behind this key while we hold the cursor.
    if lock(&tx, listener).await?.is_none() {
        return Ok(Step::Held);
    }
    let now = db.clock().now();
    let key = parked::one(&tx, &listener.name, name).await?;
    let Some(key) = key.filter(|key| key.retry_at.is_some_and(|at| at <= now)) else {
        return Ok(Step::Idle);
    };
    let rows = parked::next(&tx, &listener.name, name, key.attempts > 0).await?;
    let handled = if rows.is_empty() {
        Ok(i64::MAX)
    } else {
        let handled = handle(listener, &mut tx, &rows, &BTreeSet::new()).await;
        handled.map(|handled| handled.through)
    };
    let through = match handled {
        Ok(through) => through,
        Err(error) if error.is_contention() => return Err(error),
        Err(error) => {
            drop(tx);
            return key_failed(db, &key, &error).await;
        }
    };
    let ended = async {
        parked::applied(&tx, &listener.name, name, through).await?;
        kernel::failpoint!(try "listener.before_commit");
        tx.commit().await
    };
    match ended.await {
        Ok(()) => {}
        Err(error) if error.is_contention() => return Err(error),
        Err(error) => return key_failed(db, &key, &error).await,
    }
    kernel::failpoint!("listener.committed");
    Ok(Step::Done)
}

async fn key_failed(db: &TenantDb, was: &parked::key::Model, error: &Error) -> Result<Step> {
    let (attempts, now) = (was.attempts + 1, db.clock().now());
    // What is only away for now postpones the key, as it does a batch.
    if error.status() == StatusCode::SERVICE_UNAVAILABLE {
        parked::not_applied(db, was, Failure::Away, describe(error), Some(now + AWAY)).await?;
        return Ok(Step::Done);
    }
    let retry_at = (attempts < KEY_TRIES).then(|| after(now, attempts));
    let (listener, key, tenant) = (&was.listener, &was.event_key, db.tenant());
    let error = describe(error);
    if retry_at.is_none() {
        tracing::error!(listener, key, %tenant, error, "events are parked until they are retried: wapro events retry");
        metrics::counter!("wapro_events_parked_total", "listener" => listener.clone()).increment(1);
    } else {
        tracing::warn!(listener, key, %tenant, attempts, error, "a parked event failed again");
    }
    parked::not_applied(db, was, Failure::Counted, error, retry_at).await?;
    Ok(Step::Done)
}

fn describe(error: &Error) -> String {
    let cause = std::error::Error::source(error)
        .map(|cause| format!(" ({cause})"))
        .unwrap_or_default();
    format!("{error}{cause}").chars().take(ERROR).collect()
}
