//! What people and other modules do with conversations: state and assignment.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SubsecRound, Utc};
use contracts::messaging::{
    Change, ConversationCard, ConversationId, ConversationRefusal, ConversationState, ConversationUpdate,
    Conversations, LONGEST_SNOOZE,
};
use kernel::{Result, TenantDb, TenantTx, UserId, padded, tenant::not_found};
use sea_orm::{ColumnTrait, IntoActiveModel, sea_query::OnConflict};

use super::{Listed, Service, assignment};
use crate::{
    entity::conversation::{ActiveModel, Column, Entity, Model, State},
    error::MessagingError,
    job::WakeConversations,
};

/// Conversations of one statement.
const A_STATEMENT: usize = 500;

type Answer = std::result::Result<(), ConversationRefusal>;

#[async_trait::async_trait]
impl Conversations for Service {
    async fn update(&self, tx: &mut TenantTx, updates: &[ConversationUpdate]) -> Result<Vec<Answer>> {
        let before = lock(tx, updates.iter().map(|update| update.conversation_id).collect()).await?;
        let members = self.assignees(tx, updates).await?;
        let now = tx.clock().now();
        let mut after = before.clone();
        let answers = updates
            .iter()
            .map(|update| match after.get_mut(&update.conversation_id) {
                Some(row) => make(row, update, &members, now),
                None => Err(ConversationRefusal::NoConversation),
            })
            .collect();
        let changed: Vec<(Model, Model)> = before
            .into_values()
            .zip(after.into_values())
            .filter(|(before, after)| before != after)
            .collect();
        write(tx, &changed).await?;
        Ok(answers)
    }

    async fn lock(&self, tx: &TenantTx, ids: &[ConversationId]) -> Result<Vec<ConversationCard>> {
        let rows = lock(tx, ids.to_vec()).await?;
        let card = |row: Model| ConversationCard {
            id: row.id,
            state: row.stands(),
            assignment: row.assignment(),
        };
        Ok(rows.into_values().map(card).collect())
    }
}

impl Service {
    /// Changes one conversation for a person or a program.
    ///
    /// # Errors
    /// 404 when the tenant has none with this id; 422 for an assignee who is no member, or a snooze outside its limits.
    pub async fn update_conversation(&self, db: &TenantDb, update: ConversationUpdate) -> Result<Listed> {
        let mut tx = db.begin().await?;
        for answer in self.update(&mut tx, &[update]).await? {
            answer.map_err(refused)?;
        }
        tx.commit().await?;
        self.conversation(db, update.conversation_id).await
    }

    /// Those of the wanted assignees who are members.
    async fn assignees(&self, tx: &TenantTx, updates: &[ConversationUpdate]) -> Result<BTreeSet<UserId>> {
        let wanted = updates.iter().filter_map(|update| match update.assignee {
            Change::Set(user) => Some(user),
            Change::Keep | Change::Clear => None,
        });
        let wanted: Vec<UserId> = wanted.collect();
        match wanted.as_slice() {
            [] => Ok(BTreeSet::new()),
            wanted => self.members.among(tx, wanted).await,
        }
    }
}

fn refused(refusal: ConversationRefusal) -> kernel::Error {
    match refusal {
        ConversationRefusal::NoConversation => not_found::<Entity>(),
        ConversationRefusal::NotAMember => MessagingError::NotAMember.into(),
        ConversationRefusal::SnoozePast => MessagingError::SnoozePast.into(),
        ConversationRefusal::SnoozeTooLong => MessagingError::SnoozeTooLong.into(),
    }
}

/// Reads and locks those that exist, in key order: two transactions cannot wait for each other's rows.
pub(super) async fn lock(tx: &TenantTx, ids: Vec<ConversationId>) -> Result<BTreeMap<ConversationId, Model>> {
    let ids: BTreeSet<ConversationId> = ids.into_iter().collect();
    let ids: Vec<ConversationId> = ids.into_iter().collect();
    let mut found = BTreeMap::new();
    for some in ids.chunks(A_STATEMENT) {
        let these = tx
            .find::<Entity>()
            .filter(Column::Id.is_in(padded(some.iter().copied())))
            .through_key();
        let rows = these.for_update().all().await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// Makes all of an update, or nothing.
fn make(
    row: &mut Model,
    update: &ConversationUpdate,
    members: &BTreeSet<UserId>,
    now: DateTime<Utc>,
) -> Answer {
    if let Some(ConversationState::Snoozed { until }) = update.state {
        if until <= now {
            return Err(ConversationRefusal::SnoozePast);
        }
        if until > now + LONGEST_SNOOZE {
            return Err(ConversationRefusal::SnoozeTooLong);
        }
    }
    match update.assignee {
        Change::Keep => {}
        Change::Clear => row.assignee_id = None,
        Change::Set(user) if members.contains(&user) => row.assignee_id = Some(user),
        Change::Set(_) => return Err(ConversationRefusal::NotAMember),
    }
    match update.team {
        Change::Keep => {}
        Change::Clear => row.team_id = None,
        Change::Set(team) => row.team_id = Some(team),
    }
    if let Some(state) = update.state {
        row.snoozed_until = None;
        row.state = Some(match state {
            ConversationState::Open => State::Open,
            ConversationState::Pending => State::Pending,
            ConversationState::Resolved => State::Resolved,
            ConversationState::Snoozed { until } => {
                // As the database keeps it.
                row.snoozed_until = Some(until.trunc_subsecs(6));
                State::Snoozed
            }
        });
    }
    Ok(())
}

/// Writes what changed, tells of it, and has snoozes ended.
async fn write(tx: &mut TenantTx, changed: &[(Model, Model)]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    // All of these rows are there and locked: every one of them is a conflict, which changes it.
    let change = OnConflict::columns([Column::TenantId, Column::Id])
        .update_columns([
            Column::State,
            Column::SnoozedUntil,
            Column::AssigneeId,
            Column::TeamId,
        ])
        .to_owned();
    let rows = changed.iter().map(|(_, row)| row.clone().into_active_model());
    let rows: Vec<ActiveModel> = rows.collect();
    tx.upsert::<Entity>(rows, change).await?;
    let items: Vec<_> = changed
        .iter()
        .map(|(before, after)| assignment::change(after, before.assignment()))
        .collect();
    assignment::tell(tx, &items)?;
    let ends = changed.iter().filter_map(|(_, row)| row.snoozed_until);
    // One job a second at most: those that end later in it open at its end.
    let seconds: BTreeSet<i64> = ends
        .map(|at| (at.timestamp_micros() - 1).div_euclid(1_000_000) + 1)
        .collect();
    for at in seconds {
        let job = WakeConversations { at };
        tx.enqueue_at(&job, job.due())?;
    }
    Ok(())
}
