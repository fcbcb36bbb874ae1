//! Counts in rolling windows: creations, edits, registrations, calls of the management API.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::core::Core;

/// Keys kept; the first ones go when there are more.
const MAX_KEYS: usize = 100_000;

/// Times of actions, by a key of action and object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rolling(BTreeMap<String, VecDeque<i64>>);

impl Rolling {
    /// True when nothing is counted at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How often it was done in the last `window_ms`.
    pub fn count(&mut self, key: &str, window_ms: i64, now: i64) -> usize {
        let Some(times) = self.0.get_mut(key) else {
            return 0;
        };
        while times.front().is_some_and(|at| *at <= now - window_ms) {
            times.pop_front();
        }
        times.len()
    }

    /// The oldest one that still counts.
    pub fn oldest(&self, key: &str) -> Option<i64> {
        self.0.get(key)?.front().copied()
    }

    /// Counts another one, unless there were `limit` in the last `window_ms`.
    pub fn take(&mut self, key: &str, window_ms: i64, limit: usize, now: i64) -> bool {
        if self.count(key, window_ms, now) >= limit {
            return false;
        }
        if self.0.len() >= MAX_KEYS && !self.0.contains_key(key) {
            self.0.pop_first();
        }
        self.0.entry(key.to_owned()).or_default().push_back(now);
        true
    }
}

impl Core {
    /// Counts something in a rolling window of virtual time; false when `limit` is reached.
    pub fn within(&mut self, key: &str, window_ms: i64, limit: usize) -> bool {
        let now = self.now();
        self.world.rolling.take(key, window_ms, limit, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_rolls() {
        let mut rolling = Rolling::default();
        assert!(rolling.take("a", 10, 2, 0) && rolling.take("a", 10, 2, 5));
        assert!(!rolling.take("a", 10, 2, 9));
        assert!(rolling.take("b", 10, 2, 9));
        assert!(rolling.take("a", 10, 2, 10));
        assert_eq!((rolling.count("a", 10, 14), rolling.count("a", 10, 100)), (2, 0));
    }
}
