//! The total of unread messages: whatever changes a conversation's count changes the total in the same transaction, last of all,
//! because transactions of the tenant wait for each other there.

use contracts::messaging::{UnreadChanged, UnreadTotal};
use kernel::{Error, Result, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::Expr};

use super::Service;
use crate::entity::{
    conversation,
    unread::{ActiveModel, Column, Entity},
};

impl Service {
    /// Unread messages of all conversations.
    pub async fn unread_total(&self, db: &TenantDb) -> Result<i64> {
        match db.find::<Entity>().one().await? {
            Some(row) => Ok(row.unread),
            // Nothing has changed since an earlier version, which kept no total.
            None => unread(db.find()).await,
        }
    }
}

/// Adds to the total, after the conversations were written, and tells.
pub(super) async fn change(tx: &mut TenantTx, by: i64) -> Result<()> {
    if by == 0 {
        return Ok(());
    }
    let total = match tx.add::<Entity>(Column::Unread, by).await? {
        Some(total) => total,
        None => first(tx, by).await?,
    };
    tell(tx, total)
}

/// Counts once: what this transaction wrote is in the sum. Another transaction may do so at the same time. One of the two makes the
/// row, the other waits for it and adds to it.
async fn first(tx: &TenantTx, by: i64) -> Result<i64> {
    let total = unread(tx.find()).await?;
    let row = ActiveModel {
        unread: Set(total),
        ..ActiveModel::default()
    };
    if tx.insert_new::<Entity>(vec![row]).await? > 0 {
        return Ok(total);
    }
    let total = tx.add::<Entity>(Column::Unread, by).await?;
    total.ok_or_else(|| Error::internal("the total of unread messages is gone"))
}

/// Counts again and puts the total right. Answers by how much it was wrong.
///
/// Transactions that change the total wait meanwhile. A conversation that such a transaction has changed already is counted as it was,
/// because it is not committed, and its change is added afterwards.
pub(super) async fn recount(db: &TenantDb) -> Result<i64> {
    let mut tx = db.begin().await?;
    let Some(row) = tx.find::<Entity>().for_update().one().await? else {
        return Ok(0);
    };
    let total = unread(tx.find()).await?;
    let wrong = row.unread - total;
    if wrong == 0 {
        return Ok(0);
    }
    tx.update::<Entity>()
        .col_expr(Column::Unread, Expr::value(total))
        .exec()
        .await?;
    tell(&mut tx, total)?;
    tx.commit().await?;
    Ok(wrong)
}

/// Looks at conversations with unread messages only, in one index.
async fn unread(conversations: kernel::tenant::TenantSelect<'_, conversation::Entity>) -> Result<i64> {
    use conversation::Column;
    conversations
        .filter(Column::Unread.gt(0))
        .through_index(&[Column::Unread])
        .sum(Column::Unread)
        .await
}

fn tell(tx: &mut TenantTx, unread: i64) -> Result<()> {
    tx.publish(&UnreadChanged {
        items: vec![UnreadTotal { unread }],
    })
}
