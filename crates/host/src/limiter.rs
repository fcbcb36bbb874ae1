//! Rate limits: governor in process, one Lua script on Redis across processes.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, sync::Mutex, time::Duration};

use governor::{DefaultKeyedRateLimiter, clock::Clock as _};
use kernel::{Limiter, Quota, Wait};

use crate::redis::Redis;

/// The limiter for the profile: shared through Redis when there is one.
pub fn limiter(redis: Option<(Redis, String)>) -> Arc<dyn Limiter> {
    match redis {
        Some((redis, prefix)) => Arc::new(Shared {
            redis,
            prefix,
            fallback: InProcess::default(),
        }),
        None => Arc::new(InProcess::default()),
    }
}

/// A quota as a map key: a governor limiter has one quota for all its keys.
type Shape = (u64, u32);

/// Token buckets of this process.
#[derive(Default)]
pub struct InProcess {
    by_quota: Mutex<HashMap<Shape, Arc<DefaultKeyedRateLimiter<String>>>>,
}

impl InProcess {
    fn of(&self, quota: Quota) -> Arc<DefaultKeyedRateLimiter<String>> {
        let shape = (quota.per_second.to_bits(), quota.burst);
        let mut limiters = self
            .by_quota
            .lock()
            .expect("no code panics while it holds this lock");
        let limiter = limiters.entry(shape).or_insert_with(|| {
            let each = Duration::from_secs_f64(1.0 / quota.per_second.max(1e-6));
            let burst = NonZeroU32::new(quota.burst).unwrap_or(NonZeroU32::MIN);
            let governor = governor::Quota::with_period(each)
                .unwrap_or(governor::Quota::per_second(NonZeroU32::MIN))
                .allow_burst(burst);
            Arc::new(DefaultKeyedRateLimiter::keyed(governor))
        });
        // Keys come from outside (addresses, accounts): full buckets are forgotten before they pile up.
        if limiter.len() > 50_000 {
            limiter.retain_recent();
        }
        limiter.clone()
    }
}

#[async_trait::async_trait]
impl Limiter for InProcess {
    async fn take(&self, key: &str, quota: Quota, n: u32) -> Result<(), Wait> {
        let Some(n) = NonZeroU32::new(n) else {
            return Ok(());
        };
        let limiter = self.of(quota);
        match limiter.check_key_n(&key.to_owned(), n) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(not_until)) => Err(Wait(not_until.wait_time_from(limiter.clock().now()))),
            // More than the bucket ever holds: the longest wait there is.
            Err(_) => Err(Wait(Duration::from_secs_f64(
                f64::from(n.get()) / quota.per_second.max(1e-6),
            ))),
        }
    }
}

/// Token buckets that all processes share. While Redis is away each process keeps to half the rate by itself.
struct Shared {
    redis: Redis,
    prefix: String,
    fallback: InProcess,
}

/// The generic cell rate algorithm by Redis' own clock. KEYS: bucket. ARGV: microseconds a unit, burst, units.
/// Answers 0, or the microseconds to wait.
const GCRA: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local each, burst, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
if full_at < now then full_at = now end
local next_full_at = full_at + each * n
local wait = next_full_at - now - each * burst
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', next_full_at), 'PX', math.ceil((next_full_at - now) / 1000) + 1)
return 0";

#[async_trait::async_trait]
impl Limiter for Shared {
    async fn take(&self, key: &str, quota: Quota, n: u32) -> Result<(), Wait> {
        let each = 1_000_000.0 / quota.per_second.max(1e-6);
        let asked = async {
            let mut connection = self.redis.clone();
            let script = redis::Script::new(GCRA);
            let mut call = script.key(format!("{}:limit:{key}", self.prefix));
            call.arg(each.round()).arg(quota.burst.max(1)).arg(n);
            call.invoke_async::<i64>(&mut connection).await.ok()
        };
        // A limiter that hangs is worse than one that guesses.
        match tokio::time::timeout(Duration::from_millis(250), asked).await {
            Ok(Some(0)) => Ok(()),
            Ok(Some(micros)) => Err(Wait(Duration::from_micros(micros.unsigned_abs()))),
            _ => {
                let half = Quota {
                    per_second: quota.per_second / 2.0,
                    burst: (quota.burst / 2).max(n),
                };
                self.fallback.take(key, half, n).await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_burst_is_given_and_then_the_wait_is_told() {
        let limiter = InProcess::default();
        let quota = Quota::per_minute(2);
        assert_eq!(limiter.take("a", quota, 1).await, Ok(()));
        assert_eq!(limiter.take("a", quota, 1).await, Ok(()));
        let wait = limiter.take("a", quota, 1).await.unwrap_err();
        assert!((1..=30).contains(&wait.seconds()), "{wait:?}");
        assert_eq!(
            limiter.take("b", quota, 2).await,
            Ok(()),
            "another key has its own bucket"
        );
    }
}
