//! Opening hours as they are read and written.

use chrono::{DateTime, NaiveDate, Utc};
use hours::{Calendar, Holiday, Hours, Span, TimeOfDay, Week};
use kernel::{Error, FieldError, Result};
use poem_openapi::{Object, types::Example};

/// A time of one day in which the business is open.
#[derive(Object)]
#[oai(rename = "OpeningSpan", deny_unknown_fields)]
pub(super) struct SpanBody {
    /// When it opens: `HH:MM`, 00:00 to 23:59.
    start: String,
    /// When it closes: `HH:MM`, 00:00 to 24:00; closed from this minute on. An end that is not after the start is on the next day.
    end: String,
}

impl From<&Span> for SpanBody {
    fn from(span: &Span) -> Self {
        Self {
            start: span.start.to_string(),
            end: span.end.to_string(),
        }
    }
}

/// The spans of each day of the week, at most 10 a day. A span belongs to the day on which it starts.
#[derive(Object)]
#[oai(rename = "OpeningWeek", deny_unknown_fields)]
pub(super) struct WeekBody {
    /// Monday.
    #[oai(default)]
    mon: Vec<SpanBody>,
    /// Tuesday.
    #[oai(default)]
    tue: Vec<SpanBody>,
    /// Wednesday.
    #[oai(default)]
    wed: Vec<SpanBody>,
    /// Thursday.
    #[oai(default)]
    thu: Vec<SpanBody>,
    /// Friday.
    #[oai(default)]
    fri: Vec<SpanBody>,
    /// Saturday.
    #[oai(default)]
    sat: Vec<SpanBody>,
    /// Sunday.
    #[oai(default)]
    sun: Vec<SpanBody>,
}

/// A date with special hours.
#[derive(Object)]
#[oai(rename = "Holiday", deny_unknown_fields)]
pub(super) struct HolidayBody {
    /// The date in the business's time zone; of a yearly one only month and day count.
    date: NaiveDate,
    /// Whether it is every year. A date of one year takes precedence over a yearly one.
    #[oai(default)]
    yearly: bool,
    /// What it is called, at most 100 characters.
    #[oai(default)]
    name: String,
    /// The spans that start on this date instead of the weekday's. None: closed, except for what began the day before.
    #[oai(default)]
    spans: Vec<SpanBody>,
}

/// Opening hours to be kept.
#[derive(Object)]
#[oai(rename = "HoursIn", deny_unknown_fields, example)]
pub(super) struct HoursIn {
    /// The usual week. Absent or `null`: always open. A week without spans: never open.
    week: Option<WeekBody>,
    /// Dates with special hours, at most 200.
    #[oai(default)]
    holidays: Vec<HolidayBody>,
}

impl Example for HoursIn {
    fn example() -> Self {
        let span = |start: &str, end: &str| SpanBody {
            start: start.to_owned(),
            end: end.to_owned(),
        };
        let day = || vec![span("09:00", "12:30"), span("13:30", "18:00")];
        Self {
            week: Some(WeekBody {
                mon: day(),
                tue: day(),
                wed: day(),
                thu: day(),
                fri: vec![span("09:00", "12:30")],
                sat: vec![span("20:00", "02:00")],
                sun: Vec::new(),
            }),
            holidays: vec![HolidayBody {
                date: NaiveDate::from_ymd_opt(2026, 12, 25).unwrap_or_default(),
                yearly: true,
                name: "Christmas".to_owned(),
                spans: Vec::new(),
            }],
        }
    }
}

impl HoursIn {
    /// The hours, if every time can be read.
    pub(super) fn read(self) -> Result<Hours> {
        let mut wrong = Vec::new();
        let mut spans = |field: &str, bodies: Vec<SpanBody>| -> Vec<Span> {
            let read = |(place, body)| read(&format!("{field}[{place}]"), body, &mut wrong);
            bodies.iter().enumerate().filter_map(read).collect()
        };
        let week = self.week.map(|week| Week {
            mon: spans("week.mon", week.mon),
            tue: spans("week.tue", week.tue),
            wed: spans("week.wed", week.wed),
            thu: spans("week.thu", week.thu),
            fri: spans("week.fri", week.fri),
            sat: spans("week.sat", week.sat),
            sun: spans("week.sun", week.sun),
        });
        let holidays = self
            .holidays
            .into_iter()
            .enumerate()
            .map(|(place, holiday)| Holiday {
                date: holiday.date,
                yearly: holiday.yearly,
                name: holiday.name,
                spans: spans(&format!("holidays[{place}].spans"), holiday.spans),
            });
        let hours = Hours {
            week,
            holidays: holidays.collect(),
        };
        if wrong.is_empty() {
            Ok(hours)
        } else {
            Err(Error::invalid_fields(wrong))
        }
    }
}

fn read(field: &str, body: &SpanBody, wrong: &mut Vec<FieldError>) -> Option<Span> {
    let mut time = |name: &str, text: &str| -> Option<TimeOfDay> {
        let read = text.parse();
        let refused =
            |why: hours::NotATime| wrong.push(FieldError::new(format!("{field}.{name}"), why.to_string()));
        read.map_err(refused).ok()
    };
    let (start, end) = (time("start", &body.start), time("end", &body.end));
    Some(Span {
        start: start?,
        end: end?,
    })
}

/// Whether the business is open now.
#[derive(Object)]
#[oai(rename = "OpenNow", skip_serializing_if_is_none)]
struct NowOut {
    /// Whether it is open.
    open: bool,
    /// Since when; absent if that was more than nine years ago.
    since: Option<DateTime<Utc>>,
    /// Until when; absent if that is more than nine years ahead, as in a business that is always open.
    until: Option<DateTime<Utc>>,
}

/// Opening hours.
#[derive(Object)]
#[oai(rename = "Hours", skip_serializing_if_is_none)]
pub(super) struct HoursOut {
    /// The time zone that the hours are in: the business's.
    time_zone: String,
    /// The usual week. Absent: always open. A week without spans: never open.
    week: Option<WeekBody>,
    /// Dates with special hours.
    holidays: Vec<HolidayBody>,
    /// The state now.
    now: NowOut,
}

impl HoursOut {
    pub(super) fn new(calendar: &Calendar, at: DateTime<Utc>) -> Self {
        let hours::State { open, since, until } = calendar.state(at);
        let spans = |of: &[Span]| of.iter().map(SpanBody::from).collect();
        let hours = calendar.hours();
        let week = hours.week.as_ref().map(|week| WeekBody {
            mon: spans(&week.mon),
            tue: spans(&week.tue),
            wed: spans(&week.wed),
            thu: spans(&week.thu),
            fri: spans(&week.fri),
            sat: spans(&week.sat),
            sun: spans(&week.sun),
        });
        let holidays = hours.holidays.iter().map(|holiday| HolidayBody {
            date: holiday.date,
            yearly: holiday.yearly,
            name: holiday.name.clone(),
            spans: spans(&holiday.spans),
        });
        Self {
            time_zone: calendar.zone().name().to_owned(),
            week,
            holidays: holidays.collect(),
            now: NowOut { open, since, until },
        }
    }
}
