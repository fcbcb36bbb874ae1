//! Contacts that turn out to be one person: their conversations become one too.

use contracts::{
    contacts::{ContactDirectory, ContactId, ContactMerge, Spelling},
    messaging::{ConversationChange, ConversationId, MessageId},
};
use kernel::{Result, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::Expr};

use super::assignment;
use crate::entity::{amendment, conversation, media, message, opening};

/// Points everything of contacts that are gone to those that have it now, in the order in which they were joined.
pub(super) async fn join(tx: &mut TenantTx, merges: &[ContactMerge]) -> Result<()> {
    for merge in merges {
        join_one(tx, *merge).await?;
    }
    Ok(())
}

/// Who has everything of this contact after the merges.
pub(super) fn holder(merges: &[ContactMerge], contact: ContactId) -> ContactId {
    merges.iter().fold(contact, |contact, merge| {
        if merge.from == contact {
            merge.into
        } else {
            contact
        }
    })
}

/// Teaches contacts WhatsApp's spellings of their numbers, and joins contacts that turn out to be one person. No statement
/// where there is nothing to teach.
pub(super) async fn learn_spellings(
    tx: &mut TenantTx,
    directory: &dyn ContactDirectory,
    spellings: &[Spelling],
) -> Result<()> {
    if spellings.is_empty() {
        return Ok(());
    }
    let merges = directory.learn_spellings(tx, spellings).await?;
    join(tx, &merges).await
}

/// Everything of the contact that is gone belongs to the one that has it now; two threads with one number become one.
async fn join_one(tx: &mut TenantTx, merge: ContactMerge) -> Result<()> {
    use conversation::{Column, Entity};
    let ContactMerge { from, into } = merge;
    let rows = tx
        .find::<Entity>()
        .filter(Column::ContactId.is_in([from, into]))
        .for_update()
        .all()
        .await?;
    let mut items = Vec::new();
    for gone in rows.iter().filter(|row| row.contact_id == from) {
        let kept = rows
            .iter()
            .find(|row| row.contact_id == into && row.channel_id == gone.channel_id);
        let change = match kept {
            Some(kept) => {
                let change = unite(tx, kept, gone).await?;
                move_messages(tx, gone.id, kept.id, into).await?;
                change
            }
            None => {
                move_messages(tx, gone.id, gone.id, into).await?;
                let row = conversation::ActiveModel {
                    contact_id: Set(into),
                    ..conversation::ActiveModel::default()
                };
                tx.update::<Entity>()
                    .filter(Column::Id.eq(gone.id))
                    .set(row)
                    .exec()
                    .await?;
                assignment::change(gone, gone.assignment())
            }
        };
        items.push(change);
    }
    tx.update::<amendment::Entity>()
        .filter(amendment::Column::ContactId.eq(from))
        .col_expr(amendment::Column::ContactId, Expr::value(into))
        .exec()
        .await?;
    move_openings(tx, merge).await?;
    assignment::tell(tx, &items)
}

/// Answers what is told of the conversation that is kept. The total of unread messages stays.
async fn unite(
    tx: &TenantTx,
    kept: &conversation::Model,
    gone: &conversation::Model,
) -> Result<ConversationChange> {
    use conversation::{ActiveModel, Column, Entity};
    let mut row = ActiveModel {
        unread: Set(kept.unread.saturating_add(gone.unread)),
        ..ActiveModel::default()
    };
    if gone.last_inbound_at > kept.last_inbound_at {
        row.last_inbound_at = Set(gone.last_inbound_at);
        row.window_phone = Set(gone.window_phone.clone());
    }
    if gone.last_message_id.is_some() && (kept.last_message_id.is_none() || gone.last_at > kept.last_at) {
        row.last_at = Set(gone.last_at);
        row.last_message_id = Set(gone.last_message_id);
        row.preview = Set(gone.preview.clone());
        row.last_direction = Set(gone.last_direction.clone());
    }
    // What needs somebody more is what both need.
    if gone.state() < kept.state() {
        row.snoozed_until = Set(gone.snoozed_until);
    }
    row.state = Set(Some(Ord::min(gone.state(), kept.state())));
    let mut assigned = kept.clone();
    assigned.assignee_id = kept.assignee_id.or(gone.assignee_id);
    assigned.team_id = kept.team_id.or(gone.team_id);
    row.assignee_id = Set(assigned.assignee_id);
    row.team_id = Set(assigned.team_id);
    tx.update::<Entity>()
        .filter(Column::Id.eq(kept.id))
        .set(row)
        .exec()
        .await?;
    tx.update::<media::Entity>()
        .filter(media::Column::ConversationId.eq(gone.id))
        .col_expr(media::Column::ConversationId, Expr::value(kept.id))
        .exec()
        .await?;
    tx.delete::<Entity>()
        .filter(Column::Id.eq(gone.id))
        .exec()
        .await?;
    Ok(assignment::change(&assigned, kept.assignment()))
}

/// By their conversation, which an index knows; none does by their contact.
async fn move_messages(
    tx: &TenantTx,
    from: ConversationId,
    into: ConversationId,
    contact: ContactId,
) -> Result<()> {
    use message::{Column, Entity};
    tx.update::<Entity>()
        .filter(Column::ConversationId.eq(from))
        .col_expr(Column::ConversationId, Expr::value(into))
        .col_expr(Column::ContactId, Expr::value(contact))
        .exec()
        .await?;
    Ok(())
}

async fn move_openings(tx: &TenantTx, merge: ContactMerge) -> Result<()> {
    use opening::{ActiveModel, Column, Entity};
    let rows = tx
        .find::<Entity>()
        .filter(Column::ContactId.eq(merge.from))
        .all()
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let moved = rows.into_iter().map(|row| ActiveModel {
        portfolio: Set(row.portfolio),
        contact_id: Set(merge.into),
        at: Set(row.at),
        message_id: Set(None),
        ..ActiveModel::default()
    });
    tx.insert_new::<Entity>(moved.collect()).await?;
    // Messages to either contact may rely on these places.
    tx.update::<Entity>()
        .filter(Column::ContactId.eq(merge.into))
        .col_expr(Column::MessageId, Expr::value(Option::<MessageId>::None))
        .exec()
        .await?;
    tx.delete::<Entity>()
        .filter(Column::ContactId.eq(merge.from))
        .exec()
        .await?;
    Ok(())
}
