//! Who looks after conversations, for live clients that filter by it.

use std::collections::{BTreeSet, HashMap};

use contracts::messaging::{Assignment, ConversationChange, ConversationId, ConversationsChanged, TeamId};
use kernel::{Result, TenantTx, UserId, padded};
use sea_orm::{ColumnTrait, Condition};

use crate::entity::conversation::{Column, Entity, Model};

/// Conversations of one statement.
const A_STATEMENT: usize = 500;
/// Conversations of one event.
const AN_EVENT: usize = 200;

/// Who looks after which of these conversations; most are nobody's.
#[derive(Debug, Default)]
pub(super) struct Assignments(HashMap<ConversationId, Assignment>);

impl Assignments {
    /// Reads them, without a lock.
    pub(super) async fn of(tx: &TenantTx, ids: Vec<ConversationId>) -> Result<Self> {
        let ids: BTreeSet<ConversationId> = ids.into_iter().collect();
        let ids: Vec<ConversationId> = ids.into_iter().collect();
        let mut assignments = HashMap::new();
        for some in ids.chunks(A_STATEMENT) {
            let somebodys = Condition::any()
                .add(Column::AssigneeId.is_not_null())
                .add(Column::TeamId.is_not_null());
            let rows: Vec<(ConversationId, Option<UserId>, Option<TeamId>)> = tx
                .find::<Entity>()
                .filter(Column::Id.is_in(padded(some.iter().copied())))
                .filter(somebodys)
                .columns(&[Column::Id, Column::AssigneeId, Column::TeamId])
                .await?;
            let of_row = |(id, assignee_id, team_id)| (id, Assignment { assignee_id, team_id });
            assignments.extend(rows.into_iter().map(of_row));
        }
        Ok(Self(assignments))
    }

    /// Who looks after this one.
    pub(super) fn get(&self, id: ConversationId) -> Assignment {
        self.0.get(&id).copied().unwrap_or_default()
    }
}

/// What is told of a conversation that changed; `before` is who looked after it.
pub(super) fn change(row: &Model, before: Assignment) -> ConversationChange {
    let Assignment { assignee_id, team_id } = row.assignment();
    ConversationChange {
        conversation_id: row.id,
        assignee_id,
        team_id,
        previous: (before != row.assignment()).then_some(before),
    }
}

/// Tells of conversations that changed.
pub(super) fn tell(tx: &mut TenantTx, items: &[ConversationChange]) -> Result<()> {
    for some in items.chunks(AN_EVENT) {
        tx.publish(&ConversationsChanged { items: some.to_vec() })?;
    }
    Ok(())
}
