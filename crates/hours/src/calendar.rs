//! Hours in a time zone: the state at an instant, and the instants at which it changes.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use crate::{Hours, Span};

/// How many days are looked through at a time.
const WINDOW: i64 = 7;
/// Days after which a week without holidays has shown every change it has. Clock changes can skip a weekly span once.
const WEEKS: i64 = 4 * WINDOW;
/// Days after which every yearly holiday was seen: around a year such as 2100 there are 8 years between two 29 February.
const YEARS: i64 = 9 * 366;

/// Opening hours of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    hours: Hours,
}

/// Whether it is open, since when and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Whether it is open.
    pub open: bool,
    /// When that became so; none if that was not within nine years.
    pub since: Option<DateTime<Utc>>,
    /// When that ends; none if that does not come within nine years.
    pub until: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Later,
    Earlier,
}

impl Calendar {
    /// These hours in this time zone.
    pub fn new(zone: Tz, hours: Hours) -> Self {
        Self { zone, hours }
    }

    /// Its time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Its hours.
    pub fn hours(&self) -> &Hours {
        &self.hours
    }

    /// Whether it is open at an instant.
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone).naive_local();
        let today = local.date();
        // A span ends before the end of the day after its start.
        [Some(today), today.pred_opt()]
            .into_iter()
            .flatten()
            .any(|date| self.hours.on(date).iter().any(|span| holds(*span, date, local)))
    }

    /// The state at an instant with its begin and end.
    pub fn state(&self, at: DateTime<Utc>) -> State {
        State {
            open: self.is_open(at),
            since: self.last_change(at),
            until: self.next_change(at),
        }
    }

    /// The first instant after `at` at which it is no longer as at `at`; none if that does not come within nine years.
    pub fn next_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = self.is_open(at);
        self.search(at, Way::Later, |instant| self.is_open(instant) != now)
    }

    /// The last instant up to `at` at which it became as it is at `at`; none if that was not within nine years.
    pub fn last_change(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let now = self.is_open(at);
        self.search(at, Way::Earlier, |instant| {
            self.is_open(instant - TimeDelta::microseconds(1)) != now
        })
    }

    /// The nearest instant that `is_wanted` among those at which anything may change, window by window.
    fn search(
        &self,
        at: DateTime<Utc>,
        way: Way,
        is_wanted: impl Fn(DateTime<Utc>) -> bool,
    ) -> Option<DateTime<Utc>> {
        let step = TimeDelta::days(if way == Way::Later { WINDOW } else { -WINDOW });
        let days = if self.hours.holidays.is_empty() {
            WEEKS
        } else {
            YEARS
        };
        let mut from = at;
        for _ in 0..=days / WINDOW {
            let to = from.checked_add_signed(step)?;
            let (low, high) = (from.min(to), from.max(to));
            let mut instants = self.candidates(low, high)?;
            // After `at` when looking ahead, up to `at` when looking back.
            instants.retain(|instant| *instant > low && *instant <= high);
            instants.sort_unstable();
            let found = match way {
                Way::Later => instants.into_iter().find(|instant| is_wanted(*instant)),
                Way::Earlier => instants.into_iter().rev().find(|instant| is_wanted(*instant)),
            };
            if found.is_some() {
                return found;
            }
            from = to;
        }
        None
    }

    /// The instants at which anything may change between two; others may be among them.
    fn candidates(&self, low: DateTime<Utc>, high: DateTime<Utc>) -> Option<Vec<DateTime<Utc>>> {
        let mut instants = self.clock_changes(low, high);
        let last = high.with_timezone(&self.zone).date_naive();
        // A span of the day before may end today, and a clock change may move a date.
        let mut date = low
            .with_timezone(&self.zone)
            .date_naive()
            .checked_sub_days(Days::new(2))?;
        while date <= last {
            for span in self.hours.on(date) {
                for minutes in [span.start.minutes(), span.end_minutes()] {
                    instants.extend(self.instants(midnight(date) + TimeDelta::minutes(minutes.into())));
                }
            }
            date = date.succ_opt()?;
        }
        Some(instants)
    }

    /// When the wall clock shows this: once, twice, or not at all. A clock change that skips it is a candidate itself.
    fn instants(&self, local: NaiveDateTime) -> impl Iterator<Item = DateTime<Utc>> + use<> {
        let found = self.zone.from_local_datetime(&local);
        let (first, second) = (found.earliest(), found.latest());
        [first, second]
            .into_iter()
            .flatten()
            .map(|instant| instant.to_utc())
    }

    /// The clock changes between two instants, to the second.
    fn clock_changes(&self, low: DateTime<Utc>, high: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut changes = Vec::new();
        let mut from = low;
        while from < high {
            let to = (from + TimeDelta::days(1)).min(high);
            if self.offset(from) != self.offset(to) {
                changes.push(self.clock_change(from, to));
            }
            from = to;
        }
        changes
    }

    /// The first second after a clock change that lies between two instants.
    fn clock_change(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> DateTime<Utc> {
        let before = self.offset(from);
        let (mut low, mut high) = (from.timestamp(), to.timestamp());
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match DateTime::from_timestamp(middle, 0) {
                Some(instant) if self.offset(instant) == before => low = middle,
                _ => high = middle,
            }
        }
        DateTime::from_timestamp(high, 0).unwrap_or(to)
    }

    /// Seconds that the wall clock is ahead of UTC.
    fn offset(&self, at: DateTime<Utc>) -> i32 {
        self.zone
            .offset_from_utc_datetime(&at.naive_utc())
            .fix()
            .local_minus_utc()
    }
}

fn midnight(date: NaiveDate) -> NaiveDateTime {
    NaiveDateTime::new(date, chrono::NaiveTime::MIN)
}

fn holds(span: Span, date: NaiveDate, local: NaiveDateTime) -> bool {
    let since = local - midnight(date);
    let minutes = |of: u16| TimeDelta::minutes(of.into());
    since >= minutes(span.start.minutes()) && since < minutes(span.end_minutes())
}
