//! Randomness as a value: from the operating system in production, reproducible in tests.

use std::sync::{Arc, Mutex};

use rand::{Rng, SeedableRng, rngs::StdRng};

/// A cryptographic random source. Cloning shares it.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

impl Random {
    /// ChaCha12, seeded by the operating system.
    ///
    /// # Panics
    /// When the operating system has no randomness to give; nothing secret can be made then.
    pub fn system() -> Self {
        Self(Arc::new(Mutex::new(rand::make_rng())))
    }

    /// The same bytes every time. For tests only.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0
            .lock()
            .expect("no code panics while it holds this lock")
            .fill_bytes(&mut bytes);
        bytes
    }

    /// `N` random bytes as `2 N` hexadecimal digits.
    pub fn hex<const N: usize>(&self) -> String {
        hex::encode(self.bytes::<N>())
    }
}
