//! The inbox.

use std::collections::HashMap;

use contracts::{
    channels::ChannelId,
    contacts::{ContactCard, ContactId},
    messaging::{ConversationId, MessageId},
};
use kernel::{Error, PageQuery, Result, TenantDb, TenantTx, UserId, tenant::not_found};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition,
    sea_query::{Expr, SimpleExpr},
};

use super::{Service, assignment, unread};
use crate::{
    entity::{
        Direction,
        conversation::{ActiveModel, Column, Entity, Model, State},
        message,
    },
    job::SendReadReceipt,
};

/// Which conversations are wanted.
#[derive(Clone, Debug, Default)]
pub struct ConversationFilter {
    /// Part of the contact's name, phone or username.
    pub search: Option<String>,
    /// Only those with unread messages.
    pub unread: bool,
    /// Only those in one state.
    pub state: Option<State>,
    /// Only those of one person, or of nobody.
    pub assignee: Option<Assignee>,
    /// Only those of one number.
    pub channel_id: Option<ChannelId>,
    /// Only those with one contact.
    pub contact_id: Option<ContactId>,
}

/// Who looks after a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// Nobody does.
    Nobody,
    /// This person.
    Person(UserId),
}

/// A conversation with what a list shows of it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The row.
    pub conversation: Model,
    /// Its contact; none if it has been deleted.
    pub card: Option<ContactCard>,
    /// State of its last message, if that is ours.
    pub last_status: Option<String>,
}

impl Service {
    /// Newest activity first.
    pub async fn list_conversations(
        &self,
        db: &TenantDb,
        filter: ConversationFilter,
        query: PageQuery,
    ) -> Result<(Vec<Listed>, Option<String>)> {
        let state = match filter.state {
            Some(state) => Some(in_state(state, has_unfilled(db).await?)),
            None => None,
        };
        let mut select = db.find::<Entity>();
        if let Some(index) = way(&filter) {
            select = select.through_index(index);
        }
        // However many contacts fit: most of them may have no conversation.
        if let Some(contacts) = filter.search.and_then(|text| self.directory.matching(db, &text)) {
            select = select.among(Column::ContactId, contacts);
        }
        let (rows, next) = select
            .filter_some(filter.unread.then(|| Column::Unread.gt(0)))
            .filter_some(state)
            .filter_some(filter.assignee.map(of_assignee))
            .filter_some(filter.channel_id.map(|id| Column::ChannelId.eq(id)))
            .filter_some(filter.contact_id.map(|id| Column::ContactId.eq(id)))
            .page_by_time(Column::LastAt, |row| row.last_at, &query)
            .await?;
        Ok((self.with_details(db, rows).await?, next))
    }

    /// One conversation, or 404.
    pub async fn conversation(&self, db: &TenantDb, id: ConversationId) -> Result<Listed> {
        let row = db.get::<Entity>(id).await?;
        let listed = self.with_details(db, vec![row]).await?.pop();
        listed.ok_or_else(not_found::<Entity>)
    }

    async fn with_details(&self, db: &TenantDb, rows: Vec<Model>) -> Result<Vec<Listed>> {
        let contacts: Vec<ContactId> = rows.iter().map(|row| row.contact_id).collect();
        let cards = self.directory.cards(db, &contacts).await?;
        let cards: HashMap<ContactId, ContactCard> = cards.into_iter().map(|card| (card.id, card)).collect();
        let ours = rows
            .iter()
            .filter(|row| row.last_direction == "outbound")
            .filter_map(|row| row.last_message_id);
        let statuses: HashMap<MessageId, String> = db
            .find::<message::Entity>()
            .filter(message::Column::Id.is_in(ours))
            .columns::<(MessageId, String)>(&[message::Column::Id, message::Column::Status])
            .await?
            .into_iter()
            .collect();
        let listed = rows.into_iter().map(|conversation| Listed {
            // A contact may have a conversation on several numbers.
            card: cards.get(&conversation.contact_id).cloned(),
            last_status: conversation
                .last_message_id
                .and_then(|id| statuses.get(&id).cloned()),
            conversation,
        });
        Ok(listed.collect())
    }

    /// Nothing is unread any more, or nothing up to this message and the message itself, and the customer gets blue ticks.
    ///
    /// # Errors
    /// 404 for an unknown conversation or message, 422 for a message of another conversation.
    pub async fn read_conversation(
        &self,
        db: &TenantDb,
        id: ConversationId,
        up_to: Option<MessageId>,
    ) -> Result<()> {
        let mut tx = db.begin().await?;
        let row = tx.lock::<Entity>(id).await?;
        let left = match up_to {
            Some(up_to) => written_after(&tx, &row, up_to).await?,
            None => 0,
        };
        if row.unread <= left {
            return Ok(());
        }
        only_unread(&mut tx, &row, left).await?;
        tx.enqueue(&SendReadReceipt {
            channel_id: row.channel_id,
            conversation_id: id,
            up_to,
        })?;
        tx.commit().await
    }
}

/// Whether there are rows of earlier versions, which have no state until [`RepairConversations`](crate::job::RepairConversations) has run:
/// one step in an index.
async fn has_unfilled(db: &TenantDb) -> Result<bool> {
    let one = db
        .find::<Entity>()
        .filter(Column::State.is_null())
        .through_index(&[Column::State, Column::LastAt, Column::Id])
        .limit(1)
        .columns::<(ConversationId,)>(&[Column::Id])
        .await?;
    Ok(!one.is_empty())
}

/// The index in which a page stands together, newest first. What needs somebody is little, even of one person's; what is resolved
/// is much.
fn way(filter: &ConversationFilter) -> Option<&'static [Column]> {
    if filter.search.is_some() {
        return None;
    }
    match (filter.state, filter.assignee) {
        (None, None) => None,
        (None | Some(State::Resolved), Some(_)) => Some(&[Column::AssigneeId, Column::LastAt, Column::Id]),
        (Some(_), _) => Some(&[Column::State, Column::LastAt, Column::Id]),
    }
}

fn of_assignee(assignee: Assignee) -> SimpleExpr {
    match assignee {
        Assignee::Nobody => Column::AssigneeId.is_null(),
        Assignee::Person(user) => Column::AssigneeId.eq(user),
    }
}

/// The rows in a state, also those of earlier versions if there are any.
fn in_state(state: State, unfilled: bool) -> Condition {
    let by_unread = match state {
        State::Open if unfilled => Some(Column::Unread.gt(0)),
        State::Resolved if unfilled => Some(Column::Unread.eq(0)),
        State::Open | State::Resolved | State::Pending | State::Snoozed => None,
    };
    let written = Condition::any().add(Column::State.eq(state));
    match by_unread {
        Some(by_unread) => written.add(Condition::all().add(Column::State.is_null()).add(by_unread)),
        None => written,
    }
}

/// How many messages a person has written in this conversation after one of its messages; never more than are unread.
async fn written_after(tx: &TenantTx, row: &Model, up_to: MessageId) -> Result<i32> {
    use message::{Column, Entity};
    let seen = tx.get::<Entity>(up_to).await?;
    if seen.conversation_id != row.id {
        return Err(Error::invalid("up_to", "is a message of another conversation"));
    }
    let later = Condition::any().add(Column::At.gt(seen.at)).add(
        Condition::all()
            .add(Column::At.eq(seen.at))
            .add(Column::Id.gt(seen.id)),
    );
    let unread = u64::try_from(row.unread).unwrap_or_default();
    let newest: Vec<MessageId> = tx
        .find::<Entity>()
        .filter(Column::ConversationId.eq(row.id))
        .filter(later)
        .filter(Column::Direction.eq(Direction::Inbound))
        .filter(Column::Kind.is_not_in(NOT_WRITTEN))
        .limit(unread)
        .columns(&[Column::Id])
        .await?;
    Ok(i32::try_from(newest.len()).unwrap_or(i32::MAX))
}

/// Kinds of received messages that never count as unread, because nobody wrote them to be read: see
/// `InboundMessage::is_written`.
const NOT_WRITTEN: [&str; 6] = [
    "system",
    "reaction",
    "edit",
    "revoke",
    "request_welcome",
    "media_placeholder",
];

/// Sets the counter of a locked row to what is left and tells the browsers.
pub(super) async fn only_unread(tx: &mut TenantTx, row: &Model, left: i32) -> Result<()> {
    let id = row.id;
    let read = ActiveModel {
        unread: Set(left),
        ..ActiveModel::default()
    };
    // What an earlier version left open by its unread count stays open.
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_null())
        .filter(Column::Unread.gt(0))
        .col_expr(Column::State, Expr::value(State::Open))
        .exec()
        .await?;
    tx.update::<Entity>()
        .filter(Column::Id.eq(id))
        .set(read)
        .exec()
        .await?;
    assignment::tell(tx, &[assignment::change(row, row.assignment())])?;
    unread::change(tx, i64::from(left) - i64::from(row.unread)).await
}
