//! Time and time-ordered ids, as values: nothing in the house asks the operating system behind a caller's back.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

use crate::id::Id;

/// The last second that every database can hold, the end of the year 9999.
const LAST: i64 = 253_402_300_799;

/// An instant told in whole seconds of the Unix epoch; none for what is before the epoch or beyond the year 9999, which no
/// database holds.
pub fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).filter(|_| (0..=LAST).contains(&seconds))
}

/// Where the time comes from. Cloning shares the source.
#[derive(Clone)]
pub struct Clock {
    source: Source,
    // Shared, so that two ids made in the same millisecond by one process still sort in the order they were made.
    order: Arc<Mutex<ContextV7>>,
}

#[derive(Clone)]
enum Source {
    // Microseconds by which the machine's clock is corrected.
    System(Arc<AtomicI64>),
    Manual(Arc<AtomicI64>),
    Shifted(Arc<AtomicI64>),
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self {
            source: Source::System(Arc::default()),
            order: Arc::default(),
        }
    }

    /// A clock that stands still until [`ManualClock::advance`] moves it.
    pub fn manual(start: DateTime<Utc>) -> (Self, ManualClock) {
        let micros = Arc::new(AtomicI64::new(start.timestamp_micros()));
        (
            Self {
                source: Source::Manual(micros.clone()),
                order: Arc::default(),
            },
            ManualClock { micros },
        )
    }

    /// The machine's clock, which [`ManualClock::advance`] can push ahead: for tests in which real waiting goes on.
    pub fn shifted() -> (Self, ManualClock) {
        let micros = Arc::new(AtomicI64::new(0));
        (
            Self {
                source: Source::Shifted(micros.clone()),
                order: Arc::default(),
            },
            ManualClock { micros },
        )
    }

    /// Sets the machine's clock right by `true_now`, which the database told just now: the processes of a deployment must
    /// agree on when a lease ends, however wrong their machines' clocks are. Clocks of tests are left alone.
    pub fn correct(&self, true_now: DateTime<Utc>) {
        if let Source::System(by) = &self.source {
            by.store(
                (true_now - Utc::now()).num_microseconds().unwrap_or(0),
                Ordering::Relaxed,
            );
        }
    }

    /// Now, cut to microseconds: MySQL keeps six digits, and what was returned must equal what is read back.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.source {
            Source::System(by) => Utc::now().timestamp_micros() + by.load(Ordering::Relaxed),
            Source::Manual(micros) => micros.load(Ordering::SeqCst),
            Source::Shifted(by) => Utc::now().timestamp_micros() + by.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).expect("microseconds of this clock lie within chrono's range")
    }

    /// A new time-ordered UUID (version 7).
    pub fn new_uuid(&self) -> Uuid {
        let now = self.now();
        let order = self
            .order
            .lock()
            .expect("no code panics while it holds this lock");
        let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
        Uuid::new_v7(Timestamp::from_unix(
            &*order,
            seconds,
            now.timestamp_subsec_nanos(),
        ))
    }

    /// A new time-ordered id of the wanted type.
    pub fn new_id<I: Id>(&self) -> I {
        I::from_uuid(self.new_uuid())
    }
}

/// The hand on a [`Clock::manual`] or [`Clock::shifted`].
#[derive(Clone, Debug)]
pub struct ManualClock {
    micros: Arc<AtomicI64>,
}

impl ManualClock {
    /// Moves the clock forward.
    pub fn advance(&self, by: TimeDelta) {
        self.micros
            .fetch_add(by.num_microseconds().unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_they_were_made_even_when_time_stands_still() {
        let (clock, hand) = Clock::manual(DateTime::from_timestamp(1_790_000_000, 0).unwrap());
        let mut made: Vec<Uuid> = (0..500).map(|_| clock.new_uuid()).collect();
        hand.advance(TimeDelta::milliseconds(1));
        made.push(clock.new_uuid());
        let mut sorted = made.clone();
        sorted.sort();
        assert_eq!(made, sorted);
    }

    #[test]
    fn an_instant_is_one_that_every_database_holds() {
        let told = |seconds| instant(seconds).map(|at| at.to_rfc3339());
        assert_eq!(told(LAST).as_deref(), Some("9999-12-31T23:59:59+00:00"));
        for other in [LAST + 1, -1, i64::MAX, i64::MIN] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn now_has_no_nanoseconds() {
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
