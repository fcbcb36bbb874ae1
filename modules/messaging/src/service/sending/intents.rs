//! How many messages the next intent covers: half a second's worth at the pace at which they really go. Fewer would cost
//! a commit for every handful; more would be in doubt should this process die.

use std::time::Duration;

use tokio::time::Instant;

/// Messages of one intent: these are in doubt should this process die.
const INTENT: std::ops::RangeInclusive<usize> = 5..=300;
/// Of a second.
const WORTH: f64 = 0.5;
/// A pace measured over less says nothing.
const SHORTEST: Duration = Duration::from_millis(50);

/// The intents of one run.
#[derive(Debug)]
pub(super) struct Intents {
    size: usize,
    gone: usize,
    last: Option<Instant>,
}

impl Intents {
    /// Of a number with so many messages a second: begins with a tenth of a second's worth.
    pub(super) fn new(per_second: u32) -> Self {
        Self {
            size: clamped(f64::from(per_second) / 10.0),
            gone: 0,
            last: None,
        }
    }

    /// Whether another one is due when so many messages of the last ones still wait.
    pub(super) fn wants_more(&self, ashore: usize) -> bool {
        ashore <= self.size / 3
    }

    /// How many messages it covers then.
    pub(super) fn size(&self, ashore: usize) -> usize {
        self.size.saturating_sub(ashore).max(1)
    }

    /// At how few the run must look again; none when no more are to come.
    pub(super) fn low(&self, goes_on: bool) -> Option<usize> {
        goes_on.then_some(self.size / 3)
    }

    /// One was committed when `gone` messages had left in all.
    pub(super) fn made(&mut self, gone: usize, now: Instant) {
        let Some(last) = self.last else {
            (self.gone, self.last) = (gone, Some(now));
            return;
        };
        let took = now.saturating_duration_since(last);
        if took < SHORTEST {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let a_second = (gone - self.gone) as f64 / took.as_secs_f64();
        // Grows at once, shrinks slowly: a pause of the database is no pace.
        let worth = clamped(a_second * WORTH);
        self.size = worth.max(self.size * 3 / 4);
        (self.gone, self.last) = (gone, Some(now));
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
    fn an_intent_is_half_a_second_of_what_really_goes() {
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
