//! WhatsApp's times.

use chrono::{DateTime, Utc};

/// The last second that every database can hold, the end of the year 9999.
const LAST: i64 = 253_402_300_799;

/// An instant that WhatsApp tells in whole seconds of the Unix epoch; none for what is before the epoch or beyond the year 9999,
/// which no database holds.
pub(super) fn instant(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).filter(|_| (0..=LAST).contains(&seconds))
}

/// A time that WhatsApp tells; `now` where it tells none that can be, and never later than that: a clock that is ahead must not
/// keep a window open, or count as the newest, for years (Cloud API: webhooks – transport).
pub(super) fn told_at(seconds: Option<i64>, now: DateTime<Utc>) -> DateTime<Utc> {
    seconds.and_then(instant).unwrap_or(now).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_future_the_impossible_and_nothing_are_now() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let now = at(1_790_000_000);
        assert_eq!(told_at(Some(1_789_999_999), now), at(1_789_999_999));
        for other in [
            Some(1_790_000_001),
            Some(i64::MAX),
            Some(i64::MIN),
            Some(-1),
            None,
        ] {
            assert_eq!(told_at(other, now), now);
        }
        assert_eq!(
            instant(LAST).map(|it| it.to_rfc3339()).as_deref(),
            Some("9999-12-31T23:59:59+00:00")
        );
        assert_eq!(instant(LAST + 1), None);
    }
}
