//! What becomes of conversations by itself: snoozes end, rows of earlier versions get a state, the total of unread messages is
//! counted again. All of it some rows at a time.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use contracts::messaging::{ConversationChange, ConversationId};
use kernel::{JobContext, JobError, JobOutcome, Result, TenantDb, TenantId, TenantTx, id::Id, retrying};
use sea_orm::{
    ColumnTrait, Order,
    sea_query::{CaseStatement, Expr},
};

use super::{Service, assignment, unread, updates};
use crate::{
    entity::conversation::{Column, Entity, State},
    job::{RepairConversations, WakeConversations},
};

/// Rows of one transaction.
const BATCH: u64 = 500;
/// Transactions of one run.
const STEPS: usize = 100;

impl Service {
    /// Asks for the repair with the first unread messages of a day, for each tenant and process. It runs some time later: in the minute
    /// after a start all tenants have first messages, which must not wait for repairs.
    pub(super) async fn expect_repair(&self, tx: &mut TenantTx) -> Result<()> {
        if self.repaired.contains_key(&tx.tenant()) {
            return Ok(());
        }
        let at = tx.clock().now() + rest(tx.tenant());
        tx.enqueue_at(&RepairConversations {}, at)?;
        self.repaired.insert(tx.tenant(), ()).await;
        Ok(())
    }

    /// Opens the conversations whose time has come.
    pub async fn wake_conversations(&self, context: JobContext, job: WakeConversations) -> JobOutcome {
        let early = job.due() - context.clock.now();
        if let Ok(early) = early.to_std()
            && !early.is_zero()
        {
            return Err(JobError::later(early, "the clocks of two processes differ"));
        }
        in_steps(&context, Step::Wake).await
    }

    /// Gives rows of earlier versions a state, opens what is overdue, and counts unread messages again.
    pub async fn repair_conversations(&self, context: JobContext) -> JobOutcome {
        let db = &context.db;
        in_steps(&context, Step::Fill).await?;
        in_steps(&context, Step::Wake).await?;
        let wrong = retrying(|| unread::recount(db)).await?;
        if wrong != 0 {
            tracing::warn!(tenant = %db.tenant(), wrong, "the total of unread messages was wrong and is counted again");
        }
        Ok(())
    }
}

/// How long after its first unread messages a tenant's conversations are repaired: ten to seventy minutes, spread over the tenants.
fn rest(tenant: TenantId) -> TimeDelta {
    let second = tenant.uuid().as_u128() % 3_600;
    TimeDelta::minutes(10) + TimeDelta::seconds(i64::try_from(second).unwrap_or_default())
}

/// One transaction of what is done to many conversations.
#[derive(Clone, Copy)]
enum Step {
    Wake,
    Fill,
}

impl Step {
    /// Answers how many rows were found.
    async fn take(self, db: &TenantDb) -> Result<u64> {
        match self {
            Self::Wake => wake_some(db).await,
            Self::Fill => fill_some(db).await,
        }
    }
}

/// Runs steps until one finds less than a batch. Comes back later after many, or when the process is asked to end.
async fn in_steps(context: &JobContext, step: Step) -> JobOutcome {
    for _ in 0..STEPS {
        if context.stop.is_cancelled() {
            return Err(JobError::later(Duration::ZERO, "the process is asked to end"));
        }
        if retrying(|| step.take(&context.db)).await? < BATCH {
            return Ok(());
        }
    }
    Err(JobError::later(
        Duration::from_secs(1),
        "more conversations are left",
    ))
}

/// Opens some whose time has come; answers how many were found.
async fn wake_some(db: &TenantDb) -> Result<u64> {
    let now = db.clock().now();
    let due: Vec<ConversationId> = db
        .find::<Entity>()
        .filter(Column::SnoozedUntil.lte(now))
        .through_index(&[Column::SnoozedUntil])
        .order_by(Column::SnoozedUntil, Order::Asc)
        .limit(BATCH)
        .columns(&[Column::Id])
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut tx = db.begin().await?;
    let rows = updates::lock(&tx, due.clone()).await?;
    // Somebody may have snoozed one anew.
    let still = |until: Option<DateTime<Utc>>| until.is_some_and(|until| until <= now);
    let rows: Vec<_> = rows
        .into_values()
        .filter(|row| still(row.snoozed_until))
        .collect();
    tx.update::<Entity>()
        .filter(Column::Id.is_in(rows.iter().map(|row| row.id)))
        .col_expr(Column::State, Expr::value(State::Open))
        .col_expr(Column::SnoozedUntil, Expr::value(None::<DateTime<Utc>>))
        .exec()
        .await?;
    let items: Vec<ConversationChange> = rows
        .iter()
        .map(|row| assignment::change(row, row.assignment()))
        .collect();
    assignment::tell(&mut tx, &items)?;
    tx.commit().await?;
    Ok(due.len() as u64)
}

/// Gives some rows of earlier versions the state that they are shown with; answers how many were found.
async fn fill_some(db: &TenantDb) -> Result<u64> {
    let without: Vec<ConversationId> = db
        .find::<Entity>()
        .filter(Column::State.is_null())
        .through_index(&[Column::State, Column::LastAt, Column::Id])
        .limit(BATCH)
        .columns(&[Column::Id])
        .await?;
    if without.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let state = CaseStatement::new()
        .case(Column::Unread.gt(0), Expr::value(State::Open))
        .finally(Expr::value(State::Resolved));
    tx.update::<Entity>()
        .filter(Column::Id.is_in(without.iter().copied()))
        .filter(Column::State.is_null())
        .col_expr(Column::State, state.into())
        .exec()
        .await?;
    tx.commit().await?;
    Ok(without.len() as u64)
}
