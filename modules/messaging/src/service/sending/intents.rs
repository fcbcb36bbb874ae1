//! How many messages the next intent covers: half a second's worth at the rate at which messages really leave. Fewer would cost
//! a commit for every handful; more would be in doubt should this process die.

use std::time::Duration;

use tokio::time::Instant;

/// Messages of one intent, from and to: these are in doubt should this process die.
const INTENT: std::ops::RangeInclusive<usize> = 5..=300;
/// Seconds of sending that an intent covers.
const WORTH: f64 = 0.5;
/// A rate is measured over at least this long.
const SHORTEST: Duration = Duration::from_millis(50);

/// The intents of one run.
#[derive(Debug)]
pub(super) struct Intents {
    size: usize,
    sent: usize,
    last: Option<Instant>,
}

impl Intents {
    /// For a number with this many messages a second: begins with a tenth of a second's worth.
    pub(super) fn new(per_second: u32) -> Self {
        Self {
            size: clamped(f64::from(per_second) / 10.0),
            sent: 0,
            last: None,
        }
    }

    /// Whether another one is due while `unsent` messages of the earlier ones are not sent.
    pub(super) fn wants_more(&self, unsent: usize) -> bool {
        unsent <= self.size / 3
    }

    /// How many messages it covers then.
    pub(super) fn size(&self, unsent: usize) -> usize {
        self.size.saturating_sub(unsent).max(1)
    }

    /// At how many unsent messages another one is due; none when no more are to come.
    pub(super) fn low(&self, goes_on: bool) -> Option<usize> {
        goes_on.then_some(self.size / 3)
    }

    /// One was committed when the run had sent `sent` messages.
    pub(super) fn made(&mut self, sent: usize, now: Instant) {
        let Some(last) = self.last else {
            (self.sent, self.last) = (sent, Some(now));
            return;
        };
        let took = now.saturating_duration_since(last);
        if took < SHORTEST {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let a_second = (sent - self.sent) as f64 / took.as_secs_f64();
        // Grows at once, shrinks slowly: a pause of the database does not mean that the number is slow.
        let worth = clamped(a_second * WORTH);
        self.size = worth.max(self.size * 3 / 4);
        (self.sent, self.last) = (sent, Some(now));
    }
}

fn clamped(messages: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few hundred at most"
    )]
    let messages = messages.clamp(0.0, 10_000.0) as usize;
    messages.clamp(*INTENT.start(), *INTENT.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_covers_half_a_second_at_the_real_rate() {
        let mut intents = Intents::new(1_000);
        assert_eq!(intents.size(0), 100);
        assert!(intents.wants_more(33) && !intents.wants_more(34));
        let start = Instant::now();
        intents.made(0, start);
        intents.made(250, start + Duration::from_millis(250));
        assert_eq!(intents.size(0), 300);
        assert_eq!(intents.size(100), 200);
        // Ten a second from now on.
        for n in 1..20_u32 {
            intents.made(
                250 + n as usize * 10,
                start + Duration::from_millis(250) + Duration::from_secs(1) * n,
            );
        }
        assert_eq!(intents.size(0), *INTENT.start());
        assert_eq!(intents.low(true), Some(1));
        assert_eq!(intents.low(false), None);
    }
}
