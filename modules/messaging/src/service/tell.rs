//! Tells others that messages moved on.

use contracts::messaging::{MessageStatusChanged, MessageStatusesChanged, Origin};
use kernel::{Result, TenantTx};

use super::assignment::Assignments;

/// Publishes status changes: to modules and live clients, or to modules only if the message was sent in bulk. Says who looks after
/// the conversations, by which live clients filter.
pub(super) async fn statuses_changed(tx: &mut TenantTx, items: Vec<MessageStatusChanged>) -> Result<()> {
    let is_bulk = |item: &MessageStatusChanged| item.origin.as_ref().is_some_and(Origin::is_bulk);
    let (bulk, mut others): (Vec<_>, Vec<_>) = items.into_iter().partition(is_bulk);
    if !bulk.is_empty() {
        tx.publish_to_modules(&MessageStatusesChanged { items: bulk })?;
    }
    if others.is_empty() {
        return Ok(());
    }
    let assignments = Assignments::of(tx, others.iter().map(|item| item.conversation_id).collect()).await?;
    for item in &mut others {
        let assignment = assignments.get(item.conversation_id);
        (item.assignee_id, item.team_id) = (assignment.assignee_id, assignment.team_id);
    }
    tx.publish(&MessageStatusesChanged { items: others })
}
