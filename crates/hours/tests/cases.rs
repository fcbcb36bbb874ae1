//! Cases of opening hours, one per line: `{"id", "settings": {"timezone", "hours", "holidays", "away"}, "events": [{"at"}],
//! "expect": [{"replies"}]}`. An automatic reply `AWAY` is expected while the business is closed.
//!
//! `tests/cases.jsonl` is ours. `HOURS_CASES=<file>` runs another file of the same form and prints what differs and how many pass. Cases
//! without hours are passed over. With `"repeat": "every_message"` each message tells whether it is open; without `repeat` the first
//! message of each closed period is answered, so the period's beginning is checked too; with any other `repeat` only that nobody is told
//! `AWAY` while it is open.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{fs, path::Path};

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use hours::{Calendar, Holiday, Hours, Span, Week};
use serde_json::Value;

fn read(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a file of cases");
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).expect("a case is a line of JSON"))
        .collect()
}

fn spans(of: &Value) -> Vec<Span> {
    let pairs = of.as_array().map(Vec::as_slice).unwrap_or_default();
    let time = |value: &Value| value.as_str().unwrap().parse().unwrap();
    pairs
        .iter()
        .map(|pair| Span {
            start: time(&pair[0]),
            end: time(&pair[1]),
        })
        .collect()
}

fn holiday(of: &Value) -> Holiday {
    let date = of["date"].as_str().unwrap();
    // A day of every year may be written without one.
    let written: NaiveDate = match date.len() {
        5 => format!("2000-{date}").parse().unwrap(),
        _ => date.parse().unwrap(),
    };
    Holiday {
        date: written,
        yearly: of["yearly"].as_bool().unwrap_or_default(),
        name: String::new(),
        spans: spans(&of["hours"]),
    }
}

fn calendar(settings: &Value) -> Calendar {
    let week = settings["hours"].as_object().map(|hours| {
        let day = |name: &str| hours.get(name).map(spans).unwrap_or_default();
        Week {
            mon: day("mon"),
            tue: day("tue"),
            wed: day("wed"),
            thu: day("thu"),
            fri: day("fri"),
            sat: day("sat"),
            sun: day("sun"),
        }
    });
    let holidays = settings["holidays"].as_array();
    let hours = Hours {
        week,
        holidays: holidays
            .map(|all| all.iter().map(holiday).collect())
            .unwrap_or_default(),
    };
    assert_eq!(hours.faults(), []);
    Calendar::new(
        settings["timezone"].as_str().unwrap_or("UTC").parse().unwrap(),
        hours,
    )
}

/// The first minute of the next 20 days at which open and closed change, found by looking at each.
fn next_change_by_walking(calendar: &Calendar, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let open = calendar.is_open(at);
    let minute = at.with_second(0)?.with_nanosecond(0)?;
    let minutes = (1..20 * 24 * 60).map(|n| minute + TimeDelta::minutes(n));
    minutes.into_iter().find(|later| calendar.is_open(*later) != open)
}

/// What differs from the expectation, if anything.
fn check(case: &Value) -> Result<(), String> {
    let settings = &case["settings"];
    let calendar = calendar(settings);
    let repeat = &settings["away"]["repeat"];
    let mut told: Option<Option<DateTime<Utc>>> = None;
    let events = case["events"].as_array().unwrap();
    for (event, expected) in events.iter().zip(case["expect"].as_array().unwrap()) {
        let at: DateTime<Utc> = event["at"].as_str().unwrap().parse().unwrap();
        let away = expected["replies"]
            .as_array()
            .is_some_and(|all| all.iter().any(|reply| reply == "AWAY"));
        let state = calendar.state(at);
        if let Some(walked) = next_change_by_walking(&calendar, at)
            && state.until != Some(walked)
        {
            return Err(format!("at {at} it changes at {:?}, not {walked}", state.until));
        }
        let (open, since) = (state.open, state.since);
        if away && open {
            return Err(format!("at {at} it should be closed"));
        }
        // Reactions and the like are never answered.
        if !event["type"].is_null() {
            continue;
        }
        if repeat == "every_message" && !away && !open {
            return Err(format!("at {at} it should be open"));
        }
        if repeat.is_null() && (!open && told != Some(since)) != away {
            return Err(format!(
                "at {at} the closed period should {}have begun anew",
                if away { "" } else { "not " }
            ));
        }
        if away {
            told = Some(since);
        }
    }
    Ok(())
}

/// Those about hours; opting out comes before them.
fn is_about_hours(case: &Value) -> bool {
    let settings = &case["settings"];
    settings["opt_out"].is_null()
        && ["timezone", "hours", "holidays"]
            .iter()
            .any(|key| !settings[*key].is_null())
}

fn run(path: &Path) -> (usize, Vec<String>) {
    let cases: Vec<Value> = read(path).into_iter().filter(is_about_hours).collect();
    let differing = cases.iter().filter_map(|case| {
        let id = case["id"].as_str().unwrap_or("a case");
        check(case).err().map(|what| format!("{id}: {what}"))
    });
    (cases.len(), differing.collect())
}

#[test]
fn our_cases_pass() {
    let (cases, differing) = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases.jsonl"));
    assert!(cases >= 12, "only {cases} cases");
    assert_eq!(differing, Vec::<String>::new());
}

#[test]
fn cases_of_another_file_pass() {
    let Some(path) = std::env::var_os("HOURS_CASES") else {
        return;
    };
    let (cases, differing) = run(Path::new(&path));
    for line in &differing {
        println!("{line}");
    }
    println!("{} of {cases} cases pass", cases - differing.len());
    assert!(cases > 0, "no case of the file is about hours");
    assert_eq!(differing, Vec::<String>::new());
}
