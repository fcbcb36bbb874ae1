//! A random number generator that can be saved: each draw depends only on the seed and its index.

use serde::{Deserialize, Serialize};

/// A seeded random number generator.
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

    /// 64 random bits: splitmix64 over the number of the draw. A message draws a dozen times, so a draw is a few nanoseconds.
    fn next(&mut self) -> u64 {
        self.draws = self.draws.wrapping_add(1);
        let mut z =
            self.seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ self.draws.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for multiplier in [
            0xBF58_476D_1CE4_E5B9_u64,
            0x94D0_49BB_1331_11EB,
            0x9E37_79B9_7F4A_7C15,
        ] {
            z = (z ^ (z >> 30)).wrapping_mul(multiplier);
        }
        z ^ (z >> 31)
    }

    /// From 0 up to, but not including, 1.
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with probability `p`; does not draw when the result is certain, so that a knob at 0 changes no other draw.
    pub fn chance(&mut self, p: f64) -> bool {
        p > 0.0 && (p >= 1.0 || self.part() < p)
    }

    /// A whole number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 {
            0
        } else {
            ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
        }
    }

    /// `mean` within the spread around it.
    pub fn around(&mut self, mean: u64, spread: f64) -> u64 {
        if mean == 0 || spread <= 0.0 {
            return mean;
        }
        let factor = 1.0 - spread + 2.0 * spread * self.part();
        (mean as f64 * factor) as u64
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        for piece in out.chunks_mut(8) {
            piece.copy_from_slice(&self.next().to_le_bytes()[..piece.len()]);
        }
        out
    }
}
