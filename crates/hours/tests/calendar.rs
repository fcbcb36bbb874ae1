//! Opening hours in real places: clock changes, nights, holidays.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use hours::{Calendar, Holiday, Hours, Span, State, Tz, Week};
use proptest::prelude::*;

fn span((start, end): (&str, &str)) -> Span {
    Span {
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
    }
}

fn spans(of: &[(&str, &str)]) -> Vec<Span> {
    of.iter().copied().map(span).collect()
}

fn calendar(zone: &str, week: Week, holidays: Vec<Holiday>) -> Calendar {
    let hours = Hours {
        week: Some(week),
        holidays,
    };
    assert_eq!(hours.faults(), []);
    Calendar::new(zone.parse().unwrap(), hours)
}

/// 9 to 5 from Monday to Friday.
fn office() -> Week {
    let day = spans(&[("09:00", "17:00")]);
    Week {
        mon: day.clone(),
        tue: day.clone(),
        wed: day.clone(),
        thu: day.clone(),
        fri: day,
        ..Week::default()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn holiday(date: &str, yearly: bool, of: &[(&str, &str)]) -> Holiday {
    Holiday {
        date: date.parse().unwrap(),
        yearly,
        name: String::new(),
        spans: spans(of),
    }
}

/// Each instant with whether it is open then.
fn assert_open(calendar: &Calendar, wanted: &[(&str, bool)]) {
    for (instant, open) in wanted {
        assert_eq!(
            calendar.is_open(at(instant)),
            *open,
            "{} {instant}",
            calendar.zone()
        );
    }
}

fn assert_next(calendar: &Calendar, from: &str, next: &str) {
    assert_eq!(
        calendar.next_change(at(from)),
        Some(at(next)),
        "{} after {from}",
        calendar.zone()
    );
}

#[test]
fn the_start_is_open_and_the_end_is_not() {
    let london = calendar("Europe/London", office(), vec![]);
    // The same wall clock in winter and in summer.
    assert_open(
        &london,
        &[
            ("2026-01-12T08:59:59Z", false),
            ("2026-01-12T09:00:00Z", true),
            ("2026-01-12T16:59:59.999999Z", true),
            ("2026-01-12T17:00:00Z", false),
            ("2026-08-03T07:59:59Z", false),
            ("2026-08-03T08:00:00Z", true),
            ("2026-08-03T16:00:00Z", false),
        ],
    );
    assert_next(&london, "2026-01-12T09:00:00Z", "2026-01-12T17:00:00Z");
    assert_next(&london, "2026-01-09T17:00:00Z", "2026-01-12T09:00:00Z");
    assert_next(&london, "2026-03-27T17:00:00Z", "2026-03-30T08:00:00Z");
}

#[test]
fn offsets_come_from_the_place_and_the_date() {
    for (zone, wanted) in [
        (
            "Asia/Kathmandu",
            [("2026-05-04T03:14:59Z", false), ("2026-05-04T03:15:00Z", true)],
        ),
        (
            "America/Mexico_City",
            [("2026-08-03T14:59:00Z", false), ("2026-08-03T15:00:00Z", true)],
        ),
        // Two weeks after New York's clocks went forward, London's had not yet.
        (
            "America/New_York",
            [("2026-03-18T12:59:00Z", false), ("2026-03-18T13:00:00Z", true)],
        ),
        // Ramadan at +00, the rest of the year at +01.
        (
            "Africa/Casablanca",
            [("2026-03-03T08:59:00Z", false), ("2026-04-01T08:00:00Z", true)],
        ),
        (
            "Pacific/Chatham",
            [("2026-07-12T20:14:00Z", false), ("2026-07-12T20:15:00Z", true)],
        ),
    ] {
        assert_open(&calendar(zone, office(), vec![]), &wanted);
    }
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    let bar = Week {
        sat: spans(&[("21:30", "03:00")]),
        ..Week::default()
    };
    let madrid = calendar("Europe/Madrid", bar, vec![]);
    assert_open(
        &madrid,
        &[
            ("2026-02-07T01:00:00Z", false),
            ("2026-02-07T20:30:00Z", true),
            ("2026-02-08T01:59:59Z", true),
            ("2026-02-08T02:00:00Z", false),
            ("2026-02-08T20:30:00Z", false),
        ],
    );
    // On the night on which the clock goes from 02:00 to 03:00 it closes an hour of real time earlier.
    assert_next(&madrid, "2026-03-28T20:30:00Z", "2026-03-29T01:00:00Z");
    // On the night on which 02:00 to 03:00 happens twice, an hour later.
    assert_next(&madrid, "2026-10-24T19:30:00Z", "2026-10-25T02:00:00Z");
}

#[test]
fn a_time_that_is_skipped_is_lost_and_one_that_happens_twice_counts_twice() {
    let early = Week {
        sun: spans(&[("01:00", "01:30")]),
        ..Week::default()
    };
    let london = calendar("Europe/London", early, vec![]);
    // 29 March has no 01:00 to 02:00.
    assert_next(&london, "2026-03-22T01:30:00Z", "2026-04-05T00:00:00Z");
    // 25 October has it twice.
    assert_next(&london, "2026-10-24T12:00:00Z", "2026-10-25T00:00:00Z");
    assert_next(&london, "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z");
    assert_next(&london, "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z");
    assert_next(&london, "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z");
    // What lies around a gap opens and closes at the clock change itself.
    let around = |of| Week {
        sun: spans(&[of]),
        ..Week::default()
    };
    let opens = calendar("Europe/London", around(("01:15", "05:00")), vec![]);
    assert_next(&opens, "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z");
    let closes = calendar("Europe/London", around(("00:30", "01:15")), vec![]);
    assert_next(&closes, "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z");
}

#[test]
fn a_clock_change_at_midnight_moves_the_end_of_the_day() {
    // Cairo goes back from Friday 00:00 to Thursday 23:00.
    let evening = Week {
        thu: spans(&[("22:00", "24:00")]),
        ..Week::default()
    };
    let cairo = calendar("Africa/Cairo", evening, vec![]);
    assert_next(&cairo, "2026-10-29T19:00:00Z", "2026-10-29T22:00:00Z");
    let state = cairo.state(at("2026-10-29T21:10:00Z"));
    assert_eq!(
        state,
        State {
            open: true,
            since: Some(at("2026-10-29T19:00:00Z")),
            until: Some(at("2026-10-29T22:00:00Z")),
        }
    );
    // Beirut skips the first hour of Sunday 29 March.
    let first_hour = Week {
        sun: spans(&[("00:00", "00:45")]),
        ..Week::default()
    };
    let beirut = calendar("Asia/Beirut", first_hour, vec![]);
    assert_next(&beirut, "2026-03-28T12:00:00Z", "2026-04-04T21:00:00Z");
    // Samoa had no 30 December 2011, a Friday.
    let fridays = Week {
        fri: spans(&[("09:00", "17:00")]),
        ..Week::default()
    };
    let apia = calendar("Pacific/Apia", fridays, vec![]);
    assert_next(&apia, "2011-12-24T12:00:00Z", "2012-01-05T19:00:00Z");
}

#[test]
fn a_holiday_replaces_what_begins_on_its_date() {
    let holidays = vec![
        holiday("2026-12-24", false, &[("09:00", "12:00")]),
        holiday("2020-12-25", true, &[]),
        // A Saturday that is open this once; a yearly rest for the same date does not count then.
        holiday("2026-12-19", false, &[("10:00", "14:00")]),
        holiday("2020-12-19", true, &[]),
    ];
    let london = calendar("Europe/London", office(), holidays.clone());
    assert_next(&london, "2026-12-24T08:00:00Z", "2026-12-24T09:00:00Z");
    assert_next(&london, "2026-12-24T09:00:00Z", "2026-12-24T12:00:00Z");
    assert_next(&london, "2026-12-24T12:00:00Z", "2026-12-28T09:00:00Z");
    assert_open(
        &london,
        &[
            ("2026-12-19T10:00:00Z", true),
            ("2026-12-20T10:00:00Z", false),
            // Yearly: a Friday in 2026, a Wednesday in 2030.
            ("2026-12-25T10:00:00Z", false),
            ("2030-12-25T10:00:00Z", false),
            ("2030-12-24T15:00:00Z", true),
        ],
    );
    // The date is the place's: in Auckland 25 December begins at 11:00 UTC of the 24th.
    let auckland = calendar("Pacific/Auckland", office(), holidays);
    assert_open(
        &auckland,
        &[("2026-12-24T21:00:00Z", false), ("2026-12-23T21:00:00Z", true)],
    );
    // What began the day before goes on into the holiday.
    let nights = Week {
        thu: spans(&[("22:00", "04:00")]),
        fri: spans(&[("22:00", "04:00")]),
        ..Week::default()
    };
    let closed = vec![holiday("2026-12-25", false, &[])];
    let berlin = calendar("Europe/Berlin", nights, closed);
    assert_open(
        &berlin,
        &[
            ("2026-12-25T02:59:00Z", true),
            ("2026-12-25T03:00:00Z", false),
            ("2026-12-25T21:30:00Z", false),
        ],
    );
}

#[test]
fn without_a_week_it_is_always_open_and_with_an_empty_one_never() {
    let zone: Tz = "Asia/Dubai".parse().unwrap();
    let always = Calendar::new(zone, Hours::default());
    let (open, never) = (at("2026-06-01T00:00:00Z"), Some(Week::default()));
    let state = |open| State {
        open,
        since: None,
        until: None,
    };
    assert_eq!(always.state(open), state(true));
    let rarely = |week, holidays| Calendar::new(zone, Hours { week, holidays });
    assert_eq!(rarely(never.clone(), vec![]).state(open), state(false));
    // One day off in a year that is always open.
    let off = rarely(None, vec![holiday("2026-12-02", false, &[])]);
    assert_next(&off, "2026-06-01T00:00:00Z", "2026-12-01T20:00:00Z");
    assert_next(&off, "2026-12-01T20:00:00Z", "2026-12-02T20:00:00Z");
    // 29 February, with eight years between 2096 and 2104.
    let leap = rarely(never, vec![holiday("2096-02-29", true, &[("10:00", "11:00")])]);
    assert_next(&leap, "2096-03-01T00:00:00Z", "2104-02-29T06:00:00Z");
    assert_eq!(
        leap.last_change(at("2104-02-29T05:00:00Z")),
        Some(at("2096-02-29T07:00:00Z"))
    );
}

#[test]
fn the_end_of_a_day_is_not_the_end_of_what_goes_on() {
    let week = Week {
        mon: spans(&[("08:00", "24:00")]),
        tue: spans(&[("00:00", "00:00")]),
        wed: spans(&[("00:00", "06:00"), ("06:00", "07:00")]),
        thu: spans(&[("00:00", "23:59")]),
        ..Week::default()
    };
    let utc = calendar("UTC", week, vec![]);
    assert_next(&utc, "2026-03-02T08:00:00Z", "2026-03-04T07:00:00Z");
    assert_eq!(
        utc.last_change(at("2026-03-04T06:59:00Z")),
        Some(at("2026-03-02T08:00:00Z"))
    );
    assert_next(&utc, "2026-03-05T12:00:00Z", "2026-03-05T23:59:00Z");
}

#[test]
fn hours_are_kept_as_they_were_written() {
    let text = r#"{"week":{"mon":[{"start":"09:00","end":"24:00"}],"tue":[],"wed":[],"thu":[],"fri":[],"sat":[],"sun":[]},"holidays":[{"date":"2026-12-25","yearly":true,"name":"Christmas","spans":[]}]}"#;
    let hours: Hours = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&hours).unwrap(), text);
    assert!(serde_json::from_str::<Hours>(&text.replace("09:00", "9")).is_err());
}

/// Places with every kind of clock change: by an hour, by half an hour, at midnight, with negative summer time, none.
const ZONES: [&str; 10] = [
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Santiago",
    "Pacific/Apia",
    "America/Nuuk",
];

prop_compose! {
    fn any_span()(start in 0_u16..1440, length in prop_oneof![1_u16..180, 1_u16..=1440]) -> (u16, u16) {
        (start, start + length)
    }
}

/// Spans of a day, as minutes; those that overlap another are left out.
fn day(of: &[(u16, u16)]) -> Vec<Span> {
    let time = |minutes: u16| hours::TimeOfDay::from_minutes(minutes).unwrap();
    let mut kept: Vec<(u16, u16)> = Vec::new();
    for (start, end) in of {
        if kept.iter().all(|(from, to)| end <= from || start >= to) {
            kept.push((*start, *end));
        }
    }
    let kept = kept.into_iter().map(|(start, end)| Span {
        start: time(start),
        end: time(if end > 1440 { end - 1440 } else { end }),
    });
    kept.collect()
}

prop_compose! {
    fn any_week()(days in prop::collection::vec(prop::collection::vec(any_span(), 0..3), 7)) -> Week {
        let mut days = days.iter().map(|of| day(of));
        let mut next = || days.next().unwrap();
        Week { mon: next(), tue: next(), wed: next(), thu: next(), fri: next(), sat: next(), sun: next() }
    }
}

prop_compose! {
    fn any_calendar()(
        zone in prop::sample::select(&ZONES[..]),
        week in prop::option::weighted(0.9, any_week()),
        holidays in prop::collection::vec((0_i64..14, any::<bool>(), prop::collection::vec(any_span(), 0..2)), 0..3),
        start in start(),
    ) -> (Calendar, DateTime<Utc>) {
        let mut kept: Vec<Holiday> = Vec::new();
        for (after, yearly, spans) in holidays {
            let date: NaiveDate = start.date_naive() + TimeDelta::days(after);
            if kept.iter().all(|other| other.date != date) {
                kept.push(Holiday { date, yearly, name: String::new(), spans: day(&spans) });
            }
        }
        let hours = Hours { week, holidays: kept };
        assert_eq!(hours.faults(), []);
        (Calendar::new(zone.parse().unwrap(), hours), start)
    }
}

/// Mostly days before a clock change of one of [`ZONES`].
fn start() -> impl Strategy<Value = DateTime<Utc>> {
    let changes = [
        "2026-02-12",
        "2026-03-06",
        "2026-03-20",
        "2026-03-26",
        "2026-04-02",
        "2026-04-22",
        "2026-09-03",
        "2026-10-01",
        "2026-10-22",
        "2026-10-28",
        "2011-12-27",
    ];
    let near = (prop::sample::select(changes.to_vec()), 0_i64..3 * 1440)
        .prop_map(|(day, minutes)| at(&format!("{day}T00:00:00Z")) + TimeDelta::minutes(minutes));
    let anywhere =
        (0_i64..1440 * 365 * 20).prop_map(|minutes| at("2015-01-01T00:00:00Z") + TimeDelta::minutes(minutes));
    prop_oneof![4 => near, 1 => anywhere]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Against a walk through every minute.
    #[test]
    fn the_next_change_is_the_first_minute_that_differs((calendar, start) in any_calendar()) {
        let minute = |n: i64| start + TimeDelta::minutes(n);
        let now = calendar.is_open(start);
        let walked = (1..7 * 1440).map(minute).find(|instant| calendar.is_open(*instant) != now);
        let found = calendar.next_change(start);
        match walked {
            Some(instant) => prop_assert_eq!(found, Some(instant)),
            None => prop_assert!(found.is_none_or(|instant| instant >= minute(7 * 1440))),
        }
        let back = (0..7 * 1440).map(|n| minute(-n)).find(|instant| calendar.is_open(*instant - TimeDelta::minutes(1)) != now);
        let since = calendar.last_change(start);
        match back {
            Some(instant) => prop_assert_eq!(since, Some(instant)),
            None => prop_assert!(since.is_none_or(|instant| instant <= minute(-7 * 1440))),
        }
    }

    /// Whatever is between two changes is alike, and each change turns it over.
    #[test]
    fn changes_alternate_and_lead_back((calendar, start) in any_calendar()) {
        let mut from = start;
        for _ in 0..5 {
            let Some(next) = calendar.next_change(from) else { break };
            prop_assert!(next > from);
            prop_assert_ne!(calendar.is_open(from), calendar.is_open(next));
            prop_assert_eq!(calendar.is_open(next - TimeDelta::microseconds(1)), calendar.is_open(from));
            prop_assert_eq!(calendar.last_change(next), Some(next));
            from = next;
        }
    }
}
