//! Chance that can be saved: every draw is a fresh generator of seed and number of the draw.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// Seeded chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dice {
    seed: u64,
    draws: u64,
}

impl Dice {
    /// Starts at the first draw.
    pub fn new(seed: u64) -> Self {
        Self { seed, draws: 0 }
    }

    fn next(&mut self) -> StdRng {
        self.draws = self.draws.wrapping_add(1);
        // The odd multiplier keeps neighbouring seeds from sharing their draws.
        StdRng::seed_from_u64(
            self.seed
                .wrapping_mul(0x9E37_79B9_7F4A_7C15)
                .wrapping_add(self.draws),
        )
    }

    /// True with probability `p`; draws nothing when it is certain, so that a knob at 0 changes no other chance.
    pub fn chance(&mut self, p: f64) -> bool {
        p > 0.0 && (p >= 1.0 || self.next().random::<f64>() < p)
    }

    /// A whole number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.next().random_range(0..n) }
    }

    /// `mean` within the spread around it.
    pub fn around(&mut self, mean: u64, spread: f64) -> u64 {
        if mean == 0 || spread <= 0.0 {
            return mean;
        }
        let factor = 1.0 - spread + 2.0 * spread * self.next().random::<f64>();
        (mean as f64 * factor) as u64
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.next().random()
    }
}
