//! Figures of a tenant's days. They are maintained: reading them counts nothing.

use std::{
    collections::BTreeMap,
    ops::{Add, AddAssign, Mul},
};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::{
    messaging::FiguresChanged,
    settings::{TenantSettings, Tz},
};
use kernel::{Event, JobContext, JobError, JobOutcome, Result, TenantDb, TenantTx, retrying};
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::OnConflict};
use serde::{Deserialize, Serialize};

use super::Service;
use crate::{
    entity::{
        Status,
        figures::{ALWAYS, ActiveModel, Column, Entity, Model},
    },
    event::{Adding, FiguresMoved, Moved},
    job::TellFigures,
};

/// Live clients of a tenant are told at most once in this time.
const TOLD: TimeDelta = TimeDelta::seconds(1);

/// Numbers of messages, or by how much they moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Wait to be sent.
    pub waiting: i64,
    /// WhatsApp took them on their way.
    pub sent: i64,
    /// Reached a phone.
    pub delivered: i64,
    /// Will not arrive.
    pub failed: i64,
}

impl Figures {
    /// What a message in this state counts as.
    fn of(rank: i32) -> Self {
        let count = |is: bool| i64::from(is);
        let delivered = rank >= Status::Delivered.rank();
        Self {
            waiting: count(rank == Status::Queued.rank()),
            sent: count(rank == Status::Sent.rank() || delivered),
            delivered: count(delivered),
            failed: count(rank == Status::Failed.rank()),
        }
    }

    /// By how much they move when `messages` go from one state to another.
    pub(super) fn moved(from: Status, to: Status, messages: u64) -> Self {
        Self::between(from.rank(), to.rank()) * i64::try_from(messages).unwrap_or(i64::MAX)
    }

    /// By how much they move when a message goes from one rank to another.
    pub(super) fn between(from: i32, to: i32) -> Self {
        Self::of(to) + Self::of(from) * -1
    }

    /// Of messages that another program sent, only what concerns our own queue.
    pub(super) fn only_waiting(self) -> Self {
        Self {
            waiting: self.waiting,
            ..Self::default()
        }
    }

    /// As the row of a chunk has them; none for zero.
    pub(super) fn noted(self) -> Option<String> {
        (self != Self::default())
            .then(|| serde_json::to_string(&self).ok())
            .flatten()
    }

    /// Reads what [`Figures::noted`] writes.
    pub(super) fn of_note(note: Option<&str>) -> Result<Self> {
        Ok(match note {
            Some(note) => serde_json::from_str(note)?,
            None => Self::default(),
        })
    }

    fn of_row(row: &Model) -> Self {
        Self {
            waiting: row.waiting,
            sent: row.sent,
            delivered: row.delivered,
            failed: row.failed,
        }
    }
}

impl Add for Figures {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            sent: self.sent + other.sent,
            delivered: self.delivered + other.delivered,
            failed: self.failed + other.failed,
        }
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<i64> for Figures {
    type Output = Self;

    fn mul(self, by: i64) -> Self {
        Self {
            waiting: self.waiting * by,
            sent: self.sent * by,
            delivered: self.delivered * by,
            failed: self.failed * by,
        }
    }
}

/// The figures of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// The time zone in which it is that day.
    pub time_zone: Tz,
    /// What waits now, and what became of messages on that day.
    pub figures: Figures,
}

/// Says that the numbers moved, in the transaction in which they did.
pub(super) fn moved(tx: &mut TenantTx, by: Figures) -> Result<()> {
    if by == Figures::default() {
        return Ok(());
    }
    let at = tx.clock().now();
    tx.publish(&FiguresMoved::of(vec![Moved { at, by }]))
}

fn day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).date_naive().to_string()
}

/// The rows of these days and that of no day, locked. Only one listener and one job of a tenant ever change them.
async fn lock(tx: &TenantTx, days: impl IntoIterator<Item = String>) -> Result<BTreeMap<String, Model>> {
    let new = |day: String| Model {
        tenant_id: tx.tenant(),
        day,
        waiting: 0,
        sent: 0,
        delivered: 0,
        failed: 0,
        told_at: None,
    };
    let mut rows: BTreeMap<String, Model> = days
        .into_iter()
        .chain([ALWAYS.to_owned()])
        .map(|day| (day.clone(), new(day)))
        .collect();
    let these = Column::Day.is_in(rows.keys().cloned());
    for row in tx.find::<Entity>().filter(these).for_update().all().await? {
        rows.insert(row.day.clone(), row);
    }
    Ok(rows)
}

async fn write(tx: &TenantTx, rows: BTreeMap<String, Model>) -> Result<()> {
    let replaced = OnConflict::columns([Column::TenantId, Column::Day])
        .update_columns([
            Column::Waiting,
            Column::Sent,
            Column::Delivered,
            Column::Failed,
            Column::ToldAt,
        ])
        .to_owned();
    let row = |row: Model| ActiveModel {
        tenant_id: Set(row.tenant_id),
        day: Set(row.day),
        waiting: Set(row.waiting),
        sent: Set(row.sent),
        delivered: Set(row.delivered),
        failed: Set(row.failed),
        told_at: Set(row.told_at),
    };
    tx.upsert::<Entity>(rows.into_values().map(row).collect(), replaced)
        .await
}

/// Adds up what moved: one read and one write, however many moves there are.
pub(crate) async fn add(
    tx: &mut TenantTx,
    settings: &dyn TenantSettings,
    moves: impl Iterator<Item = Moved>,
) -> Result<()> {
    let zone = settings.settings_in(tx).await?.time_zone;
    let mut by_day: BTreeMap<String, Figures> = BTreeMap::new();
    for Moved { at, by } in moves {
        *by_day.entry(day(at, zone)).or_default() += by;
    }
    let now = tx.clock().now();
    let today = day(now, zone);
    let mut rows = lock(tx, by_day.keys().cloned().chain([today.clone()])).await?;
    let mut waiting = 0;
    for (day, by) in by_day {
        waiting += by.waiting;
        if let Some(row) = rows.get_mut(&day) {
            row.sent += by.sent;
            row.delivered += by.delivered;
            row.failed += by.failed;
        }
    }
    let Some(always) = rows.get_mut(ALWAYS) else {
        return Ok(());
    };
    // Messages that an earlier version queued were never counted as waiting.
    always.waiting = (always.waiting + waiting).max(0);
    match rest(always.told_at, now) {
        Some(rest) => tx.enqueue_at(&TellFigures {}, now + rest)?,
        None => {
            always.told_at = Some(now);
            tell(tx, &rows, &today)?;
        }
    }
    write(tx, rows).await
}

/// How long live clients are not to be told again; none if they may be told now.
fn rest(told_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<TimeDelta> {
    let since = now - told_at?;
    (since >= TimeDelta::zero() && since < TOLD).then(|| TOLD - since)
}

fn tell(tx: &mut TenantTx, rows: &BTreeMap<String, Model>, today: &str) -> Result<()> {
    let figures = of_day(rows.get(ALWAYS), rows.get(today));
    tx.publish(&FiguresChanged::of(vec![contracts::messaging::DayFigures {
        day: today.to_owned(),
        waiting: figures.waiting,
        sent: figures.sent,
        delivered: figures.delivered,
        failed: figures.failed,
    }]))
}

fn of_day(always: Option<&Model>, day: Option<&Model>) -> Figures {
    Figures {
        waiting: always.map_or(0, |row| row.waiting),
        ..day.map(Figures::of_row).unwrap_or_default()
    }
}

impl Service {
    /// The listener that adds up what moved.
    pub(crate) fn adding(&self) -> Adding {
        Adding {
            settings: self.settings.clone(),
        }
    }

    /// What waits now and what became of messages today, in the tenant's time zone.
    pub async fn today(&self, db: &TenantDb) -> Result<Day> {
        let time_zone = self.settings.settings(db).await?.time_zone;
        let day = day(db.clock().now(), time_zone);
        let these = Column::Day.is_in([ALWAYS, day.as_str()]);
        let rows = db.find::<Entity>().filter(these).limit(2).all().await?;
        let of = |wanted: &str| rows.iter().find(|row| row.day == wanted);
        Ok(Day {
            figures: of_day(of(ALWAYS), of(&day)),
            day,
            time_zone,
        })
    }

    /// Tells live clients what has changed since they were last told.
    pub async fn tell_figures(&self, context: JobContext) -> JobOutcome {
        let db = &context.db;
        // The job runs once more when it was asked for in the meantime, which may be too soon.
        let too_soon = retrying(|| async {
            let mut tx = db.begin().await?;
            let zone = self.settings.settings_in(&tx).await?.time_zone;
            let now = tx.clock().now();
            let today = day(now, zone);
            let mut rows = lock(&tx, [today.clone()]).await?;
            if let Some(always) = rows.get_mut(ALWAYS) {
                if let Some(rest) = rest(always.told_at, now) {
                    return Ok(Some(rest));
                }
                always.told_at = Some(now);
            }
            tell(&mut tx, &rows, &today)?;
            write(&tx, rows).await?;
            tx.commit().await?;
            Ok(None)
        })
        .await?;
        match too_soon {
            Some(rest) => {
                let rest = rest.to_std().unwrap_or_default();
                Err(JobError::later(
                    rest,
                    "live clients were told less than a second ago",
                ))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable;

    use super::*;

    #[test]
    fn whatever_way_a_message_takes_it_counts_as_what_it_is_in_the_end() {
        for from in Status::iter() {
            for over in Status::iter() {
                for to in Status::iter() {
                    let (from, over, to) = (from.rank(), over.rank(), to.rank());
                    let direct = Figures::between(from, to);
                    assert_eq!(Figures::between(from, over) + Figures::between(over, to), direct);
                }
            }
        }
        let failed = Figures::moved(Status::Queued, Status::Failed, 3);
        let (waiting, failures) = (-3, 3);
        assert_eq!(
            (failed.waiting, failed.failed, failed.sent),
            (waiting, failures, 0)
        );
        // It did reach one of the person's devices.
        let arrived = Figures::moved(Status::Failed, Status::Delivered, 1);
        assert_eq!((arrived.failed, arrived.sent, arrived.delivered), (-1, 1, 1));
        assert_eq!(
            Figures::moved(Status::Delivered, Status::Read, 1),
            Figures::default()
        );
    }
}
