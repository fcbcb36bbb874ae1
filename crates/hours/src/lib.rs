//! Opening hours: several spans a day, over midnight, with holidays, in a time zone. Whether a business is open at an instant, since
//! when, and when that changes.
//!
//! Hours are the wall clock of a place. When a clock change skips a time, spans lose it; when a time happens twice, it is open or
//! closed twice. Pure: no clock, no configuration, no database.

mod calendar;
mod faults;
mod time;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

pub use calendar::{Calendar, State};
pub use chrono_tz::Tz;
pub use faults::{Fault, MAX_HOLIDAYS, MAX_NAME, MAX_SPANS};
pub use time::{NotATime, TimeOfDay};

/// A time of one day in which it is open: from `start` up to, but not including, `end`. An end that is not after the start is on the
/// next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// When it opens.
    pub start: TimeOfDay,
    /// When it closes.
    pub end: TimeOfDay,
}

impl Span {
    /// The end in minutes from the midnight at which the day of the start begins: at most 48 hours.
    fn end_minutes(self) -> u16 {
        let (start, end) = (self.start.minutes(), self.end.minutes());
        if end > start {
            end
        } else {
            end + TimeOfDay::DAY.minutes()
        }
    }
}

/// The spans of each day of the week. A span belongs to the day on which it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Week {
    /// Monday.
    pub mon: Vec<Span>,
    /// Tuesday.
    pub tue: Vec<Span>,
    /// Wednesday.
    pub wed: Vec<Span>,
    /// Thursday.
    pub thu: Vec<Span>,
    /// Friday.
    pub fri: Vec<Span>,
    /// Saturday.
    pub sat: Vec<Span>,
    /// Sunday.
    pub sun: Vec<Span>,
}

impl Week {
    /// The spans that start on this day.
    pub fn on(&self, day: Weekday) -> &[Span] {
        match day {
            Weekday::Mon => &self.mon,
            Weekday::Tue => &self.tue,
            Weekday::Wed => &self.wed,
            Weekday::Thu => &self.thu,
            Weekday::Fri => &self.fri,
            Weekday::Sat => &self.sat,
            Weekday::Sun => &self.sun,
        }
    }

    /// The days, Monday first, with the names that they have in JSON.
    fn days(&self) -> [(&'static str, &[Span]); 7] {
        [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ]
    }
}

/// A date with special hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The date; of a yearly one only month and day count. A yearly 29 February is a holiday in leap years only.
    pub date: NaiveDate,
    /// Whether it is every year.
    #[serde(default)]
    pub yearly: bool,
    /// What it is called; may be empty.
    #[serde(default)]
    pub name: String,
    /// The spans that start on that date, instead of the weekday's. None: closed, except for what began the day before.
    #[serde(default)]
    pub spans: Vec<Span>,
}

impl Holiday {
    fn is_on(&self, date: NaiveDate) -> bool {
        if self.yearly {
            (self.date.month(), self.date.day()) == (date.month(), date.day())
        } else {
            self.date == date
        }
    }
}

/// When a business is open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hours {
    /// The usual week. None: open all the time, except on holidays. A week without spans: never open, except on holidays.
    pub week: Option<Week>,
    /// Dates with special hours. One that names the year takes precedence over a yearly one.
    pub holidays: Vec<Holiday>,
}

impl Hours {
    /// The spans that start on a date.
    fn on(&self, date: NaiveDate) -> &[Span] {
        const ALL_DAY: &[Span] = &[Span {
            start: TimeOfDay::MIDNIGHT,
            end: TimeOfDay::DAY,
        }];
        let of_date = |yearly: bool| {
            let mut holidays = self.holidays.iter();
            holidays.find(move |holiday| holiday.yearly == yearly && holiday.is_on(date))
        };
        match (of_date(false).or_else(|| of_date(true)), &self.week) {
            (Some(holiday), _) => &holiday.spans,
            (None, Some(week)) => week.on(date.weekday()),
            (None, None) => ALL_DAY,
        }
    }
}
