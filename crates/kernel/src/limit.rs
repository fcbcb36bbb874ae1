//! Rate limits as a port: in process on the embedded profile, shared through Redis in production.

use std::{
    fmt::Write as _,
    sync::{Arc, OnceLock},
    time::Duration,
};

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

    /// `n` an hour, all of which may come at once.
    pub fn per_hour(n: u32) -> Self {
        Self {
            per_second: f64::from(n) / 3_600.0,
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

    /// How long `units` take to come back.
    pub fn refill(self, units: u32) -> Duration {
        Duration::from_secs_f64(f64::from(units) / self.per_second.max(1e-6))
    }
}

/// The quota is used up: come back after this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Duration);

impl Wait {
    /// Whole seconds for a `Retry-After` header, at least one.
    pub fn seconds(self) -> u64 {
        seconds(self.0).max(1)
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// A bucket and the quota it is filled by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket<'a> {
    /// Its name. It carries the tenant, so that no tenant uses another's quota.
    pub key: &'a str,
    /// How it is filled.
    pub quota: Quota,
}

/// What a bucket holds after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Units that may be taken at once now.
    pub remaining: u32,
    /// When the bucket is full again if nothing more is taken.
    pub full_in: Duration,
}

impl Level {
    /// The level of a bucket of which this many units are there.
    pub fn of(quota: Quota, remaining: u32) -> Self {
        let remaining = remaining.min(quota.burst);
        Self {
            remaining,
            full_in: quota.refill(quota.burst - remaining),
        }
    }
}

/// What became of a request to several buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How long until it would succeed, if it was refused.
    pub refused: Option<Wait>,
    /// What each bucket holds now, in the order of the request.
    pub levels: Vec<Level>,
}

/// Takes from named buckets.
#[async_trait::async_trait]
pub trait Limiter: Send + Sync {
    /// Takes `n` from each of the buckets, in one round trip. If one does not hold enough the request is refused, and those after
    /// it keep what they have. Those before it lose `n` in process and keep it on Redis, so name the bucket first that is the
    /// caller's alone.
    async fn take_each(&self, buckets: &[Bucket<'_>], n: u32) -> Taken;

    /// Takes `n` from the bucket `key`.
    ///
    /// # Errors
    /// How long until it would succeed; nothing was taken then.
    async fn take(&self, key: &str, quota: Quota, n: u32) -> Result<(), Wait> {
        let taken = self.take_each(&[Bucket { key, quota }], n).await;
        taken.refused.map_or(Ok(()), Err)
    }
}

/// A quota that a request counted against, for the header fields `RateLimit` and `RateLimit-Policy`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counted {
    /// The policy's name in the header fields: lower-case letters.
    pub policy: &'static str,
    /// Its quota.
    pub quota: Quota,
    /// What is left of it.
    pub level: Level,
}

/// Written by the code that counts a request, read by the code that answers it. The host puts one into the extensions of every
/// request to the API.
#[derive(Clone, Debug, Default)]
pub struct RateNote(Arc<OnceLock<Vec<Counted>>>);

impl RateNote {
    /// Notes what the request was counted against. The first note stays.
    pub fn write(&self, counted: Vec<Counted>) {
        let _ = self.0.set(counted);
    }

    /// Values of `RateLimit-Policy` and `RateLimit` in the form of draft-ietf-httpapi-ratelimit-headers-10, such as
    /// `"caller";q=200;w=4, "tenant";q=800;w=4` and `"caller";r=199;t=1, "tenant";r=731;t=1`. `q` is what may be used at once,
    /// `w` the seconds in which an empty bucket fills, `r` what is left, `t` the seconds until it is full again. None if nothing
    /// was counted.
    pub fn fields(&self) -> Option<(String, String)> {
        let counted = self.0.get().filter(|counted| !counted.is_empty())?;
        let (mut policy, mut left) = (String::new(), String::new());
        for Counted {
            policy: name,
            quota,
            level,
        } in counted
        {
            let comma = if policy.is_empty() { "" } else { ", " };
            let window = seconds(quota.refill(quota.burst)).max(1);
            let _ = write!(policy, "{comma}\"{name}\";q={};w={window}", quota.burst);
            let until_full = seconds(level.full_in);
            let _ = write!(left, "{comma}\"{name}\";r={};t={until_full}", level.remaining);
        }
        Some((policy, left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_name_every_policy_and_round_times_up() {
        let note = RateNote::default();
        assert_eq!(note.fields(), None);
        let quota = |per_second, burst| Quota { per_second, burst };
        let counted = |policy, quota, remaining| Counted {
            policy,
            quota,
            level: Level::of(quota, remaining),
        };
        note.write(vec![
            counted("caller", quota(50.0, 200), 199),
            counted("tenant", quota(0.5, 3), 0),
        ]);
        note.write(vec![counted("late", quota(1.0, 1), 1)]);
        let (policy, left) = note.fields().unwrap();
        assert_eq!(policy, r#""caller";q=200;w=4, "tenant";q=3;w=6"#);
        assert_eq!(left, r#""caller";r=199;t=1, "tenant";r=0;t=6"#);
    }
}
