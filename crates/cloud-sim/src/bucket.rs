//! A token bucket as plain data, so that it can be exported with the world.

use serde::{Deserialize, Serialize};

/// Tokens left, and the time of that count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    tokens: f64,
    at_ms: i64,
}

impl Bucket {
    /// A full bucket.
    pub fn full(capacity: f64, now_ms: i64) -> Self {
        Self {
            tokens: capacity,
            at_ms: now_ms,
        }
    }

    /// Takes one token if there is one. `per_ms` tokens come back each millisecond up to `capacity`.
    pub fn take(&mut self, capacity: f64, per_ms: f64, now_ms: i64) -> bool {
        let passed = (now_ms - self.at_ms).max(0) as f64;
        self.tokens = (self.tokens + passed * per_ms).min(capacity);
        self.at_ms = self.at_ms.max(now_ms);
        if self.tokens < 1.0 - 1e-9 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}
