//! What may be wrong with hours that somebody entered, by field.

use crate::{Hours, Span, TimeOfDay};

/// Spans of one day.
pub const MAX_SPANS: usize = 10;
/// Holidays.
pub const MAX_HOLIDAYS: usize = 200;
/// Characters of a holiday's name.
pub const MAX_NAME: usize = 100;

/// Something wrong with hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, such as `week.mon[1].start` or `holidays[0].date`.
    pub field: String,
    /// What is wrong and what is allowed.
    pub message: String,
    /// The limit that was not kept, if the rule is one.
    pub limit: Option<usize>,
}

impl Fault {
    fn new(field: String, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
            limit: None,
        }
    }

    fn beyond(field: String, message: String, limit: usize) -> Self {
        Self {
            limit: Some(limit),
            ..Self::new(field, message)
        }
    }
}

impl Hours {
    /// Everything that is wrong with these hours; nothing if they may be kept.
    pub fn faults(&self) -> Vec<Fault> {
        let days = self.week.iter().flat_map(|week| week.days());
        let mut faults: Vec<Fault> = days
            .flat_map(|(day, spans)| of_spans(&format!("week.{day}"), spans))
            .collect();
        if self.holidays.len() > MAX_HOLIDAYS {
            let message = format!("must have at most {MAX_HOLIDAYS} dates");
            faults.push(Fault::beyond("holidays".to_owned(), message, MAX_HOLIDAYS));
            return faults;
        }
        for (place, holiday) in self.holidays.iter().enumerate() {
            let field = format!("holidays[{place}]");
            let mut earlier = self.holidays[..place].iter();
            if earlier.any(|other| other.yearly == holiday.yearly && other.is_on(holiday.date)) {
                faults.push(Fault::new(format!("{field}.date"), "is already in the list"));
            }
            if holiday.name.chars().count() > MAX_NAME {
                let message = format!("must have at most {MAX_NAME} characters");
                faults.push(Fault::beyond(format!("{field}.name"), message, MAX_NAME));
            }
            faults.extend(of_spans(&format!("{field}.spans"), &holiday.spans));
        }
        faults
    }
}

fn of_spans(field: &str, spans: &[Span]) -> Vec<Fault> {
    if spans.len() > MAX_SPANS {
        let message = format!("must have at most {MAX_SPANS} spans");
        return vec![Fault::beyond(field.to_owned(), message, MAX_SPANS)];
    }
    let mut faults = Vec::new();
    for (place, span) in spans.iter().enumerate() {
        if span.start == TimeOfDay::DAY {
            let message = "must be before 24:00; use 00:00 of the next day";
            faults.push(Fault::new(format!("{field}[{place}].start"), message));
        }
        let overlaps = |other: &Span| {
            span.start.minutes() < other.end_minutes() && other.start.minutes() < span.end_minutes()
        };
        if let Some(other) = spans[..place].iter().position(overlaps) {
            let message = format!("overlaps {field}[{other}]; make them one span");
            faults.push(Fault::new(format!("{field}[{place}]"), message));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Holiday, Week};

    fn span(start: &str, end: &str) -> Span {
        Span {
            start: start.parse().unwrap(),
            end: end.parse().unwrap(),
        }
    }

    fn named(hours: &Hours) -> Vec<(String, String)> {
        let faults = hours.faults().into_iter();
        faults.map(|fault| (fault.field, fault.message)).collect()
    }

    #[test]
    fn each_fault_names_its_field() {
        let hours = Hours {
            week: Some(Week {
                mon: vec![
                    span("09:00", "12:00"),
                    span("11:59", "13:00"),
                    span("13:00", "14:00"),
                ],
                // The night span of a day overlaps an afternoon of the same day.
                fri: vec![
                    span("22:00", "02:00"),
                    span("23:30", "24:00"),
                    span("24:00", "02:00"),
                ],
                ..Week::default()
            }),
            holidays: vec![
                holiday(2026, false),
                holiday(2027, true),
                holiday(2028, true),
                Holiday {
                    name: "x".repeat(101),
                    spans: vec![span("09:00", "10:00"); 11],
                    ..holiday(2029, false)
                },
            ],
        };
        let found = named(&hours);
        let fields: Vec<&str> = found.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "week.mon[1]",
                "week.fri[1]",
                "week.fri[2].start",
                "week.fri[2]",
                "holidays[2].date",
                "holidays[3].name",
                "holidays[3].spans",
            ]
        );
        assert_eq!(found[0].1, "overlaps week.mon[0]; make them one span");
    }

    fn holiday(year: i32, yearly: bool) -> Holiday {
        Holiday {
            date: chrono::NaiveDate::from_ymd_opt(year, 12, 25).unwrap(),
            yearly,
            name: String::new(),
            spans: Vec::new(),
        }
    }

    #[test]
    fn spans_that_touch_and_whole_days_are_fine() {
        let hours = Hours {
            week: Some(Week {
                mon: vec![span("12:00", "24:00"), span("00:00", "12:00")],
                tue: vec![span("00:00", "00:00")],
                ..Week::default()
            }),
            holidays: vec![holiday(2026, false), holiday(2027, false), holiday(2026, true)],
        };
        assert_eq!(named(&hours), []);
        let many = Hours {
            holidays: (0..201).map(|year| holiday(2000 + year, false)).collect(),
            ..Hours::default()
        };
        assert_eq!(many.faults()[0].limit, Some(MAX_HOLIDAYS));
    }
}
