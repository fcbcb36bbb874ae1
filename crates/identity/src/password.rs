//! Passwords: argon2id, never on async threads, few at a time, and equally slow for unknown accounts.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::{self, phc::PasswordHash},
};
use kernel::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::Random;

/// The shortest password that may be set, in characters.
pub const MIN_PASSWORD: usize = 8;
/// The longest password, in bytes: hashing a longer one would only cost time.
pub const MAX_PASSWORD: usize = 1024;

/// How many hashes run at once. Each takes a core for 20 ms and 19 MiB of memory.
const AT_ONCE: usize = 2;
/// How many sign-ins may wait for their hash; beyond that 503 is better than minutes of waiting.
const WAITING: usize = 64;

/// Cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Iterations.
    pub passes: u32,
}

impl PasswordCost {
    /// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
    pub const STANDARD: Self = Self {
        memory_kib: 19_456,
        passes: 2,
    };
    /// As little as argon2 allows. For tests only.
    pub const FOR_TESTS: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

#[derive(Clone)]
pub(crate) struct Passwords {
    argon: Argon2<'static>,
    /// The hash of an unknown password, with the current cost.
    nobody: Arc<str>,
    random: Random,
    door: Arc<Semaphore>,
    slots: Arc<Semaphore>,
}

impl Passwords {
    /// # Panics
    /// When argon2 refuses the cost, which is a constant of the program.
    pub(crate) fn new(cost: PasswordCost, random: Random) -> Self {
        let params =
            Params::new(cost.memory_kib, cost.passes, 1, None).expect("the cost lies within argon2's limits");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody =
            hash(&argon, &random, &random.bytes::<32>()).expect("argon2 hashes 32 bytes with a 16-byte salt");
        Self {
            argon,
            nobody: nobody.into(),
            random,
            door: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            slots: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash(&self, password: SecretString) -> Result<String> {
        let this = self.clone();
        self.work(move || hash(&this.argon, &this.random, password.expose_secret().as_bytes()))
            .await?
            .map_err(Error::internal)
    }

    /// Whether `password` matches `stored`. Without a stored hash it does not, after the same work.
    pub(crate) async fn verify(&self, password: SecretString, stored: Option<String>) -> Result<bool> {
        let argon = self.argon.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let outcome = self.work(move || {
            let parsed = PasswordHash::new(&stored).map_err(password_hash::Error::from)?;
            argon.verify_password(password.expose_secret().as_bytes(), &parsed)
        });
        match outcome.await? {
            Ok(()) => Ok(known),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(Error::internal(error)),
        }
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::unavailable("Many people are signing in just now. Try again in a moment.");
        let place = self.door.clone().try_acquire_owned().map_err(|_| busy())?;
        let slot = self
            .slots
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        // The permits move into the work: a caller that disconnects frees none before the core is free.
        let job = move || {
            let done = job();
            drop((slot, place));
            done
        };
        tokio::task::spawn_blocking(job).await.map_err(Error::internal)
    }
}

fn hash(argon: &Argon2<'_>, random: &Random, password: &[u8]) -> password_hash::Result<String> {
    let hash: PasswordHash = argon.hash_password_with_salt(password, &random.bytes::<16>())?;
    Ok(hash.to_string())
}
