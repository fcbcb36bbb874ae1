//! What becomes of templates that an account no longer has, and of accounts without a number.

use chrono::{DateTime, TimeDelta, Utc};
use contracts::templates::TemplateId;
use kernel::{Result, TenantDb, TenantTx, retrying};
use sea_orm::{ColumnTrait, Condition, Order, sea_query::Expr};

use super::{
    Service,
    news::whole_seconds,
    store::{self, Held},
};
use crate::entity::{
    account, draft,
    enums::Status,
    event, submission,
    template::{Column, Entity},
};

/// Rows of one transaction.
const BATCH: u64 = 300;
/// How long a template that is gone is kept: its name is locked for so long, and messages of it may still arrive.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Templates of the account that the list begun at `started` lacked, and of which nothing newer is known.
fn missing(waba_id: &str, started: DateTime<Utc>) -> Condition {
    let before = |column: Column| Condition::any().add(column.is_null()).add(column.lt(started));
    Condition::all()
        .add(Column::WabaId.eq(waba_id))
        // One that was deleted here is gone already, and deleted once the list lacks it.
        .add(
            Condition::any()
                .add(Column::GoneAt.is_null())
                .add(Column::Status.eq(Status::PendingDeletion)),
        )
        // Not handed in yet, or refused.
        .add(Column::WhatsappId.is_not_null())
        .add(Column::Status.ne(Status::Submitting))
        .add(Column::CreatedAt.lt(started))
        .add(before(Column::SeenAt))
        .add(before(Column::StatusAt))
}

/// Marks some of those as gone that two lists in a row lacked. Answers whether there were any.
pub(super) async fn mark_missing_gone(
    tx: &mut TenantTx,
    waba_id: &str,
    started: DateTime<Utc>,
) -> Result<bool> {
    let rows = tx
        .find::<Entity>()
        .filter(missing(waba_id, started))
        .filter(Column::MissedAt.is_not_null())
        .order_by(Column::Id, Order::Asc)
        .limit(BATCH)
        .for_update()
        .all()
        .await?;
    let some = !rows.is_empty();
    mark_gone(tx, rows.into_iter().map(Held::known), started).await?;
    Ok(some)
}

async fn mark_gone(tx: &mut TenantTx, held: impl Iterator<Item = Held>, at: DateTime<Utc>) -> Result<()> {
    let gone = held.map(|mut held| {
        held.mark_gone(at);
        held
    });
    store::save(tx, gone).await
}

/// Marks those that a list lacked for the first time. Answers whether there were any: then the list is read once more.
pub(super) async fn mark_missing(tx: &TenantTx, waba_id: &str, started: DateTime<Utc>) -> Result<bool> {
    let marked = tx
        .update::<Entity>()
        .filter(missing(waba_id, started))
        .filter(Column::MissedAt.is_null())
        .col_expr(Column::MissedAt, Expr::value(started))
        .exec()
        .await?;
    Ok(marked > 0)
}

/// Marks the templates of accounts as gone that none of the tenant's numbers belongs to any more.
pub(super) async fn forget_accounts(service: &Service, db: &TenantDb) -> Result<()> {
    let tx = db.begin().await?;
    let own = service.own_accounts(&tx).await?;
    tx.commit().await?;
    let known: Vec<String> = db
        .find::<account::Entity>()
        .columns(&[account::Column::WabaId])
        .await?;
    for waba_id in known.into_iter().filter(|waba_id| !own.contains(waba_id)) {
        while retrying(|| forget_some(db, &waba_id)).await? {}
    }
    Ok(())
}

/// Answers whether more may be left.
async fn forget_some(db: &TenantDb, waba_id: &str) -> Result<bool> {
    let mut tx = db.begin().await?;
    let rows = tx
        .find::<Entity>()
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::GoneAt.is_null())
        .order_by(Column::Id, Order::Asc)
        .limit(BATCH)
        .for_update()
        .all()
        .await?;
    let some = !rows.is_empty();
    let now = whole_seconds(tx.clock().now());
    mark_gone(&mut tx, rows.into_iter().map(Held::known), now).await?;
    if !some {
        let this = account::Column::WabaId.eq(waba_id);
        tx.delete::<account::Entity>().filter(this).exec().await?;
    }
    tx.commit().await?;
    Ok(some)
}

/// Removes templates that have been gone for long and that nothing here uses.
pub(super) async fn remove_gone(db: &TenantDb) -> Result<()> {
    let mut after = None;
    loop {
        let ids: Vec<TemplateId> = db
            .find::<Entity>()
            .filter(Column::GoneAt.lt(db.clock().now() - KEPT))
            .filter_some(after.map(|after| Column::Id.gt(after)))
            .order_by(Column::Id, Order::Asc)
            .limit(BATCH)
            .columns(&[Column::Id])
            .await?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = Some(*last);
        retrying(|| remove(db, &ids)).await?;
    }
}

async fn remove(db: &TenantDb, ids: &[TemplateId]) -> Result<()> {
    let tx = db.begin().await?;
    let these = || ids.iter().copied();
    let mut used: Vec<TemplateId> = tx
        .find::<submission::Entity>()
        .filter(submission::Column::TemplateId.is_in(these()))
        .columns(&[submission::Column::TemplateId])
        .await?;
    let drafts: Vec<Option<TemplateId>> = tx
        .find::<draft::Entity>()
        .filter(draft::Column::TemplateId.is_in(these()))
        .columns(&[draft::Column::TemplateId])
        .await?;
    used.extend(drafts.into_iter().flatten());
    let unused: Vec<TemplateId> = these().filter(|id| !used.contains(id)).collect();
    if !unused.is_empty() {
        tx.delete::<event::Entity>()
            .filter(event::Column::TemplateId.is_in(unused.iter().copied()))
            .exec()
            .await?;
        tx.delete_by_key::<Entity>(Column::Id, unused).await?;
    }
    tx.commit().await
}
