//! Scheduling: round robin over the shares with due jobs, by a cursor that follows the index in key order. A turn costs the
//! same with ten shares as with ten thousand.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use kernel::{
    Result, SystemDb,
    outbox::job::{Column, Entity},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::Queue;

/// Up to this many shares, each gets as many jobs as it may have; beyond, each gets one job per round.
const FEW: usize = 8;

/// A share with due jobs, since when, and how many of them may be taken now.
pub(super) type Turn = (String, DateTime<Utc>, usize);

/// A due row: id, fencing token, share.
pub(super) type Due = (Uuid, i64, String);

/// The cursor of one queue.
#[derive(Debug)]
pub(super) struct Turns {
    system: SystemDb,
    queue: Queue,
    // The share that had the last turn.
    last: String,
}

impl Turns {
    pub(super) fn new(system: SystemDb, queue: Queue) -> Self {
        Self {
            system,
            queue,
            last: String::new(),
        }
    }

    /// The shares whose turn it is, at most `room`, each once. `in_flight` counts the tickets that each has already.
    pub(super) async fn next(
        &mut self,
        room: usize,
        in_flight: &HashMap<String, usize>,
    ) -> Result<Vec<Turn>> {
        let full: Vec<&String> = in_flight
            .iter()
            .filter(|(_, count)| **count >= self.queue.per_share)
            .map(|(share, _)| share)
            .collect();
        // The shares after the cursor, then those before it.
        let (mut found, before) = tokio::try_join!(
            self.ask(Column::Share.gt(self.last.as_str()), &full, room),
            self.ask(Column::Share.lte(self.last.as_str()), &full, room)
        )?;
        found.extend(before);
        found.truncate(room);
        if let Some((last, _)) = found.last() {
            self.last.clone_from(last);
        }
        let each = if found.len() <= FEW {
            room.div_ceil(found.len().max(1))
        } else {
            1
        };
        Ok(found
            .into_iter()
            .map(|(share, since)| {
                let left = self.queue.per_share - in_flight.get(&share).copied().unwrap_or(0);
                (share, since, left.min(each))
            })
            .collect())
    }

    async fn ask(
        &self,
        part: sea_orm::sea_query::SimpleExpr,
        full: &[&String],
        most: usize,
    ) -> Result<Vec<(String, DateTime<Utc>)>> {
        let on = self.system.across_tenants("jobs of all tenants are in one queue");
        let mut select = self
            .waiting()
            .select_only()
            .column(Column::Share)
            .column_as(Column::RunAt.min(), "since")
            .filter(part)
            .group_by(Column::Share)
            .having(Column::RunAt.min().lte(self.system.clock().now()))
            .order_by_asc(Column::Share)
            .limit(most as u64);
        if !full.is_empty() {
            select = select.filter(Column::Share.is_not_in(full.iter().map(|share| share.as_str())));
        }
        Ok(select.into_tuple().all(on).await?)
    }

    /// The oldest due rows of these shares.
    pub(super) async fn due(&self, turns: &[Turn], room: usize) -> Result<Vec<Due>> {
        let on = self.system.across_tenants("jobs of all tenants are in one queue");
        let mut rows: Vec<Due> = if turns.len() <= FEW {
            let of_share = |(share, _, most): &Turn| {
                let of_share = self.due_rows().filter(Column::Share.eq(share.as_str()));
                of_share.limit(*most as u64).into_tuple::<Due>().all(on)
            };
            try_join_all(turns.iter().map(of_share)).await?.concat()
        } else {
            // One read for all: the oldest row of each share is identified by its instant.
            let oldest = turns.iter().fold(Condition::any(), |any, (share, since, _)| {
                any.add(Column::Share.eq(share.as_str()).and(Column::RunAt.eq(*since)))
            });
            let found = self.due_rows().filter(oldest).limit(room as u64 * 2);
            found.into_tuple().all(on).await?
        };
        let mut left: HashMap<&str, usize> = turns
            .iter()
            .map(|(share, _, most)| (share.as_str(), *most))
            .collect();
        rows.retain(|(_, _, share)| {
            let left = left.get_mut(share.as_str());
            left.is_some_and(|left| {
                let has = *left > 0;
                *left = left.saturating_sub(1);
                has
            })
        });
        rows.truncate(room);
        Ok(rows)
    }

    fn waiting(&self) -> Select<Entity> {
        Entity::find()
            .filter(Column::Queue.eq(self.queue.name))
            .filter(Column::Dead.eq(false))
    }

    fn due_rows(&self) -> Select<Entity> {
        self.waiting()
            .select_only()
            .column(Column::Id)
            .column(Column::Fence)
            .column(Column::Share)
            .filter(Column::RunAt.lte(self.system.clock().now()))
            .order_by_asc(Column::RunAt)
    }
}
