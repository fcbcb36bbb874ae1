//! WhatsApp's times.

use chrono::{DateTime, Utc};
use kernel::clock::instant;

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
    }
}
