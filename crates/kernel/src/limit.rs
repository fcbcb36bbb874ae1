//! Rate limits as a port: in process on the embedded profile, shared through Redis in production.

use std::time::Duration;

/// A rate: `burst` at once, refilled evenly at `per_second`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quota {
    /// Sustained rate, in units a second. Fractions are rates below one a second.
    pub per_second: f64,
    /// What may be taken at once after a rest.
    pub burst: u32,
}

impl Quota {
    /// `n` a minute, all of which may come at once.
    pub fn per_minute(n: u32) -> Self {
        Self {
            per_second: f64::from(n) / 60.0,
            burst: n,
        }
    }

    /// `n` a second with a burst of one second's worth.
    pub fn per_second(n: u32) -> Self {
        Self {
            per_second: f64::from(n),
            burst: n.max(1),
        }
    }
}

/// The quota is used up: come back after this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl Wait {
    /// Whole seconds for a `Retry-After` header, at least one.
    pub fn seconds(self) -> u64 {
        self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)
    }
}

/// Takes from named buckets. Keys carry the tenant, so that no tenant uses another's quota.
#[async_trait::async_trait]
pub trait Limiter: Send + Sync {
    /// Takes `n` from the bucket `key`.
    ///
    /// # Errors
    /// How long until it would succeed; nothing was taken then.
    async fn take(&self, key: &str, quota: Quota, n: u32) -> Result<(), Wait>;
}
