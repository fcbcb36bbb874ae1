//! Places at which a test may let a process die, stop, wait or fail: [`failpoint!`](crate::failpoint).
//!
//! Builds with debug assertions have them, and builds with the feature `failpoints`; in every other build the macro expands
//! to nothing. A process is told by its environment:
//!
//! ```text
//! FAILPOINTS="send.answered=kill@37; drain.committed=delay(500)@*; job.started=stop"
//! ```
//!
//! | Action | What happens at the point |
//! | --- | --- |
//! | `kill` | SIGKILL to the process itself: no shutdown, no flush |
//! | `stop` | SIGSTOP to the process itself; the test that watches it sends SIGCONT |
//! | `panic` | a panic |
//! | `delay(MS)` | so many milliseconds, at most [`LONGEST_DELAY`] |
//! | `error` | a lost contention (503) where the point can fail, nothing where it cannot |
//!
//! `@N` is the N-th time the point is passed (from 1, the default), `@*` every time.

use std::{
    collections::HashMap,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{Error, Result};

/// The environment variable that says what happens where.
pub const VARIABLE: &str = "FAILPOINTS";
/// The longest `delay`, in milliseconds.
pub const LONGEST_DELAY: u64 = 600_000;

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Kill,
    Stop,
    Panic,
    Delay(Duration),
    Error,
}

#[derive(Debug)]
struct Point {
    action: Action,
    /// The passage that acts; none for all.
    passage: Option<u64>,
    passed: AtomicU64,
}

/// What this process was told, read once.
#[derive(Debug, Default)]
struct Plan(HashMap<String, Point>);

fn plan() -> &'static Plan {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    PLAN.get_or_init(|| {
        let told = std::env::var(VARIABLE).unwrap_or_default();
        Plan::parse(&told).unwrap_or_else(|wrong| panic!("{VARIABLE}: {wrong}"))
    })
}

/// Reads the plan now, so that a mistake in it is told at the start. Whether there is any point in it.
///
/// # Panics
/// When the plan cannot be read.
pub fn armed() -> bool {
    !plan().0.is_empty()
}

/// What the macro expands to. Answers an error only for the action `error`.
///
/// # Errors
/// 503, if the plan says so.
///
/// # Panics
/// If the plan says so.
pub async fn pass(name: &str) -> Result<()> {
    let Some(action) = plan().action(name) else {
        return Ok(());
    };
    match action {
        Action::Kill => signal(rustix::process::Signal::KILL),
        Action::Stop => signal(rustix::process::Signal::STOP),
        Action::Panic => panic!("the failpoint {name}"),
        Action::Delay(delay) => tokio::time::sleep(delay).await,
        Action::Error => return Err(Error::contention()),
    }
    Ok(())
}

fn signal(signal: rustix::process::Signal) {
    let sent = rustix::process::kill_process(rustix::process::getpid(), signal);
    debug_assert!(sent.is_ok(), "a process may always signal itself");
}

impl Plan {
    fn parse(told: &str) -> std::result::Result<Self, String> {
        let parts = told.split(';').map(str::trim).filter(|part| !part.is_empty());
        let points = parts.map(|part| {
            let (name, what) = part
                .split_once('=')
                .ok_or_else(|| format!("`{part}` is not `name=action`"))?;
            Ok((name.trim().to_owned(), Point::parse(what.trim())?))
        });
        Ok(Self(points.collect::<std::result::Result<_, String>>()?))
    }

    fn action(&self, name: &str) -> Option<Action> {
        let point = self.0.get(name)?;
        let passage = point.passed.fetch_add(1, Ordering::SeqCst) + 1;
        (point.passage.is_none_or(|wanted| wanted == passage)).then_some(point.action)
    }
}

impl Point {
    fn parse(what: &str) -> std::result::Result<Self, String> {
        let (action, passage) = what.split_once('@').unwrap_or((what, "1"));
        let passage = match passage.trim() {
            "*" => None,
            number => match number.parse() {
                Ok(number) if number > 0 => Some(number),
                _ => return Err(format!("`@{number}` is neither a count from 1 nor `*`")),
            },
        };
        let action = match action.trim() {
            "kill" => Action::Kill,
            "stop" => Action::Stop,
            "panic" => Action::Panic,
            "error" => Action::Error,
            other => match other
                .strip_prefix("delay(")
                .and_then(|rest| rest.strip_suffix(')'))
            {
                Some(ms) => match ms.parse() {
                    Ok(ms) if ms <= LONGEST_DELAY => Action::Delay(Duration::from_millis(ms)),
                    _ => return Err(format!("delay({ms}): 0 to {LONGEST_DELAY} milliseconds")),
                },
                None => return Err(format!("`{other}` is not kill, stop, panic, error or delay(MS)")),
            },
        };
        Ok(Self {
            action,
            passage,
            passed: AtomicU64::new(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wanted_passage_acts_and_no_other() {
        let plan = Plan::parse(" a.b = kill@3 ; c=delay(20)@*; d=error;").unwrap();
        let acts: Vec<bool> = (0..5).map(|_| plan.action("a.b").is_some()).collect();
        assert_eq!(acts, [false, false, true, false, false]);
        assert_eq!(plan.action("c"), Some(Action::Delay(Duration::from_millis(20))));
        assert_eq!(plan.action("c"), Some(Action::Delay(Duration::from_millis(20))));
        assert_eq!((plan.action("d"), plan.action("d")), (Some(Action::Error), None));
        assert_eq!(plan.action("unheard.of"), None);
    }

    #[test]
    fn a_plan_with_a_mistake_is_refused() {
        for wrong in [
            "a",
            "a=boom",
            "a=kill@0",
            "a=kill@x",
            "a=delay(x)",
            "a=delay(600001)",
        ] {
            assert!(Plan::parse(wrong).is_err(), "{wrong}");
        }
    }
}
