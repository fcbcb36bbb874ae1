//! The pair limit: a number may write to the same person once in six seconds, and up to 45 times at once on credit
//! (Cloud API: pair limit). Kept in this process only, to avoid refusals: WhatsApp decides.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use contracts::{channels::ChannelId, contacts::ContactId};
use tokio::time::Instant;

/// One message in this time, in the long run.
const EACH: Duration = Duration::from_secs(6);
/// So many at once after a rest.
const BURST: u32 = 45;
/// Pairs remembered at most; those that may send at once are forgotten first.
const PAIRS: usize = 100_000;

/// When each pair has its full credit again: the generic cell rate algorithm, one instant per pair.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    rested_at: Mutex<HashMap<(ChannelId, ContactId), Instant>>,
}

impl Pairs {
    /// Counts one message.
    ///
    /// # Errors
    /// How long until the pair may have another; nothing was counted then.
    pub(super) fn take(&self, channel: ChannelId, contact: ContactId, now: Instant) -> Result<(), Duration> {
        let mut pairs = self
            .rested_at
            .lock()
            .expect("no code panics while it holds this lock");
        if pairs.len() >= PAIRS {
            pairs.retain(|_, at| *at > now);
            if pairs.len() >= PAIRS {
                // So many busy pairs cannot be remembered: WhatsApp refuses what is too much.
                return Ok(());
            }
        }
        let rested_at = pairs.entry((channel, contact)).or_insert(now);
        let next = (*rested_at).max(now) + EACH;
        let over = next.saturating_duration_since(now + EACH * BURST);
        if over > Duration::ZERO {
            return Err(over);
        }
        *rested_at = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::Clock;

    use super::*;

    #[test]
    fn a_burst_is_borrowed_from_the_future() {
        let clock = Clock::system();
        let pairs = Pairs::default();
        let (channel, ana, ben) = (clock.new_id(), clock.new_id(), clock.new_id());
        let now = Instant::now();
        for _ in 0..45 {
            assert_eq!(pairs.take(channel, ana, now), Ok(()));
        }
        assert_eq!(pairs.take(channel, ana, now), Err(EACH));
        assert_eq!(
            pairs.take(channel, ben, now),
            Ok(()),
            "another person is another pair"
        );
        assert_eq!(pairs.take(channel, ana, now + EACH), Ok(()));
        assert!(pairs.take(channel, ana, now + EACH).is_err());
    }
}
