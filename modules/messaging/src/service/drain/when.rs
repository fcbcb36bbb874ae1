//! WhatsApp's times.

use chrono::{DateTime, Utc};

/// A time that WhatsApp tells in whole seconds of the Unix epoch; `now` where it tells none, and never later than that: a clock
/// that is ahead must not keep a window open, or count as the newest, for years (Cloud API: webhooks – transport).
pub(super) fn told_at(seconds: Option<i64>, now: DateTime<Utc>) -> DateTime<Utc> {
    let told = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    told.unwrap_or(now).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_future_and_nothing_are_now() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
        let now = at(1_790_000_000);
        assert_eq!(told_at(Some(1_789_999_999), now), at(1_789_999_999));
        for other in [Some(1_790_000_001), Some(i64::MAX), None] {
            assert_eq!(told_at(other, now), now);
        }
    }
}
