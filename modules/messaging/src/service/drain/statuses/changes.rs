//! What differs of messages after a batch of statuses, written in a handful of statements, whatever the size of the batch.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contracts::messaging::MessageId;
use kernel::{Result, TenantTx, each, padded};
use sea_orm::{ColumnTrait, Value, sea_query::Expr};

use super::{IN_LIST, State};
use crate::entity::message::{Column, Entity};

/// Different changes that are written one by one; more go into statements with a different value for each message.
const ALIKE: usize = 6;

/// What a [`Change`] may set, in the order of its values.
const COLUMNS: [Column; 8] = [
    Column::Wamid,
    Column::Error,
    Column::SentAt,
    Column::DeliveredAt,
    Column::ReadAt,
    Column::FailedAt,
    Column::Status,
    Column::StatusRank,
];

/// New values of some of [`COLUMNS`]. Compared as a whole: messages that change alike are written together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Change([Option<New>; COLUMNS.len()]);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum New {
    Text(Option<String>),
    Time(Option<DateTime<Utc>>),
    Rank(i32),
}

impl From<New> for Value {
    fn from(new: New) -> Self {
        match new {
            New::Text(text) => text.into(),
            New::Time(time) => time.into(),
            New::Rank(rank) => rank.into(),
        }
    }
}

impl Change {
    /// The wamid that was learnt, which is a message's own, and apart from it what other messages may share.
    fn between(before: &State, after: &State) -> (Self, Self) {
        fn new<T: PartialEq + Clone>(before: &T, after: &T, new: fn(T) -> New) -> Option<New> {
            (before != after).then(|| new(after.clone()))
        }
        let mut wamid = Self::default();
        wamid.0[0] = new(&before.wamid, &after.wamid, New::Text);
        let rest = [
            None,
            new(&before.error, &after.error, New::Text),
            new(&before.sent_at, &after.sent_at, New::Time),
            new(&before.delivered_at, &after.delivered_at, New::Time),
            new(&before.read_at, &after.read_at, New::Time),
            new(&before.failed_at, &after.failed_at, New::Time),
            (before.status != after.status).then(|| New::Text(Some(after.status.as_str().to_owned()))),
            new(&before.rank, &after.rank, New::Rank),
        ];
        (wamid, Self(rest))
    }
}

/// The changes of a batch.
#[derive(Debug, Default)]
pub(super) struct Changes {
    wamids: Vec<(MessageId, Change)>,
    alike: BTreeMap<Change, Vec<MessageId>>,
}

impl Changes {
    /// Adds what differs of a message. Messages come in key order.
    pub(super) fn add(&mut self, id: MessageId, before: &State, after: &State) {
        let (wamid, change) = Change::between(before, after);
        if wamid != Change::default() {
            self.wamids.push((id, wamid));
        }
        if change != Change::default() {
            self.alike.entry(change).or_default().push(id);
        }
    }

    /// Writes them.
    pub(super) async fn write(self, tx: &TenantTx) -> Result<()> {
        write_each(tx, &self.wamids).await?;
        if self.alike.len() <= ALIKE {
            for (change, ids) in self.alike {
                write_alike(tx, &change, &ids).await?;
            }
            return Ok(());
        }
        let each = self
            .alike
            .into_iter()
            .flat_map(|(change, ids)| ids.into_iter().map(move |id| (id, change.clone())));
        let mut each: Vec<_> = each.collect();
        each.sort_unstable_by_key(|(id, _)| *id);
        write_each(tx, &each).await
    }
}

/// One change of many messages.
async fn write_alike(tx: &TenantTx, change: &Change, ids: &[MessageId]) -> Result<()> {
    for some in ids.chunks(IN_LIST) {
        let update = tx
            .update::<Entity>()
            .filter(Column::Id.is_in(padded(some.iter().copied())));
        let columns = COLUMNS.into_iter().zip(&change.0);
        columns
            .filter_map(|(column, new)| Some((column, Expr::value(new.clone()?))))
            .fold(update, |update, (column, new)| update.col_expr(column, new))
            .exec()
            .await?;
    }
    Ok(())
}

/// A separate change for each message, in key order.
async fn write_each(tx: &TenantTx, changes: &[(MessageId, Change)]) -> Result<()> {
    for some in changes.chunks(IN_LIST) {
        let some = padded(some.iter());
        let mut update = tx
            .update::<Entity>()
            .filter(Column::Id.is_in(some.iter().map(|(id, _)| *id)));
        for (place, column) in COLUMNS.into_iter().enumerate() {
            let new: Vec<(MessageId, New)> = some
                .iter()
                .filter_map(|(id, change)| Some((*id, change.0[place].clone()?)))
                .collect();
            if !new.is_empty() {
                update = update.col_expr(column, each(Column::Id, &new, column));
            }
        }
        update.exec().await?;
    }
    Ok(())
}
