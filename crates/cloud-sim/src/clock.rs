//! Virtual time: it runs `speed` times as fast as the wall clock and can be advanced.

use serde::{Deserialize, Serialize};

/// Virtual time, anchored at a pair of real and virtual instants.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VirtualClock {
    virtual_ms: i64,
    real_ms: i64,
    speed: f64,
}

impl VirtualClock {
    /// Starts at `virtual_ms` when the wall clock shows `real_ms`.
    pub fn new(virtual_ms: i64, real_ms: i64, speed: f64) -> Self {
        Self {
            virtual_ms,
            real_ms,
            speed,
        }
    }

    /// Virtual Unix ms when the wall clock shows `real_ms`.
    pub fn now(&self, real_ms: i64) -> i64 {
        let passed = (real_ms - self.real_ms).max(0) as f64 * self.speed;
        self.virtual_ms + passed as i64
    }

    /// The clock after a restart: the downtime counts at normal speed at most, so that a world at normal speed continues with
    /// today's date and a fast one does not jump by months.
    pub fn resumed(&self, real_ms: i64) -> Self {
        let passed = (real_ms - self.real_ms).max(0) as f64 * self.speed.min(1.0);
        Self::new(self.virtual_ms + passed as i64, real_ms, self.speed)
    }

    /// Virtual seconds per real second.
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Real ms until virtual `due`; `None` when the clock is stopped.
    pub fn wait(&self, due: i64, real_ms: i64) -> Option<u64> {
        let left = (due - self.now(real_ms)).max(0);
        if left == 0 {
            return Some(0);
        }
        (self.speed > 0.0).then(|| (left as f64 / self.speed).ceil() as u64)
    }

    /// Moves the anchor, so that a change of speed does not change the past.
    pub fn set(&mut self, real_ms: i64, speed: Option<f64>, now: Option<i64>, advance_ms: i64) {
        let at = now.unwrap_or_else(|| self.now(real_ms)) + advance_ms.max(0);
        *self = Self::new(
            at,
            real_ms,
            speed
                .filter(|s| s.is_finite())
                .unwrap_or(self.speed)
                .clamp(0.0, 1e6),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_advances_and_resumes() {
        let mut clock = VirtualClock::new(1_000, 0, 10.0);
        assert_eq!(clock.now(5), 1_050);
        assert_eq!(clock.wait(1_100, 5), Some(5));
        clock.set(5, Some(0.0), None, 100);
        assert_eq!((clock.now(5), clock.now(500)), (1_150, 1_150));
        assert_eq!((clock.wait(1_151, 9), clock.wait(1_150, 9)), (None, Some(0)));
        // While it was switched off time passed, at normal speed at most.
        for (speed, now) in [(0.0, 1_000), (0.5, 1_050), (1.0, 1_100), (60.0, 1_100)] {
            assert_eq!(VirtualClock::new(1_000, 0, speed).resumed(100).now(100), now);
        }
    }
}
